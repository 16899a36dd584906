"""Thoughts that a model writes into its text as `<think>...</think>`, told apart from the answer.

Some models, and some gateways in front of them, have no field for thoughts. The tags may be cut
anywhere by the pieces of a stream; where they are cut makes no difference to the result.
"""

from __future__ import annotations

from dataclasses import replace

from core_302.endpoints.chat_delta import ChatDelta
from core_302.endpoints.chat_reply import Completion

OPEN, CLOSE = "<think>", "</think>"


class ThinkSplitter:
    """Splits one text that comes in pieces. Feed it; then call `finish` once.

    White space at the edges of thoughts, and behind their end, belongs to the tags: it is dropped.
    Several thoughts are parted by an empty line. A tag that is never closed leaves the rest as
    thoughts.
    """

    def __init__(self) -> None:
        self._thinking = False
        self._held = ""  # what may be the beginning of a tag, with white space before it
        self._space: list[str] = []  # of thoughts; nobody knows yet whether a tag follows it
        self._after_tag = False
        self._thought = False

    def feed(self, piece: str) -> tuple[str, str]:
        """Return the new text and the new thoughts that are certain by now."""
        if self._thinking and not self._held and piece.isspace():
            self._space.append(piece)
            return "", ""
        rest, self._held = "".join(self._space) + self._held + piece, ""
        self._space.clear()
        text: list[str] = []
        thoughts: list[str] = []
        place = 0
        while True:
            into = thoughts if self._thinking else text
            tag = CLOSE if self._thinking else OPEN
            end = rest.find(tag, place)
            if end < 0:
                break
            before = rest[place:end]
            into.append(self._edged(before.rstrip() if self._thinking else before))
            self._thinking, self._after_tag = not self._thinking, True
            place = end + len(tag)
        before = rest[place:]
        if self._after_tag:
            before = before.lstrip()
        certain = self._certain(before)
        into.append(self._edged(before[:certain]))
        held = before[certain:]
        if self._thinking and held.isspace():
            self._space.append(held)
        else:
            self._held = held
        return "".join(text), "".join(thoughts)

    def finish(self) -> tuple[str, str]:
        """Return what was held back: it is no tag."""
        held, self._held = self._held, ""
        return ("", self._edged(held.rstrip())) if self._thinking else (held, "")

    def _edged(self, part: str) -> str:
        """Return `part` without white space behind a tag; thoughts are parted from those before."""
        if not self._after_tag:
            return part
        part = part.lstrip()
        self._after_tag = not part
        if not part or not self._thinking:
            return part
        parted, self._thought = self._thought, True
        return f"\n\n{part}" if parted else part

    def _certain(self, part: str) -> int:
        """Return how much of `part` cannot belong to a tag that is still coming."""
        tag = CLOSE if self._thinking else OPEN
        held = next((n for n in range(len(tag) - 1, 0, -1) if part.endswith(tag[:n])), 0)
        certain = len(part) - held
        return len(part[:certain].rstrip()) if self._thinking else certain


class ThinkStream:
    """Splits the text of every answer of a stream."""

    def __init__(self) -> None:
        self._splitters: dict[int, ThinkSplitter] = {}

    def split(self, delta: ChatDelta) -> ChatDelta:
        """Move the thoughts of a piece out of its text, and return it."""
        splitter = self._splitters.setdefault(delta.index, ThinkSplitter())
        text, thoughts = splitter.feed(delta.text)
        if delta.finish_reason is not None or delta.about is not None:
            last_text, last_thoughts = splitter.finish()
            text, thoughts = text + last_text, thoughts + last_thoughts
        delta.text, delta.reasoning = text, delta.reasoning + thoughts
        return delta

    def finish(self) -> list[ChatDelta]:
        """Return what was held back of answers that came without a finish reason."""
        ends = [(index, *splitter.finish()) for index, splitter in self._splitters.items()]
        return [
            ChatDelta(index=index, text=text, reasoning=thoughts)
            for index, text, thoughts in ends
            if text or thoughts
        ]


def split_completion(completion: Completion) -> Completion:
    """Return a whole reply with the thoughts of each answer moved out of its text."""
    choices = []
    for choice in completion.choices:
        splitter = ThinkSplitter()
        text, thoughts = splitter.feed(choice.text)
        last_text, last_thoughts = splitter.finish()
        reasoning = choice.reasoning + thoughts + last_thoughts
        choices.append(replace(choice, text=text + last_text, reasoning=reasoning))
    return replace(completion, choices=tuple(choices))
