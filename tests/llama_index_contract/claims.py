"""CLAIMS: functions that fail if an LLM breaks one; each one's docstring is the claim.

Most were found as defects by running the classes of the OpenAI family, the others are what agents
and memory of LlamaIndex rely on.
"""

import asyncio
import json
import pickle
import warnings

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.base.llms.types import (
    CacheControl,
    CachePoint,
    ChatMessage,
    CitationBlock,
    DocumentBlock,
    ImageBlock,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    VideoBlock,
)

from tests.llama_index_contract.stage import KEY, PIXEL, TOOLS, USAGE, calls, piece, text_of
from tests.scripted_server import completion, reply

CLAIMS = []
ADD = ("add", {"a": 1, "b": 2})
ADD_TEXT = '{"a": 1, "b": 2}'


def claim(check):
    """Register a claim."""
    CLAIMS.append(check)
    return check


@claim
def any_model(stage):
    """A model's name that nobody knows is sent as it is"""
    stage.says()
    llm = stage.llm(model="vendor/brand-new-model-7")
    assert stage.chat(llm).message.content == "Hello"
    assert stage.body["model"] == "vendor/brand-new-model-7"


@claim
def known_windows(stage):
    """A known model's window is known, so that memory does not cut its conversations"""
    window = stage.llm(model="gpt-4o").metadata.context_window
    assert window == 128_000, f"window {window}"


@claim
def agents_take_it(stage):
    """A FunctionAgent takes the LLM with nothing set but its address, key and model"""
    call = {"id": "a", "type": "function", "function": {"name": "add", "arguments": ADD_TEXT}}
    first = completion(None, finish="tool_calls", message={"tool_calls": [call]})
    stage.answers(first, completion("It is 3"))

    async def run():
        agent = FunctionAgent(tools=list(TOOLS), llm=stage.llm(), streaming=False)
        return str(await agent.run("1 + 2?"))

    assert asyncio.run(run()) == "It is 3"


@claim
def two_calls_in_one_chunk(stage):
    """Two tool calls in one chunk of a stream both arrive"""
    both = [piece(0, "a", "add", ADD_TEXT), piece(1, "b", "now", "{}")]
    stage.streams({"tool_calls": both}, finish="tool_calls")
    llm = stage.llm()
    last = stage.stream_with_tools(llm, user_msg="?", allow_parallel_tool_calls=True)[-1]
    assert calls(llm, last) == [ADD, ("now", {})], calls(llm, last)


@claim
def all_index_0(stage):
    """Two tool calls that both say index 0 are told apart by their ids"""
    pieces = [piece(0, "a", "add", ADD_TEXT), piece(0, "b", "now", "{}")]
    stage.streams(*({"tool_calls": [one]} for one in pieces), finish="tool_calls")
    llm = stage.llm()
    last = stage.stream_with_tools(llm, user_msg="?", allow_parallel_tool_calls=True)[-1]
    assert calls(llm, last) == [ADD, ("now", {})], calls(llm, last)


@claim
def interleaved(stage):
    """Pieces of two tool calls that come in turns are each joined with their own"""
    pieces = [
        piece(0, "a", "add", '{"a": 1,'),
        piece(1, "b", "add", '{"a": 3,'),
        piece(0, arguments=' "b": 2}'),
        piece(1, arguments=' "b": 4}'),
    ]
    stage.streams(*({"tool_calls": [one]} for one in pieces), finish="tool_calls")
    llm = stage.llm()
    last = stage.stream_with_tools(llm, user_msg="?", allow_parallel_tool_calls=True)[-1]
    assert calls(llm, last) == [ADD, ("add", {"a": 3, "b": 4})], calls(llm, last)


@claim
def no_arguments(stage):
    """A call without arguments survives, in any spelling of nothing"""
    llm = stage.llm()
    for nothing in ("", "{}", None):
        call = {"id": "a", "type": "function", "function": {"name": "now", "arguments": nothing}}
        stage.says(None, finish="tool_calls", tool_calls=[call])
        assert calls(llm, stage.with_tools(llm, user_msg="?")) == [("now", {})], repr(nothing)


@claim
def half_arguments(stage):
    """Arguments that the token limit has cut off are never a call to run"""
    call = {"id": "a", "type": "function", "function": {"name": "add", "arguments": '{"a": 1'}}
    stage.says(None, finish="length", tool_calls=[call])
    llm = stage.llm()
    response = stage.with_tools(llm, user_msg="?")
    try:
        found = calls(llm, response)
    except Exception:
        return
    assert not found, found


@claim
def partial_calls(stage):
    """On every piece of a stream, the calls so far can be asked for"""
    parts = [
        piece(0, "a", "add", '{"a"'),
        piece(0, arguments=': 1, "b"'),
        piece(0, arguments=": 2}"),
    ]
    stage.streams(*({"tool_calls": [one]} for one in parts), finish="tool_calls")
    llm = stage.llm()
    found = [calls(llm, one) for one in stage.stream_with_tools(llm, user_msg="?")]
    assert found[-1] == [ADD], found
    assert all(len(one) <= 1 for one in found), found


@claim
def tool_required(stage):
    """tool_required and every form of tool_choice reach the wire"""
    forced = {"type": "function", "function": {"name": "add"}}
    stage.says()
    llm = stage.llm()
    for given, sent in (
        ({"tool_required": True}, "required"),
        ({"tool_choice": "auto"}, "auto"),
        ({"tool_choice": "none"}, "none"),
        ({"tool_choice": "add"}, forced),
        ({"tool_choice": forced}, forced),
    ):
        stage.with_tools(llm, user_msg="?", **given)
        assert stage.body["tool_choice"] == sent, f"{given}: {stage.body.get('tool_choice')}"


@claim
def no_tools(stage):
    """With no tools, nothing is said of tools"""
    stage.says()
    llm = stage.llm()
    call = llm.chat_with_tools if stage.kind == "sync" else llm.achat_with_tools
    stage.end(call([], user_msg="?", tool_required=True))
    names = ("tools", "tool_choice", "parallel_tool_calls")
    said = {name: stage.body[name] for name in names if stage.body.get(name) is not None}
    assert not said, said


@claim
def history_is_left_alone(stage):
    """chat_with_tools leaves the caller's history as it was"""
    stage.says()
    history = [ChatMessage(role="user", content="One")]
    stage.with_tools(stage.llm(), user_msg="Two", chat_history=history)
    assert [message.content for message in history] == ["One"]
    assert [message["content"] for message in stage.body["messages"]] == ["One", "Two"]


@claim
def cited_history(stage):
    """A history with a CitationBlock in it can be sent on"""
    cited = CitationBlock(
        cited_content=TextBlock(text="x"),
        source="https://a",
        title="A",
        additional_location_info={},
    )
    stage.says()
    history = [
        ChatMessage(role="user", content="?"),
        ChatMessage(role="assistant", blocks=[TextBlock(text="So."), cited]),
        ChatMessage(role="user", content="And?"),
    ]
    stage.chat(stage.llm(), history)
    assert "So." in str(stage.body["messages"][1]["content"])


@claim
def cache_points_and_videos(stage):
    """A CachePoint and a video's link can be sent"""
    point = CachePoint(cache_control=CacheControl(type="ephemeral"))
    video = VideoBlock(url="https://v.example/a.mp4")
    stage.says()
    stage.chat(stage.llm(), [ChatMessage(role="user", blocks=[TextBlock(text="?"), point, video])])
    sent = json.dumps(stage.body["messages"])
    assert "ephemeral" in sent, sent
    assert "https://v.example/a.mp4" in sent, sent


@claim
def images_of_tools(stage):
    """An image in a tool's result reaches the model, behind the last tool message"""
    image = ImageBlock(image=PIXEL, image_mimetype="image/png")
    asked = [ToolCallBlock(tool_call_id=i, tool_name="now", tool_kwargs={}) for i in "ab"]
    stage.says()
    history = [
        ChatMessage(role="user", content="?"),
        ChatMessage(role="assistant", blocks=asked),
        ChatMessage(role="tool", blocks=[image], additional_kwargs={"tool_call_id": "a"}),
        ChatMessage(role="tool", content="ok", additional_kwargs={"tool_call_id": "b"}),
    ]
    stage.chat(stage.llm(), history)
    messages = stage.body["messages"]
    assert [m["role"] for m in messages] == ["user", "assistant", "tool", "tool", "user"], messages
    assert any(part["type"] == "image_url" for part in messages[-1]["content"])


@claim
def links_stay_links(stage):
    """Links of images and documents are sent as links: nothing is fetched"""
    link = f"{stage.url}/secret"  # the server would see it, if it were fetched
    image = ImageBlock(url=f"{link}.png", image_mimetype="image/png")
    document = DocumentBlock(url=f"{link}.pdf", title="a.pdf")
    stage.says()
    blocks = [TextBlock(text="?"), image, document]
    stage.chat(stage.llm(), [ChatMessage(role="user", blocks=blocks)])
    fetched = [seen.path for seen in stage.server.seen if "secret" in seen.path]
    assert not fetched, f"fetched {fetched}"
    assert f"{link}.pdf" in json.dumps(stage.body["messages"])


@claim
def first_thoughts(stage):
    """The first piece of thoughts is not lost, and each arrives as thinking_delta"""
    stage.streams(
        {"content": None, "reasoning_content": "AAA "},
        {"content": None, "reasoning_content": "BBB"},
        {"content": "Hello"},
        opening=False,
    )
    found = stage.stream(stage.llm())
    thought = "".join(one.additional_kwargs.get("thinking_delta") or "" for one in found)
    assert thought == "AAA BBB", repr(thought)
    whole = [b.content for b in found[-1].message.blocks if isinstance(b, ThinkingBlock)]
    assert whole == ["AAA BBB"], whole
    assert found[-1].message.content == "Hello"


@claim
def thoughts_go_back(stage):
    """Within a turn of tool calls, the model gets its thoughts back"""
    stage.says()
    blocks = [
        ThinkingBlock(content="I should add"),
        ToolCallBlock(tool_call_id="a", tool_name="now", tool_kwargs={}),
    ]
    history = [
        ChatMessage(role="user", content="?"),
        ChatMessage(role="assistant", blocks=blocks),
        ChatMessage(role="tool", content="noon", additional_kwargs={"tool_call_id": "a"}),
    ]
    stage.chat(stage.llm(), history)
    assert "I should add" in json.dumps(stage.body["messages"][1])


@claim
def effort_is_sent(stage):
    """reasoning_effort is sent for any model"""
    stage.says()
    stage.chat(stage.llm(reasoning_effort="high"))
    assert stage.body.get("reasoning_effort") == "high"


@claim
def sources(stage):
    """Sources of the answer are in the message or beside it, not only in the raw reply"""
    stage.answers({**completion(), "citations": ["https://a.example/1"]})
    response = stage.chat(stage.llm())
    told = text_of(response.message.blocks) + str(response.additional_kwargs)
    assert "https://a.example/1" in told + str(response.message.additional_kwargs)


@claim
def drawn_images(stage):
    """Images that a model draws are blocks of its message"""
    stage.says(images=[{"type": "image_url", "image_url": {"url": "https://c.example/3?sig=1"}}])
    blocks = stage.chat(stage.llm()).message.blocks
    found = [block for block in blocks if isinstance(block, ImageBlock)]
    assert found, text_of(blocks)
    assert found[0].image_mimetype, "no media type"


@claim
def refusals(stage):
    """A refusal is not an empty answer"""
    stage.says(None, refusal="I will not.")
    response = stage.chat(stage.llm())
    told = f"{response.message.content} {response.message.additional_kwargs}"
    assert "I will not." in told + str(response.additional_kwargs)


@claim
def counts_in_streams(stage):
    """A stream asks for its token counts, and its last response has them"""
    stage.streams({"content": "Hello"})
    last = stage.stream(stage.llm())[-1]
    assert stage.body.get("stream_options") == {"include_usage": True}
    assert last.additional_kwargs.get("prompt_tokens") == USAGE["prompt_tokens"]


@claim
def the_last_response(stage):
    """Each response of a stream has blocks of its own; the last one has the whole message"""
    stage.streams({"content": "Hel"}, {"content": "lo"}, {"content": " there"})
    found = stage.stream(stage.llm())
    assert all(one.delta is not None for one in found)
    assert "".join(one.delta for one in found) == "Hello there"
    assert found[-1].message.content == "Hello there"
    texts = [one.message.content for one in found if one.delta]
    # Chunks that came together may be one.
    assert texts in (["Hel", "Hello", "Hello there"], ["Hel", "Hello there"]), texts


@claim
def temperature_none(stage):
    """temperature=None sends none"""
    stage.says()
    stage.chat(stage.llm(temperature=None))
    assert "temperature" not in stage.body, stage.body["temperature"]


@claim
def the_call_wins(stage):
    """What one call says wins over the constructor"""
    stage.says()
    stage.chat(stage.llm(max_tokens=10), max_tokens=99)
    assert stage.body["max_tokens"] == 99


@claim
def one_retry_layer(stage):
    """max_retries=2 sends three requests"""
    stage.server.answer(reply(503, {"error": {"message": "no"}}, headers={"retry-after-ms": "1"}))
    try:
        stage.chat(stage.llm(max_retries=2))
    except Exception:
        assert len(stage.server.seen) == 3, f"{len(stage.server.seen)} requests"
    else:
        raise AssertionError("no error")


@claim
def an_error_under_200(stage):
    """An error under HTTP 200 is raised with the gateway's words"""
    stage.server.answer(reply(200, {"error": {"message": "balance is empty", "code": "quota"}}))
    try:
        stage.chat(stage.llm(max_retries=0))
    except Exception as error:
        assert "balance is empty" in str(error), f"{type(error).__name__}: {error}"
    else:
        raise AssertionError("no error")


@claim
def several_loops(stage):
    """One LLM serves several event loops, without losing a request"""
    stage.says()
    llm = stage.llm(max_retries=0)
    for _ in range(3):
        assert asyncio.run(llm.achat([ChatMessage(role="user", content="?")])).message.content
    assert len(stage.server.seen) == 3


@claim
def can_be_closed(stage):
    """The LLM can be closed"""
    stage.says()
    llm = stage.llm()
    stage.chat(llm)
    assert callable(getattr(llm, "close", None)), "no close()"
    assert callable(getattr(llm, "aclose", None)), "no aclose()"


@claim
def the_key_stays_inside(stage):
    """The key is in no repr, dump, payload or pickle"""
    llm = stage.llm()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shown = [repr(llm), str(llm.to_dict()), llm.to_json(), str(llm.model_dump())]
        shown += [str(llm.to_payload()), repr(pickle.dumps(llm))]
    names = ["repr", "to_dict", "to_json", "model_dump", "to_payload", "pickle"]
    leaks = [name for name, text in zip(names, shown, strict=True) if KEY in text]
    assert not leaks, leaks
