"""Answers from passages that a prompt holds: with names, or as the frameworks' prompts have them.

The answer is a line of a passage, with the passage's name if it has one; nothing is invented.
"""

from __future__ import annotations

import re

from emulator_302.drawing.pictures import fitting_lines

NAMED = re.compile(r"^\[([^\[\]\n]+)\]\n((?:(?!\[|Question:).*\n?)+)", re.MULTILINE)
ASKED = re.compile(r"^Question:\s*(.+)\s*\Z", re.MULTILINE)
# The prompts that LlamaIndex's query engines and LangChain's tutorials send.
CONTEXTS = (
    re.compile(
        r"^Context information is below\.\s*^-{5,}\n(?P<text>.*?)\n-{5,}\n.*"
        r"^(?:Query|Question):[ \t]*(?P<asked>[^\n]+)",
        re.MULTILINE | re.DOTALL,
    ),
    re.compile(
        r"^Question:[ \t]*(?P<asked>[^\n]+)\n+^Context:\s*(?P<text>.+?)\s*(?:^Answer:\s*)?\Z",
        re.MULTILINE | re.DOTALL,
    ),
    re.compile(
        r"^Context:\s*(?P<text>.+?)\n+^Question:[ \t]*(?P<asked>[^\n]+)\s*(?:^\S* ?Answer:\s*)?\Z",
        re.MULTILINE | re.DOTALL,
    ),
)


def from_passages(prompt: str) -> str | None:
    """Return the answer to a prompt with passages; None for any other prompt."""
    asked = ASKED.search(prompt)
    passages = NAMED.findall(prompt)
    if asked is None or not passages:
        return _from_context(prompt)
    for name, text in passages:
        lines = [line for line in text.splitlines() if line.strip()]
        fitting = fitting_lines(asked[1], lines)
        if fitting:
            return f"{'; '.join(fitting)} [{name}]"
    return f"The nearest passage is [{passages[0][0]}]."


def _from_context(prompt: str) -> str | None:
    found = next((found for form in CONTEXTS if (found := form.search(prompt))), None)
    if found is None:
        return None
    lines = [line for line in found["text"].splitlines() if line.strip()]
    fitting = fitting_lines(found["asked"], lines)
    return "; ".join(fitting) if fitting else "The context does not say."
