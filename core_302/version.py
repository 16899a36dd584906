"""The version of this distribution."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version


@lru_cache(maxsize=1)
def package_version() -> str:
    """Return this distribution's version."""
    try:
        return version("ai302")
    except PackageNotFoundError:  # pragma: no cover - a source tree that was not installed
        return "0+unknown"
