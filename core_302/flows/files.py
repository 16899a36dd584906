"""Files into text as flows: converted in one call, or uploaded and parsed, or read as a task.

What was paid for is not lost: a task's id is in every error from its order on, up to the moment
when its result is read, and a note of it outlives the program that ordered it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from core_302 import log
from core_302.endpoints import files, mineru
from core_302.endpoints.content_list import Block, blocks_in
from core_302.endpoints.mineru import MinerUTask
from core_302.errors import AI302Error, JobFailedError, NotFoundError
from core_302.file_types import FileType, file_type
from core_302.flow import AskPolicies, Blocking, Flow, Policies, Result, ask
from core_302.flows.download import download_file
from core_302.flows.image_jobs import paid
from core_302.flows.tasks import BY_TOOL, NOT_SEEN, resumable, waited_for
from core_302.http import Reply, Request
from core_302.links import check_link
from core_302.options.file import FileFields, Method, method_for, plain_text

BY_CLIENT = "client.resume_file"
LARGEST_RESULT = 256 * 1024 * 1024  # bytes of a zip, which has the pictures of all pages


class Note(Protocol):
    """Where the id of a task is written down while it is not done."""

    def load(self) -> str | None:
        """Return the id, or None."""

    def save(self, task_id: str) -> None:
        """Write it down."""

    def drop(self) -> None:
        """Forget it: the task has failed, or is gone."""


@dataclass(frozen=True)
class FileText:
    """A file as text.

    Attributes:
        blocks: Its blocks in reading order; one for the whole file, unless MinerU has read it.
        method: How it was read.
        cost_ids: The gateway's ids of the calls, by which `client.record` returns their cost.
        task_id: The task that read it, if one did.
    """

    blocks: tuple[Block, ...]
    method: Method
    cost_ids: tuple[str, ...] = ()
    task_id: str | None = None


def text_of(
    given: bytes | str,
    kind: FileType,
    how: FileFields,
    *,
    note: Note | None = None,
    resumed_by: str = BY_TOOL,
) -> Flow[FileText]:
    """Return a file as text. Paid: each call is sent once.

    Args:
        given: Its bytes, or its link, which the gateway follows.
        kind: What it is.
        how: Which way is taken.
        note: Where a task's id is written down, so that another run can go on.
        resumed_by: What asks for a task again, for errors.

    Raises:
        InvalidInputError: It is empty, too large, or of the wrong kind; or its link leads to an
            internal address.
        AI302Error: See the tree in `core_302.errors`.
    """
    if isinstance(given, str):
        policies: Policies = yield AskPolicies()
        check_link(given, policies.trusted_hosts)
    else:
        files.check_size(len(given))
    method = method_for(how, kind, None if isinstance(given, str) else given)
    if method == "mineru":
        return (yield from _with_layout(given, kind, how, note, resumed_by))
    if method == "text":
        assert isinstance(given, bytes), "a link is never text already"
        return FileText((Block(plain_text(given) or ""),), method)
    ids: list[str] = []
    if method == "markitdown":
        request, read = files.markitdown_request(given, kind), files.read_markdown
    else:
        link = yield from _uploaded(given, kind, ids)
        request, read = files.parse_request(link), files.read_parsed
    text = yield from _billed(request, read, ids)
    return FileText((Block(text),), method, tuple(ids))


def read(given: bytes | str, name: str, how: FileFields) -> Flow[FileText]:
    """Return a file as text, for a program that resumes with its client: see `text_of`."""
    kind = file_type(name or given) if isinstance(given, str) else file_type(name, given)
    return text_of(given, kind, how, resumed_by=BY_CLIENT)


def finished(task: MinerUTask, resumed_by: str = BY_TOOL) -> Flow[tuple[Block, ...]]:
    """Wait for a task of MinerU, fetch its result without the key, and read it.

    Raises:
        JobFailedError: It failed.
        AI302Error: With the task's id, and how to resume it.
    """
    done = yield from waited_for(task, _look, resumed_by)
    assert done.job, "it was waited for until it had a result"
    again = resumable(task.task_id, resumed_by)
    policies: Policies = yield AskPolicies()
    try:
        file = yield from download_file(done.job, LARGEST_RESULT)
        blocks: list[Block] = yield Blocking(partial(blocks_in, file.content))
    except AI302Error as error:
        error.task_id, error.billed = task.task_id, "maybe"
        error.add(again)
        raise
    except GeneratorExit:  # cancelled, or stopped by Ctrl-C: neither exception can name the task
        log.task_left(task.task_id, done.status, again, policies.safe)
        raise
    return tuple(blocks)


def resumed(task_id: str, resumed_by: str = BY_TOOL) -> Flow[FileText]:
    """Wait for a task that was ordered earlier, and return its file. This costs nothing.

    Raises:
        InvalidInputError: It is not an id.
        AI302Error: See the tree in `core_302.errors`.
    """
    mineru.poll_request(task_id)
    blocks = yield from finished(MinerUTask(task_id, NOT_SEEN, None), resumed_by)
    return FileText(blocks, "mineru", task_id=task_id)


def _with_layout(
    given: bytes | str, kind: FileType, how: FileFields, note: Note | None, resumed_by: str
) -> Flow[FileText]:
    ids: list[str] = []
    task_id: str | None = None if note is None else (yield Blocking(note.load))
    try:
        if task_id is not None:
            return (yield from resumed(task_id, resumed_by))
        link = yield from _uploaded(given, kind, ids)
        fields = (how.mineru_method, how.mineru_version, how.mineru_options)
        order = paid(mineru.task_request(link, *fields), mineru.read_order, resumed_by)
        task: MinerUTask = yield from order
        ids += [task.request_id] if task.request_id else []
        blocks = yield from _noted(task, note, resumed_by)
    except (JobFailedError, NotFoundError) as error:
        # A result may come late to its file host: what was not found is looked for twice.
        if note is not None and (task_id is not None or isinstance(error, JobFailedError)):
            yield Blocking(note.drop)
        raise
    return FileText(blocks, "mineru", tuple(ids), task.task_id)


def _noted(task: MinerUTask, note: Note | None, resumed_by: str) -> Flow[tuple[Block, ...]]:
    """Write a task down, and wait for it."""
    if note is not None:
        try:
            yield Blocking(partial(note.save, task.task_id))
        except AI302Error as error:
            error.task_id, error.billed = task.task_id, "maybe"
            error.add(resumable(task.task_id, resumed_by))
            raise
    return (yield from finished(task, resumed_by))


def _look(task_id: str) -> Flow[MinerUTask]:
    return ask(mineru.poll_request(task_id), partial(mineru.read_poll, task_id=task_id))


def _uploaded(given: bytes | str, kind: FileType, ids: list[str]) -> Flow[str]:
    """Return a file's link."""
    if isinstance(given, str):
        return given
    return (yield from _billed(files.upload_request(given, kind), files.read_upload, ids))


def _billed(request: Request, read: Callable[[Reply], Result], ids: list[str]) -> Flow[Result]:
    """Send a paid request once; add its id to `ids`."""

    def noting(reply: Reply) -> Result:
        ids.extend([reply.request_id] if reply.request_id else [])
        return read(reply)

    return (yield from paid(request, noting))
