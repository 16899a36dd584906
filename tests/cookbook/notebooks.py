"""The notebooks of the cookbook, executed.

`python -m tests.cookbook.notebooks [NAME]` saves their outputs.

A notebook keeps its outputs, so that it can be read without being run. A cell that says the same as
before, but for what differs in every run (`VARIES`), keeps the old output: what a diff shows has
changed.
"""

import io
import json
import os
import re
import shutil
import sys
import tempfile
from base64 import b64decode
from importlib.util import find_spec
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from PIL import Image, ImageChops, ImageStat

COOKBOOK = Path(__file__).parents[2] / "cookbook"
SECONDS = 900  # for a cell: a cluster of Ray takes minutes to start on a machine that is busy
# What differs in every run, and a word for it.
VARIES = (
    (re.compile(r"(127\.0\.0\.1|localhost):\d+"), r"\1:PORT"),
    (re.compile(r"\b[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\b"), "UUID"),
    (re.compile(r"\b[0-9a-f]{12,64}\b"), "ID"),
    (re.compile(r"/imgs/\d{8}/"), "/imgs/DATE/"),
    (
        re.compile(r"Published: \d{4}-\d\d-\d\d"),
        "Published: DATE",
    ),  # news of today
    (re.compile(r"\b\d+\.\d+ ?s\b"), "SECONDS"),
    (re.compile(r"={5,}"), "====="),  # pytest fills a line with as many as fit beside the seconds
)
OVER_MCP = COOKBOOK / "19_tools_over_mcp.ipynb"  # its SDK has an environment of its own: `make mcp`
COARSE = (32, 32)  # pixels: on so small an image, another version of Pillow draws the same
ALIKE = 6.0  # grey values, of 255, that two such images may differ by in the mean
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebooks():
    """Return the paths of all notebooks, in order."""
    return sorted(COOKBOOK.glob("*.ipynb"))


def executed(path, settings=(), python=(sys.executable,)):
    """Return a notebook with the outputs of a run in a new copy of the cookbook.

    Args:
        path: The notebook.
        settings: Variables of its environment.
        python: The beginning of the command that starts its kernel.
    """
    book = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory(prefix="ai302-cookbook-") as folder:
        copy = Path(folder, "cookbook")
        shutil.copytree(COOKBOOK, copy, ignore=shutil.ignore_patterns("*.ipynb", "__pycache__"))
        client = NotebookClient(
            book,
            timeout=SECONDS,
            km=_kernel(python, Path(folder, "kernels")),
            resources={"metadata": {"path": str(copy)}},
            record_timing=False,
            coalesce_streams=True,
            # It would warn that its port is not encrypted; what a library written in C says about
            # itself, such as Ray's, is for the terminal.
            extra_arguments=[
                "--IPKernelApp.log_level=ERROR",
                "--IPKernelApp.capture_fd_output=False",
            ],
        )
        client.execute(cleanup_kc=True, env=_environment(folder) | dict(settings))
    book.metadata = nbformat.from_dict(METADATA)
    for cell in book.cells:
        cell.metadata = nbformat.from_dict({})
        for output in cell.get("outputs", ()):
            if "image/jpeg" in output.get("data", {}):
                output.data.pop("image/png", None)  # Pillow gives both; this one is smaller
    return book


def _kernel(python, folder):
    """Return what starts the kernel of a command."""
    spec = Path(folder, "tested", "kernel.json")
    spec.parent.mkdir(parents=True)
    command = [*python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    told = {"argv": command, "display_name": "Python", "language": "python"}
    spec.write_text(json.dumps(told), "utf-8")
    found = KernelSpecManager(kernel_dirs=[str(folder)])
    return AsyncKernelManager(kernel_name="tested", kernel_spec_manager=found)


def _environment(folder):
    """Return the environment of a run: nothing of the user's IPython, and this source tree."""
    root = str(COOKBOOK.parent)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AI302_")}
    return kept | {"IPYTHONDIR": folder, "PYTHONPATH": root, "NO_COLOR": "1"}


def said(cell):
    """Return what a cell's outputs say, without what differs in every run."""
    return [_masked(output) for output in cell.get("outputs", ())]


def _masked(output):
    if output.output_type == "stream":
        return output.name, _mask(output.text)
    if output.output_type == "error":
        return "error", _mask(f"{output.ename}: {output.evalue}")
    shown = {kind: content for kind, content in output.data.items() if kind.startswith("text/")}
    return output.output_type, {kind: _mask(content) for kind, content in shown.items()}


def _mask(text):
    for pattern, word in VARIES:
        text = pattern.sub(word, text)
    return text


def images(cell):
    """Return the images that a cell shows."""
    outputs = [output.data for output in cell.get("outputs", ()) if "data" in output]
    return [
        Image.open(io.BytesIO(b64decode(content)))
        for data in outputs
        for kind, content in data.items()
        if kind.startswith("image/")
    ]


def alike(one, other):
    """Return whether two images have the same size and look the same from afar."""
    if one.size != other.size:
        return False
    small = [image.convert("L").resize(COARSE) for image in (one, other)]
    return ImageStat.Stat(ImageChops.difference(*small)).mean[0] < ALIKE


def same(one, other):
    """Return whether two cells have said and shown the same."""
    before, after = images(one), images(other)
    return said(one) == said(other) and len(before) == len(after) and all(map(alike, before, after))


def code(book):
    """Return the cells that have code."""
    return [cell for cell in book.cells if cell.cell_type == "code"]


def stale(path, settings=(), python=(sys.executable,)):
    """Return what cells have kept, and what they say now, where that differs."""
    kept = nbformat.read(path, as_version=4)
    new = {cell.id: cell for cell in code(executed(path, settings, python))}
    return {
        cell.id: (said(cell), said(new[cell.id]))
        for cell in code(kept)
        if not same(cell, new[cell.id])
    }


def save(path):
    """Execute a notebook, and write those outputs that are new."""
    kept = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    book = executed(path)
    for cell in book.cells:
        if cell.cell_type == "code" and same(kept[cell.id], cell):
            cell.outputs = kept[cell.id].outputs
    nbformat.validate(book)
    path.write_text(nbformat.writes(book, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for chosen in notebooks():
        if chosen == OVER_MCP and find_spec("mcp") is None:
            continue
        if all(word in chosen.name for word in sys.argv[1:]):
            save(chosen)
            print(chosen.name)  # noqa: T201 - a command's answer
