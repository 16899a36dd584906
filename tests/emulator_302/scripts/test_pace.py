"""A pace says when each token is due; what is measured is only that nothing comes before it."""

import itertools
import time

import pytest

from emulator_302 import Pace
from tests.emulator_302.caller import CHAT, HELLO


def first(number, **given):
    return list(itertools.islice(Pace(**given).times(), number))


def test_tokens_are_due_evenly_after_the_first():
    assert first(3, first_token=0.5, tokens_per_second=4) == [0.5, 0.75, 1.0]
    assert first(3, first_token=0.5) == [0.5, 0.5, 0.5]
    assert Pace(first_token=0.5, tokens_per_second=4).whole(3) == 1.0
    assert Pace(first_token=0.5, tokens_per_second=4).whole(0) == 0.5


def test_a_speed_divides_all_times():
    assert first(3, first_token=0.5, tokens_per_second=4, speed=10) == [0.05, 0.075, 0.1]


def test_jitter_is_drawn_from_the_seed():
    one, again, other = (
        first(50, tokens_per_second=10, jitter=0.1, seed=seed) for seed in (1, 1, 2)
    )
    assert one == again != other
    gaps = [after - before for before, after in itertools.pairwise(one)]
    assert all(0.09 <= gap <= 0.11 for gap in gaps)
    assert len(set(gaps)) > 40


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"first_token": -1}, "first_token of a Pace is not seconds, 0 to 3600: -1"),
        ({"tokens_per_second": 0}, "tokens_per_second of a Pace is not a number above 0"),
        ({"jitter": 2}, "jitter of a Pace is not a number, 0 to 1"),
        ({"seed": "x"}, "seed of a Pace is not an integer"),
        ({"slow": 1}, "a Pace has no field slow"),
    ],
)
def test_what_is_no_pace_is_refused(given, says):
    with pytest.raises(ValueError, match=says):
        Pace.from_json(given)


def test_headers_come_at_once_and_chunks_at_their_time(gateway, caller):
    gateway.when().say("a b", pace=Pace(first_token=0.2, tokens_per_second=20))
    body = {"model": "gpt-4o", "messages": HELLO, "stream": True}
    begun = time.monotonic()
    with caller.http.stream("POST", CHAT, json=body) as reply:
        head = time.monotonic() - begun
        times = [time.monotonic() - begun for _ in reply.iter_raw()]
    assert times[0] >= 0.2
    assert times[-1] >= 0.2 + 4 / 20  # role, two words, the end, [DONE]
    assert head < times[0]


def test_an_answer_that_is_no_stream_comes_when_its_last_token_would(gateway, caller):
    gateway.pace = Pace(first_token=0.1, tokens_per_second=100)
    gateway.when().say(tokens=11)
    caller.post()
    assert gateway.last.seconds >= 0.2


def test_a_pace_holds_until_it_is_taken_away(gateway, caller):
    pace = Pace(first_token=0.1, speed=2)
    gateway.pace = pace
    assert gateway.pace == pace
    caller.post()
    assert gateway.last.seconds >= 0.05
    gateway.pace = None
    assert gateway.pace is None
