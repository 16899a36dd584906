"""Waiting for a task, driven step by step with a clock of the test's own."""

import pytest

from core_302 import PollPolicy, RequestTimeoutError, RetryPolicy
from core_302.flow import AskPolicies, AskTime, Pause, Policies, Progress
from core_302.flows.tasks import Task, waited_for

PENDING = Task("t-1", "pending", None)


def slow(task_id):
    """Say that the task is not done, and that the next poll is wanted in five seconds."""
    return Task(task_id, "pending", None, retry_after=5.0)
    yield  # a flow that asks for nothing


def pauses_of(flow, paused):
    """Run a flow, whose pauses pass at once, and note them."""
    now = 100.0
    answers = {AskPolicies: Policies(RetryPolicy(), PollPolicy(jitter=float), ()), Progress: None}
    step = next(flow)
    while True:
        if isinstance(step, Pause):
            paused.append(step.seconds)
            now += step.seconds
        step = flow.send({**answers, AskTime: now, Pause: None}[type(step)])


def test_a_wait_with_a_deadline_ends_at_it_and_polls_once_more_then():
    paused = []
    with pytest.raises(RequestTimeoutError, match="not done in the time that it may") as caught:
        pauses_of(waited_for(PENDING, slow, until=108.0), paused)
    assert paused == [1.0, 5.0, 2.0]
    assert caught.value.task_id == "t-1"


def test_a_wait_whose_deadline_has_passed_does_not_poll():
    paused = []
    with pytest.raises(RequestTimeoutError):
        pauses_of(waited_for(PENDING, slow, until=100.0), paused)
    assert paused == []
