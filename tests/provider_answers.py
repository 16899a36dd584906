"""Answers that hold what their vendor wants back, and what of it must go back: for both adapters.

Each is what stands in a message, the same in the deltas of a stream, and what the next turn says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.scripted_server import DONE, chunk, completion, reply, stream

SIGNED = {"google": {"thought_signature": "sig=="}}
CALL = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"at": "sky"}'}}
SECOND = {"id": "c2", "type": "function", "function": {"name": "look", "arguments": "{}"}}


@dataclass(frozen=True)
class Answer:
    """One vendor's answer.

    Attributes:
        message: The fields of its message.
        deltas: Those of the deltas that say the same; if empty, the message in one.
        back: The fields of the message that goes back; `...` marks one that must be missing.
    """

    message: dict[str, Any]
    deltas: list[dict[str, Any]] = field(default_factory=list)
    back: dict[str, Any] = field(default_factory=dict)

    def reply(self) -> list[object]:
        """Return it whole."""
        return reply(200, completion(None, message=self.message))

    def stream(self) -> list[object]:
        """Return it as a stream, cut at odd bytes."""
        deltas = self.deltas or [self.message]
        wire = b"".join([*[chunk(delta=delta) for delta in deltas], chunk(finish="stop"), DONE])
        return stream(*[wire[at : at + 11] for at in range(0, len(wire), 11)])

    def is_back_in(self, sent: dict[str, Any]) -> bool:
        """Tell whether a message in wire form has all of it."""
        return all(sent.get(name, ...) == value for name, value in self.back.items())

    def has_nothing_in(self, sent: dict[str, Any]) -> bool:
        """Tell whether a message in wire form has nothing of it."""
        opaque = ("sig==", "sig2", "ephemeral", "vendor-id")
        return not any(word in repr(sent) for word in opaque)


def _text(text: str | None, **more: Any) -> dict[str, Any]:
    return {"type": "reasoning.text", "text": text, "index": 0, **more}


THINKING = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
HM = [_text("hm", signature="sig==")]
CACHED = [{"type": "text", "text": "Blue.", "cache_control": {"type": "ephemeral"}}]
ENCRYPTED = [
    {"type": "reasoning.encrypted", "data": "sig==", "id": "c1", "index": 0},
    {"type": "reasoning.encrypted", "data": "sig2", "id": "c2", "index": 0},
]

ANSWERS = {
    "Gemini: a signed call": Answer(
        {"tool_calls": [{**CALL, "extra_content": SIGNED}, SECOND]},
        [
            {"tool_calls": [{**CALL, "index": 0, "extra_content": SIGNED}]},
            {"tool_calls": [{**SECOND, "index": 1}]},
        ],
        {"tool_calls": [{**CALL, "extra_content": SIGNED}, SECOND]},
    ),
    "Gemini: a signed text": Answer(
        {"content": "Blue.", "extra_content": SIGNED},
        [{"content": "Bl"}, {"content": "ue."}, {"content": "", "extra_content": SIGNED}],
        {"content": "Blue.", "extra_content": SIGNED},
    ),
    "OpenRouter: Claude": Answer(
        {"content": "Blue.", "reasoning": "hm", "reasoning_details": HM},
        [
            {"reasoning": "h", "reasoning_details": [_text("h", signature=None)]},
            {"reasoning": "m", "reasoning_details": [_text("m")]},
            {"reasoning_details": [_text(None, signature="sig==")]},
            {"content": "Blue."},
        ],
        {"content": "Blue.", "reasoning_details": HM, "reasoning_content": ...},
    ),
    "OpenRouter: encrypted": Answer(
        {"tool_calls": [CALL, SECOND], "reasoning_details": ENCRYPTED},
        [
            {"reasoning_details": [ENCRYPTED[0]]},
            {"reasoning_details": [ENCRYPTED[0]]},  # said again
            {"reasoning_details": [ENCRYPTED[1]]},
            {"tool_calls": [{**CALL, "index": 0}, {**SECOND, "index": 1}]},
        ],
        {"tool_calls": [CALL, SECOND], "reasoning_details": ENCRYPTED},
    ),
    "MiniMax: unsigned, with a call": Answer(
        {"tool_calls": [CALL], "reasoning_details": [_text("hm", id="vendor-id")]},
        [
            {"reasoning_details": [_text("h", id="vendor-id")]},
            {"reasoning_details": [_text("m", id="vendor-id")]},
            {"tool_calls": [CALL]},
        ],
        {"reasoning_details": [_text("hm", id="vendor-id")], "reasoning_content": ...},
    ),
    "Mistral: unsigned, with a call": Answer(
        {"content": [THINKING, "x", {"type": "text", "text": "Blue."}], "tool_calls": [CALL]},
        [
            {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "h"}]}]},
            {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "m"}]}]},
            {"content": "xBlue."},
            {"tool_calls": [CALL]},
        ],
        {"content": [THINKING, {"type": "text", "text": "xBlue."}], "reasoning_content": ...},
    ),
    "Claude: signed blocks": Answer(
        {
            "content": "Blue.",
            "thinking_blocks": [
                {"type": "thinking", "thinking": "hm", "signature": "sig=="},
                {"type": "redacted_thinking", "data": "sig2"},
            ],
        },
        [
            {"thinking_blocks": [{"type": "thinking", "thinking": "h"}]},
            {"thinking_blocks": [{"type": "thinking", "thinking": "m"}]},
            {"thinking_blocks": [{"type": "thinking", "thinking": "", "signature": "sig=="}]},
            {"thinking_blocks": [{"type": "redacted_thinking", "data": "sig2"}]},
            {"content": "Blue."},
        ],
        {
            "thinking_blocks": [
                {"type": "thinking", "thinking": "hm", "signature": "sig=="},
                {"type": "redacted_thinking", "data": "sig2"},
            ]
        },
    ),
    "Claude: a cache mark": Answer({"content": CACHED}, back={"content": CACHED}),
    "GitHub": Answer(
        {"content": "Blue.", "reasoning_text": "hm", "reasoning_opaque": "sig=="},
        back={"content": "Blue.", "reasoning_opaque": "sig=="},
    ),
    "LiteLLM": Answer(
        {"tool_calls": [{**CALL, "provider_specific_fields": {"thought_signature": "sig=="}}]},
        back={"tool_calls": [{**CALL, "provider_specific_fields": {"thought_signature": "sig=="}}]},
    ),
}
