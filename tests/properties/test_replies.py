"""Whatever comes from a gateway, no error of somebody else's comes out, in either framework."""

import json
from functools import reduce
from itertools import groupby
from operator import add

from hypothesis import given
from hypothesis import strategies as st
from langchain_core.load import dumps
from langchain_core.messages import HumanMessage
from llama_index.core.base.llms.types import ChatMessage

from core_302 import AI302Error
from core_302.endpoints.account import read_balance, read_record
from core_302.endpoints.chat_reply import read_completion
from core_302.endpoints.chat_stream import ChatStream
from core_302.endpoints.embeddings import read_embeddings
from core_302.endpoints.image_reply import read_images, read_task
from core_302.endpoints.models import read_models
from core_302.endpoints.rerank import read_ranking
from core_302.endpoints.search import read_search
from core_302.error_replies.from_reply import error_from
from core_302.http import Reply
from core_302.messages.answer_chunks import AnswerChunks, StreamReading
from core_302.tools.answers import answer_in_words
from langchain_302.answers import ChunkWriter, to_result
from langchain_302.convert import to_wire as to_wire_of_langchain
from llama_index_302.answers import ResponseWriter, to_response
from llama_index_302.convert import to_wire as to_wire_of_llama_index
from tests.properties import anything
from tests.properties.anything import JSON, examples, reply_of

STREAM = Reply(200, {"content-type": "text/event-stream", "request-id": "r1"})


def judged(read, *given):
    """Return what `read` returns, or None if it raised an error of ours; others pass."""
    found = None
    try:
        found = read(*given)
    except AI302Error as error:
        told = f"{error.message} {error.body}"
        told.encode()
    return found


def can_go_on(message):
    """Assert that an answer can be shown, traced, stored, and sent back as history."""
    shown = json.dumps(message.content_blocks, default=str)
    shown.encode()
    dumps(message).encode()
    made_by = message.additional_kwargs.get("provider_details", {}).get("model") or ""
    wire = to_wire_of_langchain([HumanMessage("Go on"), message], model=made_by)
    json.dumps(wire, ensure_ascii=False).encode()
    v1 = {**message.response_metadata, "output_version": "v1"}
    written = message.model_copy(
        update={"content": message.content_blocks, "response_metadata": v1}
    )
    to_wire_of_langchain([HumanMessage("Go on"), written])


def can_go_on_in_llama_index(response):
    response.model_dump_json()
    made_by = response.message.additional_kwargs.get("provider_details", {}).get("model") or ""
    wire = to_wire_of_llama_index([ChatMessage("Go on"), response.message], model=made_by)
    json.dumps(wire, ensure_ascii=False).encode()


@examples(250)
@given(anything.COMPLETION | JSON)
def test_any_whole_reply_is_an_answer_or_an_error_of_ours(body):
    found = judged(read_completion, reply_of(anything.encoded(body)))
    if found is None:
        return
    for split in (False, True):
        for generation in to_result(found, split_think=split).generations:
            can_go_on(generation.message)
        can_go_on_in_llama_index(to_response(found, split_think=split))
    judged(answer_in_words, found)


def read_stream(body, width):
    """Return the pieces of a stream that is cut into pieces of `width` bytes."""
    stream = ChatStream(STREAM)
    pieces = []
    for start in range(0, len(body), width):
        pieces += stream.feed(body[start : start + width])
    return [*pieces, *stream.finish()]


def read_chunks(body, width, reading):
    """Return the same as a program gets them, of reads of `width` bytes."""
    chunks, found = AnswerChunks(ChatStream(STREAM), reading), []
    for start in range(0, len(body), width):
        found += filter(None, chunks.of_read([body[start : start + width]]))
    return [*found, *chunks.finish()]


def said_in(chunks):
    """Return what chunks say, in order: what they have of one kind and answer is one text."""
    said = [
        (chunk.index, kind, text)
        for chunk in chunks
        for kind in ("text", "reasoning")
        if (text := getattr(chunk, kind))
    ]
    return [
        (key, "".join(text for *_, text in group))
        for key, group in groupby(said, key=lambda one: one[:2])
    ]


EVENTS = st.lists(st.one_of(anything.CHUNK, anything.CHUNK, anything.ERROR, JSON), max_size=5)


@examples(250)
@given(EVENTS, st.booleans(), st.integers(1, 2_000), st.booleans())
def test_any_stream_is_an_answer_or_an_error_of_ours(events, done, width, split):
    body = b"".join(b"data: %s\n\n" % anything.encoded(event) for event in events)
    body += b"data: [DONE]\n\n" if done else b""
    pieces = judged(read_chunks, body, width, StreamReading(split_think=split))
    if pieces is None:
        return
    unmerged = read_chunks(body, width, StreamReading(split_think=split, merge_chunks=False))
    assert said_in(pieces) == said_in(unmerged)
    writer = ChunkWriter()
    chunks = [chunk.message for piece in pieces for chunk in writer.write(piece)]
    for chunk in chunks:
        json.dumps(chunk.content_blocks, default=str).encode()
    can_go_on(reduce(add, chunks))
    responses = ResponseWriter()
    for response in [answer for piece in pieces for answer in responses.write(piece)]:
        can_go_on_in_llama_index(response)


@examples(200)
@given(st.binary(max_size=60) | JSON.map(anything.encoded), st.integers(1, 9))
def test_any_bytes_are_a_stream_or_an_error_of_ours(body, width):
    judged(read_stream, body, width)
    judged(lambda: list(ChatStream(STREAM).read_whole(reply_of(body))))


READERS = (
    read_balance,
    read_record,
    read_models,
    read_search,
    lambda reply: read_ranking(reply, 2),
    lambda reply: read_embeddings(reply, 2),
    read_images,
    read_task,
    error_from,
)
BODIES = st.one_of(
    JSON,
    anything.ERROR,
    anything.IMAGES,
    anything.thing(
        search_results=anything.several(anything.SOURCE),
        results=anything.several(
            anything.thing(index=anything.NUMBERS, relevance_score=anything.NUMBERS)
        ),
        usage=anything.USAGE,
        data=st.one_of(
            anything.several(
                anything.thing(
                    id=anything.TEXTS,
                    index=anything.NUMBERS,
                    embedding=anything.several(anything.NUMBERS),
                    cost=anything.NUMBERS,
                )
            ),
            anything.thing(
                balance=anything.NUMBERS, cost=anything.NUMBERS, results=anything.several(JSON)
            ),
        ),
    ),
)


@examples(400)
@given(BODIES, st.sampled_from([200, 200, 302, 400, 429, 503]), anything.TEXTS)
def test_any_reply_of_any_endpoint_is_read_or_an_error_of_ours(body, status, header):
    headers = dict.fromkeys(("request-id", "retry-after", "location", "date"), header)
    reply = reply_of(anything.encoded(body), status, **headers)
    for read in READERS:
        judged(read, reply)


NESTED = (
    b"[" * 50_000,
    b'{"a":' * 50_000,
    b"[" * 900 + b"]" * 900,
    b'{"a":' * 600 + b"1" + b"}" * 600,
)


def test_nesting_without_end_is_an_error_of_ours_wherever_it_stands():
    for nest in NESTED:
        bodies = [
            nest,
            b'{"choices": [{"message": {"content": "x"}}], "extra": %s}' % nest,
            b'{"error": %s}' % nest,
            b'{"data": {"output": "%s"}}' % nest.replace(b'"', b'\\"'),
            b'{"task_id": "t", "status": "failed", "x": %s}' % nest,
        ]
        for body in bodies:
            for read in (*READERS, read_completion):
                judged(read, reply_of(body))
            judged(read_stream, b"data: %s\n\n" % body, 10_000)


def test_arguments_nested_without_end_are_a_broken_call_and_no_crash():
    for nest in NESTED:
        function = {"name": "pay", "arguments": nest.decode()}
        message = {"content": None, "tool_calls": [{"id": "c", "function": function}]}
        body = anything.encoded({"choices": [{"message": message, "finish_reason": "tool_calls"}]})
        answer = to_result(read_completion(reply_of(body))).generations[0].message
        assert answer.tool_calls == []
        assert [call["name"] for call in answer.invalid_tool_calls] == ["pay"]
