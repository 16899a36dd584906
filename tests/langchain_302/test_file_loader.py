"""Files as LangChain documents: the parser and the loader, in the places made for them."""

import asyncio
import pickle

import pytest
from langchain_core.document_loaders import BaseBlobParser, BaseLoader
from langchain_core.documents.base import Blob
from langchain_core.exceptions import ModelRateLimitError
from langchain_core.stores import InMemoryByteStore
from langchain_core.vectorstores import InMemoryVectorStore

import emulator_302
from core_302 import AI302Error, PollPolicy
from emulator_302.http.tasks import Outcome
from langchain_302 import AI302Embeddings, AI302FileLoader, AI302FileParser
from tests.conftest import KEY
from tests.documents import docx, epub, pdf, pptx, xlsx
from tests.scripted_server import reply

REPORT = pdf(["# Report", "The fox jumps."], ["The dog sleeps."])


@pytest.fixture(params=["sync", "async"])
def load(request):
    """Return a function that loads or parses everything, by either kind of method."""

    def all_of(reader, *blob):
        name = "lazy_parse" if blob else "lazy_load"
        if request.param == "sync":
            documents = list(getattr(reader, name)(*blob))
            reader.close()
            return documents

        async def collect():
            found = [document async for document in getattr(reader, f"a{name}")(*blob)]
            await reader.aclose()
            return found

        return asyncio.run(collect())

    return all_of


@pytest.fixture(scope="module")
def _server():
    with emulator_302.running() as running:
        yield running


@pytest.fixture
def gateway(_server):
    _server.reset()
    return _server


def emulated(kind, gateway, **more):
    host = gateway.base_url.rpartition(":")[2].partition("/")[0]
    how = {"polling": PollPolicy(first_wait=0.0), "trusted_hosts": [f"localhost:{host}"]}
    where = {"api_key": gateway.api_key, "base_url": gateway.base_url, "max_retries": 0}
    return kind(**where, **how, **more)


def test_each_class_is_what_the_framework_asks_for():
    assert issubclass(AI302FileParser, BaseBlobParser)
    assert issubclass(AI302FileLoader, BaseLoader)


def test_a_folder_of_every_kind_is_read_into_markdown(gateway, load, tmp_path):
    files = {
        "a.docx": docx("# Offer", "For you."),
        "b.pptx": pptx(("Title", "line")),
        "c.xlsx": xlsx(Prices=[["Bread", 3]]),
        "d.epub": epub("<h1>Book</h1>"),
        "e.html": b"<h1>Page</h1>",
        "f.csv": b"a,b\n1,2\n",
        "g.pdf": REPORT,
        "h.md": b"# Notes",
        "i.xml": b"<a>b</a>",
        "j.png": b"no document",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    reader = emulated(AI302FileLoader, gateway, sources=tmp_path)
    documents = load(reader)
    assert [document.page_content.splitlines()[0] for document in documents] == [
        "# Offer",
        "<!-- Slide number: 1 -->",
        "## Prices",
        "# Book",
        "# Page",
        "| a | b |",
        "# Report",
        "# Notes",
        "<a>b</a>",
    ]
    assert [document.metadata["method"] for document in documents].count("markitdown") == 8
    assert {document.metadata["kind"] for document in documents} == {"file"}
    assert str(reader.report).startswith(
        "Files: 8 read, 0 from the cache, 1 without a call, 0 failed"
    )
    assert len({document.id for document in documents}) == 9
    assert len(gateway.requests) == 8  # what is Markdown already is not sent


def test_a_pdf_is_read_page_by_page_or_block_by_block(gateway, load, tmp_path):
    cache = str(tmp_path / "cache")
    one, two = load(
        emulated(AI302FileLoader, gateway, sources=REPORT, method="mineru", cache=cache)
    )
    assert (one.page_content, one.metadata["page"]) == ("# Report\n\nThe fox jumps.", 1)
    assert (two.page_content, two.metadata["page"]) == ("The dog sleeps.", 2)
    how = {"sources": REPORT, "method": "mineru", "cache": cache, "split_by": "block"}
    blocks = load(emulated(AI302FileLoader, gateway, **how, look_up_cost=True))
    assert [block.metadata["kind"] for block in blocks] == ["heading", "text", "text"]
    assert blocks[2].metadata["box"] == "100,60,250,75"
    assert all(block.metadata["cached"] for block in blocks)
    paths = [request.path for request in gateway.requests]
    assert paths.count("/302/v2/mineru/task") == 1 + 2


def test_metadata_are_plain_values_that_any_store_takes(gateway, load):
    documents = load(emulated(AI302FileLoader, gateway, sources=REPORT, method="mineru"))
    plain = (str, int, float, bool)
    assert all(isinstance(v, plain) for d in documents for v in d.metadata.values())


def test_one_bad_file_is_one_line_of_the_report(gateway, load):
    gateway.script_task(Outcome.fails("it is locked", polls=1))
    sources = [REPORT, pdf(["fine"])]
    how = {"method": "mineru", "on_error": "skip", "concurrency": 1}
    reader = emulated(AI302FileLoader, gateway, sources=sources, **how)
    (document,) = load(reader)
    assert document.page_content == "fine"
    (failure,) = reader.report.failures
    assert failure.reason.startswith(f"{failure.source}: MinerU failed: it is locked. The task may")


def test_blobs_are_read_from_memory_and_from_disk(gateway, load, tmp_path):
    (tmp_path / "a.docx").write_bytes(docx("# Offer"))
    blob = Blob.from_path(tmp_path / "a.docx", metadata={"deal": 7})
    (document,) = load(emulated(AI302FileParser, gateway), blob)
    assert document.metadata["source"] == str(tmp_path / "a.docx")
    assert (document.metadata["deal"], document.page_content) == (7, "# Offer")
    (document,) = load(
        emulated(AI302FileParser, gateway), Blob.from_data(docx("# Offer"), path="b.docx")
    )
    assert (document.metadata["source"], document.page_content) == ("b.docx", "# Offer")


def test_a_byte_store_of_langchain_is_a_cache(gateway, load):
    store, content = InMemoryByteStore(), docx("a")  # made once: a zip tells the time
    for expected in (False, True):
        reader = emulated(AI302FileLoader, gateway, sources=content, cache=store)
        (document,) = load(reader)
        assert document.metadata["cached"] is expected
    assert len(gateway.requests) == 1


def test_a_refusal_is_an_error_of_both_trees(server, load):
    server.answer(reply(429, b"slow down"))
    how = {"api_key": KEY, "base_url": server.url, "max_retries": 0}
    with pytest.raises(ModelRateLimitError, match="slow down"):
        load(AI302FileLoader(sources=docx("a"), **how))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"metod": "parse"}, "did you mean 'method'"),
        ({"method": "ocr"}, "method"),
        ({"split_by": "line"}, "split_by"),
        ({"mineru_version": "3"}, "mineru_version"),
    ],
)
def test_a_wrong_option_is_named_when_the_object_is_made(given, says):
    with pytest.raises(AI302Error, match=says):
        AI302FileLoader(sources="a.pdf", api_key=KEY, **given)


def test_no_key_is_pickled_and_the_cache_goes_along(tmp_path, monkeypatch):
    monkeypatch.setenv("AI302_API_KEY", KEY)
    made = AI302FileLoader("a.pdf", api_key="canary-1", cache=str(tmp_path / "c"))
    assert b"canary-1" not in pickle.dumps(made)
    again = pickle.loads(pickle.dumps(made))
    assert (again.sources, again.cache) == ("a.pdf", str(tmp_path / "c"))


def test_the_parser_drops_into_the_loaders_of_the_community(gateway, tmp_path):
    generic = pytest.importorskip("langchain_community.document_loaders.generic")
    blobs = pytest.importorskip("langchain_community.document_loaders.blob_loaders")
    (tmp_path / "a.docx").write_bytes(docx("# Offer"))
    (tmp_path / "b.pdf").write_bytes(REPORT)
    parser = emulated(AI302FileParser, gateway)
    found = generic.GenericLoader(blobs.FileSystemBlobLoader(tmp_path), parser).load()
    assert sorted(document.page_content[:8] for document in found) == ["# Offer", "# Report"]
    parser.close()


def test_what_was_read_is_found_again_with_its_page(gateway):
    with emulated(AI302FileLoader, gateway, sources=REPORT, method="mineru") as reader:
        documents = reader.load()
    where = {"api_key": gateway.api_key, "base_url": gateway.base_url}
    with AI302Embeddings(model="text-embedding-3-small", **where) as embeddings:
        store = InMemoryVectorStore.from_documents(documents, embeddings)
        (found,) = store.similarity_search("sleeping dog", k=1)
    assert (found.metadata["page"], found.page_content) == (2, "The dog sleeps.")
