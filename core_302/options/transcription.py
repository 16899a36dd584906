"""How speech becomes text: by which model, in which format. One set of options for all.

Sources: 302.AI's SDK (`ai302-transcription-settings.ts`) and its product page of whisper-1 for the
fields; which format each model answers in is in the catalogue. Nothing here refuses a model or a
format: what a model does not take, the gateway says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from core_302.catalogue.transcription_facts import transcription_model_facts
from core_302.options.declaration import Declared, Text, Wire

SDK = "302.AI's SDK"
# The only one that answers with times and whose price is known: docs/audio.md.
DEFAULT_TRANSCRIPTION_MODEL = "whisper-1"
Format = Literal["json", "verbose_json", "diarized_json", "text", "srt", "vtt"]
# From the one that tells the most to the one that every model answers in.
BEST_FORMATS: tuple[Format, ...] = ("diarized_json", "verbose_json", "json")
LANGUAGE = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}$"


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _named(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    if "file" in fields:
        raise ValueError("the file itself is no further field")
    return fields


SpokenLanguage = Annotated[str, BeforeValidator(_stripped), Field(pattern=LANGUAGE)]
Temperature = Annotated[float, Field(ge=0, le=1)]


class TranscriptionFields(Declared):
    """How speech becomes text."""

    model: Text = DEFAULT_TRANSCRIPTION_MODEL
    """The model that listens, one of `core_302.catalogue.transcription_models()` or a newer one."""
    transcript_format: Annotated[Literal["auto"] | Format, Wire("response_format", SDK)] = "auto"
    """`json` has the text alone; `verbose_json` also language, length and segments with their
    times; `diarized_json` who speaks when; `text`, `srt` and `vtt` are plain text. `auto` takes
    the one that tells the most of those that the model is known to answer in, and `json` for a
    model that is not known."""
    words: Annotated[bool, Wire("timestamp_granularities[]", SDK)] = False
    """Ask for the time of each word, too; `auto` then takes `verbose_json`."""
    language: Annotated[SpokenLanguage | None, Wire("language", SDK)] = None
    """The language that is spoken, such as `en` (ISO 639-1). None: the model finds out."""
    prompt: Annotated[Text | None, Wire("prompt", SDK)] = None
    """Words that occur, or the text that came before, in the language that is spoken: it helps with
    names and style."""
    temperature: Annotated[Temperature | None, Wire("temperature", SDK)] = None
    """0 to 1; how much the model may guess."""
    extra_body: Annotated[Mapping[str, Any], AfterValidator(_named)] = {}
    """Further fields of the form, such as `{"chunking_strategy": "auto"}`. They win over all
    others."""


class TranscriptionOptions(TranscriptionFields):
    """How speech becomes text."""

    model_config = ConfigDict(frozen=True)


def format_for(how: TranscriptionFields) -> Format:
    """Return the format that is asked for."""
    if how.transcript_format != "auto":
        return how.transcript_format
    if how.words:
        return "verbose_json"
    facts = transcription_model_facts(how.model)
    known = ("json",) if facts is None else facts.formats
    return next((best for best in BEST_FORMATS if best in known), "json")
