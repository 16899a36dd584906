"""Messages of LlamaIndex on their way to the wire: every block, and what is refused."""

import base64
import io
import json

import pytest
from llama_index.core.base.llms.types import (
    AudioBlock,
    CacheControl,
    CachePoint,
    ChatMessage,
    CitableBlock,
    CitationBlock,
    DocumentBlock,
    ImageBlock,
    MessageRole,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    VideoBlock,
)

from core_302.errors import InvalidInputError
from llama_index_302 import AI302, local_files
from llama_index_302.convert import to_wire
from llama_index_302.local_files import names_files, with_files_read
from tests.conftest import KEY
from tests.llama_index_contract.stage import PIXEL

DATA = base64.b64encode(PIXEL).decode()
SHOWN = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{DATA}"}}
HI = {"type": "text", "text": "Hi"}


def user(*blocks):
    """Return the wire's content of a user's message."""
    return to_wire([ChatMessage(role="user", blocks=list(blocks))])[0]["content"]


@pytest.mark.parametrize(
    ("block", "part"),
    [
        (TextBlock(text="Hi"), HI),
        (ThinkingBlock(content="hm"), {"type": "text", "text": "hm"}),
        (ImageBlock(image=PIXEL), SHOWN),
        (
            ImageBlock(url="https://a/b?sig=1", detail="low"),
            {"type": "image_url", "image_url": {"url": "https://a/b?sig=1", "detail": "low"}},
        ),
        (
            AudioBlock(audio=b"RIFF....", format="mp3"),
            {
                "type": "input_audio",
                "input_audio": {"data": base64.b64encode(b"RIFF....").decode(), "format": "mp3"},
            },
        ),
        (
            VideoBlock(video=b"...."),
            {"type": "video_url", "video_url": {"url": "data:video/mp4;base64,Li4uLg=="}},
        ),
        (
            VideoBlock(url="https://a/v.mp4"),
            {"type": "video_url", "video_url": {"url": "https://a/v.mp4"}},
        ),
        (
            DocumentBlock(data=b"%PDF-", title="a.pdf", document_mimetype="application/pdf"),
            {
                "type": "file",
                "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="},
            },
        ),
        (
            DocumentBlock(url="https://a/b.pdf", title="b"),
            {"type": "file", "file": {"filename": "b", "file_data": "https://a/b.pdf"}},
        ),
    ],
)
def test_a_block_becomes_its_part(block, part):
    assert user(TextBlock(text="?"), block)[1] == part


def test_a_message_of_one_text_is_that_text():
    named = ChatMessage(role="system", content="Hi", additional_kwargs={"name": "bob"})
    assert to_wire([named]) == [{"role": "system", "content": "Hi", "name": "bob"}]
    assert to_wire([ChatMessage(role="user", blocks=[])])[0]["content"] == ""


@pytest.mark.parametrize("role", ["assistant", "chatbot", "model"])
def test_the_models_turn_has_one_role_on_the_wire(role):
    assert to_wire([ChatMessage(role=role, content="Hi")])[0]["role"] == "assistant"


def test_a_cache_point_marks_the_part_before_it():
    point = CachePoint(cache_control=CacheControl(type="ephemeral", ttl="1h"))
    assert user(TextBlock(text="Hi"), point) == [
        {**HI, "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    ]
    with pytest.raises(InvalidInputError, match=r"blocks\[0\]: a CachePoint needs a block"):
        user(point)


def test_what_can_be_cited_and_what_is_cited_name_their_source():
    citable = CitableBlock(title="T", source="https://t", content="Fact")
    cited = CitationBlock(
        cited_content="Said", source="https://s", title="", additional_location_info={}
    )
    texts = [part["text"] for part in user(citable, cited)]
    assert texts == ["T (https://t):", "Fact", "Said", "(from a source: https://s)"]


def test_a_turn_of_calls_goes_back_with_its_thoughts_and_without_its_sources():
    blocks = [
        ThinkingBlock(content="I think"),
        TextBlock(text="Let me "),
        TextBlock(text="see"),
        CitationBlock(cited_content="x", source="s", title="t", additional_location_info={}),
        ToolCallBlock(tool_call_id="a", tool_name="f", tool_kwargs={"x": "\N{SNOWMAN}"}),
    ]
    wire = to_wire([ChatMessage(role="assistant", blocks=blocks)])[0]
    assert (wire["content"], wire["reasoning_content"]) == ("Let me see", "I think")
    assert wire["tool_calls"][0]["function"] == {"name": "f", "arguments": '{"x": "\N{SNOWMAN}"}'}


@pytest.mark.parametrize("as_object", [False, True])
def test_calls_from_before_there_were_blocks_go_back(as_object):
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}

    class Call:
        def model_dump(self):
            return call

    kept = {"tool_calls": [Call() if as_object else call]}
    message = ChatMessage(role="assistant", blocks=[], additional_kwargs=kept)
    assert to_wire([message])[0] == {"role": "assistant", "content": None, "tool_calls": [call]}


def test_images_of_tools_are_shown_after_the_last_of_them():
    image = ImageBlock(image=PIXEL)
    calls = [ToolCallBlock(tool_name="f", tool_kwargs={}, tool_call_id=i) for i in "ab"]
    first, second = (
        {"role": "tool", "additional_kwargs": {"tool_call_id": call_id}} for call_id in "ab"
    )
    wire = to_wire(
        [
            ChatMessage(role="assistant", blocks=calls),
            ChatMessage(**first, blocks=[TextBlock(text="One"), image]),
            ChatMessage(**second, blocks=[image]),
            ChatMessage(role="user", content="And?"),
        ]
    )
    assert [message["role"] for message in wire] == ["assistant", "tool", "tool", "user", "user"]
    assert wire[1]["content"] == "One"
    assert "next message" in wire[2]["content"]
    assert wire[3]["content"][1:] == [SHOWN, SHOWN]


def test_a_result_without_a_call_is_told_by_the_user():
    orphan = ChatMessage(role="tool", content="42", additional_kwargs={"tool_call_id": "gone"})
    wire = to_wire([orphan, ChatMessage(role="user", content="And?")])
    assert [message["role"] for message in wire] == ["user", "user"]
    assert "42" in str(wire[0]["content"])


def test_images_that_the_model_made_are_shown_to_it_again():
    made = ChatMessage(role="assistant", blocks=[TextBlock(text="Here"), ImageBlock(image=PIXEL)])
    wire = to_wire([made, ChatMessage(role="user", content="Bluer")])
    assert [message["role"] for message in wire] == ["assistant", "user", "user"]
    assert wire[0]["content"] == "Here"
    assert wire[1]["content"][1] == SHOWN


def test_what_a_model_called_an_image_and_is_none_does_not_end_the_conversation():
    made = ChatMessage(role="assistant", blocks=[TextBlock(text="Here"), ImageBlock(image=b"?")])
    wire = to_wire([made, ChatMessage(role="user", content="Bluer")])
    assert [message["content"] for message in wire] == ["Here", "Bluer"]


@pytest.mark.parametrize(
    ("block", "says"),
    [
        (ImageBlock(), "has neither a link nor data"),
        (ImageBlock(image=b"no image at all, but bytes"), "is not an image"),
        (ImageBlock(url="ftp://a/b.png"), "not ftp:"),
        (AudioBlock(url="https://a/b.mp3"), "audio must be base64 data"),
        (VideoBlock(), "has neither a link nor data"),
        (ToolCallBlock(tool_name="f"), "is a ToolCallBlock, which cannot be sent here"),
        (ImageBlock.model_construct(image=7, image_mimetype=None, detail=None), "not bytes"),
    ],
)
def test_what_cannot_be_sent_is_an_error_that_names_its_place(block, says):
    message = ChatMessage.model_construct(
        role=MessageRole.USER, blocks=[block], additional_kwargs={}
    )
    with pytest.raises(InvalidInputError, match=says) as caught:
        to_wire([ChatMessage("Hi"), message])
    assert "messages[1].blocks[0]" in str(caught.value)


def test_an_empty_conversation_is_refused_by_the_request():
    assert to_wire([]) == []
    with pytest.raises(InvalidInputError, match="messages is empty"):
        AI302(model="m", api_key=KEY).chat([])


def test_files_that_a_program_names_are_read(tmp_path):
    (tmp_path / "a.png").write_bytes(PIXEL)
    (tmp_path / "a.pdf").write_bytes(b"%PDF-")
    image = ImageBlock(path=tmp_path / "a.png", detail="high")
    messages = [
        ChatMessage("Hi"),
        ChatMessage(
            role="user",
            blocks=[
                TextBlock(text="?"),
                image,
                DocumentBlock(path=tmp_path / "a.pdf"),
                AudioBlock(audio=io.BytesIO(b"abcd"), format="wav"),
                CitableBlock(title="T", source="s", content=[image, TextBlock(text="x")]),
            ],
        ),
    ]
    assert names_files(messages)
    assert not names_files(messages[:1])
    found = with_files_read(messages)
    parts = to_wire(found)[1]["content"]
    assert parts[1]["image_url"] == {**SHOWN["image_url"], "detail": "high"}
    assert parts[2]["file"]["filename"] == "a.pdf"
    assert parts[3]["input_audio"]["data"] == base64.b64encode(b"abcd").decode()
    assert parts[5]["type"] == "image_url"
    assert found[0] is messages[0]
    assert messages[1].blocks[1] is image


def test_a_file_that_is_no_image_is_not_sent_as_one(tmp_path, monkeypatch):
    (tmp_path / "passwd.png").write_bytes(b"root:x:0:0")
    message = ChatMessage(role="user", blocks=[ImageBlock(path=tmp_path / "passwd.png")])
    with pytest.raises(InvalidInputError, match="is not an image, judging by its first bytes"):
        with_files_read([message])
    monkeypatch.setattr(local_files, "LARGEST_INPUT", 3)
    with pytest.raises(InvalidInputError, match="more than 3 bytes"):
        with_files_read([message])
    (tmp_path / "passwd.png").unlink()
    with pytest.raises(InvalidInputError, match="cannot be read"):
        with_files_read([message])


def test_a_file_is_read_for_both_kinds_of_calls(stage, tmp_path):
    (tmp_path / "a.png").write_bytes(PIXEL)
    stage.says()
    block = ImageBlock(path=tmp_path / "a.png")
    stage.chat(stage.llm(), [ChatMessage(role="user", blocks=[block])])
    assert stage.body["messages"][0]["content"] == [json.loads(json.dumps(SHOWN))]
