"""Reading one file: its text as pages or blocks, from the cache or the gateway, as a flow.

The cache key of an answer covers everything that changes it: the file's bytes or its link, its
kind, the way it is read, and MinerU's options. What becomes of the answer, pages or blocks, does
not: the same answer serves both. The id of a task is kept beside its file until it is done.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, ClassVar

from core_302.endpoints.content_list import Block, pages_of
from core_302.endpoints.files import LARGEST_UPLOAD, check_size
from core_302.errors import AI302Error
from core_302.file_types import FileType, file_type
from core_302.flow import Blocking, Flow, Limit
from core_302.flows.cost import cost_of
from core_302.flows.files import BY_CLIENT, FileText, text_of
from core_302.options.file import Method, method_for
from core_302.reading.cache import ReadingCache
from core_302.reading.claim import AnswerClaim, paid_once
from core_302.reading.file_options import FileReadingOptions
from core_302.reading.sources import Source

WITH_CACHE = "read the file again, with the same cache"  # how a task is asked for again


@dataclass(frozen=True)
class FilePiece:
    """A file, or one page or block of it.

    Attributes:
        source: The name of its file, link or bytes.
        text: Its text, mostly as Markdown.
        kind: `file`, `page`, or of a block `heading`, `text`, `table`, `image`, `equation`, `list`,
            `code`, ..., as MinerU calls it.
        place: Its number among the pieces of its file, from 1.
        page: Its page, from 1; None if it is not known.
        box: Of a block: left, top, right and bottom in thousandths of the page, from its upper left
            corner; None if it is not known.
        file: What is known of the whole file.
    """

    source: str
    text: str
    kind: str
    place: int
    page: int | None
    box: tuple[int, int, int, int] | None
    file: FileReading

    @property
    def id(self) -> str:
        """The same for the same piece of the same source, as long as its bytes are the same."""
        told = "\n".join((self.source, self.kind, str(self.place), self.file.digest or ""))
        return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()

    def described(self) -> dict[str, Any]:
        """Return everything but the text, in plain values, for a framework's metadata."""
        box = None if self.box is None else ",".join(map(str, self.box))
        told = {"source": self.source, "page": self.page, "box": box, "kind": self.kind}
        told |= self.file.described()
        return {**self.file.metadata, **{name: v for name, v in told.items() if v is not None}}


@dataclass(frozen=True)
class FileReading:
    """A file that was read.

    Attributes:
        source: The name of the file, link or bytes.
        blocks: Its text, in reading order; none if it has none.
        method: How it was read.
        media_type: Such as `application/pdf`.
        digest: SHA-256 of its bytes, or of its link.
        size: Its bytes; 0 of a link.
        task_id: The task that read it, if one did.
        cost_ids: The gateway's ids of the calls, by which `client.record` returns their cost.
        cost: Of the whole file in PTC, if it was looked up; else None.
        cached: Whether it came from the cache: then nothing was billed now.
        error: Why it could not be read, with `on_error="keep"`.
        split_by: What becomes a piece: see `FileReadingOptions`.
        metadata: What the caller knows of the source.
    """

    source: str
    blocks: tuple[Block, ...] = ()
    method: Method | None = None
    media_type: str | None = None
    digest: str | None = None
    size: int = 0
    task_id: str | None = None
    cost_ids: tuple[str, ...] = ()
    cost: float | None = None
    cached: bool = False
    error: AI302Error | None = None
    split_by: str = "page"
    metadata: Mapping[str, Any] = field(default_factory=dict)

    cut: ClassVar[bool] = False
    """Nothing tells whether the text of a file is whole."""
    input_tokens: ClassVar[int] = 0
    """The gateway's records have them, its replies do not."""
    output_tokens: ClassVar[int] = 0
    """Likewise."""

    @property
    def free(self) -> bool:
        """Whether nothing was asked about it: it is text already."""
        return self.method == "text"

    @property
    def empty(self) -> bool:
        """Whether there is no text in it."""
        return self.error is None and not any(block.text.strip() for block in self.blocks)

    @property
    def pieces(self) -> list[FilePiece]:
        """What becomes a document of its own; one without text, of a file that has none."""
        blocks = self.blocks if self.split_by == "block" else tuple(pages_of(self.blocks))
        blocks = tuple(block for block in blocks if block.text.strip()) or (Block(""),)
        return [
            FilePiece(self.source, block.text, block.kind, place, block.page, block.box, self)
            for place, block in enumerate(blocks, 1)
        ]

    def described(self) -> dict[str, Any]:
        """Return what is known of the whole file, in plain values."""
        return {
            "method": self.method,
            "file_type": self.media_type,
            "bytes": self.size,
            "digest": self.digest,
            "task_id": self.task_id,
            "cost_ids": ",".join(self.cost_ids),
            "cost": self.cost,
            "cached": self.cached,
            "empty": True if self.empty else None,
            "error": None if self.error is None else str(self.error),
        }

    def packed(self) -> str:
        """Return what the cache keeps of it, as JSON."""
        blocks = [[block.text, block.kind, block.page, block.box] for block in self.blocks]
        told = {name: getattr(self, name) for name in KEPT}
        return json.dumps({"blocks": blocks, **told}, ensure_ascii=False)

    def unpacked(self, text: str) -> FileReading:
        """Return this file with what the cache has kept of it."""
        kept = json.loads(text)
        blocks = [
            Block(text, kind, page, box and tuple(box)) for text, kind, page, box in kept["blocks"]
        ]
        told = {name: kept[name] for name in KEPT}
        told["cost_ids"] = tuple(told["cost_ids"])
        return replace(self, blocks=tuple(blocks), **told)


KEPT = ("method", "task_id", "cost_ids", "cost")


class TaskNote:
    """The id of a file's task, kept in the cache while it is not done.

    Args:
        cache: Where it is kept.
        key: Of the file's answer, whose claim whoever calls this has.
    """

    def __init__(self, cache: ReadingCache, key: str) -> None:
        self._cache, self._key = cache, f"task:{key}"

    def load(self) -> str | None:
        """Return the id, or None."""
        _, kept = self._cache.claim(self._key, self._key)
        if kept is None:
            self._cache.release(self._key, self._key)
        return kept or None

    def save(self, task_id: str) -> None:
        """Write it down."""
        self._cache.keep(self._key, task_id)

    def drop(self) -> None:
        """Forget it: an empty text stands for none."""
        self._cache.keep(self._key, "")


def read_file(
    source: Source, how: FileReadingOptions, cache: ReadingCache | None
) -> Flow[FileReading]:
    """Read one file: from the cache, or from the gateway, and then into the cache.

    Raises:
        AI302Error: It cannot be sent or read; the error's text names the file.
    """
    try:
        yield Limit("job")
        given: bytes | str = yield Blocking(partial(_given, source))
        content = None if isinstance(given, str) else given
        kind = file_type(source.name, content)
        told = given.encode() if isinstance(given, str) else given
        digest: str = yield Blocking(lambda: hashlib.sha256(told).hexdigest())
        file = FileReading(
            source.name,
            method=method_for(how, kind, content),
            media_type=kind.media_type,
            digest=digest,
            size=len(content or b""),
            split_by=how.split_by,
            metadata=source.metadata,
        )
        if cache is None or file.method == "text":
            return (yield from _asked(file, given, kind, how, None))
        key = key_of(file, kind, how)
        asked = _packed(_asked(file, given, kind, how, TaskNote(cache, key)))
        kept, cached = yield from paid_once(AnswerClaim(cache, key), asked, "job")
        return replace(file.unpacked(kept), cached=cached)
    except AI302Error as error:
        error.args = (f"{source.name}: {error.message}",)
        raise


def key_of(file: FileReading, kind: FileType, how: FileReadingOptions) -> str:
    """Return the key of an answer."""
    told: list[Any] = ["file", file.digest, kind.ending, file.method]
    if file.method == "mineru":
        told += [how.mineru_method, how.mineru_version, dict(how.mineru_options)]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _given(source: Source) -> bytes | str:
    """Return a link, or the bytes of a file that can be sent.

    Raises:
        InvalidInputError: It cannot be read, is empty, or too large.
    """
    if source.problem is not None:
        raise source.problem
    if source.link is not None:
        return source.link
    content = source.read(LARGEST_UPLOAD + 1)
    check_size(len(content))
    return content


def _packed(asked: Flow[FileReading]) -> Flow[str]:
    return (yield from asked).packed()


def _asked(
    file: FileReading,
    given: bytes | str,
    kind: FileType,
    how: FileReadingOptions,
    note: TaskNote | None,
) -> Flow[FileReading]:
    if how.rate_limiter is not None and file.method != "text":
        yield Blocking(how.rate_limiter.acquire)
        yield Limit("job")  # not counted against this file's limit
    again = WITH_CACHE if note else BY_CLIENT
    found: FileText = yield from text_of(given, kind, how, note=note, resumed_by=again)
    cost = None
    if how.look_up_cost and found.cost_ids:
        cost = yield from cost_of(found.cost_ids)
    return replace(
        file, blocks=found.blocks, task_id=found.task_id, cost_ids=found.cost_ids, cost=cost
    )
