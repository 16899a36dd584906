"""The judgement of the soak: each claim can be broken."""

import json
import random
from pathlib import Path

import pytest

from benchmarks.soak.judge import claims, images
from benchmarks.soak.report import page
from benchmarks.soak.tally import Tally, WrongAnswerError
from benchmarks.soak.watch import EVERY, Sample, growth
from core_302 import GatewayError


def samples(**more):
    """Return samples of ten minutes whose `more` gives the measures that are not even."""
    even = {"memory": lambda _: 150.0, "sockets": lambda _: 40, "threads": lambda _: 9}
    measures = {**even, "tasks": lambda _: 15, **more}
    moments = [EVERY * n for n in range(120)]
    return [Sample(t, **{name: of(t) for name, of in measures.items()}) for t in moments]


def found(tally, *, orders="", fates="", hanging=0, held=None):
    begun, answered = sum(tally.begun.values()), sum(tally.answered.values())
    calls = {"begun": begun, "answered": answered, "refused": sum(tally.refused.values())}
    calls |= {"wrong": tally.wrong, "strangers": tally.strangers, "hanging": hanging}
    return {
        "calls": calls,
        "images": images(orders, fates),
        "growth": growth(held or samples()),
    }


def broken(*args, **more):
    return [claim for claim, kept in claims(found(*args, **more)).items() if not kept]


@pytest.fixture
def tally(tmp_path):
    return Tally(tmp_path / "fates")


def test_a_call_that_ends_in_an_answer_or_a_typed_error_breaks_nothing(tally):
    with tally.call("chat", "a"):
        pass
    with tally.call("chat", "b"):
        raise GatewayError("no")
    assert broken(tally) == []


def test_a_stranger_s_error_is_told(tally):
    with tally.call("chat", "a"):
        raise KeyError("choices")
    assert "no error is a stranger's" in broken(tally)


def test_somebody_else_s_answer_is_told(tally):
    with tally.call("chat", "a"):
        raise WrongAnswerError("b")
    assert "no answer reaches the wrong caller" in broken(tally)


def test_a_caller_that_never_comes_back_is_told(tally):
    assert broken(tally, hanging=1) == ["every call ends in an answer or a typed error"]


def test_the_fate_of_an_image_is_what_its_caller_was_told(tally, tmp_path):
    with tally.call("image", "a", paid=True):
        pass
    with tally.call("image", "b", paid=True):
        raise GatewayError("no")
    written = (tmp_path / "fates").read_text()
    assert written == "delivered a\nmaybe b\n"
    assert broken(tally, orders="a\nb\n", fates=written) == []


def test_an_order_that_nobody_was_told_of_is_told(tally):
    assert len(broken(tally, orders="a\n", fates="no a\n")) == 1


def test_an_image_that_is_ordered_twice_is_told(tally):
    assert "no image is ordered twice" in broken(tally, orders="a\na\n", fates="delivered a\n")


@pytest.mark.parametrize("name", ["memory", "sockets", "threads", "tasks"])
def test_steady_growth_is_seen_through_the_ups_and_downs(tally, name):
    dice = random.Random(7)

    def leaking(second):
        return 100 + second / 20 + dice.uniform(-3, 3)

    assert broken(tally, held=samples(**{name: leaking})) == [f"no growth: {name}"]


def test_ups_and_downs_alone_are_flat(tally):
    dice = random.Random(7)
    assert broken(tally, held=samples(sockets=lambda _: 40 + dice.randint(-6, 6))) == []


def test_the_page_says_what_its_results_say():
    root = Path(__file__).parents[2]
    results = json.loads((root / "benchmarks/results/soak.json").read_text("utf-8"))
    assert (root / "docs/evidence/soak.md").read_text("utf-8") == page(results)
    assert claims(results) == results["claims"]
