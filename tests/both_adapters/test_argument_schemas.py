"""What a model reads about a tool's arguments: one type each, with nothing to look up elsewhere.

Converters of other frameworks, and some vendors, read `type` and neither `anyOf` nor `$ref`.
"""

import json

import pytest

import langchain_302.tools
import llama_index_302.tools
from core_302.endpoints.strict_schema import strict_schema
from core_302.tools.capability import arguments_class
from tests.conftest import KEY

TOOLS = [
    pytest.param(kind, id=f"{package}-{kind.__name__}")
    for package, module in (("langchain", langchain_302.tools), ("llama", llama_index_302.tools))
    for kind in module.TOOLS
]


def properties_of(tool):
    """Return the arguments as a framework hands them on, and which are required."""
    if hasattr(tool, "args"):
        return tool.args, tool.tool_call_schema.model_json_schema().get("required", [])
    told = tool.metadata.get_parameters_dict()
    return told["properties"], told.get("required", [])


@pytest.mark.parametrize("kind", TOOLS)
def test_each_argument_has_one_type_and_an_optional_one_says_that_it_may_be_null(kind):
    told, required = properties_of(kind(api_key=KEY))
    assert told
    for name, one in told.items():
        assert isinstance(one["type"], str)
        assert one.get("nullable", False) is (name not in required)
    assert "anyOf" not in json.dumps(told)
    assert "$ref" not in json.dumps(told)


@pytest.mark.parametrize("kind", TOOLS)
def test_a_strict_schema_of_the_arguments_lets_optional_ones_be_null(kind):
    tool = kind(api_key=KEY)
    told, required = properties_of(tool)
    for name, one in strict_schema({"type": "object", "properties": told})["properties"].items():
        may_be_null = {"type": "null"} in one.get("anyOf", [])
        assert may_be_null is (name not in required)


def test_an_argument_that_may_really_have_two_types_says_both():
    kind = arguments_class("Two", {"amount": (int | str | None, None), "by": (int | str, ...)})
    told = kind.model_json_schema()["properties"]
    assert told["amount"]["nullable"] is True
    assert [one["type"] for one in told["amount"]["anyOf"]] == ["integer", "string", "null"]
    assert [one["type"] for one in told["by"]["anyOf"]] == ["integer", "string"]
