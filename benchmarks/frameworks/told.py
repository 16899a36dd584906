"""What a program tells the command that started it: versions, and what was seen, as one line."""

import json
from importlib.metadata import version


def tell(*packages: str, seen: list[str]) -> None:
    """Print the versions of `packages`, and what was `seen`."""
    print(json.dumps({"versions": {name: version(name) for name in packages}, "seen": seen}))
