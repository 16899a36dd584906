"""The stream decoder: any cut, any line ending, nothing lost."""

import pytest

from core_302.errors import ReplyTooLargeError
from core_302.sse import ServerSentEvent, SseDecoder

STREAM = (
    "\ufeffdata: first\n\n: a comment\nevent: note\ndata:second\ndata: lines \n\n"
    'data: {"text":"naïve 世界 \u2028 \U0001f600"}\n\nid: 7\nretry: 10\n\ndata\n\n'
    '{"error":{"err_code":-10003}}\n\ndata: [DONE]\n\n'
)
EVENTS = [
    ServerSentEvent(b"first"),
    ServerSentEvent(b"second\nlines ", "note"),
    ServerSentEvent('{"text":"naïve 世界 \u2028 \U0001f600"}'.encode()),
    ServerSentEvent(b""),
    ServerSentEvent(b'{"error":{"err_code":-10003}}', bare=True),
    ServerSentEvent(b"[DONE]"),
]


def decode(pieces):
    decoder = SseDecoder()
    events = [event for piece in pieces for event in decoder.feed(piece)]
    return events + decoder.flush()


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_a_stream_gives_the_same_events_wherever_it_is_cut(ending):
    wire = STREAM.replace("\n", ending).encode()
    for cut in range(len(wire) + 1):
        assert decode([wire[:cut], wire[cut:]]) == EVENTS, f"cut at byte {cut}"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("width", [1, 2, 3, 5, 7, 64])
def test_a_stream_gives_the_same_events_in_pieces_of_any_width(ending, width):
    wire = STREAM.replace("\n", ending).encode()
    assert decode(wire[i : i + width] for i in range(0, len(wire), width)) == EVENTS


def test_an_event_that_ends_in_a_carriage_return_does_not_wait_for_the_next_chunk():
    assert SseDecoder().feed(b"data: now\r\r") == [ServerSentEvent(b"now")]


def test_a_last_event_without_its_blank_line_is_not_lost():
    assert decode([b"data: one\n\ndata: [DONE]"]) == [
        ServerSentEvent(b"one"),
        ServerSentEvent(b"[DONE]"),
    ]


def test_a_bare_error_line_at_the_end_without_a_newline_is_not_lost():
    assert decode([b'{"error":"x"}']) == [ServerSentEvent(b'{"error":"x"}', bare=True)]


def test_an_event_longer_than_the_limit_is_an_error_before_it_is_complete():
    decoder = SseDecoder(largest_event=100)
    decoder.feed(b"data: " + b"x" * 60)
    with pytest.raises(ReplyTooLargeError, match="100 bytes"):
        decoder.feed(b"x" * 60)


def test_many_data_lines_of_one_event_count_together():
    decoder = SseDecoder(largest_event=100)
    with pytest.raises(ReplyTooLargeError):
        decoder.feed(b"data: 0123456789\n" * 11)


def test_a_long_stream_of_small_events_is_not_too_large():
    decoder = SseDecoder(largest_event=100)
    events = [e for _ in range(1000) for e in decoder.feed(b"data: 0123456789\n\n")]
    assert len(events) == 1000
