"""How recordings are read for RAG: one set of options for every adapter."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from core_302.options.transcription import TranscriptionFields
from core_302.reading.options import RunFields

Seconds = Annotated[float, Field(gt=0)]


class AudioReadingFields(RunFields, TranscriptionFields):
    """How recordings are read: the same options in every adapter."""

    split_by: Literal["file", "passage", "segment"] = "file"
    """What becomes a document of its own where the times of parts are known: the whole, passages of
    one speaker, or each segment as the model made it."""
    passage_length: Seconds = 60.0
    """The longest passage, in seconds."""


class AudioReadingOptions(AudioReadingFields):
    """How recordings are read."""

    model_config = ConfigDict(frozen=True)
