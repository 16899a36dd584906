"""AI302AudioReader: recordings as LlamaIndex documents, whole, by passage or by segment."""

from __future__ import annotations

from typing import ClassVar

from core_302.reading.audio import AUDIO
from core_302.reading.audio_options import AudioReadingFields
from core_302.reading.reader import Reading
from llama_index_302.client_fields import connected
from llama_index_302.reading import SourceReader


@connected
class AI302AudioReader(SourceReader, AudioReadingFields):
    """Writes down what is said in recordings: mp3, wav, m4a, mp4, flac, ogg, webm, aac.

    Use:
        ```python
        from llama_index_302 import AI302AudioReader

        reader = AI302AudioReader(split_by="passage", cache="readings.sqlite")
        documents = reader.load_data("calls/")
        SimpleDirectoryReader("calls", file_extractor={".mp3": reader, ".wav": reader})
        ```

    A recording goes to 302.AI; a link is fetched by this machine first. Times and speakers are
    metadata where the model's format has them. `SimpleDirectoryReader` prints failures and goes
    on, unless it has `raise_on_error=True`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option's value cannot be sent.
    """

    _reading: ClassVar[Reading] = AUDIO
