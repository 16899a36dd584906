"""Images and scans as LangChain documents, one for each page: a parser of blobs, and a loader."""

from __future__ import annotations

from typing import ClassVar

from core_302.reading.options import CHAT_OPTIONS_GO, ReadingFields
from core_302.reading.pages import PAGES
from core_302.reading.reader import Reading
from langchain_302.client_fields import connected
from langchain_302.reading import BlobParser, SourceLoader


@connected
class AI302ImageParser(BlobParser, ReadingFields):
    """Reads the images and PDFs in blobs: a document for each page.

    Use:
        ```python
        from langchain_302 import AI302ImageParser

        parser = AI302ImageParser(reader="qwen-vl-ocr", cache="readings.sqlite")
        loader = PyPDFLoader("report.pdf", extract_images=True, images_parser=parser)
        loader = GenericLoader(FileSystemBlobLoader("scans"), parser)
        ```

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """

    _reading: ClassVar[Reading] = PAGES
    _hint: ClassVar[str] = CHAT_OPTIONS_GO


@connected
class AI302ImageLoader(SourceLoader, ReadingFields):
    """Reads files, folders, patterns, links and bytes: a document for each page.

    Use:
        ```python
        from langchain_302 import AI302ImageLoader

        loader = AI302ImageLoader(sources="scans/", cache="readings.sqlite", on_error="skip")
        documents = loader.load()
        print(loader.report)
        ```

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """

    _reading: ClassVar[Reading] = PAGES
    _hint: ClassVar[str] = CHAT_OPTIONS_GO
