"""The code sandbox: how a program is run in one call, and how what it printed is read.

Source: 302.AI's product page of the virtual machine sandbox and the schema of its MCP server for
the request; for the reply the classes of its Android app, with which digests of the documents
agree. What the gateway answers to a program that runs out of time is not documented: whatever it
says beside the output is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core_302.endpoints.image_places import link_in
from core_302.endpoints.parsing import any_object, malformed, text_or_none
from core_302.error_replies.envelope import as_code
from core_302.error_replies.from_reply import api_error, error_in
from core_302.http import Reply, Request, json_content
from core_302.options.code import CodeRequest

SANDBOX_PATH = "/302/sandbox/direct_run_code"
WHAT = "the output of a program"
OUTPUT = ("stdout", "stderr", "file")
GOOD_CODES = (None, 0, 200)


@dataclass(frozen=True)
class CodeRun:
    """What a program did.

    Attributes:
        stdout: What it printed.
        stderr: What it printed as errors: a traceback, for one that failed.
        problem: What the gateway says beside that, if it reports a failure; else None.
        files: Links of the files that were asked for.
        request_id: The gateway's id of the call.
        raw: The reply as it came.
    """

    stdout: str
    stderr: str
    problem: str | None
    files: tuple[str, ...]
    request_id: str | None
    raw: Mapping[str, Any] = field(default_factory=dict)


def code_request(asked: CodeRequest) -> Request:
    """Build the request that runs a program. It is paid for by the second, and sent once."""
    body: dict[str, Any] = {
        "code": asked.code,
        "language": asked.language,
        "timeout": asked.timeout,
    }
    if asked.envs:
        body["envs"] = dict(asked.envs)
    if asked.download_path is not None:
        body |= {"is_download": True, "download_path": asked.download_path}
    return Request("POST", SANDBOX_PATH, json_content(body), repeatable=False)


def read_code_run(reply: Reply) -> CodeRun:
    """Read what a program printed. A program that failed is no error here: it is what happened.

    Raises:
        ApiError: The gateway did not run it, although the status is 200.
        MalformedReplyError: There is no output.
    """
    raw = any_object(reply, WHAT)
    result = _result_in(raw)
    if result is None:
        raise error_in(raw, reply) or malformed(WHAT, reply)
    stdout, stderr = (_joined(result.get(name)) for name in ("stdout", "stderr"))
    files = tuple(_links(result.get("file")))
    code = as_code(raw.get("code"))
    # The gateway's own codes are negative; a program's exit code is not.
    if not (stdout or stderr or files) and isinstance(code, int) and code < 0:
        raise api_error(raw, reply, status=reply.status)
    stderr = _with_error(stderr, result.get("error"))
    problem = _problem(code, raw) if code not in GOOD_CODES else None
    return CodeRun(stdout, stderr, problem, files, reply.request_id, raw)


def _result_in(raw: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the object that has the output: `result`, or what has it in another's place."""
    for level in (raw.get("result"), raw.get("data"), raw):
        if isinstance(level, Mapping) and any(name in level for name in OUTPUT):
            return level
    return None


def _joined(output: Any) -> str:
    """Return the output as one text; it comes as one, or in pieces with or without line ends."""
    if not isinstance(output, list):
        return text_or_none(output) or ""
    pieces = [piece for piece in output if isinstance(piece, str)]
    return ("" if any(piece.endswith("\n") for piece in pieces) else "\n").join(pieces)


def _with_error(stderr: str, error: Any) -> str:
    """Return the errors with what a result's own `error` adds to them: a text, or an object."""
    if isinstance(error, Mapping):
        parts = [text for name in ("name", "value") if (text := text_or_none(error.get(name)))]
        error = text_or_none(error.get("traceback")) or ": ".join(parts)
    if not isinstance(error, str) or error in stderr:
        return stderr
    return f"{stderr.rstrip()}\n{error}" if stderr else error


def _links(file: Any) -> list[str]:
    """Return the links of files: each is a text, or an object with its `url`."""
    entries = file if isinstance(file, list) else [file]
    texts = [entry.get("url") if isinstance(entry, Mapping) else entry for entry in entries]
    return [link for text in texts if isinstance(text, str) and (link := link_in(text.strip()))]


def _problem(code: int | str | None, raw: Mapping[str, Any]) -> str:
    words = text_or_none(raw.get("msg")) or text_or_none(raw.get("message"))
    return f"{words or 'no reason was given'} (code {code})"
