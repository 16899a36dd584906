"""What a program of the cookbook says when something that it needs is not installed."""

from __future__ import annotations

import re
import sys
from typing import NoReturn


def stop(missing: ModuleNotFoundError, about: str | None) -> NoReturn:
    """End the program with one line: what is missing, and the command that installs it.

    Args:
        missing: The error of the import.
        about: The docstring of the program, which has that command.
    """
    command = re.search(r"`(pip install [^`]+|make \w+)`", about or "")
    told = f": {' '.join(command[1].split())}" if command else ""
    sys.exit(f"This program needs {missing.name}, which is not installed{told}")
