"""Twice as much of anything costs twice as much; and of answers and calls there is a limit.

Costs are CPU of this process, of four times as many over as many: 4 where each costs the same, 16
where each looks at all the others.
"""

import gc
import json
import time
import tracemalloc

import pytest

from core_302 import ReplyTooLargeError
from core_302.endpoints.chat_reply import read_completion
from core_302.endpoints.chat_stream import ChatStream
from core_302.endpoints.parsing import MOST_OF_A_KIND
from core_302.http import LARGEST_BODY, Reply
from core_302.messages.accumulator import AnswerAccumulator
from core_302.messages.think_tags import ThinkSplitter
from core_302.messages.tool_results import mended
from tests.scripted_server import DONE, chunk, completion, stream

MOST_GROWTH = 9


def seconds(work, number):
    gc.disable()
    try:
        begun = time.process_time()
        work(number)
        return time.process_time() - begun
    finally:
        gc.enable()


def growth(work, number):
    """Return what four times `number` cost over `number`: the least of a few tries."""
    found = []
    for _ in range(4):
        found.append(seconds(work, 4 * number) / seconds(work, number))
        if found[-1] < MOST_GROWTH:
            break
    return min(found)


def call(number=0, **function):
    return {"index": number, "id": f"c{number}", "function": function}


def piece(**function):
    return chunk(delta={"tool_calls": [{"index": 0, "function": function}]})


def note(number):
    return {"type": "url_citation", "url_citation": {"url": f"https://a.example/{number}"}}


FIRST = chunk(delta={"tool_calls": [call(name="look", arguments='{"a":"')]})
LAST = piece(arguments='"}')
STREAMS = {
    "chunks": lambda n: [chunk("x")] * n,
    "calls": lambda n: [
        chunk(delta={"tool_calls": [call(i, name="look", arguments="{}")]}) for i in range(n)
    ],
    "pieces of a call": lambda n: [FIRST, *[piece(arguments="x")] * n, LAST],
    "pieces of a call without a name": lambda n: [
        piece(arguments='{"a":"'),
        *[piece(arguments="x")] * n,
        piece(name="look", arguments='"}'),
    ],
    "pieces of a name": lambda n: [FIRST, LAST, piece(name="a"), *[piece(name="b")] * n],
    "white space before arguments": lambda n: [
        piece(name="look"),
        *[piece(arguments=" ")] * n,
        piece(arguments="{}"),
    ],
    "annotations": lambda n: [chunk(delta={"annotations": [note(i)]}) for i in range(n)],
    "annotations said again": lambda n: [chunk(delta={"annotations": [note(0)]})] * n,
    "citations": lambda n: [chunk("x", citations=[f"https://a.example/{i}"]) for i in range(n)],
    "citations of an answer": lambda n: [
        chunk(delta={"citations": [f"https://a.example/{i}"]}) for i in range(n)
    ],
    "answers": lambda n: [chunk("x", choice={"index": i}) for i in range(n)],
}


@pytest.mark.parametrize("events", STREAMS.values(), ids=STREAMS)
def test_a_stream_costs_as_much_as_it_is_long(events):
    wires = {n: [*events(n), chunk(finish="stop"), DONE] for n in (500, 2_000)}

    def read(number):
        stream = ChatStream(Reply(200, {}))
        deltas = [delta for event in wires[number] for delta in stream.feed(event)]
        AnswerAccumulator([*deltas, *stream.finish()]).plain(0)

    assert growth(read, 500) < MOST_GROWTH


def turn(ids):
    calls = [
        {"id": one, "type": "function", "function": {"name": "look", "arguments": "{}"}}
        for one in ids
    ]
    results = [{"role": "tool", "tool_call_id": one, "content": "seen"} for one in reversed(ids)]
    return [{"role": "assistant", "content": None, "tool_calls": calls}, *results]


HISTORIES = {
    "calls of a turn": lambda n: turn([f"c{i}" for i in range(n)]),
    "calls of one id": lambda n: turn(["c"] * n),
    "turns that number their calls anew": lambda n: turn(["call_0"]) * n,
    "messages": lambda n: [{"role": "user", "content": "x"}] * n,
}


@pytest.mark.parametrize("messages", HISTORIES.values(), ids=HISTORIES)
def test_a_history_costs_as_much_as_it_is_long(messages):
    given = {n: messages(n) for n in (500, 2_000)}
    assert growth(lambda number: mended(given[number]), 500) < MOST_GROWTH


TEXTS = {
    "thoughts": lambda n: ["<think>a</think>" * n],
    "white space in a thought": lambda n: ["<think>a", *["\n"] * n, "b"],
}


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_telling_thoughts_apart_costs_as_much_as_the_text_is_long(texts):
    given = {n: texts(n) for n in (20_000, 80_000)}

    def split(number):
        splitter = ThinkSplitter()
        for one in given[number]:
            splitter.feed(one)

    assert growth(split, 20_000) < MOST_GROWTH


def whole(number, **choice):
    return Reply(200, {}, json.dumps({"choices": [choice] * number}).encode())


ANSWER = {"message": {"content": "x"}, "finish_reason": "stop"}
CALLS = [call(i, name="look", arguments="{}") for i in range(MOST_OF_A_KIND + 1)]


def test_a_reply_may_have_10_000_answers_and_calls():
    assert len(read_completion(whole(MOST_OF_A_KIND, **ANSWER)).choices) == MOST_OF_A_KIND
    found = read_completion(whole(1, message={"tool_calls": CALLS[1:]}))
    assert len(found.choices[0].tool_calls) == MOST_OF_A_KIND


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (whole(MOST_OF_A_KIND + 1, **ANSWER), "answers"),
        (whole(1, message={"tool_calls": CALLS}), "tool calls"),
    ],
    ids=["answers", "calls"],
)
def test_a_reply_with_more_is_refused(reply, kind):
    with pytest.raises(ReplyTooLargeError, match=f"more than 10000 {kind}"):
        read_completion(reply)


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ([chunk("x", choice={"index": i}) for i in range(MOST_OF_A_KIND + 1)], "answers"),
        ([chunk(delta={"tool_calls": CALLS})], "tool calls"),
    ],
    ids=["answers", "calls"],
)
def test_a_stream_with_more_is_refused(connect, server, more, kind):
    server.answer(stream(b"".join([*more, chunk(finish="stop"), DONE])))
    with pytest.raises(ReplyTooLargeError, match=f"more than 10000 {kind}"):
        connect(server.url).stream()


def test_a_reply_that_would_fill_the_memory_is_refused_before_it_is_read():
    one = json.dumps({"index": 0, "message": {"content": "x" * 40}}).encode()
    body = b'{"choices":[' + b",".join([one] * 400_000) + b"]}"
    assert LARGEST_BODY * 0.9 < len(body) < LARGEST_BODY * 1.2
    tracemalloc.start()
    with pytest.raises(ReplyTooLargeError, match="more than 10000 answers"):
        read_completion(Reply(200, {}, body))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1024 * 1024


def test_the_words_of_an_answer_are_not_counted_as_answers():
    words = json.dumps({"message": 1, "arguments": 2}) * (5 * MOST_OF_A_KIND)
    assert read_completion(Reply(200, {}, json.dumps(completion(words)).encode()))
