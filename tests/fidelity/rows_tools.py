"""Rows about tool calls: the dialects in which gateways number, name and cut them."""

from __future__ import annotations

from tests.fidelity.judges import calls, calls_nothing, ends
from tests.fidelity.row import Row
from tests.fidelity.wire import (
    call_piece,
    called,
    calling,
    events,
    piece,
    usage_event,
    whole_call,
)
from tests.scripted_server import stream

A, B = ("f", {"x": 1}), ("f", {"x": 2})
BOTH = (calls(A, B),)
ONE = (calls(A),)
HALF = '{"x": 1'  # cut before it was over; a lenient parser would close it

ROWS = (
    Row(
        "S17-proper",
        "Two parallel tool calls in the OpenAI API's own form arrive",
        BOTH,
        invoke=[called(whole_call("a", "f", '{"x": 1}'), whole_call("b", "f", '{"x": 2}'))],
        stream=[
            calling(
                call_piece(0, "a", "f", ""),
                call_piece(0, arguments='{"x"'),
                call_piece(0, arguments=": 1}"),
                call_piece(1, "b", "f", ""),
                call_piece(1, arguments='{"x": 2}'),
            )
        ],
        tools=True,
    ),
    Row(
        "C3-index-0",
        "Two parallel tool calls whose pieces all say index 0 both arrive whole",
        BOTH,
        stream=[
            calling(
                call_piece(0, "a", "f", '{"x"'),
                call_piece(0, arguments=": 1}"),
                call_piece(0, "b", "f", '{"x"'),
                call_piece(0, arguments=": 2}"),
            )
        ],
        tools=True,
    ),
    Row(
        "C3-name-repeats",
        "A tool's name that is repeated with every piece of its call is not doubled",
        ONE,
        stream=[calling(call_piece(0, "a", "f", '{"x"'), call_piece(0, "a", "f", ": 1}"))],
        tools=True,
    ),
    Row(
        "C3-empty-id",
        "Pieces that continue a tool call under an empty id and an empty name complete it",
        ONE,
        stream=[
            calling(
                call_piece(0, "a", "f", ""),
                call_piece(0, "", "", '{"x"'),
                call_piece(0, "", "", ": 1}"),
            )
        ],
        tools=True,
    ),
    Row(
        "C3-no-index",
        "Two parallel tool calls whose pieces have no index both arrive whole",
        BOTH,
        stream=[
            calling(
                call_piece(None, "a", "f", '{"x"'),
                call_piece(None, arguments=": 1}"),
                call_piece(None, "b", "f", '{"x": 2}'),
            )
        ],
        tools=True,
    ),
    Row(
        "S17-interleaved",
        "Two tool calls whose pieces come in turns are each joined with their own",
        BOTH,
        stream=[
            calling(
                call_piece(0, "a", "f", '{"x"'),
                call_piece(1, "b", "f", '{"x"'),
                call_piece(0, arguments=": 1}"),
                call_piece(1, arguments=": 2}"),
            )
        ],
        tools=True,
    ),
    Row(
        "S17-id-first",
        "A tool call whose id, name and arguments come in three pieces arrives whole",
        ONE,
        stream=[
            calling(
                call_piece(0, "a"),
                call_piece(0, name="f"),
                call_piece(0, arguments='{"x": 1}'),
            )
        ],
        tools=True,
    ),
    Row(
        "S17-object",
        "A tool call whose arguments are a JSON object, not text, arrives",
        ONE,
        invoke=[called(whole_call("a", "f", {"x": 1}))],
        stream=[calling(call_piece(0, "a", "f", {"x": 1}))],
        tools=True,
    ),
    Row(
        "S17-null",
        "A tool call without arguments (null) arrives as a call with none",
        (calls(("f", {})),),
        invoke=[called(whole_call("a", "f", None))],
        stream=[calling({"index": 0, "id": "a", "function": {"name": "f", "arguments": None}})],
        tools=True,
    ),
    Row(
        "S3-end",
        "Tool arguments that the end of the stream cuts off are never a call to run",
        (calls_nothing,),
        stream=[stream(piece(delta={"tool_calls": [call_piece(0, "a", "f", HALF)]}))],
        tools=True,
    ),
    Row(
        "S3-length",
        'Tool arguments that the token limit cuts off (finish reason "length") are never a call',
        (calls_nothing,),
        invoke=[called(whole_call("a", "f", HALF), finish="length")],
        stream=[calling(call_piece(0, "a", "f", HALF), finish="length")],
        tools=True,
    ),
    Row(
        "S3-tool-calls",
        'Broken tool arguments under finish reason "tool_calls" are never a call to run',
        (calls_nothing,),
        invoke=[called(whole_call("a", "f", HALF))],
        stream=[calling(call_piece(0, "a", "f", HALF))],
        tools=True,
    ),
    Row(
        "P19-stop",
        'Tool calls under finish reason "stop" are kept',
        (*ONE, ends("stop")),
        invoke=[called(whole_call("a", "f", '{"x": 1}'), finish="stop")],
        stream=[
            events(
                piece(delta={"tool_calls": [call_piece(0, "a", "f", '{"x": 1}')]}, finish="stop"),
                usage_event(),
            )
        ],
        tools=True,
    ),
    *(
        Row(
            f"C3-{name}",
            f"Pieces that continue a tool call without its name, under {how}, complete it",
            ONE,
            stream=[
                calling(
                    call_piece(0, "a", "f", ""),
                    call_piece(0, first, arguments='{"x"'),
                    call_piece(0, second, arguments=": 1}"),
                )
            ],
            tools=True,
        )
        for name, how, first, second in (
            ("null-id", 'the id "null"', "null", "null"),
            ("new-ids", "a new id each", "b", "c"),
        )
    ),
    Row(
        "C3-repeated",
        "A last event that repeats whole tool calls in a `message` calls each tool once",
        BOTH,
        stream=[
            events(
                piece(delta={"tool_calls": [call_piece(0, "a", "f", '{"x": 1}')]}),
                piece(delta={"tool_calls": [call_piece(1, "b", "f", '{"x": 2}')]}),
                piece(
                    finish="tool_calls",
                    choice={
                        "message": {
                            "tool_calls": [
                                whole_call("a", "f", '{"x": 1}'),
                                whole_call("b", "f", '{"x": 2}'),
                            ]
                        }
                    },
                ),
                usage_event(),
            )
        ],
        tools=True,
    ),
    Row(
        "C3-no-ids",
        "Two tool calls that come without ids and indices (Gemini's form) both arrive",
        BOTH,
        invoke=[called(whole_call("", "f", '{"x": 1}'), whole_call("", "f", '{"x": 2}'))],
        stream=[
            calling(
                call_piece(None, "", "f", '{"x": 1}'),
                call_piece(None, "", "f", '{"x": 2}'),
            )
        ],
        tools=True,
    ),
)
