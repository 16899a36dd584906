"""The sources to read: files, folders, patterns, links and bytes, each found when its turn comes.

What a user names must be there; what lies in a folder counts by its ending. Whatever is wrong with
one of them is a source with that problem: it is one line of the report, and ends no run.
"""

from __future__ import annotations

import glob
import hashlib
import io
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from core_302.errors import InvalidInputError
from core_302.reading.file_systems import RemoteFile, is_address, remote_files


@dataclass(frozen=True)
class Wanted:
    """What counts in a folder.

    Attributes:
        what: In words.
        endings: Of the files that count, in lower case.
    """

    what: str
    endings: frozenset[str]


ENDINGS = (
    ".png .jpg .jpeg .jpe .jfif .webp .gif .bmp .tif .tiff .heic .heif .avif .jp2 .j2k .jpx .pdf"
)
IMAGES = Wanted("image and no PDF", frozenset(ENDINGS.split()))
LONGEST_START = 1_024  # bytes: a PDF may begin after so many of anything
NAME_LETTERS = 12  # hexadecimal letters of the digest that names bytes without a name

Given = Any
"""A path, a folder, a pattern (`scans/*.png`), an http(s) link, bytes, a file that is open in
binary mode, a `Source`, or several. With `storage_options` an address of fsspec too (`s3://...`)."""


@dataclass(frozen=True)
class Source:
    """One file, link, or bytes, that may have several pages.

    Attributes:
        name: Its name in metadata and reports.
        path: Its path on this machine, or None.
        link: Its http(s) address, which the gateway follows, or None.
        remote: Where it lies in a file system of fsspec, or None.
        content: Its bytes, or None.
        metadata: What the caller knows of it, for each of its pages.
        problem: Why there is nothing to be read, or None.
    """

    name: str
    path: Path | None = None
    link: str | None = None
    remote: RemoteFile | None = None
    content: bytes | None = field(default=None, repr=False)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    problem: InvalidInputError | None = None

    @cached_property
    def start(self) -> bytes:
        """The first bytes, which identify the format.

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
                raise unreadable(error) from error

    @cached_property
    def _small(self) -> bytes | None:
        return self.remote.small() if self.remote is not None else None

    def opened(self) -> BinaryIO:
        """Open it; who opens it closes it. What is no file, such as a pipe, is not waited for.

        Raises:
            InvalidInputError: It cannot be opened, or is no regular file.
        """
        if self.content is not None:
            return io.BytesIO(self.content)
        if self.remote is not None:
            return self.remote.opened() if self._small is None else io.BytesIO(self._small)
        assert self.path is not None, "a link is never read here"
        try:
            file = open(self.path, "rb", opener=_at_once)  # noqa: SIM115 - with an opener
        except (OSError, ValueError) as error:
            raise unreadable(error) from error
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


def unreadable(error: Exception) -> InvalidInputError:
    """Return what is said of a file that the operating system, or its library, does not read."""
    why = getattr(error, "strerror", None) or error
    return InvalidInputError(f"it cannot be read: {why}.")


def sources_in(
    given: Given, wanted: Wanted = IMAGES, storage_options: Mapping[str, Any] | None = None
) -> Iterator[Source]:
    """Yield the sources in order; a folder's files by name.

    What cannot be read, such as a folder or pattern that holds nothing that counts, or a value of
    another type, is a source with that problem.

    Args:
        given: What is read.
        wanted: What counts in a folder.
        storage_options: Of the file systems that addresses (`s3://...`) name; None refuses these.
    """
    if isinstance(given, Source):
        yield given
    elif isinstance(given, (bytes, bytearray, memoryview)):
        yield _of_bytes(bytes(given))
    elif isinstance(given, (str, os.PathLike)):
        yield from _named(given, wanted, storage_options)
    elif callable(getattr(given, "read", None)):
        yield _of_open_file(given)
    elif isinstance(given, Iterable):
        for one in given:
            yield from sources_in(one, wanted, storage_options)
    else:
        kind = type(given).__name__
        yield _problem(
            f"({kind})",
            f"a value of type {kind} cannot be read: give paths, folders, patterns, links, bytes, "
            "open files.",
        )


def number_of(
    given: Given, wanted: Wanted = IMAGES, storage_options: Mapping[str, Any] | None = None
) -> int | None:
    """Return how many sources there are, or None if only their end will tell. Nothing is opened."""
    if isinstance(given, (str, os.PathLike)):
        return sum(1 for _ in _named(given, wanted, storage_options))
    if isinstance(given, Collection) and not isinstance(given, (bytes, bytearray, memoryview)):
        numbers = [number_of(one, wanted, storage_options) for one in given]
        return None if None in numbers else sum(filter(None, numbers))
    is_one = not isinstance(given, Iterable) or hasattr(given, "read") or isinstance(given, _ONE)
    return 1 if is_one else None


_ONE = (Source, bytes, bytearray, memoryview)


def _problem(name: str, why: str) -> Source:
    return Source(shown(name), problem=InvalidInputError(why))


def _of_bytes(content: bytes) -> Source:
    digest = hashlib.sha256(content).hexdigest()[:NAME_LETTERS]
    return Source(f"bytes:{digest}", content=content)


def _of_open_file(file: Any) -> Source:
    """Read an open file from its beginning, as Pillow does: one just written stands at its end."""
    name = getattr(file, "name", None)
    named = name if isinstance(name, str) and name else None
    try:
        with suppress(OSError, AttributeError):  # a pipe, or what only has `read`
            file.seek(0)
        content = file.read()
    except (OSError, ValueError) as error:  # ValueError: it is closed
        return Source(shown(named or "(open file)"), problem=unreadable(error))
    if not isinstance(content, (bytes, bytearray)):
        why = "a file that is open as text cannot be read: open it with 'rb'."
        return _problem(named or "(open file)", why)
    source = _of_bytes(bytes(content))
    return replace(source, name=shown(named)) if named else source


def _named(
    given: str | os.PathLike[Any], wanted: Wanted, storage_options: Mapping[str, Any] | None
) -> Iterator[Source]:
    name = os.fsdecode(given)
    if not name.strip():
        yield _problem("(empty name)", "it cannot be read: '.' is the working directory.")
    elif name[:8].lower().startswith(("http://", "https://")):
        yield Source(name, link=name)
    elif is_address(name):
        yield from _remote(name, wanted, storage_options)
    else:
        try:
            yield from _local(name, wanted)
        except (OSError, ValueError, RuntimeError) as error:  # too long; no such user's folder
            yield Source(shown(name), problem=unreadable(error))


def _local(name: str, wanted: Wanted) -> Iterator[Source]:
    path = Path(name).expanduser()
    if path.is_dir():
        yield from _found(name, _below(path, wanted), wanted)
    elif glob.has_magic(name) and not path.exists():
        matches = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207 - it may be absolute
        yield from _found(name, map(_file, (p for p in matches if _counts(p, wanted))), wanted)
    else:
        yield _file(name, path)


def _remote(
    name: str, wanted: Wanted, storage_options: Mapping[str, Any] | None
) -> Iterator[Source]:
    try:
        found = remote_files(name, storage_options)
    except InvalidInputError as error:
        yield Source(shown(name), problem=error)
        return
    if isinstance(found, RemoteFile):
        yield Source(shown(name), remote=found)
        return
    counting = (f for f in found if Path(f.path).suffix.lower() in wanted.endings)
    yield from _found(name, (Source(shown(f.address), remote=f) for f in counting), wanted)


def _found(name: str, sources: Iterable[Source], wanted: Wanted) -> Iterator[Source]:
    none = True
    for source in sources:
        none = False
        yield source
    if none:
        endings = ", ".join(sorted(wanted.endings))
        yield _problem(name, f"it contains no {wanted.what} ({endings}).")


def _file(name: str, path: Path | None = None) -> Source:
    return Source(shown(name), path=path or Path(name))


def _counts(path: str, wanted: Wanted) -> bool:
    """Whether it counts by its name. A dangling link or a pipe does: it is named in the report."""
    return Path(path).suffix.lower() in wanted.endings and not Path(path).is_dir()


def _below(folder: Path, wanted: Wanted) -> Iterator[Source]:
    """Yield what counts below a folder, in the order of names, without what is hidden."""
    unlisted: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=unlisted.append):
        yield from _passed_over(unlisted)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (str(Path(parent) / name) for name in sorted(files) if not name.startswith("."))
        yield from (_file(path) for path in paths if _counts(path, wanted))
    yield from _passed_over(unlisted)


def _passed_over(errors: list[OSError]) -> Iterator[Source]:
    """Yield the folders that cannot be listed, once."""
    while errors:
        error = errors.pop(0)
        yield Source(shown(os.fsdecode(error.filename)), problem=unreadable(error))
