"""Tasks that read a PDF with its layout: their states are spelled as MinerU spells them."""

from __future__ import annotations

import threading
from typing import Any

from emulator_302.http.refusals import Refusal
from emulator_302.http.tasks import COMPLETED, FAILED, Outcome, Tasks

BEFORE_THE_END, EARLIER = "STARTED", "PENDING"
ENDS = {COMPLETED: "SUCCESS", FAILED: "FAILED", "processing": "PROCESSING"}


class LayoutTasks:
    """The tasks of one scope. How they go is scripted like every other task.

    Args:
        tasks: Says how the next task goes, and what its id is.
    """

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._links: dict[str, tuple[str, Outcome]] = {}
        self._polls: dict[str, int] = {}
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget the tasks."""
        with self._lock:
            self._links.clear()
            self._polls.clear()

    def start(self, link: str) -> str:
        """Start a task whose result is at `link`; return its id."""
        outcome, task_id = self._tasks.next_outcome(), self._tasks.new_id()
        with self._lock:
            self._links[task_id], self._polls[task_id] = (link, outcome), 0
        return task_id

    def poll(self, task_id: str) -> dict[str, Any]:
        """Return what a poll finds.

        Raises:
            Refusal: There is no such task.
        """
        with self._lock:
            if task_id not in self._links:
                raise _missing(task_id)
            link, outcome = self._links[task_id]
            self._polls[task_id] += 1
            polls = self._polls[task_id]
        if polls < outcome.polls:
            state = BEFORE_THE_END if polls == outcome.polls - 1 else EARLIER
            return {"task_id": task_id, "state": state, "err_msg": "", "result_url": ""}
        if outcome.vanishes:
            raise _missing(task_id)
        done = outcome.status == COMPLETED and outcome.has_url
        return {
            "task_id": task_id,
            "state": ENDS.get(outcome.status, outcome.status),
            "err_msg": (outcome.error or {}).get("message", ""),
            "result_url": link if done else "",
        }


def _missing(task_id: str) -> Refusal:
    return Refusal(404, -10010, f"Resource not found: task {task_id}")
