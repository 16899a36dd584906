"""MinerU's tasks, in every form that was seen, and its results: blocks with page and box."""

import io
import json
import struct
import zipfile
from contextlib import suppress

import pytest

from core_302 import (
    AI302Error,
    ApiError,
    InvalidInputError,
    JobFailedError,
    MalformedReplyError,
    ReplyTooLargeError,
    archives,
)
from core_302.endpoints import content_list, mineru
from core_302.endpoints.content_list import Block, blocks_in
from tests.core_302.endpoints.test_files import said
from tests.documents import zipped

ZIP = "https://file.302.ai/a.zip"


def test_an_order_is_sent_once_with_what_the_caller_adds():
    request = mineru.task_request("https://a.example/b.pdf", "ocr", "2.0", {"language": "en"})
    assert (request.path, request.repeatable) == ("/302/v2/mineru/task", False)
    assert json.loads(request.content or b"") == {
        "pdf_url": "https://a.example/b.pdf",
        "parse_method": "ocr",
        "version": "2.0",
        "language": "en",
    }


@pytest.mark.parametrize(
    "body",
    [
        {"task_id": "t1"},
        {"data": {"task_id": "t1", "status": "STARTED"}},
        {"code": 0, "msg": "ok", "data": {"task_id": "t1"}},
        "t1",
        b"t1\n",
    ],
)
def test_the_id_of_a_task_is_found(body):
    task = mineru.read_order(said(body))
    assert (task.task_id, task.job, task.request_id) == ("t1", None, "r1")
    assert mineru.read_order(said({"task_id": 17})).task_id == "17"


@pytest.mark.parametrize("body", [{}, {"task_id": True}, {"task_id": "a/b"}, b"<html> no", [], ""])
def test_an_order_without_an_id_that_can_be_polled_is_malformed(body):
    with pytest.raises(MalformedReplyError):
        mineru.read_order(said(body))


def test_a_refused_order_says_why():
    with pytest.raises(ApiError, match="no balance"):
        mineru.read_order(said({"code": -10004, "msg": "no balance"}))


@pytest.mark.parametrize("state", ["INIT", "PENDING", "STARTED", "PROCESSING", "something new", ""])
def test_a_task_under_way_is_polled_again(state):
    for body in ({"state": state}, {"data": {"status": state, "result_url": ""}}):
        task = mineru.read_poll(said(body), "t1")
        assert (task.task_id, task.job) == ("t1", None)
        assert task.status == (state.lower().replace(" ", "_") or "pending")


@pytest.mark.parametrize(
    "body",
    [
        {"state": "SUCCESS", "result_url": ZIP},
        {"task_id": "other", "data": {"status": "done", "full_zip_url": ZIP}},
        {"data": {"zip_url": ZIP}},
    ],
)
def test_a_task_that_is_done_has_a_link(body):
    task = mineru.read_poll(said(body), "t1")
    assert (task.task_id, task.job, task.request_id) == ("t1", ZIP, None)


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        ({"state": "FAILED", "err_msg": "it is locked"}, JobFailedError, "it is locked"),
        ({"data": {"status": "failed", "message": "it is locked"}}, JobFailedError, "it is locked"),
        ({"status": "error"}, JobFailedError, "MinerU failed: "),
        ({"state": "SUCCESS"}, MalformedReplyError, "finished MinerU task"),
        ({"state": "SUCCESS", "result_url": "file:///x"}, MalformedReplyError, "finished"),
        ({"code": 500, "msg": "broken"}, ApiError, "broken"),
    ],
)
def test_a_task_that_brings_nothing_is_an_error_with_its_id(body, kind, says):
    with pytest.raises(kind, match=says) as caught:
        mineru.read_poll(said(body), "t1")
    assert caught.value.task_id == "t1"


def test_an_id_is_checked_before_it_is_asked_for():
    assert mineru.poll_request("t1").query == {"task_id": "t1"}
    for wrong in ("", "..", "a/b", "x" * 600):
        with pytest.raises(InvalidInputError):
            mineru.poll_request(wrong)


def listed(*blocks, name="out/file_content_list.json", **more):
    return zipped({"out/images/1.jpg": b"x", name: json.dumps(blocks), **more})


BOX = {"bbox": [62, 480, 946.4, 904], "page_idx": 0}
WHERE = {"page": 1, "box": (62, 480, 946, 904)}


@pytest.mark.parametrize(
    ("entry", "kind", "text"),
    [
        ({"type": "text", "text": " words "}, "text", "words"),
        ({"type": "text", "text": "A\nB", "text_level": 2}, "heading", "## A B"),
        ({"type": "text", "text": "A", "text_level": 99}, "heading", "###### A"),
        ({"type": "text", "text": "A", "text_level": 0}, "text", "A"),
        ({"type": "title", "text": "A"}, "heading", "# A"),
        ({"type": "equation", "text": "$$x$$", "text_format": "latex"}, "equation", "$$x$$"),
        (
            {
                "type": "table",
                "table_body": "<table/>",
                "table_caption": ["T 1"],
                "table_footnote": ["f"],
            },
            "table",
            "T 1\n\n<table/>\n\nf",
        ),
        (
            {"type": "image", "img_path": "i.jpg", "image_caption": ["Fig. 1", "b"]},
            "image",
            "Fig. 1\nb",
        ),
        ({"type": "image", "img_caption": ["Fig. 1"]}, "image", "Fig. 1"),
        ({"type": "chart", "content": "rising", "chart_caption": []}, "chart", "rising"),
        (
            {"type": "code", "code_body": "a = 1", "code_caption": ["L"]},
            "code",
            "L\n\n```\na = 1\n```",
        ),
        ({"type": "code", "code_body": "```py\na\n```"}, "code", "```py\na\n```"),
        (
            {"type": "list", "list_items": ["one", "- two", "3. x", "", 5]},
            "list",
            "- one\n- two\n3. x",
        ),
        ({"type": "header", "text": "head"}, "header", "head"),
        ({"text": "words"}, "text", "words"),
        ({"type": "new\nkind", "text": "words"}, "text", "words"),
    ],
)
def test_each_kind_of_block_becomes_markdown_with_page_and_box(entry, kind, text):
    assert blocks_in(listed({**entry, **BOX})) == [Block(text, kind, **WHERE)]


@pytest.mark.parametrize(
    "odd",
    [
        *({"page_idx": value} for value in (None, -1, True, 10**9, "0", 1.5)),
        *(
            {"bbox": value}
            for value in (None, [1, 2, 3], [1, 2, 3, 4, 5], "1,2,3,4", [1, 2, None, 4])
        ),
        {"bbox": [1, 2, 10**400, 4]},
    ],
)
def test_a_page_or_box_that_is_none_is_not_known(odd):
    (name,) = odd
    found = {"page_idx": "page", "bbox": "box"}[name]
    (block,) = blocks_in(listed({"type": "text", "text": "a", **BOX, **odd}))
    assert getattr(block, found) is None


def test_a_box_beyond_its_page_ends_at_its_edge():
    (block,) = blocks_in(listed({"type": "text", "text": "a", "bbox": [-5, "7", 2000, 1.4]}))
    assert block.box == (0, 7, 1000, 1)


def test_blocks_without_text_and_what_is_no_block_are_left_out():
    assert blocks_in(listed({"type": "image", "img_path": "a.jpg"}, 5, None, {"text": None})) == []


def test_the_first_version_of_the_list_is_read_and_the_shortest_name_wins():
    other = {
        "out/and/further/down_content_list.json": "[]",
        "out/file_content_list_v2.json": "broken",
    }
    assert blocks_in(listed({"text": "a"}, **other)) == [Block("a", "text")]


def test_markdown_alone_is_one_block():
    parts = {"notes.md": "no", "deep/down/full.md": "\ufeff# A\n", "image.png": b""}
    assert blocks_in(zipped(parts)) == [Block("# A")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a whole zip"),
        (b"<html>", "not a whole zip"),
        (listed({"text": "a"})[:-3], "not a whole zip"),
        (b"PK\x05\x06" + bytes(16) + b"\x05\x00", "not a whole zip"),
        (zipped({"a.png": b"x"}), "no content list and no Markdown"),
        (zipped({"a_content_list.json": "["}), "content list of the result is broken"),
        (zipped({"a_content_list.json": "{}"}), "is not a list"),
        (zipped({"a_content_list.json": "[" * 200 + "]" * 200}), "nests too deeply"),
    ],
)
def test_a_broken_result_says_what_is_wrong(content, says):
    with pytest.raises(MalformedReplyError, match=says):
        blocks_in(content)


def test_a_zip_that_is_broken_inside_is_no_strangers_exception():
    content = bytearray(zipped({"a_content_list.json": '[{"text": "a"}]' * 9}, zipfile.ZIP_STORED))
    for place in range(len(content)):
        for wrong in (0, 0xFF):
            broken = bytes(content[:place]) + bytes([wrong]) + bytes(content[place + 1 :])
            with suppress(AI302Error):
                blocks_in(broken)


def test_a_zip_bomb_is_refused_by_what_it_declares():
    bomb = zipped({"a_content_list.json": b" " * 3_000_000})
    with pytest.raises(ReplyTooLargeError, match="3,000,000 bytes in"):
        blocks_in(bomb)


def test_no_more_is_read_than_was_declared():
    content = zipped({"a_content_list.json": b'["x"]' + b" " * 900_000})
    lying = content.replace(struct.pack("<I", 900_005), struct.pack("<I", 5))
    with pytest.raises(AI302Error):
        blocks_in(lying)


def test_a_list_of_too_many_files_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_LIST", 100)
    with pytest.raises(ReplyTooLargeError, match="too many files"):
        blocks_in(listed({"text": "a"}))


def test_a_zip_of_the_larger_format_is_refused():
    content = listed({"text": "a"})
    start = content.rindex(b"PK\x05\x06")
    with pytest.raises(ReplyTooLargeError, match="too many files"):
        blocks_in(content[:start] + b"PK\x06\x07" + bytes(16) + content[start:])


def test_a_list_of_too_many_blocks_is_refused(monkeypatch):
    monkeypatch.setattr(content_list, "MOST_BLOCKS", 2)
    with pytest.raises(ReplyTooLargeError, match="3 blocks"):
        blocks_in(listed({}, {}, {}))


def test_an_encrypted_entry_is_an_error_of_ours():
    content = bytearray(listed({"text": "a"}))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := content.find(signature, start)) >= 0:
            content[start + place] |= 1
            start += 4
    with pytest.raises(MalformedReplyError, match="is broken"):
        blocks_in(bytes(content))


def test_nothing_is_written_wherever_a_name_leads(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../../evil_content_list.json", '[{"text": "a"}]')
        archive.writestr("/etc/passwd", "x")
    assert blocks_in(file.getvalue()) == [Block("a", "text")]
    assert list(tmp_path.iterdir()) == []
