"""Whatever goes wrong on the way: each row, by all who may see it differently."""

import pytest

from tests.conftest import KEY
from tests.faults.callers import callers_of, observe, ours
from tests.faults.row import DOWNLOAD, JOBS, LINK, PNG
from tests.faults.rows import ROWS
from tests.faults.scenes import PASSWORD

RUNS = [
    pytest.param(row, way, caller, id=f"{row.id}-{way}-{caller.__name__}")
    for row in ROWS
    for way in row.ways
    for caller in callers_of(row, way)
]


@pytest.mark.parametrize(("row", "way", "caller"), RUNS)
def test_the_caller_sees_what_the_row_says(row, way, caller, monkeypatch):
    expect = row.expected(way)
    place, saw = observe(row, way, caller, monkeypatch)
    least, most = expect.requests if isinstance(expect.requests, tuple) else (expect.requests,) * 2
    if expect.error is None:
        if saw.error is not None:
            raise saw.error
        assert saw.answer == {DOWNLOAD: PNG, **dict.fromkeys(JOBS, LINK)}.get(way, "Hello")
    else:
        check_error(expect, saw, len(place.script.seen))
    assert least <= len(place.script.seen) <= most
    assert expect.within[0] <= saw.seconds <= expect.within[1]
    if expect.growth is not None and saw.growth is not None:
        assert saw.growth < expect.growth
    if expect.connections is not None:
        assert place.script.connections == expect.connections
    if expect.doors is not None:
        assert place.doors() == expect.doors


def check_error(expect, saw, requests):
    assert saw.error is not None, f"no error, but the answer {saw.answer!r}"
    error = ours(saw.error)
    assert type(error).__name__ == expect.error, repr(error)
    told = f"{saw.error} {saw.error!r} {error} {error!r} {error.args} {error.body}"
    assert KEY not in told
    assert PASSWORD not in told
    assert expect.says in str(error)
    assert len(str(error)) <= expect.longest
    assert error.attempts == (requests if expect.attempts is None else expect.attempts)
    for name in ("billed", "retryable", "status", "err_code", "request_id", "retry_after"):
        wanted = getattr(expect, name)
        if wanted is not None:
            assert (name, getattr(error, name)) == (name, wanted)
    if expect.partial is not None:
        assert error.partial_text == expect.partial
        assert "".join(saw.pieces) == expect.partial
