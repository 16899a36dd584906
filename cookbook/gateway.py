"""Says who answers the recipes: 302.AI if there is a key, else the emulator on this machine.

Every notebook starts with `connect()`. All clients read the environment, so nothing else in a
recipe has to know the answer.
"""

from __future__ import annotations

import atexit
import os
from contextlib import ExitStack
from functools import cache

import emulator_302


def connect() -> None:
    """Let the clients of this program ask 302.AI, or the emulator without a key; say which."""
    key = os.environ.get("AI302_API_KEY")
    if key and key != emulator_302.EMULATOR_KEY:
        print("Gateway: 302.AI, with the key in AI302_API_KEY. This costs money.")
        return
    # An emulator that runs already is asked: of another program, or of this cell's last run.
    if not (key and os.environ.get("AI302_BASE_URL")):
        emulator()
    print("Gateway: the local emulator, since AI302_API_KEY is not set. It is not 302.AI:")
    print("         its model follows rules, its images are drawn by them, its prices and")
    print("         its news are invented. Its OCR is real.")


@cache
def emulator() -> emulator_302.Gateway:
    """Run the emulator until this program ends, and let the clients of this program ask it."""
    stack = ExitStack()
    gateway = stack.enter_context(emulator_302.running())
    atexit.register(stack.close)
    os.environ["AI302_BASE_URL"] = gateway.base_url
    os.environ["AI302_API_KEY"] = gateway.api_key
    os.environ["AI302_TRUSTED_HOSTS"] = gateway.file_host
    return gateway
