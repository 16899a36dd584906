"""No schema makes the emulator write without end: what it asks for is counted as a whole."""

import json
import tracemalloc

import pytest

from emulator_302.rule_model.conversation import BadRequest
from emulator_302.rule_model.schema_fill import fill
from emulator_302.rule_model.schema_limits import MOST_LETTERS

MIB = 1 << 20


def lists(least, deep, inner):
    for _ in range(deep):
        inner = {"type": "array", "minItems": least, "items": inner}
    return inner


def keys(number, inner):
    properties = {f"k{key}": inner for key in range(number)}
    return {"type": "object", "properties": properties, "required": list(properties)}


LONG = {"type": "string", "minLength": 500_000}
TWICE = {
    "allOf": [{"$ref": "#/$defs/a0"}, {"$ref": "#/$defs/a0"}],
    "$defs": {
        f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}, {"$ref": f"#/$defs/a{n + 1}"}]}
        for n in range(14)
    },
}
ITSELF = {"$ref": "#/$defs/a"}
ENDLESS = {
    "a billion items": lists(10**9, 1, {"type": "integer"}),
    "a thousand thousand thousand items": lists(1_000, 3, {"type": "integer"}),
    "a string of a billion letters": {"type": "string", "minLength": 10**9},
    "long strings in a list": lists(40, 1, LONG),
    "long strings under many keys": keys(40, LONG),
    "long strings that the text has": {
        "type": "array",
        "items": {"type": "string", "minLength": 900_000},
    },
    "keys in keys in keys": keys(40, keys(40, keys(40, {"type": "integer"}))),
    "a schema that is all of itself": {**ITSELF, "$defs": {"a": {"allOf": [ITSELF]}}},
    "twice twice twice": TWICE,
    "itself in a list": {**ITSELF, "$defs": {"a": lists(9, 1, ITSELF)}},
}


@pytest.mark.parametrize("schema", ENDLESS.values(), ids=ENDLESS.keys())
def test_a_schema_that_asks_for_too_much_is_refused_within_a_few_megabytes(schema):
    tracemalloc.start()
    try:
        with pytest.raises(BadRequest, match="the schema"):
            fill(schema, 'The "red" fox, the "blue" fish and the "old" dog.')
        assert tracemalloc.get_traced_memory()[1] < 64 * MIB
    finally:
        tracemalloc.stop()


def test_bounds_that_a_program_may_ask_for_are_kept():
    assert len(fill(lists(500, 1, {"type": "integer"}), "x")) == 500
    assert len(fill({"type": "string", "minLength": MOST_LETTERS}, "x")) == MOST_LETTERS
    assert len(fill(keys(50, {"type": "string", "minLength": 9}), "x")) == 50


@pytest.mark.parametrize("bound", [None, "3", True, -1, float("inf"), 2.5])
def test_a_bound_that_is_none_is_no_bound(bound):
    assert fill({"type": "array", "items": {}, "minItems": bound}, "x", reply="y") is not None
    assert isinstance(fill({"type": "string", "minLength": bound}, "x"), str)


def test_a_chat_call_with_such_a_schema_is_a_bad_request(caller):
    described = {"name": "x", "schema": lists(10**9, 1, {"type": "integer"})}
    asked = {"type": "json_schema", "json_schema": described}
    assert caller.post("Fill it.", response_format=asked).status_code == 400
    tool = {"type": "function", "function": {"name": "f", "parameters": keys(40, LONG)}}
    assert caller.post("Fill it.", tools=[tool], tool_choice="required").status_code == 400
    printed = json.dumps({**keys(40, LONG), "title": "JSON"})
    assert caller.post(f"Answer in JSON by this schema: {printed}").status_code == 400
