"""The files that a capability made, in words for a model: a line each, with what went wrong."""

from __future__ import annotations

from collections.abc import Sequence

from core_302.tools.context import File
from core_302.tools.untrusted_text import item_list, link_or_none, one_line

LONGEST_PROBLEM = 500  # characters


def files_in_words(files: Sequence[File]) -> str:
    """Return a list of files: the link, the type, the size and the path of each."""
    return item_list(files, _in_words)


def _in_words(file: File) -> str:
    facts = [link_or_none(file["url"]) or "its link cannot be shown"]
    if file["bytes"] is not None:
        facts.append(f"{file['bytes']:,} bytes {file['media_type'] or ''}".rstrip())
    if file["path"]:
        facts.append(f"saved as {file['path']}")
    if file["problem"]:
        facts.append(f"but {one_line(file['problem'], LONGEST_PROBLEM).rstrip('.')}")
    return ", ".join(facts)
