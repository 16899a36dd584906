"""A tool that is called by hand: what came, or what went wrong, said to a visitor."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool, ToolException

from core_302 import AI302Error
from studio_page.kindly import OWN_FAULT, Apology, apology_for

MOST_IMAGES = 40  # in the life of the page, by each of the tools
MOST_MONEY = 2.0  # PTC, likewise
LOG = logging.getLogger(__name__)


async def ordered(
    tool: BaseTool, given: Mapping[str, Any]
) -> tuple[ToolMessage | None, Apology | None]:
    """Call a tool, and return its message, or an apology. A paid call is sent once.

    A message without an artifact says which argument the tool refused.
    """
    call = {"type": "tool_call", "id": "by-hand", "name": tool.name, "args": dict(given)}
    try:
        message = await tool.ainvoke(call)
    except ToolException as error:
        cause = error.__cause__
        assert isinstance(cause, AI302Error), "these tools fail with their own errors"
        return None, apology_for(cause)
    except Exception:  # a visitor gets no traceback; the terminal does
        LOG.exception("a tool failed")
        return None, OWN_FAULT
    assert isinstance(message, ToolMessage), "it was called with a tool call"
    return message, None
