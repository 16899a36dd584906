"""One file out of a zip of strangers, within limits, and without touching a disk.

Nothing is unpacked: names only choose what is read into memory, so that no path leads anywhere. A
zip bomb is refused by what it declares, and read no further than it declared.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from core_302.errors import MalformedReplyError, ReplyTooLargeError

# Each entry takes some hundred bytes of the list at the end, and about a kilobyte once it is read.
LARGEST_LIST = 2 * 1024 * 1024  # bytes: about 17,000 images
LARGEST_ENTRY = 64 * 1024 * 1024  # bytes, decompressed
BEST_RATIO = 200  # decompressed to compressed bytes; JSON in real results stays below 30
FREE_OF_RATIO = 1024 * 1024  # bytes: a small entry may be as repetitive as it likes
END = b"PK\x05\x06"
END_SIZE = 22  # bytes of the record at the end, without its comment
LONGEST_COMMENT = 65_535
LIST_SIZE = 12  # where the record has the size of the list
COMMENT_SIZE = 20  # where it has the length of the comment
LOCATOR = b"PK\x06\x07"  # stands before the record in zips of the larger format
LOCATOR_SIZE = 20
# What a broken zip raises, depending on where it is broken.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError),
    *(RuntimeError, KeyError, OverflowError, IndexError),
)


def entry_of(content: bytes, choose: Callable[[list[str]], str | None]) -> bytes | None:
    """Return one entry of a zip, or None if `choose` wants none.

    Args:
        content: The zip.
        choose: Gets the names of the entries, without folders, and returns one of them.

    Raises:
        MalformedReplyError: It is no zip, or a broken one.
        ReplyTooLargeError: It lists too many entries, or the one that is wanted is too large.
    """
    _check_list(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
            name = choose(list(entries))
            if name is None:
                return None
            _check_entry(entries[name])
            with archive.open(entries[name]) as file:
                return file.read(LARGEST_ENTRY)
    except BROKEN as error:
        raise MalformedReplyError(f"The zip with the result is broken: {error}.") from error


def _check_list(content: bytes) -> None:
    """Check the list of entries before anything reads it.

    Raises:
        MalformedReplyError: There is none.
        ReplyTooLargeError: It is too long.
    """
    start = content.rfind(END, max(0, len(content) - END_SIZE - LONGEST_COMMENT))
    if start < 0 or len(content) - start < END_SIZE:
        raise MalformedReplyError("The result is not a whole zip.")
    (size,) = struct.unpack_from("<I", content, start + LIST_SIZE)
    (comment,) = struct.unpack_from("<H", content, start + COMMENT_SIZE)
    if len(content) - start != END_SIZE + comment:
        raise MalformedReplyError("The result is not a whole zip.")
    larger = content[max(0, start - LOCATOR_SIZE) : start].startswith(LOCATOR)
    if larger or size > LARGEST_LIST:
        raise ReplyTooLargeError("The zip with the result lists too many files: it was not read.")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    """Check what an entry declares of itself.

    Raises:
        ReplyTooLargeError: It is too large, or too much of nothing.
    """
    most = max(FREE_OF_RATIO, BEST_RATIO * entry.compress_size)
    if entry.file_size > min(LARGEST_ENTRY, most):
        raise ReplyTooLargeError(
            f"The zip with the result has a file of {entry.file_size:,} bytes in "
            f"{entry.compress_size:,}: it was not read."
        )
