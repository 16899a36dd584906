"""Reads exchanges out of files: cassettes of several tools, HAR, httprr, plain JSON and SSE.

Each tool spells the same few things its own way; the spellings stand side by side in
`_exchange`, so that a further tool is a further name there.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from benchmarks.recordings.recording import Exchange

SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LISTS = ("interactions", "http_interactions", "recorded_interactions")
EVENT = re.compile(rb"^data:", re.MULTILINE)
ASKS_TO_STREAM = re.compile(r'"stream"\s*:\s*true')
DUMPED = "objects of an SDK"


class Loader(SAFE):  # type: ignore[misc]
    """A safe loader that also reads Ruby's binary text, and headers that a Python class held."""


def _base64(loader: Any, node: Any) -> bytes:
    return _unpacked(loader.construct_scalar(node))


def _held(loader: Any, tag: str, node: Any) -> Any:
    """Return what an object was made of, in place of the object: nothing of a file is run."""
    del tag
    if isinstance(node, yaml.SequenceNode):
        made_of = loader.construct_sequence(node, deep=True)
        return made_of[0] if len(made_of) == 1 else made_of
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_scalar(node)


Loader.add_constructor("!binary", _base64)
Loader.add_multi_constructor("tag:yaml.org,2002:python/", _held)


class UnreadableFileError(Exception):
    """The file has no exchange that can be read; its text says why, in words for a table."""


def exchanges(name: str, content: bytes) -> list[Exchange]:
    """Return what the file `name` holds.

    Raises:
        UnreadableFileError: Nothing, and why.
    """
    if content.startswith(b"httprr trace v1"):
        return list(_httprr(content))
    suffix = name.lower().rpartition(".")[2]
    if suffix in ("yaml", "yml"):
        return _of_documents(_yaml(content), "cassette")
    if suffix in ("json", "har"):
        try:
            document = json.loads(content)
        except ValueError:
            return _plain_stream(content, "not JSON, and not events")
        return _of_documents([document], "HAR" if suffix == "har" else "cassette")
    return _plain_stream(content, "text without events")


def _yaml(content: bytes) -> list[Any]:
    try:
        return list(yaml.load_all(content, Loader))
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableFileError("not YAML that can be loaded safely") from error


def _of_documents(documents: list[Any], kind: str) -> list[Exchange]:
    found = [one for document in documents for one in _in_document(document, kind)]
    if not found:
        raise UnreadableFileError("neither an exchange nor a reply in it")
    return found


def _in_document(document: Any, kind: str) -> Iterator[Exchange]:
    if isinstance(document, list):
        for item in document:
            if isinstance(item, Mapping) and ("response" in item or "then" in item):
                yield from _in_document(item, kind)
    elif not isinstance(document, Mapping):
        return
    elif isinstance(document.get("choices"), list):
        body = json.dumps(document, ensure_ascii=False).encode()
        yield Exchange("", "POST", None, 200, "application/json", "", body, "plain JSON")
    elif found := _listed(document):
        for item in found:
            yield from _in_document(item, kind)
    elif "response" in document and isinstance(document.get("request", {}), Mapping):
        yield _exchange(document.get("request", {}), document["response"], kind)
    elif "when" in document and isinstance(document.get("then"), Mapping):
        yield _exchange(document["when"], document["then"], kind)


def _listed(document: Mapping[str, Any]) -> list[Any]:
    for name in LISTS:
        if isinstance(document.get(name), list):
            return list(document[name])
    log = document.get("log")
    entries = log.get("entries") if isinstance(log, Mapping) else None
    return list(entries) if isinstance(entries, list) else []


def _exchange(request: Mapping[str, Any], response: Any, kind: str) -> Exchange:
    if not isinstance(response, Mapping):
        response = {}
    status = _first(response, "status", "status_code", "code")
    if isinstance(status, Mapping):
        status = status.get("code")
    headers = _headers(_first(response, "headers", "header"))
    body, dumped = _body(response)
    return Exchange(
        url=str(_first(request, "uri", "url", "path") or ""),
        method=str(request.get("method") or "POST").upper(),
        asked_to_stream=_asked_to_stream(request),
        status=int(status) if str(status).isdigit() else 200,
        media_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
        encoding=headers.get("content-encoding", "").strip().lower(),
        body=body,
        kind=DUMPED if dumped else kind,
    )


def _first(values: Mapping[str, Any], *names: str) -> Any:
    return next((values[name] for name in names if values.get(name) is not None), None)


def _headers(given: Any) -> dict[str, str]:
    """Return headers by lower-case name, from a mapping or from a list of names and values."""
    if isinstance(given, list):
        pairs = [(one.get("name"), one.get("value")) for one in given if isinstance(one, Mapping)]
    else:
        pairs = list(given.items()) if isinstance(given, Mapping) else []
    found = {}
    for name, value in pairs:
        single = value[0] if isinstance(value, list) and value else value
        found[str(name).lower()] = str(single)
    return found


def _asked_to_stream(request: Mapping[str, Any]) -> bool | None:
    parsed = request.get("parsed_body")
    if isinstance(parsed, Mapping):
        return parsed.get("stream") is True
    body = _first(request, "body", "postData")
    if isinstance(body, Mapping):
        body = _first(body, "string", "text") or body
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    if isinstance(body, Mapping):
        return body.get("stream") is True
    return None if not isinstance(body, str) else bool(ASKS_TO_STREAM.search(body))


def _body(response: Mapping[str, Any]) -> tuple[bytes, bool]:
    """Return the body, and whether it is what an SDK made of it."""
    if response.get("parsed_body") is not None:
        return _as_bytes(response["parsed_body"]), False
    body = _first(response, "body", "content")
    if isinstance(body, Mapping):
        if "__data__" in body:
            return _as_bytes(body["__data__"]), True
        if isinstance(body.get("base64_string"), (str, bytes)):
            return _unpacked(body["base64_string"]), False
        said = str(body.get("encoding", ""))
        found = _first(body, "string", "text")
        if found is None and "encoding" not in body and "size" not in body:
            return (_as_bytes(body) if body.get("choices") or body.get("error") else b""), False
        return _decoded(found, said), False
    if isinstance(body, list) and body and isinstance(body[0], Mapping) and "__data__" in body[0]:
        return _events([one.get("__data__") for one in body]), True
    return _as_bytes(body), False


def _decoded(text: Any, encoding: str) -> bytes:
    if encoding == "base64" and isinstance(text, str):
        pieces = json.loads(text) if text.startswith("[") else [text]
        return b"".join(_unpacked(piece) for piece in pieces)
    if encoding == "ASCII-8BIT" and isinstance(text, str):
        try:  # bytes that Ruby wrote as escapes of one character each
            return text.encode("latin-1")
        except UnicodeEncodeError:
            return text.encode()
    return _as_bytes(text)


def _unpacked(text: str | bytes) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return b""


def _as_bytes(value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")


def _events(values: list[Any]) -> bytes:
    lines = [b"data: " + _as_bytes(value) + b"\n\n" for value in values]
    return b"".join([*lines, b"data: [DONE]\n\n"])


def _plain_stream(content: bytes, otherwise: str) -> list[Exchange]:
    """Return a stream that a file holds as events, or as one JSON object a line."""
    if EVENT.search(content):
        return [_stream(content, "plain SSE")]
    lines = [line for line in content.splitlines() if line.strip()]
    try:
        values = [json.loads(line) for line in lines]
    except ValueError:
        raise UnreadableFileError(otherwise) from None
    if not values or not all(isinstance(value, Mapping) and "choices" in value for value in values):
        raise UnreadableFileError("lines of JSON that are not chunks")
    return [_stream(_events(values), "JSON lines")]


def _stream(body: bytes, kind: str) -> Exchange:
    return Exchange("", "POST", True, 200, "text/event-stream", "", body, kind)


def _httprr(content: bytes) -> Iterator[Exchange]:
    """Yield the exchanges of a trace: two lengths on a line, then a request and a reply."""
    rest = content.partition(b"\n")[2]
    while rest.strip():
        line, _, rest = rest.partition(b"\n")
        lengths = line.split()
        if len(lengths) != 2 or not all(one.isdigit() for one in lengths):  # noqa: PLR2004
            raise UnreadableFileError("a trace whose lengths are broken")
        asked, replied = (int(one) for one in lengths)
        request, rest = rest[:asked], rest[asked:]
        reply, rest = rest[:replied], rest[replied:]
        yield _of_messages(request, reply)


def _of_messages(request: bytes, reply: bytes) -> Exchange:
    (method, url, *_), _, asked = _message(request)
    (_, status, *_), headers, body = _message(reply)
    if headers.get("transfer-encoding") == "chunked":
        body = _dechunked(body)
    return Exchange(
        url=url,
        method=method,
        asked_to_stream=bool(ASKS_TO_STREAM.search(asked.decode("utf-8", "replace"))),
        status=int(status),
        media_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
        encoding=headers.get("content-encoding", "").lower(),
        body=body,
        kind="httprr",
    )


def _message(content: bytes) -> tuple[list[str], dict[str, str], bytes]:
    head, _, body = content.replace(b"\r\n", b"\n", 1).partition(b"\n")
    end = re.search(rb"\r?\n\r?\n", body)
    lines = (body[: end.start()] if end else body).decode("latin-1").splitlines()
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    first = [*head.decode("latin-1").split(), "", ""]
    return first, headers, body[end.end() :] if end else b""


def _dechunked(body: bytes) -> bytes:
    whole = b""
    while match := re.match(rb"([0-9a-fA-F]+)\r?\n", body):
        size = int(match[1], 16)
        whole += body[match.end() : match.end() + size]
        body = body[match.end() + size :].lstrip(b"\r\n")
    return whole
