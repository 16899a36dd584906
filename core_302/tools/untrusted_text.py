"""What a stranger wrote, as it may go to a model: printable, in its own lines, and not too much.

Replies, pages and file names can hold line breaks that forge lines of ours, letters that nobody
sees (an order in tag characters), letters that turn a line around, and megabytes. Whatever a tool
tells a model passes through here, and so do the texts of its errors. It makes prompt injection
harder; it cannot prevent it, since plain words can ask for anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from core_302.links import is_web_link

Item = TypeVar("Item")

MOST_BYTES = 64 * 1024  # of UTF-8, of all that one call of a tool tells
MOST_LIST_BYTES = 16 * 1024  # of a list in it
LONGEST_LINE = 9_000  # characters of one item: a link may have 8,000
LONGEST_ERROR = 4_000  # characters
MOST_IMAGES = 16  # that one call shows to a model

LINE_BREAK = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# What is there and not seen, by Unicode's categories Cc, Cf and Cs and its Default_Ignorable:
# controls, bidirectional marks, zero widths, fillers, variation selectors, tags, lone surrogates.
# Not among them: the joiners that scripts and emoji need (200C, 200D), the two selectors of emoji.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0d\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000ffffe-\U000fffff\U0010fffe-\U0010ffff]"
)


def many_lines(text: str, most: int = MOST_BYTES) -> str:
    """Return a text of several lines without what is not seen, cut at `most` bytes."""
    seen = UNSEEN.sub("", LINE_BREAK.sub("\n", text[: most + 1]))
    kept = seen.encode()[:most].decode(errors="ignore")
    cut = len(seen) - len(kept) + max(0, len(text) - most - 1)
    return f"{kept}\n... ({cut} more characters)" if cut else kept


def one_line(text: str, most: int = LONGEST_LINE) -> str:
    """Return a text in one line without what is not seen, cut at `most` characters."""
    seen = UNSEEN.sub("", " ".join(text[: most + 1].split()))
    cut = len(text) - most
    return f"{seen[:most]}... ({cut} more characters)" if cut > 0 else seen


def item_list(
    items: Sequence[Item], write: Callable[[Item], str], most: int = MOST_LIST_BYTES
) -> str:
    """Return a list with one line an item, as many as have room in `most` bytes."""
    lines: list[str] = []
    for item in items:
        line = f"- {one_line(write(item))}"
        most -= len(line.encode()) + 1
        if most < 0:
            return "\n".join([*lines, f"... ({len(items) - len(lines)} more)"])
        lines.append(line)
    return "\n".join(lines)


def link_or_none(link: str | None) -> str | None:
    """Return an http(s) link that can pass for nothing else, or None."""
    return link if is_web_link(link) and not UNSEEN.search(str(link)) else None
