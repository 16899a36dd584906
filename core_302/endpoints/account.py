"""What a call cost: the gateway's own record of it, by the request id of its reply.

302.AI's command-line tool reads it like this (cli_302ai, references/record.md). A key may lack the
permission, and the record may come a moment after the reply.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from core_302.endpoints.reading import count, json_object, malformed, text_or_none
from core_302.http import Reply, Request

RECORD_PATH = "/dashboard/record/"


@dataclass(frozen=True)
class Record:
    """What the gateway wrote down about one call.

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
    """Ask for the record of the call `request_id`."""
    return Request("GET", RECORD_PATH + quote(request_id, safe=""))


def read_record(reply: Reply) -> Record:
    """Read the record.

    Raises:
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: The body is no record with a cost.
    """
    data = json_object(reply, "a record of a call").get("data")
    try:
        cost = float(data["cost"])  # type: ignore[index]  # whatever came, the next line judges
    except (KeyError, TypeError, ValueError) as error:
        raise malformed("a record of a call", reply) from error
    assert isinstance(data, Mapping), "it had a cost"
    return Record(
        cost=cost,
        input_tokens=count(data.get("input_token")),
        output_tokens=count(data.get("output_token")),
        model=text_or_none(data.get("model")),
        raw=data,
    )
