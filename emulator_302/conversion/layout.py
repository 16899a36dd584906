"""Lines of a PDF as the blocks that MinerU makes of a page: headings and paragraphs, with boxes."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from emulator_302.conversion.pdf import Line

LARGER = 1.2  # a line so many times as large as most of its file is a heading
NEAR = 1.8  # font sizes between the lines of one paragraph


def content_list(pages: Sequence[Sequence[Line]]) -> list[dict[str, Any]]:
    """Return the blocks of all pages, in MinerU's form."""
    sizes = [line.size for page in pages for line in page]
    usual = median(sizes) if sizes else 0.0
    return [_block(lines, usual) for page in pages for lines in _paragraphs(page, usual)]


def pages_markdown(pages: Sequence[Sequence[Line]]) -> str:
    """Return the text of all pages, with headings as such."""
    blocks = content_list(pages)
    return "\n\n".join(f"{'#' * block.get('text_level', 0)} {block['text']}".strip()
                       for block in blocks)  # fmt: skip


def _paragraphs(page: Sequence[Line], usual: float) -> list[list[Line]]:
    """Put lines together that stand below each other, in the same size."""
    groups: list[list[Line]] = []
    for line in page:
        last = groups[-1][-1] if groups else None
        near = last is not None and last.base - line.base < NEAR * line.size
        if last is not None and near and _is_larger(last, usual) == _is_larger(line, usual):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _is_larger(line: Line, usual: float) -> bool:
    return line.size >= LARGER * usual


def _block(lines: Sequence[Line], usual: float) -> dict[str, Any]:
    left, top, right, bottom = zip(*(line.box for line in lines), strict=True)
    box = [min(left), min(top), max(right), max(bottom)]
    level = {"text_level": 1} if _is_larger(lines[0], usual) else {}
    text = " ".join(line.text.strip() for line in lines)
    return {"type": "text", "text": text, **level, "bbox": box, "page_idx": lines[0].page - 1}
