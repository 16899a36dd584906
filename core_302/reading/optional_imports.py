"""The libraries of the extra `ocr`, imported when they are needed: the core does without them."""

from __future__ import annotations

import importlib
from functools import lru_cache
from typing import Any

from core_302.errors import ConfigurationError


@lru_cache(maxsize=8)
def library(name: str) -> Any:
    """Return the module `name`.

    Raises:
        ConfigurationError: It is not installed; the error's text says how to install it.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        missing = name.partition(".")[0]
        wanted = missing if missing == "fsspec" else '"core-302[ocr]"'
        raise ConfigurationError(f"Reading this needs {missing}: pip install {wanted}.") from error


@lru_cache(maxsize=1)
def knows_heic() -> bool:
    """Return whether pillow-heif is installed; if so, Pillow opens HEIC from now on."""
    try:
        heif = importlib.import_module("pillow_heif")
    except ImportError:
        return False
    heif.register_heif_opener()
    return True
