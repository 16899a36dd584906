"""What is checked of each of many texts before any is sent, to be embedded or ranked."""

from __future__ import annotations

from typing import Any

from core_302.errors import InvalidInputError


def check_text(text: Any, name: str, place: int) -> None:
    """Check that one of many texts is a text.

    Args:
        text: What was given.
        name: What the list is called, for the error.
        place: The text's place in it, from 0.

    Raises:
        InvalidInputError: It is not a string.
    """
    if not isinstance(text, str):
        raise InvalidInputError(f"{name}[{place}] must be a string, not {type(text).__name__}.")


def is_left_out(text: str, name: str, place: int, *, on_blank: str, advice: str) -> bool:
    """Return whether a text is not sent, since it is blank.

    Args:
        text: The text.
        name: What the list is called, for the error.
        place: The text's place in it, from 0.
        on_blank: `send`, `error`, or any other word: it is left out.
        advice: What to do about a blank text, for the error.

    Raises:
        InvalidInputError: It is blank, and that is an error.
    """
    if on_blank == "send" or text.strip():
        return False
    if on_blank == "error":
        raise InvalidInputError(f"{name}[{place}] is blank: {advice}")
    return True
