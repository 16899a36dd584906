"""Files that lie elsewhere: addresses such as `s3://bucket/scans`, opened by fsspec.

Only what the program itself names is opened so, never what a model says: who reads passes
`storage_options` on for the program's own sources, and for nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from core_302.errors import ConfigurationError, InvalidInputError
from core_302.reading.optional_imports import library

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
CHAIN = "::"  # fsspec opens one address inside another
# Names of what is read without fsspec, or of what opens another address by itself.
REFUSED = {
    "file": "give the path alone",
    "local": "give the path alone",
    "http": "a link is sent to the gateway",
    "https": "a link is sent to the gateway",
    **dict.fromkeys(
        ("blockcache", "cached", "dir", "filecache", "generic", "reference", "simplecache"),
        "give the address that it is about",
    ),
}
MAGIC = "*?["
SMALL = 5_242_880  # bytes: fsspec reads so many at once anyway


@dataclass(frozen=True)
class RemoteFile:
    """A file in a file system of fsspec.

    Attributes:
        system: The file system.
        path: Its path in there.
        address: Its whole address.
    """

    system: Any
    path: str
    address: str

    def small(self) -> bytes | None:
        """Return its bytes, if they are few: one request, where each opening is two or more.

        Raises:
            InvalidInputError: It cannot be read.
        """
        with named():
            if self.system.size(self.path) > SMALL:
                return None
            return bytes(self.system.cat_file(self.path))

    def opened(self) -> BinaryIO:
        """Open it; who opens it closes it. It is read where it is looked at.

        Raises:
            InvalidInputError: It cannot be opened.
        """
        with named():
            return cast("BinaryIO", self.system.open(self.path, "rb"))


def is_address(name: str) -> bool:
    """Return whether a name is an address, and no path of this machine."""
    return ADDRESS.match(name) is not None or (CHAIN in name and "://" in name)


def remote_files(
    address: str, storage_options: Mapping[str, Any] | None
) -> RemoteFile | Iterator[RemoteFile]:
    """Return the file at an address; of a folder or pattern, the files in it, by name.

    Args:
        address: Such as `s3://bucket/scans/*.png`.
        storage_options: Of its file system, such as its credentials.

    Raises:
        InvalidInputError: It cannot be followed.
        ConfigurationError: fsspec, or what it needs for this protocol, is not installed.
    """
    protocol = address.partition("://")[0].lower()
    if CHAIN in address:
        raise InvalidInputError("a chained address ('::') is not followed: give the inner one.")
    if protocol in REFUSED:
        raise InvalidInputError(f"'{protocol}://' is not opened here: {REFUSED[protocol]}.")
    if storage_options is None:
        raise InvalidInputError(
            f"'{protocol}://' is opened only with storage_options= of your own, such as {{}}."
        )
    system, path = _system(protocol, address, storage_options)
    with named():
        if any(letter in path for letter in MAGIC):
            paths = [found for found in system.glob(path) if not system.isdir(found)]
        elif system.isdir(path):
            paths = [found for found in system.find(path) if not _is_hidden(found, path)]
        else:
            return RemoteFile(system, path, address)
    return (RemoteFile(system, found, f"{protocol}://{found}") for found in sorted(paths))


def _system(protocol: str, address: str, options: Mapping[str, Any]) -> tuple[Any, str]:
    fsspec = library("fsspec")
    if protocol not in fsspec.available_protocols():
        raise InvalidInputError(f"'{protocol}://' is no protocol that fsspec knows.")
    try:
        with named():
            system, path = library("fsspec.core").url_to_fs(address, **options)
    except ImportError as error:
        raise ConfigurationError(f"'{protocol}://' cannot be opened: {error}.") from error
    return system, path


@contextmanager
def named() -> Iterator[None]:
    """Make what a file system says ours: each has its own errors."""
    try:
        yield
    except (ImportError, InvalidInputError):
        raise
    except Exception as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise InvalidInputError(f"it cannot be read: {why.rstrip('.')}.") from error


def _is_hidden(path: str, folder: str) -> bool:
    inner = path.removeprefix(folder)
    return any(part.startswith(".") for part in inner.split("/"))
