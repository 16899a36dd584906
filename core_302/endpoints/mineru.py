"""MinerU, which reads a PDF with its layout, as a task: how to order, poll and read one.

Source: five independent programs that run against the gateway, one with a recorded run. A reply has
its task, its state and the link of its result at the top or under `data`; the order of a task may
be answered by its id alone. An order is paid, so it is sent once; polling costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core_302.endpoints.image_failure import DONE, FAILED, failure_in, state_in
from core_302.endpoints.parsing import any_object, malformed
from core_302.endpoints.path_segment import path_segment
from core_302.error_replies.envelope import retry_after_in
from core_302.error_replies.from_reply import error_in
from core_302.errors import AI302Error, InvalidInputError, JobFailedError
from core_302.http import Reply, Request, json_content
from core_302.json_text import read_json
from core_302.links import is_web_link

TASK_PATH = "/302/v2/mineru/task"
RESULTS = ("result_url", "full_zip_url", "zip_url")
WHAT = "a MinerU task"


@dataclass(frozen=True)
class MinerUTask:
    """The state of a task.

    Attributes:
        task_id: Its id, by which it can be polled again.
        status: `init`, `pending`, `started`, `processing`, `success`, or a newer word.
        job: The link of the zip with its result, once it is done.
        retry_after: Seconds that the server asks to wait before the next poll, or None.
        request_id: The gateway's id of the order, under which it is billed; None in the response
            to a poll, which is another call.
    """

    task_id: str
    status: str
    job: str | None = None
    retry_after: float | None = None
    request_id: str | None = None


def task_request(
    link: str, parse_method: str, version: str, extra: Mapping[str, Any] | None = None
) -> Request:
    """Build the order of a task.

    Args:
        link: Of the PDF.
        parse_method: `auto`, `ocr` or `txt`.
        version: Of MinerU: `2.0` or `2.5`.
        extra: Further fields of the body; they win over the others.
    """
    body = {"pdf_url": link, "parse_method": parse_method, "version": version, **(extra or {})}
    return Request("POST", TASK_PATH, json_content(body), repeatable=False)


def poll_request(task_id: str) -> Request:
    """Build the request that polls a task. This costs nothing, and may be repeated.

    Raises:
        InvalidInputError: It is not an id.
    """
    path_segment(task_id, "task_id")  # what is none in a path is none in a query
    return Request("GET", TASK_PATH, query={"task_id": task_id})


def read_order(reply: Reply) -> MinerUTask:
    """Read the response to the order of a task: an object, or the id alone.

    Raises:
        JobFailedError: It failed; the text has the gateway's words.
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: There is no task's id that can be polled.
    """
    raw = _order(reply)
    levels = _levels(raw)
    found = (level.get("task_id") for level in levels)
    task_id = next((str(i) for i in found if i and isinstance(i, (str, int)) and i is not True), "")
    try:
        poll_request(task_id)
    except InvalidInputError:
        raise error_in(raw, reply) or malformed(f"{WHAT} with an id", reply) from None
    return _task(task_id, raw, reply, reply.request_id)


def read_poll(reply: Reply, task_id: str) -> MinerUTask:
    """Read how far a task is.

    Raises:
        JobFailedError: It failed; the text has the gateway's words.
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: It is done and brought no link.
    """
    return _task(task_id, any_object(reply, WHAT), reply, None)


def _order(reply: Reply) -> Mapping[str, Any]:
    try:
        said = read_json(reply.body)
    except ValueError:
        said = reply.body.decode("utf-8", "replace").strip()
    return {"task_id": said} if isinstance(said, (str, int)) else any_object(reply, WHAT)


def _levels(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the objects of a reply that may hold its task."""
    data = raw.get("data")
    return [raw, data] if isinstance(data, Mapping) else [raw]


def _task(task_id: str, raw: Mapping[str, Any], reply: Reply, order: str | None) -> MinerUTask:
    levels = _levels(raw)
    status = next(filter(None, map(state_in, levels)), "")
    links = (level.get(name) for level in levels for name in RESULTS)
    result = next((link for link in links if is_web_link(link)), None)
    problem: AI302Error | None = None
    if status in FAILED:
        problem = _failed(raw, reply)
    elif result is None:
        problem = error_in(raw, reply)
    if problem is None and result is None and status in DONE:
        problem = malformed("a finished MinerU task with its result", reply)
    if problem is not None:
        problem.task_id = task_id
        raise problem
    return MinerUTask(task_id, status or "pending", result, retry_after_in(reply.headers), order)


def _failed(raw: Mapping[str, Any], reply: Reply) -> JobFailedError:
    error = JobFailedError(f"MinerU failed: {failure_in(raw) or 'no reason was given'}.")
    error.status, error.request_id, error.body = reply.status, reply.request_id, raw
    return error
