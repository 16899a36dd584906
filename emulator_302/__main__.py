"""`python -m emulator_302`: run the emulator until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

try:
    from emulator_302 import Gateway, Recording, running
except ModuleNotFoundError as missing:
    sys.exit(str(missing))

from emulator_302.http.app import ABOUT
from emulator_302.http.billing import BALANCE
from emulator_302.http.control import CONTROLS, ROOT
from emulator_302.http.files import SAMPLE
from emulator_302.http.own_hosts import is_loopback
from emulator_302.http.server import LOOPBACK
from emulator_302.recording.cassette import MODES

KEY = "AI302_API_KEY"


def main() -> int:
    """Run the emulator, and say how to reach it."""
    given = _arguments()
    ended = threading.Event()
    # Set anew: a program that a shell runs in the background inherits that Ctrl-C is ignored.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    names = ("host", "script", "strict", "balance", "seed", "any_key", "any_model", "lenient")
    start = {name: getattr(given, name) for name in names}
    try:
        cassette = _cassette(given)
        with running(given.port, cassette=cassette, **start) as gateway:
            _tell(gateway)
            _warn(given.host)
            ended.wait()
        print("\nStopped.")
    except (ValueError, ModuleNotFoundError) as error:
        print(f"Cannot start: {error}", file=sys.stderr)
        return 1
    except FileNotFoundError as error:
        print(f"Cannot read the file: {error}", file=sys.stderr)
        return 1
    except (OSError, OverflowError) as error:
        print(
            f"Cannot listen on {given.host}, port {given.port}: {error}. Try --port with another.",
            file=sys.stderr,
        )
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m emulator_302", description=ABOUT)
    parser.add_argument("--port", type=int, default=8302, help="the port on this machine")
    parser.add_argument("--host", default=LOOPBACK, help="the address that it listens at")
    parser.add_argument("--any-key", action="store_true", help="accept any key, also none")
    parser.add_argument("--any-model", action="store_true", help="answer unknown models too")
    parser.add_argument("--lenient", action="store_true", help="pass over unknown fields")
    parser.add_argument("--script", help="a file of scripts, faults and state: JSON or YAML")
    parser.add_argument("--strict", action="store_true", help="fail a chat that no script is for")
    parser.add_argument("--balance", type=float, default=BALANCE, help="what a key has, in PTC")
    parser.add_argument("--seed", type=int, help="make request ids equal in every run")
    parser.add_argument("--record", metavar="DIR", help="record what a gateway answers, in DIR")
    parser.add_argument("--upstream", metavar="URL", help=f"that gateway; its key is in {KEY}")
    parser.add_argument("--replay", metavar="DIR", help="answer from what was recorded in DIR")
    parser.add_argument("--mode", choices=MODES, help="when the gateway is asked: new by default")
    parser.add_argument("--file-host", action="append", default=[], help="a host of its files")
    return parser.parse_args()


def _cassette(given: argparse.Namespace) -> Recording | None:
    """Return what is recorded or replayed.

    Raises:
        ValueError: The options contradict each other.
    """
    if given.record and given.replay:
        raise ValueError("--record and --replay are for two runs")
    if given.replay:
        return Recording(Path(given.replay), "none")
    if not given.record:
        if given.upstream or given.mode or given.file_host:
            raise ValueError("--upstream, --mode and --file-host need --record DIR")
        return None
    if not given.upstream:
        raise ValueError("--record needs --upstream, such as https://api.302.ai")
    key = os.environ.get(KEY, "")
    hosts = tuple(given.file_host)
    return Recording(Path(given.record), given.mode or "new", given.upstream, key, hosts)


def _warn(host: str) -> None:
    if not is_loopback(host):
        print(
            f"Warning: at {host} it can be reached from other machines. Whoever reaches it reads "
            "its log, keys in it are hidden, and scripts it.",
            file=sys.stderr,
            flush=True,
        )


def _tell(gateway: Gateway) -> None:
    print(ABOUT)
    print(f"It listens on {gateway.base_url}. To use it from another terminal:\n")
    notes = {"AI302_TRUSTED_HOSTS": "  # images come from there"}
    for name, value in gateway.environment.items():
        print(f"  export {name}={value}{notes.get(name, '')}")
    if gateway.recording is not None:
        print(f"\nIt records or replays {gateway.recording}; its own key stays the one above.")
    print(f"\nA photo to try avatars with: http://{gateway.file_host}{SAMPLE}")
    print(f"What it did and will do: {', '.join(f'{ROOT}/{name}' for name in CONTROLS)}.")
    print(f"Requests as chats, and buttons for faults: {gateway.base_url}{ROOT}/")
    print("A key of a test's own: emulator-key-NAME. Stop: Ctrl-C.")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
