"""`python -m benchmarks.one_at_a_time`: readers of folders that hand on one file after another.

100 images, each answer of the emulator 0.1 s late: LlamaIndex's SimpleDirectoryReader and
LangChain's GenericLoader with our reader and parser inside, and our own with the same files.
"""

from __future__ import annotations

import os
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

from emulator_302 import Fault, running
from langchain_302 import AI302ImageLoader, AI302ImageParser
from llama_index_302 import AI302ImageReader

FILES = 100
DELAY = 0.1  # seconds of an answer
IMAGE = Path(__file__).parents[1] / "cookbook" / "images" / "receipt.png"


def main() -> None:
    """Read the folder in four ways, and print the seconds of each."""
    warnings.simplefilter("ignore", DeprecationWarning)
    with running(0) as gateway, tempfile.TemporaryDirectory() as name:
        os.environ.update(gateway.environment)
        gateway.inject(Fault(path="/v1/chat/completions", delay=DELAY, times=None))
        gateway.when().say("TOTAL EUR 32.10")
        folder = Path(name)
        for number in range(FILES):
            # Bytes behind the end of an image: each file has a digest of its own.
            (folder / f"{number:03}.png").write_bytes(IMAGE.read_bytes() + bytes([number]))
        for words, read in (
            ("SimpleDirectoryReader(file_extractor=...)", directory_reader),
            ("AI302ImageReader with its files", reader_with_its_files),
            ("GenericLoader with AI302ImageParser", generic_loader),
            ("AI302ImageLoader with its files", loader_with_its_files),
        ):
            print(f"{words}: {seconds(read, folder):.1f} s")


def seconds(read: Callable[[Path], Iterable[object]], folder: Path) -> float:
    """Return how long a way takes."""
    begun = time.perf_counter()
    assert len(list(read(folder))) == FILES
    return time.perf_counter() - begun


def directory_reader(folder: Path) -> Iterable[object]:
    """LlamaIndex's reader of folders calls ours once for each file."""
    from llama_index.core import SimpleDirectoryReader  # noqa: PLC0415 - a way each

    return SimpleDirectoryReader(folder, file_extractor={".png": AI302ImageReader()}).load_data()


def reader_with_its_files(folder: Path) -> Iterable[object]:
    """Our reader, with the files that LlamaIndex's has chosen."""
    from llama_index.core import SimpleDirectoryReader  # noqa: PLC0415

    return AI302ImageReader().load_data(SimpleDirectoryReader(folder).input_files)


def generic_loader(folder: Path) -> Iterable[object]:
    """LangChain's loader calls our parser once for each file."""
    from langchain_community.document_loaders.blob_loaders import (  # noqa: PLC0415
        FileSystemBlobLoader,
    )
    from langchain_community.document_loaders.generic import GenericLoader  # noqa: PLC0415

    return GenericLoader(FileSystemBlobLoader(folder, glob="*.png"), AI302ImageParser()).load()


def loader_with_its_files(folder: Path) -> Iterable[object]:
    """Our loader, with the files that LangChain's has chosen."""
    from langchain_community.document_loaders.blob_loaders import (  # noqa: PLC0415
        FileSystemBlobLoader,
    )

    blobs = FileSystemBlobLoader(folder, glob="*.png").yield_blobs()
    return AI302ImageLoader(sources=[blob.path for blob in blobs]).load()


if __name__ == "__main__":
    main()
