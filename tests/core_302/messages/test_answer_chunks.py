"""Text that has already come leaves in one chunk; all else, and all text, is as it was."""

import json

import pytest

from core_302 import ApiError, MalformedReplyError, ReplyTooLargeError, StreamInterruptedError
from core_302.endpoints.chat_stream import ChatStream
from core_302.http import Reply
from core_302.messages.answer_chunks import LARGEST_CHUNK, SLICE, AnswerChunks, StreamReading
from core_302.sse import LARGEST_EVENT
from tests.scripted_server import DONE, chunk, completion, frame

TOKEN = {"token": "x", "logprob": -0.1}
CALL = {"index": 0, "id": "c1", "function": {"name": "look", "arguments": "{}"}}
IMAGE = {"image_url": {"url": "https://a.example/1.png"}}


def reader(**reading):
    return AnswerChunks(ChatStream(Reply(200, {}, b"", "r-1")), StreamReading(**reading))


def read(*reads, **reading):
    """Return what is said in each chunk, and the chunks; `reads` are what each read brings."""
    chunks = reader(**reading)
    found = [one for data in reads for one in chunks.of_read([data]) if one is not None]
    found += chunks.finish()
    return [one.text or one.reasoning for one in found if one.has_content], found


def thought(words):
    return chunk(delta={"reasoning_content": words})


END = chunk(finish="stop") + DONE


def test_what_one_read_brings_leaves_in_one_chunk_behind_the_first():
    said, _ = read(b"".join(map(chunk, "abcd")) + END)
    assert said == ["a", "bcd"]


def test_nothing_waits_for_the_next_read():
    assert read(chunk("a"), chunk("b") + chunk("c"), chunk("d"), END)[0] == ["a", "bc", "d"]


def test_one_chunk_an_event_if_that_is_wanted():
    assert read(b"".join(map(chunk, "abcd")) + END, merge_chunks=False)[0] == ["a", "b", "c", "d"]


def test_a_chunk_that_was_merged_has_at_most_2000_characters():
    said, _ = read(b"".join(chunk("0123456789") for _ in range(1_000)) + END)
    assert [len(text) for text in said] == [10, *[LARGEST_CHUNK] * 4, 1_990]


def test_a_chunk_that_comes_longer_stays_whole():
    long = "x" * (LARGEST_CHUNK + 1)
    assert read(chunk("a") + chunk("b") + chunk(long) + chunk("c") + END)[0] == [
        "a",
        "b",
        long,
        "c",
    ]


@pytest.mark.parametrize(
    ("between", "said"),
    [
        (thought("t") + thought("u"), ["a", "bc", "tu", "de"]),
        (chunk("B", choice={"index": 1}), ["a", "bc", "B", "de"]),
        (chunk("L", choice={"logprobs": {"content": [TOKEN]}}), ["a", "bc", "L", "de"]),
        (chunk(delta={"tool_calls": [CALL]}), ["a", "bc", "", "de"]),
        (chunk(delta={"images": [IMAGE]}), ["a", "bc", "", "de"]),
        (chunk(delta={"refusal": "no"}), ["a", "bc", "", "de"]),
        (chunk("t", delta={"reasoning_content": "r"}), ["a", "bc", "t", "de"]),
        (frame({"choices": [], "usage": {"total_tokens": 3}}), ["a", "bcde"]),
    ],
    ids=[
        "reasoning",
        "another answer",
        "log-probabilities",
        "a call",
        "an image",
        "a refusal",
        "both",
        "usage",
    ],
)
def test_nothing_is_merged_across_what_is_not_text(between, said):
    wire = b"".join(map(chunk, "abc")) + between + chunk("d") + chunk("e") + END
    assert read(wire)[0] == said


def test_pieces_of_calls_are_never_merged():
    more = [{"index": 0, "function": {"arguments": part}} for part in ('{"a"', ":1}")]
    first = {"index": 0, "id": "c1", "function": {"name": "look"}}
    calls = [chunk(delta={"tool_calls": [call]}) for call in (first, *more)]
    _, found = read(b"".join(calls) + chunk(finish="tool_calls") + DONE)
    assert [d.tool_calls[0].arguments for d in found if d.tool_calls] == ["", '{"a"', ":1}"]


def test_the_first_chunk_of_every_answer_leaves_alone():
    others = [chunk(text, choice={"index": 1}) for text in "xyz"]
    said, _ = read(b"".join([*map(chunk, "abc"), *others]) + END)
    assert said == ["a", "bc", "x", "yz"]


def test_texts_of_several_answers_are_never_merged():
    turns = [(text, place) for texts in ("ax", "by", "cz") for place, text in enumerate(texts)]
    said, found = read(b"".join(chunk(t, choice={"index": n}) for t, n in turns) + END)
    assert said == [text for text, _ in turns]
    assert [one.index for one in found if one.has_content] == [place for _, place in turns]


def test_reasoning_is_told_apart_before_anything_is_merged():
    wire = b"".join(map(chunk, ["<thi", "nk>on", "e ", "two</thi", "nk>", "th", "ree"]))
    said, found = read(wire + END, split_think=True)
    assert said == ["on", "e two", "three"]
    assert "".join(d.reasoning for d in found) == "one two"
    assert "".join(d.text for d in found) == "three"


def test_what_a_tag_might_have_held_back_leaves_before_the_end():
    others = chunk("a <thi", choice={"index": 0}) + chunk("b <thi", choice={"index": 1})
    _, found = read(others + DONE, split_think=True)
    assert {n: "".join(d.text for d in found if d.index == n) for n in (0, 1)} == {
        0: "a <thi",
        1: "b <thi",
    }
    assert [d.about is not None for d in found] == [False] * (len(found) - 1) + [True]


def test_what_is_held_back_was_heard():
    chunks = reader(split_think=True)
    assert [*chunks.of_read([chunk("<thi")])] == []
    assert chunks.heard


def test_what_came_before_an_error_of_the_same_read_leaves_first():
    chunks, found = reader(), []
    wire = b"".join(map(chunk, "abc")) + frame({"error": {"message": "no"}})
    with pytest.raises(ApiError) as caught:
        found.extend(chunks.of_read([wire]))
    assert [one.text for one in found if one] == ["a", "bc"]
    assert caught.value.partial_text == "abc"


def test_an_event_without_end_ends_the_stream_behind_what_came():
    chunks, found = reader(), []
    with pytest.raises(ReplyTooLargeError, match="One event of the stream is longer"):
        found.extend(chunks.of_read([chunk("a"), b"data: " + b"x" * (LARGEST_EVENT + 1)]))
    assert [one.text for one in found if one] == ["a"]


def test_what_came_before_bytes_that_cannot_be_unpacked_leaves_first():
    def pieces():
        yield b"".join(map(chunk, "abc"))
        raise MalformedReplyError("not gzip")

    chunks, found = reader(), []
    with pytest.raises(MalformedReplyError):
        found.extend(chunks.of_read(pieces()))
    assert [one.text for one in found if one] == ["a", "bc"]


def test_text_that_the_end_of_a_stream_completes_leaves_before_its_error():
    chunks, found = reader(), []
    assert [one.text for one in chunks.of_read([chunk("a") + chunk("b")[:-1]]) if one] == ["a"]
    with pytest.raises(StreamInterruptedError, match="without a finish reason"):
        found.extend(chunks.finish())
    assert [one.text for one in found] == ["b"]


def test_the_loop_may_run_after_every_16_kib_though_no_chunk_is_complete():
    comments = b":\n" * SLICE
    assert [*reader().of_read([comments])] == [None]


def test_an_answer_in_one_piece_is_read_in_the_same_way():
    whole = Reply(200, {}, json.dumps(completion("<think>a</think>b")).encode())
    (one,) = reader(split_think=True).read_whole(whole)
    assert (one.reasoning, one.text) == ("a", "b")
