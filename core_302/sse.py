"""SseDecoder: bytes, cut anywhere, to the server-sent events (SSE) of a stream.

It keeps the rules of the WHATWG (https://html.spec.whatwg.org/multipage/server-sent-events.html,
9.2.6) with two differences, both because an answer must not be lost silently: a line of bare
JSON, which the gateway sends for an error inside a stream and which the standard would drop, comes
out as an event of its own; and an event that the end of the stream leaves unfinished comes out too.
"""

from __future__ import annotations

from dataclasses import dataclass

from core_302.errors import ReplyTooLargeError

LARGEST_EVENT = 8 * 1024 * 1024  # bytes; an answer's image as base64 fits
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(slots=True)  # not frozen, which costs seven times as much: one is made for each token
class ServerSentEvent:
    """One event.

    Attributes:
        data: The data lines, joined by newlines.
        name: The event's type; empty when the server gave none.
        bare: True for a line of JSON in the stream without `data:`.
    """

    data: bytes
    name: str = ""
    bare: bool = False


class SseDecoder:
    """Feed it the bytes as they come; it returns the complete events.

    Lines end in CR, LF or CRLF. A CR at the end of a chunk ends its line at once, so that no event
    waits for the next chunk. The work is linear in the bytes, however they are cut.
    """

    def __init__(self, largest_event: int = LARGEST_EVENT) -> None:
        self._largest_event = largest_event
        self._line: list[bytes] = []  # the chunks of a line whose end has not come yet
        self._data: list[bytes] = []
        self._name = ""
        self._size = 0  # bytes held in _line and _data
        self._after_carriage_return = False
        self._at_start = True

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """Return the events that `chunk` completes, in order.

        Raises:
            ReplyTooLargeError: One event is longer than the limit.
        """
        if self._after_carriage_return and chunk:
            self._after_carriage_return = False
            if chunk.startswith(b"\n"):
                chunk = chunk[1:]
        if not chunk:
            return []
        events: list[ServerSentEvent] = []
        lines = chunk.splitlines(keepends=True)
        cut = b"" if lines[-1].endswith((b"\n", b"\r")) else lines.pop()
        for line in lines:
            self._end_line(line.rstrip(b"\r\n"), events)
        if cut:
            self._hold(cut)
            self._line.append(cut)
        self._after_carriage_return = chunk.endswith(b"\r")
        return events

    def flush(self) -> list[ServerSentEvent]:
        """Return the event that the end of the stream left unfinished, if any."""
        events: list[ServerSentEvent] = []
        if self._line:
            self._end_line(b"", events)
        self._dispatch(events)
        return events

    def _end_line(self, line: bytes, events: list[ServerSentEvent]) -> None:
        if self._line:
            held = b"".join(self._line)
            self._size -= len(held) + len(self._line)  # as `_hold` counted its chunks
            self._line.clear()
            line = held + line
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(BYTE_ORDER_MARK)
        if line.startswith(b"data:"):
            value = line[6:] if line.startswith(b"data: ") else line[5:]
            self._hold(value)
            self._data.append(value)
        elif not line:
            self._dispatch(events)
        elif line.startswith(b"{"):
            events.append(ServerSentEvent(line, bare=True))
        elif line.startswith(b"event:"):
            self._name = line[6:].strip().decode("utf-8", "replace")
        elif line == b"data":
            self._hold(b"")
            self._data.append(b"")
        # Anything else is a comment (":"), `id`, `retry` or a field of the future: ignored.

    def _dispatch(self, events: list[ServerSentEvent]) -> None:
        if self._data:
            events.append(ServerSentEvent(b"\n".join(self._data), self._name))
            self._data.clear()
            self._size = 0
        self._name = ""

    def _hold(self, chunk: bytes) -> None:
        self._size += len(chunk) + 1  # and the line break: empty lines without end are long too
        if self._size > self._largest_event:
            raise ReplyTooLargeError(
                f"One event of the stream is longer than {self._largest_event} bytes."
            )
