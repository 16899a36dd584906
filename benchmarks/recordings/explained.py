"""Why a miss of ours is one, by the form that the reader saw in the reply.

A miss without such a form is "not explained yet" on the page.
"""

from __future__ import annotations

from collections.abc import Sequence

EXPLAINED = {
    "a choice without a message": "the choice is refused as malformed",
    "a custom tool": "OpenAI's custom tools are not offered, so calls of them are not read",
    "arguments that are null": "the text null is taken for broken arguments",
    "content that is an object": "an answer that is neither a text nor parts is malformed",
    "reasoning in the content's parts": "reasoning in parts of the content is not read",
    "token counts in x_groq": "counts are read from `usage` alone",
    "`function_call`": "the form before tool calls is not read",
    "`reasoning_details`": "reasoning is read from other fields alone",
    "more than one choice": "the counts of a reply with several choices are on no single message",
}


def explanation(forms: Sequence[str]) -> str:
    """Return why our clients miss something in a reply of these forms."""
    known = [EXPLAINED[form] for form in forms if form in EXPLAINED]
    return "; ".join(known) or "not explained yet"
