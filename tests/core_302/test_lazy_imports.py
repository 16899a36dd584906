"""What a program does not use is not imported, and is there as soon as it is asked for."""

import subprocess
import sys

import pytest

import core_302
from core_302.lazy_imports import OnDemand

RARE = ("image_options", "avatar_options", "retrieval_options", "retrieval", "jobs", "downloads")


def modules_after(*statements: str) -> set[str]:
    shown = "import sys; print(*sys.modules)"
    program = "; ".join([*statements, shown])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return set(done.stdout.decode().split())


@pytest.mark.parametrize("package", ["core_302", "langchain_302", "llama_index_302"])
def test_a_chat_program_imports_nothing_of_images_and_searches(package):
    loaded = modules_after(f"import {package}")
    assert f"{package}" in loaded
    assert not {f"core_302.{name}" for name in RARE} & loaded


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
