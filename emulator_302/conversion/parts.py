"""Zips and XML of strangers, opened within limits: no bomb, no entity, no path.

An XML file that declares a document type is refused before its first element: without one, there
is nothing to expand and nothing to fetch.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers import expat

MOST_ENTRIES = 2_000
LARGEST_PART = 16 * 1024 * 1024  # bytes, decompressed
LARGEST_SUM = 64 * 1024 * 1024  # bytes, of all parts of a file that are read
BEST_RATIO = 200  # decompressed to compressed bytes
FREE_OF_RATIO = 256 * 1024  # bytes
DEEPEST = 100  # elements in elements
MOST_ELEMENTS = 500_000
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, KeyError)


class Unreadable(Exception):  # noqa: N818 - it says what was given
    """The file cannot be converted here; the text says why."""


class Parts:
    """The parts of a file that is a zip.

    Args:
        data: The file.

    Raises:
        Unreadable: It is no zip, a broken one, or has too many parts.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN as error:
            raise Unreadable(f"it is not a whole zip ({error})") from error
        self.names = self._archive.namelist()
        self._left = LARGEST_SUM
        if len(self.names) > MOST_ENTRIES:
            raise Unreadable(f"it has {len(self.names)} parts: too many")

    def read(self, name: str) -> bytes:
        """Return a part; empty if there is none of this name.

        Raises:
            Unreadable: It is broken, or too large.
        """
        if name not in self.names:
            return b""
        part = self._archive.getinfo(name)
        most = max(FREE_OF_RATIO, BEST_RATIO * part.compress_size)
        self._left -= part.file_size
        if part.file_size > min(LARGEST_PART, most) or self._left < 0:
            raise Unreadable(f"its part {name} has {part.file_size} bytes: too many")
        try:
            with self._archive.open(part) as file:
                return file.read(LARGEST_PART)
        except BROKEN as error:
            raise Unreadable(f"its part {name} is broken ({error})") from error

    def xml(self, name: str) -> Element:
        """Return the root of a part; an element without anything if there is no such part.

        Raises:
            Unreadable: It is broken, too large, or declares a document type.
        """
        data = self.read(name)
        return xml(data, name) if data else Element("none")


def xml(data: bytes, name: str) -> Element:
    """Return the root element; names are without prefix and namespace.

    Raises:
        Unreadable: It is broken, too deep, too large, or declares a document type.
    """
    builder, depth, elements = TreeBuilder(), 0, 0

    def start(tag: str, given: dict[str, str]) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > DEEPEST or elements > MOST_ELEMENTS:
            raise Unreadable(f"{name} nests too deeply, or has too many elements")
        builder.start(local(tag), {local(key): value for key, value in given.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(local(tag))

    def refuse(*_: object) -> None:
        raise Unreadable(f"{name} declares a document type, which is not read here")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, ParseError, AssertionError, ValueError) as error:
        raise Unreadable(f"{name} is not XML ({error})") from error


def local(tag: str) -> str:
    """Return a name without its prefix."""
    return tag.rpartition(":")[2]


def inside(element: Element, tag: str) -> Iterator[Element]:
    """Yield the elements of this name below `element`, in their order."""
    return (found for found in element.iter(tag) if found is not element)


def text_of(element: Element, tag: str = "t") -> str:
    """Return the text of all elements of this name below `element`."""
    return "".join(found.text or "" for found in inside(element, tag))
