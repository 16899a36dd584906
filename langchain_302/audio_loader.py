"""Recordings as LangChain documents, whole or in parts: a parser of blobs, and a loader."""

from __future__ import annotations

from typing import ClassVar

from core_302.reading.audio import AUDIO
from core_302.reading.audio_options import AudioReadingFields
from core_302.reading.reader import Reading
from langchain_302.client_fields import connected
from langchain_302.reading import BlobParser, SourceLoader


@connected
class AI302AudioParser(BlobParser, AudioReadingFields):
    """Writes down what is said in blobs: mp3, wav, m4a, mp4, flac, ogg, webm, aac.

    Use:
        ```python
        from langchain_302 import AI302AudioParser

        parser = AI302AudioParser(cache="readings.sqlite")
        loader = GenericLoader(FileSystemBlobLoader("calls"), parser)
        ```

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """

    _reading: ClassVar[Reading] = AUDIO


@connected
class AI302AudioLoader(SourceLoader, AudioReadingFields):
    """Writes down what is said in recordings: mp3, wav, m4a, mp4, flac, ogg, webm, aac.

    Use:
        ```python
        from langchain_302 import AI302AudioLoader

        loader = AI302AudioLoader(
            sources="calls/", split_by="passage", cache="readings.sqlite", on_error="skip"
        )
        documents = loader.load()
        print(loader.report)
        ```

    A recording goes to 302.AI; a link is fetched by this machine first. Times and speakers are
    metadata where the model's format has them.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """

    _reading: ClassVar[Reading] = AUDIO
