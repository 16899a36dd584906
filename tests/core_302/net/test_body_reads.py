"""Frames of chunks are taken off wherever reads cut them; h11 reads all that is not plain."""

import itertools

import httpcore
import pytest

from core_302.net.body_reads import BodyReads
from core_302.net.undocumented import connection_below, has_left_over, use_network

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PLAIN = b"3\r\nabc\r\nA\r\n0123456789\r\n0003\r\nxyz\r\n"
LAST = b"0\r\n\r\n"


def parts_of(*reads):
    """Return the parts of a body whose response comes in `reads`, and its connection."""
    network = httpcore.MockBackend([*reads])
    with httpcore.ConnectionPool() as pool:
        use_network(pool, network)
        with pool.stream("GET", "http://gateway.example/") as response:
            connection = connection_below(response.stream)
            stream = connection._network_stream
            body, parts = BodyReads(connection), []
            try:
                while (part := body.next()) is not None:
                    if part:
                        parts.append(part)
                    else:
                        body.note(stream.read(65_536))
            except httpcore.RemoteProtocolError as error:
                return parts, error
            return parts, has_left_over(connection)


def test_chunks_of_one_read_are_one_part():
    assert parts_of(HEAD, PLAIN + LAST) == ([b"abc0123456789xyz"], False)


def test_what_came_with_the_head_is_a_part_too():
    assert parts_of(HEAD + PLAIN, LAST) == ([b"abc0123456789xyz"], False)


def test_the_body_is_the_same_wherever_reads_cut_it():
    wire = PLAIN + LAST
    for first, second in itertools.combinations(range(1, len(wire)), 2):
        parts, left_over = parts_of(HEAD, wire[:first], wire[first:second], wire[second:])
        assert (b"".join(parts), left_over) == (b"abc0123456789xyz", False)


@pytest.mark.parametrize(
    "wire",
    [
        b"3;a=b\r\nabc\r\n" + PLAIN + LAST,
        PLAIN + b"3;name=value  \r\nabc\r\n" + LAST,
        PLAIN + b"3\r\nabc\r\n0\r\nTrailer: x\r\n\r\n",
        PLAIN + b"00000000003\r\nabc\r\n" + LAST,
    ],
    ids=["extension first", "extension", "trailer", "a long size"],
)
def test_what_is_not_plain_is_read_by_h11(wire):
    for place in range(1, len(wire)):
        parts, left_over = parts_of(HEAD, wire[:place], wire[place:])
        assert sorted(b"".join(parts)) == sorted(b"abcabc0123456789xyz")
        assert left_over is False


def test_a_body_of_a_known_length_is_read_by_h11():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
    assert parts_of(head + b"a", b"bcd") == ([b"a", b"bcd"], False)


def test_what_stands_behind_the_body_is_left_over():
    assert parts_of(HEAD, PLAIN + LAST + b"HTTP/1.1 200") == ([b"abc0123456789xyz"], True)


@pytest.mark.parametrize(
    ("wire", "words"),
    [
        (b"2\r\nabc\r\n", "malformed chunk footer"),
        (b"2\r\nab\nc\r\n", "malformed chunk footer"),
        (b"zz\r\nabc\r\n", "illegal chunk header"),
        (b"1_0\r\nabc\r\n", "illegal chunk header"),
        (b"-1\r\nabc\r\n", "illegal chunk header"),
    ],
)
def test_what_is_not_http_is_an_error_behind_what_came_before(wire, words):
    parts, error = parts_of(HEAD, PLAIN + wire)
    assert parts[0].startswith(b"abc0123456789xyz")
    assert words in str(error)


@pytest.mark.parametrize("cut", [1, 2, 4])
def test_a_malformed_end_of_a_chunk_is_found_however_it_is_cut(cut):
    wire = b"2\r\nabXX"
    _, error = parts_of(HEAD, wire[: len(wire) - cut], wire[len(wire) - cut :])
    assert "malformed chunk footer" in str(error)


@pytest.mark.parametrize("place", [0, 1, 4, 6, 8, len(PLAIN)])
def test_a_connection_that_ends_inside_of_the_body_is_an_error(place):
    _, error = parts_of(HEAD, PLAIN[:place] if place else b"3\r\n", b"")
    assert "incomplete chunked read" in str(error)
