"""The emulator where no key is set: one line at the top of a notebook or of a demo.

All clients of 302.AI read the environment, so nothing else in the program has to know who answers.
"""

from __future__ import annotations

import atexit
import os
from contextlib import ExitStack
from functools import cache

from emulator_302.http.refusals import EMULATOR_KEY
from emulator_302.http.server import connect, running
from emulator_302.testing.gateway import Gateway

PORT = 8302
SEED = 302


def stand_in(port: int = PORT, seed: int = SEED) -> Gateway | None:
    """Let the clients of this program ask 302.AI, or the emulator without a key; say which.

    The emulator runs until the program ends, on the same port and with the same ids in every run,
    as far as the port is free. Where the environment leads to an emulator already, that is asked.

    Args:
        port: The port; another one where it is taken.
        seed: What ids are drawn from.

    Returns:
        The emulator, to script what it answers; None where 302.AI answers.
    """
    key = os.environ.get("AI302_API_KEY", "")
    if key and not key.startswith(EMULATOR_KEY):
        print("Gateway: 302.AI, with the key in AI302_API_KEY. This costs money.")
        return None
    address = os.environ.get("AI302_BASE_URL")
    gateway = connect(address) if key and address else _started(port, seed)
    print("Gateway: the local emulator, since AI302_API_KEY is not set. It is not 302.AI:")
    print("         its model follows rules, its images are drawn by them, its prices and")
    print("         its news are invented. Its OCR is real.")
    return gateway


@cache
def _started(port: int, seed: int) -> Gateway:
    stack = ExitStack()
    try:
        gateway = stack.enter_context(running(port, seed=seed))
    except OSError:  # another program has the port
        gateway = stack.enter_context(running(seed=seed))
    atexit.register(stack.close)
    os.environ.update(gateway.environment)
    return gateway
