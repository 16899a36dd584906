"""A vendor's own tools are bound beside functions, in both frameworks alike."""

import pytest

from core_302 import InvalidInputError
from tests.core_302.endpoints.test_vendor_tools import VENDORS
from tests.scripted_server import completion, reply

LOOK = {"id": "c1", "function": {"name": "look", "arguments": "{}"}}


@pytest.mark.parametrize("tool", VENDORS, ids=str)
def test_a_vendors_own_tool_goes_as_it_is_beside_a_function(asker, server, tool):
    server.answer(reply(200, completion(None, message={"tool_calls": [LOOK]})))
    asked = asker()
    assert asked.calls([tool, asked.tool("look")]) == ["look"]
    assert asked.body["tools"][0] == tool
    assert asked.body["tools"][1]["function"]["name"] == "look"


def test_a_tool_of_openais_responses_api_is_refused(asker, server):
    asked = asker()
    with pytest.raises(InvalidInputError, match="file_search"):
        asked.calls([{"type": "file_search", "vector_store_ids": ["v"]}])
    assert server.seen == []


def test_strict_is_said_of_functions_only(asker, server, framework):
    server.answer(reply(200, completion()))
    asked = asker()
    tools = [VENDORS[0], asked.tool("look")]
    if framework == "LangChain":
        asked._end("invoke", "Hello", of=asked.model.bind_tools(tools, strict=True))
    else:
        asked._end("chat_with_tools", tools, "Hello", strict=True)
    vendors, ours = asked.body["tools"]
    assert vendors == VENDORS[0]
    assert ours["function"]["strict"] is True
    assert ours["function"]["parameters"]["required"] == ["at"]
    assert ours["function"]["parameters"]["additionalProperties"] is False


def test_a_function_in_the_flat_form_of_the_responses_api_is_sent_as_a_function(asker, server):
    server.answer(reply(200, completion(None, message={"tool_calls": [LOOK]})))
    asked = asker()
    function = {"name": "look", "parameters": {"type": "object", "properties": {}}}
    assert asked.calls([{"type": "function", **function}], choice="look") == ["look"]
    assert asked.body["tools"] == [{"type": "function", "function": function}]
    assert asked.body["tool_choice"] == {"type": "function", "function": {"name": "look"}}
