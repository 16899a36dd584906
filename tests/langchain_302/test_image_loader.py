"""Images as LangChain documents: the parser and the loader, in the places made for them."""

import asyncio
import pickle

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from langchain_core.document_loaders import BaseBlobParser, BaseLoader
from langchain_core.documents.base import Blob
from langchain_core.exceptions import ModelRateLimitError
from langchain_core.stores import InMemoryByteStore
from pydantic import BaseModel

import emulator_302
from core_302 import AI302Error
from emulator_302 import Fault
from langchain_302 import AI302ImageLoader, AI302ImageParser
from tests.conftest import KEY
from tests.scans import pdf, scan, tiff
from tests.scripted_server import completion, reply

FINE = reply(200, completion("read"), headers={"request-id": "r1"})


class Receipt(BaseModel):
    total: float


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


def loader(server, sources, **more):
    how = {"api_key": KEY, "base_url": server.url, "max_retries": 0, **more}
    return AI302ImageLoader(sources=sources, **how)


def parser(server, **more):
    return AI302ImageParser(api_key=KEY, base_url=server.url, max_retries=0, **more)


def test_each_class_is_what_the_framework_asks_for():
    assert issubclass(AI302ImageParser, BaseBlobParser)
    assert issubclass(AI302ImageLoader, BaseLoader)


def test_each_page_is_a_document(server, load, tmp_path):
    server.answer(FINE)
    (tmp_path / "a.tiff").write_bytes(tiff("a", "b"))
    (tmp_path / "b.png").write_bytes(scan("c"))
    reader = loader(server, tmp_path)
    documents = load(reader)
    told = [(d.metadata["source"][-6:], d.metadata["page"]) for d in documents]
    assert told == [("a.tiff", 1), ("a.tiff", 2), ("/b.png", 1)]
    assert {document.page_content for document in documents} == {"read"}
    assert len({document.id for document in documents}) == 3
    assert documents[0].metadata["cost_ids"] == "r1"
    assert reader.report.read == 3


def test_fields_of_a_class_stand_in_the_metadata(server, load):
    server.answer(reply(200, completion('{"total": 4.5}')))
    (document,) = load(loader(server, scan("a"), output=Receipt))
    assert document.metadata["fields"] == {"total": 4.5}


def test_blobs_are_read_from_memory_and_from_disk(server, load, tmp_path):
    server.answer(FINE)
    (tmp_path / "a.png").write_bytes(scan("a"))
    from_disk = Blob.from_path(tmp_path / "a.png", metadata={"box": 7})
    in_memory = Blob.from_data(scan("a"), path="b.png", metadata={"source": "c.png"})
    (document,) = load(parser(server), from_disk)
    assert document.metadata["source"] == str(tmp_path / "a.png")
    assert document.metadata["box"] == 7
    (document,) = load(parser(server), in_memory)
    assert document.metadata["source"] == "c.png"
    (document,) = load(parser(server), Blob.from_data(scan("a")))
    assert document.metadata["source"] == "blob"


def test_a_byte_store_of_langchain_is_a_cache(server, load):
    server.answer(FINE)
    store = InMemoryByteStore()
    for expected in (False, True):
        (document,) = load(loader(server, scan("a"), cache=store))
        assert document.metadata["cached"] is expected
    assert len(server.seen) == 1


def test_a_refusal_is_an_error_of_both_trees(server, load):
    server.answer(reply(429, b"slow down"))
    with pytest.raises(ModelRateLimitError, match="slow down"):
        load(loader(server, scan("a")))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"on_errors": "skip"}, "did you mean 'on_error'"),
        ({"concurrency": 0}, "concurrency"),
        ({"options": {"temprature": 0}}, "did you mean 'temperature'"),
    ],
)
def test_a_wrong_option_is_named_when_the_object_is_made(given, says):
    with pytest.raises(AI302Error, match=says):
        AI302ImageLoader(sources="a.png", api_key=KEY, **given)


def test_no_key_is_pickled_and_the_cache_goes_along(tmp_path, monkeypatch):
    monkeypatch.setenv("AI302_API_KEY", KEY)
    made = AI302ImageLoader(sources="a.png", api_key="canary-1", cache=str(tmp_path / "c"))
    assert b"canary-1" not in pickle.dumps(made)
    assert pickle.loads(pickle.dumps(made)).cache == str(tmp_path / "c")
    assert "canary-1" not in repr(made)


@pytest.fixture(scope="module")
def gateway():
    with emulator_302.running() as running:
        yield running


def emulated(kind, gateway, **more):
    return kind(api_key=gateway.api_key, base_url=gateway.base_url, max_retries=0, **more)


@pytest.mark.parametrize("reader", ["gpt-4o-mini", "ocr", "qwen-vl-ocr", "mistral-ocr-latest"])
def test_every_kind_of_reader_reads_what_stands_in_an_image(gateway, load, reader):
    sources = [scan("Invoice 4711", "Total 40 EUR"), scan()]
    loader = emulated(AI302ImageLoader, gateway, sources=sources, reader=reader, on_blank="keep")
    full, empty = load(loader)
    assert full.page_content == "Invoice 4711\nTotal 40 EUR"
    assert (empty.page_content, empty.metadata["empty"]) == ("", True)


def test_fields_are_filled_from_an_image_and_costs_are_looked_up(gateway, load):
    sources = scan("Bakery", "Total 4.50")
    reader = emulated(AI302ImageLoader, gateway, sources=sources, output=Receipt, look_up_cost=True)
    (document,) = load(reader)
    assert document.metadata["fields"] == {"total": 4.5}
    assert document.metadata["cost"] == reader.report.cost > 0


def test_a_page_without_text_is_no_document_and_the_report_counts_it(gateway, load):
    reader = emulated(AI302ImageLoader, gateway, sources=[scan(), scan("Fine")])
    (document,) = load(reader)
    assert document.page_content == "Fine"
    assert (reader.report.read, reader.report.empty) == (2, 1)


@pytest.mark.parametrize("content", [b"nothing", scan()], ids=["broken", "blank"])
def test_an_image_of_a_document_is_an_empty_text_and_never_nothing(
    gateway, load, content, tmp_path
):
    """LangChain's PDF loaders call `next()` on what an image's parser yields."""
    reader = emulated(AI302ImageParser, gateway, on_error="skip")
    (document,) = load(reader, Blob.from_data(content, metadata={"source": "a.pdf"}))
    assert (document.page_content, document.metadata) == ("", {"source": "a.pdf", "empty": True})
    (tmp_path / "a.png").write_bytes(content)
    reader = emulated(AI302ImageParser, gateway, on_error="skip")
    assert load(reader, Blob.from_path(tmp_path / "a.png")) == []


def test_every_bad_file_is_one_line_of_the_report_with_its_name(gateway, load, tmp_path):
    files = {
        "broken.jpg": scan("a", form="JPEG")[:1500],
        "pixel.png": scan(size=(1, 1)),
        "text.png": b"Dear reader",
        "fine.png": scan("Fine"),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "none").mkdir()
    sources = [tmp_path, tmp_path / "none", tmp_path / "missing.png"]
    reader = emulated(AI302ImageLoader, gateway, sources=sources, on_error="skip")
    (document,) = load(reader)
    assert document.page_content == "Fine"
    reasons = [failure.reason.removeprefix(f"{tmp_path}/") for failure in reader.report.failures]
    assert reasons[0].startswith("broken.jpg: it is broken")
    assert reasons[1].startswith("pixel.png: Parameter error")
    assert "(HTTP 400, err_code -10003)" in reasons[1]
    assert reasons[2] == "text.png: it is neither an image nor a PDF, judging by its first bytes."
    assert reasons[3].startswith("none: it contains no image")
    assert reasons[4] == "missing.png: it cannot be read: No such file or directory."


def test_a_busy_gateway_is_asked_again(gateway, load):
    gateway.inject(Fault.error(429, -10003, "slow down", headers={"retry-after": "0"}))
    reader = AI302ImageLoader(
        sources=scan("Fine"), api_key=gateway.api_key, base_url=gateway.base_url
    )
    assert load(reader)[0].page_content == "Fine"


def test_the_parser_drops_into_the_loaders_of_the_community(gateway, tmp_path):
    generic = pytest.importorskip("langchain_community.document_loaders.generic")
    blobs = pytest.importorskip("langchain_community.document_loaders.blob_loaders")
    (tmp_path / "a.pdf").write_bytes(pdf("First", "Second"))
    parser = emulated(AI302ImageParser, gateway)
    found = generic.GenericLoader(blobs.FileSystemBlobLoader(tmp_path), parser).load()
    assert [document.page_content for document in found] == ["First", "Second"]
    pdfs = pytest.importorskip("langchain_community.document_loaders.pdf")
    loader = pdfs.PyPDFLoader(tmp_path / "a.pdf", extract_images=True, images_parser=parser)
    assert [d.page_content.strip() for d in loader.load()] == ["First", "Second"]
    parser.close()


def test_a_loaders_own_sources_may_be_addresses(server, load):
    server.answer(FINE)
    system = MemoryFileSystem()
    system.pipe("/own/a.png", scan("a"))
    reader = loader(server, "memory://own", password="sesame")
    (document,) = load(reader)
    assert document.metadata["source"] == "memory:///own/a.png"
    assert "sesame" not in repr(reader)
    with pytest.raises(AI302Error, match="a chained address"):
        load(loader(server, "memory://a::file:///etc/hostname"))
    system.rm("/own", recursive=True)
