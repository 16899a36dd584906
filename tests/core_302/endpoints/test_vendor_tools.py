"""A vendor's own tools go as they are; those of another API are refused with a sentence."""

import pytest

from core_302 import ChatOptions, InvalidInputError
from core_302.messages.tool_choice import chosen_tool, is_vendor_tool
from tests.scripted_server import completion, reply

VENDORS = [
    {"type": "web_search", "web_search": {"enable": True}},  # GLM
    {"type": "code_interpreter", "code_interpreter": {"sandbox": "none"}},  # GLM
    {"type": "builtin_function", "function": {"name": "$web_search"}},  # Kimi
    {"google_search": {}},  # Gemini
    {"type": "web_search_20250305", "name": "web_search"},  # Claude
    {"type": "custom", "custom": {"name": "sql"}},  # OpenAI
    {"type": "something_new", "name": "x"},
]


@pytest.mark.parametrize("tool", VENDORS, ids=str)
def test_a_vendors_own_tool_goes_as_it_is(connect, server, tool):
    server.answer(reply(200, completion()))
    connect(server.url).chat(options=ChatOptions(tools=(tool,)))
    assert server.seen[0].json["tools"] == [tool]
    assert is_vendor_tool(tool)


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("code_interpreter", "a function that does it"),
        ("file_search", "searches your files"),
        ("web_search_preview", "web_search=True"),
        ("web_search_preview_2025_03_11", "web_search=True"),
        ("computer_use_preview", "a function that does it"),
        ("mcp", "each as a function"),
    ],
)
def test_a_tool_of_openais_responses_api_is_refused_with_a_sentence(connect, server, kind, advice):
    options = ChatOptions(tools=(VENDORS[0], {"type": kind}))
    with pytest.raises(InvalidInputError, match=rf"tools\[1\]: '{kind}' is.*Responses.*{advice}"):
        connect(server.url).chat(options=options)
    assert server.seen == []


@pytest.mark.parametrize(
    "function",
    [
        {"type": "function", "function": {"name": "f"}},
        {"name": "f", "input_schema": {}},
        {"type": "custom", "name": "f", "input_schema": {}},
        {"title": "f", "type": "object", "properties": {}},
        {"function": {"name": "f"}},
        {"toolSpec": {"name": "f"}},
        "f",
    ],
)
def test_what_describes_a_function_is_none_of_a_vendors(function):
    assert not is_vendor_tool(function)


def test_a_vendors_tool_without_a_name_cannot_be_chosen_by_one():
    with pytest.raises(InvalidInputError, match=r"tool_choice: 'g'.*\['f'\]"):
        chosen_tool("g", [{"google_search": {}}, {"type": "function", "function": {"name": "f"}}])
