"""A conversation as it stands: what was asked, what has come so far, what the model is told of it.

Plain values: nothing here asks the gateway, and nothing here knows how the page looks.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    SystemMessage,
)
from langchain_core.messages.utils import message_chunk_to_message

from core_302.media_types import media_type_of
from studio_page.code import Code
from studio_page.kindly import Apology

WORDLESS = "What does this image say?"  # for images that come without words

State = Literal["asking", "done", "stopped", "failed"]


@dataclass
class Turn:
    """One question, and its answer as far as it has come.

    Attributes:
        question: The text.
        shown: The images that were dropped in.
        model: The model's name.
        code: The programs that ask the same.
        state: "done" alone is a full answer.
        thoughts: The reasoning so far.
        text: The answer so far.
        answer: The whole answer, once it is there.
        images: Images in the answer, as files.
        problems: Why some of its images cannot be shown.
        thought_seconds: How long the model thought before its first word.
        seconds: How long the answer took.
        cost: What the gateway's record says, in PTC, or None while it says nothing.
        apology: What went wrong.
    """

    question: str
    shown: tuple[Path, ...]
    model: str
    code: Code | None = None
    state: State = "asking"
    thoughts: str = ""
    text: str = ""
    answer: AIMessage | None = None
    images: list[Path] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    thought_seconds: float | None = None
    seconds: float = 0.0
    cost: float | None = None
    apology: Apology | None = None


@dataclass
class Conversation:
    """The turns of one visitor. `asking` is set while an answer comes."""

    turns: list[Turn] = field(default_factory=list)

    @property
    def asking(self) -> bool:
        """Whether an answer is still coming."""
        return bool(self.turns) and self.turns[-1].state == "asking"

    @property
    def told(self) -> list[Turn]:
        """The turns that the model is told of with the next question."""
        return [turn for turn in self.turns if turn.answer is not None]

    @property
    def unpriced(self) -> list[Turn]:
        """The full answers whose cost is not known yet."""
        return [turn for turn in self.turns if turn.answer is not None and turn.cost is None]

    def stop(self) -> None:
        """Say that the visitor wanted no more of the last answer."""
        if self.asking:
            self.turns[-1].state = "stopped"


def messages_for(turns: Sequence[Turn], now: Turn, system: str = "") -> list[BaseMessage]:
    """Return what the model is told: the turns that have a full answer, and the question `now`.

    The system prompt is told before them, unless it is blank.

    A turn that was stopped or failed is left out: half an answer is none.
    """
    told: list[BaseMessage] = [SystemMessage(system)] if system.strip() else []
    for turn in turns:
        if turn.answer is not None:
            told += [asked(turn), turn.answer]
    return [*told, asked(now)]


def asked(turn: Turn) -> HumanMessage:
    """Return the question of a turn with its images."""
    if not turn.shown:
        return HumanMessage(turn.question)
    text = {"type": "text", "text": turn.question or WORDLESS}
    blocks: list[str | dict[Any, Any]] = [text]
    return HumanMessage([*blocks, *(_block(path) for path in turn.shown)])


def _block(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {
        "type": "image",
        "base64": base64.b64encode(content).decode("ascii"),
        # A file that is no image is refused by the model class, which says so best.
        "mime_type": media_type_of(content) or "application/octet-stream",
    }


def whole(chunks: AIMessageChunk) -> AIMessage:
    """Return the sum of a stream's chunks as the message that a history holds."""
    message = message_chunk_to_message(chunks)
    assert isinstance(message, AIMessage), "chunks of an answer add up to an answer"
    return message
