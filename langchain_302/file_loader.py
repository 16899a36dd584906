"""Files as LangChain documents, by page, block or file: a parser of blobs, and a loader."""

from __future__ import annotations

from typing import ClassVar

from core_302.adapters.client_fields import TaskFields
from core_302.reading.file_options import FileReadingFields
from core_302.reading.files import FILES
from core_302.reading.reader import Reading
from langchain_302.client_fields import connected
from langchain_302.reading import BlobParser, SourceLoader


@connected
class AI302FileParser(BlobParser, FileReadingFields, TaskFields):
    """Reads the documents in blobs: PDF, Word, Excel, PowerPoint, HTML, EPUB, CSV and others.

    Use:
        ```python
        from langchain_302 import AI302FileParser

        parser = AI302FileParser(cache="readings.sqlite")
        loader = GenericLoader(FileSystemBlobLoader("contracts"), parser)
        ```

    A file goes to 302.AI. With `method="parse"` and `"mineru"` it is uploaded first: anybody who
    has its link can read it.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """

    _reading: ClassVar[Reading] = FILES


@connected
class AI302FileLoader(SourceLoader, FileReadingFields, TaskFields):
    """Reads documents: PDF, Word, Excel, PowerPoint, HTML, EPUB, CSV and others.

    Use:
        ```python
        from langchain_302 import AI302FileLoader

        loader = AI302FileLoader(sources="contracts/", cache="readings.sqlite", on_error="skip")
        documents = loader.load()
        print(loader.report)
        ```

    A file goes to 302.AI. With `method="parse"` and `"mineru"` it is uploaded first: anybody who
    has its link can read it. Only `method="mineru"` knows pages and boxes.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """

    _reading: ClassVar[Reading] = FILES
