"""A task that never waits lets others run in time, and one that waits is not held up."""

import pytest

from core_302.net import pace
from core_302.net.pace import LONGEST_HOLD, MOST_CHUNKS, REAL_WAIT, Pace


class Watch:
    now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def watch(monkeypatch):
    told = Watch()
    monkeypatch.setattr(pace, "time", told)
    return told


def test_the_loop_runs_before_asyncio_would_log_writes_to_a_client_that_left(watch):
    one = Pace()
    due = [one.is_due() for _ in range(2 * MOST_CHUNKS)]
    assert due == [False, False, False, True] * 2


def test_the_loop_runs_after_five_milliseconds(watch):
    one = Pace()
    assert not one.is_due()
    watch.now += 2 * LONGEST_HOLD
    assert one.is_due()
    assert not one.is_due()


@pytest.mark.parametrize(("seconds", "counts"), [(2 * REAL_WAIT, False), (REAL_WAIT / 2, True)])
def test_who_has_really_waited_begins_anew(watch, seconds, counts):
    one = Pace()
    for _ in range(MOST_CHUNKS - 1):
        one.is_due()
    watch.now += seconds
    one.goes_on()
    assert one.is_due() == counts
