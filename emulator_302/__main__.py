"""`python -m emulator_302`: run the emulator until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

try:
    from emulator_302 import Gateway, running
except ModuleNotFoundError as missing:
    sys.exit(str(missing))

from emulator_302.http.app import ABOUT
from emulator_302.http.billing import BALANCE
from emulator_302.http.control import CONTROLS, ROOT
from emulator_302.http.files import SAMPLE


def main() -> int:
    """Run the emulator, and say how to reach it."""
    given = _arguments()
    ended = threading.Event()
    # Set anew: a program that a shell runs in the background inherits that Ctrl-C is ignored.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    start = {name: value for name, value in vars(given).items() if name != "port"}
    try:
        with running(given.port, **start) as gateway:
            _tell(gateway)
            ended.wait()
        print("\nStopped.")
    except (ValueError, ModuleNotFoundError) as error:
        print(f"Cannot start: {error}", file=sys.stderr)
        return 1
    except FileNotFoundError as error:
        print(f"Cannot read the script: {error}", file=sys.stderr)
        return 1
    except (OSError, OverflowError) as error:
        print(
            f"Cannot listen on port {given.port}: {error}. Try --port with another.",
            file=sys.stderr,
        )
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m emulator_302", description=ABOUT)
    parser.add_argument("--port", type=int, default=8302, help="the port on this machine")
    parser.add_argument("--script", help="a file of scripts, faults and state: JSON or YAML")
    parser.add_argument("--strict", action="store_true", help="fail a chat that no script is for")
    parser.add_argument("--balance", type=float, default=BALANCE, help="what a key has, in PTC")
    parser.add_argument("--seed", type=int, help="make request ids equal in every run")
    return parser.parse_args()


def _tell(gateway: Gateway) -> None:
    print(ABOUT)
    print(f"It listens on {gateway.base_url}. To use it from another terminal:\n")
    notes = {"AI302_TRUSTED_HOSTS": "  # images come from there"}
    for name, value in gateway.environment.items():
        print(f"  export {name}={value}{notes.get(name, '')}")
    print(f"\nA photo to try avatars with: http://{gateway.file_host}{SAMPLE}")
    print(f"What it did and will do: {', '.join(f'{ROOT}/{name}' for name in CONTROLS)}.")
    print("A key of a test's own: emulator-key-NAME. Stop: Ctrl-C.")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
