"""The steps that every call and every token passes, each alone.

Run on demand, and never part of the tests: these figures are for comparing two versions of a step
on one machine, `make microbench` before and after.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from llama_index.core.base.llms.types import ChatMessage

from core_302.endpoints.chat_delta import ChatDelta
from core_302.endpoints.chat_reply import read_completion
from core_302.endpoints.chat_request import chat_request
from core_302.endpoints.chat_stream import ChatStream
from core_302.http import Reply, json_content
from core_302.json_text import read_json
from core_302.options.chat import ChatOptions
from core_302.sse import SseDecoder
from langchain_302 import answers as langchain_answers
from langchain_302 import convert as langchain_convert
from llama_index_302 import answers as llama_answers
from llama_index_302 import convert as llama_convert

PIECES = 1000
TURNS = 100
HEAD = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
QUESTION = [{"role": "user", "content": "Hello"}]


def _event(number: int) -> bytes:
    choice = {"index": 0, "delta": {"content": f" word{number}"}, "finish_reason": None}
    return b"data: " + json.dumps({**HEAD, "choices": [choice]}).encode() + b"\n\n"


EVENTS = [_event(number) for number in range(PIECES)]
WHOLE = json.dumps(
    {
        **HEAD,
        "choices": [{"index": 0, "message": {"content": "Hello"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12},
    }
).encode()


def _pieces() -> list[ChatDelta]:
    stream = ChatStream(Reply(200, {}))
    return [delta for event in EVENTS for delta in stream.feed(event)]


@pytest.mark.parametrize("bytes_at_once", [64, 65_536])
def test_sse_decode(benchmark: Any, bytes_at_once: int) -> None:
    """1000 events, in network reads of two sizes."""
    wire = b"".join(EVENTS)
    reads = [wire[start : start + bytes_at_once] for start in range(0, len(wire), bytes_at_once)]

    def decode() -> int:
        decoder = SseDecoder()
        return sum(len(decoder.feed(read)) for read in reads)

    assert benchmark(decode) == PIECES


def test_event_json(benchmark: Any) -> None:
    """The JSON of 1000 events."""
    texts = [event[6:].strip() for event in EVENTS]
    assert len(benchmark(lambda: [read_json(text) for text in texts])) == PIECES


def test_bytes_to_pieces(benchmark: Any) -> None:
    """1000 events to the core's pieces: decoded, parsed, read."""
    assert len(benchmark(_pieces)) == PIECES


def test_pieces_to_langchain(benchmark: Any) -> None:
    """1000 pieces to LangChain's chunks."""
    pieces = _pieces()

    def write() -> int:
        writer = langchain_answers.ChunkWriter()
        return sum(len(writer.write(piece)) for piece in pieces)

    assert benchmark(write) == PIECES


def test_pieces_to_llama_index(benchmark: Any) -> None:
    """1000 pieces to LlamaIndex's responses, each with the text so far."""
    pieces = _pieces()

    def write() -> int:
        writer = llama_answers.ResponseWriter()
        return sum(len(writer.write(piece)) for piece in pieces)

    assert benchmark(write) == PIECES


def test_request(benchmark: Any) -> None:
    """The request of one short call."""
    request = benchmark(lambda: chat_request("m", QUESTION, ChatOptions(temperature=0.5)))
    assert request.content is not None


def test_request_with_an_image(benchmark: Any) -> None:
    """The body of a call that shows an image of 20 MB."""
    link = "data:image/png;base64," + "A" * (20 * 1024 * 1024 * 4 // 3)
    part = {"type": "image_url", "image_url": {"url": link}}
    body = {"model": "m", "messages": [{"role": "user", "content": [part]}]}
    assert len(benchmark(json_content, body)) > len(link)


def test_history_from_langchain(benchmark: Any) -> None:
    """100 messages of LangChain to the wire."""
    history = [HumanMessage(f"turn {turn}") for turn in range(TURNS)]
    assert len(benchmark(langchain_convert.to_wire, history)) == TURNS


def test_history_from_llama_index(benchmark: Any) -> None:
    """100 messages of LlamaIndex to the wire."""
    history = [ChatMessage(role="user", content=f"turn {turn}") for turn in range(TURNS)]
    assert len(benchmark(llama_convert.to_wire, history)) == TURNS


def test_whole_answer(benchmark: Any) -> None:
    """One whole reply to LangChain's result."""
    reply = Reply(200, {"content-type": "application/json"}, WHOLE)
    result = benchmark(lambda: langchain_answers.to_result(read_completion(reply)))
    assert result.generations[0].text == "Hello"
