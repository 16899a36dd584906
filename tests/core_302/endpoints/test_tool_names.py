"""A tool may be called anything: the wire has a well-formed name of it, the answer its own."""

import re

import pytest

from core_302 import ChatOptions
from core_302.endpoints.tool_names import own_names, wire_name
from tests.conftest import HELLO
from tests.scripted_server import DONE, chunk, completion, reply, stream

WELL_FORMED = re.compile(r"[a-zA-Z0-9_-]{1,64}")
ODD = [
    "git.status",
    "git/status",
    "read file",
    "查天气",
    "x" * 70,
    "a\ud800",
    "...",
    "functions.f:0",
]


def tool(name):
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}


def call(name, call_id="c1", arguments="{}"):
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def chosen(name):
    return {"type": "function", "function": {"name": name}}


@pytest.mark.parametrize("name", ODD)
def test_every_name_becomes_one_that_a_strict_vendor_takes(name):
    assert WELL_FORMED.fullmatch(wire_name(name))
    assert wire_name(name) == wire_name(wire_name(name))
    (new,) = own_names([tool(name)])
    assert WELL_FORMED.fullmatch(new)


def test_a_well_formed_name_goes_as_it_is_and_an_empty_one_gets_a_word():
    assert wire_name("look_up-2") == "look_up-2"
    assert wire_name("git.status") == "git_status"
    assert (wire_name(""), wire_name(" ")) == ("unnamed", "unnamed")
    assert own_names([tool("look"), tool("look"), {"type": "web_search"}, "none", tool("")]) == {}


def test_no_two_tools_get_one_name():
    names = ["a.b", "a/b", "a_b", "查", "看", "x" * 70 + "1", "x" * 70 + "2"]
    own = own_names([tool(name) for name in names])
    assert sorted([*own.values(), "a_b"]) == sorted(names)
    assert "a_b" not in own
    assert all(map(WELL_FORMED.fullmatch, own))


HISTORY = [
    *HELLO,
    {"role": "assistant", "content": None, "tool_calls": [call("git.status"), call("", "c2")]},
    {"role": "tool", "tool_call_id": "c1", "name": "git.status", "content": "clean"},
    {"role": "tool", "tool_call_id": "c2", "content": "no such tool"},
    {"role": "assistant", "content": None, "function_call": {"name": "no.tool", "arguments": "{}"}},
    {"role": "function", "name": "no.tool", "content": "x"},
]


def test_names_are_changed_wherever_they_stand_in_a_request(connect, server):
    server.answer(reply(200, completion()))
    options = ChatOptions(
        tools=(tool("git.status"), tool("fine")), tool_choice=chosen("git.status")
    )
    connect(server.url).chat(messages=HISTORY, options=options)
    assert server.seen[0].json == {
        "model": "gpt-4o",
        "tools": [tool("git_status"), tool("fine")],
        "tool_choice": chosen("git_status"),
        "messages": [
            *HELLO,
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [call("git_status"), call("unnamed", "c2")],
            },
            {"role": "tool", "tool_call_id": "c1", "name": "git_status", "content": "clean"},
            {"role": "tool", "tool_call_id": "c2", "content": "no such tool"},
            {
                "role": "assistant",
                "content": None,
                "function_call": {"name": "no_tool", "arguments": "{}"},
            },
            {"role": "function", "name": "no_tool", "content": "x"},
        ],
    }
    assert HISTORY[1]["tool_calls"][0] == call("git.status")


def test_the_tools_of_a_choice_among_several_are_named_alike(connect, server):
    server.answer(reply(200, completion()))
    choice = {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [chosen("a.b")]}}
    options = ChatOptions(tools=(tool("a.b"),), tool_choice=choice)
    connect(server.url).chat(options=options)
    sent = server.seen[0].json["tool_choice"]["allowed_tools"]
    assert sent == {"mode": "auto", "tools": [chosen("a_b")]}


def test_a_vendors_own_tool_keeps_its_name_in_calls_too(connect, server):
    server.answer(reply(200, completion()))
    own = {"type": "builtin_function", "function": {"name": "$web_search"}}
    history = [
        *HELLO,
        {"role": "assistant", "content": None, "tool_calls": [call("$web_search")]},
        {"role": "tool", "tool_call_id": "c1", "name": "$web_search", "content": "{}"},
    ]
    options = ChatOptions(tools=(own,))
    connect(server.url).chat(messages=history, options=options)
    assert server.seen[0].json == {"model": "gpt-4o", "tools": [own], "messages": history}


def test_what_is_no_message_is_the_gateways_to_judge(connect, server):
    server.answer(reply(200, completion()))
    connect(server.url).chat(messages=["hello"])
    assert server.seen[0].json["messages"] == ["hello"]


ASKED = ChatOptions(tools=(tool("git.status"), tool("git.status.all"), tool("fine")))


def test_the_calls_of_a_whole_answer_have_the_tools_own_names(connect, server):
    calls = [call("git_status"), call("fine", "c2"), call("git.status.all", "c3")]
    server.answer(reply(200, completion(None, message={"tool_calls": calls})))
    (choice,) = connect(server.url).chat(options=ASKED).choices
    assert [c.name for c in choice.tool_calls] == ["git.status", "fine", "git.status.all"]


def test_so_have_those_of_a_whole_answer_to_who_asked_for_a_stream(connect, server):
    body = completion(None, message={"tool_calls": [call("git_status")]}, finish="tool_calls")
    server.answer(reply(200, body))
    assert names_of(connect(server.url).stream(options=ASKED)) == {0: "git.status"}


def names_of(deltas):
    """Return the names of the calls, as their pieces add up."""
    names = {}
    for delta in deltas:
        for piece in delta.tool_calls:
            names[piece.index] = names.get(piece.index, "") + (piece.name or "")
    return names


def piece(name=None, arguments="", index=0, call_id=None):
    function = {"name": name, "arguments": arguments} if name else {"arguments": arguments}
    said = {"index": index, "function": function}
    return chunk(delta={"tool_calls": [said | ({"id": call_id} if call_id else {})]})


PIECES = {
    "in one piece": [piece("git_status", call_id="c1"), piece(None, "{}")],
    "with its arguments": [piece("git_status", "{}", call_id="c1")],
    "letter by letter": [piece(letter) for letter in "git_status"] + [piece(None, "{}")],
    "repeated": [piece("git_status", a, call_id="c1") for a in ("", "{", "}")],
    "without arguments": [piece("git_status", call_id="c1")],
    "cut where a longer one could follow": [piece("git"), piece("_status"), piece(None, "{}")],
}


@pytest.mark.parametrize("pieces", PIECES.values(), ids=PIECES)
def test_the_calls_of_a_stream_have_the_tools_own_names(connect, server, pieces):
    server.answer(stream(*pieces, chunk(finish="tool_calls"), DONE))
    assert names_of(connect(server.url).stream(options=ASKED)) == {0: "git.status"}


@pytest.mark.parametrize(
    ("pieces", "name"),
    [
        ([piece("git_status_all", "{}")], "git.status.all"),
        ([piece("fine", "{}")], "fine"),
        ([piece("git", "{}")], "git"),
        ([piece("git")], "git"),
    ],
)
def test_other_names_of_a_stream_stay_what_they_are(connect, server, pieces, name):
    server.answer(stream(*pieces, chunk(finish="tool_calls"), DONE))
    deltas = connect(server.url).stream(options=ASKED)
    assert names_of(deltas) == {0: name}
    ids = [p.id for delta in deltas for p in delta.tool_calls if p.id]
    assert len(ids) == 1
