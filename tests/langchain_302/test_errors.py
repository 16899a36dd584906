"""LangChain's own classes and middleware know what to do with our errors."""

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import (
    ModelFallbackMiddleware,
    ModelRetryMiddleware,
    SummarizationMiddleware,
)
from langchain_core import exceptions as langchain
from langchain_core.messages import AIMessage, HumanMessage

import core_302.errors as core
from core_302.error_replies.vendor_phrases import OVERFLOW_WORDS
from langchain_302.errors import MATCHES, as_langchain
from tests.scripted_server import Close, completion, reply

QUESTION = {"messages": [("user", "Hello")]}

# What each core error is to LangChain, and whether asking again may help.
KINDS = [
    (core.ConfigurationError, langchain.ModelError, False),
    (core.InvalidInputError, langchain.ModelInvalidRequestError, False),
    (core.ClosedError, langchain.ModelError, False),
    (core.BudgetError, langchain.ModelError, False),
    (core.ConnectionFailedError, langchain.ModelConnectionError, True),
    (core.CertificateError, langchain.ModelConnectionError, False),
    (core.ProxyError, langchain.ModelConnectionError, False),
    (core.ConnectionLostError, langchain.ModelConnectionError, True),
    (core.RequestTimeoutError, langchain.ModelTimeoutError, True),
    (core.StreamInterruptedError, langchain.ModelConnectionError, True),
    (core.MalformedReplyError, langchain.ModelError, False),
    (core.ReplyTooLargeError, langchain.ModelError, False),
    (core.UnexpectedRedirectError, langchain.ModelError, False),
    (core.AuthenticationError, langchain.ModelAuthenticationError, False),
    (core.PermissionDeniedError, langchain.ModelPermissionDeniedError, False),
    (core.QuotaError, langchain.ModelPermissionDeniedError, False),
    (core.NotFoundError, langchain.ModelNotFoundError, False),
    (core.ModelNotAvailableError, langchain.ModelNotFoundError, False),
    (core.RateLimitError, langchain.ModelRateLimitError, True),
    (core.InvalidRequestError, langchain.ModelInvalidRequestError, False),
    (core.ContextOverflowError, langchain.ContextOverflowError, False),
    (core.GatewayError, langchain.ModelAPIError, True),
    (core.JobFailedError, langchain.ModelAPIError, False),
]


@pytest.mark.parametrize(("ours", "theirs", "retryable"), KINDS, ids=[k[0].__name__ for k in KINDS])
def test_each_error_is_the_class_of_langchain_that_says_what_to_do(ours, theirs, retryable):
    joined = as_langchain(ours("text"))
    assert isinstance(joined, ours)
    assert isinstance(joined, theirs)
    assert joined.is_retryable is retryable


def test_the_table_above_is_complete():
    assert {ours for ours, *_ in KINDS} == set(MATCHES)


def test_an_error_that_the_server_forbids_to_repeat_is_not_retryable(ways, server):
    server.answer(reply(500, {}, headers={"x-should-retry": "false"}))
    with pytest.raises(langchain.ModelAPIError) as caught:
        ways(server.url).invoke()
    assert caught.value.is_retryable is False


# How vendors word it: a whole sentence of each, as their users quote it.
OVERFLOWS = [
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 8545.",
    "context_length_exceeded",
    "Your input exceeds the context window of this model.",
    "Input tokens exceed the configured limit of 272000 tokens.",
    "prompt is too long: 213462 tokens > 200000 maximum",
    "input length and `max_tokens` exceed context limit: 199759 + 20000 > 200000",
    "Request exceeds the maximum size",
    "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).",
    "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
    "Please reduce the length of the messages or completion.",
    "Range of input length should be [1, 129024]",
    "Input is too long for requested model.",
    "the request exceeds the available context size, try increasing it",
    "tokens to keep from the initial prompt is greater than the context length",
    "prompt token count of 130000 exceeds the limit of 128000",
    "invalid params, context window exceeds limit",
    "Your request exceeded model token limit: 131072 (requested: 140000)",
    "too many tokens: total number of tokens in the prompt cannot exceed 4081",
    "Total tokens of image and text exceed max message tokens",
    "The decoder prompt is longer than the maximum model length of 4096.",
    "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097",
    "Prompt exceeds max length",
    "Prompt 超长",
    "Token limit exceeded.",
    "Context length exceeded",
    "The prompt exceeds the model's context length.",
    "Prompt too long; it has 4M tokens",
    "too_many_prompt_tokens",
    "the max input characters is 20000",
]


@pytest.mark.parametrize("words", OVERFLOWS)
@pytest.mark.parametrize("status", [400, 413, 500])
def test_an_overflow_is_told_by_every_vendors_words(ways, server, words, status):
    server.answer(reply(status, {"error": {"message": words, "err_code": -10003}}))
    with pytest.raises(langchain.ContextOverflowError) as caught:
        ways(server.url).invoke()
    assert isinstance(caught.value, core.ContextOverflowError)
    assert caught.value.is_retryable is False


def test_each_known_wording_has_its_sentence_above():
    said = " ".join(OVERFLOWS).lower()
    assert [words for words in OVERFLOW_WORDS if words not in said] == []


def test_an_overflow_is_told_by_its_code_alone(ways, server):
    error = {"message": "no", "code": "model_context_window_exceeded"}
    server.answer(reply(400, {"error": error}))
    with pytest.raises(langchain.ContextOverflowError):
        ways(server.url).invoke()


@pytest.mark.parametrize("words", ["Too many tokens, please wait", "Request too large: TPM 30000"])
def test_a_rate_limit_that_speaks_of_tokens_is_no_overflow(ways, server, words):
    server.answer(reply(429, {"error": {"message": words}}))
    with pytest.raises(langchain.ModelRateLimitError):
        ways(server.url).invoke()


# Middleware

BUSY = reply(429, {"error": {"message": "slow down"}})
DOWN = reply(500, {"error": {"message": "down"}})
WRONG = reply(400, {"error": {"message": "bad parameter", "err_code": -10003}})
TOO_LONG = reply(400, {"error": {"message": "prompt is too long: 9 tokens > 8 maximum"}})
FINE = reply(200, completion("Hello"))


def agent(way, *middleware):
    return create_agent(way.model, tools=[], middleware=middleware)


@pytest.mark.parametrize("broken", [BUSY, DOWN, [Close]], ids=["busy", "down", "lost"])
def test_the_retry_middleware_repeats_what_may_pass(ways, server, broken):
    server.answer(broken, broken, FINE)
    way = ways(server.url)
    retry = ModelRetryMiddleware(max_retries=2, initial_delay=0, jitter=False, on_failure="error")
    messages = way.invoke(QUESTION, runnable=agent(way, retry))["messages"]
    assert messages[-1].text == "Hello"
    assert len(server.seen) == 3


@pytest.mark.parametrize("broken", [WRONG, TOO_LONG], ids=["wrong", "too long"])
def test_the_retry_middleware_does_not_repeat_what_cannot_pass(ways, server, broken):
    server.answer(broken)
    way = ways(server.url)
    retry = ModelRetryMiddleware(max_retries=2, initial_delay=0, jitter=False, on_failure="error")
    with pytest.raises(langchain.ModelError):
        way.invoke(QUESTION, runnable=agent(way, retry))
    assert len(server.seen) == 1


def test_the_fallback_middleware_asks_the_next_model(ways, server):
    server.answer(reply(503, {"error": {"err_code": -10008, "message": "No channel"}}), FINE)
    way, other = ways(server.url, model="gone"), ways(server.url, model="gpt-4o")
    fallback = ModelFallbackMiddleware(other.model)
    messages = way.invoke(QUESTION, runnable=agent(way, fallback))["messages"]
    assert messages[-1].text == "Hello"
    assert [seen.json["model"] for seen in server.seen] == ["gone", "gpt-4o"]


def test_with_fallbacks_and_with_retry_know_the_errors_too(ways, server):
    server.answer(BUSY, WRONG, FINE)
    way = ways(server.url)
    patient = way.model.with_retry(
        retry_if_exception_type=(langchain.ModelRateLimitError,),
        wait_exponential_jitter=False,
        stop_after_attempt=2,
    )
    runnable = patient.with_fallbacks(
        [way.model], exceptions_to_handle=(langchain.ModelInvalidRequestError,)
    )
    assert way.invoke(runnable=runnable).text == "Hello"
    assert len(server.seen) == 3


def long_history():
    return [kind(f"{n} word " * 300) for n in range(4) for kind in (HumanMessage, AIMessage)]


def test_the_summarising_middleware_shortens_a_history_that_overflows_even_the_summary(
    ways, server
):
    server.answer(TOO_LONG, reply(200, completion("In short")), FINE)
    way = ways(server.url)
    shorten = SummarizationMiddleware(way.model, trigger=("messages", 4), keep=("messages", 1))
    messages = way.invoke({"messages": long_history()}, runnable=agent(way, shorten))["messages"]
    assert messages[-1].text == "Hello"
    asked = [seen.json["messages"] for seen in server.seen]
    assert len(asked) == 3  # the summary is not repeated as it was, but shorter
    assert len(asked[1][0]["content"]) < len(asked[0][0]["content"])
    assert "In short" in str(asked[2])


def test_the_summarising_middleware_knows_the_window_of_the_model(ways, server):
    server.answer(reply(200, completion("In short")), FINE)
    way = ways(server.url, model="gpt-4")  # a window of 8192 tokens
    shorten = SummarizationMiddleware(way.model, trigger=("fraction", 0.05), keep=("messages", 1))
    messages = way.invoke({"messages": long_history()}, runnable=agent(way, shorten))["messages"]
    assert "In short" in messages[0].text
    assert len(server.seen) == 2
