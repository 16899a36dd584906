"""HTTP/1.1 as a client speaks it, without I/O: a request's head out, one response in.

The rules are those of h11, against which `tests/core_302/net/test_http11.py` checks it. Bytes that
follow the response are never parsed: they only tell that the connection cannot be used again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import httpcore
from httpcore import RemoteProtocolError

LARGEST_HEAD = 100 * 1024  # bytes of one head, of trailers, of a chunk's size with its extensions

SWITCHING = 101
KNOWN = 8  # bytes of a line with a chunk's size that is kept in mind
FINAL = 200  # the lowest status that is not informational
REFUSED = 300  # the lowest status by which CONNECT is refused
BODILESS = (204, 304)

Headers = list[tuple[bytes, bytes]]

_BLANK = re.compile(rb"\n\r?\n")
_STATUS = re.compile(rb"HTTP/1\.([0-9]) ([1-9][0-9]{2})(?: ([\t\x20-\x7e\x80-\xff]*))?")
_HEADER = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*((?:[^\x00\s](?:[^\x00\r\n]*[^\x00\s])?)?)[ \t]*"
)
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,20})(?:;[^\r\n]*)?[ \t]*")
_LENGTH = re.compile(rb"[0-9]{1,20}")


class ResponseReader:
    """Reads one response.

    Args:
        connect: It answers CONNECT, so that no body follows a status of 2xx.

    Attributes:
        status: The status of the head that came last; 0 before.
        reason: The reason phrase beside it.
        version: The minor version: b"1" or b"0".
        headers: The headers as they came.
        complete: Whether the complete response has come.
        reusable: Whether the response allows another request on its connection.
    """

    def __init__(self, *, connect: bool = False) -> None:
        self._connect = connect
        self.status = 0
        self.reason = b""
        self.version = b"1"
        self.headers: Headers = []
        self.complete = False
        self.reusable = False
        self._buffer = b""
        self._left: int | None = None  # bytes of the body or of the chunk; None: until the end
        self._chunked = False
        self._last = False  # the last chunk has come, its trailers have not
        self._error: RemoteProtocolError | None = None  # behind what was returned last

    @property
    def can_go_on(self) -> bool:
        """Whether the connection can carry another request: nothing follows the response."""
        return self.complete and self.reusable and not self._buffer

    @property
    def nothing_left(self) -> bool:
        """Whether all bytes that came belong to what was read."""
        return not self._buffer

    def feed_head(self, data: bytes) -> bool:
        """Take bytes; return whether the final head is complete. Read on with `feed(b"")` then.

        Raises:
            RemoteProtocolError: The bytes are not the head of a response, or end before it does.
        """
        if not data:
            raise RemoteProtocolError("Server disconnected without sending a response.")
        self._buffer += data
        while (lines := self._take_lines()) is not None:
            self._read_head(lines)
            if self.status == SWITCHING:
                raise RemoteProtocolError("The server switches protocols, which was not requested.")
            if self.status >= FINAL:
                self._frame()
                return True
        return False

    def feed(self, data: bytes, *, ended: bool = False) -> list[bytes]:
        """Take bytes, or the end of the connection, and return the body in them.

        Raises:
            RemoteProtocolError: The body breaks its framing, or ends too early. What came before in
                the same bytes is returned first: see `check`.
        """
        self.check()
        if self._buffer:
            data = self._buffer + data
        if self.complete:
            self._buffer = data
            return []
        pieces: list[bytes] = []
        try:
            self._read_body(data, pieces)
        except RemoteProtocolError as error:
            if not pieces:
                raise
            self._error = error
            return pieces
        if ended and not self.complete:
            if self._left is not None or self._chunked:
                raise RemoteProtocolError("The server closed in the middle of the response.")
            self.complete = True
        return pieces

    def check(self) -> None:
        """Raise the error that stood behind what was returned last, if there was one.

        Raises:
            RemoteProtocolError: The body breaks its framing.
        """
        if self._error is not None:
            raise self._error

    def _read_body(self, data: bytes, pieces: list[bytes]) -> None:
        if self._chunked:
            self._chunks(data, pieces)
        else:
            pieces += self._counted(data)

    def _counted(self, data: bytes) -> list[bytes]:
        if self._left is None:
            self._buffer = b""
        else:
            data, self._buffer = data[: self._left], data[self._left :]
            self._left -= len(data)
            self.complete = not self._left
        return [data] if data else []

    def _chunks(self, data: bytes, pieces: list[bytes]) -> None:
        """Add the content of the chunks in `data`; of an incomplete one what has come."""
        at, size = 0, len(data)
        while not self._last:
            if self._left is None:
                end = data.find(b"\r\n", at)
                if end < 0:
                    break
                at, self._left = end + 2, _size(data[at:end])
                self._last = not self._left
            elif self._left:
                if at == size:
                    break
                piece = data[at : at + self._left]
                pieces.append(piece)
                at += len(piece)
                self._left -= len(piece)
            elif size < at + 2 and b"\r\n".startswith(data[at:]):
                break
            elif data.startswith(b"\r\n", at):
                at, self._left = at + 2, None
            else:
                raise RemoteProtocolError("A chunk is longer than its size.")
        self._buffer = data[at:]
        if self._last:
            self._read_trailers()
        elif len(self._buffer) > LARGEST_HEAD:
            raise RemoteProtocolError("The size of a chunk is too long.")

    def _read_trailers(self) -> None:
        lines = self._take_lines()
        if lines is not None:
            _headers(lines)
            self.complete = True

    def _take_lines(self) -> list[bytes] | None:
        """Take the lines up to the next empty one, if it has come."""
        buffer = self._buffer
        if buffer.startswith((b"\r\n", b"\n")):
            self._buffer = buffer[buffer.index(b"\n") + 1 :]
            return []
        blank = _BLANK.search(buffer)
        if blank is None:
            if len(buffer) > LARGEST_HEAD:
                raise RemoteProtocolError("The headers of the response are too long.")
            return None
        self._buffer = buffer[blank.end() :]
        lines = buffer[: blank.start()].split(b"\n")
        return [line[:-1] if line.endswith(b"\r") else line for line in lines]

    def _read_head(self, lines: list[bytes]) -> None:
        status = _STATUS.fullmatch(lines[0]) if lines else None
        if status is None:
            raise RemoteProtocolError("The status line of the response is not valid.")
        self.version, self.reason = status[1], status[3] or b""
        self.status = int(status[2])
        self.headers = _headers(lines[1:])

    def _frame(self) -> None:
        """Learn from the headers where the body ends."""
        lengths: set[bytes] = set()
        codings: list[bytes] = []
        options: list[bytes] = []
        for name, value in self.headers:
            lower = name.lower()
            if lower == b"content-length":
                lengths |= {length.strip() for length in value.split(b",")}
            elif lower == b"transfer-encoding":
                codings.append(value.lower())
            elif lower == b"connection":
                options += [option.strip() for option in value.lower().split(b",")]
        if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
            raise RemoteProtocolError("The Content-Length of the response is not valid.")
        if codings and codings != [b"chunked"]:
            raise RemoteProtocolError("The Transfer-Encoding of the response is not chunked.")
        self.reusable = b"close" not in options and self.version != b"0"
        if self.status in BODILESS or (self._connect and self.status < REFUSED):
            self._left = 0
        elif codings:
            self._chunked = True
        elif lengths:
            self._left = int(lengths.pop())
        else:
            self.reusable = False
        self.complete = self._left == 0


def _size(line: bytes) -> int:
    """Return the size of a chunk. The chunks of a stream have a few sizes, again and again."""
    return _known_size(line) if len(line) <= KNOWN else _read_size(line)


def _read_size(line: bytes) -> int:
    match = _SIZE.fullmatch(line)
    if match is None:
        raise RemoteProtocolError("The size of a chunk is not valid.")
    return int(match[1], 16)


_known_size = lru_cache(maxsize=1024)(_read_size)


def _headers(lines: list[bytes]) -> Headers:
    headers = []
    for line in lines:
        header = _HEADER.fullmatch(line)
        if header is None:
            raise RemoteProtocolError("A header of the response is not valid.")
        headers.append((header[1], header[2]))
    return headers


def request_head(method: bytes, target: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the head of a request.

    Raises:
        httpcore.LocalProtocolError: A line break stands in a name or value.
    """
    lines = [b"%s %s HTTP/1.1" % (method, target)]
    lines += [b"%s: %s" % header for header in headers]
    head = b"\r\n".join(lines)
    if head.count(b"\n") != len(lines) - 1 or head.count(b"\r") != len(lines) - 1:
        raise httpcore.LocalProtocolError("A header of the request contains a line break.")
    return head + b"\r\n\r\n"
