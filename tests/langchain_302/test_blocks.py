"""Standard content blocks: the same answer in `content_blocks`, in `output_version="v1"`, in pieces
and in live events; and streams of several answers.
"""

import asyncio
import base64

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage

from langchain_302 import ChatAI302
from langchain_302.convert import to_wire
from tests import media_files
from tests.conftest import KEY
from tests.scripted_server import DONE, chunk, completion, frame, reply, stream

PNG = "data:image/png;base64," + base64.b64encode(media_files.image("x")).decode()
WAV = base64.b64encode(media_files.sound(0.01)).decode()
NOTE = {
    "type": "url_citation",
    "url_citation": {"url": "https://b", "title": "B", "start_index": 0, "end_index": 5},
}
MESSAGE = {
    "reasoning_content": "I think",
    "annotations": [NOTE, {"type": "file_citation", "file_id": "f"}],
    "images": [{"type": "image_url", "image_url": {"url": PNG}}],
    "audio": {"id": "a1", "data": WAV, "transcript": "Hello", "expires_at": 9},
    "refusal": "Not that",
    "tool_calls": [{"id": "c1", "function": {"name": "f", "arguments": '{"x": 1}'}}],
}
BLOCKS = [
    {"type": "reasoning", "reasoning": "I think"},
    {
        "type": "text",
        "text": "Hello",
        "annotations": [
            {
                "type": "citation",
                "url": "https://b",
                "title": "B",
                "start_index": 0,
                "end_index": 5,
            },
            {
                "type": "non_standard_annotation",
                "value": {"type": "file_citation", "file_id": "f"},
            },
            {"type": "citation", "url": "https://a"},
        ],
    },
    {"type": "non_standard", "value": {"type": "refusal", "refusal": "Not that"}},
    {"type": "image", "base64": PNG.partition(",")[2], "mime_type": "image/png"},
    {
        "type": "audio",
        "base64": WAV,
        "mime_type": "audio/wav",
        "id": "a1",
        "extras": {"transcript": "Hello"},
    },
    {"type": "tool_call", "id": "c1", "name": "f", "args": {"x": 1}},
]
VERSIONS = pytest.mark.parametrize("given", [{}, {"output_version": "v1"}], ids=["v0", "v1"])


def in_pieces():
    """Return the answer as a stream that cuts it, and says some of it twice."""
    call = {"index": 0, "id": "c1", "function": {"name": "f", "arguments": '{"x"'}}
    more = {"index": 0, "function": {"arguments": ": 1}"}}
    return stream(
        chunk(delta={"reasoning_content": "I "}, citations=["https://a"]),
        chunk("He", delta={"reasoning_content": "think", "annotations": [NOTE]}),
        chunk("llo", delta={"annotations": MESSAGE["annotations"], "refusal": "Not "}),
        chunk(delta={"refusal": "that", "images": MESSAGE["images"]}),
        chunk(delta={"audio": {"id": "a1", "data": WAV, "transcript": "Hel"}}),
        chunk(delta={"audio": {"transcript": "lo", "expires_at": 9}}),
        chunk(delta={"tool_calls": [call]}),
        chunk(delta={"tool_calls": [more]}, finish="tool_calls"),
        frame({"choices": [], "usage": {"prompt_tokens": 2, "completion_tokens": 3}}),
        DONE,
    )


def without_index(blocks):
    return [{k: v for k, v in block.items() if k != "index"} for block in blocks]


def in_order(blocks):
    return sorted(blocks, key=lambda block: block["type"])


@VERSIONS
def test_a_whole_answer_has_all_its_blocks(ways, server, given):
    server.answer(reply(200, completion("Hello", message=MESSAGE, citations=["https://a"])))
    message = ways(server.url, **given).invoke()
    assert message.content_blocks == BLOCKS
    assert message.content == (BLOCKS if given else "Hello")
    assert message.text == "Hello"


@VERSIONS
def test_the_pieces_of_an_answer_add_up_to_the_same_blocks(ways, server, given):
    server.answer(in_pieces())
    way = ways(server.url, **given)
    total = way.stream()
    assert in_order(without_index(total.content_blocks)) == in_order(BLOCKS)
    assert total.text == "Hello"
    assert [c.chunk_position for c in way.chunks].count("last") == 1
    assert way.chunks[-1].chunk_position == "last"
    assert total.response_metadata["finish_reason"] == "tool_calls"
    assert total.response_metadata["model_name"] == "m1"
    assert total.usage_metadata["total_tokens"] == 5


@pytest.mark.filterwarnings("ignore:.*is in beta")
@VERSIONS
def test_live_events_show_thoughts_and_sources(server, given):
    server.answer(in_pieces(), in_pieces())
    with ChatAI302(model="m", api_key=KEY, base_url=server.url, **given) as model:
        whole = model.stream_events("x", version="v3")
        seen = list(whole)
        later = asyncio.run(_events(model))
    assert seen[1:] == later[1:]  # the first names the run
    finished = [event["content"] for event in seen if event["event"] == "content-block-finish"]
    assert in_order(without_index(finished)) == in_order(BLOCKS)
    deltas = [event["delta"] for event in seen if event["event"] == "content-block-delta"]
    assert [d["reasoning"] for d in deltas if d["type"] == "reasoning-delta"] == ["I ", "think"]
    assert [d["text"] for d in deltas if d["type"] == "text-delta"] == ["He", "llo"]
    assert whole.output.usage_metadata["total_tokens"] == 5


async def _events(model):
    events = await model.astream_events("x", version="v3")
    return [event async for event in events]


def test_a_v1_answer_goes_back_as_its_text_and_its_thoughts(ways, server):
    server.answer(reply(200, completion("Hello", message=MESSAGE)))
    message = ways(server.url, output_version="v1").invoke()
    wire, shown = to_wire([message])
    assert shown["role"] == "user"  # its images: the wire has no place for them in its own turn
    assert [part["type"] for part in shown["content"]] == ["text", "image_url"]
    assert (wire["content"], wire["reasoning_content"]) == ("Hello", "I think")
    assert wire["tool_calls"][0]["function"]["arguments"] == '{"x": 1}'


def test_a_spoken_answer_goes_back_as_its_words(ways, server):
    server.answer(reply(200, completion(None, message={"audio": MESSAGE["audio"]})))
    message = ways(server.url).invoke()
    assert message.text == ""
    assert to_wire([message]) == [{"role": "assistant", "content": "Hello"}]


def test_broken_tool_calls_are_blocks_too(ways, server):
    broken = {"id": "c1", "function": {"name": "f", "arguments": "{x"}}
    server.answer(reply(200, completion(None, message={"tool_calls": [broken]})))
    (block,) = ways(server.url).invoke().content_blocks
    assert (block["type"], block["name"], block["args"]) == ("invalid_tool_call", "f", "{x")


@pytest.mark.parametrize(
    ("audio", "kind"),
    [
        ({"id": "a", "data": base64.b64encode(b"\1\2\3\4" * 20).decode()}, "audio/pcm"),
        ({"data": base64.b64encode(b"ID3" + b"\0" * 60).decode()}, "audio/mpeg"),
        ({"data": "A", "transcript": "words"}, "audio/pcm"),
    ],
)
def test_the_kind_of_a_sound_is_told_by_its_first_bytes(ways, server, audio, kind):
    server.answer(reply(200, completion(None, message={"audio": audio})))
    (block,) = ways(server.url).invoke().content_blocks
    assert (block["type"], block["mime_type"]) == ("audio", kind)


@pytest.mark.parametrize(
    ("link", "block"),
    [
        ("https://i/1.png", {"type": "image", "url": "https://i/1.png"}),
        (
            "data:image/x-new;base64,AAAA",
            {"type": "image", "base64": "AAAA", "mime_type": "image/x-new"},
        ),
        ("data:;base64,A", {"type": "image", "base64": "A", "mime_type": "image/png"}),
    ],
)
def test_an_image_of_an_answer_is_an_image_block(ways, server, link, block):
    server.answer(reply(200, completion(None, message={"images": [{"image_url": {"url": link}}]})))
    assert ways(server.url).invoke().content_blocks == [block]


def test_blocks_that_a_program_wrote_into_a_message_stay_as_they_are():
    ours = {"model_provider": "ai302"}
    image = {"type": "image", "url": "https://i"}
    message = AIMessage(["a", image], response_metadata=ours)
    assert message.content_blocks == [{"type": "text", "text": "a"}, image]
    called = AIMessageChunk("", tool_calls=[{"name": "f", "args": {}, "id": "c"}])
    called.response_metadata = ours
    (block,) = called.content_blocks
    assert (block["type"], block["index"]) == ("tool_call_chunk", "lc_call_0")


# Several answers


def several():
    """Return a stream of three answers whose pieces are mixed."""
    pieces = [
        {"index": 0, "delta": {"content": "one"}},
        {"index": 1, "delta": {"content": "tw", "reasoning_content": "hm"}},
        {"index": 0, "delta": {"content": "!"}, "finish_reason": "stop"},
        {"index": 1, "delta": {"content": "o"}, "finish_reason": "length"},
        {
            "index": 2,
            "delta": {
                "tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": ""}}]
            },
        },
        {
            "index": 2,
            "delta": {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]},
            "finish_reason": "tool_calls",
        },
    ]
    usage = {"choices": [], "usage": {"prompt_tokens": 2, "completion_tokens": 9}}
    return stream(
        *(frame({"model": "m1", "choices": [piece]}) for piece in pieces), frame(usage), DONE
    )


def test_of_several_answers_the_first_is_streamed_and_the_others_come_at_the_end(ways, server):
    server.answer(several())
    total = ways(server.url, n=3).stream()
    assert total.text == "one!"
    assert total.tool_calls == []
    assert total.response_metadata["finish_reason"] == "stop"
    assert total.usage_metadata["output_tokens"] == 9
    assert total.response_metadata["other_answers"] == [
        {"index": 1, "text": "two", "reasoning_content": "hm", "finish_reason": "length"},
        {
            "index": 2,
            "tool_calls": [{"id": "c", "name": "f", "arguments": "{}"}],
            "finish_reason": "tool_calls",
        },
    ]


@pytest.mark.parametrize("per_call", [True, False])
def test_several_answers_are_asked_for_whole_by_a_model_that_streams(server, per_call):
    body = completion("one")
    body["choices"].append({"index": 1, "message": {"content": "two"}, "finish_reason": "stop"})
    server.answer(reply(200, body))
    own, call = ({}, {"n": 2}) if per_call else ({"n": 2}, {})
    with ChatAI302(model="m", api_key=KEY, base_url=server.url, streaming=True, **own) as model:
        result = model.generate([[HumanMessage("x")]], **call)
    assert [g.text for g in result.generations[0]] == ["one", "two"]
    assert "stream" not in server.seen[0].json


# Thoughts inside the text

THOUGHT = "<think>\nhm\n</think>\n\nHello"


def test_thoughts_in_the_text_become_reasoning_when_asked_for(ways, server):
    pieces = [chunk(letter) for letter in THOUGHT]
    whole, cut = reply(200, completion(THOUGHT)), stream(*pieces, chunk(finish="stop"), DONE)
    server.answer(whole, cut, whole)
    way = ways(server.url, split_think=True)
    for message in (way.invoke(), way.stream()):
        assert message.content_blocks == [
            {"type": "reasoning", "reasoning": "hm"},
            {"type": "text", "text": "Hello"},
        ]
    assert way.invoke(split_think=False).text == THOUGHT


def test_a_stream_that_gives_no_reason_for_its_end_has_none(ways, server):
    server.answer(stream(chunk("Hello"), DONE))
    total = ways(server.url).stream()
    assert total.text == "Hello"
    assert "finish_reason" not in total.response_metadata
