"""What LangChain asks of a chat model beside answers: traces, caches, dumps, profiles, limits."""

import asyncio
import json
import re

import httpx
import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.load import dumps, load, loads
from langchain_core.messages import HumanMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.rate_limiters import InMemoryRateLimiter
from langchain_core.runnables import ConfigurableField

import langchain_302
from core_302 import ConfigurationError, InvalidInputError, Timeouts, WebSearch
from langchain_302 import ChatAI302
from tests.conftest import KEY
from tests.scripted_server import DONE, chunk, completion, frame, reply, stream

USER_ID = "0d7f3c52-3f0e-4b0a-9a53-0e6c8a2f4d11"

# Every option, with a value and an equal value in another spelling.
OPTIONS = {
    "temperature": (1, 1.0),
    "top_p": (0.5, 0.5),
    "max_tokens": (5, 5),
    "max_completion_tokens": (5, 5),
    "stop": (["x"], ["x"]),
    "seed": (1, 1),
    "presence_penalty": (1, 1.0),
    "frequency_penalty": (1, 1.0),
    "logit_bias": ({"1": 2}, {"1": 2.0}),
    "logprobs": (True, True),
    "top_logprobs": (2, 2),
    "user": ("u", "u"),
    "reasoning_effort": ("low", "low"),
    "thinking": ({"type": "enabled", "budget_tokens": 1}, {"budget_tokens": 1, "type": "enabled"}),
    "top_k": (5, 5),
    "verbosity": ("low", "low"),
    "service_tier": ("flex", "flex"),
    "prompt_cache_key": ("k", "k"),
    "modalities": (["text", "audio"], ["text", "audio"]),
    "audio": ({"voice": "alloy", "format": "mp3"}, {"format": "mp3", "voice": "alloy"}),
    "prediction": ({"type": "content", "content": "a"}, {"content": "a", "type": "content"}),
    "web_search": (WebSearch(results=3), {"results": 3}),
    "ocr": ("auto", "auto"),
    "reasoning_fusion": (True, True),
    "deep_search": ("exa", "exa"),
    "file_parse": (True, True),
    "user_id": (USER_ID, USER_ID),
    "model_suffixes": (True, True),
    "extra_body": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "split_think": (True, True),
    "reasoning_back": ("always", "always"),
    "model": ("other", "other"),
}
EACH = pytest.mark.parametrize("name", OPTIONS)


def make(url="https://gateway.test", **given):
    return ChatAI302(**{"model": "gpt-4o", "api_key": KEY, "base_url": url, **given})


# Dumps


def reloaded(text):
    return loads(
        text,
        allowed_objects=[ChatAI302],
        valid_namespaces=["langchain_302"],
        secrets_from_env=True,
    )


@pytest.mark.filterwarnings("ignore:.*is in beta")
@EACH
def test_every_option_survives_a_dump(monkeypatch, name):
    monkeypatch.setenv("AI302_API_KEY", KEY)
    model = make(**{name: OPTIONS[name][0]})
    again = reloaded(dumps(model))
    assert getattr(again, name) == getattr(model, name)
    assert again._get_llm_string() == model._get_llm_string()


@pytest.mark.filterwarnings("ignore:.*is in beta")
@pytest.mark.parametrize("timeout", [5, httpx.Timeout(5), Timeouts(total=7)])
def test_time_limits_survive_a_dump(monkeypatch, timeout):
    monkeypatch.setenv("AI302_API_KEY", KEY)
    again = reloaded(dumps(make(timeout=timeout)))
    assert Timeouts.of(again.timeout) == Timeouts.of(timeout)


def test_a_time_limit_of_no_known_name_is_refused():
    with pytest.raises(ConfigurationError, match="timeout has no field whole"):
        make(timeout={"whole": 5})


@pytest.mark.filterwarnings("ignore:.*is in beta")
def test_a_chain_with_a_bound_model_is_dumped_and_loaded(monkeypatch):
    monkeypatch.setenv("AI302_API_KEY", KEY)
    chain = ChatPromptTemplate.from_messages([("user", "{q}")]) | make().bind(web_search=True)
    again = load(
        json.loads(dumps(chain)),
        allowed_objects="all",
        valid_namespaces=["langchain_302"],
        additional_import_mappings={tuple(ChatAI302.lc_id()): tuple(ChatAI302.lc_id())},
        secrets_from_env=True,
    )
    assert again.last.kwargs == {"web_search": True}


def test_a_dump_holds_no_header_and_no_key():
    text = dumps(make(default_headers={"x-secret": "canary"}))
    assert "canary" not in text
    assert KEY not in text


# Caches


def asked(server, runnable):
    before = len(server.seen)
    runnable.invoke("Hello")
    return len(server.seen) - before


@EACH
def test_an_option_makes_another_entry_of_the_cache_and_an_equal_one_finds_it(server, name):
    server.answer(reply(200, completion()))
    value, equal = OPTIONS[name]
    cache = InMemoryCache()

    def with_cache(**given):
        return make(server.url, cache=cache, max_retries=0, **given)

    models = [with_cache(), with_cache(**{name: value}), with_cache(**{name: equal})]
    assert [asked(server, model) for model in models] == [1, 1, 0]
    assert asked(server, models[0].bind(**{name: equal})) == 0  # bound or built: the same call
    assert asked(server, models[1].bind(**{name: None})) == 0  # None: not set
    for model in models:
        model.close()


def test_the_call_the_tools_and_the_schema_are_part_of_the_cache_key(server):
    server.answer(reply(200, completion()))
    with make(server.url, cache=InMemoryCache()) as model:
        tool = {"name": "f", "description": "d", "parameters": {"type": "object"}}
        variants = [
            model,
            model.bind_tools([tool]),
            model.bind_tools([tool], tool_choice="any"),
            model.bind(response_format={"type": "json_object"}),
            model.bind(stop=["x"]),
        ]
        assert [asked(server, runnable) for runnable in variants] == [1] * 5
        assert [asked(server, runnable) for runnable in variants] == [0] * 5


@pytest.mark.parametrize(
    "other",
    [
        {"default_headers": {"x-a": "canary"}},
        {"default_query": {"a": "1"}},
        {"output_version": "v1"},
        {"base_url": "https://other.test"},
    ],
)
def test_what_changes_an_answer_beside_the_options_is_part_of_the_cache_key(other):
    assert make(**other)._get_llm_string() != make()._get_llm_string()
    assert make(**other)._get_llm_string() == make(**other)._get_llm_string()
    assert "canary" not in make(**other)._get_llm_string()


def test_the_address_from_the_environment_is_part_of_the_cache_key(monkeypatch):
    monkeypatch.setenv("AI302_BASE_URL", "https://other.test")
    assert make(base_url=None)._get_llm_string() != make()._get_llm_string()


def test_headers_of_one_call_are_part_of_the_cache_key_and_cannot_be_read_in_it():
    given = {"extra_headers": {"x-tenant": "canary"}}
    assert make()._get_llm_string(**given) != make()._get_llm_string()
    assert "canary" not in make()._get_llm_string(**given)
    lasting = make(default_headers={"X-Tenant": "canary"})._get_llm_string()
    assert make()._get_llm_string(**given) == lasting


def test_headers_and_query_are_part_of_the_cache_key_and_cannot_be_read_in_it():
    given = [
        {},
        {"default_headers": {"x": "a-secret-1"}},
        {"default_query": {"x": "a-secret-1"}},
        {"default_query": {"x": "a-secret-2"}},
    ]
    keys = [ChatAI302(model="gpt-4o", api_key=KEY, **one)._get_llm_string() for one in given]
    assert len(set(keys)) == len(given)
    assert "a-secret" not in "".join(keys)


def test_what_does_not_change_an_answer_is_no_part_of_the_cache_key():
    assert make(timeout=5, max_retries=0)._get_llm_string() == make()._get_llm_string()
    assert make()._get_llm_string(timeout=5) == make()._get_llm_string()
    assert KEY not in make()._get_llm_string()


def test_a_wrong_option_is_refused_before_the_cache_is_asked(server):
    with (
        make(server.url, cache=InMemoryCache()) as model,
        pytest.raises(InvalidInputError, match="web_search"),
    ):
        model.invoke("x", websearch=True)


# Traces


class Trace(BaseCallbackHandler):
    """Keeps what a tracer is told."""

    def on_chat_model_start(self, serialized, messages, *, metadata=None, **told):
        self.metadata, self.told = metadata, (serialized, messages, told)


def test_a_trace_says_who_was_asked_what_by_which_version(ways, server):
    server.answer(reply(200, completion()))
    trace = Trace()
    way = ways(server.url, temperature=0.5, max_completion_tokens=9, stop="x")
    way.invoke(config={"callbacks": [trace]})
    said = trace.metadata
    assert (said["ls_provider"], said["ls_model_name"]) == ("ai302", "gpt-4o")
    assert (said["ls_model_type"], said["ls_temperature"]) == ("chat", 0.5)
    assert (said["ls_max_tokens"], said["ls_stop"]) == (9, ["x"])
    assert said["lc_versions"]["langchain-302"] == langchain_302.__version__
    assert "langchain-core" in said["lc_versions"]
    way.invoke(model="other", temperature=1, max_tokens=3, config={"callbacks": [trace]})
    assert trace.metadata["ls_model_name"] == "other"
    assert (trace.metadata["ls_temperature"], trace.metadata["ls_max_tokens"]) == (1, 3)


def test_a_trace_holds_no_key_and_no_header(ways, server):
    server.answer(reply(200, completion()))
    trace = Trace()
    way = ways(server.url, default_headers={"x-secret": "canary"})
    way.invoke(config={"callbacks": [trace]})
    told = str(trace.told) + str(trace.metadata)
    assert KEY not in told
    assert "canary" not in told


def test_the_tokens_of_several_conversations_are_added_up(server):
    usage = {"prompt_tokens": 2, "completion_tokens": 1, "total_tokens": 3}
    server.answer(reply(200, completion(usage=usage)), reply(200, completion(usage=usage)))
    with make(server.url) as model:
        output = model.generate([[HumanMessage("a")], [HumanMessage("b")]]).llm_output
    assert output["token_usage"]["total_tokens"] == 6
    assert output["model_provider"] == "ai302"


def test_tokens_that_nobody_counted_are_not_invented(server):
    server.answer(reply(200, completion()))
    with make(server.url) as model:
        output = model.generate([[HumanMessage("a")]]).llm_output
    assert output == {"model_name": "gpt-4o", "model_provider": "ai302"}


# Configuration and profile


def configured_profile(model, name, value):
    runnable = model.configurable_fields(**{name: ConfigurableField(id=name)})
    prepared, _ = runnable.prepare({"configurable": {name: value}})
    return prepared.profile


def test_the_profile_follows_a_configured_model():
    assert configured_profile(make(), "model", "gpt-4")["max_input_tokens"] == 8192
    assert configured_profile(make(), "model", "brand-new") is None
    assert configured_profile(make(model="brand-new"), "model", "gpt-4")["name"] == "gpt-4"
    assert configured_profile(make(model="deepseek-chat"), "ocr", "auto")["image_inputs"]
    given = make(profile={"max_input_tokens": 5})
    assert configured_profile(given, "model", "gpt-4") == {"max_input_tokens": 5}


def test_the_profile_says_who_takes_a_schema_where_it_is_known():
    assert make(model="gpt-4o").profile["structured_output"]
    assert not make(model="deepseek-chat").profile["structured_output"]
    assert "structured_output" not in make(model="qwen-plus").profile


def test_a_rate_limiter_is_asked_before_each_call(ways, server):
    server.answer(reply(200, completion()))
    asked_for = []

    class Counting(InMemoryRateLimiter):
        def acquire(self, *, blocking=True):
            asked_for.append("sync")
            return super().acquire(blocking=blocking)

        async def aacquire(self, *, blocking=True):
            asked_for.append("async")
            return await super().aacquire(blocking=blocking)

    fast = Counting(requests_per_second=10_000, check_every_n_seconds=0.001, max_bucket_size=10)
    way = ways(server.url, rate_limiter=fast)
    way.invoke()
    server.answer(stream(chunk("x", finish="stop"), DONE))
    way.stream()
    assert asked_for == [way.kind] * 2


# Several answers


def several(index, text, **more):
    choice = {"index": index, "delta": {"content": text}, **more}
    return frame({"id": "c", "model": "m", "choices": [choice]})


def test_the_held_end_of_each_answer_of_a_stream_is_kept(ways, server):
    server.answer(
        stream(
            several(0, "<think>a</think>first <th"),
            several(1, "second <th"),
            several(2, "<think>third"),
            several(2, "", finish_reason="stop"),
            DONE,
        )
    )
    total = ways(server.url, n=3, split_think=True).stream()
    assert total.text == "first <th"
    assert total.additional_kwargs["reasoning_content"] == "a"
    others = total.response_metadata["other_answers"]
    assert others[0] == {"index": 1, "text": "second <th"}
    assert others[1] == {"index": 2, "reasoning_content": "third", "finish_reason": "stop"}


# The house


def test_the_docstring_has_the_sections_that_langchains_readers_know():
    wanted = [
        "Setup",
        "Key init args (completion params)",
        "Key init args (client params)",
        "Instantiate",
        "Invoke",
        "Stream",
        "Async",
        "Tool calling",
        "Structured output",
        "Image input",
        "Token usage",
        "Response metadata",
    ]
    found = re.findall(r"^    (\w[^\n:]*):$", ChatAI302.__doc__, re.MULTILINE)
    assert [heading for heading in wanted if heading not in found] == []


def test_the_package_names_all_that_it_offers():
    assert sorted(langchain_302.__all__) == langchain_302.__all__
    assert all(hasattr(langchain_302, name) for name in langchain_302.__all__)


def test_a_model_can_be_swapped_for_another_chat_model(server):
    server.answer(reply(200, completion()))
    shared = {
        "temperature": 0,
        "timeout": 5,
        "max_tokens": 5,
        "max_retries": 0,
        "base_url": server.url,
        "api_key": KEY,
        "rate_limiter": None,
    }
    model = ChatAI302(model_name="gpt-4o", **shared)
    assert model.invoke("x").text == "Hello"
    asyncio.run(model.aclose())
