"""The sources to read: files, folders, patterns, links and bytes, each found when its turn comes.

What a user names must be there; what lies in a folder counts by its ending.
"""

from __future__ import annotations

import glob
import hashlib
import io
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from core_302.errors import InvalidInputError


@dataclass(frozen=True)
class Wanted:
    """What counts in a folder.

    Attributes:
        what: In words.
        endings: Of the files that count, in lower case.
    """

    what: str
    endings: frozenset[str]


IMAGES = Wanted(
    "image and no PDF",
    frozenset(
        ".png .jpg .jpeg .jpe .webp .gif .bmp .tif .tiff .heic .heif .avif .pdf".split()  # noqa: SIM905
    ),
)
LONGEST_START = 1_024  # bytes: a PDF may begin after so many of anything
NAME_LETTERS = 12  # hexadecimal letters of the digest that names bytes without a name

Given = Any
"""A path, a folder, a pattern (`scans/*.png`), an http(s) link, bytes, a file that is open in
binary mode, a `Source`, or several."""


@dataclass(frozen=True)
class Source:
    """One file, link, or bytes, that may have several pages.

    Attributes:
        name: Its name in metadata and reports.
        path: Its path on this machine, or None.
        link: Its http(s) address, which the gateway follows, or None.
        content: Its bytes, or None.
        metadata: What the caller knows of it, for each of its pages.
        problem: Why there is nothing to be read, or None.
    """

    name: str
    path: Path | None = None
    link: str | None = None
    content: bytes | None = field(default=None, repr=False)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    problem: InvalidInputError | None = None

    def start(self) -> bytes:
        """Return the first bytes, which identify the format.

        Raises:
            InvalidInputError: The file cannot be read.
        """
        return self.read(LONGEST_START)

    def read(self, most: int = -1) -> bytes:
        """Return the bytes, or the first of them.

        Raises:
            InvalidInputError: The file cannot be read.
        """
        if self.content is not None:
            return self.content if most < 0 else self.content[:most]
        with self.opened() as file:
            try:
                return file.read(most)
            except OSError as error:
                raise InvalidInputError(f"it cannot be read: {error.strerror}.") from error

    def opened(self) -> BinaryIO:
        """Open it; who opens it closes it. What is no file, such as a pipe, is not waited for.

        Raises:
            InvalidInputError: It cannot be opened, or is no regular file.
        """
        if self.content is not None:
            return io.BytesIO(self.content)
        assert self.path is not None, "a link is never read here"
        try:
            file = open(self.path, "rb", opener=_at_once)  # noqa: SIM115 - with an opener
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise InvalidInputError(f"it cannot be read: {why}.") from error
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.close()
            raise InvalidInputError("it cannot be read: it is a pipe or a device, and no file.")
        return file


def _at_once(path: str, flags: int) -> int:
    """Open without waiting for the other end of a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def shown(name: str) -> str:
    """Return a file's name as text that can be stored: other bytes than UTF-8 are escaped."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def sources_in(given: Given, wanted: Wanted = IMAGES) -> Iterator[Source]:
    """Yield the sources in order; a folder's files by name.

    A folder or pattern that holds nothing that counts is a source with that problem.

    Args:
        given: What is read.
        wanted: What counts in a folder.

    Raises:
        InvalidInputError: A source has another type.
    """
    if isinstance(given, Source):
        yield given
    elif isinstance(given, (bytes, bytearray, memoryview)):
        yield _of_bytes(bytes(given))
    elif isinstance(given, (str, os.PathLike)):
        yield from _named(os.fsdecode(given), wanted)
    elif callable(read := getattr(given, "read", None)):
        yield _of_open_file(given, read())
    elif isinstance(given, Iterable):
        for one in given:
            yield from sources_in(one, wanted)
    else:
        raise InvalidInputError(
            f"A {type(given).__name__} cannot be read: give paths, folders, patterns, links, "
            "bytes, open files."
        )


def _of_bytes(content: bytes) -> Source:
    digest = hashlib.sha256(content).hexdigest()[:NAME_LETTERS]
    return Source(f"bytes:{digest}", content=content)


def _of_open_file(file: Any, content: Any) -> Source:
    if not isinstance(content, (bytes, bytearray)):
        raise InvalidInputError("A file that is open as text cannot be read: open it with 'rb'.")
    source = _of_bytes(bytes(content))
    name = getattr(file, "name", None)
    return replace(source, name=shown(name)) if isinstance(name, str) and name else source


def _named(name: str, wanted: Wanted) -> Iterator[Source]:
    if not name.strip():
        raise InvalidInputError("An empty name cannot be read: '.' is the working directory.")
    if name[:8].lower().startswith(("http://", "https://")):
        yield Source(name, link=name)
        return
    path = Path(name).expanduser()
    if path.is_dir():
        yield from _found(name, _below(path), wanted)
    elif glob.has_magic(name) and not path.exists():
        matches = glob.glob(str(path), recursive=True)  # noqa: PTH207 - it may be absolute
        yield from _found(name, sorted(matches), wanted)
    else:
        yield Source(shown(name), path=path)


def _found(name: str, paths: Iterable[str], wanted: Wanted) -> Iterator[Source]:
    none = True
    for path in paths:
        if Path(path).suffix.lower() in wanted.endings and Path(path).is_file():
            none = False
            yield Source(shown(path), path=Path(path))
    if none:
        why = f"it contains no {wanted.what} ({', '.join(sorted(wanted.endings))})."
        yield Source(shown(name), problem=InvalidInputError(why))


def _below(folder: Path) -> Iterator[str]:
    """Yield every file below a folder, in the order of their names, without hidden ones."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (str(Path(parent) / name) for name in sorted(files) if not name.startswith("."))
