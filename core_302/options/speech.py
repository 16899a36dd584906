"""A text to be read aloud, with every documented rule about it.

Sources: 302.AI's command-line tool, cli-302ai 1.0.5 (`api/tts.py`, `cli/tts.py`), and its SDK
(`ai302-speech-settings.ts`). Which voices, models and formats a provider has, the gateway lists:
`Client.voices`. None of them is judged here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field

from core_302.options.declaration import Text
from core_302.options.given import Given

# What 302.AI's command-line tool speaks with, unless something else is said.
DEFAULT_PROVIDER = "openai"
DEFAULT_VOICE = "alloy"
LONGEST_TEXT = 50_000  # characters of one order
USUAL_TEXT = 4_096  # characters: what OpenAI's voices take at once
CONTROLS = ("Cc", "Cs")


def check_speech(text: str) -> str:
    """Return a text if it can be read aloud."""
    if not text.strip():
        raise ValueError("is empty: give the text to read aloud")
    if any(unicodedata.category(sign) in CONTROLS and sign not in "\n\r\t" for sign in text):
        raise ValueError(
            "contains control characters (such as NUL) or invalid Unicode: remove them"
        )
    return text


Speech = Annotated[str, AfterValidator(check_speech)]
Speed = Annotated[float, Field(ge=0.25, le=4)]
Volume = Annotated[float, Field(ge=0, le=2)]
SPEED = "How fast: 0.25 to 4, 1 is usual. Leave out unless it is asked for."


class SpeechRequest(Given):
    """A text to be read aloud by any voice of 302.AI.

    Attributes:
        text: What is said. Its longest is the provider's: OpenAI's voices take 4,096 characters.
        provider: Whose voice it is, such as `openai`, `minimaxi`, `elevenlabs-official`.
        voice: The voice, as `Client.voices` names it.
        model: The provider's model; by default the gateway's choice.
        speed: 0.25 to 4; 1 is usual.
        volume: 0 to 2; 1 is usual.
        emotion: Such as `happy`, for voices that have some.
        output_format: Such as `mp3` or `wav`; the provider's own by default.
        extra_body: Further fields of the body, sent as they are; they win over all others.

    Raises:
        pydantic.ValidationError: A value cannot be sent.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", protected_namespaces=(), defer_build=True
    )

    text: Annotated[Speech, Field(max_length=LONGEST_TEXT)]
    provider: Text = DEFAULT_PROVIDER
    voice: Text = DEFAULT_VOICE
    model: Text | None = None
    speed: Annotated[Speed | None, Field(description=SPEED)] = None
    volume: Volume | None = None
    emotion: Text | None = None
    output_format: Text | None = None
    extra_body: Mapping[str, Any] | None = None
