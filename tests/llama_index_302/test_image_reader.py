"""Images as LlamaIndex documents, alone and in SimpleDirectoryReader."""

import asyncio
import pickle

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from llama_index.core import SimpleDirectoryReader
from llama_index.core.readers.base import BasePydanticReader
from llama_index.core.schema import MetadataMode
from llama_index.core.storage.kvstore import SimpleKVStore
from pydantic import BaseModel

import emulator_302
from core_302 import AI302Error
from llama_index_302 import AI302ImageReader
from tests.conftest import KEY
from tests.scans import pdf, scan
from tests.scripted_server import completion, reply

FINE = reply(200, completion("read"), headers={"request-id": "r1"})


class Receipt(BaseModel):
    total: float


@pytest.fixture(params=["sync", "async"])
def load(request):
    """Return a function that loads everything, by either kind of method."""

    def all_of(reader, *given, **more):
        if request.param == "sync":
            documents = reader.load_data(*given, **more)
            reader.close()
            return documents

        async def collect():
            found = await reader.aload_data(*given, **more)
            await reader.aclose()
            return found

        return asyncio.run(collect())

    return all_of


def reader_of(server, **more):
    return AI302ImageReader(api_key=KEY, api_base=server.url, max_retries=0, **more)


def test_the_class_is_what_the_framework_asks_for():
    assert issubclass(AI302ImageReader, BasePydanticReader)


def test_each_page_is_a_document_whose_numbers_no_model_sees(server, load, tmp_path):
    server.answer(FINE)
    (tmp_path / "a.pdf").write_bytes(pdf("a", "b"))
    reader = reader_of(server)
    documents = load(reader, tmp_path / "a.pdf", extra_info={"box": 7})
    assert [(d.text, d.metadata["page"], d.metadata["box"]) for d in documents] == [
        ("read", 1, 7),
        ("read", 2, 7),
    ]
    assert documents[0].metadata["cost_ids"] == "r1"
    assert "r1" not in documents[0].get_content(MetadataMode.LLM)
    assert "page: 1" in documents[0].get_content(MetadataMode.EMBED)
    assert len({document.id_ for document in documents}) == 2
    assert reader.report.read == 2


def test_fields_of_a_class_stand_in_the_metadata(server, load):
    server.answer(reply(200, completion('{"total": 4.5}')))
    (document,) = load(reader_of(server, output=Receipt), scan("a"))
    assert document.metadata["fields"] == {"total": 4.5}


def test_a_key_value_store_of_llama_index_is_a_cache(server, load):
    server.answer(FINE)
    store = SimpleKVStore()
    for expected in (False, True):
        (document,) = load(reader_of(server, cache=store), scan("a"))
        assert document.metadata["cached"] is expected
    assert len(server.seen) == 1


def test_files_of_another_file_system_are_read(server, load):
    server.answer(FINE)
    files = MemoryFileSystem()
    with files.open("/scans/a.png", "wb") as file:
        file.write(scan("a"))
    (document,) = load(reader_of(server), "/scans/a.png", fs=files)
    assert document.metadata["source"] == "a.png"


def test_a_wrong_option_is_named_when_the_object_is_made():
    with pytest.raises(ValueError, match="concurrency"):
        AI302ImageReader(api_key=KEY, concurrency=0)


def test_no_key_is_shown_dumped_or_pickled(monkeypatch):
    monkeypatch.setenv("AI302_API_KEY", KEY)
    made = AI302ImageReader(api_key="canary-1", reader="qwen-vl-ocr", cache="readings.sqlite")
    assert "canary-1" not in repr(made) + str(made.to_dict())
    assert b"canary-1" not in pickle.dumps(made)
    again = pickle.loads(pickle.dumps(made))
    assert (again.reader, again.cache) == ("qwen-vl-ocr", "readings.sqlite")
    assert AI302ImageReader.from_dict(made.to_dict()).reader == "qwen-vl-ocr"


@pytest.fixture(scope="module")
def gateway():
    with emulator_302.running() as running:
        yield running


def emulated(gateway, **more):
    return AI302ImageReader(api_key=gateway.api_key, api_base=gateway.base_url, **more)


@pytest.mark.parametrize("way", ["load_data", "aload_data"])
def test_the_reader_drops_into_a_directory_reader(gateway, tmp_path, way):
    (tmp_path / "a.png").write_bytes(scan("First"))
    (tmp_path / "b.pdf").write_bytes(pdf("Second", "Third"))
    reader = emulated(gateway)
    directory = SimpleDirectoryReader(
        tmp_path, file_extractor={".png": reader, ".pdf": reader}, raise_on_error=True
    )
    if way == "load_data":
        documents = directory.load_data()
    else:

        async def collect():
            found = await directory.aload_data()
            await reader.aclose()
            return found

        documents = asyncio.run(collect())
    reader.close()
    assert [document.text for document in documents] == ["First", "Second", "Third"]
    assert documents[2].metadata["file_name"] == "b.pdf"
    assert documents[2].metadata["page"] == 2


def test_a_broken_file_is_named(gateway, load, tmp_path):
    (tmp_path / "text.png").write_bytes(b"Dear reader")
    with pytest.raises(AI302Error, match=r"text\.png: it is neither an image"):
        load(emulated(gateway), tmp_path)


def test_an_address_is_opened_only_where_the_program_allows_it(server, load):
    """What `load_data` is given, a model may have chosen: as a tool it reads what it is told."""
    server.answer(FINE)
    system = MemoryFileSystem()
    system.pipe("/addresses/a.png", scan("a"))
    with pytest.raises(AI302Error, match="is opened only with storage_options="):
        load(reader_of(server), "memory://addresses")
    assert not server.seen
    (document,) = load(reader_of(server, storage_options={}), "memory://addresses")
    assert document.metadata["source"] == "memory:///addresses/a.png"
    system.rm("/addresses", recursive=True)
