"""The versions of our distributions, as they are installed."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version


@lru_cache(maxsize=4)
def version_of(distribution: str = "core-302") -> str:
    """Return the version of one of our distributions: all of them have the same."""
    try:
        return version(distribution)
    except PackageNotFoundError:  # pragma: no cover - a source tree that was not installed
        return "0+unknown"


__version__ = version_of()
"""The version of the distribution `core-302`."""
