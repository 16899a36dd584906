"""Replies with a file's text, in every form that was seen; and the errors that pass for one."""

import json

import pytest

from core_302 import ApiError, InvalidInputError, MalformedReplyError
from core_302.endpoints import files
from core_302.file_types import file_type
from core_302.http import Reply

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LINK = "https://file.302.ai/a.pdf"
WHOLE = {"code": 0, "msg": "ok", "data": {"msg": "text"}}


def said(body, media_type="application/json", status=200):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, {"content-type": media_type, "request-id": "r1"}, content)


def test_a_file_is_uploaded_under_no_name_of_its_own():
    request = files.upload_request(b"x", file_type("layoffs.docx"))
    (part,) = request.form
    assert (request.method, request.path, request.repeatable) == ("POST", "/302/upload-file", False)
    assert (part.name, part.content, part.filename) == ("file", b"x", "file.docx")
    assert part.media_type == DOCX


@pytest.mark.parametrize(
    "body",
    [
        {"code": 200, "data": LINK, "message": "success"},
        {"code": 0, "data": {"url": LINK}},
        {"data": {"file_url": LINK}},
        {"link": LINK},
        {"url": LINK, "data": None},
    ],
)
def test_the_link_of_an_upload_is_found(body):
    assert files.read_upload(said(body)) == LINK


@pytest.mark.parametrize("body", [{}, {"data": "x"}, {"data": "javascript:x"}, [], {"data": 5}])
def test_an_upload_without_a_link_is_malformed(body):
    with pytest.raises(MalformedReplyError):
        files.read_upload(said(body))


def test_the_text_of_a_file_is_asked_for_by_its_link():
    request = files.parse_request(LINK)
    assert (request.method, request.path) == ("GET", "/302/file/parsing")
    assert (request.query, request.repeatable) == ({"url": LINK}, False)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (WHOLE, "text"),
        ({**WHOLE, "code": 200}, "text"),
        ({"data": {"msg": ""}}, ""),
        ({"data": "text"}, "text"),
    ],
)
def test_the_text_of_a_file_is_found(body, text):
    assert files.read_parsed(said(body)) == text


@pytest.mark.parametrize("body", [{"data": {}}, {"data": {"msg": None}}, {}, {"data": ["a"]}])
def test_a_parsed_file_without_text_is_malformed(body):
    with pytest.raises(MalformedReplyError):
        files.read_parsed(said(body))


@pytest.mark.parametrize(
    "body",
    [
        {"code": -1, "msg": "no such file", "data": {}},
        {"code": 500, "msg": "error", "data": {"msg": "no such file"}},
        {"code": "-1", "msg": "error", "data": {"msg": "no such file"}},
        {"code": 404, "data": "no such file", "msg": "no such file"},
        {"error": {"message": "no such file"}},
    ],
)
@pytest.mark.parametrize("read", [files.read_parsed, files.read_markdown])
def test_the_words_of_an_error_are_no_text(body, read):
    with pytest.raises(ApiError, match="no such file"):
        read(said(body))


def test_a_file_goes_to_markitdown_itself_or_by_its_link():
    kind = file_type("a.docx")
    request = files.markitdown_request(b"x", kind)
    assert (request.path, request.repeatable) == ("/302/markitdown/convert", False)
    assert [(part.name, part.content, part.filename) for part in request.form] == [
        ("source_data_type", "file", None),
        ("file", b"x", "file.docx"),
    ]
    request = files.markitdown_request(LINK, kind)
    assert [(part.name, part.content) for part in request.form] == [
        ("source_data_type", "url"),
        ("source_data", LINK),
    ]


@pytest.mark.parametrize(
    ("body", "media_type", "text"),
    [
        ({"data": "# A"}, "application/json", "# A"),
        ({"code": 200, "data": "", "message": "ok"}, "application/json", ""),
        ({"data": {"markdown": "# A"}}, "application/json", "# A"),
        ({"result": {"text_content": "# A"}}, "application/json", "# A"),
        ("# A", "application/json", "# A"),
        (b"# A\xff", "text/markdown", "# A\ufffd"),
        (b"\xef\xbb\xbf# A", "text/plain", "# A"),
        ({"data": "# A"}, "text/plain", "# A"),
        ({"data": 1, "rows": 2}, "text/plain", '{"data": 1, "rows": 2}'),
        (b"[1, 2]", "text/plain", "[1, 2]"),
        (b"{}", "text/plain", "{}"),
        (b"", "text/plain", ""),
    ],
)
def test_markdown_comes_as_text_or_in_an_envelope(body, media_type, text):
    assert files.read_markdown(said(body, media_type)) == text


@pytest.mark.parametrize(
    "body", [{}, [1], {"data": [1]}, {"data": {"data": {"data": {}}}}, b"{", 5]
)
def test_json_without_text_is_malformed(body):
    with pytest.raises(MalformedReplyError):
        files.read_markdown(said(body))


@pytest.mark.parametrize("build", [files.upload_request, files.markitdown_request])
def test_what_is_empty_or_too_large_is_not_sent(build, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_UPLOAD", 3 * 1024**2)
    with pytest.raises(InvalidInputError, match="it is empty"):
        build(b"", file_type("a.txt"))
    with pytest.raises(InvalidInputError, match="more than 3 MB"):
        build(b"x" * (3 * 1024**2 + 1), file_type("a.txt"))


@pytest.mark.parametrize(
    ("name", "content", "ending"),
    [
        ("a.b/REPORT.DOCX", b"x", ".docx"),
        ("scan.txt", b"%PDF-1.4", ".pdf"),
        ("https://a.example/b.xlsx?c=d.pdf", None, ".xlsx"),
        ("https://a.example/", None, ""),
        ("https://[broken", None, ""),
        ("bytes:0123", b"PK\x03\x04 word/document.xml", ".docx"),
        ("bytes:0123", b"PK\x03\x04", ""),
        ("bytes:0123", b" <!DOCTYPE html>", ".html"),
        ("bytes:0123", b"words", ".txt"),
        ("bytes:0123", b"\xff", ""),
        ("bytes:0123", b"a\0b", ""),
        ("noextension", None, ""),
    ],
)
def test_a_file_is_known_by_its_bytes_or_by_its_name(name, content, ending):
    found = file_type(name, content)
    assert (found.ending, found.filename) == (ending, f"file{ending}")
