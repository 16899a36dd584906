"""Replies as vendors really send them, whole and streamed, cut at odd bytes, with both clients."""

import json

import pytest

from core_302 import (
    AuthenticationError,
    ContextOverflowError,
    GatewayError,
    InvalidRequestError,
    MalformedReplyError,
    QuotaError,
    RateLimitError,
)
from core_302.messages.accumulator import AnswerAccumulator
from core_302.messages.response_format import json_in
from tests.scripted_server import DONE, chunk, completion, frame, reply, stream

USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


def cut(*events, width=7):
    """Return a stream whose bytes come in pieces that know nothing of its events."""
    wire = b"".join(events)
    return stream(*[wire[at : at + width] for at in range(0, len(wire), width)])


def streamed(connect, server, *events):
    """Return the first answer of a stream, gathered, and what the stream says of itself."""
    server.answer(cut(*events, DONE))
    deltas = connect(server.url).stream()
    (about,) = [delta.about for delta in deltas if delta.about]
    return AnswerAccumulator(delta for delta in deltas if delta.index == 0), about


def whole(connect, server, body):
    """Return the first answer of a whole reply, and what the reply says of itself."""
    server.answer(reply(200, body))
    answer = connect(server.url).chat()
    return answer.choices[0], answer.about


def in_both_ways(connect, server, said, text="Hi", **top):
    """Yield the answer that has the fields `said` in its message, and in its delta."""
    yield whole(connect, server, {**completion(text, message=said), **top})
    events = [chunk(text, delta=said, **top), chunk(finish="stop")]
    yield streamed(connect, server, *events)


ERRORS = {
    "MiniMax: balance": (
        {"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}},
        QuotaError,
    ),
    "MiniMax: rate": ({"base_resp": {"status_code": 1002, "status_msg": "wait"}}, RateLimitError),
    "MiniMax: key": (
        {"base_resp": {"status_code": "1004", "status_msg": "login fail"}},
        AuthenticationError,
    ),
    "MiniMax: its words": (
        {"base_resp": {"status_code": 2013, "status_msg": "context window exceeds limit"}},
        ContextOverflowError,
    ),
    "MiniMax: an unknown code": (
        {"base_resp": {"status_code": 9999, "status_msg": "rate limit reached"}},
        RateLimitError,
    ),
    "Baidu: too long": (
        {"error_code": 336007, "error_msg": "the max input characters is 4800"},
        ContextOverflowError,
    ),
    "Baidu: key": ({"error_code": 110, "error_msg": "Access token invalid"}, AuthenticationError),
    "Spark": ({"code": 11201, "message": "the daily limit", "sid": "s"}, QuotaError),
    "Spark: header": ({"header": {"code": 10907, "message": "too much"}}, ContextOverflowError),
    "Spark: as OpenAI's": ({"error": {"code": "11202", "message": "qps"}}, RateLimitError),
    "GLM": ({"error": {"code": "1113", "message": "in debt"}}, QuotaError),
    "Hunyuan": ({"ErrorMsg": {"Code": 4001, "Msg": "invalid param x"}}, InvalidRequestError),
    "Tencent": (
        {"Response": {"Error": {"Code": "AuthFailure", "Message": "Authentication failed"}}},
        AuthenticationError,
    ),
    "Alibaba": ({"code": "Throttling.RateQuota", "message": "slow down"}, RateLimitError),
    "Groq": (
        {"error": {"message": "no", "status_code": 400, "type": "invalid_request_error"}},
        InvalidRequestError,
    ),
    "a type alone": ({"error": {"message": "no", "type": "rate_limit_error"}}, RateLimitError),
    "words alone": ({"error": {"message": "Invalid API key given"}}, AuthenticationError),
    "Perplexity": (
        {"error": {"message": "no", "type": "too_many_prompt_tokens", "code": 400}},
        ContextOverflowError,
    ),
    "nothing known": ({"error": {"message": "Oh dear"}}, GatewayError),
}


@pytest.mark.parametrize(("body", "kind"), ERRORS.values(), ids=ERRORS)
def test_a_vendors_error_under_http_200_is_typed_by_what_it_says(connect, server, body, kind):
    server.answer(reply(200, {"id": "c1", "choices": None, **body}))
    client = connect(server.url, max_retries=0)
    with pytest.raises(kind) as caught:
        client.chat()
    assert type(caught.value) is kind
    server.answer(cut(chunk("Hel"), frame({"choices": None, **body}), DONE))
    with pytest.raises(kind) as caught:
        client.stream()
    assert type(caught.value) is kind
    assert caught.value.partial_text == "Hel"
    assert caught.value.billed == "maybe"


@pytest.mark.parametrize("status", [400, 500])
def test_a_vendors_own_envelope_is_read_under_an_http_status_too(connect, server, status):
    server.answer(reply(status, {"error_code": 336501, "error_msg": "rpm"}))
    with pytest.raises(RateLimitError, match="rpm"):
        connect(server.url, max_retries=0).chat()


BESIDE = {"base_resp": {"status_code": 1027, "status_msg": "sensitive output"}}


def test_a_vendors_error_beside_a_choice_is_an_error_with_the_text_so_far(connect, server):
    client = connect(server.url)
    server.answer(reply(200, completion("Hel", **BESIDE)))
    with pytest.raises(InvalidRequestError, match="sensitive output") as caught:
        client.chat()
    assert caught.value.partial_text == "Hel"
    server.answer(cut(chunk("Hel"), chunk("lo", **BESIDE), DONE))
    with pytest.raises(InvalidRequestError, match="sensitive output") as caught:
        client.stream()
    assert caught.value.partial_text == "Hello"


HARMLESS = [
    {"base_resp": {"status_code": 0, "status_msg": "success"}},
    {"base_resp": None},
    {"base_resp": {"status_code": "ok"}},
    {"error_code": 0, "error_msg": ""},
    {"error_code": True},
    {"code": 0, "message": "Success", "sid": "s"},
    {"code": 20000, "message": "fine"},
    {"header": {"code": 0}},
    {"ErrorMsg": {"Code": "", "Msg": ""}},
    {"Response": {"RequestId": "r"}},
    {"error": None},
]


@pytest.mark.parametrize("noise", HARMLESS, ids=json.dumps)
def test_an_envelope_that_says_all_is_well_leaves_the_answer(connect, server, noise):
    for answer, _ in in_both_ways(connect, server, {}, **noise):
        assert answer.text == "Hi"


THOUGHTS = {
    "DeepSeek": {"reasoning_content": "hm"},
    "OpenRouter": {
        "reasoning": "hm",
        "reasoning_details": [{"type": "reasoning.text", "text": "hm"}],
    },
    "details alone": {"reasoning_details": [{"type": "reasoning.text", "text": "hm"}]},
    "a summary": {"reasoning_details": [{"type": "reasoning.summary", "summary": "hm"}]},
    "Ollama": {"thinking": "hm"},
    "GitHub": {"reasoning_text": "hm"},
    "LiteLLM": {"thinking_blocks": [{"type": "thinking", "thinking": "hm", "signature": "s"}]},
    "a list": {"reasoning_content": [{"type": "text", "text": "h"}, {"type": "text", "text": "m"}]},
    "an object": {"reasoning": {"content": "hm"}},
    "null beside it": {"reasoning_content": None, "reasoning": "", "thinking": "hm"},
    "Mistral": {
        "content": [
            {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
            {"type": "text", "text": "Hi"},
        ]
    },
    "Cohere": {"content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Hi"}]},
    "Databricks": {
        "content": [
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
            {"type": "text", "text": "Hi"},
        ]
    },
    "a part with a text": {"content": [{"type": "reasoning", "text": "hm"}, "Hi"]},
}


@pytest.mark.parametrize("said", THOUGHTS.values(), ids=THOUGHTS)
def test_reasoning_arrives_under_every_name_and_not_in_the_text(connect, server, said):
    for answer, _ in in_both_ways(connect, server, said):
        assert (answer.reasoning, answer.text) == ("hm", "Hi")


def test_paragraphs_of_a_summary_stay_apart(connect, server):
    summary = [{"type": "summary_text", "text": "a"}, {"type": "summary_text", "text": "b"}]
    for answer, _ in in_both_ways(connect, server, {"reasoning": {"summary": summary}}):
        assert answer.reasoning == "a\n\nb"


PARTS = {
    "plain texts": ["H", "i"],
    "a value": [{"type": "text", "text": {"value": "Hi", "annotations": []}}],
    "noise": [
        {"type": "text", "text": "Hi"},
        None,
        7,
        {"type": "text", "text": 7},
        {"type": "new"},
    ],
}


@pytest.mark.parametrize("content", PARTS.values(), ids=PARTS)
def test_the_text_of_every_part_arrives(connect, server, content):
    for answer, _ in in_both_ways(connect, server, {"content": content}):
        assert answer.text == "Hi"


def test_a_refusal_among_the_parts_is_a_refusal(connect, server):
    said = {"content": [{"type": "refusal", "refusal": "No."}, "x", {"refusal": 7}]}
    for answer, _ in in_both_ways(connect, server, said):
        assert (answer.refusal, answer.text) == ("No.", "x")


@pytest.mark.parametrize("content", [7, True, False, 0, 1.5, {}, {"text": "Hi" * 400}])
def test_a_content_that_is_no_text_is_an_error_that_shows_it(connect, server, content):
    client = connect(server.url)
    server.answer(reply(200, completion(content), headers={"request-id": "r-1"}))
    with pytest.raises(MalformedReplyError, match="neither text nor") as caught:
        client.chat()
    assert repr(content)[:200] in caught.value.message
    assert len(caught.value.message) < 300
    assert (caught.value.status, caught.value.request_id) == (200, "r-1")
    server.answer(cut(chunk("Hel"), chunk(content), DONE))
    with pytest.raises(MalformedReplyError, match="neither text nor") as caught:
        client.stream()
    assert caught.value.partial_text == "Hel"


def test_an_error_beside_a_content_that_is_no_text_is_that_error(connect, server):
    server.answer(reply(200, completion(7, error="upstream down")))
    with pytest.raises(GatewayError, match="upstream down") as caught:
        connect(server.url).chat()
    assert caught.value.partial_text == ""


A = "https://a.example"
SOURCES = {
    "links": ({"citations": [A]}, {}),
    "Perplexity": (
        {
            "search_results": [
                {"title": "T", "url": A, "date": "d", "snippet": "s", "source": "web"}
            ]
        },
        {"title": "T", "date": "d", "snippet": "s", "source": "web"},
    ),
    "GLM": (
        {"web_search": [{"title": "T", "link": A, "content": "s", "media": "M", "icon": ""}]},
        {"title": "T", "snippet": "s", "source": "M"},
    ),
    "Qwen": (
        {
            "search_info": {
                "search_results": [{"index": 1, "title": "T", "url": A, "site_name": "M"}]
            }
        },
        {"title": "T", "source": "M"},
    ),
    "Doubao": ({"references": [{"url": A, "title": "T"}]}, {"title": "T"}),
    "joined": (
        {
            "citations": [A, A],
            "search_results": [{"url": A, "title": "T"}, {"url": A, "date": "d"}],
        },
        {"title": "T", "date": "d"},
    ),
}


@pytest.mark.parametrize("place", ["top", "message"])
@pytest.mark.parametrize(("lists", "more"), SOURCES.values(), ids=SOURCES)
def test_sources_arrive_under_every_name(connect, server, lists, more, place):
    said, top = ({}, lists) if place == "top" else (lists, {})
    for _, about in in_both_ways(connect, server, said, **top):
        (found,) = about.citations
        assert (found.url, {**({"title": found.title} if found.title else {}), **found.more}) == (
            A,
            more,
        )


ANNOTATIONS = {
    "OpenAI": {"type": "url_citation", "url_citation": {"url": A, "title": "T"}},
    "flat": {"url": A, "title": "T"},
    "flat with a type": {"type": "url_citation", "url": A, "title": "T"},
}


@pytest.mark.parametrize("note", ANNOTATIONS.values(), ids=ANNOTATIONS)
def test_annotations_are_sources_in_one_form(connect, server, note):
    for answer, about in in_both_ways(connect, server, {"annotations": [note]}):
        assert [dict(one) for one in answer.annotations] == [ANNOTATIONS["OpenAI"]]
        assert [(c.url, c.title) for c in about.citations] == [(A, "T")]


def test_annotations_that_are_no_sources_stay_and_hostile_ones_go(connect, server):
    file = {"type": "file_citation", "url": "x", "file_id": "f"}
    notes = [file, A, {"url": "file:///etc"}, "javascript:1", 7, {"type": "note"}]
    for answer, about in in_both_ways(connect, server, {"annotations": notes}):
        link = {"type": "url_citation", "url_citation": {"url": A}}
        assert list(answer.annotations) == [file, link, {"type": "note"}]
        assert [c.url for c in about.citations] == [A]


@pytest.mark.parametrize("bad", [7, [7], "x", {"search_results": 7}, [{"url": "file:///x"}], [{}]])
def test_sources_of_a_wrong_form_are_passed_over(connect, server, bad):
    lists = dict.fromkeys(("citations", "search_results", "web_search", "search_info"), bad)
    for answer, about in in_both_ways(connect, server, {}, **lists):
        assert (answer.text, about.citations) == ("Hi", ())


COUNTS = {
    "OpenAI": ({"prompt_tokens_details": {"cached_tokens": 4}}, (10, 15, 4, 0)),
    "OpenRouter": (
        {"prompt_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 3}},
        (10, 15, 0, 3),
    ),
    "Moonshot": ({"cached_tokens": 4}, (10, 15, 4, 0)),
    "DeepSeek": ({"prompt_cache_hit_tokens": 4, "prompt_cache_miss_tokens": 6}, (10, 15, 4, 0)),
    "Anthropic's names": (
        {"cache_read_input_tokens": 4, "cache_creation_input_tokens": 3},
        (10, 15, 4, 3),
    ),
    "Anthropic's own": (
        {
            "prompt_tokens": 0,
            "input_tokens": 10,
            "total_tokens": 0,
            "cache_read_input_tokens": 4,
            "cache_creation_input_tokens": 3,
        },
        (17, 22, 4, 3),
    ),
    "more cached than counted": ({"cached_tokens": 40}, (10, 15, 40, 0)),
    "written and read at once": (
        {"prompt_tokens_details": {"cached_tokens": 9, "cache_write_tokens": 9}},
        (10, 15, 9, 9),
    ),
}


@pytest.mark.parametrize(("usage", "expected"), COUNTS.values(), ids=COUNTS)
def test_counts_of_the_cache_arrive_under_every_name(connect, server, usage, expected):
    for _, about in in_both_ways(connect, server, {}, usage={**USAGE, **usage}):
        found = about.usage
        counts = (found.input_tokens, found.total_tokens, found.cached_tokens)
        assert (*counts, found.cache_creation_tokens) == expected


@pytest.mark.parametrize(
    "event",
    [
        chunk(finish="stop", choice={"usage": USAGE}),
        chunk(finish="stop", x_groq={"id": "r", "usage": USAGE}),
        chunk(finish="stop", x_groq={"id": "r"}, choice={"usage": USAGE}),
        chunk(finish="stop", x_groq=7, choice={"usage": USAGE}),
    ],
    ids=["in a choice", "in x_groq", "in one of two", "in one of two, broken"],
)
def test_counts_in_another_place_of_a_stream_are_counted(connect, server, event):
    _, about = streamed(connect, server, chunk("Hi"), event)
    assert about.usage.total_tokens == 15


def test_what_a_stream_says_of_itself_later_is_kept_and_the_first_word_holds(connect, server):
    nothing = {"id": "", "model": None, "service_tier": None, "system_fingerprint": None}
    later = {"service_tier": "default", "system_fingerprint": "fp", "created": 7}
    _, about = streamed(
        connect,
        server,
        chunk("H", **nothing),
        chunk("i"),
        chunk(finish="stop", **later),
        chunk(id="c2", model="m2", service_tier="other"),
    )
    assert (about.id, about.model, about.created) == ("c1", "m1", 7)
    assert (about.service_tier, about.system_fingerprint) == ("default", "fp")


FILTERED = {"index": 0, "finish_reason": "content_filter"}


@pytest.mark.parametrize("more", [{}, {"message": None}, {"message": {}}, {"delta": {}}])
def test_an_answer_that_was_filtered_is_empty_with_its_reason_and_counts(connect, server, more):
    body = {"id": "c1", "choices": [{**FILTERED, **more}], "usage": USAGE}
    for answer, about in (
        whole(connect, server, body),
        streamed(connect, server, frame(body)),
    ):
        assert (answer.text, answer.finish_reason) == ("", "content_filter")
        assert about.usage.total_tokens == 15


@pytest.mark.parametrize(
    "more",
    [
        {"text": "Hi"},
        {"delta": {"content": "Hi"}},
        {"finish_reason": ""},
        {"finish_reason": "stop"},
    ],
)
def test_a_choice_without_a_message_that_says_something_is_an_error(connect, server, more):
    server.answer(reply(200, {"choices": [{**FILTERED, **more}]}))
    with pytest.raises(MalformedReplyError):
        connect(server.url).chat()


HIGH, LOW, BIRD = "\ud83e", "\udd9c", "\U0001f99c"


@pytest.mark.parametrize("name", ["content", "reasoning_content", "thinking", "refusal"])
def test_a_letter_that_two_events_cut_in_two_arrives_whole(connect, server, name):
    said = [{name: f"a{HIGH}"}, {name: f"{LOW}b{HIGH}"}, {name: LOW}, {name: "c"}]
    events = [chunk(delta=delta) for delta in said]
    answer, _ = streamed(connect, server, *events, chunk(finish="stop"))
    found = {"content": answer.text, "refusal": answer.refusal}
    assert found.get(name, answer.reasoning) == f"a{BIRD}b{BIRD}c"


def test_cut_letters_of_several_answers_and_calls_are_not_mixed_up(connect, server):
    def call(number, text):
        return {"index": number, "id": f"c{number}", "function": {"name": "f", "arguments": text}}

    def both(first, second, **choice):
        return chunk(delta={"tool_calls": [call(0, first), call(1, second)]}, choice=choice)

    events = [
        both('{"x": "' + HIGH, '{"x": "' + HIGH),
        chunk(f"1{HIGH}", choice={"index": 1}),
        chunk(f"0{HIGH}"),
        both(LOW + '"}', LOW + '"}'),
        chunk(f"{LOW}1", choice={"index": 1}),
        chunk(f"{LOW}0"),
        chunk(finish="tool_calls"),
    ]
    server.answer(cut(*events, DONE))
    deltas = connect(server.url).stream()
    first, second = (AnswerAccumulator(d for d in deltas if d.index == n) for n in (0, 1))
    assert (first.text, second.text) == (f"0{BIRD}0", f"1{BIRD}1")
    assert [c.read_arguments() for c in first.tool_calls] == [{"x": BIRD}] * 2
    for delta in deltas:
        json.dumps(
            [delta.text, [c.arguments for c in delta.tool_calls]], ensure_ascii=False
        ).encode()


def test_half_a_letter_that_stays_alone_is_replaced_and_not_lost(connect, server):
    odd = {"annotations": [{"title": HIGH}], "reasoning_details": [{"data": HIGH}], "role": HIGH}
    call = {"id": "c", "function": {"name": f"f{LOW}", "arguments": "{}"}}
    answer, about = streamed(
        connect,
        server,
        chunk(f"a{HIGH}"),
        chunk("b", delta=odd, model=HIGH, choice={"x": LOW}),
        chunk(delta={"tool_calls": [call, 7, {"function": 7}, {"function": {"name": 7}}]}),
        chunk(delta={"function_call": None}),
        frame({"choices": [7, {"delta": None, "message": None}], "x": HIGH}),
        frame({"choices": HIGH}),
        chunk(HIGH, delta={"reasoning": HIGH}),
        chunk(finish="stop"),
    )
    assert (answer.text, answer.reasoning) == ("a\ufffdb\ufffd", "\ufffd")
    assert answer.tool_calls[0].name == "f\ufffd"
    assert about.model == "m1"
    json.dumps([answer.annotations, answer.provider_details], ensure_ascii=False).encode()


def test_the_text_before_an_error_is_in_whole_letters(connect, server):
    server.answer(cut(chunk(f"a{HIGH}"), chunk(LOW), frame({"error": "down"}), DONE))
    with pytest.raises(GatewayError) as caught:
        connect(server.url).stream()
    assert caught.value.partial_text == f"a{BIRD}"


def called(name, arguments, **more):
    return {"index": 0, "id": "a", "function": {"name": name, "arguments": arguments}, **more}


NOISE = [None, "x", {"type": "reasoning.text", "text": "h", "index": 0, "signature": None}]


def test_details_in_pieces_are_joined_whatever_stands_among_them(connect, server):
    rest = {"type": "reasoning.text", "text": "m", "index": 0, "signature": "s"}
    encrypted = {"type": "reasoning.encrypted", "data": "d"}
    mixed = [{"type": "thinking", "thinking": "a"}, {"type": "thinking", "thinking": ["b"]}]
    last = {"message": {"content": "Hi", "reasoning_details": [rest]}}
    answer, _ = streamed(
        connect,
        server,
        chunk("Hi", delta={"reasoning_details": NOISE, "thinking_blocks": mixed}),
        chunk(delta={"reasoning_details": [rest, {**rest, "text": "", "signature": None}]}),
        chunk(delta={"reasoning_details": [encrypted]}),
        chunk(delta={}, finish="stop", choice=last),
    )
    joined = {**rest, "text": "hm"}
    assert answer.provider_details == {
        "message": {
            "reasoning_details": [None, "x", joined, encrypted],
            "thinking_blocks": [{"type": "thinking", "thinking": ["a", "b"]}],
        }
    }


def test_details_of_a_message_that_ends_a_stream_are_kept(connect, server):
    signed = {"google": {"thought_signature": "s"}}
    call = {"id": "a", "function": {"name": "f", "arguments": "{}"}, "extra_content": signed}
    last = {"message": {"reasoning_details": NOISE, "tool_calls": [call]}}
    answer, _ = streamed(connect, server, chunk(delta={}, finish="stop", choice=last))
    assert answer.provider_details == {
        "message": {"reasoning_details": NOISE},
        "tool_calls": {"a": {"extra_content": signed}},
    }


@pytest.mark.parametrize("none", ["null", " null ", None, "", "{}"])
def test_a_call_without_arguments_has_none(connect, server, none):
    said = {"tool_calls": [called("f", none)]}
    for answer, _ in in_both_ways(connect, server, said, text=None):
        (call,) = answer.tool_calls
        assert (call.name, call.read_arguments()) == ("f", {})


def test_null_in_pieces_is_no_arguments_and_null_among_arguments_stays(connect, server):
    def pieces(*texts):
        first, *rest = texts
        return [
            chunk(delta={"tool_calls": [called("f", first)]}),
            *[
                chunk(delta={"tool_calls": [{"index": 0, "function": {"arguments": t}}]})
                for t in rest
            ],
            chunk(finish="tool_calls"),
        ]

    answer, _ = streamed(connect, server, *pieces("", "nu", "ll"))
    assert answer.tool_calls[0].arguments == ""
    answer, _ = streamed(connect, server, *pieces("", " ", '{"x": ', "null", "}"))
    assert answer.tool_calls[0].read_arguments() == {"x": None}


def test_a_whole_call_without_a_name_is_kept_and_cannot_be_run(connect, server):
    said = {"tool_calls": [called("", '{"x": 1}'), {"function": {"name": "", "arguments": "null"}}]}
    answer, _ = whole(connect, server, completion(None, message=said))
    (call,) = answer.tool_calls
    with pytest.raises(ValueError, match="does not name a tool"):
        call.known_name()
    server.answer(reply(200, completion(None, message=said)))
    with pytest.raises(MalformedReplyError, match="without a name"):
        connect(server.url).stream()  # answered in one piece


def test_a_call_in_the_form_before_tool_calls_is_a_call(connect, server):
    said = {"function_call": {"name": "f", "arguments": '{"x": 1}'}}
    for answer, _ in in_both_ways(connect, server, said, text=None):
        (call,) = answer.tool_calls
        assert (call.name, call.read_arguments()) == ("f", {"x": 1})
        assert len(call.id) == 9


def test_the_older_form_comes_in_pieces_too_and_never_twice(connect, server):
    pieces = [{"name": "f", "arguments": ""}, {"arguments": '{"x"'}, {"arguments": ": 1}"}]
    events = [chunk(delta={"function_call": piece}) for piece in pieces]
    answer, _ = streamed(connect, server, *events, chunk(finish="function_call"))
    assert answer.tool_calls[0].read_arguments() == {"x": 1}
    older = {"function_call": {"name": "f", "arguments": "{}"}}
    answer, _ = streamed(
        connect,
        server,
        chunk(delta={"tool_calls": [called("f", "{}")], **older}),
        chunk(delta=older),
        chunk(finish="tool_calls"),
    )
    assert len(answer.tool_calls) == 1


@pytest.mark.parametrize("noise", [None, {}, {"name": "", "arguments": ""}, "x", {"name": None}])
def test_an_empty_call_in_the_older_form_is_nothing(connect, server, noise):
    for answer, _ in in_both_ways(connect, server, {"function_call": noise}):
        assert (answer.text, list(answer.tool_calls)) == ("Hi", [])


@pytest.mark.parametrize(
    "written",
    [
        '{"a": 1}',
        " [1]",
        '```json\n{"a": 1}\n```',
        'Here it is:\n```\n{"a": 1}\n```\nDone.',
        '```json {"a": 1}```',
        '```json\n{"a": "```x"}\n```',
    ],
)
def test_the_json_of_an_answer_is_found_in_a_code_fence(written):
    assert json.loads(json_in(written)) in ({"a": 1}, [1], {"a": "```x"})


def test_json_is_found_in_a_fence_that_is_still_open_and_no_fence_is_no_harm():
    assert json_in('```json\n{"a"') == '{"a"'
    assert json_in("no JSON") == "no JSON"
