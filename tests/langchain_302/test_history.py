"""A history that any provider's model has written goes on with ours."""

import base64
import copy

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from core_302 import InvalidInputError
from core_302.messages.tool_results import NOT_RUN, ORPHAN, mended
from langchain_302.convert import to_wire
from langchain_302.reasoning import reasoning_of
from tests.drawn import png
from tests.scripted_server import completion, reply

PNG = base64.b64encode(png()).decode()
DATA = f"data:image/png;base64,{PNG}"
PDF = base64.b64encode(b"%PDF-1.4 x").decode()
LINK = "https://example.org/a.png"
CALL = {"name": "look", "args": {"at": "sky"}, "id": "c1", "type": "tool_call"}

# Each provider's way of saying: thoughts, a search of its own, a cited text, a tool call.
ANSWERS = {
    "openai chat": AIMessage(
        "It is blue.",
        tool_calls=[CALL],
        additional_kwargs={
            "refusal": None,
            "reasoning_content": "hm",
            "annotations": [{"type": "url_citation", "url_citation": {"url": LINK}}],
        },
        response_metadata={"model_provider": "openai"},
    ),
    "openai responses": AIMessage(
        [
            {
                "type": "reasoning",
                "id": "rs_1",
                "summary": [{"type": "summary_text", "text": "hm"}],
                "encrypted_content": "x",
            },
            {"type": "web_search_call", "id": "ws_1", "status": "completed"},
            {"type": "mcp_list_tools", "tools": []},
            {"type": "text", "text": "It is blue.", "annotations": [{"type": "url_citation"}]},
            {"type": "function_call", "call_id": "c1", "name": "look", "arguments": "{}"},
        ],
        tool_calls=[CALL],
        response_metadata={"model_provider": "openai"},
    ),
    "anthropic": AIMessage(
        [
            {"type": "thinking", "thinking": "hm", "signature": "x"},
            {"type": "redacted_thinking", "data": "x"},
            {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}},
            {"type": "web_search_tool_result", "tool_use_id": "s1", "content": []},
            {"type": "text", "text": "It is ", "citations": [{"url": LINK}]},
            {"type": "text", "text": "blue."},
            {"type": "tool_use", "id": "c1", "name": "look", "input": {"at": "sky"}},
        ],
        tool_calls=[CALL],
        response_metadata={"model_provider": "anthropic"},
    ),
    "gemini": AIMessage(
        [
            {"type": "thinking", "thinking": "hm", "signature": "x"},
            {"type": "executable_code", "executable_code": "1", "language": "PYTHON"},
            {"type": "code_execution_result", "code_execution_result": "1", "outcome": 1},
            "It is blue.",
        ],
        tool_calls=[CALL],
        additional_kwargs={"function_call": {"name": "look", "arguments": "{}"}},
        response_metadata={"model_provider": "google_genai"},
    ),
    "mistral": AIMessage(
        [
            {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
            {"type": "text", "text": "It is blue."},
            {"type": "reference", "reference_ids": [1]},
        ],
        tool_calls=[CALL],
    ),
    "bedrock": AIMessage(
        [
            {"type": "reasoning_content", "reasoning_content": {"text": "hm", "signature": "x"}},
            {"type": "text", "text": "It is blue."},
        ],
        tool_calls=[CALL],
    ),
    "openrouter": AIMessage(
        "It is blue.", tool_calls=[CALL], additional_kwargs={"reasoning": "hm"}
    ),
    "langchain v1": AIMessage(
        [
            {"type": "reasoning", "reasoning": "hm"},
            {"type": "server_tool_call", "id": "s1", "name": "web_search", "args": {}},
            {"type": "server_tool_result", "tool_call_id": "s1", "status": "success"},
            {"type": "text", "text": "It is blue.", "annotations": [{"type": "citation"}]},
            {"type": "non_standard", "value": {"type": "trace"}},
            CALL,
        ],
        tool_calls=[CALL],
        response_metadata={"output_version": "v1"},
    ),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_any_providers_answer_goes_back_as_its_words_its_thoughts_and_its_calls(
    ways, server, answer
):
    server.answer(reply(200, completion()))
    history = [HumanMessage("Look!"), answer, ToolMessage("blue", tool_call_id="c1")]
    before = copy.deepcopy(history)
    ways(server.url, model="deepseek-chat").invoke(history)
    _, said, result = server.seen[0].json["messages"]
    assert said == {
        "role": "assistant",
        "content": "It is blue.",
        "reasoning_content": "hm",
        "tool_calls": [
            {
                "id": "c1",
                "type": "function",
                "function": {"name": "look", "arguments": '{"at": "sky"}'},
            }
        ],
    }
    assert result == {"role": "tool", "tool_call_id": "c1", "content": "blue"}
    assert history == before


def test_the_paragraphs_of_a_summary_stay_apart():
    parts = [{"type": "summary_text", "text": text} for text in ("a", "b")]
    kept = {"reasoning": {"id": "rs_1", "summary": parts}}
    assert reasoning_of(AIMessage("x", additional_kwargs=kept)) == "a\n\nb"
    assert reasoning_of(AIMessage("x", additional_kwargs={"reasoning": 7})) == ""


HISTORY = [
    HumanMessage("Look!"),
    AIMessage("", tool_calls=[CALL], additional_kwargs={"reasoning_content": "first"}),
    ToolMessage("blue", tool_call_id="c1"),
    AIMessage("Blue.", additional_kwargs={"reasoning_content": "second"}),
    HumanMessage("Thanks"),
]


def sent_thoughts(way, server, **options):
    server.answer(reply(200, completion()))
    way.invoke(HISTORY, **options)
    messages = server.seen[-1].json["messages"]
    return [m["reasoning_content"] for m in messages if "reasoning_content" in m]


@pytest.mark.parametrize(
    ("model", "thoughts"),
    [
        ("gpt-4o", []),
        ("deepseek-r1", []),
        ("deepseek-v4-flash", ["first"]),
        ("a-model-nobody-knows", ["first"]),
        ("kimi-k2-thinking", ["first", "second"]),
    ],
)
def test_thoughts_go_back_where_the_model_wants_them(ways, server, model, thoughts):
    assert sent_thoughts(ways(server.url, model=model), server) == thoughts


def test_the_users_word_on_thoughts_wins_over_the_catalogue(ways, server):
    way = ways(server.url, model="gpt-4o", reasoning_back="always")
    assert sent_thoughts(way, server) == ["first", "second"]
    assert sent_thoughts(way, server, reasoning_back="never") == []
    assert sent_thoughts(way, server, model="deepseek-v4-pro", reasoning_back=None) == ["first"]


def test_an_unknown_policy_of_thoughts_is_refused(ways, server):
    with pytest.raises(InvalidInputError, match="reasoning_back"):
        ways(server.url, reasoning_back="sometimes")
    with pytest.raises(InvalidInputError, match="'sometimes' is unknown"):
        ways(server.url).invoke(reasoning_back="sometimes")
    assert not server.seen


# Images and files

SHOWN = {
    "openai chat": {"type": "image_url", "image_url": {"url": LINK}},
    "openai responses": {"type": "input_image", "image_url": LINK},
    "anthropic": {"type": "image", "source": {"type": "url", "url": LINK}},
    "gemini": {"type": "media", "mime_type": "image/png", "file_uri": LINK},
    "langchain v1": {"type": "image", "url": LINK},
}
FILES = {
    "anthropic": {
        "type": "document",
        "title": "a.pdf",
        "source": {"type": "base64", "media_type": "application/pdf", "data": PDF},
    },
    "gemini": {"type": "media", "mime_type": "application/pdf", "data": PDF},
    "openai chat": {
        "type": "file",
        "file": {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{PDF}"},
    },
    "langchain v1": {"type": "file", "base64": PDF, "mime_type": "application/pdf"},
}


@pytest.mark.parametrize("block", SHOWN.values(), ids=SHOWN)
def test_images_of_a_tool_are_shown_after_the_last_result_of_its_group(block):
    turn = AIMessage("", tool_calls=[CALL, {**CALL, "id": "c2"}])
    text = {"type": "text", "text": "here"}
    wire = to_wire(
        [
            turn,
            ToolMessage([text, block], tool_call_id="c1"),
            ToolMessage("nothing", tool_call_id="c2"),
            AIMessage("I see."),
        ]
    )
    assert [m["role"] for m in wire] == ["assistant", "tool", "tool", "user", "assistant"]
    assert [m["content"] for m in wire[1:3]] == ["here", "nothing"]
    assert wire[3]["content"][1] == {"type": "image_url", "image_url": {"url": LINK}}


@pytest.mark.parametrize("block", FILES.values(), ids=FILES)
def test_files_of_a_tool_are_shown_after_it(block):
    tool, user = to_wire([ToolMessage([block], tool_call_id="c1")])
    assert tool["content"] == "(the result is shown in the next message)"
    file = user["content"][1]["file"]
    assert file["file_data"] == f"data:application/pdf;base64,{PDF}"
    assert file["filename"] in ("a.pdf", "file")


OWN_IMAGES = {
    "langchain v1": {"content": [{"type": "image", "base64": PNG}]},
    "gemini": {"content": [{"type": "image_url", "image_url": {"url": DATA}}]},
    "openai responses": {"content": [{"type": "image_generation_call", "result": PNG}]},
    "302.AI": {"content": "", "additional_kwargs": {"images": [DATA]}},
    "302.AI in v1": {
        "content": [{"type": "image", "base64": PNG}],
        "additional_kwargs": {"images": [DATA]},
    },
}


@pytest.mark.parametrize("given", OWN_IMAGES.values(), ids=OWN_IMAGES)
def test_an_image_that_a_model_made_is_shown_to_it_again_once(given):
    said, shown, _ = to_wire([AIMessage(**given), HumanMessage("Make it blue")])
    assert said == {"role": "assistant", "content": ""}
    assert shown["role"] == "user"
    assert shown["content"][1:] == [{"type": "image_url", "image_url": {"url": DATA}}]


def test_an_image_that_only_its_vendor_has_is_left_out():
    content = [{"type": "image", "file_id": "f1"}, {"type": "image_generation_call"}]
    assert to_wire([AIMessage(content)]) == [{"role": "assistant", "content": ""}]


# Texts in other forms

TEXTS = {
    "text-plain": ({"type": "text-plain", "text": "words"}, "words"),
    "text-plain as data": (
        {"type": "text-plain", "base64": base64.b64encode(b"words").decode()},
        "words",
    ),
    "document of text": (
        {"type": "document", "source": {"type": "text", "data": "words"}},
        "words",
    ),
    "document of blocks": (
        {"type": "document", "source": {"type": "content", "content": "words"}},
        "words",
    ),
    "json": ({"type": "json", "json": {"a": "京"}}, '{"a": "京"}'),
    "search result": (
        {
            "type": "search_result",
            "title": "T",
            "source": LINK,
            "content": [{"type": "text", "text": "words"}],
        },
        f"T\n{LINK}\nwords",
    ),
    "custom tool": ({"type": "custom_tool_call_output", "output": "words"}, "words"),
    "custom tool without output": ({"type": "custom_tool_call_output"}, ""),
}


@pytest.mark.parametrize(("block", "text"), TEXTS.values(), ids=TEXTS)
def test_a_tools_text_in_any_form_is_its_content(block, text):
    (wire,) = to_wire([ToolMessage([block], tool_call_id="c1")])
    assert wire["content"] == text


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ({"type": "text-plain", "url": LINK}, "contains no text"),
        ({"type": "text-plain", "base64": "?"}, "contains no text"),
        ({"type": "document", "source": {"type": "file", "file_id": "f"}}, "keeps no files"),
        ({"type": "document"}, "neither a link nor"),
        ({"type": "non_standard", "value": {"a": 1}}, "non_standard"),
    ],
)
def test_what_a_program_wrote_and_cannot_be_sent_is_refused_with_its_place(block, says):
    with pytest.raises(InvalidInputError, match=says) as caught:
        to_wire([SystemMessage("s"), HumanMessage([block])])
    assert "messages[1].content[0]" in str(caught.value)


@pytest.mark.parametrize(
    "message",
    [
        AIMessage("", additional_kwargs={"refusal": "I will not."}),
        AIMessage([{"type": "refusal", "refusal": "I will not."}]),
        AIMessage([{"type": "non_standard", "value": {"refusal": "I will not."}}]),
    ],
)
def test_a_refusal_goes_back_as_what_the_model_said(message):
    assert to_wire([message]) == [{"role": "assistant", "content": "I will not."}]


def test_anthropics_tool_results_in_a_users_message_become_results():
    result = {"type": "tool_result", "tool_use_id": "c1", "content": "blue", "is_error": False}
    call = AIMessage("", tool_calls=[CALL])
    wire = to_wire([call, HumanMessage([result, {"type": "text", "text": "And?"}])])
    assert wire[1:] == [
        {"role": "tool", "tool_call_id": "c1", "content": "blue"},
        {"role": "user", "content": [{"type": "text", "text": "And?"}]},
    ]
    assert [m["role"] for m in to_wire([call, HumanMessage([{**result, "content": None}])])] == [
        "assistant",
        "tool",
    ]


# Calls and results that do not fit together


def call(*ids):
    calls = [
        {"id": i, "type": "function", "function": {"name": "f", "arguments": "{}"}} for i in ids
    ]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def result(call_id, content="r"):
    return {"role": "tool", "tool_call_id": call_id, "content": content}


NEXT = {"role": "user", "content": "next"}


def pairs(wire):
    """Return the ids of calls and of results, in order."""
    ids = [[c["id"] for c in m["tool_calls"]] for m in wire if "tool_calls" in m]
    return ids, [(m["tool_call_id"], m["content"]) for m in wire if m["role"] == "tool"]


def test_a_call_without_a_result_gets_one_that_says_so():
    wire = mended([call("a", "b"), result("b"), NEXT])
    assert pairs(wire) == ([["a", "b"]], [("a", NOT_RUN), ("b", "r")])
    assert pairs(mended([call("a"), NEXT]))[1] == [("a", NOT_RUN)]
    assert mended([NEXT, call("a")]) == [NEXT, call("a")]


def test_a_broken_call_that_was_never_run_does_not_stop_the_conversation(ways, server):
    server.answer(reply(200, completion()))
    broken = {"name": "f", "args": "{x", "id": "c1", "error": "bad", "type": "invalid_tool_call"}
    ways(server.url).invoke([AIMessage("", invalid_tool_calls=[broken]), HumanMessage("Again")])
    ids, results = pairs(server.seen[0].json["messages"])
    assert (ids, results) == ([["c1"]], [("c1", NOT_RUN)])


def test_a_result_without_a_call_is_told_by_the_user():
    told = {"role": "user", "content": f"{ORPHAN}\nr"}
    assert mended([result("a"), result("b"), NEXT]) == [told, told, NEXT]
    assert mended([NEXT, result("a")]) == [NEXT, told]
    twice = mended([call("a"), result("a", "first"), result("a")])
    assert twice == [call("a"), result("a", "first"), told]


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (["a", "a"], ["a", "a_2"]),
        (["", ""], ["call", "call_2"]),
        (["a", "a", "a_2"], ["a", "a_3", "a_2"]),
        (["call", ""], ["call", "call_2"]),
    ],
)
def test_calls_that_share_an_id_are_told_apart_by_their_order(given, sent):
    wire = mended([call(*given), *[result(i, str(n)) for n, i in enumerate(given)]])
    assert pairs(wire) == ([sent], [(i, str(n)) for n, i in enumerate(sent)])


def test_a_conversation_that_fits_together_is_sent_as_it_is():
    fine = [NEXT, call("a", "b"), result("b"), result("a"), NEXT]
    assert pairs(mended(fine)) == ([["a", "b"]], [("a", "r"), ("b", "r")])
    assert mended([NEXT]) == [NEXT]
