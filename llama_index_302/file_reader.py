"""AI302FileReader: files as LlamaIndex documents, by page, block or file."""

from __future__ import annotations

from typing import ClassVar

from core_302.adapters.client_fields import TaskFields
from core_302.reading.file_options import FileReadingFields
from core_302.reading.files import FILES
from core_302.reading.reader import Reading
from llama_index_302.client_fields import connected
from llama_index_302.reading import SourceReader


@connected
class AI302FileReader(SourceReader, FileReadingFields, TaskFields):
    """Reads documents: PDF, Word, Excel, PowerPoint, HTML, EPUB, CSV and others.

    Use:
        ```python
        from llama_index_302 import AI302FileReader

        reader = AI302FileReader(cache="readings.sqlite")
        documents = reader.load_data("contracts/")
        SimpleDirectoryReader("contracts", file_extractor={".docx": reader, ".pdf": reader})
        ```

    A file goes to 302.AI. With `method="parse"` and `"mineru"` it is uploaded first: anybody who
    has its link can read it. Only `method="mineru"` knows pages and boxes. `SimpleDirectoryReader`
    prints failures and goes on, unless it has `raise_on_error=True`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option's value cannot be sent.
    """

    _reading: ClassVar[Reading] = FILES
