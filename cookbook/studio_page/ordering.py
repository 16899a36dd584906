"""A tool that is called by hand: what came, or what went wrong, said to a visitor."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool, ToolException

from core_302 import AI302Error
from core_302.tools.capability import Price
from studio_page.cards import price
from studio_page.kindly import OWN_FAULT, Apology, apology_for

MOST_IMAGES = 40  # in the life of the page, by each of the tools
MOST_MONEY = 2.0  # PTC, likewise
LOG = logging.getLogger(__name__)


def price_before(known: Price, unit: str, spends: str) -> str:
    """Return in words what an order costs, as far as it is known before it.

    Args:
        known: What the capability says.
        unit: What is counted, such as `an image`.
        spends: Who may spend how much, as the end of the sentence: `this page may spend on it`.
    """
    return (
        f"Price: {known.documented} ({known.source}, {known.date}). Until a record says more, "
        f"{unit} counts as {price(known.assumed)} of the {price(MOST_MONEY)} that {spends}."
    )


async def ordered(tool: BaseTool, given: Mapping[str, Any], refused: str) -> ToolMessage | Apology:
    """Call a tool, and return its message, or an apology. A paid call is sent once.

    Args:
        tool: The tool.
        given: Its arguments.
        refused: What happened, if the tool refuses an argument; it says which, in its own words.
    """
    call = {"type": "tool_call", "id": "by-hand", "name": tool.name, "args": dict(given)}
    try:
        message = await tool.ainvoke(call)
    except ToolException as error:
        cause = error.__cause__
        assert isinstance(cause, AI302Error), "these tools fail with their own errors"
        return apology_for(cause)
    except Exception:  # a visitor gets no traceback; the terminal does
        LOG.exception("a tool failed")
        return OWN_FAULT
    assert isinstance(message, ToolMessage), "it was called with a tool call"
    return message if message.artifact is not None else Apology(refused, str(message.text))
