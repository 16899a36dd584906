"""ChatDelta: one chunk of a streamed answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core_302.endpoints.chat_reply import About, Audio, Choice, Completion
from core_302.endpoints.tool_call_deltas import ToolCallDelta


@dataclass(slots=True)  # not frozen, which costs seven times as much: one is made for each token
class ChatDelta:
    """One chunk of a streamed answer.

    Attributes:
        index: Which of the `n` answers it belongs to.
        text: New text.
        reasoning: New reasoning.
        refusal: New text of a refusal.
        tool_calls: New deltas of tool calls.
        logprobs: Log-probabilities of the new tokens.
        annotations: All annotations; on the last chunk of each answer only, as some vendors repeat
            them with every chunk.
        images: New images, as links or data URIs.
        audio: The complete spoken answer; on the last chunk of each answer only.
        finish_reason: Why the answer ended; on the last chunk of each answer only.
        about: The response's metadata (usage, model, sources, ids); on the very last chunk only.
        provider_details: What the vendor wants back with the next turn, see
            `core_302.endpoints.provider_details`; on the last chunk of each answer only.
    """

    index: int = 0
    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    tool_calls: tuple[ToolCallDelta, ...] = ()
    logprobs: Mapping[str, Any] | None = None
    annotations: tuple[Mapping[str, Any], ...] = ()
    images: tuple[str, ...] = ()
    audio: Audio | None = None
    finish_reason: str | None = None
    about: About | None = None
    provider_details: Mapping[str, Any] | None = None

    def plain_text(self) -> str | None:
        """Return its text, or its reasoning, if it brings nothing else; None if it does."""
        if (
            self.tool_calls
            or self.logprobs is not None
            or self.images
            or self.refusal
            or self.finish_reason is not None
            or self.about is not None
            or self.annotations
            or self.audio is not None
            or self.provider_details is not None
        ):
            return None
        if not self.reasoning:
            return self.text or None
        return None if self.text else self.reasoning

    @property
    def has_content(self) -> bool:
        """Whether it brings anything of the answer itself."""
        return bool(
            self.text
            or self.reasoning
            or self.tool_calls
            or self.refusal
            or self.images
            or self.logprobs is not None
            or self.audio is not None
        )


def deltas_of(completion: Completion) -> Iterator[ChatDelta]:
    """Yield a complete answer as chunks; some servers send one although a stream was requested."""
    for choice in completion.choices:
        delta = delta_of(choice)
        delta.about = completion.about if choice is completion.choices[-1] else None
        yield delta


def delta_of(choice: Choice) -> ChatDelta:
    """Return one whole answer as the only piece of a stream."""
    return ChatDelta(
        index=choice.index,
        text=choice.text,
        reasoning=choice.reasoning,
        refusal=choice.refusal or "",
        tool_calls=tuple(
            ToolCallDelta(number, call.id, call.name, call.arguments)
            for number, call in enumerate(choice.tool_calls)
        ),
        logprobs=choice.logprobs,
        annotations=choice.annotations,
        images=choice.images,
        audio=choice.audio,
        finish_reason=choice.finish_reason,
        provider_details=choice.provider_details,
    )
