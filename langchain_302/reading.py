"""What is read as LangChain documents: the parsers of blobs and the loaders have this in common.

They return what `core_302.reading` has read. A class of them adds its options, and names its
`Reading`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any, ClassVar

from langchain_core.document_loaders import BaseBlobParser, BaseLoader
from langchain_core.documents import Document
from langchain_core.documents.base import Blob
from langchain_core.stores import BaseStore
from pydantic import PrivateAttr, field_validator

from core_302.adapters.connection import Connection
from core_302.reading import KeyedCache, ReadingReport, Source
from core_302.reading.options import RunFields
from core_302.reading.reader import Piece, ReadsSources
from core_302.reading.sources import Given
from langchain_302.client_fields import ClientFields
from langchain_302.errors import langchain_errors


class SourceReading(ReadsSources, RunFields, ClientFields):
    """How sources are read: see `core_302.reading`."""

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
        with langchain_errors():
            for piece in self._pieces(given):
                yield _document(piece)

    async def _aread(self, given: Given) -> AsyncGenerator[Document, None]:
        with langchain_errors():
            async with aclosing(self._apieces(given)) as pieces:
                async for piece in pieces:
                    yield _document(piece)


class BlobParser(BaseBlobParser, SourceReading):
    """Reads blobs."""

    def lazy_parse(self, blob: Blob) -> Iterator[Document]:
        """Yield the documents of a blob, in order.

        Raises:
            AI302Error: It cannot be read, and `on_error` is "raise"; or nothing can: the key is
                refused, the balance is empty, the model is unknown.
        """
        nothing = True
        for document in self._read(_source(blob)):
            nothing = False
            yield document
        if nothing and _is_part(blob):
            yield _blank(blob)

    async def alazy_parse(self, blob: Blob) -> AsyncIterator[Document]:
        """Yield the documents of a blob, in order.

        Raises:
            AI302Error: It cannot be read, and `on_error` is "raise"; or nothing can: the key is
                refused, the balance is empty, the model is unknown.
        """
        nothing = True
        async with aclosing(self._aread(_source(blob))) as documents:
            async for document in documents:
                nothing = False
                yield document
        if nothing and _is_part(blob):
            yield _blank(blob)


class SourceLoader(BaseLoader, SourceReading):
    """Reads files, folders, patterns, links and bytes."""

    _first: ClassVar[str | None] = "sources"
    _own_sources: ClassVar[bool] = True

    sources: Any
    """What is read: one of these or several. A folder is read with the folders in it."""

    def lazy_load(self) -> Iterator[Document]:
        """Yield the documents of each source, in order.

        Raises:
            AI302Error: One cannot be read, and `on_error` is "raise"; or none can: the key is
                refused, the balance is empty, the model is unknown.
        """
        return self._read(self.sources)

    def alazy_load(self) -> AsyncIterator[Document]:
        """Yield the documents of each source, in order.

        Raises:
            AI302Error: One cannot be read, and `on_error` is "raise"; or none can: the key is
                refused, the balance is empty, the model is unknown.
        """
        return self._aread(self.sources)


def _source(blob: Blob) -> Source:
    """Return a blob as a source to read; bytes keep the blob's name."""
    metadata = {name: value for name, value in blob.metadata.items() if name != "source"}
    if blob.data is None:
        return Source(str(blob.source), path=Path(str(blob.path)), metadata=metadata)
    return Source(str(blob.source or "blob"), content=blob.as_bytes(), metadata=metadata)


def _is_part(blob: Blob) -> bool:
    """Whether it is an image in a document: the PDF loaders of LangChain wait for its text."""
    return blob.path is None


def _blank(blob: Blob) -> Document:
    return Document("", metadata={**blob.metadata, "empty": True})


def _document(piece: Piece) -> Document:
    return Document(id=piece.id, page_content=piece.text, metadata=dict(piece.described()))
