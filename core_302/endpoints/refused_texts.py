"""Which of many texts a vendor refused, as far as its error says so.

OpenAI names a place (`'$.input[3]' is invalid`), Voyage says "the example at index 3 in your
batch", a checker of fields says `body.input.3`. Others say nothing; then a flow has to look for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from core_302.errors import AI302Error, InvalidRequestError

ABOUT_THE_BODY = (400, 413, 422)  # statuses of a body that is refused; nothing was done for it
FIRST_WORDS = 40  # characters of a text that an error quotes
PLACE = re.compile(
    r"\b(?:input|inputs|texts?|documents?)(?:\[|\.)(\d{1,6})\b|\bindex (\d{1,6})\b", re.IGNORECASE
)
FIELDS_OF_TEXTS = ("input", "texts", "documents", "$.input", "$")


def may_be_one_text(error: AI302Error) -> bool:
    """Return whether fewer texts may be accepted: a body was refused, and no other field is named.

    OpenAI's errors have the field's name in `param`.
    """
    if not isinstance(error, InvalidRequestError) or error.status not in ABOUT_THE_BODY:
        return False
    body = error.body if isinstance(error.body, Mapping) else {}
    inner = body.get("error")
    param = inner.get("param") if isinstance(inner, Mapping) else None
    return not isinstance(param, str) or not param or param.startswith(FIELDS_OF_TEXTS)


def named_place(error: AI302Error, texts: int) -> int | None:
    """Return which of `texts` texts the vendor's message names, from 0, or None."""
    found = PLACE.search(error.message)
    place = int(found[1] or found[2]) if found else texts
    return place if place < texts else None


def first_words(text: str) -> str:
    """Return the begin of a text as an error may quote it, in one line."""
    words = " ".join(text[: FIRST_WORDS + 1].split())
    return repr(f"{words[:FIRST_WORDS]}..." if len(text) > FIRST_WORDS else words)
