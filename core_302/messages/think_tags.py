"""Reasoning that a model writes into its text as `<think>...</think>`, split from the answer.

Some models, and some gateways in front of them, have no field for reasoning. The chunks of a stream
may cut the tags anywhere, which makes no difference to the result.
"""

from __future__ import annotations

from dataclasses import replace

from core_302.endpoints.chat_delta import ChatDelta
from core_302.endpoints.chat_reply import Completion

OPEN, CLOSE = "<think>", "</think>"


class ThinkSplitter:
    """Splits one text that comes in chunks. Feed it; then call `finish` once.

    White space at the edges of reasoning, and after its end, belongs to the tags: it is dropped.
    Several passages of reasoning are separated by an empty line. After a tag that is never closed,
    the rest is reasoning.
    """

    def __init__(self) -> None:
        self._thinking = False
        self._held = ""  # what may be the beginning of a tag, with white space before it
        self._space: list[str] = []  # of reasoning; a tag may follow it
        self._after_tag = False
        self._reasoning = False

    def feed(self, chunk: str) -> tuple[str, str]:
        """Return the new text and the new reasoning that are certain by now."""
        if self._thinking and not self._held and chunk.isspace():
            self._space.append(chunk)
            return "", ""
        rest, self._held = "".join(self._space) + self._held + chunk, ""
        self._space.clear()
        text: list[str] = []
        reasoning: list[str] = []
        place = 0
        while True:
            into = reasoning if self._thinking else text
            tag = CLOSE if self._thinking else OPEN
            # That a long answer has no such sign is known much sooner than that it has no tag.
            begin = rest.find("<", place)
            end = rest.find(tag, begin) if begin >= 0 else -1
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
        return "".join(text), "".join(reasoning)

    def finish(self) -> tuple[str, str]:
        """Return what was held back: it is not a tag."""
        held, self._held = self._held, ""
        return ("", self._edged(held.rstrip())) if self._thinking else (held, "")

    def _edged(self, part: str) -> str:
        """Return `part` without white space after a tag, and separated from earlier reasoning."""
        if not self._after_tag:
            return part
        part = part.lstrip()
        self._after_tag = not part
        if not part or not self._thinking:
            return part
        parted, self._reasoning = self._reasoning, True
        return f"\n\n{part}" if parted else part

    def _certain(self, part: str) -> int:
        """Return how much of `part` cannot belong to an incomplete tag."""
        tag = CLOSE if self._thinking else OPEN
        held = next((n for n in range(len(tag) - 1, 0, -1) if part.endswith(tag[:n])), 0)
        certain = len(part) - held
        return len(part[:certain].rstrip()) if self._thinking else certain


class ThinkStream:
    """Splits the text of every answer of a stream."""

    def __init__(self) -> None:
        self._splitters: dict[int, ThinkSplitter] = {}

    def split(self, delta: ChatDelta) -> ChatDelta:
        """Move the reasoning of a chunk out of its text, and return it."""
        splitter = self._splitters.setdefault(delta.index, ThinkSplitter())
        text, reasoning = splitter.feed(delta.text)
        if delta.finish_reason is not None or delta.about is not None:
            last_text, last_reasoning = splitter.finish()
            text, reasoning = text + last_text, reasoning + last_reasoning
        delta.text, delta.reasoning = text, delta.reasoning + reasoning
        return delta

    def finish(self) -> list[ChatDelta]:
        """Return what was held back of answers that came without a finish reason."""
        ends = [(index, *splitter.finish()) for index, splitter in self._splitters.items()]
        return [
            ChatDelta(index=index, text=text, reasoning=reasoning)
            for index, text, reasoning in ends
            if text or reasoning
        ]


def split_completion(completion: Completion) -> Completion:
    """Return a complete response with the reasoning of each answer moved out of its text."""
    choices = []
    for choice in completion.choices:
        splitter = ThinkSplitter()
        text, reasoning = splitter.feed(choice.text)
        last_text, last_reasoning = splitter.finish()
        reasoning = choice.reasoning + reasoning + last_reasoning
        choices.append(replace(choice, text=text + last_text, reasoning=reasoning))
    return replace(completion, choices=tuple(choices))
