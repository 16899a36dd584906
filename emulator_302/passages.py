"""Answers from passages that a prompt holds: `[name]` above each, `Question:` below all.

The answer is a line of a passage, with the passage's name; nothing is invented.
"""

from __future__ import annotations

import re

from emulator_302.pictures import fitting_lines

NAMED = re.compile(r"^\[([^\[\]\n]+)\]\n((?:(?!\[|Question:).*\n?)+)", re.MULTILINE)
ASKED = re.compile(r"^Question:\s*(.+)\s*\Z", re.MULTILINE)


def from_passages(prompt: str) -> str | None:
    """Return the answer to a prompt with passages; None for any other prompt."""
    asked = ASKED.search(prompt)
    passages = NAMED.findall(prompt)
    if asked is None or not passages:
        return None
    for name, text in passages:
        lines = [line for line in text.splitlines() if line.strip()]
        fitting = fitting_lines(asked[1], lines)
        if fitting:
            return f"{'; '.join(fitting)} [{name}]"
    return f"The nearest passage is [{passages[0][0]}]."
