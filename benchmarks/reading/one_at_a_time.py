"""A hundred files, through the frameworks' own ways to read a folder, and through ours.

    python -m benchmarks.reading.one_at_a_time

A server of this machine takes 0.1 s for each answer. Both ways return the same documents.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from langchain_community.document_loaders import FileSystemBlobLoader
from langchain_community.document_loaders.generic import GenericLoader
from llama_index.core import SimpleDirectoryReader

from benchmarks.reading.images import image
from benchmarks.reading.server import Server
from langchain_302 import AI302ImageLoader, AI302ImageParser
from llama_index_302 import AI302ImageReader

COUNT, LATENCY = 100, 0.1
KEY = "test-key-not-real"


def main() -> None:
    """Print the seconds of each way."""
    with tempfile.TemporaryDirectory() as name, Server(LATENCY) as server:
        folder = Path(name)
        for number in range(COUNT):
            (folder / f"{number:03}.png").write_bytes(image(number))
        where: dict[str, Any] = {"api_key": KEY, "base_url": server.url}
        reader = AI302ImageReader(**where)
        simple = SimpleDirectoryReader(folder, file_extractor={".png": reader})
        blobs = FileSystemBlobLoader(folder, glob="*.png")
        generic = GenericLoader(blobs, AI302ImageParser(**where))
        chosen = [str(blob.path) for blob in blobs.yield_blobs()]
        ways: dict[str, Callable[[], list[object]]] = {
            "SimpleDirectoryReader": lambda: list(simple.load_data()),
            "GenericLoader": lambda: list(generic.lazy_load()),
            "reader.load_data(simple.input_files)": lambda: list(
                reader.load_data(simple.input_files)
            ),
            "AI302ImageLoader of the blobs' paths": lambda: list(
                AI302ImageLoader(sources=chosen, **where).load()
            ),
        }
        for told, way in ways.items():
            start = time.perf_counter()
            assert len(way()) == COUNT
            print(f"{told}: {time.perf_counter() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main()
