"""The directories of a TIFF, one a page: TIFF 6.0, section 2. BigTIFF has wider numbers in them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

LARGEST = 65_536  # entries of one directory
WIDTH, HEIGHT, NEW_SUBFILE_TYPE = 256, 257, 254
REDUCED, MASK = 1, 4  # bits of NewSubfileType: a thumbnail of a page, what is transparent of one
NUMBERS = {1: "B", 3: "H", 4: "I", 16: "Q"}  # BYTE, SHORT, LONG, and BigTIFF's LONG8
BIG = 43  # in the place of 42


class Content(Protocol):
    """Bytes, or what gives out bytes like them."""

    def __getitem__(self, wanted: slice, /) -> bytes:
        """Return some bytes; fewer where the content ends."""


@dataclass(frozen=True)
class Directory:
    """What is known of a page before it is decoded.

    Attributes:
        place: Of its directory, in bytes from the file's start.
        entries: How many fields it has.
        size: Width and height in pixels; None if readers may differ in what they make of them.
        extra: Whether it is no page of its own, but a thumbnail or a mask of one.
    """

    place: int
    entries: int
    size: tuple[int, int] | None
    extra: bool


@dataclass(frozen=True)
class Layout:
    """How the numbers of a file are stored, as `struct` calls it.

    Attributes:
        order: Of bytes: "<" or ">".
        first: Where the place of the first directory is.
        place: Of a directory.
        count: Of the fields of a directory.
        entry: A field: tag, type, number of values, value.
    """

    order: str
    first: int
    place: str
    count: str
    entry: str

    def number(self, form: str, content: Content, place: int) -> int:
        """Return the number at a place."""
        raw = content[place : place + struct.calcsize(form)]
        return int(struct.unpack(f"{self.order}{form}", raw)[0])


def layout_of(content: Content) -> Layout:
    """Return how the numbers of a TIFF are stored."""
    start = content[0:4]
    order = "<" if start[:2] == b"II" else ">"
    if BIG in start[2:4]:
        return Layout(order, 8, "Q", "Q", "HHQ8s")
    return Layout(order, 4, "I", "H", "HHI4s")


def directories_of(content: Content) -> Iterator[Directory]:
    """Yield the directories in their order; a circle of them ends where it began.

    Raises:
        struct.error: The file is cut off, or a directory is larger than any.
    """
    layout = layout_of(content)
    counted, entry = struct.calcsize(layout.count), struct.calcsize(f"={layout.entry}")
    place, seen = layout.number(layout.place, content, layout.first), set()
    while place and place not in seen:
        seen.add(place)
        count = layout.number(layout.count, content, place)
        if count > LARGEST:
            raise struct.error
        start, end = place + counted, place + counted + entry * count
        yield _directory(layout, place, count, content[start:end])
        following = content[end : end + struct.calcsize(layout.place)]
        place = int.from_bytes(following, "little" if layout.order == "<" else "big")


def _directory(layout: Layout, place: int, count: int, raw: bytes) -> Directory:
    found = {WIDTH: 0, HEIGHT: 0, NEW_SUBFILE_TYPE: 0}
    sure = True
    for tag, kind, values, value in struct.iter_unpack(f"{layout.order}{layout.entry}", raw):
        if tag not in found:
            continue
        if values != 1 or kind not in NUMBERS:
            sure = sure and tag == NEW_SUBFILE_TYPE
            continue
        (number,) = struct.unpack_from(f"{layout.order}{NUMBERS[kind]}", value)
        found[tag] = max(found[tag], number)
    extra = bool(found[NEW_SUBFILE_TYPE] & (REDUCED | MASK))
    return Directory(place, count, (found[WIDTH], found[HEIGHT]) if sure else None, extra)
