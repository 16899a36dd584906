"""A response is read as h11 reads it: thousands of broken ones, from one seed, in any pieces."""

import random

import h11
import httpcore
import pytest

from core_302.net.http11 import LARGEST_HEAD, ResponseReader, request_head
from tests.scripted_server import DONE, chunk, completion, reply, stream

SEED = 302
MUTANTS = 3000

INFORMED = b"""HTTP/1.1 100 Continue

HTTP/1.1 103 Early Hints
Link: </a>

HTTP/1.1 200 OK
Content-Length: 2
Content-Length: 2

ok""".replace(b"\n", b"\r\n")
CHUNKED = b"""HTTP/1.1 200 OK
transfer-encoding: chunked

5;a=b;c_
Hello
0A
, everyone
0
X-A: b
X-C: d

""".replace(b"_", b" ").replace(b"\n", b"\r\n")

REPLIES = [
    b"".join(step for step in steps)
    for steps in (
        reply(200, completion()),
        reply(400, {"error": {"message": "no"}}),
        stream(chunk("Hel"), chunk("lo", finish="stop"), DONE),
    )
] + [
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
    b"HTTP/1.0 200 OK\r\n\r\nuntil the end",
    b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end",
    INFORMED,
    CHUNKED,
    b"HTTP/1.1 200\nContent-Length: 2\nX-Empty:\nX-Wide:  a  b\t\n\nok",
]
SPICE = [b"\r", b"\n", b"\r\n", b"\0", b" ", b":", b"0", b"-1", b",", b";", b"\t", b"\xff", b"a"]
SPICE += [b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n"]
SPICE += [b"HTTP/1.1 200 OK\r\n", b"\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\n\r\n"]


def mutants():
    chance = random.Random(SEED)
    yield from REPLIES
    for _ in range(MUTANTS):
        response = chance.choice(REPLIES)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(response) + 1)
            until = at + chance.choice([0, 0, 1, 1, 2, 5])
            response = response[:at] + chance.choice([b"", *SPICE]) + response[until:]
        yield response


def pieces(response):
    chance = random.Random(response)
    cuts = sorted(chance.randrange(len(response) + 1) for _ in range(chance.randint(0, 6)))
    return [response[a:b] for a, b in zip([0, *cuts], [*cuts, len(response)], strict=True) if a < b]


def ours(parts):
    """Return status, headers, body, whether the connection can be used again; or None."""
    reader, body, headed = ResponseReader(), [], False
    try:
        for part in parts:
            if headed:
                body += reader.feed(part)
            elif headed := reader.feed_head(part):
                body += reader.feed(b"")
        if not headed:
            return None
        reader.check()
        if not reader.complete:
            body += reader.feed(b"", ended=True)
    except httpcore.RemoteProtocolError:
        return None
    headers = []
    for name, value in reader.headers:  # h11 merges lengths that are the same
        if name.lower() != b"content-length":
            headers.append((name, value))
        elif all(known.lower() != b"content-length" for known, _ in headers):
            headers.append((name, value.split(b",")[0].strip()))
    return reader.status, headers, b"".join(body), reader.can_go_on


def theirs(parts):
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "a")]))
    connection.send(h11.EndOfMessage())
    head, body = None, []
    try:
        for part in [*parts, b""]:
            if connection.their_state in (h11.DONE, h11.MUST_CLOSE, h11.CLOSED):
                connection.receive_data(part) if part else None
                continue
            connection.receive_data(part)
            while (event := connection.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                if isinstance(event, h11.Response):
                    head = event
                elif isinstance(event, h11.Data):
                    body.append(bytes(event.data))
                elif isinstance(event, (h11.EndOfMessage, h11.ConnectionClosed)):
                    break
                elif event.status_code == 101:
                    return None
    except h11.RemoteProtocolError:
        return None
    if head is None:
        return None
    left_over, closed = connection.trailing_data
    goes_on = connection.their_state is h11.DONE and not left_over and not closed
    return head.status_code, head.headers.raw_items(), b"".join(body), goes_on


def stricter(response):
    """Return whether h11 tolerates what is refused here on purpose: continuation lines."""
    return b"\n " in response or b"\n\t" in response


def test_every_response_is_read_as_h11_reads_it():
    differ = []
    for response in mutants():
        parts = pieces(response)
        mine, other = ours(parts), theirs(parts)
        if mine != other and not (mine is None and stricter(response)):
            differ.append((response, mine, other))
    assert differ == []


@pytest.mark.parametrize(
    ("begun", "more"),
    [
        (b"", b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * LARGEST_HEAD),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;" + b"a" * LARGEST_HEAD),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"a" * LARGEST_HEAD + b"b"),
    ],
    ids=["a head", "a chunk's size", "trailers"],
)
def test_what_never_ends_is_not_kept_in_memory(begun, more):
    reader = ResponseReader()
    with pytest.raises(httpcore.RemoteProtocolError, match="too long"):
        reader.feed(more) if begun and reader.feed_head(begun) else reader.feed_head(more)


def test_no_line_break_goes_into_the_head_of_a_request():
    assert request_head(b"GET", b"/", [(b"a", b"b")]) == b"GET / HTTP/1.1\r\na: b\r\n\r\n"
    for target, name, value in (
        (b"/", b"a", b"b\r\nc: d"),
        (b"/\n", b"a", b""),
        (b"/", b"a\r", b""),
    ):
        with pytest.raises(httpcore.LocalProtocolError, match="line break"):
            request_head(b"GET", target, [(name, value)])


@pytest.mark.parametrize("bad", [b"2\r\nabc\r\n", b"zz\r\nabc\r\n"])
def test_what_came_before_an_error_in_the_same_bytes_comes_first(bad):
    reader = ResponseReader()
    assert reader.feed_head(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert b"".join(reader.feed(b"2\r\nHi\r\n" + bad)).startswith(b"Hi")
    with pytest.raises(httpcore.RemoteProtocolError):
        reader.check()
    with pytest.raises(httpcore.RemoteProtocolError):
        reader.feed(b"more")
