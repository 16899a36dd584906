"""A history never poisons a conversation, and every tool is found again by its own name."""

import json

import pytest

from core_302.messages.well_formed import UNREADABLE
from tests.scripted_server import DONE, chunk, completion, reply, stream

MCP_NAME = "files.read/one"
ON_THE_WIRE = "files_read_one"


def call(name, arguments="{}", call_id="c1"):
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("choice", [None, MCP_NAME], ids=["free", "chosen"])
def test_a_tool_of_any_name_is_asked_for_and_found_again(asker, server, streamed, choice):
    calls = [call(ON_THE_WIRE)]
    if streamed:
        pieces = [chunk(delta={"tool_calls": [{"index": 0, **one}]}) for one in calls]
        server.answer(stream(*pieces, chunk(finish="tool_calls"), DONE))
    else:
        server.answer(reply(200, completion(None, message={"tool_calls": calls})))
    asked = asker()
    names = asked.calls([asked.tool(MCP_NAME)], streamed=streamed, choice=choice)
    assert names == [MCP_NAME]
    assert [tool["function"]["name"] for tool in asked.body["tools"]] == [ON_THE_WIRE]
    chosen = {"type": "function", "function": {"name": ON_THE_WIRE}}
    assert asked.body.get("tool_choice") == (chosen if choice else None)


@pytest.mark.parametrize(
    ("name", "arguments", "sent"),
    [
        ("files.read", {}, call("files_read")),
        ("", {}, call("unnamed")),
        ("look", '{"at": "sk', call("look", json.dumps({UNREADABLE: '{"at": "sk'}))),
        ("look", "null", call("look")),
        ("look", {"at": "\ud83d"}, call("look", '{"at": "\ufffd"}')),
    ],
)
def test_a_broken_call_goes_out_well_formed(asker, server, name, arguments, sent):
    server.answer(reply(200, completion()))
    asked = asker()
    asked.ask(["Look!", asked.turn(name, arguments, "c1"), asked.result("r\ud83d", "c1"), "Well?"])
    assert asked.body == {
        "model": "gpt-4o",
        "messages": [
            {"role": "user", "content": "Look!"},
            {"role": "assistant", "content": None, "tool_calls": [sent]},
            {"role": "tool", "tool_call_id": "c1", "content": "r\ufffd"},
            {"role": "user", "content": "Well?"},
        ],
    }


def test_another_models_turn_of_calls_goes_to_deepseek_with_empty_reasoning(asker, server):
    server.answer(reply(200, completion()))
    asked = asker("deepseek-v4-pro")
    asked.ask(["Look!", asked.turn("look", {}, "c1"), asked.result("blue", "c1")])
    assert asked.body["messages"][1] == {
        "role": "assistant",
        "content": None,
        "reasoning_content": "",
        "tool_calls": [call("look")],
    }
