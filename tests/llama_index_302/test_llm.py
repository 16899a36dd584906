"""AI302 over real sockets: what it sends, what its answers carry, what it refuses."""

import asyncio
import base64
import copy
import json
import pickle
import subprocess
import sys

import httpx
import pytest
from llama_index.core.base.llms.types import (
    AudioBlock,
    ChatMessage,
    ChatResponse,
    CitationBlock,
    ImageBlock,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
)
from llama_index.core.callbacks import CallbackManager, TokenCountingHandler
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.prompts import ChatPromptTemplate, PromptTemplate
from llama_index.core.types import PydanticProgramMode
from pydantic import BaseModel

import llama_index_302
from core_302 import (
    ClosedError,
    ConfigurationError,
    InvalidInputError,
    MalformedReplyError,
    Timeouts,
)
from core_302.options.chat import PER_CALL_ONLY, ChatOptions
from llama_index_302 import AI302, WebSearch
from llama_index_302.structured import method_of
from tests.conftest import KEY
from tests.llama_index_contract.stage import PIXEL, TOOLS, calls, piece
from tests.scripted_server import DONE, chunk, completion, frame, stream

USAGE = {
    "prompt_tokens": 10,
    "completion_tokens": 5,
    "total_tokens": 15,
    "prompt_tokens_details": {"cached_tokens": 4},
    "completion_tokens_details": {"reasoning_tokens": 3},
}
IMAGE = base64.b64encode(PIXEL).decode()
NOTE = {"url": "https://b", "title": "B", "start_index": 0, "end_index": 5, "content": "quoted"}
RICH = {
    "reasoning_content": "I think",
    "annotations": [{"type": "url_citation", "url_citation": NOTE}, {"type": "other"}],
    "images": [
        {"type": "image_url", "image_url": {"url": "https://i/1.webp"}},
        {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{IMAGE}"}},
        {"type": "image_url", "image_url": {"url": "https://[broken"}},
    ],
    "audio": {"id": "s1", "data": "UklGRiQAAABXQVZF", "transcript": "Hello"},
}


class City(BaseModel):
    """A city."""

    name: str
    people: int = 0


def stream_objects(stage, llm):
    """Return all partial cities of a stream."""
    if stage.kind == "sync":
        return list(llm.stream_structured_predict(City, PromptTemplate("Which?")))

    async def collect():
        stream = await llm.astream_structured_predict(City, PromptTemplate("Which?"))
        return [one async for one in stream]

    return asyncio.run(collect())


def check_a_rich_answer(response):
    """Assert that nothing that the gateway said was lost, and nothing came twice."""
    blocks = response.message.blocks
    kinds = [ThinkingBlock, TextBlock, CitationBlock, CitationBlock, ImageBlock, ImageBlock]
    assert [type(block) for block in blocks] == [*kinds, TextBlock, AudioBlock]
    assert (blocks[0].content, blocks[0].num_tokens) == ("I think", 3)
    assert blocks[1].text == "Hello"
    assert (blocks[2].source, blocks[2].title) == ("https://b", "B")
    assert blocks[2].cited_content.text == "quoted"
    assert blocks[2].additional_location_info == {"start_index": 0, "end_index": 5}
    assert blocks[3].source == "https://a"
    assert blocks[4].image_mimetype == "image/webp"
    assert (blocks[5].image, blocks[5].image_mimetype) == (IMAGE.encode(), "image/png")
    assert blocks[6].text == "https://[broken"
    assert blocks[7].format == "wav"
    told = response.additional_kwargs
    assert (told["prompt_tokens"], told["cached_tokens"], told["reasoning_tokens"]) == (10, 4, 3)
    assert (told["finish_reason"], told["model_name"]) == ("stop", "m1")
    assert {"url": "https://a", "title": None} in told["citations"]
    assert response.message.additional_kwargs["transcript"] == "Hello"


def test_the_class_is_one_of_llama_index():
    assert FunctionCallingLLM in AI302.__mro__
    assert AI302.class_name() == "AI302"


def test_a_whole_answer_carries_everything(stage):
    body = completion("Hello", message=RICH)
    stage.answers({**body, "usage": USAGE, "citations": ["https://a"]})
    response = stage.chat(stage.llm())
    check_a_rich_answer(response)
    assert response.raw["choices"]


def test_a_streamed_answer_carries_everything_at_its_end(stage):
    stage.server.answer(
        stream(
            chunk(delta={"reasoning_content": "I think"}),
            chunk("Hello", delta={**RICH, "reasoning_content": None}, citations=["https://a"]),
            chunk(finish="stop", usage=USAGE),
            DONE,
        )
    )
    found = stage.stream(stage.llm())
    check_a_rich_answer(found[-1])
    assert found[-1].raw["usage"]["total_tokens"] == 15
    assert [one.additional_kwargs.get("thinking_delta") for one in found] == ["I think", None, None]


def test_completions_are_the_same_answers(stage):
    stage.says("Hello")
    llm = stage.llm()
    call = llm.complete if stage.kind == "sync" else llm.acomplete
    assert stage.end(call("Hi")).text == "Hello"
    assert stage.body["messages"] == [{"role": "user", "content": "Hi"}]


def test_completions_are_streamed(stage):
    stage.streams({"content": "Hel"}, {"content": "lo"})
    llm = stage.llm()
    if stage.kind == "sync":
        found = list(llm.stream_complete("Hi"))
    else:

        async def collect():
            return [one async for one in await llm.astream_complete("Hi")]

        found = asyncio.run(collect())
    assert [one.delta for one in found] == ["Hel", "lo", ""]
    assert found[-1].text == "Hello"


def test_every_option_of_the_core_is_a_field():
    fields = AI302.model_fields.keys()
    assert ChatOptions.model_fields.keys() - PER_CALL_ONLY <= fields


def test_options_reach_the_wire_and_the_call_wins(stage):
    stage.says()
    llm = stage.llm(
        web_search=WebSearch(results=3), temperature=0.5, stop=["a"], extra_body={"x": 1}
    )
    stage.chat(llm)
    assert stage.body["web-search"] is True
    assert (stage.body["search-results"], stage.body["stop"], stage.body["x"]) == (3, ["a"], 1)
    stage.chat(llm, web_search=None, temperature=None, model="m2", extra_body={"y": 2}, stop=[])
    assert stage.body.keys() == {"model", "messages", "x", "y"}
    assert stage.body["model"] == "m2"


def test_additional_kwargs_are_options_or_fields_of_the_body(stage):
    stage.says()
    stage.chat(stage.llm(temperature=0.5, additional_kwargs={"temperature": 0.1, "vendor": "v"}))
    assert (stage.body["temperature"], stage.body["vendor"]) == (0.1, "v")


def test_thoughts_in_the_text_are_split_off(stage):
    stage.says("<think>hm</think>Hello")
    response = stage.chat(stage.llm(split_think=True))
    assert [type(block) for block in response.message.blocks] == [ThinkingBlock, TextBlock]
    stage.streams({"content": "<think>hm</thi"}, {"content": "nk>Hello"})
    assert stage.stream(stage.llm(), split_think=True)[-1].message.content == "Hello"


def test_several_answers_stand_beside_the_first(stage):
    choice = {"index": 1, "message": {"role": "assistant", "content": "B"}, "finish_reason": "stop"}
    body = completion("A")
    stage.answers({**body, "choices": [*body["choices"], choice]})
    response = stage.chat(stage.llm(n=2))
    assert response.message.content == "A"
    assert response.additional_kwargs["other_answers"][0]["text"] == "B"


def test_several_streamed_answers_stand_at_the_end(stage):
    second = {"index": 1, "delta": {"content": "B"}, "finish_reason": "stop"}
    stage.server.answer(
        stream(chunk("A"), frame({"id": "c", "choices": [second]}), chunk(finish="stop"), DONE)
    )
    found = stage.stream(stage.llm(n=2))
    assert found[-1].message.content == "A"
    assert found[-1].additional_kwargs["other_answers"][0]["text"] == "B"


def test_log_probabilities_arrive(stage):
    token = {"token": "Hi", "logprob": -0.1, "bytes": [72]}
    body = completion("Hi")
    body["choices"][0]["logprobs"] = {"content": [token, {**token, "top_logprobs": [token]}]}
    stage.answers(body)
    found = stage.chat(stage.llm(logprobs=True)).logprobs
    assert [[one.token for one in group] for group in found] == [["Hi"], ["Hi"]]


def test_an_empty_answer_is_empty_text(stage):
    stage.says("")
    assert stage.chat(stage.llm()).message.content == ""


def test_a_streamed_refusal_is_text(stage):
    stage.streams({"refusal": "I will "}, {"refusal": "not."})
    found = stage.stream(stage.llm())
    assert [one.delta for one in found] == ["I will ", "not.", ""]
    assert found[-1].message.content == "I will not."


def test_only_one_call_is_kept_where_no_parallel_calls_are_allowed(stage):
    whole = [
        {"id": i, "type": "function", "function": {"name": "now", "arguments": "{}"}} for i in "ab"
    ]
    stage.says("text", finish="tool_calls", tool_calls=whole)
    llm = stage.llm()
    assert calls(llm, stage.with_tools(llm, user_msg="?")) == [("now", {})]
    assert stage.body["parallel_tool_calls"] is False
    both = stage.with_tools(llm, chat_history=[ChatMessage("?")], allow_parallel_tool_calls=True)
    assert len(calls(llm, both)) == 2
    assert "parallel_tool_calls" not in stage.body


def test_strict_tools_say_so(stage):
    stage.says()
    llm = stage.llm()
    stage.with_tools(llm, user_msg=ChatMessage("?"), strict=True)
    assert all(tool["function"]["strict"] for tool in stage.body["tools"])
    with pytest.raises(InvalidInputError, match="is not one of the tools"):
        stage.with_tools(llm, user_msg="?", tool_choice="unknown")


def test_no_call_is_an_error_only_if_one_must_be():
    llm = AI302(model="m1", api_key=KEY)
    response = ChatResponse(message=ChatMessage(role="assistant", content="Hi"))
    assert llm.get_tool_calls_from_response(response, error_on_no_tool_call=False) == []
    with pytest.raises(ValueError, match="called no tool"):
        llm.get_tool_calls_from_response(response)


@pytest.mark.parametrize(
    ("text", "delta", "found"),
    [('{"a": 1, "b', "", {"a": 1}), ("", "", {}), ("nonsense", "", {}), ("{}", None, {})],
)
def test_pieces_of_a_call_are_read_as_far_as_they_go(text, delta, found):
    block = ToolCallBlock(tool_call_id="a", tool_name="add", tool_kwargs=text)
    message = ChatMessage(role="assistant", blocks=[block])
    llm = AI302(model="m1", api_key=KEY)
    assert calls(llm, ChatResponse(message=message, delta=delta)) == [("add", found)]


@pytest.mark.parametrize("text", ['{"a": 1', "[1]"])
def test_broken_arguments_of_a_whole_answer_are_an_error(text):
    block = ToolCallBlock(tool_call_id="a", tool_name="add", tool_kwargs=text)
    message = ChatMessage(role="assistant", blocks=[block])
    with pytest.raises(MalformedReplyError, match="not a JSON object"):
        calls(AI302(model="m1", api_key=KEY), ChatResponse(message=message))


def test_a_tool_is_predicted_and_called(stage):
    whole = {"id": "a", "function": {"name": "add", "arguments": '{"a": 1, "b": 2}'}}
    stage.says(None, finish="tool_calls", tool_calls=[whole])
    llm = stage.llm()
    call = llm.predict_and_call if stage.kind == "sync" else llm.apredict_and_call
    assert stage.end(call(list(TOOLS), user_msg="1 + 2?")).response == "3"


@pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode"])
def test_objects_come_in_every_way(stage, method):
    text = '{"name": "Paris", "people": 2}'
    whole = {"id": "a", "function": {"name": "City", "arguments": text}}
    by_tool = method == "function_calling"
    stage.says(None if by_tool else text, **({"tool_calls": [whole]} if by_tool else {}))
    llm = stage.llm(structured_output=method)
    call = llm.structured_predict if stage.kind == "sync" else llm.astructured_predict
    prompt = ChatPromptTemplate([ChatMessage("Be brief", role="system"), ChatMessage("Which?")])
    made = stage.end(call(City, prompt, llm_kwargs={"tool_choice": "x"}))
    assert made == City(name="Paris", people=2)
    asked = stage.body.get("response_format", {}).get("type")
    assert asked == {"json_schema": "json_schema", "json_mode": "json_object"}.get(method)
    assert ("JSON schema" in stage.body["messages"][0]["content"]) == (method == "json_mode")


@pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode", None])
def test_objects_are_streamed_as_they_grow(stage, method):
    pieces = ['{"name": "Par', 'is", "people"', ": 2}"]
    if method in ("function_calling", None):
        names = [("a", "City"), (None, None), (None, None)]
        deltas = [
            {"tool_calls": [piece(0, *name, text)]}
            for name, text in zip(names, pieces, strict=True)
        ]
    else:
        deltas = [{"content": text} for text in pieces]
    stage.streams(*deltas)
    mode = PydanticProgramMode.DEFAULT if method else PydanticProgramMode.FUNCTION
    llm = stage.llm(structured_output=method, pydantic_program_mode=mode)
    found = stream_objects(stage, llm)
    assert found[-1] == City(name="Paris", people=2)
    assert len(found) > 1


def test_an_answer_that_is_no_object_is_an_error(stage):
    stage.says("Paris")
    llm = stage.llm(structured_output="json_mode")
    call = llm.structured_predict if stage.kind == "sync" else llm.astructured_predict
    with pytest.raises(MalformedReplyError, match="not an instance of City"):
        stage.end(call(City, PromptTemplate("Which?")))
    stage.streams({"content": "Paris"})
    with pytest.raises(MalformedReplyError, match="not an instance of City"):
        stream_objects(stage, llm)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("model", "fields"),
    [
        ("gpt-3.5-turbo-0125", {"ocr_model": "gpt-4o-mini"}),
        ("gpt-4o", {}),
        ("gpt-4-vision-preview", {}),
        ("glm-4.6v", {}),
        ("qwen3-omni-flash", {}),
        ("brand-new", {}),
    ],
)
def test_ocr_auto_bills_only_for_a_model_known_not_to_see(stage, model, fields, streamed):
    stage.streams({"content": "Hello"}) if streamed else stage.says()
    llm = stage.llm(model=model, ocr="auto", stream_usage=False)
    question = ChatMessage(role="user", blocks=[ImageBlock(url="https://i.example/1.png")])
    (stage.stream if streamed else stage.chat)(llm, [question])
    content = [{"type": "image_url", "image_url": {"url": "https://i.example/1.png"}}]
    more = {"stream": True} if streamed else {}
    messages = [{"role": "user", "content": content}]
    assert stage.body == {"model": model, "messages": messages, **more, **fields}


def test_the_catalogue_chooses_how_objects_are_asked_for():
    def method(**given):
        return method_of(AI302(api_key=KEY, **given))

    assert method(model="gpt-4o") == "json_schema"
    assert method(model="deepseek-chat") == "function_calling"
    assert method(model="unknown", is_function_calling_model=False) is None
    assert method(model="gpt-4o", pydantic_program_mode=PydanticProgramMode.LLM) is None


@pytest.mark.parametrize(
    ("given", "window", "output"),
    [
        ({"model": "gpt-4o"}, 128_000, -1),
        ({"model": "moonshot-v1-32k", "max_tokens": 9}, 32_768, 9),
        ({"model": "unknown", "max_completion_tokens": 8}, 128_000, 8),
        ({"model": "unknown", "context_window": 5}, 5, -1),
    ],
)
def test_the_metadata_come_from_the_catalogue(given, window, output):
    metadata = AI302(api_key=KEY, **given).metadata
    assert (metadata.context_window, metadata.num_output) == (window, output)
    assert metadata.is_function_calling_model


def test_a_window_that_is_a_guess_is_logged_once_for_each_model(caplog):
    for _ in range(2):
        assert AI302(api_key=KEY, model="window-unknown").metadata.context_window == 128_000
    AI302(api_key=KEY, model="window-unknown-too", context_window=9).to_payload()
    AI302(api_key=KEY, model="gpt-4o").to_payload()
    said = [record for record in caplog.records if record.name == "ai302.models"]
    assert [record.levelname for record in said] == ["WARNING"]
    assert "window-unknown is unknown; 128000 tokens are assumed" in said[0].getMessage()
    assert "context_window" in said[0].getMessage()


def test_a_model_of_which_only_the_input_is_known_has_it_as_its_window():
    assert AI302(api_key=KEY, model="gpt-6-sol").metadata.context_window == 922_000


def test_observers_see_the_options_and_no_secret():
    llm = AI302(
        model="m1",
        api_key=KEY,
        temperature=0.5,
        extra_body={"secret": "canary"},
        default_headers={"X-Secret": "canary"},
    )
    payload = llm.to_payload()
    assert (payload["model"], payload["temperature"]) == ("m1", 0.5)
    assert payload["api_base"] == "https://api.302.ai"
    assert "canary" not in str(payload)
    assert "X-Secret" not in str(llm.to_dict()) + repr(llm)


class Seen(BaseEventHandler):
    """Keeps the names of all events."""

    names: list[str]

    def handle(self, event, **_):
        self.names.append(type(event).__name__)


def test_events_and_callbacks_come_once_for_each_call(stage):
    stage.says("Hello")
    counter = TokenCountingHandler()
    llm = stage.llm(callback_manager=CallbackManager([counter]))
    seen, root = Seen(names=[]), get_dispatcher()
    root.add_event_handler(seen)
    try:
        stage.chat(llm)
        call = llm.complete if stage.kind == "sync" else llm.acomplete
        stage.end(call("Hi"))
    finally:
        root.event_handlers.remove(seen)
    wanted = ["LLMChatStartEvent", "LLMChatEndEvent"]
    assert [n for n in seen.names if n.startswith("LLMChat")] == wanted
    assert [n for n in seen.names if n.startswith("LLMCompletion")] == [
        "LLMCompletionStartEvent",
        "LLMCompletionEndEvent",
    ]
    assert counter.prompt_llm_token_count == 20


def test_a_saved_llm_is_made_again():
    llm = AI302(
        model="m1", api_key=KEY, web_search=WebSearch(results=2), timeout=Timeouts(silence=3)
    )
    same = AI302.from_dict(json.loads(llm.to_json()), api_key=KEY)
    assert same.to_dict() == llm.to_dict()
    assert (
        AI302.from_dict(AI302(model="m", api_key=KEY, timeout=5).to_dict(), api_key=KEY).timeout
        == 5
    )


def test_a_pickle_has_no_key_and_finds_one_in_the_environment(monkeypatch):
    llm = AI302(model="m1", api_key="canary-1", http_client=httpx.Client())
    llm._gateway.client  # noqa: B018 - makes it
    written = pickle.dumps(llm)
    assert b"canary-1" not in written
    with pytest.raises(ConfigurationError, match="AI302_API_KEY"):
        pickle.loads(written).chat([ChatMessage("Hi")])
    monkeypatch.setenv("AI302_API_KEY", KEY)
    assert pickle.loads(written).api_key.get_secret_value() == KEY


def test_copies_have_connections_of_their_own():
    llm = AI302(model="m1", api_key=KEY, http_client=httpx.Client())
    llm._gateway.client  # noqa: B018 - makes it
    for same in (copy.copy(llm), copy.deepcopy(llm), llm.model_copy(update={"model": "m2"})):
        assert same._connection is None
        assert same.http_client is llm.http_client
        assert same.api_key == llm.api_key


def test_what_was_closed_says_so(stage):
    stage.says()
    if stage.kind == "sync":
        with stage.llm() as llm:
            llm.chat([ChatMessage("Hi")])
        with pytest.raises(ClosedError):
            llm.chat([ChatMessage("Hi")])
        return

    async def use():
        async with stage.llm() as llm:
            await llm.achat([ChatMessage("Hi")])
        with pytest.raises(ClosedError):
            await llm.achat([ChatMessage("Hi")])
        async with stage.llm():
            pass

    asyncio.run(use())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"model": "m", "temprature": 1}, "did you mean 'temperature'"),
        ({"model": "m", "temperature": 5}, "temperature"),
        ({"model": "m", "user_id": "me"}, "UUIDv4"),
        ({"model": ""}, "model"),
        ({"model": "m", "api_base": "ftp://x"}, "base_url"),
    ],
)
def test_a_wrong_argument_is_named_and_the_key_is_not(given, says):
    with pytest.raises(ValueError, match=says) as caught:
        AI302(api_key=KEY, **given)
    assert KEY not in str(caught.value)


def test_an_unknown_option_of_a_call_is_refused_before_anything_is_sent(stage):
    llm = stage.llm()
    with pytest.raises(InvalidInputError, match="web_search"):
        stage.chat(llm, websearch=True)
    assert not stage.server.seen


def test_no_key_is_said_when_the_llm_is_made():
    with pytest.raises(ConfigurationError, match="AI302_API_KEY"):
        AI302(model="m1")


def test_importing_makes_no_request_and_imports_no_sdk():
    code = (
        "import socket, sys\n"
        "def no(*_): raise AssertionError('a request')\n"
        "socket.socket.connect = no\n"
        "import llama_index_302\n"
        "print(sorted({'openai', 'langchain_302', 'httpx2'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_package_loads_its_classes_when_they_are_asked_for():
    assert llama_index_302.AI302ToolSpec.__module__ == "llama_index_302.tool_spec"
    assert sorted(dir(llama_index_302)) == sorted(llama_index_302.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = llama_index_302.Nothing
