"""The catalogue of voices: how it is asked for, and how it is read.

Source: 302.AI's command-line tool, cli-302ai 1.0.5 (`api/tts.py`, `core/tts_cache.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core_302.endpoints.parsing import items, json_object, malformed, text_or_none
from core_302.http import Reply, Request
from core_302.links import is_web_link

VOICES_PATH = "/302/tts/provider"
WHAT = "a catalogue of voices"


@dataclass(frozen=True)
class Voice:
    """One voice that a text can be read aloud with.

    Attributes:
        provider: Whose it is: `provider` of `SpeechRequest`.
        voice: What is sent: `voice` of `SpeechRequest`.
        name: A name to show.
        gender: `male`, `female`, or None if the catalogue does not say.
        emotions: What `emotion` may be, if it has some.
        models: The models that it speaks with; none, if the provider has no choice of them.
        formats: The formats of its provider; none, if the catalogue does not say.
        samples: Links of samples, by language, such as `en`.
        raw: The entry as it came.
    """

    provider: str
    voice: str
    name: str
    gender: str | None = None
    emotions: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    samples: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


def voices_request(provider: str | None = None) -> Request:
    """Build the request for the voices of a provider, or of all. This costs nothing."""
    return Request("GET", VOICES_PATH, query={} if provider is None else {"provider": provider})


def read_voices(reply: Reply) -> tuple[Voice, ...]:
    """Read the voices.

    Raises:
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: There is no catalogue.
    """
    raw = json_object(reply, WHAT)
    inner = raw.get("data")
    level = inner if isinstance(inner, Mapping) and "provider_list" not in raw else raw
    providers = level.get("provider_list")
    if not isinstance(providers, list):
        raise malformed(WHAT, reply)
    return tuple(voice for one in providers for voice in _voices(one))


def _voices(entry: Any) -> Iterator[Voice]:
    """Yield the voices of a provider; an entry that names neither is left out."""
    told = entry if isinstance(entry, Mapping) else {}
    info, provider = told.get("req_params_info"), _text(told.get("provider"))
    if not isinstance(info, Mapping) or provider is None:
        return
    models, formats = (_texts(info.get(f"{name}_list")) for name in ("model", "output_format"))
    for one in items(info.get("voice_list")):
        voice = _text(one.get("voice")) if isinstance(one, Mapping) else None
        if voice is not None:
            yield Voice(
                provider,
                voice,
                _text(one.get("name")) or voice,
                _text(one.get("gender")),
                _texts(one.get("emotion")),
                _texts(one.get("supported_models")) or models,
                formats,
                _samples(one.get("sample")),
                one,
            )


def _samples(given: Any) -> dict[str, str]:
    known = given.items() if isinstance(given, Mapping) else ()
    return {str(language): str(link) for language, link in known if is_web_link(link)}


def _texts(given: Any) -> tuple[str, ...]:
    return tuple(text for one in items(given) if (text := _text(one)) is not None)


def _text(value: Any) -> str | None:
    """Return a text, which some write as a number; None for an empty one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text_or_none(value.strip()) if isinstance(value, str) else None
