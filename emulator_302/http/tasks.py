"""Tasks of the asynchronous interfaces: they take polls, not seconds.

How a task goes is data (`Outcome`), so that a test can script it, over HTTP too.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timezone
from typing import Any

from emulator_302.http.refusals import Refusal

PENDING, PROCESSING, COMPLETED, FAILED = "pending", "processing", "completed", "failed"
# What a task makes, or that it is a call in OpenAI's form, or processes an image: each is asked for
# at its own address.
IMAGE, CALL, VIDEO, AUDIO, PROCESSED = "image", "call", "video", "audio", "processed"
USUAL_POLLS = 2
EXECUTION_TIME = "0.01s"


@dataclass(frozen=True)
class Outcome:
    """How one task goes.

    Attributes:
        polls: The poll that finds the task at its end; those before find it pending or processing.
        status: The status at its end. `processing` hangs for ever; a word of your own is sent too.
        error: The error object of a task at its end.
        vanishes: Whether the poll at its end finds no such task: 404 and -10010.
        has_url: Whether a completed task names its file.
    """

    polls: int = USUAL_POLLS
    status: str = COMPLETED
    error: Mapping[str, Any] | None = None
    vanishes: bool = False
    has_url: bool = True

    def __post_init__(self) -> None:
        """Refuse what no task can do.

        Raises:
            ValueError: The number of polls or the status is invalid.
        """
        if not isinstance(self.polls, int) or self.polls < 1:
            raise ValueError("polls must be an integer, at least 1")
        if not isinstance(self.status, str) or not self.status:
            raise ValueError("status must be a string")

    @classmethod
    def fails(cls, message: str, *, polls: int = USUAL_POLLS) -> Outcome:
        """A task that fails with an error object as the gateway sends it."""
        error = {
            "error": "GENERATION_FAILED",
            "message": message,
            "error_type": "upstream_error",
            "attempts": 1,
            "execution_time": EXECUTION_TIME,
            "is_network_error": False,
        }
        return cls(polls, FAILED, error)

    @classmethod
    def hangs(cls) -> Outcome:
        """A task that is processing for ever."""
        return cls(status=PROCESSING)

    @classmethod
    def disappears(cls, *, polls: int = USUAL_POLLS) -> Outcome:
        """A task that the gateway forgets."""
        return cls(polls, vanishes=True)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Outcome:
        """Read an outcome that came over HTTP.

        Raises:
            ValueError: It has a field that no outcome has, or a value that none can have.
        """
        unknown = set(given) - {entry.name for entry in fields(cls)}
        if unknown:
            raise ValueError(f"unknown fields of a task: {', '.join(sorted(unknown))}")
        return cls(**given)


@dataclass(frozen=True)
class Job:
    """A task's request, and the files that it made."""

    request_id: str
    model: str
    request: Any
    webhook: str
    urls: tuple[str, ...]
    raw: Mapping[str, Any]
    kind: str = IMAGE


class Task:
    """One task, which grows older with each poll."""

    def __init__(self, job: Job, outcome: Outcome, task_id: str) -> None:
        self.id = task_id
        self.job = job
        self.outcome = outcome
        self.polls = 0
        self.created = _now()

    def accepted(self) -> dict[str, Any]:
        """Return the response to the request that started it."""
        return {"task_id": self.id, "status": PENDING, "created_at": self.created}

    def polled(self) -> dict[str, Any]:
        """Count a poll, and return what it finds."""
        self.polls += 1
        if self.polls >= self.outcome.polls:
            return self.ended()
        # The last poll before the end finds it at work, those before find it waiting.
        return self._state(PROCESSING if self.polls == self.outcome.polls - 1 else PENDING)

    def ended(self) -> dict[str, Any]:
        """Return what is found at its end.

        Raises:
            Refusal: It vanished.
        """
        if self.outcome.vanishes:
            raise _missing(self.id)
        return self._state(self.outcome.status)

    def _state(self, status: str) -> dict[str, Any]:
        job, done = self.job, status == COMPLETED
        urls = list(job.urls) if done and self.outcome.has_url else []
        waiting = status in (PENDING, PROCESSING)
        return {
            "task_id": self.id,
            "status": status,
            **_links(job.kind, urls),
            "raw_response": dict(job.raw) if urls else None,
            "req": job.request,
            "model": job.model,
            "created_at": self.created,
            "started_at": None if status == PENDING else self.created,
            "completed_at": None if waiting else _now(),
            "execution_time": "" if waiting else EXECUTION_TIME,
            "attempts": 1,
            "upstream_task_id": "" if status == PENDING else f"upstream-{self.id}",
            "webhook": job.webhook,
            "task_type": job.kind,
            "ai302_cost_request_ids": [job.request_id],
            "error": None if waiting else self.outcome.error,
        }


class Tasks:
    """The tasks of one scope, and how the next ones will go."""

    def __init__(self) -> None:
        self._new_id: Callable[[], uuid.UUID] = uuid.uuid4
        self._scripted: list[Outcome] = []
        self._tasks: dict[str, Task] = {}
        self._lock = threading.Lock()

    def script(self, *outcomes: Outcome) -> int:
        """Script the outcomes of the next tasks, one each; return how many are scripted now."""
        with self._lock:
            self._scripted += outcomes
            return len(self._scripted)

    def reset(self, new_id: Callable[[], uuid.UUID]) -> None:
        """Forget the tasks, and how the next ones should go; draw new ids from `new_id`."""
        with self._lock:
            self._new_id = new_id
            self._scripted.clear()
            self._tasks.clear()

    def next_outcome(self) -> Outcome:
        """Return how the next task goes."""
        with self._lock:
            return self._scripted.pop(0) if self._scripted else Outcome()

    def new_id(self) -> str:
        """Return the id of a new task, which somebody else keeps."""
        with self._lock:
            return self._new_id().hex

    def start(self, job: Job, outcome: Outcome) -> Task:
        """Start a task."""
        with self._lock:
            task = Task(job, outcome, self._new_id().hex)
            self._tasks[task.id] = task
        return task

    def poll(self, task_id: str, *, kind: str = IMAGE) -> dict[str, Any]:
        """Return what a poll finds at the address of one kind of tasks.

        Raises:
            Refusal: There is no such task.
        """
        with self._lock:
            task = self._tasks.get(task_id)
            if task is None or task.job.kind != kind:
                raise _missing(task_id)
            return task.polled()


def _links(kind: str, urls: list[str]) -> dict[str, Any]:
    """Return where a task of a kind says what it made."""
    first = urls[0] if urls else ""
    if kind in (VIDEO, AUDIO):
        return {f"{kind}_url": first}
    return {"image_url": first, "image_urls": urls}


def _missing(task_id: str) -> Refusal:
    return Refusal(404, -10010, f"Resource not found: task {task_id}")


def _now() -> str:
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
