"""Reads a script from a file: JSON, or YAML where PyYAML is installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def read_script(file: Path) -> Any:
    """Return what a script file says.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not JSON or YAML.
        ModuleNotFoundError: It is YAML, and PyYAML is not installed.
    """
    text = file.read_text("utf-8")
    try:
        if file.suffix not in (".yaml", ".yml"):
            return json.loads(text)
        return _yaml(text)
    except ValueError as error:
        raise ValueError(f"{file} cannot be read: {error}") from error


def _yaml(text: str) -> Any:
    try:
        import yaml  # noqa: PLC0415 - a script may be JSON as well
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "a script in YAML needs PyYAML, which is not installed: pip install pyyaml",
            name="yaml",
        ) from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
