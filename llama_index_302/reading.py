"""What is read as LlamaIndex documents: the readers have this in common.

They return what `core_302.reading` has read. A class of them adds its options, and names its
`Reading`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llama_index.core.readers.base import BasePydanticReader
from llama_index.core.schema import Document
from llama_index.core.storage.kvstore.types import BaseKVStore
from pydantic import PrivateAttr, field_validator

from core_302.adapters.connection import Connection
from core_302.reading import KeyedCache, ReadingReport, Source
from core_302.reading.file_systems import RemoteFile
from core_302.reading.options import RunFields
from core_302.reading.reader import Piece, ReadsSources
from core_302.reading.sources import Given
from llama_index_302.client_fields import ClientFields

if TYPE_CHECKING:
    from collections.abc import Iterator

COLLECTION = "ai302_readings"
# Useful to programs, but noise to a model or an embedding.
UNSEEN = ["width", "height", "bytes", "digest", "model", "input_tokens", "output_tokens"]
UNSEEN += ["cost_ids", "cost", "cached", "total_pages", "fields", "method", "task_id", "box"]
UNSEEN += ["segments", "words", "text_from", "parts"]


class SourceReader(ReadsSources, BasePydanticReader, RunFields, ClientFields):
    """Reads files, folders, patterns, links and bytes."""

    is_remote: bool = True

    _connection: Connection | None = PrivateAttr(default=None)
    _report: ReadingReport = PrivateAttr(default_factory=ReadingReport)

    @classmethod
    def class_name(cls) -> str:
        """Return the name under which LlamaIndex stores this class."""
        return cls.__name__

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
        """Yield the documents of each source, in order.

        Args:
            file: A path, a folder, a pattern, a link, bytes, or several of these.
            extra_info: Metadata for each document.
            fs: The file system (fsspec) that `file` is a path in, if it is not this machine's.

        Raises:
            AI302Error: A source cannot be read, and `on_error` is "raise"; or none can: the key is
                refused, the balance is empty, the model is unknown.
        """
        for piece in self._pieces(_given(file, fs)):
            yield _document(piece, extra_info)

    def load_data(
        self, file: Given, extra_info: dict[str, Any] | None = None, fs: Any = None
    ) -> list[Document]:
        """Return the documents of each source, in order. See `lazy_load_data`."""
        return list(self.lazy_load_data(file, extra_info, fs))

    async def aload_data(
        self, file: Given, extra_info: dict[str, Any] | None = None, fs: Any = None
    ) -> list[Document]:
        """Return the documents of each source, in order. See `lazy_load_data`."""
        pieces = self._apieces(_given(file, fs))
        return [_document(piece, extra_info) async for piece in pieces]


def _given(file: Given, fs: Any) -> Given:
    if fs is None:
        return file
    return Source(Path(str(file)).name, remote=RemoteFile(fs, str(file), str(file)))


def _document(piece: Piece, extra_info: Mapping[str, Any] | None) -> Document:
    described = {**piece.described(), **(extra_info or {})}
    hidden = [name for name in UNSEEN if name in described]
    return Document(
        id_=piece.id,
        text=piece.text,
        metadata=described,
        excluded_embed_metadata_keys=hidden,
        excluded_llm_metadata_keys=hidden,
    )
