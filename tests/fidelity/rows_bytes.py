"""Rows about the bytes of a stream: how they are cut, ended, packed and labelled."""

from __future__ import annotations

import gzip

from tests.fidelity.judges import answers, connects, counts, fails, tells
from tests.fidelity.row import Row
from tests.fidelity.wire import (
    DONE,
    answer,
    events,
    first,
    piece,
    usage_event,
    whole_stream,
)
from tests.scripted_server import reply, stream

ODD = "naïve 世界 🦜 a\u2028b\u0085c"  # letters of 1 to 4 bytes, line ends that are no line ends
HELLO = (answers("Hello"),)
PACKED = gzip.compress(first() + piece("Hello", finish="stop") + DONE, mtime=0)


def _bytes(*pieces: bytes) -> list[object]:
    return [bytes([byte]) for byte in b"".join(pieces)]


def _odd(ending: bytes = b"\n") -> list[object]:
    wire = b"".join([first(), piece(ODD), piece(finish="stop"), DONE])
    return stream(*_bytes(wire.replace(b"\n", ending)))


def _raw(text: bytes) -> list[object]:
    return stream(first(), text, DONE)


def _words(text: str) -> bytes:
    """Return an event's JSON that says `text`, without its frame."""
    return piece(text).removeprefix(b"data: ").strip()


BYTES = (
    Row(
        "S10-single",
        "A stream that comes byte by byte says the same, in any script",
        (answers(ODD),),
        stream=[_odd()],
    ),
    Row(
        "S10-crlf",
        "... and with CRLF line ends, cut between CR and LF",
        (answers(ODD),),
        stream=[_odd(b"\r\n")],
    ),
    Row("S10-cr", "... and with CR line ends", (answers(ODD),), stream=[_odd(b"\r")]),
    Row(
        "S10-bom",
        "A byte order mark before a stream costs nothing",
        HELLO,
        stream=[stream(b"\xef\xbb\xbf" + piece("Hel"), piece("lo"), piece(finish="stop"), DONE)],
    ),
    Row(
        "S10-no-space",
        "`data:` without a space is read",
        HELLO,
        stream=[_raw(b"data:" + _words("Hello") + b"\n\n" + piece(finish="stop"))],
    ),
    Row(
        "S10-no-end",
        "The last event counts even without its empty line, or its loss is an error",
        (tells("Hello"),),
        stream=[stream(first(), piece("Hel"), piece("lo", finish="stop").rstrip(b"\n"))],
    ),
    Row(
        "S10-lines",
        "An event whose JSON is spread over several `data:` lines is read",
        HELLO,
        stream=[
            _raw(
                b"data: "
                + _words("Hello").replace(b', "', b',\ndata: "')
                + b"\n\n"
                + piece(finish="stop")
            )
        ],
    ),
    Row(
        "P17-stream",
        "A stream packed with gzip, in pieces of 7 bytes, is read",
        HELLO,
        stream=[
            stream(
                *[PACKED[at : at + 7] for at in range(0, len(PACKED), 7)],
                headers={"Content-Encoding": "gzip"},
            )
        ],
    ),
)

WHOLES = (
    Row(
        "S13",
        "Ten calls, one after another, share one connection",
        (*HELLO, connects(1)),
        invoke=[answer()],
        stream=[whole_stream()],
        times=10,
    ),
    Row(
        "S15",
        "A whole JSON answer in place of a stream is read, or is an error; never an empty answer",
        (tells("Hello"),),
        stream=[answer()],
    ),
    Row(
        "S15-label",
        "A stream under the label text/plain is read",
        HELLO,
        stream=[stream(first(), piece("Hello", finish="stop"), DONE, media_type="text/plain")],
    ),
    Row(
        "S15-json-label",
        "A stream under the label application/json is read",
        HELLO,
        stream=[
            stream(first(), piece("Hello", finish="stop"), DONE, media_type="application/json")
        ],
    ),
    Row(
        "S15-empty",
        "A stream with nothing in it is an error, not an empty answer",
        (fails,),
        stream=[reply(200, b"", media_type="text/event-stream")],
    ),
    Row(
        "S16-late",
        "Token counts after the finish reason, in an event without choices, are counted",
        (*HELLO, counts(10, 5)),
        stream=[events(piece("Hello"), piece(finish="stop"), usage_event())],
    ),
)

ROWS = (*BYTES, *WHOLES)
