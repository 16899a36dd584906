"""Holds one integration to the claims: `python -m tests.llama_index_contract module:make`.

Prints a line of JSON for each claim: its name, its words, and `null` or what went wrong.
"""

import json
import os
import sys
import threading
from importlib import import_module

from tests.llama_index_contract.claims import CLAIMS
from tests.llama_index_contract.stage import Stage
from tests.scripted_server import scripted_server

DEADLINE = 30.0  # seconds for one claim
LONGEST_COMPLAINT = 120  # characters


def complaint(make, check, kind):
    """Return what breaks a claim, or None."""
    found = ["still waiting"]

    def run():
        with scripted_server() as server:
            try:
                check(Stage(make, server, kind))
            except BaseException as error:
                said = " ".join(str(error).split())[:LONGEST_COMPLAINT]
                plain = isinstance(error, AssertionError)
                found[0] = (said or "not so") if plain else f"{type(error).__name__}: {said}"
            else:
                found[0] = None

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(DEADLINE)
    return found[0]


def main():
    module, _, name = sys.argv[1].partition(":")
    make = getattr(import_module(module), name)
    for check in CLAIMS:
        for kind in ("sync", "async"):
            line = {"claim": check.__name__, "words": check.__doc__, "kind": kind}
            print(json.dumps({**line, "complaint": complaint(make, check, kind)}), flush=True)
    os._exit(0)  # a claim that was left behind must not keep the process


if __name__ == "__main__":
    main()
