"""Calls in OpenAI's form that are answered later: how to ask for the result, how to read it.

Source: 302.AI's command-line tool, cli-302ai 1.0.5, `api/image.py` and `cli/image.py`, which asks
`/async_result`; digests of the documents write `/v1/async_result`. Asking costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core_302.endpoints.image_reply import ImageTask, read_images
from core_302.endpoints.parsing import json_object, number, text_or_none
from core_302.error_replies.envelope import words_in
from core_302.errors import InvalidInputError, JobFailedError
from core_302.http import LARGEST_IMAGES, Reply, Request, json_content
from core_302.json_text import read_json

RESULT_PATHS = ("/async_result", "/v1/async_result")
"""Where a result may be, the first-party one first."""
PENDING = "result pending"
REFUSED = 400  # the least status of a call that failed


def async_result_request(task_id: str, path: str) -> Request:
    """Ask for the result of a call that is answered later."""
    if not task_id.strip():
        raise InvalidInputError("task_id is empty: name the task to resume.")
    return Request("GET", path, query={"task_id": task_id}, most_bytes=LARGEST_IMAGES)


def read_async_result(reply: Reply, task_id: str) -> ImageTask:
    """Read how far an edit is.

    Raises:
        JobFailedError: It failed; the text has the gateway's words.
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: It is done and brought no image.
    """
    raw = json_object(reply, "an asynchronous result")
    said = text_or_none(raw.get("err")) or ""
    if said == PENDING:
        return ImageTask(task_id, "processing", None)
    data, status = _unwrapped(raw.get("data")), number(raw.get("status_code"))
    if said or (status is not None and status >= REFUSED):
        raise _failed(said, data, reply)
    if not data:
        return ImageTask(task_id, "processing", None)
    body = data if isinstance(data, Mapping) and "url" not in data else {"data": _listed(data)}
    job = read_images(replace(reply, body=json_content(body)))
    # Its cost is recorded under the order's request id, not under this.
    job = replace(job, task_id=task_id, request_id=None, cost_ids=())
    return ImageTask(task_id, "completed", job)


def _unwrapped(data: Any) -> Any:
    """Return `data`, or, of a text, the JSON in it."""
    if not isinstance(data, str):
        return data
    try:
        return read_json(data)
    except ValueError:
        return data


def _listed(data: Any) -> Any:
    return data if isinstance(data, list) else [data]


def _failed(said: str, data: Any, reply: Reply) -> JobFailedError:
    told = said or words_in(data)
    error = JobFailedError(f"The task failed: {told or 'no reason was given'}.")
    error.status, error.request_id = reply.status, reply.request_id
    return error
