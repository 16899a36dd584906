"""The mixed set of pages: what each tool reads of them, how many calls it makes, what they cost.

The rivals, and what draws the pages, live in an environment of their own below `.venv`: PyMuPDF is
under the AGPL, and none of them is among our dependencies.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.environments import made_once
from core_302 import Client, Settings
from core_302.reading import ReadingOptions, ReadingReport, read_pages
from emulator_302 import running

TOOLS = ("pypdf", "pdfplumber", "markitdown", "pymupdf4llm")
# What PyMuPDF reads scans with is what the emulator reads with.
INSTALLED = ["reportlab", "pypdf", "pdfplumber", "markitdown[pdf]", "pymupdf4llm", "rapidocr"]
INSTALLED += ["onnxruntime", "rapidfuzz", "pillow"]
PAGES = 40


def rivals() -> str:
    """Return the Python of the rivals' environment."""
    return made_once("rivals-mixed", *INSTALLED)


def scored(folder: str, who: str) -> dict[str, Any]:
    """Return the scores of a tool, or of a file of answers."""
    command = [rivals(), "benchmarks/reading/mixed_rivals.py", folder, who]
    out = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    told: dict[str, Any] = json.loads(out.stdout.splitlines()[-1])
    return told


def ours(folder: str, text: Any) -> dict[str, Any]:
    """Read the pages with the emulator; return the scores, the calls and their cost."""
    report = ReadingReport()
    how = ReadingOptions(text=text, look_up_cost=True, on_blank="keep")
    start = time.perf_counter()
    with running() as gateway:
        settings = Settings(api_key=gateway.api_key, base_url=gateway.base_url)
        with Client(settings) as client:
            pages = list(read_pages(client, folder, how, report=report))
        calls = len(gateway.chats)
    seconds = time.perf_counter() - start
    answers = Path(folder, f"{text}.json")
    answers.write_text(json.dumps({Path(page.source).name: page.text for page in pages}))
    told = scored(folder, str(answers))
    tokens = report.input_tokens + report.output_tokens
    return {**told, "seconds": seconds, "calls": calls, "tokens": tokens, "cost": report.cost}


def mixed() -> list[dict[str, Any]]:
    """Return the scores of each tool."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        make = [rivals(), "benchmarks/reading/mixed_set.py", folder]
        subprocess.run(make, check=True)  # noqa: S603 - our own file
        for tool in TOOLS:
            told = scored(folder, tool)
            rows.append({"who": f"{tool} {told['version']}", "calls": 0, "cost": 0.0, **told})
            print(rows[-1], flush=True)
        for who, text in (('ours (`text="auto"`)', "auto"), ('ours, `text="read"`', "read")):
            rows.append({"who": who, **ours(folder, text)})
            print(rows[-1], flush=True)
    return rows
