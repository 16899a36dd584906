"""A strict schema is one that a strict vendor takes, by whatever door it comes."""

import copy
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from core_302 import ChatOptions, InvalidInputError
from core_302.endpoints.strict_schema import strict_schema
from core_302.options.chat import chat_options
from tests.scripted_server import completion, reply


class Circle(BaseModel):
    kind: Literal["circle"] = "circle"


class Square(BaseModel):
    kind: Literal["square"] = "square"


class Inner(BaseModel):
    default: int = 3


class Outer(BaseModel):
    """What is seen."""

    inner: Inner = Field(description="within")
    many: list[Inner] = Field(default_factory=list)
    note: str | None = None
    shape: Circle | Square = Field(discriminator="kind")


def objects_in(schema):
    """Yield every object of a schema."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        schema = list(schema.values())
    if isinstance(schema, list):
        for inner in schema:
            yield from objects_in(inner)


def test_every_object_forbids_others_and_requires_its_own():
    given = Outer.model_json_schema()
    before = copy.deepcopy(given)
    found = list(objects_in(strict_schema(given)))
    assert len(found) == 4
    for one in found:
        assert one["additionalProperties"] is False
        assert one["required"] == list(one["properties"])
    assert given == before


def test_words_that_strict_vendors_do_not_know_are_said_otherwise():
    properties = strict_schema(Outer.model_json_schema())["properties"]
    assert properties["inner"] == {"anyOf": [{"$ref": "#/$defs/Inner"}], "description": "within"}
    assert properties["note"] == {
        "anyOf": [{"type": "string"}, {"type": "null"}],
        "title": "Note",
    }
    assert properties["shape"] == {
        "anyOf": [{"$ref": "#/$defs/Circle"}, {"$ref": "#/$defs/Square"}],
        "title": "Shape",
    }


@pytest.mark.parametrize(
    ("given", "strict"),
    [
        ({"type": "object"}, {"type": "object", "additionalProperties": False, "required": []}),
        (
            {"type": ["object", "null"], "additionalProperties": True},
            {"type": ["object", "null"], "additionalProperties": False, "required": []},
        ),
        (
            {"type": "object", "additionalProperties": {"type": "integer", "default": 1}},
            {"type": "object", "additionalProperties": {"type": "integer"}, "required": []},
        ),
        (
            {"allOf": [{"$ref": "#/$defs/A"}], "description": "a"},
            {"anyOf": [{"$ref": "#/$defs/A"}], "description": "a"},
        ),
        ({"allOf": [{}, {}]}, {"allOf": [{}, {}]}),
        ({"type": "array", "items": True}, {"type": "array", "items": True}),
        (
            {"type": "string", "enum": ["a"], "nullable": True, "default": None, "title": "A"},
            {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}], "title": "A"},
        ),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        ({"properties": None}, {"properties": None, "additionalProperties": False, "required": []}),
    ],
)
def test_single_words_of_a_schema(given, strict):
    assert strict_schema(given) == strict


LOOSE = {"type": "object", "properties": {"a": {"type": "string"}}}
STRICT = {**LOOSE, "additionalProperties": False, "required": ["a"]}


def described(schema, **more):
    return {"type": "json_schema", "json_schema": {"name": "A", "schema": schema, **more}}


def sent(connect, server, **options):
    server.answer(reply(200, completion()))
    connect(server.url).chat(options=ChatOptions(**options))
    return server.seen[-1].json


@pytest.mark.parametrize(
    ("given", "on_the_wire"),
    [
        (described(LOOSE, strict=True), described(STRICT, strict=True)),
        (described(LOOSE, strict=False), described(LOOSE, strict=False)),
        (described(LOOSE), described(LOOSE)),
        ({**described(LOOSE), "type": "a-vendors"}, {**described(LOOSE), "type": "a-vendors"}),
        ({"type": "json_schema", "json_schema": {"strict": True}},) * 2,
        ({"type": "json_object"},) * 2,
        ({**LOOSE, "title": "A"}, described({**LOOSE, "title": "A"})),
    ],
)
def test_the_form_of_an_answer_is_strict_where_it_says_so(connect, server, given, on_the_wire):
    assert sent(connect, server, response_format=given)["response_format"] == on_the_wire


def test_a_schema_without_a_name_gets_one_and_an_odd_name_becomes_well_formed(connect, server):
    body = sent(connect, server, response_format=LOOSE)
    assert body["response_format"]["json_schema"]["name"] == "answer"
    body = sent(connect, server, response_format={**LOOSE, "title": "Box[int]"})
    assert body["response_format"]["json_schema"]["name"] == "Box_int_"


def test_a_class_is_a_form_of_an_answer(connect, server):
    assert sent(connect, server, response_format=Outer)["response_format"] == {
        "type": "json_schema",
        "json_schema": {
            "name": "Outer",
            "description": "What is seen.",
            "schema": Outer.model_json_schema(),
        },
    }


def test_a_class_without_a_schema_is_refused_before_anything_is_sent():
    with pytest.raises(InvalidInputError, match=r"response_format: the class .* has no JSON"):
        chat_options({"response_format": type("Odd", (), {})})


def test_a_tool_is_strict_where_it_says_so(connect, server):
    function = {"name": "f", "parameters": LOOSE}
    tools = [
        {"type": "function", "function": {**function, "strict": True}},
        {"type": "function", "function": function},
        {"type": "web_search"},
    ]
    strict = {"type": "function", "function": {**function, "strict": True, "parameters": STRICT}}
    assert sent(connect, server, tools=tuple(tools))["tools"] == [strict, *tools[1:]]
