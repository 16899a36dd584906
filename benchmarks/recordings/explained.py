"""Why a miss of ours is one, by the form that the reader saw in the reply.

A miss without such a form is "not explained yet" on the page.
"""

from __future__ import annotations

from collections.abc import Sequence

EXPLAINED = {
    "a custom tool": "OpenAI's custom tools are not offered, so calls of them are not read",
    "content that is an object": "an answer that is neither a text nor parts is malformed",
}


def explanation(forms: Sequence[str]) -> str:
    """Return why our clients miss something in a reply of these forms."""
    known = [EXPLAINED[form] for form in forms if form in EXPLAINED]
    return "; ".join(known) or "not explained yet"
