"""The emulator in a process of its own, which spoils one request in twenty.

Each order of an image that it does not refuse is written down before it is answered, so that the
list survives the process: `python -m benchmarks.soak.server PORT ORDERS`.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import uvicorn

from emulator_302.http.app import Emulator
from emulator_302.http.exchange import Exchange
from emulator_302.http.faults import Fault
from emulator_302.http.log import Log

SPOILED = 0.05  # of all requests
ORDERS = ("/302/image/generate", "/302/v2/image/generate")
REFUSED = 429  # refused before anything was done: no order
STALL_AFTER = 300  # bytes
MOST_REQUESTS = 1_000  # kept in the emulator's log

ANY = (
    Fault.error(REFUSED, -10003, "slow down"),
    Fault.error(500, -10003, "Network error"),
    Fault.error(502, -10003, "bad gateway"),
    Fault.ok_with_error(-10003, "Network error"),
    Fault(cut_after=0),
    Fault(cut_after=100),
    Fault(delay=1.0),
    Fault(chunk_size=7),
)
CHAT = (
    *ANY,
    Fault.stream_error(2, -10003, "Network error"),
    Fault(no_finish=True),
    Fault(no_done=True),
    Fault(stall_after=STALL_AFTER),
)


class Spoiling(Emulator):
    """An emulator that needs no script to go wrong, and writes its orders down."""

    def __init__(self, written: Path) -> None:
        super().__init__()
        self.written = written
        self.scopes.named("").log = Log(MOST_REQUESTS)

    async def chosen_fault(self, exchange: Exchange) -> Fault | None:
        """Choose what goes wrong."""
        fault, path = None, exchange.entry.path
        if random.random() < SPOILED:  # noqa: S311 - no secret hangs on it
            fault = random.choice(CHAT if path.startswith("/v1/chat") else ANY)  # noqa: S311
        if path in ORDERS and not (fault and fault.status == REFUSED):
            with self.written.open("a", encoding="utf-8") as orders:
                orders.write(f"{exchange.body['prompt']}\n")
        return fault


def main() -> None:
    """Serve until killed."""
    port, orders = int(sys.argv[1]), Path(sys.argv[2])
    emulator = Spoiling(orders)
    uvicorn.run(
        emulator.app(), port=port, log_level="critical", lifespan="off", ws="none", access_log=False
    )


if __name__ == "__main__":
    main()
