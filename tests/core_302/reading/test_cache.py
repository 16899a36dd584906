"""No page is paid for twice: not by two runs, not by two at once, not after a run was killed."""

import copy
import multiprocessing
import os
import pickle
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest
from pydantic import BaseModel

from core_302 import AI302Error, Client, ConfigurationError, Settings
from core_302.reading import KeyedCache, ReadingOptions, ReadingReport, SqliteCache, read_pages
from core_302.reading.cache import LEASE
from core_302.reading.claim import AnswerClaim
from core_302.reading.page_images import Image
from core_302.reading.read_page import key_of
from core_302.retry import RetryPolicy
from tests.conftest import KEY
from tests.scans import scan
from tests.scripted_server import Close, completion, reply

FINE = reply(200, completion("read"), headers={"request-id": "r1"})
NONE = RetryPolicy(max_retries=0)
PATIENT = 60.0  # seconds: a page that somebody else seems to read for ever fails its test
IMAGE = Image("digest-1", content=b"x", media_type="image/png")


def read(server, given, report=None, **how):
    settings = Settings(api_key=KEY, base_url=server.url, timeout=PATIENT)
    with Client(settings, retry=NONE) as client:
        return list(read_pages(client, given, ReadingOptions(**how), report=report))


def test_what_was_read_once_is_not_asked_again(server, tmp_path):
    server.answer(FINE)
    report = ReadingReport()
    cache = tmp_path / "made" / "cache"
    (first,) = read(server, scan("a"), cache=cache)
    (again,) = read(server, scan("a"), cache=str(cache), report=report)
    assert len(server.seen) == 1
    assert (first.cached, again.cached, again.text, again.cost_ids) == (
        False,
        True,
        "read",
        ("r1",),
    )
    assert (report.read, report.cached, report.input_tokens) == (0, 1, 0)


def test_the_same_image_twice_in_one_run_is_asked_once(server, tmp_path):
    server.answer(FINE)
    pages = read(server, [scan("a")] * 5, cache=tmp_path / "cache")
    assert [page.text for page in pages] == ["read"] * 5
    assert len(server.seen) == 1


def test_a_run_that_failed_goes_on_where_it_was(server, tmp_path):
    given = [scan(str(number)) for number in range(6)]
    server.answer(FINE, FINE, FINE, [Close], FINE)
    with pytest.raises(AI302Error):
        read(server, given, cache=tmp_path / "cache", concurrency=1)
    asked = len(server.seen)
    assert len(read(server, given, cache=tmp_path / "cache", concurrency=1)) == 6
    assert len(server.seen) <= asked + 3  # the failed one, and those not begun


def test_every_thing_that_changes_the_answer_changes_the_key():
    class Other(BaseModel):
        name: str

    class Third(BaseModel):
        total: float

    same = key_of(IMAGE, ReadingOptions())
    assert key_of(IMAGE, ReadingOptions(concurrency=3, on_error="skip")) == same
    different = [
        {"reader": "gpt-4o"},
        {"text_model": "qwen-plus"},
        {"output": "markdown"},
        {"output": Other},
        {"prompt": "Read."},
        {"prompt": "Read.", "output": Other},  # the prompt of one's own does not hold the schema
        {"prompt": "Read.", "output": Third},
        {"options": {"temperature": 0}},
    ]
    keys = {key_of(IMAGE, ReadingOptions(**how)) for how in different}
    keys |= {same, key_of(Image("digest-2"), ReadingOptions())}
    assert len(keys) == len(different) + 2


def test_any_store_of_texts_can_be_the_cache(server):
    server.answer(FINE)
    kept = {}
    cache = KeyedCache(kept.get, kept.__setitem__)
    read(server, [scan("a"), scan("a")], cache=cache)
    (page,) = read(server, scan("a"), cache=cache)
    assert page.cached
    assert len(server.seen) == len(kept) == 1


def test_a_failed_page_is_claimed_by_the_next_who_asks(server):
    server.answer(reply(500, b"no"), FINE)
    kept = {}
    cache = KeyedCache(kept.get, kept.__setitem__)
    with pytest.raises(AI302Error):
        read(server, scan("a"), cache=cache)
    assert read(server, scan("a"), cache=cache)[0].text == "read"


def test_a_claim_is_busy_for_others_until_it_ends(tmp_path):
    one, other = SqliteCache(tmp_path / "cache"), SqliteCache(tmp_path / "cache")
    assert one.claim("k", "one") == ("claimed", None)
    assert other.claim("k", "other") == ("busy", None)
    one.release("k", "one")
    assert other.claim("k", "other") == ("claimed", None)
    other.keep("k", "answer")
    assert one.claim("k", "one") == ("claimed", "answer")
    one.release("k", "one")  # ends no answer
    assert one.claim("k", "one") == ("claimed", "answer")
    one.close()
    one.close()
    other.close()


def test_a_store_of_your_own_is_busy_with_a_page_until_its_owner_ends_the_claim():
    kept = {}
    cache = KeyedCache(kept.get, kept.__setitem__)
    assert cache.claim("k", "one") == ("claimed", None)
    assert cache.claim("k", "other") == ("busy", None)
    cache.release("k", "other")  # it is not the other's
    assert cache.claim("k", "other") == ("busy", None)
    cache.release("k", "one")
    assert cache.claim("k", "other") == ("claimed", None)
    cache.keep("k", "answer")
    assert cache.claim("k", "one") == ("claimed", "answer")


def test_a_claim_whose_lease_ran_out_counts_no_more(tmp_path):
    cache = SqliteCache(tmp_path / "cache", lease=-1.0)
    assert cache.claim("k", "one") == cache.claim("k", "other") == ("claimed", None)
    cache.close()


def test_who_gives_up_late_does_not_end_the_claim_of_another(tmp_path):
    """The lease of the first ran out, a second one is reading the page: no third one pays again."""
    late, cache = SqliteCache(tmp_path / "cache", lease=-1.0), SqliteCache(tmp_path / "cache")
    assert late.claim("k", "first") == ("claimed", None)
    assert cache.claim("k", "second") == ("claimed", None)
    late.release("k", "first")
    cache.release("k", "first")
    assert cache.claim("k", "third") == ("busy", None)
    late.close()
    cache.close()


def test_of_two_who_claim_at_once_one_has_the_page(tmp_path, monkeypatch):
    """Both have seen that it is free, or that its claim counts no more, and one is quicker."""
    cache = SqliteCache(tmp_path / "cache")
    monkeypatch.setattr(cache, "_found", lambda _: None)
    assert cache.claim("k", "one") == ("claimed", None)
    assert cache.claim("k", "other") == ("busy", None)
    gone = (None, socket.gethostname(), os.getpid(), "gone", 0.0)
    monkeypatch.setattr(cache, "_found", lambda _: gone)
    assert cache.claim("k", "other") == ("busy", None)
    cache.close()


def test_a_claim_of_a_clock_that_is_ahead_ends_by_the_clock_of_who_finds_it(tmp_path, monkeypatch):
    cache, year = SqliteCache(tmp_path / "cache"), 365 * 24 * 3600.0
    cache.claim("k", "one")
    claimed_by(cache, "another-machine", 1)
    changed(cache, "UPDATE readings SET until = ?", time.time() + year)
    assert cache.claim("k", "other") == ("busy", None)
    later = time.time() + LEASE + 1
    monkeypatch.setattr(time, "time", lambda: later)
    again = SqliteCache(tmp_path / "cache")  # in another run: it need not have seen the claim
    assert again.claim("k", "other") == ("claimed", None)
    again.close()
    cache.close()


def test_a_file_of_an_older_release_keeps_what_was_paid(tmp_path):
    """Its claims named a process by `run` alone, as they do in no row that is written now."""
    path = tmp_path / "cache"
    with closing(sqlite3.connect(path)) as database:
        database.execute(
            "CREATE TABLE readings (key TEXT PRIMARY KEY, answer TEXT, "
            "host TEXT, process INTEGER, run TEXT, until REAL) WITHOUT ROWID"
        )
        rows = [
            ("paid", "answer", None, None, None, None),
            ("mine", None, socket.gethostname(), os.getpid(), "run", time.time() + 9.0),
            ("theirs", None, "another-machine", 1, "run", time.time() + 9.0),
        ]
        database.executemany("INSERT INTO readings VALUES (?, ?, ?, ?, ?, ?)", rows)
        database.commit()
    cache = SqliteCache(path)
    assert cache.claim("paid", "me") == ("claimed", "answer")
    assert cache.claim("mine", "me") == ("claimed", None)
    assert cache.claim("theirs", "me") == ("busy", None)
    cache.close()


def test_a_process_that_is_interrupted_in_its_writes_goes_on_and_locks_nobody_out(tmp_path):
    """Ctrl-C, hundreds of times: no transaction stays open in it, and others can write."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path / "cache")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.split() == [str(INTERRUPTS)], done.stderr
    cache = SqliteCache(tmp_path / "cache")
    assert cache.claim("k", "me") == ("claimed", None)
    cache.close()


INTERRUPTS = 150
INTERRUPTED = f"""
import signal, sys, threading
from core_302.reading.cache import SqliteCache

cache, hits, listening, ended = SqliteCache(sys.argv[1]), 0, False, threading.Event()

def interrupt(*_):
    if listening:
        raise KeyboardInterrupt

def pester(who):
    while not ended.wait(0.0005):
        signal.pthread_kill(who, signal.SIGINT)

signal.signal(signal.SIGINT, interrupt)
threading.Thread(target=pester, args=(threading.get_ident(),), daemon=True).start()
number = 0
while hits < {INTERRUPTS}:
    number += 1
    try:
        listening = True
        cache.claim(f"c{{number}}", "me")
        cache.release(f"c{{number}}", "me")
        cache.keep(f"k{{number}}", "answer")
        listening = False
    except KeyboardInterrupt:
        listening = False
        hits += 1
ended.set()
cache.keep("last", "answer")
print(hits)
"""


def test_who_gives_up_while_its_thread_is_claiming_leaves_no_claim(tmp_path):
    """A task is cancelled at once; the thread that claims for it comes later."""
    cache = SqliteCache(tmp_path / "cache")
    claim = AnswerClaim(cache, "k")
    claim.give_up()
    claim.claim()
    assert cache.claim("k", "other") == ("claimed", None)
    cache.close()


def claimed_by(cache, host, process, run="another run"):
    changed(cache, "UPDATE readings SET host = ?, process = ?, run = ?", host, process, run)


def changed(cache, statement, *values):
    """Write into the file as another program does."""
    with closing(sqlite3.connect(cache.path, isolation_level=None)) as database:
        database.execute(statement, values)


def test_a_claim_of_a_process_that_is_gone_counts_no_more(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    cache = SqliteCache(tmp_path / "cache")
    cache.claim("k", "me")
    claimed_by(cache, socket.gethostname(), gone.pid)
    assert cache.claim("k", "me") == ("claimed", None)
    claimed_by(cache, "another-machine", gone.pid)
    assert cache.claim("k", "me") == ("busy", None)
    claimed_by(cache, socket.gethostname(), os.getppid())
    assert cache.claim("k", "me") == ("busy", None)
    cache.close()


def test_a_process_number_that_was_given_again_holds_no_claim(tmp_path):
    cache = SqliteCache(tmp_path / "cache")
    cache.claim("k", "me")
    assert cache.claim("k", "me") == ("busy", None)
    claimed_by(cache, socket.gethostname(), os.getpid())
    assert cache.claim("k", "me") == ("claimed", None)
    cache.close()


def test_two_processes_at_once_pay_for_each_page_once(server, tmp_path):
    server.answer(FINE)
    given = [scan(str(number)) for number in range(8)]
    spawn = multiprocessing.get_context("spawn")
    others = [
        spawn.Process(target=_read_all, args=(server.url, given, tmp_path / "cache"))
        for _ in range(2)
    ]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert [other.exitcode for other in others] == [0, 0]
    assert len(server.seen) == 8


def _read_all(url, given, cache):
    with Client(Settings(api_key=KEY, base_url=url)) as client:
        pages = list(read_pages(client, given, ReadingOptions(cache=cache)))
    assert len(pages) == len(given)


def test_a_killed_run_is_gone_on_with_at_once(server, tmp_path):
    server.answer(FINE)
    cache = SqliteCache(tmp_path / "cache")
    spawn = multiprocessing.get_context("spawn")
    other = spawn.Process(target=_claim_and_die, args=(tmp_path / "cache", 3))
    other.start()
    other.join()
    assert cache.claim("0", "me") == ("claimed", None)
    cache.close()


def _claim_and_die(path, claims):
    cache = SqliteCache(path)
    for number in range(claims):
        cache.claim(str(number), "me")
    os._exit(9)


def test_a_cache_is_shared_by_threads_and_goes_along_in_pickles_and_copies(tmp_path):
    cache = SqliteCache(tmp_path / "cache")
    cache.keep("k", "answer")
    assert copy.deepcopy(cache) is cache
    found = []
    thread = threading.Thread(target=lambda: found.append(cache.claim("k", "me")))
    thread.start()
    thread.join()
    again = pickle.loads(pickle.dumps(cache))
    assert found == [again.claim("k", "me")] == [("claimed", "answer")]
    again.close()
    cache.close()


def test_a_file_that_is_no_cache_says_so(tmp_path):
    (tmp_path / "cache").write_bytes(b"something else entirely, and long enough" * 50)
    with pytest.raises(ConfigurationError, match="fails"):
        SqliteCache(tmp_path / "cache").claim("k", "me")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConfigurationError, match="fails"):
        SqliteCache(tmp_path / "file" / "cache").claim("k", "me")
