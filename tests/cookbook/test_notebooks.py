"""The notebooks of the cookbook run as they are, and say what they have kept."""

import copy
import os
import re
import subprocess
import sys
from base64 import b64encode
from io import BytesIO

import nbformat
import pytest
from nbformat import v4
from PIL import Image, ImageDraw

from emulator_302 import EMULATOR_KEY
from tests.cookbook.notebooks import COOKBOOK, executed, notebooks, said, same

BOOKS = {path.stem: nbformat.read(path, as_version=4) for path in notebooks()}
READS = re.compile(r"make_scans|ImageLoader|receipt\.png")
MACHINE = re.compile(r"(?<![\w.:/])/(tmp|var|work|root|home|Users|private|opt)/|[A-Z]:\\\\")


def code(book):
    return [cell for cell in book.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_a_notebook_runs_without_a_key_and_says_what_it_has_kept(path, python, request):
    # Those that read images ask one emulator, whose OCR is loaded once and reads each page once.
    reads = READS.search(path.read_text("utf-8"))
    book = executed(path, request.getfixturevalue("emulator") if reads else (), python)
    new = {cell.id: cell for cell in code(book)}
    stale = {
        cell.id: (said(cell), said(new[cell.id]))
        for cell in code(BOOKS[path.stem])
        if not same(cell, new[cell.id])
    }
    assert stale == {}, "kept, and said now; run `make notebooks`"


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


@pytest.mark.parametrize(
    ("key", "answers"), [("", "the local emulator"), ("test-key-not-real", "302.AI, with the key")]
)
def test_who_answers_is_said_however_often_a_cell_is_run(key, answers):
    program = "from gateway import connect; connect(); connect()"
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
