"""MinerU's result, a zip, as blocks of text with page and box.

Source: MinerU's own documentation, "MinerU Output Files Documentation": `*_content_list.json` has
all blocks in reading order, `page_idx` counts from 0, and `bbox` is left, top, right and bottom in
thousandths of the page. Headers, footers, page numbers and what stands in the margin are blocks of
kinds of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from core_302.archives import entry_of
from core_302.endpoints.parsing import items, number, text_or_none
from core_302.errors import MalformedReplyError, ReplyTooLargeError
from core_302.json_text import read_json

LIST = "content_list.json"
MARKDOWN = (".md", ".markdown")
FULL = "full.md"
MARGINS = frozenset({"header", "footer", "page_number", "aside_text"})
"""Kinds of blocks that are not part of the text: MinerU's own Markdown leaves them out, too."""

MOST_BLOCKS = 200_000
MOST_PAGES = 100_000
DEEPEST_HEADING = 6  # of Markdown
LONGEST_KIND = 40  # characters
THOUSANDTHS = 1_000
SIDES = 4
# The names under which a block has its text, first what stands above, last what stands below.
CAPTIONS = ("image_caption", "img_caption", "table_caption", "chart_caption", "code_caption")
BODIES = ("text", "table_body", "code_body", "content")
FOOTNOTES = ("image_footnote", "img_footnote", "table_footnote", "chart_footnote")
FENCE = "```"
POINT = re.compile(r"([-*\u2022]|\(?\d+[.)])\s")  # an item that begins as one already


@dataclass(frozen=True)
class Block:
    """One block of a file, or the whole file.

    Attributes:
        text: As Markdown.
        kind: `heading`, `text`, `table`, `image`, `equation`, `list`, `code`, ..., or `file`.
        page: Its page, from 1; None if it is not known.
        box: Left, top, right and bottom in thousandths of the page, from its upper left corner;
            None if it is not known.
    """

    text: str
    kind: str = "file"
    page: int | None = None
    box: tuple[int, int, int, int] | None = None


def blocks_in(content: bytes) -> list[Block]:
    """Return the blocks of a result, those without text left out.

    Raises:
        MalformedReplyError: It is no zip, a broken one, or has neither a content list nor Markdown.
        ReplyTooLargeError: It is beyond the limits.
    """
    found = entry_of(content, _content_list)
    if found is None:
        return [_whole(content)]
    try:
        entries = read_json(found)
    except ValueError as error:
        raise MalformedReplyError(f"The content list of the result is broken: {error}.") from None
    if not isinstance(entries, list):
        raise MalformedReplyError("The content list of the result is not a list.")
    if len(entries) > MOST_BLOCKS:
        raise ReplyTooLargeError(f"The content list of the result has {len(entries):,} blocks.")
    blocks = [_block(entry) for entry in entries if isinstance(entry, Mapping)]
    return [block for block in blocks if block.text]


def pages_of(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the text of each page in one block, without what stands in its margins."""
    for page, group in groupby(blocks, lambda block: block.page):
        texts = [block for block in group if block.kind not in MARGINS]
        if page is None:
            yield from texts
        elif texts:
            yield Block("\n\n".join(block.text for block in texts), "page", page)


def _whole(content: bytes) -> Block:
    text = entry_of(content, _markdown)
    if text is None:
        raise MalformedReplyError("The zip with the result has no content list and no Markdown.")
    return Block(text.decode("utf-8-sig", "replace").strip())


def _content_list(names: list[str]) -> str | None:
    """Choose the list of blocks. Its second version (`..._v2.json`) has another form."""
    return min((name for name in names if name.endswith(LIST)), key=len, default=None)


def _markdown(names: list[str]) -> str | None:
    found = (name for name in names if name.lower().endswith(MARKDOWN))
    return min(
        found, key=lambda name: (not name.lower().endswith("full.md"), len(name)), default=None
    )


def _block(entry: Mapping[str, Any]) -> Block:
    said = entry.get("type")
    kind = said if isinstance(said, str) and said.isprintable() else ""
    level = _level(entry, kind)
    text = _text(entry, kind)
    if level and text:
        text = f"{'#' * level} {' '.join(text.split())}"
    kind = "heading" if level else kind[:LONGEST_KIND] or "text"
    return Block(text, kind, _page(entry.get("page_idx")), _box(entry.get("bbox")))


def _level(entry: Mapping[str, Any], kind: str) -> int:
    level = entry.get("text_level")
    if kind in ("text", "") and isinstance(level, int) and level > 0:
        return min(level, DEEPEST_HEADING)
    return int(kind == "title")


def _text(entry: Mapping[str, Any], kind: str) -> str:
    body = _joined(entry.get(name) for name in BODIES)
    if kind == "code" and body and FENCE not in body:
        body = f"{FENCE}\n{body}\n{FENCE}"
    points = map(_point, items(entry.get("list_items")))
    above, below = (_joined(entry.get(name) for name in names) for names in (CAPTIONS, FOOTNOTES))
    return "\n\n".join(filter(None, (above, body, "\n".join(filter(None, points)), below)))


def _point(item: Any) -> str:
    text = _joined_one(item)
    return f"- {text}" if text and not POINT.match(text) else text


def _joined(values: Iterable[Any]) -> str:
    """Return texts, and lists of texts, as lines."""
    return "\n".join(filter(None, map(_joined_one, values)))


def _joined_one(value: Any) -> str:
    parts = value if isinstance(value, list) else [value]
    return "\n".join(text.strip() for part in parts if (text := text_or_none(part))).strip()


def _page(index: Any) -> int | None:
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < MOST_PAGES:
        return None
    return index + 1


def _box(sides: Any) -> tuple[int, int, int, int] | None:
    known = [side for side in map(number, items(sides)) if side is not None]
    if len(known) != SIDES or len(sides) != SIDES:
        return None
    left, top, right, bottom = (min(max(round(side), 0), THOUSANDTHS) for side in known)
    return left, top, right, bottom
