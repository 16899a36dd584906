"""Files into text in one answer: how to upload one, how to have one parsed or converted.

Sources. Upload and parsing: 302.AI Studio (its modules that upload and parse attachments) and
302.AI's web tools, whose schemas read `data` and `data.msg`. Markitdown: two third-party programs
that run against the gateway; the reply is Markdown as text, or JSON with it as `data`. All three
are billed, so none is repeated once it was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core_302.endpoints.parsing import any_object, json_object, malformed, text_or_none
from core_302.error_replies.envelope import code_in
from core_302.error_replies.from_reply import api_error, error_in
from core_302.errors import InvalidInputError
from core_302.file_types import FileType
from core_302.http import FormPart, Reply, Request
from core_302.json_text import read_json
from core_302.links import is_web_link

UPLOAD_PATH = "/302/upload-file"
PARSE_PATH = "/302/file/parsing"
MARKITDOWN_PATH = "/302/markitdown/convert"

LARGEST_UPLOAD = 50 * 1024 * 1024  # bytes; the documented limit
LARGEST_TEXT = 64 * 1024 * 1024  # bytes of a reply with a file's text

LINKS = ("data", "url", "file_url", "link")
TEXTS = ("data", "markdown", "text", "text_content", "content", "msg", "result")
# An object of nothing but these is an envelope, and not a JSON file that was converted.
ENVELOPE = frozenset(
    {*("data", "code", "msg", "message", "status", "success", "request_id"), "error", "err_code"}
)
REFUSED = 400  # the least code that is none of success, beside the negative ones


def check_size(size: int) -> None:
    """Check that a file can be sent.

    Raises:
        InvalidInputError: It is empty, or larger than 50 MB.
    """
    if not size:
        raise InvalidInputError("it is empty.")
    if size > LARGEST_UPLOAD:
        most = LARGEST_UPLOAD // 1024**2
        raise InvalidInputError(f"it has more than {most} MB, which 302.AI does not take.")


def upload_request(content: bytes, kind: FileType) -> Request:
    """Build the request that uploads a file. Its link can be read by anybody who has it.

    Raises:
        InvalidInputError: It is empty, or larger than 50 MB.
    """
    check_size(len(content))
    return Request("POST", UPLOAD_PATH, form=(_file_part(content, kind),), repeatable=False)


def read_upload(reply: Reply) -> str:
    """Return the link of a file that was uploaded.

    Raises:
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: There is no link.
    """
    raw = json_object(reply, "an upload")
    data = raw.get("data")
    levels = [raw, data] if isinstance(data, Mapping) else [raw]
    for level in levels:
        for name in LINKS:
            if is_web_link(link := level.get(name)):
                return str(link)
    raise malformed("an upload with a link", reply)


def parse_request(link: str) -> Request:
    """Build the request for the text of the file at `link`."""
    return Request(
        "GET", PARSE_PATH, query={"url": link}, repeatable=False, most_bytes=LARGEST_TEXT
    )


def read_parsed(reply: Reply) -> str:
    """Return a file's text; empty if there is none in it.

    Raises:
        ApiError: The body is an error, although the status is 200, and although it stands where
            the text should.
        MalformedReplyError: There is no text.
    """
    raw = json_object(reply, "a parsed file")
    _check_code(raw, reply)
    data = raw.get("data")
    text = data.get("msg") if isinstance(data, Mapping) else data
    if not isinstance(text, str):
        raise malformed("a parsed file with its text", reply)
    return text


def markitdown_request(given: bytes | str, kind: FileType) -> Request:
    """Build the request for a file as Markdown.

    Args:
        given: The file's bytes, or its link.
        kind: What it is.

    Raises:
        InvalidInputError: It is empty, or larger than 50 MB.
    """
    if isinstance(given, str):
        parts = (FormPart("source_data_type", "url"), FormPart("source_data", given))
    else:
        check_size(len(given))
        parts = (FormPart("source_data_type", "file"), _file_part(given, kind))
    return Request("POST", MARKITDOWN_PATH, form=parts, repeatable=False, most_bytes=LARGEST_TEXT)


def read_markdown(reply: Reply) -> str:
    """Return a file as Markdown; empty if there is nothing in it.

    Raises:
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: There is no text.
    """
    is_json = reply.media_type.endswith("json")
    try:
        found = read_json(reply.body)
    except ValueError:
        found = None
    if isinstance(found, Mapping) and (is_json or (found and found.keys() <= ENVELOPE)):
        return _in_envelope(reply)
    if is_json and isinstance(found, str):
        return found
    if is_json:
        raise malformed("a file as Markdown", reply)
    return reply.body.decode("utf-8-sig", "replace")


def _in_envelope(reply: Reply) -> str:
    raw = any_object(reply, "a file as Markdown")
    if (failure := error_in(raw, reply)) is not None:
        raise failure
    _check_code(raw, reply)
    level: Any = raw
    for _ in range(2):
        found = next((level[name] for name in TEXTS if level.get(name) is not None), None)
        if isinstance(found, str):
            return found
        if not isinstance(found, Mapping):
            break
        level = found
    raise malformed("a file as Markdown", reply)


def _check_code(raw: Mapping[str, Any], reply: Reply) -> None:
    """Check that an envelope reports success: the words of an error may stand where text should.

    Raises:
        ApiError: It reports an error.
    """
    code = code_in({name: raw.get(name) for name in ("code", "err_code")})
    if isinstance(code, int) and (code < 0 or code >= REFUSED):
        data = raw.get("data")
        words = text_or_none(data.get("msg")) if isinstance(data, Mapping) else None
        raise api_error(
            {**raw, "message": words} if words else raw,
            reply,
            status=code if code >= REFUSED else reply.status,
        )


def _file_part(content: bytes, kind: FileType) -> FormPart:
    return FormPart("file", content, kind.filename, kind.media_type)
