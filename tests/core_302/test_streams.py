"""Streams over real sockets: nothing lost, nothing doubled, and a cut is an error. Both clients."""

import gzip
import json
import time
from threading import Event

import httpx
import pytest

from core_302 import (
    ApiError,
    AuthenticationError,
    Client,
    GatewayError,
    MalformedReplyError,
    QuotaError,
    RequestTimeoutError,
    Settings,
    StreamInterruptedError,
)
from tests.conftest import KEY
from tests.scripted_server import (
    DONE,
    Close,
    Reset,
    Stall,
    chunk,
    completion,
    frame,
    reply,
    stream,
)

USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
WHOLE = [chunk("Hel"), chunk("lo"), chunk(finish="stop"), frame({"choices": [], "usage": USAGE})]


def text(deltas):
    return "".join(delta.text for delta in deltas)


def test_a_stream_asks_for_usage_and_brings_it_once(connect, server):
    server.answer(stream(*WHOLE, DONE, headers={"request-id": "r-7"}))
    deltas = connect(server.url).stream()
    assert server.seen[0].json["stream_options"] == {"include_usage": True}
    assert server.seen[0].headers["accept"] == "application/json"  # as the pages of chat say
    assert text(deltas) == "Hello"
    assert [d.finish_reason for d in deltas if d.finish_reason] == ["stop"]
    (about,) = [d.about for d in deltas if d.about]
    assert (about.model, about.request_id, about.usage.total_tokens) == ("m1", "r-7", 15)


def test_usage_can_be_left_out(connect, server):
    server.answer(stream(chunk("x", finish="stop"), DONE))
    connect(server.url).stream(stream_usage=False)
    assert "stream_options" not in server.seen[0].json


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_a_stream_cut_into_single_bytes_is_the_same(connect, server, ending):
    wire = b"".join([chunk("naïve 世界 \u2028"), chunk(finish="stop"), DONE])
    wire = wire.replace(b"\n", ending)
    server.answer(stream(*[wire[i : i + 1] for i in range(len(wire))]))
    assert text(connect(server.url).stream()) == "naïve 世界 \u2028"


def test_a_stream_packed_with_gzip_arrives_as_it_comes(connect, server):
    packed = gzip.compress(b"".join([*WHOLE, DONE]))
    pieces = [packed[i : i + 7] for i in range(0, len(packed), 7)]
    server.answer(stream(*pieces, headers={"Content-Encoding": "gzip"}))
    assert text(connect(server.url).stream()) == "Hello"


@pytest.mark.parametrize("cut", [[], [Close], [Reset]], ids=["end", "closed", "reset"])
def test_a_stream_that_stops_early_is_an_error_with_the_text_so_far(connect, server, cut):
    server.answer(stream(chunk("Hel"), chunk("lo"), *cut))
    client = connect(server.url)
    with pytest.raises(StreamInterruptedError) as caught:
        client.stream()
    assert len(server.seen) == 1
    if cut != [Reset]:  # a reset may overtake what was sent before it
        assert text(client.got) == caught.value.partial_text == "Hello"
    assert caught.value.billed == "maybe"


def test_a_stream_that_stops_in_the_middle_of_an_event_is_an_error(connect, server):
    server.answer(stream(chunk("Hello"), chunk("more")[:-20]))
    with pytest.raises(StreamInterruptedError, match="middle of an event"):
        connect(server.url).stream()


def test_a_finish_reason_without_done_is_a_whole_answer(connect, server):
    server.answer(stream(*WHOLE))
    assert text(connect(server.url).stream()) == "Hello"


def test_done_without_a_finish_reason_is_a_whole_answer(connect, server):
    server.answer(stream(chunk("Hello"), DONE))
    deltas = connect(server.url).stream()
    assert text(deltas) == "Hello"
    assert deltas[-1].about is not None


def test_a_body_held_open_after_done_does_not_hold_the_stream(connect, server):
    server.answer(stream(*WHOLE, DONE, Stall), stream(*WHOLE, DONE))
    client = connect(server.url, timeout=20)
    begun = time.monotonic()
    assert [text(client.stream()) for _ in range(2)] == ["Hello", "Hello"]
    assert time.monotonic() - begun < 5
    assert server.connections == 2


def test_a_stream_through_a_transport_without_a_socket_is_whole():
    body = b"".join([*WHOLE, DONE])
    headers = {"content-type": "text/event-stream"}
    own = httpx.Client(
        transport=httpx.MockTransport(
            lambda _: httpx.Response(200, headers=headers, stream=httpx.ByteStream(body))
        )
    )
    client = Client(Settings(api_key=KEY), http_client=own)
    assert text(client.stream_chat("m", [{"role": "user", "content": "Hello"}])) == "Hello"
    own.close()


@pytest.mark.parametrize("label", ["text/plain", "application/json", "application/octet-stream"])
def test_a_stream_under_a_wrong_label_is_still_a_stream(connect, server, label):
    server.answer(stream(b": ping\n\n", *WHOLE, DONE, media_type=label))
    assert text(connect(server.url).stream()) == "Hello"


@pytest.mark.parametrize("rest", [[DONE, chunk("more")], [DONE + chunk("more")]])
def test_what_follows_done_is_no_content(connect, server, rest):
    server.answer(stream(*WHOLE, *rest))
    assert text(connect(server.url).stream()) == "Hello"


ERROR = {"error": {"err_code": -10003, "message": "Network error", "type": "api_error"}}


@pytest.mark.parametrize(
    ("wire", "kind", "says"),
    [
        (json.dumps(ERROR).encode() + b"\n\n", GatewayError, "Network error"),
        (json.dumps(ERROR).encode(), GatewayError, "Network error"),
        (frame(ERROR), GatewayError, "Network error"),
        (frame({"error": "plain words"}), GatewayError, "plain words"),
        (b"event: error\n" + frame({"message": "said so"}), ApiError, "said so"),
        (b"event: error\n" + frame(b"no JSON"), ApiError, "no JSON"),
        (frame({"error": {"err_code": -10004, "message": "poor"}}), QuotaError, "poor"),
    ],
    ids=["bare line", "bare end", "data", "string", "event", "event text", "quota"],
)
def test_an_error_inside_a_stream_is_raised_after_the_text_so_far(
    connect, server, wire, kind, says
):
    server.answer(stream(chunk("Hel"), chunk("lo") + wire))
    client = connect(server.url)
    with pytest.raises(kind, match=says) as caught:
        client.stream()
    assert text(client.got) == caught.value.partial_text == "Hello"
    assert len(server.seen) == 1


DOWN = {"code": 502, "message": "Upstream down"}
UPSTREAM_ERRORS = {
    "beside the choices": {"error": DOWN},
    "as text beside the choices": {"error": "Upstream down"},
    "inside a choice": {"choice": {"error": DOWN}},
    "inside a delta": {"delta": {"error": DOWN}},
}


@pytest.mark.parametrize("finish", ["error", "stop", None])
@pytest.mark.parametrize("where", UPSTREAM_ERRORS)
def test_an_upstream_error_beside_an_answer_is_raised_with_the_text_so_far(
    connect, server, where, finish
):
    server.answer(stream(chunk("Hel"), chunk("lo", finish=finish, **UPSTREAM_ERRORS[where]), DONE))
    client = connect(server.url)
    with pytest.raises(GatewayError, match="Upstream down") as caught:
        client.stream()
    assert text(client.got) == caught.value.partial_text == "Hello"
    assert (caught.value.billed, len(server.seen)) == ("maybe", 1)


def test_a_finish_reason_error_is_an_error_even_without_words(connect, server):
    server.answer(stream(chunk("Hello"), chunk("", finish="error"), DONE))
    client = connect(server.url)
    with pytest.raises(GatewayError, match="finish reason 'error'") as caught:
        client.stream()
    assert text(client.got) == caught.value.partial_text == "Hello"


NO_ERRORS = [None, {}, "", [], {"code": None, "message": ""}, {"code": 0}, False]


@pytest.mark.parametrize("nothing", NO_ERRORS, ids=str)
def test_an_error_field_that_says_nothing_does_no_harm(connect, server, nothing):
    odd = chunk("lo", finish="stop", error=nothing, choice={"error": nothing})
    server.answer(stream(chunk("Hel", error=nothing), odd, DONE))
    assert text(connect(server.url).stream()) == "Hello"


WHOLE_MESSAGES = {
    "no delta": {"delta": None},
    "an empty delta": {"delta": {}},
    "a delta with the role": {"delta": {"role": "assistant", "content": ""}},
    "a delta of its own": {"delta": {"content": "lo"}},
}


@pytest.mark.parametrize("beside", WHOLE_MESSAGES)
def test_a_whole_message_at_the_end_says_nothing_twice(connect, server, beside):
    note = {"type": "url_citation", "url_citation": {"url": "https://c", "title": "C"}}
    whole = {"content": "Hello", "reasoning_content": "Hm", "annotations": [note]}
    delta = WHOLE_MESSAGES[beside]["delta"]
    pieces = ["Hel"] if delta and delta.get("content") else ["Hel", "lo"]
    server.answer(
        stream(
            chunk(delta={"reasoning_content": "Hm"}),
            *map(chunk, pieces),
            chunk(finish="stop", choice={"message": whole, "delta": delta}),
            DONE,
        )
    )
    deltas = connect(server.url).stream()
    assert text(deltas) == "Hello"
    assert "".join(delta.reasoning for delta in deltas) == "Hm"


def test_a_whole_message_brings_what_no_chunk_has_brought(connect, server):
    note = {"type": "url_citation", "url_citation": {"url": "https://c", "title": "C"}}
    call = {"id": "a", "function": {"name": "f", "arguments": "{}"}}
    whole = {"content": "Hello", "annotations": [note], "tool_calls": [call]}
    whole |= {"refusal": "No", "images": [{"image_url": {"url": "https://i"}}]}
    whole["audio"] = {"id": "s", "data": "AAAA", "transcript": "Hello"}
    server.answer(stream(chunk("Hel"), chunk(finish="stop", choice={"message": whole}), DONE))
    deltas = connect(server.url).stream()
    assert text(deltas) == "Hello"
    assert [call.name for delta in deltas for call in delta.tool_calls] == ["f"]
    assert "".join(delta.refusal for delta in deltas) == "No"
    assert [link for delta in deltas for link in delta.images] == ["https://i"]
    assert deltas[-1].about.citations[0].url == "https://c"
    assert deltas[-1].audio.transcript == "Hello"


def test_a_whole_message_repeats_no_image_sound_call_or_probability(connect, server):
    call = {"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}"}}
    said = {"tool_calls": [call], "images": [{"image_url": {"url": "https://i"}}]}
    said |= {"content": "x", "audio": {"id": "s", "data": "AAAA", "transcript": "x"}}
    sure = {"content": [{"token": "x", "logprob": -0.1}]}
    server.answer(
        stream(
            chunk(delta=said, choice={"logprobs": sure}),
            chunk(finish="stop", choice={"message": said, "delta": None, "logprobs": sure}),
            DONE,
        )
    )
    deltas = connect(server.url).stream()
    assert [link for delta in deltas for link in delta.images] == ["https://i"]
    assert [call.name for delta in deltas for call in delta.tool_calls] == ["f"]
    assert deltas[-1].audio.transcript == "x"
    assert sum(delta.logprobs is not None for delta in deltas) == 1


def test_a_probability_that_is_none_is_left_out_and_the_others_are_kept(connect, server):
    odd = [{"token": "a", "logprob": "likely"}, {"token": 7, "logprob": -0.1}, "x"]
    tokens = {"content": [*odd, {"token": "x", "logprob": -0.1}]}
    server.answer(stream(chunk("x", choice={"logprobs": tokens}), chunk(finish="stop"), DONE))
    (told,) = [delta.logprobs for delta in connect(server.url).stream() if delta.logprobs]
    assert [one["token"] for one in told["content"]] == ["x"]


@pytest.mark.parametrize(
    "messages",
    [["Hello"], ["Hel", "Hello"], ["Hel", "lo"], ["Hel", "Hello", "Hello"]],
    ids=["one", "growing", "in pieces", "repeated"],
)
def test_a_stream_of_messages_without_deltas_is_read_once(connect, server, messages):
    parts = [chunk(choice={"message": {"content": said}, "delta": None}) for said in messages]
    server.answer(stream(*parts, chunk(finish="stop"), DONE))
    assert text(connect(server.url).stream()) == "Hello"


def test_whole_messages_of_several_answers_are_told_apart(connect, server):
    ends = [
        chunk(finish="stop", choice={"index": place, "message": {"content": said}, "delta": {}})
        for place, said in enumerate(["Hello", "Bye"])
    ]
    server.answer(stream(chunk("Hello"), *ends, DONE))
    deltas = connect(server.url).stream()
    assert [(delta.index, delta.text) for delta in deltas if delta.text] == [
        (0, "Hello"),
        (1, "Bye"),
    ]


@pytest.mark.parametrize(
    ("wire", "says"),
    [
        (frame(b"{broken"), "not JSON"),
        (frame([1]), "not a JSON object"),
        (frame(b"\xff\xfe"), "not JSON"),
    ],
)
def test_an_event_that_is_no_object_is_malformed(connect, server, wire, says):
    server.answer(stream(chunk("Hello"), wire, DONE))
    with pytest.raises(MalformedReplyError, match=says) as caught:
        connect(server.url).stream()
    assert caught.value.partial_text == "Hello"


@pytest.mark.parametrize("pieces", [[], [DONE], [b": ping\n\n", DONE]])
def test_a_stream_without_an_answer_is_malformed(connect, server, pieces):
    server.answer(stream(*pieces))
    with pytest.raises(MalformedReplyError):
        connect(server.url).stream()


def test_a_stream_answered_with_a_web_page_shows_how_it_begins(connect, server):
    server.answer(reply(200, b"<html>log in", media_type="text/html"))
    with pytest.raises(MalformedReplyError, match="<html>log in"):
        connect(server.url).stream()


def test_a_stream_answered_with_a_whole_completion_is_that_answer(connect, server):
    call = {"id": "a", "function": {"name": "f", "arguments": "{}"}}
    body = completion("Hello", message={"tool_calls": [call]}, usage=USAGE, citations=["https://a"])
    server.answer(reply(200, body))
    (delta,) = connect(server.url).stream()
    assert (delta.text, delta.finish_reason) == ("Hello", "stop")
    assert delta.tool_calls[0].name == "f"
    assert delta.about.usage.total_tokens == 15


def test_a_stream_answered_with_an_error_under_http_200_is_that_error(connect, server):
    server.answer(reply(200, {"error": {"err_code": -10005, "message": f"old {KEY}"}}))
    with pytest.raises(AuthenticationError, match=r"old \*\*\*"):
        connect(server.url).stream()


def test_a_refused_stream_is_retried_before_its_first_byte(connect, server):
    server.answer(reply(503, {"error": {"message": "busy"}}), stream(*WHOLE, DONE))
    assert text(connect(server.url).stream()) == "Hello"
    assert len(server.seen) == 2


def test_a_stream_that_stalls_ends_with_the_silence_limit(connect, server):
    server.answer(stream(chunk("Hello"), Stall))
    with pytest.raises(RequestTimeoutError) as caught:
        connect(server.url, timeout=0.3).stream()
    assert caught.value.partial_text == "Hello"


def test_comments_and_pings_are_no_content(connect, server):
    server.answer(_Drip(chunk("Hello"), b": ping\n\n", 0.05))
    with pytest.raises(RequestTimeoutError, match="sent no content") as caught:
        connect(server.url, timeout=0.3).stream()
    assert caught.value.partial_text == "Hello"


class _Drip(list):
    """A stream that sends `first`, and then `ping` again and again until the client leaves."""

    def __init__(self, first, ping, pause):
        super().__init__()
        self._first, self._ping, self._pause = first, ping, pause

    def __iter__(self):
        yield from stream(self._first)[:-1]
        beat = Event()
        for _ in range(200):
            beat.wait(self._pause)
            yield b"%x\r\n%s\r\n" % (len(self._ping), self._ping)


def test_usage_in_every_chunk_is_a_running_total(connect, server):
    rising = [
        chunk("a", usage={"prompt_tokens": 10, "completion_tokens": n, "total_tokens": 10 + n})
        for n in (1, 2, 3)
    ]
    server.answer(stream(*rising, chunk(finish="stop"), DONE))
    usage = connect(server.url).stream()[-1].about.usage
    assert (usage.input_tokens, usage.output_tokens) == (10, 3)


def test_a_finish_reason_that_repeats_comes_once(connect, server):
    server.answer(stream(chunk("x", finish="stop"), chunk(finish="stop"), DONE))
    deltas = connect(server.url).stream()
    assert [d.finish_reason for d in deltas if d.finish_reason] == ["stop"]


def test_reasoning_under_either_name_is_kept_apart_from_the_text(connect, server):
    server.answer(
        stream(
            chunk(delta={"reasoning_content": "I think"}),
            chunk(delta={"reasoning": " so"}),
            chunk("Yes", finish="stop"),
            DONE,
        )
    )
    deltas = connect(server.url).stream()
    assert "".join(d.reasoning for d in deltas) == "I think so"
    assert text(deltas) == "Yes"


def test_citations_are_joined_and_come_once(connect, server):
    results = [{"url": "https://b", "title": "B"}]
    note = {"type": "url_citation", "url_citation": {"url": "https://c", "title": "C"}}
    server.answer(
        stream(
            chunk("x", citations=["https://a", "https://b"]),
            chunk("y", citations=["https://a"], search_results=results),
            chunk(delta={"annotations": [note]}, finish="stop"),
            DONE,
        )
    )
    about = connect(server.url).stream()[-1].about
    assert [(c.url, c.title) for c in about.citations] == [
        ("https://a", None),
        ("https://b", "B"),
        ("https://c", "C"),
    ]


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"  ",
        {"choices": None},
        {"choices": [None]},
        {"choices": [{"index": 0, "delta": None}]},
        {"choices": [{}]},
        {"id": None, "model": None, "choices": []},
    ],
)
def test_chunks_full_of_nulls_do_no_harm(connect, server, odd):
    server.answer(stream(frame(odd), *WHOLE, DONE))
    assert text(connect(server.url).stream()) == "Hello"


def test_several_answers_end_each_for_itself(connect, server):
    two = [
        frame({"choices": [{"index": i, "delta": {"content": t}, "finish_reason": f}]})
        for i, t, f in ((0, "a", None), (1, "b", None), (1, "", "length"), (0, "", "stop"))
    ]
    server.answer(stream(*two, DONE))
    deltas = connect(server.url).stream()
    ends = {d.index: d.finish_reason for d in deltas if d.finish_reason}
    assert ends == {0: "stop", 1: "length"}
    assert sum(d.about is not None for d in deltas) == 1


def test_a_consumer_that_stops_early_frees_the_connection(server):
    server.answer(stream(*WHOLE, DONE))
    with Client(Settings(api_key=KEY, base_url=server.url, max_connections=1, timeout=5)) as client:
        for _ in range(5):
            for _delta in client.stream_chat("m", [{"role": "user", "content": "x"}]):
                break
    assert len(server.seen) == 5


def test_text_in_front_of_a_broken_chunk_of_the_same_bytes_comes_first(connect, server):
    head, *_ = stream()
    body = b"".join(stream(chunk("Hel"), chunk("lo"))[1:-1]) + b"zz\r\n"
    server.answer([head + body, Stall])
    client = connect(server.url)
    with pytest.raises(StreamInterruptedError) as caught:
        client.stream()
    assert text(client.got) == caught.value.partial_text == "Hello"
