"""What a test can see and assert, from the emulator's process and from another one alike."""

import re
import socket
import threading

import httpx
import pytest

import emulator_302
from emulator_302 import Call, Fault, Outcome, Pace, Say, Think
from tests.emulator_302.caller import CHAT, HELLO, Caller
from tests.emulator_302.gallery import GENERATE, SKY, TASK
from tests.emulator_302.tools import ASKED, LOOKUP, answered
from tests.scripted_server import reply


@pytest.fixture(params=["here", "elsewhere"])
def view(request, gateway):
    """The gateway of this process, and the same one as another process sees it."""
    if request.param == "here":
        yield gateway
        return
    with emulator_302.connect(gateway.base_url + "/") as connected:
        yield connected


@pytest.fixture
def ask(view):
    caller = Caller(view)
    with caller.http:
        yield caller


def test_the_log_says_what_was_answered_and_by_whom(view, ask):
    view.when("refund", name="refund").call("lookup_order", order_id="A-17").then.say("Done.")
    view.inject(Fault(status=500, path="/v1/models"))
    (call,) = ask.ask(ASKED, tools=[LOOKUP])["tool_calls"]
    ask.stream(answered(call, "found"), tools=[LOOKUP])
    ask.post("Say exactly: hello")
    ask.http.get("/v1/models")
    ask.http.post(GENERATE, json=SKY)
    one, two, three, four, five = view.requests
    assert one.called == [("lookup_order", {"order_id": "A-17"})]
    assert (one.model, one.text, one.said) == ("gpt-4o", "Refund order A-17", "")
    assert one.answered_by == "script refund, answer 1 of 2"
    assert (two.said, two.answered_by) == ("Done.", "script refund, answer 2 of 2")
    assert (three.said, three.answered_by, three.fault) == ("hello", "rules", None)
    assert (four.status, four.fault, four.answered_by) == (
        500,
        Fault(status=500, path="/v1/models"),
        "",
    )
    assert five.response["image_url"].startswith("http")
    assert all(entry.seconds is not None and entry.request_id for entry in view.requests)
    assert [entry.path for entry in view.chats] == [CHAT] * 3
    assert view.last.path == GENERATE
    assert three.sent > len("hello")


def test_a_function_answers_from_the_process_of_the_test(view, ask):
    seen = []

    def amount(chat):
        seen.append(threading.current_thread().name)
        return chat.result["total"]

    view.when(where=lambda chat: chat.turn == 1).call("refund", amount=amount, same=amount)
    call = {"id": "1", "function": {"name": "lookup_order", "arguments": "{}"}}
    ask.post(answered(call, {"total": 4.5}))
    assert view.last.called == [("refund", {"amount": 4.5, "same": 4.5})]
    assert len(seen) == 2


def test_a_function_that_fails_says_so(view, ask):
    view.when().say(lambda chat: chat.results["f"])
    message = ask.post().json()["error"]["message"]
    assert "KeyError: 'f'" in message


def test_a_fault_may_have_bytes_for_a_body_and_a_function_for_its_condition(view, ask):
    view.inject(Fault(body=b"\xff\x00", when=lambda _: True))
    assert ask.post().content == b"\xff\x00"
    assert view.last.fault.body in (b"\xff\x00", "\xff\x00")


def test_what_is_published_and_how_tasks_go_can_be_said(view, ask):
    view.publish("https://example.com/a", b"hello")
    view.script_task(Outcome.fails("no", polls=1))
    assert ask.http.post(TASK, json=SKY).json()["status"] == "failed"
    view.pace = Pace(speed=2)
    view.strict = True
    view.balance = 3
    view.set_price("gpt-4o", request=1)
    assert (view.pace, view.strict, view.balance) == (Pace(speed=2), True, 3)
    view.reset()
    assert (view.pace, view.strict, view.balance) == (None, False, 100)


def test_a_mistake_is_a_value_error(view):
    with pytest.raises(ValueError, match="number, at least 0"):
        view.balance = -1
    with pytest.raises(ValueError, match="input of a Price"):
        view.set_price("gpt-4o", input=-1)


def test_a_scope_is_a_view_of_its_own(view):
    with view.scope("mine") as mine:
        mine.inject(Fault(status=500))
        assert len(mine.leftovers()) == 1
        assert view.leftovers() == []
        assert mine.environment == {
            "AI302_BASE_URL": view.base_url,
            "AI302_API_KEY": "emulator-key-mine",
            "AI302_TRUSTED_HOSTS": view.file_host,
        }


def test_a_request_that_came_is_returned(view, ask):
    ask.post("Hello", **{"web-search": True})
    ask.post("Bye", model="gpt-4.1")
    assert view.assert_called(times=2).text == "Bye"
    assert view.assert_called(text="hello", body_has={"web-search": True}).text == "Hello"
    assert view.assert_called("/v1/", model="gpt-4.1", times=1).model == "gpt-4.1"
    view.assert_not_called("/302/image")
    view.assert_not_called(body_has={"temperature": 1})


def test_a_request_that_did_not_come_is_told_with_what_was_near(view, ask):
    ask.post("Hello", temperature=0.5)
    with pytest.raises(AssertionError) as said:
        view.assert_called(text="bye", body_has={"temperature": 1})
    assert str(said.value).startswith(
        "expected at least one request to /v1/chat/completions, and 0 came\n"
        "request 1: the text 'Hello' does not contain 'bye'; body['temperature'] is 0.5, not 1\n"
    )
    with pytest.raises(AssertionError, match="expected 2 requests to /v1/chat/completions, and 1"):
        view.assert_called(times=2)
    with pytest.raises(AssertionError, match="to /302/image, and 0 came"):
        view.assert_called("/302/image")
    with pytest.raises(AssertionError, match=r"expected no request .*, and 1 came"):
        view.assert_not_called()


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"a": 1}, ""),
        ({"list": [{"b": 2}]}, ""),
        ({"text": re.compile("^he")}, ""),
        ({"text": str.islower}, ""),
        ({"c": 1}, "body has no 'c'"),
        ({"a": 2}, "body['a'] is 1, not 2"),
        ({"a": {"b": 1}}, "body['a'] is 1, which is not an object"),
        ({"a": [1]}, "body['a'] is 1, which is not a list"),
        ({"list": [{"b": 3}]}, "body['list'] has no item like {'b': 3}"),
        ({"text": re.compile("x")}, "body['text'] is 'hello', which does not match 'x'"),
        ({"a": re.compile("x")}, "body['a'] is 1, which does not match 'x'"),
        ({"text": str.isupper}, "body['text'] is 'hello', and the function says no"),
    ],
)
def test_what_a_body_lacks_is_said(wanted, says):
    body = {"a": 1, "text": "hello", "list": [{"b": 2, "c": 3}]}
    assert emulator_302.testing.body_match.lacking(body, wanted) == says


def test_a_transcript_tells_the_conversation(view, ask):
    assert view.transcript() == "No request came."
    view.play([Think("Hm."), Call("lookup_order", order_id="A-17"), Call.raw("f", "{")], Say("Ok."))
    calls = ask.ask(ASKED, tools=[LOOKUP])["tool_calls"]
    ask.post(answered(calls[0], "x" * 400))
    ask.post(wrong=1)
    view.inject(Fault.ok_with_error(-10003, "no luck"), Fault(body={"error": "odd"}))
    ask.http.post(GENERATE, json=SKY)
    ask.post()
    no_luck = "Fault(status=200, message='no luck')"
    told = re.sub(r"in \d\.\d{3} s", "in 0 s", view.transcript())
    assert told.splitlines() == [
        "1. POST /v1/chat/completions gpt-4o -> 200 in 0 s by script play(...), answer 1 of 2",
        "   user: Refund order A-17",
        "   => thinks: Hm.",
        '   => calls lookup_order(order_id="A-17")',
        "   => calls f({)",
        "2. POST /v1/chat/completions gpt-4o -> 200 in 0 s by script play(...), answer 2 of 2",
        f"   tool: {'x' * 300}...",
        "   => says: Ok.",
        "3. POST /v1/chat/completions gpt-4o -> 400 in 0 s",
        "   user: Hello",
        "   => refuses: Parameter error: unknown field 'wrong'",
        f"4. POST /302/image/generate {SKY['model']} -> 200 in 0 s with {no_luck}",
        "   asked: sky city",
        "   => refuses: no luck",
        "5. POST /v1/chat/completions gpt-4o -> 200 in 0 s with Fault(body={'error': 'odd'})",
        "   user: Hello",
        "   => refuses: odd",
    ]


def test_a_client_that_leaves_is_told(view, ask):
    view.inject(Fault(stall_after=40), Fault(delay=60))
    for path in ("stalls", "waits"):
        with pytest.raises(httpx.ReadTimeout):
            ask.http.post(CHAT, json={"model": "gpt-4o", "messages": HELLO}, timeout=0.2)
        view.settle()
        assert view.last.client_left, path
    assert "and the client left" in view.transcript()
    ask.post()
    assert not view.last.client_left


def test_what_is_under_way_is_waited_for(view, ask):
    view.inject(Fault(stall_after=0))
    parts = ("127.0.0.1", int(view.base_url.rsplit(":", 1)[1]))
    with socket.create_connection(parts) as connection:
        key = f"authorization: Bearer {view.api_key}"
        head = f"GET /v1/models HTTP/1.1\r\nhost: localhost\r\n{key}\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(12) == b"HTTP/1.1 200"
        with pytest.raises(AssertionError, match="still under way: GET /v1/models"):
            view.settle(timeout=0.01)
    view.settle()
    assert view.last.client_left


def test_before_the_first_request_there_is_no_last(view):
    with pytest.raises(AssertionError, match="no request has come"):
        _ = view.last


def test_the_log_over_http_has_no_key(gateway, ask):
    ask.post()
    with emulator_302.connect(gateway.base_url) as other:
        assert other.last.headers["authorization"] == "***"


@pytest.mark.parametrize("said", [[], {}, {"error": "no"}])
@pytest.mark.parametrize("status", [200, 404])
def test_only_an_emulator_can_be_connected_to(server, said, status):
    server.answer(reply(status, said))
    with pytest.raises(ValueError, match="is not an emulator"):
        emulator_302.connect(server.url)


def test_where_nobody_listens_it_is_an_os_error():
    with pytest.raises(OSError, match="refused"):
        emulator_302.connect("http://127.0.0.1:9")
