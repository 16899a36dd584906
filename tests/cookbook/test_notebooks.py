"""The notebooks of the cookbook run as they are, and say what they have kept."""

import copy
import os
import re
import subprocess
import sys
import time
from base64 import b64encode
from io import BytesIO

import nbformat
import pytest
from nbformat import v4
from PIL import Image, ImageDraw

from emulator_302 import EMULATOR_KEY
from tests.cookbook.conftest import variables
from tests.cookbook.notebooks import COOKBOOK, OVER_MCP, code, notebooks, said, same, stale

BOOKS = {path.stem: nbformat.read(path, as_version=4) for path in notebooks()}
ON_RAY = COOKBOOK / "10_ocr_on_ray.ipynb"
# Agents that draw, and scans that are read: each takes as long as many tests together.
LONG = ("05", "06", "07", "08", "09", "12", "15", "17", "22")
RATE = re.compile(r'\\"rate\\": (\d+)')
HURRY = 0.2  # seconds that a request may take longer than the one behind it
STALE = "kept, and said now; run `make notebooks`"
READS = re.compile(r"make_scans|ImageLoader|receipt\.png")
MACHINE = re.compile(r"(?<![\w.:/])/(tmp|var|work|root|home|Users|private|opt)/|[A-Z]:\\\\")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=pytest.mark.apart if path.stem[:2] in LONG else (), id=path.stem)
        for path in notebooks()
        if path not in (ON_RAY, OVER_MCP)  # tests/mcp_302/test_notebook.py
    ],
)
def test_a_notebook_runs_without_a_key_and_says_what_it_has_kept(path, python, request):
    # Those that read images ask one emulator, whose OCR is loaded once and reads each page once.
    reads = READS.search(path.read_text("utf-8"))
    settings = request.getfixturevalue("emulator") if reads else ()
    assert stale(path, settings, python) == {}, STALE


@pytest.mark.apart
def test_workers_of_ray_read_each_image_once_at_one_rate_and_go_on_after_a_broken_one(
    gateway, python
):
    begun = time.time()
    assert stale(ON_RAY, variables(gateway), python) == {}, STALE
    times = sorted(request.at for request in gateway.requests if request.at >= begun)
    rate = int(RATE.search(ON_RAY.read_text("utf-8"))[1])
    assert len(times) == 8  # a page each; the second run asks for none, nor does the broken file
    # One rate for both workers together; the first need not wait.
    assert times[-1] - times[0] >= (len(times) - 1) / rate - HURRY


def test_the_program_for_ray_says_how_it_is_used():
    command = [sys.executable, "ocr_on_ray.py", "--help"]
    done = subprocess.run(command, cwd=COOKBOOK, capture_output=True, text=True, check=True)
    assert "--rate RATE" in done.stdout


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS.keys())
def test_a_notebook_keeps_no_error_no_warning_no_path_and_no_key(book):
    outputs = [output for cell in code(book) for output in cell.outputs]
    assert outputs
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    texts = [str(output.get("text", "")) for output in outputs]
    texts += [
        str(content)
        for output in outputs
        for kind, content in output.get("data", {}).items()
        if kind.startswith("text/")
    ]
    assert not [text for text in texts if MACHINE.search(text) or EMULATOR_KEY in text]


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS.keys())
def test_a_notebook_is_short_names_the_emulator_and_ends_with_what_it_costs(book):
    assert 5 <= len(book.cells) <= 15
    assert "302.AI" in str(said(code(book)[0])) or "emulator" in book.cells[0].source
    assert "**For your own use**" in book.cells[-1].source
    assert "**Cost**" in book.cells[-1].source


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS.keys())
def test_a_notebook_begins_with_what_to_install_and_runs_without_the_cookbooks_programs(book):
    begins = book.cells[0].source
    installed = re.search(r"\*\*Install\*\*: `pip install ([^`]+)`", begins)
    assert installed
    assert "AI302_API_KEY" in begins or "emulator-302" in installed[1]
    source = "\n".join(cell.source for cell in code(book))
    imported = set(re.findall(r"^(?:from|import) (\w+)", source, re.MULTILINE))
    local = {path.stem for path in COOKBOOK.glob("*.py")} & imported
    assert [name for name in local if f"`{name}.py`" not in begins] == []
    ours = {"langchain_302": "langchain-302", "llama_index_302": "llama-index-302"}
    assert [
        package
        for name, package in ours.items()
        if name in imported and package not in installed[1]
    ] == []


@pytest.mark.parametrize(
    ("key", "answers"), [("", "the local emulator"), ("test-key-not-real", "302.AI, with the key")]
)
def test_who_answers_is_said_however_often_a_cell_is_run(key, answers):
    program = "from emulator_302 import stand_in; stand_in(); stand_in()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=COOKBOOK,
        env=os.environ | {"AI302_API_KEY": key, "PYTHONPATH": str(COOKBOOK.parent)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.count(f"Gateway: {answers}") == 2


def test_the_index_names_every_recipe_and_nothing_else():
    index = (COOKBOOK / "README.md").read_text("utf-8")
    named = set(re.findall(r"\]\((\w+\.(?:ipynb|py))\)", index))
    there = {path.name for path in [*COOKBOOK.glob("*.ipynb"), *COOKBOOK.glob("*.py")]}
    assert named == there


def cell(text="", image=None):
    """Return a cell that has said a text, and has shown an image."""
    outputs = [v4.new_output("stream", name="stdout", text=text)]
    if image is not None:
        file = BytesIO()
        image.save(file, "PNG")
        shown = {"image/png": b64encode(file.getvalue()).decode()}
        outputs.append(v4.new_output("display_data", data=shown))
    return v4.new_code_cell(outputs=outputs)


def test_an_output_that_says_something_else_is_stale():
    assert same(cell("total 6.70"), cell("total 6.70"))
    assert not same(cell("total 6.70"), cell("total 6.71"))
    assert not same(cell("one"), v4.new_code_cell())


def test_ports_ids_and_seconds_may_differ():
    before = cell("http://localhost:1234/a 0.52 s emulator-1b4e28ba-2fa1-11d2-883f-0016d3cca427")
    after = cell("http://localhost:5678/a 3.10 s emulator-7c9e6679-7425-40de-944b-e07fc1f90ae7")
    assert same(before, after)


def test_an_image_of_something_else_is_stale_and_a_dot_is_not():
    white = Image.new("RGB", (300, 300), "white")
    dotted, crossed = copy.copy(white), copy.copy(white)
    ImageDraw.Draw(dotted).point((5, 5), "black")
    ImageDraw.Draw(crossed).rectangle((0, 0, 150, 150), "black")
    assert same(cell(image=white), cell(image=dotted))
    assert not same(cell(image=white), cell(image=crossed))
    assert not same(cell(image=white), cell(image=white.resize((200, 200))))
    assert not same(cell(image=white), cell())
