"""AI302ImageReader: images and scans as LlamaIndex documents, one for each page."""

from __future__ import annotations

from typing import ClassVar

from core_302.reading.options import CHAT_OPTIONS_GO, ReadingFields
from core_302.reading.pages import PAGES
from core_302.reading.reader import Reading
from llama_index_302.client_fields import connected
from llama_index_302.reading import SourceReader


@connected
class AI302ImageReader(SourceReader, ReadingFields):
    """Reads files, folders, patterns, links and bytes: a document for each page.

    Use:
        ```python
        from llama_index_302 import AI302ImageReader

        reader = AI302ImageReader(reader="qwen-vl-ocr", cache="readings.sqlite")
        documents = reader.load_data("scans/")
        SimpleDirectoryReader("scans", file_extractor={".png": reader, ".pdf": reader})
        ```

    `SimpleDirectoryReader` prints failures and goes on, unless it has `raise_on_error=True`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option's value cannot be sent.
    """

    _reading: ClassVar[Reading] = PAGES
    _hint: ClassVar[str] = CHAT_OPTIONS_GO
