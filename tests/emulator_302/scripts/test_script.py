"""A test says how a conversation goes, and the emulator gives it the gateway's form."""

from contextlib import suppress

import pytest

from emulator_302 import Call, Fault, Json, Say, Think
from tests.emulator_302.caller import HELLO
from tests.emulator_302.tools import ASKED, LOOKUP, answered, arguments


def refused(reply):
    assert reply.status_code == 400, reply.text
    return reply.json()["error"]["message"]


def test_a_script_answers_every_request_that_it_is_for_and_no_other(gateway, caller):
    gateway.when("refund").say("Refunded.")
    assert [caller.ask(ASKED)["content"] for _ in range(2)] == ["Refunded."] * 2
    assert caller.ask("Say exactly: hello")["content"] == "hello"


def test_the_first_script_that_fits_wins(gateway, caller):
    gateway.when("refund", model="gpt-4.1").say("one")
    gateway.when("refund").say("two")
    gateway.when().say("three")
    assert caller.ask(ASKED)["content"] == "two"
    assert caller.ask(ASKED, model="gpt-4.1")["content"] == "one"


def test_a_sequence_gives_each_answer_once_and_is_over(gateway, caller):
    gateway.when("exactly").say("one").then.say("two")
    given = [caller.ask("Say exactly: three")["content"] for _ in range(3)]
    assert given == ["one", "two", "three"]


def test_a_sequence_can_be_repeated(gateway, caller):
    gateway.when(times=2).say("a").then.say("b")
    given = [caller.ask("Say exactly: c")["content"] for _ in range(5)]
    assert given == ["a", "b", "a", "b", "c"]


def test_what_is_played_is_given_to_the_next_chats(gateway, caller):
    gateway.play(Call("lookup_order", order_id="A-17"), "Refunded.")
    (call,) = caller.ask(ASKED, tools=[LOOKUP])["tool_calls"]
    assert arguments(call) == ("lookup_order", {"order_id": "A-17"})
    assert caller.ask(answered(call, "found"), tools=[LOOKUP])["content"] == "Refunded."
    with pytest.raises(ValueError, match="at least one"):
        gateway.play()


def test_an_answer_may_have_several_parts(gateway, caller):
    gateway.when().think("Two orders.").say("I look.").call("f", a=1).call("f", a=1).call("g")
    message = caller.ask()
    assert (message["reasoning_content"], message["content"]) == ("Two orders.", "I look.")
    assert [arguments(c) for c in message["tool_calls"]] == [("f", {"a": 1})] * 2 + [("g", {})]
    assert len({call["id"] for call in message["tool_calls"]}) == 3


def test_a_list_is_one_answer_of_what_is_played(gateway, caller):
    gateway.play([Think("Hm."), Say("a"), Say("b")], Json({"c": [1]}))
    gateway.when().json({"d": lambda chat: chat.turn})
    message = caller.ask()
    assert (message["reasoning_content"], message["content"]) == ("Hm.", "ab")
    assert caller.ask()["content"] == '{"c": [1]}'
    assert caller.ask()["content"] == '{"d": 1}'


def test_calls_that_are_equal_have_ids_of_their_own_in_a_conversation(gateway, caller):
    gateway.play(Call("f"), Call("f"))
    (first,) = caller.ask(ASKED)["tool_calls"]
    (second,) = caller.ask(answered(first, "no"))["tool_calls"]
    assert first["id"] != second["id"]


def test_arguments_may_be_broken(gateway, caller):
    gateway.play(Call.raw("f", '{"a": '))
    (call,) = caller.ask()["tool_calls"]
    assert call["function"] == {"name": "f", "arguments": '{"a": '}
    assert gateway.last.called == [("f", '{"a": ')]


def test_the_emulator_makes_chunks_ids_usage_and_cost(gateway, caller):
    gateway.when().say("one two three")
    *chunks, last = caller.stream(stream_options={"include_usage": True})
    pieces = [chunk["choices"][0]["delta"].get("content") for chunk in chunks]
    assert "".join(piece for piece in pieces if piece) == "one two three"
    assert last["usage"]["completion_tokens"] > 0
    assert len({chunk["id"] for chunk in chunks}) == 1
    record = caller.http.get(f"/dashboard/record/{gateway.last.request_id}").json()["data"]
    assert record["cost"] > 0


def test_an_answer_has_the_sources_that_it_names_or_those_of_the_search(gateway, caller):
    ask = {"web-search": True}
    gateway.when().say("Said [1].", citations=["https://example.com/a"]).then.say("Found [1].")
    named, found = (caller.post("AI news", **ask).json()["citations"] for _ in range(2))
    assert named == ["https://example.com/a"]
    assert found[0].startswith("https://")


def test_a_function_sees_what_tools_have_answered(gateway, caller):
    gateway.when(after_tool="lookup_order").call(
        "refund", amount=lambda chat: chat.result["total"], items=[lambda chat: chat.text]
    )
    call = {"id": "1", "function": {"name": "lookup_order", "arguments": "{}"}}
    (made,) = caller.ask(answered(call, {"total": 4.5}))["tool_calls"]
    assert arguments(made) == ("refund", {"amount": 4.5, "items": ["Refund order A-17"]})


def test_a_template_stands_for_a_value_of_the_conversation(gateway, caller):
    gateway.when().call("f", a="{{lookup_order.items.1}}", b="{{ result.total }} for {{text}}")
    call = {"id": "1", "function": {"name": "lookup_order", "arguments": "{}"}}
    (made,) = caller.ask(answered(call, {"total": 4.5, "items": [1, 2]}))["tool_calls"]
    assert arguments(made) == ("f", {"a": 2, "b": "4.5 for Refund order A-17"})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{order.total}}", "the conversation has no order; it has text, model"),
        ("{{text.total}}", "there is no total in"),
        ("{{text.0}}", "there is no 0 in"),
        ("{{tools.5}}", "there is no 5 in"),
        (lambda chat: chat.results["f"], "the function <lambda> failed: KeyError: 'f'"),
    ],
)
def test_an_answer_that_cannot_be_made_is_refused_and_left_over(gateway, caller, text, says):
    gateway.when().say(text)
    assert says in refused(caller.post())
    with pytest.raises(AssertionError, match=r"script when\(\): "):
        gateway.assert_all_used()


def test_arguments_that_cannot_be_sent_are_said(gateway, caller):
    gateway.play(Call("f", a=lambda _: object()))
    assert "the arguments of f cannot be sent" in refused(caller.post())


def test_a_script_may_fail_and_then_succeed(gateway, caller):
    gateway.play(Fault.rate_limited(retry_after=1), Say("Now."))
    limited = caller.post()
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "1")
    assert gateway.last.response == limited.json()
    assert gateway.balance == 100
    assert caller.ask()["content"] == "Now."


def test_a_fault_of_an_answer_spoils_that_answer(gateway, caller):
    gateway.when().say("one two").fail(Fault(no_done=True)).then.say("three")
    broken = caller.post(stream=True).text
    assert '"content":" two"' in broken
    assert "[DONE]" not in broken
    assert caller.ask()["content"] == "three"


@pytest.mark.parametrize("fault", [Fault.error(500, -10003, "down"), Fault(cut_after=9)])
def test_an_answer_that_an_injected_fault_loses_is_given_again(gateway, caller, fault):
    gateway.play("one", "two")
    gateway.inject(fault)
    with suppress(caller.broken):
        caller.post()
    assert [caller.ask()["content"] for _ in range(2)] == ["one", "two"]


def test_an_answer_that_was_lost_is_used_all_the_same(gateway, caller):
    gateway.play("one")
    gateway.inject(Fault(cut_after=9))
    with pytest.raises(caller.broken):
        caller.post()
    gateway.assert_all_used()


def test_rules_answer_what_no_script_is_for_unless_it_is_strict(gateway, caller):
    gateway.when("refund", turn=2, name="second").say("Refunded.")
    gateway.when(system="kind", model="gpt-4.1").say("Yes.")
    assert caller.post("Refund it").status_code == 200
    gateway.strict = True
    said = refused(caller.post("Refund it"))
    assert said == (
        "No script is for 'Refund it' (turn 1, model gpt-4o). "
        "The nearest is second: it is turn 1, not 2."
    )
    assert gateway.leftovers()[0] == said


def test_strict_says_what_is_over_and_that_there_is_nothing(gateway, caller):
    gateway.play("one", strict=True)
    caller.post()
    assert "All answers of play(...) were given." in refused(caller.post())
    gateway.reset()
    assert not gateway.strict
    gateway.strict = True
    call = {"id": "1", "function": {"name": "f", "arguments": "{}"}}
    assert "(turn 1, after f, model gpt-4o). There are no" in refused(
        caller.post(answered(call, "x"))
    )


def test_a_script_without_answers_is_for_no_request(gateway, caller):
    gateway.when()
    assert caller.post().status_code == 200
    assert gateway.leftovers() == []


def test_what_was_not_played_is_left_over(gateway, caller):
    gateway.when("refund").say("a").then.say("b")
    gateway.when("bye", name="end").say("Bye.")
    caller.post(ASKED)
    assert gateway.leftovers() == [
        "script when(text='refund'): 1 of 2 answers were given",
        "script end: 0 of 1 answers were given",
    ]
    with pytest.raises(AssertionError, match=r"(?s)left over:.*1\. POST .* by script when"):
        gateway.assert_all_used()
    gateway.allow_unused = True
    gateway.assert_all_used()


def test_a_scripted_request_is_checked_like_any_other(gateway, caller):
    gateway.when().say("yes")
    assert caller.post(wrong=1).status_code == 400
    assert caller.post(model="unheard-of").status_code == 503


def test_limits_cut_what_a_script_says(gateway, caller):
    gateway.when().say("a b STOP c")
    assert caller.ask(HELLO, stop="STOP")["content"] == "a b "


def test_an_answer_may_be_of_any_length(gateway, caller):
    gateway.when().say(tokens=5_000)
    reply = caller.post().json()
    assert reply["usage"]["completion_tokens"] == 5_000
