"""The mixed pages, read by one tool, and scored. Runs in the rivals' Python.

    python benchmarks/reading/mixed_rivals.py FOLDER pypdf
    python benchmarks/reading/mixed_rivals.py FOLDER answers.json

Prints the character error rate of each kind of page: edits to come to what a person reads, for each
of its letters. White space counts as one blank; marks of Markdown do not count.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import mean

from rapidfuzz.distance import Levenshtein


def pypdf(path: Path) -> str:
    """Read with pypdf."""
    from pypdf import PdfReader  # noqa: PLC0415

    return PdfReader(path).pages[0].extract_text()


def pdfplumber(path: Path) -> str:
    """Read with pdfplumber."""
    import pdfplumber as plumber  # noqa: PLC0415

    with plumber.open(path) as pdf:
        return str(pdf.pages[0].extract_text() or "")


def markitdown(path: Path) -> str:
    """Read with markitdown."""
    from markitdown import MarkItDown  # noqa: PLC0415

    return str(MarkItDown().convert(str(path)).text_content)


def pymupdf4llm(path: Path) -> str:
    """Read with PyMuPDF, as Markdown."""
    import pymupdf4llm as mupdf  # noqa: PLC0415

    return str(mupdf.to_markdown(str(path), show_progress=False))


TOOLS: dict[str, Callable[[Path], str]] = {
    tool.__name__: tool for tool in (pypdf, pdfplumber, markitdown, pymupdf4llm)
}


def plain(text: str) -> str:
    """Return text without what a tool adds to mark it up."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)|<[^>]{1,40}>", " ", text)
    return " ".join(re.sub(r"[#*_`|\\]|^-+$", " ", text, flags=re.MULTILINE).split())


def main() -> None:
    """Read or take what was read, and print the scores as JSON."""
    folder, who = Path(sys.argv[1]), sys.argv[2]
    truth = json.loads((folder / "truth.json").read_text())
    start = time.perf_counter()
    if who in TOOLS:
        read = {name: TOOLS[who](folder / name) for name in truth}
    else:
        read = json.loads(Path(who).read_text())
    seconds = time.perf_counter() - start
    rates: dict[str, list[float]] = defaultdict(list)
    for name, page in truth.items():
        meant, got = plain(page["text"]), plain(read[name])
        rates[page["kind"]].append(min(1.0, Levenshtein.distance(meant, got) / len(meant)))
    scores = {kind: mean(found) for kind, found in rates.items()}
    told = {"scores": scores, "all": mean(rate for found in rates.values() for rate in found)}
    if who in TOOLS:
        told |= {"seconds": seconds, "version": version(who)}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
