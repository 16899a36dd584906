"""Messages to the wire: every form in which a program shows an image, and what is refused."""

import base64
import copy

import pytest
from langchain_core.messages import (
    AIMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)

from core_302 import InvalidInputError
from langchain_302.convert import to_wire
from langchain_302.structured import told_schema
from tests.drawn import png

PNG = base64.b64encode(png()).decode()
DATA = f"data:image/png;base64,{PNG}"
LINK = "https://example.org/a"


def user(*blocks):
    return to_wire([HumanMessage(content=list(blocks))])[0]["content"]


@pytest.mark.parametrize(
    ("block", "url"),
    [
        ({"type": "image_url", "image_url": {"url": LINK}}, LINK),
        ({"type": "image_url", "image_url": LINK}, LINK),
        ({"type": "image_url", "image_url": {"url": DATA}}, DATA),
        ({"type": "image", "url": LINK}, LINK),
        ({"type": "image", "base64": PNG, "mime_type": "image/png"}, DATA),
        ({"type": "image", "base64": PNG, "mime_type": "image/jpeg"}, DATA),
        ({"type": "image", "source_type": "base64", "data": PNG, "mime_type": "image/png"}, DATA),
        ({"type": "image", "source_type": "url", "url": LINK}, LINK),
        (
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/png", "data": PNG},
            },
            DATA,
        ),
        ({"type": "image", "source": {"type": "url", "url": LINK}}, LINK),
        ({"type": "image", "base64": base64.b64decode(PNG)}, DATA),
    ],
)
def test_an_image_in_any_form_is_sent_as_the_wire_has_it(block, url):
    assert user("look", block) == [
        {"type": "text", "text": "look"},
        {"type": "image_url", "image_url": {"url": url}},
    ]


def test_the_detail_of_an_image_is_kept():
    block = {"type": "image_url", "image_url": {"url": LINK, "detail": "low"}}
    assert user(block)[0]["image_url"] == {"url": LINK, "detail": "low"}


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ({"type": "image_url", "image_url": {"url": "/etc/passwd"}}, "not a path"),
        ({"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}, "not file:"),
        ({"type": "image_url", "image_url": {}}, "neither a link nor"),
        ({"type": "image_url", "image_url": None}, "neither a link nor"),
        ({"type": "image_url", "image_url": {"url": "data:image/png,x"}}, "base64"),
        ({"type": "image", "base64": "not base64!" * 9}, "not valid base64"),
        ({"type": "image", "base64": "x"}, "not valid base64"),
        (
            {"type": "image", "base64": base64.b64encode(b"%PDF-1.7" * 9).decode()},
            "is not an image",
        ),
        ({"type": "image", "base64": base64.b64encode(b"<svg>" * 20).decode()}, "is not an image"),
        ({"type": "image"}, "neither a link nor"),
        ({"type": "image", "base64": 7}, "no image data"),
        ({"type": "image", "file_id": "f1"}, "keeps no files"),
        ({"type": "hologram"}, "'hologram'"),
        ({"type": "audio", "url": LINK}, "base64"),
        ({"type": "audio"}, "neither a link nor"),
    ],
)
def test_a_block_that_cannot_be_sent_is_named_by_its_place(block, says):
    message = HumanMessage(content=["look", block])
    with pytest.raises(InvalidInputError, match=says) as caught:
        to_wire([SystemMessage("x"), message])
    assert "messages[1].content[1]" in str(caught.value)
    assert "passwd" not in str(caught.value)


@pytest.mark.parametrize(
    ("block", "part"),
    [
        ({"type": "text-plain", "text": "t"}, {"type": "text", "text": "t"}),
        ({"type": "refusal", "refusal": "no"}, {"type": "text", "text": "no"}),
        (
            {"type": "audio", "base64": "AAAA", "mime_type": "audio/mpeg"},
            {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "mp3"}},
        ),
        (
            {"type": "file", "base64": "AAAA", "mime_type": "application/pdf", "filename": "a.pdf"},
            {
                "type": "file",
                "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"},
            },
        ),
        (
            {"type": "file", "file": {"file_id": "x"}},
            {"type": "file", "file": {"file_id": "x"}},
        ),
        (
            {"type": "video", "url": LINK},
            {"type": "video_url", "video_url": {"url": LINK}},
        ),
        (
            {"type": "input_audio", "input_audio": {"data": "A", "format": "wav"}},
            {"type": "input_audio", "input_audio": {"data": "A", "format": "wav"}},
        ),
    ],
)
def test_other_blocks_are_sent_in_the_form_that_most_vendors_read(block, part):
    assert user(block) == [part]


def test_every_kind_of_message_has_its_role_and_name():
    wire = to_wire(
        [
            SystemMessage("s"),
            HumanMessage("u", name="bob"),
            AIMessage("a", name="eve"),
            ChatMessage(role="critic", content="c"),
            FunctionMessage(name="f", content="r"),
            SystemMessage("d", additional_kwargs={"__openai_role__": "developer"}),
        ]
    )
    assert [(m["role"], m.get("name")) for m in wire] == [
        ("system", None),
        ("user", "bob"),
        ("assistant", "eve"),
        ("critic", None),
        ("function", "f"),
        ("developer", None),
    ]


def test_a_message_that_is_no_message_of_a_conversation_is_refused():
    with pytest.raises(InvalidInputError, match="RemoveMessage"):
        to_wire([RemoveMessage(id="x")])


CALL = {"name": "f", "args": {"city": "北京"}, "id": "c1"}


def test_tool_calls_go_back_with_their_ids_and_their_thoughts():
    message = AIMessage("", tool_calls=[CALL], additional_kwargs={"reasoning_content": "hm"})
    assert to_wire([message]) == [
        {
            "role": "assistant",
            "content": None,
            "reasoning_content": "hm",
            "tool_calls": [
                {
                    "id": "c1",
                    "type": "function",
                    "function": {"name": "f", "arguments": '{"city": "北京"}'},
                }
            ],
        }
    ]


def test_thoughts_of_a_finished_answer_do_not_go_back():
    message = AIMessage("done", additional_kwargs={"reasoning_content": "hm"})
    assert to_wire([message]) == [{"role": "assistant", "content": "done"}]


def test_a_broken_tool_call_goes_back_as_it_was():
    broken = {"name": "f", "args": "{x", "id": "c1", "error": "bad", "type": "invalid_tool_call"}
    (wire,) = to_wire([AIMessage("", invalid_tool_calls=[broken])])
    assert wire["tool_calls"][0]["function"]["arguments"] == "{x"


def test_an_answer_of_another_provider_goes_back_as_its_text():
    content = [
        {"type": "thinking", "thinking": "hm"},
        {"type": "text", "text": "I will "},
        {"type": "text", "text": "look", "annotations": []},
        {"type": "tool_use", "id": "c1", "name": "f", "input": {}},
    ]
    (wire,) = to_wire([AIMessage(content, tool_calls=[CALL])])
    assert (wire["content"], wire["reasoning_content"]) == ("I will look", "hm")


def test_images_of_tool_results_move_behind_the_last_of_them():
    shown = [{"type": "text", "text": "drawn"}, {"type": "image", "url": LINK}]
    wire = to_wire(
        [
            ToolMessage(shown, tool_call_id="1"),
            ToolMessage([{"type": "image", "url": LINK + "2"}], tool_call_id="2"),
            HumanMessage("next"),
        ]
    )
    assert [m["role"] for m in wire] == ["tool", "tool", "user", "user"]
    assert wire[0]["content"] == "drawn"
    assert wire[1]["content"]
    assert [p["image_url"]["url"] for p in wire[2]["content"][1:]] == [LINK, LINK + "2"]


def test_the_result_of_a_tool_goes_back_as_its_text():
    (wire,) = to_wire([ToolMessage("42", tool_call_id="1", name="f")])
    assert wire == {"role": "tool", "tool_call_id": "1", "content": "42"}


def test_a_tool_that_returned_nothing_is_sent_as_nothing():
    assert to_wire([ToolMessage([], tool_call_id="1")])[0]["content"] == ""


def test_nothing_given_is_changed():
    messages = [
        HumanMessage([{"type": "image", "base64": PNG}]),
        AIMessage("", tool_calls=[CALL]),
        ToolMessage([{"type": "image", "url": LINK}], tool_call_id="c1"),
    ]
    before = copy.deepcopy(messages)
    to_wire(messages)
    assert messages == before


SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}


def test_json_mode_tells_the_schema_in_the_first_system_message():
    (told, *rest) = told_schema([HumanMessage("x")], SCHEMA)
    assert isinstance(told, SystemMessage)
    assert '"properties"' in told.content
    assert rest == [HumanMessage("x")]
    (joined, *_) = told_schema([SystemMessage("be brief"), HumanMessage("x")], SCHEMA)
    assert joined.content.startswith("be brief\n\n")
    blocks = [{"type": "text", "text": "be brief"}]
    (listed, *_) = told_schema([SystemMessage(blocks)], SCHEMA)
    assert to_wire([listed])[0]["content"][0]["text"] == "be brief"
    assert "JSON" in to_wire([listed])[0]["content"][1]["text"]
    assert len(blocks) == 1
