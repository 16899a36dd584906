"""The books of a pool: who may have a connection, and which is handed out."""

import threading

import pytest

from core_302.net import pool_state
from core_302.net.pool_state import Places


class Line:
    """A connection."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


def entered(books, key, line):
    """Take a place, find no connection, and open `line`."""
    assert books.enter() is None
    assert books.take(key) == (None, [])
    books.opened(line)


def ended(books, key, line):
    assert books.keep(key, line, whole=True)
    books.leave()


@pytest.fixture
def lines():
    return [Line(name) for name in "abc"]


def test_the_last_used_connection_is_handed_out_first(lines):
    books = Places(10)
    for line in lines:
        entered(books, "gateway", line)
    for line in lines:
        ended(books, "gateway", line)
    assert [books.take("gateway")[0] for _ in range(4)] == [*reversed(lines), None]


def test_a_connection_serves_only_the_way_that_it_leads(lines):
    books = Places(10)
    entered(books, "gateway", lines[0])
    ended(books, "gateway", lines[0])
    assert books.take("a file host") == (None, [])
    assert books.take("gateway") == (lines[0], [])


def test_what_was_unused_for_too_long_is_closed_whoever_asks(lines, monkeypatch):
    books = Places(10)
    entered(books, "a file host", lines[0])
    ended(books, "a file host", lines[0])
    entered(books, "gateway", lines[1])
    monkeypatch.setattr(pool_state, "IDLE_SECONDS", -1.0)
    ended(books, "gateway", lines[1])
    assert books.take("gateway") == (None, [lines[0], lines[1]])


def test_an_unused_connection_makes_room_for_one_that_leads_elsewhere(lines):
    books = Places(2)
    for line in lines[:2]:
        entered(books, "gateway", line)
    for line in lines[:2]:
        ended(books, "gateway", line)
    assert books.enter() is None
    assert books.take("a file host") == (None, [lines[0]])


def test_a_broken_connection_is_not_kept(lines):
    books = Places(10)
    entered(books, "gateway", lines[0])
    assert not books.keep("gateway", lines[0], whole=False)
    books.leave()
    assert books.take("gateway") == (None, [])
    assert books.close() == []


def test_who_waits_longest_gets_the_place_that_is_left():
    books = Places(1)
    assert books.enter() is None
    first, second = books.enter(), books.enter()
    books.leave()
    assert (first.done(), second.done()) == (True, False)
    books.leave()
    assert second.done()
    assert books.busy == 1


def test_a_place_passes_over_who_waits_no_longer():
    books = Places(1)
    assert books.enter() is None
    first, second = books.enter(), books.enter()
    books.give_up(first)
    books.leave()
    assert second.done()


def test_a_place_that_came_at_the_last_moment_is_passed_on():
    books = Places(1)
    assert books.enter() is None
    late = books.enter()
    books.leave()
    books.give_up(late)
    assert books.busy == 0
    assert books.enter() is None


def test_nothing_is_kept_after_closing_and_all_is_named(lines):
    books = Places(10)
    entered(books, "gateway", lines[0])
    entered(books, "gateway", lines[1])
    ended(books, "gateway", lines[0])
    assert books.close() == lines[:2]
    assert not books.keep("gateway", lines[1], whole=True)


def test_threads_never_have_more_places_than_there_are():
    books = Places(3)
    most = []

    def use():
        for _ in range(300):
            if ticket := books.enter():
                ticket.result(10)
            most.append(books.busy)
            books.leave()

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) <= 3
    assert books.busy == 0
