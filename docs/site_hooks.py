"""What the site needs beside its pages: files of the root as pages, and the list of decisions."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
# Files of the root that are pages of the site.
PAGES = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security-policy.md",
    "cookbook/README.md": "cookbook.md",
}
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#:]+)(#[^)]*)?\)")
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


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Put in what the page asks for, and let its links lead to pages of the site."""
    home = (ROOT / "docs" / page.file.src_uri).parent
    if found := INCLUDE.search(markdown):
        source = ROOT / found[1]
        markdown = INCLUDE.sub(lambda _: source.read_text("utf-8"), markdown)
        home = source.parent
    here = (ROOT / "docs" / page.file.src_uri).parent
    markdown = LINK.sub(lambda link: _link(link, home, here), markdown)
    return markdown.replace(DECISIONS, _decisions())


def _link(link: re.Match[str], home: Path, here: Path) -> str:
    """Return a link as it is on the site; a file that is no page there is named, by its path."""
    words, target, anchor = link[1], (home / link[2]).resolve(), link[3] or ""
    if not target.exists():
        return link[0]  # the strict build complains of it
    name = target.relative_to(ROOT).as_posix()
    target = ROOT / "docs" / PAGES[name] if name in PAGES else target
    if not target.is_relative_to(ROOT / "docs"):
        return words if words.strip("`") == name else f"{words} (`{name}`)"
    return f"[{words}]({Path(os.path.relpath(target, here)).as_posix()}{anchor})"


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


def _decisions() -> str:
    """Return a line for each decision: its number, its title, its link."""
    pages = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    titles = {page: page.read_text("utf-8").partition("\n")[0].removeprefix("# ") for page in pages}
    return "\n".join(f"- {page.name[:4]}: [{titles[page]}]({page.name})" for page in pages)
