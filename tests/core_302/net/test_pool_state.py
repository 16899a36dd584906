"""The state of a pool: who may have a connection, and which is handed out."""

import threading

import pytest

from core_302.net import pool_state
from core_302.net.pool_state import PoolState


class Line:
    """A connection."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


def entered(state, key, line):
    """Take a place, find no connection, and open `line`."""
    assert state.acquire() is None
    assert state.checkout(key) == (None, [])
    state.opened(line)


def ended(state, key, line):
    assert state.checkin(key, line, whole=True)
    state.release()


@pytest.fixture
def lines():
    return [Line(name) for name in "abc"]


def test_the_last_used_connection_is_handed_out_first(lines):
    state = PoolState(10)
    for line in lines:
        entered(state, "gateway", line)
    for line in lines:
        ended(state, "gateway", line)
    assert [state.checkout("gateway")[0] for _ in range(4)] == [*reversed(lines), None]


def test_a_connection_serves_only_the_way_that_it_leads(lines):
    state = PoolState(10)
    entered(state, "gateway", lines[0])
    ended(state, "gateway", lines[0])
    assert state.checkout("a file host") == (None, [])
    assert state.checkout("gateway") == (lines[0], [])


def test_what_was_unused_for_too_long_is_closed_whoever_asks(lines, monkeypatch):
    state = PoolState(10)
    entered(state, "a file host", lines[0])
    ended(state, "a file host", lines[0])
    entered(state, "gateway", lines[1])
    monkeypatch.setattr(pool_state, "IDLE_SECONDS", -1.0)
    ended(state, "gateway", lines[1])
    assert state.checkout("gateway") == (None, [lines[0], lines[1]])


def test_an_unused_connection_makes_room_for_one_that_leads_elsewhere(lines):
    state = PoolState(2)
    for line in lines[:2]:
        entered(state, "gateway", line)
    for line in lines[:2]:
        ended(state, "gateway", line)
    assert state.acquire() is None
    assert state.checkout("a file host") == (None, [lines[0]])


def test_a_broken_connection_is_not_kept(lines):
    state = PoolState(10)
    entered(state, "gateway", lines[0])
    assert not state.checkin("gateway", lines[0], whole=False)
    state.release()
    assert state.checkout("gateway") == (None, [])
    assert state.close() == []


def test_who_waits_longest_gets_the_place_that_is_left():
    state = PoolState(1)
    assert state.acquire() is None
    first, second = state.acquire(), state.acquire()
    state.release()
    assert (first.done(), second.done()) == (True, False)
    state.release()
    assert second.done()
    assert state.busy == 1


def test_a_place_passes_over_who_waits_no_longer():
    state = PoolState(1)
    assert state.acquire() is None
    first, second = state.acquire(), state.acquire()
    state.cancel(first)
    state.release()
    assert second.done()


def test_a_place_that_came_at_the_last_moment_is_passed_on():
    state = PoolState(1)
    assert state.acquire() is None
    late = state.acquire()
    state.release()
    state.cancel(late)
    assert state.busy == 0
    assert state.acquire() is None


def test_nothing_is_kept_after_closing_and_all_is_named(lines):
    state = PoolState(10)
    entered(state, "gateway", lines[0])
    entered(state, "gateway", lines[1])
    ended(state, "gateway", lines[0])
    assert state.close() == lines[:2]
    assert not state.checkin("gateway", lines[1], whole=True)


def test_threads_never_have_more_places_than_there_are():
    state = PoolState(3)
    most = []

    def use():
        for _ in range(300):
            if ticket := state.acquire():
                ticket.result(10)
            most.append(state.busy)
            state.release()

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) <= 3
    assert state.busy == 0
