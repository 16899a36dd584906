"""A response's body as the reads of its connection bring it, however many chunks the server made.

A server that streams sends a chunk for each token. h11 makes an event of each, which takes longer
than to read the JSON in it, and hides that several have come at once. So the frames of plain chunks
are taken off here. All else is h11's: bodies of a known length, extensions, trailers, the end.
"""

from __future__ import annotations

import re

import httpcore

from core_302.net.undocumented import HTTP11, body_parts, give, take_unread

READ_BYTES = 64 * 1024  # that are read at once
# RFC 9112, 7.1: the size in hexadecimal digits. Extensions, and the last chunk, are left to h11.
PLAIN_HEAD = re.compile(rb"(?!0+\r\n)([0-9A-Fa-f]{1,8})\r\n")
LONGEST_HEAD = 10  # bytes
LINE_END = b"\r\n"


class _Frames:
    """Takes the frames off plain chunks, wherever reads cut them."""

    def __init__(self) -> None:
        self._held = b""  # the beginning of a frame
        self._left = 0  # bytes of the chunk that are still to come, with the end of its line

    def open(self, data: bytes, parts: list[bytes]) -> bytes | None:
        """Add the parts of the body in `data` to `parts`; return what h11 must read, or None.

        Raises:
            httpcore.RemoteProtocolError: A chunk is longer than it said.
        """
        data, self._held = self._held + data, b""
        place = self._go_on(data, parts)
        while place < len(data):
            head = PLAIN_HEAD.match(data, place)
            if head is None:
                rest = data[place:]
                if len(rest) >= LONGEST_HEAD or b"\n" in rest:
                    return rest
                self._held = rest
                return None
            begin = head.end()
            end = begin + int(head[1], 16)
            parts.append(data[begin:end])
            place = end + len(LINE_END)
            if data[end:place] != LINE_END:
                _check_end(data[end:place], len(LINE_END))
                self._left = place - len(data)
        return None

    def _go_on(self, data: bytes, parts: list[bytes]) -> int:
        """Read on in a chunk that the last read has cut, and return where it ends."""
        if not self._left:
            return 0
        left, self._left = self._left, max(0, self._left - len(data))
        body = max(0, left - len(LINE_END))
        parts.append(data[:body])
        _check_end(data[body:left], left - body)
        return left


def _check_end(found: bytes, missing: int) -> None:
    """Raise if what stands behind a chunk does not end its line; it may still be coming."""
    if not LINE_END[-missing:].startswith(found):
        raise httpcore.RemoteProtocolError(f"malformed chunk footer: {found!r}")


class BodyReads:
    """The body of one response: its `next` part, again and again; `note` what is read for it.

    Args:
        connection: What has read the head of the response.
    """

    def __init__(self, connection: HTTP11) -> None:
        self._connection = connection
        unread = take_unread(connection)  # None if the body is not chunked
        self._data = unread or b""
        self._frames = None if unread is None else _Frames()
        self._error: httpcore.RemoteProtocolError | None = None
        self._goes_on = True

    def next(self) -> bytes | None:
        """Return what has been read of the body: b"" if more must be read first, None at its end.

        Raises:
            httpcore.RemoteProtocolError: The server does not speak HTTP. What it had sent before
                comes first.
        """
        if self._error is not None:
            raise self._error
        parts: list[bytes] = []
        if self._goes_on:
            try:
                self._goes_on = self._open(parts)
            except httpcore.RemoteProtocolError as error:
                self._error = error
                if not parts:
                    raise
        return b"".join(parts) if parts or self._goes_on else None

    def note(self, data: bytes) -> None:
        """Take what was read; b"" is the end of the connection."""
        if self._frames is None or not data:
            self._frames = None
            give(self._connection, data)
        else:
            self._data = data

    def _open(self, parts: list[bytes]) -> bool:
        """Add what was read to `parts`, and return whether more is to come."""
        if self._frames is not None:
            data, self._data = self._data, b""
            rest = self._frames.open(data, parts) if data else None
            if rest is None:
                return True
            self._frames = None
            give(self._connection, rest)
        return body_parts(self._connection, parts)
