"""What a model has answered about a page, or about the parts of a long one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain, pairwise

from core_302.reading.page_images import Image

OVERLAPPING = 40  # lines of text that an overlap of two parts may have


@dataclass(frozen=True)
class Answer:
    """What a model said of an image, and its bill: what the cache keeps of it, in plain values.

    Attributes:
        text: Without a code block around it; empty if there is no text in the image.
        model: The model that answered.
        input_tokens: That were billed.
        output_tokens: Likewise.
        cost_ids: The gateway's ids of the calls.
        cut: Whether the model stopped before the end.
        cost: In PTC, if it was looked up.
    """

    text: str
    model: str | None
    input_tokens: int
    output_tokens: int
    cost_ids: tuple[str, ...]
    cut: bool
    cost: float | None = None

    def packed(self) -> str:
        """Return it as JSON."""
        return json.dumps(vars(self), ensure_ascii=False)

    @classmethod
    def unpacked(cls, text: str) -> Answer:
        """Read it from JSON."""
        values = json.loads(text)
        return cls(**{**values, "cost_ids": tuple(values["cost_ids"])})


def joined_answers(parts: Sequence[Image], answers: Sequence[Answer]) -> Answer:
    """Return the answers about the parts of a page as one."""
    text = answers[0].text
    for before, after in pairwise(zip(parts, answers, strict=True)):
        text = joined(text, after[1].text, overlap=before[0].overlaps)
    return summed(answers, text)


def summed(answers: Sequence[Answer], text: str | None = None) -> Answer:
    """Return several answers as one, with the sum of their bills; `text` in place of theirs."""
    costs = [answer.cost for answer in answers if answer.cost is not None]
    return Answer(
        text="\n".join(answer.text for answer in answers) if text is None else text,
        model=answers[0].model,
        input_tokens=sum(answer.input_tokens for answer in answers),
        output_tokens=sum(answer.output_tokens for answer in answers),
        cost_ids=tuple(chain.from_iterable(answer.cost_ids for answer in answers)),
        cut=any(answer.cut for answer in answers),
        cost=sum(costs) if costs else None,
    )


def joined(above: str, below: str, *, overlap: bool) -> str:
    """Return the text of two parts; what both have of an overlap stands once.

    Args:
        above: Its last lines may be those of the overlap, the very last one cut in half.
        below: Likewise its first lines.
        overlap: Whether there is one.
    """
    upper, lower = above.splitlines(), below.splitlines()
    if overlap:
        end, start = upper[-OVERLAPPING:], lower[:OVERLAPPING]
        same = SequenceMatcher(None, end, start, autojunk=False).find_longest_match()
        if same.size:
            upper = upper[: len(upper) - len(end) + same.a + same.size]
            lower = lower[same.b + same.size :]
    return "\n".join([*upper, *lower]).strip("\n")
