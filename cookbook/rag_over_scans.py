"""Questions about a folder of scans, answered with the file and the page that each answer is from.

    python cookbook/rag_over_scans.py "Who signed the lease?" "What did the bakery charge?"

It draws receipts, letters and a PDF in two languages, noisy and turned, reads them, cuts them into
pieces, embeds them into Chroma on disk, finds, reranks, and answers. Without a key it runs on the
local emulator. Needs `pip install ./core_302 "./langchain_302[ocr]" "./emulator_302[ocr]"
langchain-chroma langchain-text-splitters`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from needs import stop

try:
    import chromadb
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter
    from scans import make_scans

    import emulator_302
    from langchain_302 import AI302Embeddings, AI302ImageLoader, AI302Rerank, ChatAI302
except ModuleNotFoundError as missing:
    stop(missing, __doc__)


QUESTION = "What did the bakery charge in total?"
ASKED = "Answer the question from these pages alone.\n\n{pages}\n\nQuestion: {question}"


class Archive:
    """A folder of scans that answers questions."""

    def __init__(self, folder: Path, how: dict[str, Any]) -> None:
        loader = AI302ImageLoader(sources=folder, cache=str(folder / "readings.sqlite"), **how)
        splitter = RecursiveCharacterTextSplitter(chunk_size=400, chunk_overlap=40)
        pieces = splitter.split_documents(loader.load())
        self.report = loader.report
        settings = chromadb.Settings(anonymized_telemetry=False, is_persistent=True)
        settings.persist_directory = str(folder / "chroma")
        self._store = Chroma(
            embedding_function=AI302Embeddings(model="text-embedding-3-small", **how),
            client_settings=settings,
        )
        self._store.add_documents(pieces)
        self._rerank = AI302Rerank(model="bge-reranker-v2-m3", top_n=2, **how)
        self._model = ChatAI302(model="gpt-4o-mini", **how)

    def ask(self, question: str) -> tuple[str, list[Document]]:
        """Return an answer and the pages that it is from, the best first."""
        found = self._store.similarity_search(question, k=5)
        best = list(self._rerank.compress_documents(found, question))
        pages = "\n\n".join(f"[{cited(page)}]\n{page.page_content}" for page in best)
        return self._model.invoke(ASKED.format(pages=pages, question=question)).text, best


def cited(page: Document) -> str:
    """Return file and page."""
    return f"{Path(page.metadata['source']).name}, page {page.metadata['page']}"


def connection(stack: ExitStack) -> dict[str, Any]:
    """Return how 302.AI is reached, or the emulator without a key."""
    if os.environ.get("AI302_API_KEY"):
        return {}
    gateway = stack.enter_context(emulator_302.running())
    return {"api_key": gateway.api_key, "base_url": gateway.base_url}


def main() -> None:
    questions = sys.argv[1:] or [QUESTION]
    with ExitStack() as stack:
        how = connection(stack)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ai302-scans-")))
        make_scans(folder)
        archive = Archive(folder, how)
        print(archive.report)
        for question in questions:
            answer, pages = archive.ask(question)
            print(f"\n{question}\n{answer}")
            for page in pages:
                print(f"  {page.metadata['relevance_score']:.2f}  {cited(page)}")


if __name__ == "__main__":
    main()
