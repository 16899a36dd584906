"""What the site needs beside its pages: files of the root as pages, and the list of decisions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
INCLUDE = re.compile(r"^<!-- include: (\S+) -->$", re.MULTILINE)
DECISIONS = "<!-- the decisions -->"


def on_config(config: Any) -> Any:
    """Leave out of the navigation the pages that may be missing, and are."""
    missing = {
        page
        for page in config.extra["not_always_there"]
        if not (Path(config.docs_dir) / page).is_file()
    }
    config.nav = _without(missing, config.nav)
    return config


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put in what the page asks for."""
    markdown = INCLUDE.sub(lambda found: _file_of_the_root(found[1]), markdown)
    return markdown.replace(DECISIONS, _decisions())


def _without(missing: set[str], entries: list[Any]) -> list[Any]:
    kept = []
    for entry in entries:
        if not isinstance(entry, dict):
            kept.append(entry)
            continue
        ((title, below),) = entry.items()
        if isinstance(below, list):
            kept.append({title: _without(missing, below)})
        elif below not in missing:
            kept.append(entry)
    return kept


def _file_of_the_root(name: str) -> str:
    """Return a file of the root, with its links as they are from `docs/`."""
    return re.sub(r"\]\(docs/", "](", (ROOT / name).read_text("utf-8"))


def _decisions() -> str:
    """Return a line for each decision: its number, its title, its link."""
    pages = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    titles = {page: page.read_text("utf-8").partition("\n")[0].removeprefix("# ") for page in pages}
    return "\n".join(f"- {page.name[:4]}: [{titles[page]}]({page.name})" for page in pages)
