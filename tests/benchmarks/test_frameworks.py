"""The command that tries other libraries knows each by a program, a script and a proxy."""

import urllib.error
import urllib.request
from pathlib import Path

import pytest

from benchmarks.frameworks.__main__ import Outcome, page
from benchmarks.frameworks.elsewhere import nothing_outside
from benchmarks.frameworks.plays import PLAYS
from benchmarks.frameworks.table import FRAMEWORKS

PROGRAMS = Path(__file__).parents[2] / "benchmarks" / "frameworks"


def test_each_library_has_a_program_and_a_script():
    packages = [one.package for one in FRAMEWORKS]
    assert list(PLAYS) == packages
    programs = {path.stem for path in PROGRAMS.glob("with_*.py")}
    assert programs == {f"with_{name.replace('-', '_')}" for name in packages}


def test_what_wants_to_go_elsewhere_is_refused_and_named():
    with nothing_outside() as proxy:
        through = urllib.request.ProxyHandler({"http": proxy.environment["http_proxy"]})
        opener = urllib.request.build_opener(through)
        with pytest.raises(urllib.error.HTTPError, match="403"):
            opener.open("http://telemetry.example/event")
    assert proxy.asked == ["GET http://telemetry.example/event HTTP/1.1"]


def test_the_page_tells_what_was_seen_and_what_stands_in_the_way():
    first = FRAMEWORKS[0]
    limited = next(one for one in FRAMEWORKS if one.limits)
    seen = {"versions": {"a": "1.0"}, "requests": {"chat": 2, "other": 1}}
    text = page(
        [
            Outcome(first, seen=["said: yes"], elsewhere=[], **seen),
            Outcome(limited, seen=[], elsewhere=["CONNECT a.example:443 HTTP/1.1"] * 2, **seen),
        ]
    )
    assert f"| {first.name} | a 1.0 | {first.takes} | 2 chat, 1 other | 0 |" in text
    assert "- said: yes" in text
    assert limited.limits in text
    assert text.count("CONNECT a.example") == 1
