"""Images and scans as LangChain documents: a parser of blobs, and a loader.

Both return what `core_302.reading` has read: one document for each page.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, ClassVar

from langchain_core.document_loaders import BaseBlobParser, BaseLoader
from langchain_core.documents import Document
from langchain_core.documents.base import Blob
from langchain_core.stores import BaseStore
from pydantic import PrivateAttr, field_validator

from core_302.adapters.connection import Connection
from core_302.reading import KeyedCache, Page, ReadingReport, Source, aread_pages, read_pages
from core_302.reading.options import CHAT_OPTIONS_GO, ReadingFields
from core_302.reading.reader import ReadsImages
from core_302.reading.sources import Given
from langchain_302.client_fields import ClientFields, connected
from langchain_302.errors import langchain_errors


class ImageReading(ReadsImages, ReadingFields, ClientFields):
    """How images are read: see `core_302.reading.ReadingOptions`."""

    _hint: ClassVar[str] = CHAT_OPTIONS_GO
    _connection: Connection | None = PrivateAttr(default=None)
    _report: ReadingReport = PrivateAttr(default_factory=ReadingReport)

    @field_validator("cache", mode="before")
    @classmethod
    def _as_cache(cls, given: Any) -> Any:
        """Take any byte store of LangChain as a cache."""
        if not isinstance(given, BaseStore):
            return given

        def get(key: str) -> str | None:
            found = given.mget([key])[0]
            return None if found is None else bytes(found).decode()

        return KeyedCache(get, lambda key, answer: given.mset([(key, answer.encode())]))

    def _read(self, given: Given) -> Iterator[Document]:
        self._report = ReadingReport()
        with langchain_errors():
            for page in read_pages(
                self._gateway.client, given, self._options(), report=self._report
            ):
                yield _document(page)

    async def _aread(self, given: Given) -> AsyncIterator[Document]:
        self._report = ReadingReport()
        pages = aread_pages(self._gateway.async_client, given, self._options(), report=self._report)
        with langchain_errors():
            try:
                async for page in pages:
                    yield _document(page)
            finally:
                await pages.aclose()


@connected
class AI302ImageParser(BaseBlobParser, ImageReading):
    """Reads the images and PDFs in blobs.

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

    def lazy_parse(self, blob: Blob) -> Iterator[Document]:
        """Yield a document for each page of a blob.

        Raises:
            AI302Error: A page cannot be read, and `on_error` is "raise"; or no page can: the key is
                refused, the balance is empty, the model is unknown.
        """
        return self._read(_source(blob))

    def alazy_parse(self, blob: Blob) -> AsyncIterator[Document]:
        """Yield a document for each page of a blob.

        Raises:
            AI302Error: A page cannot be read, and `on_error` is "raise"; or no page can: the key is
                refused, the balance is empty, the model is unknown.
        """
        return self._aread(_source(blob))


@connected
class AI302ImageLoader(BaseLoader, ImageReading):
    """Reads files, folders, patterns, links and bytes.

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

    _first: ClassVar[str | None] = "sources"

    sources: Any
    """What is read: one of these or several. A folder is read with the folders in it."""

    def lazy_load(self) -> Iterator[Document]:
        """Yield a document for each page, in order.

        Raises:
            AI302Error: A page cannot be read, and `on_error` is "raise"; or no page can: the key is
                refused, the balance is empty, the model is unknown.
        """
        return self._read(self.sources)

    def alazy_load(self) -> AsyncIterator[Document]:
        """Yield a document for each page, in order.

        Raises:
            AI302Error: A page cannot be read, and `on_error` is "raise"; or no page can: the key is
                refused, the balance is empty, the model is unknown.
        """
        return self._aread(self.sources)


def _source(blob: Blob) -> Source:
    """Return a blob as a source to read; bytes keep the blob's name."""
    metadata = {name: value for name, value in blob.metadata.items() if name != "source"}
    if blob.data is None:
        return Source(str(blob.source), path=Path(str(blob.path)), metadata=metadata)
    return Source(str(blob.source or "blob"), content=blob.as_bytes(), metadata=metadata)


def _document(page: Page) -> Document:
    described = page.described()
    if page.fields is not None:
        described["fields"] = page.fields.model_dump(mode="json")
    return Document(id=page.id, page_content=page.text, metadata=described)
