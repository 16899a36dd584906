"""Tasks that make files: how their replies are read, whatever they make.

A reply names what was made in the gateway's own field, and mostly also in the vendor's answer
beside it. Where each kind has it, a `FilePlaces` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from core_302.endpoints.image_failure import DONE, FAILED, failure_in, state_in
from core_302.endpoints.image_places import NO_RESULTS, link_in
from core_302.endpoints.image_reply import (
    inner_of,
    job_failed,
    recorded_ids,
    task_id_in,
    without_images,
)
from core_302.endpoints.parsing import any_object, malformed, text_or_none
from core_302.error_replies.envelope import retry_after_in
from core_302.error_replies.from_reply import error_in, says_error
from core_302.errors import AI302Error
from core_302.http import Reply

# Names that vendors give to a result's address, whatever it is.
USUAL_LINKS = frozenset(
    {"url", "uri", "file_url", "download_url", "output", "outputs", "result", "results", "data"}
)
AN_IMAGE = re.compile(r"(?i)\.(png|jpe?g|gif|webp)$")


@dataclass(frozen=True)
class FilePlaces:
    """Where a reply names the files of one kind.

    Attributes:
        what: What is made, such as "a video".
        gateway: The gateway's own fields.
        vendors: Names that vendors give to it, beside the usual ones.
    """

    what: str
    gateway: tuple[str, ...]
    vendors: frozenset[str] = frozenset()

    def links_in(self, value: Any, name: str) -> Iterator[str]:
        """Yield the links in a field called `name`, and below it. Pictures beside are none."""
        if NO_RESULTS.fullmatch(name):
            return
        if isinstance(value, Mapping):
            for inner, below in value.items():
                yield from self.links_in(below, inner)
        elif isinstance(value, list):
            for item in value:
                yield from self.links_in(item, name)
        elif isinstance(value, str) and name in {*self.gateway, *self.vendors, *USUAL_LINKS}:
            link = link_in(value.strip())
            if link is not None and not AN_IMAGE.search(urlsplit(link).path):
                yield link


@dataclass(frozen=True)
class FileJob:
    """The result of a paid job.

    Attributes:
        links: Where the files are: at least one.
        request_id: The gateway's id of the order; None if only its task's id is known.
        task_id: The task's id.
        cost_ids: The request ids under which the gateway has recorded the cost.
        raw: The response as it came, without base64.
    """

    links: tuple[str, ...]
    request_id: str | None
    task_id: str | None
    cost_ids: tuple[str, ...]
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FileTask:
    """The state of a task.

    Attributes:
        task_id: Its id, by which it can be polled again.
        status: `pending`, `processing`, `completed`, `failed`, or a newer word.
        job: Its result, once it is done.
        retry_after: Seconds that the server asks to wait before the next poll, or None.
        request_id: The gateway's id of the order, under which it is billed; None in the response
            to a poll, which is another call.
    """

    task_id: str
    status: str
    job: FileJob | None
    retry_after: float | None = None
    request_id: str | None = None


def read_file_order(reply: Reply, places: FilePlaces) -> FileTask:
    """Read the response to an order.

    Raises:
        JobFailedError: It failed; the text has the gateway's words.
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: There is no task's id.
    """
    return _task(reply, reply.request_id, places)


def read_file_poll(reply: Reply, places: FilePlaces) -> FileTask:
    """Read how far a task is. Its cost is recorded under the order's request id, not under this.

    Raises:
        JobFailedError: It failed; the text has the gateway's words.
        MalformedReplyError: There is no task's id, or it is done and names no file.
    """
    return _task(reply, None, places)


def _task(reply: Reply, order: str | None, places: FilePlaces) -> FileTask:
    raw = any_object(reply, "a task")
    task_id = task_id_in(raw)
    if task_id is None:
        raise error_in(raw, reply) or malformed("a task with an id", reply)
    status = state_in(raw) or state_in(inner_of(raw))
    try:
        job = _job(raw, status, reply, order, places)
    except AI302Error as error:
        error.task_id = task_id
        raise
    return FileTask(task_id, status, job, retry_after_in(reply.headers), order)


def _job(
    raw: Mapping[str, Any], status: str, reply: Reply, order: str | None, places: FilePlaces
) -> FileJob | None:
    """Return a task's result, or None while it is not done."""
    if status in FAILED or (not status and says_error(raw.get("error"))):
        raise job_failed(raw, _why(raw), reply)
    named = [link for name in places.gateway for link in places.links_in(raw.get(name), name)]
    if status not in DONE and not named:
        return None
    # Beside the gateway's own link, those of the vendor are other copies of the same file.
    links = tuple(dict.fromkeys(named or places.links_in(raw, "")))
    if not links:
        words, what = failure_in(raw), f"a task with {places.what}"
        raise job_failed(raw, words, reply) if words else malformed(what, reply)
    ids = recorded_ids(raw) or ((order,) if order else ())
    return FileJob(links, order, task_id_in(raw), ids, without_images(raw))


def _why(raw: Mapping[str, Any]) -> str:
    """Return why a task failed; some vendors say it in their own answer alone."""
    words, vendor = failure_in(raw) or "it does not say why", raw.get("raw_response")
    output = vendor.get("output") if isinstance(vendor, Mapping) else None
    upstream = text_or_none(output.get("message")) if isinstance(output, Mapping) else None
    return f"{words}: {upstream}" if upstream and upstream not in words else words
