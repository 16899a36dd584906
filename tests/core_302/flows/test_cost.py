"""What calls cost: a record that cannot be true changes no sum, and is told as missing."""

import pytest

from core_302.flows.cost import CallLedger, cost_of
from tests.scripted_server import reply


def record(cost):
    return reply(200, {"data": {"cost": cost, "input_token": 1, "output_token": 2}})


@pytest.mark.parametrize("absurd", [-5, "NaN", "inf", "free", 10**6])
def test_an_absurd_cost_is_unknown_and_makes_no_sum_smaller_or_larger(connect, server, absurd):
    face = connect(server.url)
    server.answer(record(0.5), record(absurd))
    assert face.call("run", cost_of(["a", "b"])) is None
    ledger = CallLedger()
    ledger.note("a", 1, 2)
    ledger.note("b", 30, 40)
    server.answer(record(0.5), record(absurd))
    bill = face.call("run", ledger.bill())
    assert (bill.calls, bill.cost, bill.missing) == (2, 0.5, 1)
    assert (bill.input_tokens, bill.output_tokens) == (31, 42)


def test_a_call_that_cost_nothing_cost_nothing(connect, server):
    server.answer(record(0))
    assert connect(server.url).call("run", cost_of(["a"])) == 0
