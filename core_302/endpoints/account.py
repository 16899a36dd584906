"""Money: what a call cost, by the request id of its reply, and what is left.

302.AI's command-line tool reads records like this (cli_302ai, references/record.md); the balance is
read by other clients of the gateway. A key may lack the permission for either, and a record may
come a moment after the reply.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core_302.endpoints.parsing import count, json_object, malformed, number, text_or_none
from core_302.endpoints.path_segment import path_segment
from core_302.http import Reply, Request

RECORD_PATH = "/dashboard/record/"
BALANCE_PATH = "/dashboard/balance"
DEAREST_CALL = 1_000.0
"""PTC. No call costs as much: the dearest language models take 600 for a million tokens and write
100,000 in one answer, an hour of video is some tens. More is a fault of the record, or an attack on
whoever adds it up."""


@dataclass(frozen=True)
class Record:
    """What the gateway recorded about one call.

    Attributes:
        cost: In PTC, 302.AI's unit; 1 PTC is 1 US dollar.
        input_tokens: Tokens billed as input.
        output_tokens: Tokens billed as output.
        model: The model that was billed, or None.
        raw: The record as it came.
    """

    cost: float
    input_tokens: int
    output_tokens: int
    model: str | None
    raw: Mapping[str, Any]


def record_request(request_id: str) -> Request:
    """Build the request for the record of the call `request_id`.

    Raises:
        InvalidInputError: It is not an id.
    """
    return Request("GET", RECORD_PATH + path_segment(request_id, "request_id"))


def read_record(reply: Reply) -> Record:
    """Read the record.

    Raises:
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: The body is not a record with a cost that a call can have.
    """
    data = json_object(reply, "a record of a call").get("data")
    cost = number(data.get("cost")) if isinstance(data, Mapping) else None
    if cost is None or not 0 <= cost <= DEAREST_CALL or not isinstance(data, Mapping):
        raise malformed("a record of a call", reply)
    return Record(
        cost=cost,
        input_tokens=count(data.get("input_token")),
        output_tokens=count(data.get("output_token")),
        model=text_or_none(data.get("model")),
        raw=data,
    )


def balance_request() -> Request:
    """Build the request for the balance."""
    return Request("GET", BALANCE_PATH)


def read_balance(reply: Reply) -> float:
    """Read what is left, in PTC: `{"data": {"balance": ...}}`, or `{"balance": ...}` alone.

    Raises:
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: The body has no balance.
    """
    body = json_object(reply, "a balance")
    data = body.get("data")
    balance = number((data if isinstance(data, Mapping) else body).get("balance"))
    if balance is None:
        raise malformed("a balance", reply)
    return balance
