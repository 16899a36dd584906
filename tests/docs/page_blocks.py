"""The Python blocks of a page, run one after another on the emulator, and what they print.

A block that prints is followed by a `text` block with what it prints; `...` stands for anything.
`python -m tests.docs.page_blocks docs/options.md` runs a page and writes down what has changed.
"""

import asyncio
import doctest
import io
import re
import sys
import tempfile
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest

import emulator_302

ROOT = Path(__file__).parents[2]
FENCED = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:\n```text\n(?P<printed>.*?)^```\n)?",
    re.DOTALL | re.MULTILINE,
)
SAMPLES = (".png", ".pdf", ".xlsx")  # images and documents of the cookbook
OURS = ("core_302", "langchain_302", "llama_index_302", "emulator_302")


class Ran(NamedTuple):
    """A block of a page."""

    code: str
    expected: str
    printed: str

    @property
    def as_written(self):
        """Whether it prints what the page says."""
        check = doctest.OutputChecker().check_output
        return check(self.expected, self.printed, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)


def blocks(page):
    """Return the matches of the Python blocks of a page."""
    return list(FENCED.finditer(page.read_text("utf-8")))


def run(page):
    """Run the blocks of a page in one program; its samples are those of the cookbook."""
    names = {"__name__": "page"}
    ran = []
    with on_the_emulator():
        for found in blocks(page):
            said = io.StringIO()
            with redirect_stdout(said):
                exec(compile(found["code"], str(page), "exec"), names)
            ran.append(Ran(found["code"], found["printed"] or "", said.getvalue()))
        for owner in (*names.values(), *names.get("tools", ())):
            close(owner)
    return ran


@contextmanager
def on_the_emulator():
    """Let the environment name an emulator, and the working folder hold the cookbook's samples."""
    with (
        emulator_302.running() as gateway,
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("AI302_BASE_URL", gateway.base_url)
        patch.setenv("AI302_API_KEY", gateway.api_key)
        patch.setenv("AI302_TRUSTED_HOSTS", gateway.file_host)
        samples = [p for p in (ROOT / "cookbook").rglob("*") if p.suffix in SAMPLES]
        for shown in samples:  # pages name them from the root
            target = Path(folder) / shown.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(shown.read_bytes())
        patch.chdir(folder)
        yield


def close(owner):
    """Close what holds connections."""
    if not type(owner).__module__.startswith(OURS):
        return
    if hasattr(owner, "aclose"):
        asyncio.run(owner.aclose())
    elif hasattr(owner, "close"):
        owner.close()


def main():
    """Run pages, and write what their blocks print below them."""
    for name in sys.argv[1:]:
        page = ROOT / name
        ran = iter(run(page))

        def written(found, ran=ran):
            block = next(ran)
            if block.as_written:
                return found[0]
            said = block.printed.rstrip("\n")
            printed = f"\n```text\n{said}\n```\n" if said else ""
            return f"```python\n{found['code']}```\n{printed}"

        page.write_text(FENCED.sub(written, page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
