"""An id as one segment of a path: it comes from a user or from a reply, and must lead nowhere else.

`..` would ask for the folder above, and a slash that was quoted is a slash again behind a proxy.
"""

from __future__ import annotations

from urllib.parse import quote

from core_302.errors import InvalidInputError

LONGEST_ID = 512  # characters
NO_ID = frozenset("/\\ \ufffd")  # the last stands for a lone surrogate, once JSON was read


def path_segment(given: str, name: str) -> str:
    """Return an id as it stands in a path.

    Args:
        given: The id.
        name: What it is called, for errors.

    Raises:
        InvalidInputError: It is empty, `.` or `..`, too long, or holds what no id has: a slash, a
            space, a control character, a lone surrogate.
    """
    if not given.strip():
        raise InvalidInputError(f"{name} is empty.")
    if len(given) > LONGEST_ID:
        raise InvalidInputError(f"{name} has {len(given)} characters: no id is so long.")
    if given in (".", "..") or not given.isprintable() or set(given) & NO_ID:
        raise InvalidInputError(f"{name} {given[:80]!r} is not an id.")
    return quote(given, safe="")
