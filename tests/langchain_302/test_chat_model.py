"""ChatAI302 over real sockets: what it sends, what its answers carry, what it refuses."""

import asyncio
import copy
import pickle
import warnings

import pytest
from langchain_core.exceptions import (
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelInvalidRequestError,
    ModelNotFoundError,
    ModelRateLimitError,
    ModelTimeoutError,
)
from langchain_core.load import dumps
from langchain_core.messages import HumanMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import ConfigurableField
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from core_302 import (
    AI302Error,
    ClosedError,
    ConfigurationError,
    InvalidInputError,
    StreamInterruptedError,
    WebSearch,
)
from core_302.errors import AI302Error as CoreError
from core_302.errors import ClosedError as CoreClosedError
from langchain_302 import ChatAI302
from langchain_302.errors import MATCHES, as_langchain
from tests.conftest import KEY
from tests.scripted_server import DONE, Stall, chunk, completion, frame, reply, stream

USAGE = {
    "prompt_tokens": 10,
    "completion_tokens": 5,
    "total_tokens": 15,
    "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 1, "cache_creation_tokens": 2},
    "completion_tokens_details": {"reasoning_tokens": 3, "audio_tokens": 2},
}
RICH = {
    "reasoning_content": "I think",
    "annotations": [{"type": "url_citation", "url_citation": {"url": "https://b", "title": "B"}}],
    "images": [{"type": "image_url", "image_url": {"url": "https://i/1.png"}}],
}


def check_a_rich_answer(message):
    """Assert that nothing that the gateway said was lost, and nothing came twice."""
    assert message.content == "Hello"
    assert message.additional_kwargs["reasoning_content"] == "I think"
    assert message.additional_kwargs["images"] == ["https://i/1.png"]
    assert message.content_blocks[0] == {"type": "reasoning", "reasoning": "I think"}
    assert message.usage_metadata == {
        "input_tokens": 10,
        "output_tokens": 5,
        "total_tokens": 15,
        "input_token_details": {"cache_read": 4, "cache_creation": 2, "audio": 1},
        "output_token_details": {"reasoning": 3, "audio": 2},
    }
    metadata = message.response_metadata
    assert metadata["model_name"] == "m1"
    assert metadata["finish_reason"] == "stop"
    assert metadata["request_id"] == "r-1"
    assert metadata["model_provider"] == "ai302"
    assert metadata["citations"] == [
        {"url": "https://a", "title": None},
        {"url": "https://b", "title": "B"},
    ]


def test_an_answer_carries_all_that_the_gateway_said(ways, server):
    body = completion("Hello", message=RICH, usage=USAGE, citations=["https://a"])
    server.answer(reply(200, body, headers={"request-id": "r-1"}))
    check_a_rich_answer(ways(server.url).invoke())


def test_a_stream_carries_all_that_the_gateway_said_once(ways, server):
    server.answer(
        stream(
            chunk(delta={"reasoning_content": "I "}, citations=["https://a"]),
            chunk(delta={"reasoning_content": "think"}),
            chunk("Hel", delta={"annotations": RICH["annotations"], "images": RICH["images"]}),
            chunk("lo", finish="stop"),
            chunk(finish="stop"),
            frame({"choices": [], "usage": USAGE, "model": "m1"}),
            DONE,
            headers={"request-id": "r-1"},
        )
    )
    total = ways(server.url).stream()
    check_a_rich_answer(total)
    assert total.chunk_position == "last"


TOKEN = b'{"token": "a", "logprob": -1}'


def test_streamed_log_probabilities_are_joined(ways, server):
    pieces = [chunk("a"), chunk("b", finish="stop")]
    tokens = [
        p.replace(b'"finish_reason"', b'"logprobs": {"content": [%s]}, "finish_reason"' % TOKEN)
        for p in pieces
    ]
    server.answer(stream(*tokens, DONE))
    one = {"token": "a", "logprob": -1.0, "bytes": None, "top_logprobs": []}
    assert ways(server.url).stream().response_metadata["logprobs"] == {"content": [one, one]}


def test_token_details_that_are_zero_are_left_out(ways, server):
    server.answer(reply(200, completion(usage={"prompt_tokens": 2, "completion_tokens": 1})))
    usage = ways(server.url).invoke().usage_metadata
    assert usage == {"input_tokens": 2, "output_tokens": 1, "total_tokens": 3}


def test_a_model_that_was_never_asked_can_be_closed():
    asyncio.run(ChatAI302(model="m", api_key=KEY).aclose())


def test_a_refusal_and_log_probabilities_are_kept(ways, server):
    body = completion(None, message={"refusal": "I will not"})
    body["choices"][0]["logprobs"] = {"content": [{"token": "a", "logprob": -1}]}
    server.answer(reply(200, body))
    message = ways(server.url).invoke()
    assert message.additional_kwargs["refusal"] == "I will not"
    assert message.response_metadata["logprobs"]["content"][0]["token"] == "a"


def test_several_answers_come_as_several_generations(server):
    body = completion("one")
    body["choices"].append({"index": 1, "message": {"content": "two"}, "finish_reason": "stop"})
    server.answer(reply(200, {**body, "usage": USAGE}))
    with ChatAI302(model="m", api_key=KEY, base_url=server.url, n=2) as model:
        result = model.generate([[HumanMessage("x")]])
    assert [g.text for g in result.generations[0]] == ["one", "two"]
    assert server.seen[0].json["n"] == 2


# Options

OPTIONS = [
    ({"web_search": True}, {"web-search": True}),
    ({"web_search": WebSearch(results=3)}, {"web-search": True, "search-results": 3}),
    ({"ocr": "qwen-vl-ocr"}, {"ocr_model": "qwen-vl-ocr"}),
    ({"reasoning_fusion": True}, {"r1-fusion": True}),
    ({"deep_search": "exa"}, {"model": "m-deep-search", "searchType": "exa"}),
    ({"file_parse": True}, {"file-parse": True}),
    (
        {"user_id": "0d7f3c52-3f0e-4b0a-9a53-0e6c8a2f4d11"},
        {"userid": "0d7f3c52-3f0e-4b0a-9a53-0e6c8a2f4d11"},
    ),
    ({"model_suffixes": True, "web_search": True}, {"model": "m-web-search"}),
    ({"extra_body": {"a-b": 1}}, {"a-b": 1}),
    ({"temperature": 0.5}, {"temperature": 0.5}),
    ({"stop": ["x"]}, {"stop": ["x"]}),
]
PLAIN = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}
EACH_OPTION = pytest.mark.parametrize(
    ("options", "fields"), OPTIONS, ids=[str(o) for o, _ in OPTIONS]
)


IMAGE = {"type": "image_url", "image_url": {"url": "https://i.example/1.png"}}


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
def test_ocr_auto_bills_only_for_a_model_known_not_to_see(ways, server, model, fields, streamed):
    server.answer(
        stream(chunk("Hello", finish="stop"), DONE) if streamed else reply(200, completion())
    )
    way = ways(server.url, model=model, ocr="auto", stream_usage=False)
    (way.stream if streamed else way.invoke)([HumanMessage([IMAGE])])
    sent = server.seen[0].json
    more = {"stream": True} if streamed else {}
    assert sent == {
        "model": model,
        "messages": [{"role": "user", "content": [IMAGE]}],
        **more,
        **fields,
    }


@EACH_OPTION
def test_an_option_works_in_the_constructor(ways, server, options, fields):
    server.answer(reply(200, completion()))
    ways(server.url, model="m", **options).invoke()
    assert server.seen[0].json == {**PLAIN, **fields}


@EACH_OPTION
def test_an_option_works_per_call(ways, server, options, fields):
    server.answer(reply(200, completion()))
    ways(server.url, model="m").invoke(**options)
    assert server.seen[0].json == {**PLAIN, **fields}


@EACH_OPTION
def test_an_option_works_bound(ways, server, options, fields):
    server.answer(reply(200, completion()))
    way = ways(server.url, model="m")
    way.invoke(runnable=way.model.bind(**options))
    assert server.seen[0].json == {**PLAIN, **fields}


@EACH_OPTION
def test_an_option_works_as_a_configurable_field(ways, server, options, fields):
    server.answer(reply(200, completion()))
    way = ways(server.url, model="m")
    names = {name: ConfigurableField(id=name) for name in options}
    runnable = way.model.configurable_fields(**names)
    way.invoke(runnable=runnable, config={"configurable": options})
    assert server.seen[0].json == {**PLAIN, **fields}


@EACH_OPTION
def test_an_option_works_in_a_stream(ways, server, options, fields):
    server.answer(stream(chunk("x", finish="stop"), DONE))
    ways(server.url, model="m", **options).stream()
    streaming = {"stream": True, "stream_options": {"include_usage": True}}
    assert server.seen[0].json == {**PLAIN, **streaming, **fields}


def test_the_call_wins_over_the_constructor_and_none_means_not_set(ways, server):
    server.answer(reply(200, completion()))
    way = ways(server.url, web_search=True, temperature=1, extra_body={"a": 1, "b": 1})
    way.invoke(web_search=None, temperature=0, model="other", extra_body={"b": 2}, stop=["s"])
    assert server.seen[0].json == {
        **PLAIN,
        "model": "other",
        "temperature": 0,
        "a": 1,
        "b": 2,
        "stop": ["s"],
    }


def test_usage_in_streams_can_be_switched_off(ways, server):
    server.answer(stream(chunk("x", finish="stop"), DONE))
    ways(server.url).stream(stream_usage=False)
    assert "stream_options" not in server.seen[0].json


def test_a_model_that_only_streams_can_be_invoked(ways, server):
    server.answer(stream(chunk("Hello", finish="stop"), DONE))
    assert ways(server.url, streaming=True).invoke().content == "Hello"
    assert server.seen[0].json["stream"] is True


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"websearch": True}, "did you mean 'web_search'"),
        ({"web_search": {"results": 21}}, r"web_search\.results"),
        ({"user_id": "bob"}, "UUIDv4"),
        ({"temperature": 9}, "temperature"),
    ],
)
def test_a_wrong_option_is_refused_in_the_constructor_and_per_call(ways, server, options, says):
    with pytest.raises(InvalidInputError, match=says):
        ways(server.url, **options)
    way = ways(server.url)
    with pytest.raises(ModelInvalidRequestError, match=says):
        way.invoke(**options)
    assert not server.seen


def test_an_empty_conversation_is_refused(ways, server):
    with pytest.raises(InvalidInputError, match="messages is empty"):
        ways(server.url).invoke([])
    assert not server.seen


# Settings and the key

CANARY = "canary-5d1e8"


def test_a_missing_key_names_the_variable_and_the_argument():
    with pytest.raises(ConfigurationError, match=r"AI302_API_KEY.*api_key="):
        ChatAI302(model="m")


@pytest.mark.parametrize(
    "given",
    [
        {"api_key": f"Bearer {CANARY}"},
        {"api_key": f"{CANARY}\n"},
        {"api_key": CANARY, "base_url": "api.302.ai"},
        {"api_key": CANARY, "base_url": f"https://u:{CANARY}@api.302.ai"},
        {"api_key": CANARY, "base_url": "https://api.302.ai/v1/v1"},
        {"api_key": CANARY, "timeout": 0},
        {"api_key": CANARY, "max_retries": -1},
        {"api_key": CANARY, "model": ""},
        {"api_key": CANARY, "temperature": "hot"},
        {"api_key": CANARY, "unknown": CANARY},
        {"api_key": [CANARY]},
    ],
)
def test_a_bad_setting_is_refused_without_repeating_the_key(given):
    with pytest.raises(AI302Error) as caught:
        ChatAI302(**{"model": "m", **given})
    assert isinstance(caught.value, ValueError)
    assert CANARY not in str(caught.value) + repr(caught.value) + repr(caught.value.__context__)


def test_the_environment_gives_the_key_and_the_address(server, monkeypatch):
    monkeypatch.setenv("AI302_API_KEY", "from-env")
    monkeypatch.setenv("AI302_BASE_URL", server.url + "/v1")
    server.answer(reply(200, completion()))
    with ChatAI302(model="m") as model:
        model.invoke("x")
    assert server.seen[0].headers["authorization"] == "Bearer from-env"


def test_the_key_is_in_no_repr_dump_or_pickle():
    model = ChatAI302(model="m", api_key=CANARY, default_headers={"x-team": CANARY})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `dict` is deprecated, and still leaks in others
        texts = [repr(model), str(model), dumps(model), model.model_dump_json(), str(model.dict())]
    assert CANARY not in "".join(texts)
    assert CANARY.encode() not in pickle.dumps(model)


def test_a_pickle_reads_the_environment_again_and_a_deep_copy_keeps_the_key(server, monkeypatch):
    server.answer(reply(200, completion()))
    model = ChatAI302(model="m", api_key=CANARY, base_url=server.url, web_search=True)
    model.invoke("x")
    restored = pickle.loads(pickle.dumps(model))
    with pytest.raises(ConfigurationError, match="AI302_API_KEY"):
        restored.invoke("x")
    monkeypatch.setenv("AI302_API_KEY", "from-env")
    for same in (restored, copy.deepcopy(model), copy.copy(model), model.model_copy()):
        same.invoke("x")
        same.close()
    model.close()
    keys = [seen.headers["authorization"].removeprefix("Bearer ") for seen in server.seen]
    assert keys == [CANARY, "from-env", CANARY, CANARY, CANARY]
    assert all(seen.json["web-search"] for seen in server.seen)


def test_a_closed_model_says_so(server):
    server.answer(reply(200, completion()))
    model = ChatAI302(model="m", api_key=KEY, base_url=server.url)
    model.invoke("x")
    model.close()
    model.close()
    with pytest.raises(ClosedError, match="closed"):
        model.invoke("x")


def test_one_model_serves_several_event_loops_without_a_wasted_request(server):
    server.answer(reply(200, completion()))
    model = ChatAI302(model="m", api_key=KEY, base_url=server.url, max_retries=0)
    for _ in range(3):
        assert asyncio.run(model.ainvoke("x")).content == "Hello"
    assert len(server.seen) == 3


def test_an_asynchronous_context_closes_both_ways(server):
    server.answer(reply(200, completion()))

    async def use():
        async with ChatAI302(model="m", api_key=KEY, base_url=server.url) as model:
            await model.ainvoke("x")
            model.invoke("x")
        return model

    model = asyncio.run(use())
    with pytest.raises(ClosedError):
        model.invoke("x")


# Errors


@pytest.mark.parametrize(
    ("status", "err_code", "kind", "retryable"),
    [
        (401, -10005, ModelAuthenticationError, False),
        (400, -10003, ModelInvalidRequestError, False),
        (404, -10010, ModelNotFoundError, False),
        (503, -10008, ModelNotFoundError, False),
        (429, 0, ModelRateLimitError, True),
        (500, 0, ModelAPIError, True),
    ],
)
def test_an_error_is_both_ours_and_langchains(ways, server, status, err_code, kind, retryable):
    error = {"error": {"err_code": err_code, "message": "no"}}
    server.answer(reply(status, error, headers={"request-id": "r-9"}))
    with pytest.raises(kind) as caught:
        ways(server.url).invoke()
    assert isinstance(caught.value, CoreError)
    assert caught.value.is_retryable is caught.value.retryable is retryable
    assert (caught.value.status, caught.value.request_id) == (status, "r-9")
    with pytest.raises(kind):
        ways(server.url).stream()


def test_a_time_out_is_langchains_time_out_too(ways, server):
    server.answer([Stall])
    with pytest.raises(ModelTimeoutError):
        ways(server.url, timeout=0.2).invoke()


def test_a_refused_connection_is_langchains_connection_error_too(ways):
    with pytest.raises(ModelConnectionError):
        ways("http://127.0.0.1:1").invoke()


def test_a_cut_stream_is_an_error_after_the_text_so_far(ways, server):
    server.answer(stream(chunk("Hel"), chunk("lo")))
    way = ways(server.url)
    with pytest.raises(ModelConnectionError) as caught:
        way.stream()
    assert isinstance(caught.value, StreamInterruptedError)
    assert "".join(c.text for c in way.chunks) == caught.value.partial_text == "Hello"


def test_every_error_of_the_core_has_its_class_in_langchain():
    def leaves(kind):
        below = kind.__subclasses__()
        return {kind} if not below else {leaf for sub in below for leaf in leaves(sub)}

    ours = {kind for kind in leaves(CoreError) if kind.__module__ == "core_302.errors"}
    assert ours <= set(MATCHES)
    for core, joined in MATCHES.items():
        error = pickle.loads(pickle.dumps(joined("text")))
        assert isinstance(error, core)


def test_an_error_that_is_joined_already_stays_the_same():
    error = as_langchain(CoreClosedError("x"))
    assert as_langchain(error) is error


# Tools and structured output


def get_weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"Sun in {city}"


def get_time(city: str) -> str:
    """Tell the time in a city."""
    return city


NAMED = {"type": "function", "function": {"name": "get_time"}}


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        ("any", "required"),
        ("required", "required"),
        (True, "required"),
        ("auto", "auto"),
        ("none", "none"),
        ("get_time", NAMED),
        (NAMED, NAMED),
        (None, None),
        (False, None),
    ],
)
def test_a_choice_of_tools_is_sent_in_the_wires_form(server, choice, sent):
    server.answer(reply(200, completion()))
    with ChatAI302(model="m", api_key=KEY, base_url=server.url) as model:
        model.bind_tools([get_weather, get_time], tool_choice=choice).invoke("x")
    body = server.seen[0].json
    assert body.get("tool_choice") == sent
    assert [tool["function"]["name"] for tool in body["tools"]] == ["get_weather", "get_time"]


def test_a_choice_of_no_tool_of_the_list_is_refused():
    model = ChatAI302(model="m", api_key=KEY)
    with pytest.raises(InvalidInputError, match="'get_rich' is not one of the tools"):
        model.bind_tools([get_time], tool_choice="get_rich")


def test_parallel_and_strict_are_sent(server):
    server.answer(reply(200, completion()))
    with ChatAI302(model="m", api_key=KEY, base_url=server.url) as model:
        model.bind_tools([get_time], strict=True, parallel_tool_calls=False).invoke("x")
    assert server.seen[0].json["parallel_tool_calls"] is False
    assert server.seen[0].json["tools"][0]["function"]["strict"] is True


def test_a_response_format_without_tools_sends_no_tools(server):
    server.answer(reply(200, completion()))
    with ChatAI302(model="m", api_key=KEY, base_url=server.url) as model:
        model.bind_tools([], response_format={"type": "json_object"}).invoke("x")
    assert "tools" not in server.seen[0].json


def call(call_id, name, arguments, index=0):
    return {"index": index, "id": call_id, "function": {"name": name, "arguments": arguments}}


def test_tool_calls_are_read_and_broken_ones_kept_apart(ways, server):
    calls = [
        call("a", "get_time", '{"city": "Oslo"}'),
        call("b", "get_time", "{"),
        call("c", "f", ""),
        call("d", "f", "[1]"),
    ]
    server.answer(reply(200, completion(None, message={"tool_calls": calls}, finish="tool_calls")))
    message = ways(server.url).invoke()
    assert [(c["id"], c["args"]) for c in message.tool_calls] == [
        ("a", {"city": "Oslo"}),
        ("c", {}),
    ]
    assert [(c["id"], c["args"]) for c in message.invalid_tool_calls] == [("b", "{"), ("d", "[1]")]


def test_streamed_tool_calls_with_one_index_are_two_calls(ways, server):
    pieces = [
        call("a", "get_time", '{"city"'),
        {"index": 0, "function": {"arguments": ': "Oslo"}'}},
        call("b", "get_weather", '{"city": "Rome"}'),
    ]
    wire = [chunk(delta={"tool_calls": [piece]}) for piece in pieces]
    server.answer(stream(*wire, chunk(finish="tool_calls"), DONE))
    total = ways(server.url).stream()
    assert [(c["name"], c["args"], c["id"]) for c in total.tool_calls] == [
        ("get_time", {"city": "Oslo"}, "a"),
        ("get_weather", {"city": "Rome"}, "b"),
    ]


def test_cut_off_arguments_in_a_stream_are_never_a_call(ways, server):
    cut = chunk(delta={"tool_calls": [call("a", "pay", '{"amount": 1')]})
    server.answer(stream(cut, chunk(finish="length"), DONE))
    with pytest.raises(StreamInterruptedError, match="max_tokens"):
        ways(server.url).stream()


class Receipt(BaseModel):
    """A receipt."""

    shop: str = Field(description="The shop's name")
    total: float


class ReceiptDict(TypedDict):
    """A receipt."""

    shop: str
    total: float


SCHEMAS = {
    "pydantic": Receipt,
    "typeddict": ReceiptDict,
    "json schema": {**Receipt.model_json_schema(), "description": "A receipt."},
}
VALUE = '{"shop": "Kiosk", "total": 4.5}'


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
@pytest.mark.parametrize("method", ["function_calling", "json_schema", "json_mode"])
def test_structured_output_by_each_method(ways, server, method, schema):
    name = "Receipt" if schema is not ReceiptDict else "ReceiptDict"
    if method == "function_calling":
        message = {"tool_calls": [call("a", name, VALUE)]}
        server.answer(reply(200, completion(None, message=message)))
    else:
        server.answer(reply(200, completion(VALUE)))
    way = ways(server.url)
    runnable = way.model.with_structured_output(schema, method=method)
    found = way.invoke(runnable=runnable)
    assert found == (
        Receipt(shop="Kiosk", total=4.5)
        if schema is Receipt
        else Receipt(shop="Kiosk", total=4.5).model_dump()
    )
    body = server.seen[0].json
    if method == "function_calling":
        assert body["tool_choice"]["function"]["name"] == name
    elif method == "json_schema":
        assert body["response_format"]["json_schema"]["name"] == name
        assert "shop" in body["response_format"]["json_schema"]["schema"]["properties"]
    else:
        assert body["response_format"] == {"type": "json_object"}


def test_structured_output_is_by_function_when_nothing_is_said(server):
    server.answer(
        reply(200, completion(None, message={"tool_calls": [call("a", "Receipt", VALUE)]}))
    )
    with ChatAI302(model="m", api_key=KEY, base_url=server.url) as model:
        model.with_structured_output(Receipt, strict=True, web_search=True).invoke("x")
    body = server.seen[0].json
    assert body["tools"][0]["function"]["strict"] is True
    assert body["web-search"] is True


@pytest.mark.parametrize(
    ("text", "parsed", "failed"), [(VALUE, True, False), ("no JSON", False, True)]
)
def test_include_raw_returns_the_message_and_what_went_wrong(ways, server, text, parsed, failed):
    server.answer(reply(200, completion(text)))
    way = ways(server.url)
    structured = way.model.with_structured_output(Receipt, method="json_schema", include_raw=True)
    found = way.invoke(runnable=structured)
    assert found["raw"].content == text
    assert (found["parsed"] is not None) is parsed
    assert (found["parsing_error"] is not None) is failed


class Bare(BaseModel):
    value: int


def test_a_strict_schema_is_sent_as_strict_and_without_an_invented_description(server):
    server.answer(reply(200, completion('{"value": 1}')))
    with ChatAI302(model="m", api_key=KEY, base_url=server.url) as model:
        structured = model.with_structured_output(Bare, method="json_schema", strict=True)
        assert structured.invoke("x") == Bare(value=1)
    asked = server.seen[0].json["response_format"]["json_schema"]
    assert asked["strict"] is True
    assert not asked.get("description")


def test_json_mode_needs_no_schema(server):
    server.answer(reply(200, completion('{"a": 1}')))
    with ChatAI302(model="m", api_key=KEY, base_url=server.url) as model:
        assert model.with_structured_output(method="json_mode").invoke("x") == {"a": 1}


@pytest.mark.parametrize(
    ("schema", "method", "says"),
    [(Receipt, "telepathy", "telepathy"), (None, "json_schema", "needs a schema")],
)
def test_a_method_that_cannot_work_is_refused(schema, method, says):
    model = ChatAI302(model="m", api_key=KEY)
    with pytest.raises(InvalidInputError, match=says):
        model.with_structured_output(schema, method=method)


def test_batch_keeps_the_order(ways, server):
    server.answer(reply(200, completion()))
    way = ways(server.url)
    if way.kind == "sync":
        answers = way.model.batch(["a", "b", "c"])
    else:
        answers = asyncio.run(way.model.abatch(["a", "b", "c"]))
    assert [m.content for m in answers] == ["Hello"] * 3
    assert len(server.seen) == 3


def test_traces_name_the_provider_and_the_model_of_the_call():
    model = ChatAI302(model="m", api_key=KEY, temperature=0)
    params = model._get_ls_params(stop=["x"], model="other")
    assert params["ls_provider"] == "ai302"
    assert params["ls_model_name"] == "other"
    assert model.model_name == "m"
    assert model._identifying_params["temperature"] == 0
    assert model._llm_type == "ai302-chat"


@pytest.mark.parametrize(
    "given",
    [
        "Hello",
        [("user", "Hello")],
        ChatPromptTemplate.from_messages([("user", "Hello")]).invoke({}),
    ],
    ids=["text", "messages", "prompt"],
)
def test_json_mode_takes_every_form_of_input(ways, server, given):
    server.answer(reply(200, completion('{"a": "b"}')))
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    way = ways(server.url)
    structured = way.model.with_structured_output(schema, method="json_mode")
    assert way.invoke(given, runnable=structured) == {"a": "b"}
    told, asked = server.seen[0].json["messages"]
    assert (told["role"], asked["content"]) == ("system", "Hello")
