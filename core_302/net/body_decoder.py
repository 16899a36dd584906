"""The body of a response: decompressed within a limit of bytes (a defence against gzip bombs).

Bytes are counted after decompression, so that a small response cannot become a large one.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from core_302.errors import ConnectionLostError, MalformedReplyError, ReplyTooLargeError
from core_302.http import Reply

LARGEST_ERROR_BODY = 64 * 1024  # bytes of a refusal that are read
LARGEST_PIECE = 64 * 1024  # bytes that are decompressed at once
# Answers and images in base64 compress to a third at best; a response that grows a hundredfold, and
# is not small, was made to fill the memory.
LARGEST_RATIO = 100
SMALL_REPLY = 4 * 1024 * 1024  # bytes, decompressed


class BodyReader:
    """Decompresses the raw chunks of a body and counts the bytes that come out.

    Args:
        encoding: The response's Content-Encoding.
        limit: The most bytes after decompression, or None for a stream, whose events are limited.
        cut: Stop at the limit instead of raising: for refusals, whose beginning is enough.
    """

    def __init__(self, encoding: str, limit: int | None, *, cut: bool = False) -> None:
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise MalformedReplyError(
                f"The response has Content-Encoding {encoding!r}, which was not requested."
            )
        self._unpacker = None if encoding in ("", "identity") else zlib.decompressobj(wbits=31)
        self._limit = limit
        self._cut = cut
        self._size = 0
        self._packed = 0
        self.full = False

    def feed(self, raw: bytes) -> Iterable[bytes]:
        """Return the decompressed chunks of `raw`, none larger than 64 KiB out of gzip.

        Raises:
            ReplyTooLargeError: The limit is exceeded, or the compression ratio is suspicious.
            MalformedReplyError: The bytes do not match the encoding.
        """
        if self._unpacker is not None:
            return self._unpacked(raw, self._unpacker)
        return (raw,) if self._limit is None else self._counted(raw)

    def end(self) -> None:
        """Mark the end of the body.

        Raises:
            ConnectionLostError: The body ended in the middle of its gzip data.
        """
        if self._unpacker is not None and not self._unpacker.eof and not self.full:
            raise ConnectionLostError("The response ended in the middle of its gzip data.")

    def _unpacked(self, raw: bytes, unpacker: zlib._Decompress) -> Iterator[bytes]:
        self._packed += len(raw)
        while not self.full:
            try:
                piece = unpacker.decompress(raw, LARGEST_PIECE)
            except zlib.error as error:
                raise MalformedReplyError(
                    "The response's Content-Encoding is gzip, but its body is not."
                ) from error
            raw = unpacker.unconsumed_tail
            yield from self._counted(piece)
            if self._size > max(SMALL_REPLY, LARGEST_RATIO * self._packed):
                raise ReplyTooLargeError(
                    f"{self._packed} bytes of gzip decompressed to more than {self._size} bytes."
                )
            if not raw and len(piece) < LARGEST_PIECE:
                return

    def _counted(self, piece: bytes) -> Iterator[bytes]:
        self._size += len(piece)
        if self._limit is not None and self._size > self._limit:
            if not self._cut:
                raise ReplyTooLargeError(f"The response is longer than {self._limit} bytes.")
            piece = piece[: max(0, len(piece) - (self._size - self._limit))]
            self.full = True
        if piece:
            yield piece


def body_reader(reply: Reply, limit: int | None) -> BodyReader:
    """Return the reader for `reply`'s body of at most `limit` bytes; None for a stream."""
    encoding = reply.headers.get("content-encoding", "")
    if not reply.ok:
        return BodyReader(encoding, LARGEST_ERROR_BODY, cut=True)
    return BodyReader(encoding, limit)
