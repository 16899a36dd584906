"""`python -m mcp_302`, or `mcp-302`: serve one client until its end, SIGTERM or Ctrl-C."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from core_302.async_client import AsyncClient
from core_302.base_url import KEY_VARIABLE
from core_302.config import Settings
from core_302.errors import ConfigurationError
from core_302.retry import PollPolicy
from mcp_302 import command_line

WRONG = 2  # the exit code of a command line or an environment that cannot be used


def main(arguments: Sequence[str] | None = None, *, polling: PollPolicy | None = None) -> int:
    """Serve, and return the exit code.

    Args:
        arguments: The command line; by default that of the process.
        polling: How often a task is polled.
    """
    try:
        given = command_line.read(sys.argv[1:] if arguments is None else arguments)
        offer = command_line.offer_of(given)
        settings = Settings.from_env(base_url=given.base_url)
        client = AsyncClient(settings, polling=polling)
    except ConfigurationError as error:
        _say(error.message)
        return WRONG
    try:
        from mcp_302.server import serve  # noqa: PLC0415 - it needs the SDK, the rest does not
    except ModuleNotFoundError as missing:
        _say(f"mcp_302 needs {missing.name}, which is not installed: pip install mcp-302")
        return WRONG
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    with suppress(KeyboardInterrupt):  # where signals are exceptions
        asyncio.run(serve(offer, client, images=not given.no_images))
    return 0


def _say(text: str) -> None:
    """Write to standard error, never the key, wherever in a text it may have come."""
    key = os.environ.get(KEY_VARIABLE)
    sys.stderr.write(f"mcp-302: {text.replace(key, '***') if key else text}\n")


if __name__ == "__main__":
    sys.exit(main())
