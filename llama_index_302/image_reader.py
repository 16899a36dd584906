"""AI302ImageReader: images and scans as LlamaIndex documents, one for each page.

It returns what `core_302.reading` has read.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from llama_index.core.readers.base import BasePydanticReader
from llama_index.core.schema import Document
from llama_index.core.storage.kvstore.types import BaseKVStore
from pydantic import PrivateAttr, field_validator

from core_302.adapters.connection import Connection
from core_302.reading import KeyedCache, Page, ReadingReport, Source, aread_pages, read_pages
from core_302.reading.options import CHAT_OPTIONS_GO, ReadingFields
from core_302.reading.reader import ReadsImages
from core_302.reading.sources import Given, sources_in
from llama_index_302.client_fields import ClientFields, connected

if TYPE_CHECKING:
    from collections.abc import Iterator

COLLECTION = "ai302_readings"
# Useful to programs, but noise to a model or an embedding.
UNSEEN = ["width", "height", "bytes", "digest", "model", "input_tokens", "output_tokens"]
UNSEEN += ["cost_ids", "cost", "cached", "total_pages", "fields"]


@connected
class AI302ImageReader(ReadsImages, BasePydanticReader, ReadingFields, ClientFields):
    """Reads files, folders, patterns, links and bytes.

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

    is_remote: bool = True

    _hint: ClassVar[str] = CHAT_OPTIONS_GO
    _connection: Connection | None = PrivateAttr(default=None)
    _report: ReadingReport = PrivateAttr(default_factory=ReadingReport)

    @classmethod
    def class_name(cls) -> str:
        """Return the name under which LlamaIndex stores this class."""
        return "AI302ImageReader"

    @field_validator("cache", mode="before")
    @classmethod
    def _as_cache(cls, given: Any) -> Any:
        """Take any key-value store of LlamaIndex as a cache."""
        if not isinstance(given, BaseKVStore):
            return given

        def get(key: str) -> str | None:
            found = given.get(key, collection=COLLECTION)
            return None if found is None else str(found["answer"])

        return KeyedCache(get, lambda key, answer: given.put(key, {"answer": answer}, COLLECTION))

    def lazy_load_data(
        self, file: Given, extra_info: dict[str, Any] | None = None, fs: Any = None
    ) -> Iterator[Document]:
        """Yield a document for each page, in order.

        Args:
            file: A path, a folder, a pattern, a link, bytes, or several of these.
            extra_info: Metadata for each document.
            fs: The file system (fsspec) that `file` is a path in, if it is not this machine's.

        Raises:
            AI302Error: A page cannot be read, and `on_error` is "raise"; or no page can: the key is
                refused, the balance is empty, the model is unknown.
        """
        self._report = ReadingReport()
        for page in read_pages(
            self._gateway.client, _given(file, fs), self._options(), report=self._report
        ):
            yield _document(page, extra_info)

    def load_data(
        self, file: Given, extra_info: dict[str, Any] | None = None, fs: Any = None
    ) -> list[Document]:
        """Return a document for each page, in order. See `lazy_load_data`."""
        return list(self.lazy_load_data(file, extra_info, fs))

    async def aload_data(
        self, file: Given, extra_info: dict[str, Any] | None = None, fs: Any = None
    ) -> list[Document]:
        """Return a document for each page, in order. See `lazy_load_data`."""
        self._report = report = ReadingReport()
        pages = aread_pages(
            self._gateway.async_client, _given(file, fs), self._options(), report=report
        )
        return [_document(page, extra_info) async for page in pages]


def _given(file: Given, fs: Any) -> Given:
    if fs is None:
        return sources_in(file)
    with fs.open(str(file), "rb") as opened:
        return Source(Path(str(file)).name, content=opened.read())


def _document(page: Page, extra_info: Mapping[str, Any] | None) -> Document:
    described = {**page.described(), **(extra_info or {})}
    if page.fields is not None:
        described["fields"] = page.fields.model_dump(mode="json")
    hidden = [name for name in UNSEEN if name in described]
    return Document(
        id_=page.id,
        text=page.text,
        metadata=described,
        excluded_embed_metadata_keys=hidden,
        excluded_llm_metadata_keys=hidden,
    )
