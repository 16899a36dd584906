"""A package that is found without what it requires says in one line what to install.

That happens in a clone, and after `pip install --no-deps`.
"""

import runpy
import subprocess
import sys

import pytest

import core_302
from core_302.lazy_imports import OnDemand
from release.projects import ROOT

COOKBOOK = ROOT / "cookbook"
WITHOUT = """
import runpy, sys

class Without:
    def find_spec(name, path, target=None):
        if name == {0!r}:
            raise ModuleNotFoundError("No module named " + name, name=name)

sys.meta_path.insert(0, Without)
sys.argv[1:] = []
"""


def said_without(module, *program):
    """Return what a program prints about an error, in an environment that lacks `module`."""
    command = [sys.executable, "-c", WITHOUT.format(module) + "\n".join(program)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    return done.stderr


@pytest.mark.parametrize(
    ("module", "program", "install"),
    [
        ("langchain_core", "import langchain_302", "langchain-302"),
        ("core_302", "import langchain_302", "langchain-302"),
        ("pydantic", "import langchain_302", "langchain-302"),
        ("llama_index.core", "import llama_index_302", "llama-index-302"),
        ("core_302", "import llama_index_302", "llama-index-302"),
        ("pydantic", "import core_302", "core-302"),
        ("httpx", "from core_302 import Client", "core-302"),
        ("httpcore", "from core_302 import AsyncClient", "core-302"),
        ("core_302", "import mcp_302", "mcp-302"),
        ("starlette", "from emulator_302 import running", "emulator-302"),
    ],
)
def test_an_import_names_what_is_missing_and_the_command(module, program, install):
    last = said_without(module, program).splitlines()[-1]
    package = install.replace("-", "_")
    assert last == (
        f"ModuleNotFoundError: {package} needs {module}, which is not installed: "
        f"pip install {install}"
    )


@pytest.mark.parametrize("module", ["starlette", "uvicorn", "PIL"])
def test_the_emulator_s_command_says_it_without_a_traceback(module):
    said = said_without(module, "runpy.run_module('emulator_302', run_name='__main__')")
    assert said == (
        f"emulator_302 needs {module}, which is not installed: pip install emulator-302\n"
    )


@pytest.mark.parametrize(
    ("recipe", "module", "command"),
    [
        (
            "rag_over_scans",
            "chromadb",
            (
                'pip install ./core_302 "./langchain_302[ocr]" "./emulator_302[ocr]" '
                "langchain-chroma langchain-text-splitters"
            ),
        ),
        (
            "llama_index_rag",
            "chromadb",
            (
                'pip install ./core_302 "./llama_index_302[ocr]" "./emulator_302[ocr]" '
                "llama-index-vector-stores-chroma"
            ),
        ),
        ("quickstart", "langchain", "make demo"),
        ("agent", "langchain", "make demo"),
        (
            "llama_index_agent",
            "llama_index",
            'pip install ./core_302 ./llama_index_302 "./emulator_302[ocr]"',
        ),
        ("ocr_on_ray", "ray", 'pip install "./core_302[ray]" "./emulator_302[ocr]"'),
        ("studio", "gradio", "make studio"),
    ],
)
def test_a_recipe_says_it_without_a_traceback(recipe, module, command):
    program = f"runpy.run_path({str(COOKBOOK / recipe) + '.py'!r}, run_name='__main__')"
    said = said_without(module, f"sys.path.insert(0, {str(COOKBOOK)!r})", program)
    assert said == f"This program needs {module}, which is not installed: {command}\n"


def test_every_recipe_that_is_a_program_is_tried_above():
    marks = test_a_recipe_says_it_without_a_traceback.pytestmark
    (tried,) = (mark.args[1] for mark in marks)
    programs = {
        file.stem for file in COOKBOOK.glob("*.py") if "__main__" in file.read_text("utf-8")
    }
    assert programs == {recipe for recipe, _, _ in tried}


@pytest.mark.parametrize("folder", ["core_302", "langchain_302", "llama_index_302"])
def test_the_name_of_what_is_missing_is_kept(folder, monkeypatch):
    monkeypatch.setitem(
        sys.modules, "core_302.config" if folder == "core_302" else "core_302", None
    )
    with pytest.raises(ModuleNotFoundError, match=f"{folder} needs core_302") as error:
        runpy.run_path(str(ROOT / folder / "__init__.py"))
    assert error.value.name.startswith("core_302")


def test_a_module_that_is_loaded_later_says_it_too(monkeypatch):
    monkeypatch.setitem(sys.modules, "core_302.endpoints.models", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install core-302$"):
        OnDemand("core_302.endpoints.models").read_models  # noqa: B018
    monkeypatch.setitem(sys.modules, "core_302.client", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install core-302$"):
        core_302.Client  # noqa: B018
