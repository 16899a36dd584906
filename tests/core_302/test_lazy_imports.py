"""What a program does not use is not imported, and is there as soon as it is asked for."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

import core_302
from core_302.lazy_imports import OnDemand

# Of these a chat needs nothing; of those below, what is named.
RARE = ("core_302.tools", "core_302.reading", "core_302.net.sync_runner", "httpcore")
OF_CHATS = {
    "core_302.flows": {"cost"},
    "core_302.options": {
        *("answer", "answer_format", "chat", "declaration", "framework_names", "given"),
        "other_names",
    },
}
MODEL = {"langchain_302": "ChatAI302", "llama_index_302": "AI302"}


def modules_after(*statements: str) -> set[str]:
    shown = "import sys; print(*sys.modules)"
    program = "; ".join([*statements, shown])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return set(done.stdout.decode().split())


@pytest.mark.parametrize("package", MODEL)
def test_a_chat_program_imports_nothing_of_images_files_and_searches(package):
    made = f"{MODEL[package]}(model='m', api_key='test-key-not-real')"
    loaded = modules_after(f"from {package} import {MODEL[package]}", made)
    assert f"{package}.client_fields" in loaded
    assert [name for name in loaded for rare in RARE if f"{name}.".startswith(f"{rare}.")] == []
    for folder, needed in OF_CHATS.items():
        assert all(find_spec(f"{folder}.{name}") for name in needed)
        found = {
            name.removeprefix(f"{folder}.") for name in loaded if name.startswith(f"{folder}.")
        }
        assert found - needed == set()


@pytest.mark.parametrize("module", RARE)
def test_what_a_chat_program_must_not_import_is_there(module):
    assert find_spec(module) is not None


def test_what_is_asked_for_is_imported_then():
    assert "core_302.options.image" in modules_after("from core_302 import ImageRequest")


@pytest.mark.parametrize("name", core_302.__all__)
def test_every_public_name_is_there(name):
    thing = getattr(core_302, name)
    assert name in {"__version__", getattr(thing, "__name__", "")}
    assert name in dir(core_302)


def test_a_name_that_nobody_knows_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'ImageRequests'"):
        core_302.ImageRequests  # noqa: B018


def test_a_module_on_demand_has_the_attributes_of_the_module():
    assert OnDemand("core_302.endpoints.models").read_models.__module__ == (
        "core_302.endpoints.models"
    )
    with pytest.raises(AttributeError, match="nothing_like_it"):
        OnDemand("core_302.endpoints.models").nothing_like_it  # noqa: B018
