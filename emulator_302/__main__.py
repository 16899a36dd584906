"""`python -m emulator_302`: run the emulator until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
import threading

try:
    from emulator_302 import running
except ModuleNotFoundError as missing:
    sys.exit(str(missing))

from emulator_302.http.app import ABOUT
from emulator_302.http.files import SAMPLE


def main() -> int:
    """Run the emulator, and say how to reach it."""
    parser = argparse.ArgumentParser(prog="python -m emulator_302", description=ABOUT)
    parser.add_argument("--port", type=int, default=8302, help="the port on this machine")
    port = parser.parse_args().port
    try:
        with running(port) as gateway:
            print(ABOUT)
            print(f"It listens on {gateway.base_url}. To use it from another terminal:\n")
            print(f"  export AI302_BASE_URL={gateway.base_url}")
            print(f"  export AI302_API_KEY={gateway.api_key}")
            print(f"  export AI302_TRUSTED_HOSTS={gateway.file_host}  # pictures come from there\n")
            print(f"A photo to try avatars with: http://{gateway.file_host}{SAMPLE}")
            print(
                "Requests: GET /_emulator/requests. Faults: POST /_emulator/faults. "
                "Tasks: POST /_emulator/tasks. Stop: Ctrl-C."
            )
            sys.stdout.flush()
            threading.Event().wait()
    except KeyboardInterrupt:
        print("\nStopped.")
    except (OSError, OverflowError) as error:
        print(f"Cannot listen on port {port}: {error}. Try --port with another.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
