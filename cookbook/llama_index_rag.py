"""The recipe of `rag_over_scans.py` in LlamaIndex: answers with the file and the page of each.

    python cookbook/llama_index_rag.py "Who signed the lease?" "What did the bakery charge?"

Scans are read, cut, embedded into Chroma on disk, found, reranked, and answered from. Without a key
it runs on the local emulator. Needs `pip install ./core_302 "./llama_index_302[ocr]"
"./emulator_302[ocr]" llama-index-vector-stores-chroma`.
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
    from llama_index.core import PromptTemplate, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.schema import Document, NodeWithScore
    from llama_index.vector_stores.chroma import ChromaVectorStore
    from scans import make_scans

    import emulator_302
    from llama_index_302 import AI302, AI302Embedding, AI302ImageReader, AI302Rerank
except ModuleNotFoundError as missing:
    stop(missing, __doc__)


QUESTION = "What did the bakery charge in total?"
ASKED = PromptTemplate(
    "Answer the question from these pages alone.\n\n{context_str}\n\nQuestion: {query_str}"
)


class Archive:
    """A folder of scans that answers questions."""

    def __init__(self, folder: Path, how: dict[str, Any]) -> None:
        reader = AI302ImageReader(cache=str(folder / "readings.sqlite"), **how)
        documents = [citable(page) for page in reader.load_data(folder)]
        self.report = reader.report
        settings = chromadb.Settings(anonymized_telemetry=False)
        database = chromadb.PersistentClient(str(folder / "chroma"), settings)
        store = ChromaVectorStore(chroma_collection=database.create_collection("scans"))
        index = VectorStoreIndex.from_documents(
            documents,
            storage_context=StorageContext.from_defaults(vector_store=store),
            embed_model=AI302Embedding(model="text-embedding-3-small", **how),
            transformations=[SentenceSplitter(chunk_size=200, chunk_overlap=20)],
        )
        self._engine = index.as_query_engine(
            llm=AI302(model="gpt-4o-mini", **how),
            text_qa_template=ASKED,
            similarity_top_k=5,
            node_postprocessors=[AI302Rerank(model="bge-reranker-v2-m3", top_n=2, **how)],
        )

    def ask(self, question: str) -> tuple[str, list[NodeWithScore]]:
        """Return an answer and the pages that it is from, the best first."""
        answer = self._engine.query(question)
        return str(answer), answer.source_nodes


def citable(page: Document) -> Document:
    """Let the model see a page below its file and number: `[lease.tiff, page 2]`."""
    page.metadata["source"] = Path(page.metadata["source"]).name
    page.text_template = "[{metadata_str}]\n{content}"
    page.metadata_template = "{value}"
    page.metadata_separator = ", page "
    return page


def cited(page: NodeWithScore) -> str:
    """Return file and page."""
    return f"{page.metadata['source']}, page {page.metadata['page']}"


def connection(stack: ExitStack) -> dict[str, Any]:
    """Return how 302.AI is reached, or the emulator without a key."""
    if os.environ.get("AI302_API_KEY"):
        return {}
    gateway = stack.enter_context(emulator_302.running())
    return {"api_key": gateway.api_key, "api_base": gateway.base_url}


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
                print(f"  {page.score:.2f}  {cited(page)}")


if __name__ == "__main__":
    main()
