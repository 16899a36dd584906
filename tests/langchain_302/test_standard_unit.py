"""LangChain's own unit tests of chat models, with everything that they can ask switched on."""

import importlib

import pytest
from langchain_core.load import dumpd, load
from langchain_tests.unit_tests import ChatModelUnitTests

from langchain_302 import ChatAI302
from tests.conftest import KEY
from tests.langchain_302.standard_flags import EverythingOn

# The function of the same name hides the module from a plain import.
loading = importlib.import_module("langchain_core.load.load")


class TestUnit(EverythingOn, ChatModelUnitTests):
    @pytest.fixture(autouse=True)
    def _key(self, monkeypatch):
        # `test_init_time` builds the model without the standard parameters, which hold a key.
        monkeypatch.setenv("AI302_API_KEY", KEY)

    @pytest.fixture(autouse=True)
    def _loadable(self, monkeypatch):
        # The suite asks `load` for "all" classes, by which LangChain means a list of its own
        # packages. Users name the class instead: see `test_a_written_model_is_loaded_again`.
        path = tuple(ChatAI302.lc_id())
        monkeypatch.setitem(loading.ALL_SERIALIZABLE_MAPPINGS, path, path)
        monkeypatch.setattr(loading, "_default_class_paths_cache", {})

    @property
    def chat_model_class(self):
        return ChatAI302

    @property
    def chat_model_params(self):
        # The suite's own key, "test", is too short to go to 302.AI.
        return {"model": "gpt-4o", "api_key": KEY}

    @property
    def init_from_env_params(self):
        address = "https://gateway.test"
        return (
            {"AI302_API_KEY": KEY, "AI302_BASE_URL": address},
            {"model": "gpt-4o"},
            {"api_key": KEY, "model_name": "gpt-4o"},
        )


@pytest.mark.filterwarnings("ignore:.*is in beta")
def test_a_written_model_is_loaded_again(monkeypatch):
    monkeypatch.setenv("AI302_API_KEY", KEY)
    written = dumpd(ChatAI302(model="gpt-4o", api_key=KEY, web_search=True))
    assert KEY not in str(written)
    model = load(
        written,
        allowed_objects=[ChatAI302],
        valid_namespaces=["langchain_302"],
        secrets_from_env=True,
    )
    assert (model.model, model.web_search) == ("gpt-4o", True)
    assert model.api_key.get_secret_value() == KEY
