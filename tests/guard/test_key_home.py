"""Where the key of the environment goes, and that no file of the project holds one."""

import pickle
import re
from pathlib import Path

import pytest
from langchain_core.load import load

from core_302 import ConfigurationError, Settings
from langchain_302 import ChatAI302
from llama_index_302 import AI302
from llama_index_302 import AI302SearchRetriever as LlamaIndexRetriever
from tests.conftest import KEY

ROOT = Path(__file__).parents[2]

ELSEWHERE = "https://evil.example/v1"


def restored(kind):
    """Make an object of a configuration that names another host and no key."""
    if kind == "langchain load":
        written = {
            "lc": 1,
            "type": "constructor",
            "id": ["langchain_302", "chat_model", "ChatAI302"],
            "kwargs": {"model": "gpt-4o", "base_url": ELSEWHERE},
        }
        return load(written, allowed_objects=[ChatAI302], valid_namespaces=["langchain_302"])
    if kind == "llama_index from_dict":
        return AI302.from_dict({"model": "gpt-4o", "api_base": ELSEWHERE, "class_name": "AI302"})
    if kind == "retriever":
        return LlamaIndexRetriever(api_base=ELSEWHERE)
    if kind == "settings":
        return Settings(base_url=ELSEWHERE).with_key()
    made = ChatAI302(model="gpt-4o", base_url=ELSEWHERE, api_key="given-key")
    return pickle.loads(pickle.dumps(made)).invoke("Hello")


@pytest.mark.filterwarnings("ignore:.*is in beta")
@pytest.mark.parametrize(
    "kind", ["langchain load", "llama_index from_dict", "retriever", "settings", "pickle"]
)
def test_an_address_from_elsewhere_does_not_get_the_key_of_the_environment(monkeypatch, kind):
    monkeypatch.setenv("AI302_API_KEY", KEY)
    with pytest.raises(ConfigurationError, match=r"is not sent to 'evil\.example'") as caught:
        restored(kind)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "https://api.302.ai.evil.example",
        "https://api-302.ai",
        "https://evil.example/api.302.ai",
        "https://api.302.ai:8443@evil.example",
        "https://api.302.ai%2f@evil.example",
        "https://api.302.ai\\@evil.example",
        "https://2130706434",
        "http://evil.example",
        "ftp://api.302.ai",
    ],
)
def test_an_address_that_only_looks_right_gets_no_key_of_the_environment(address):
    with pytest.raises(ConfigurationError):
        Settings.from_env({"AI302_API_KEY": KEY}, base_url=address)


@pytest.mark.parametrize(
    ("given", "environ"),
    [
        ("https://api.302.ai/v1", {}),
        ("https://api.302ai.cn", {}),
        ("http://127.0.0.1:8302", {}),
        ("http://localhost:8302", {}),
        ("https://proxy.example/v1/", {"AI302_BASE_URL": "https://proxy.example"}),
        (None, {"AI302_BASE_URL": "https://proxy.example"}),
    ],
)
def test_the_key_of_the_environment_goes_where_the_environment_or_302_says(given, environ):
    settings = Settings.from_env({"AI302_API_KEY": KEY, **environ}, base_url=given)
    assert settings.api_key == KEY


def test_a_key_that_is_given_goes_to_the_address_that_is_given():
    settings = Settings.from_env({"AI302_API_KEY": "x"}, base_url=ELSEWHERE, api_key=KEY)
    assert (settings.api_key, settings.base_url) == (KEY, "https://evil.example")


@pytest.mark.parametrize("name", [".env", "config.json", "settings.yaml", ".ai302", "ai302.toml"])
def test_no_file_of_the_working_directory_sets_an_address_in_either_adapter(
    tmp_path, monkeypatch, name
):
    lines = ("AI302_BASE_URL=https://evil.example", '{"base_url": "https://evil.example"}')
    (tmp_path / name).write_text("\n".join(lines))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AI302_API_KEY", KEY)
    assert ChatAI302(model="gpt-4o")._gateway.settings.base_url == "https://api.302.ai"
    assert AI302(model="gpt-4o")._gateway.settings.base_url == "https://api.302.ai"


# What is in the repository

SECRET_LOOKS = re.compile(
    r"\bsk-[A-Za-z0-9]{20}|Bearer [A-Za-z0-9._-]{20}|(?i:set-cookie)\b.*=.*;|AKIA[0-9A-Z]{16}"
)
TEXT_ENDINGS = {".py", ".md", ".yaml", ".yml", ".json", ".toml", ".ambr", ".txt", ".cfg", ".sh"}


def test_no_file_of_the_project_holds_what_looks_like_a_key():
    ours = ("core_302", "langchain_302", "llama_index_302", "emulator_302", "mcp_302")
    folders = (*ours, "tests", "docs", "cookbook", "benchmarks")
    files = [p for name in folders for p in (ROOT / name).rglob("*") if p.suffix in TEXT_ENDINGS]
    assert len(files) > 250
    found = {
        str(path): match[0]
        for path in files
        if (match := SECRET_LOOKS.search(path.read_text("utf-8"))) and path != Path(__file__)
    }
    assert found == {}
