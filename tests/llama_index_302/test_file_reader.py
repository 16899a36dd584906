"""Files as LlamaIndex documents: the reader, in the places made for it."""

import asyncio
import pickle

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from llama_index.core import SimpleDirectoryReader
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.readers.base import BasePydanticReader, ReaderConfig
from llama_index.core.schema import MetadataMode
from llama_index.core.storage.kvstore import SimpleKVStore

import emulator_302
from core_302 import AI302Error, PollPolicy
from llama_index_302 import AI302FileReader
from tests.conftest import KEY
from tests.documents import docx, pdf

REPORT = pdf(["# Report", "The fox jumps."], ["The dog sleeps."])


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


@pytest.fixture(scope="module")
def _server():
    with emulator_302.running() as running:
        yield running


@pytest.fixture
def gateway(_server):
    _server.reset()
    return _server


def emulated(gateway, **more):
    port = gateway.base_url.rpartition(":")[2].partition("/")[0]
    how = {"polling": PollPolicy(first_wait=0.0), "trusted_hosts": [f"localhost:{port}"]}
    where = {"api_key": gateway.api_key, "api_base": gateway.base_url, "max_retries": 0}
    return AI302FileReader(**where, **how, **more)


def test_the_class_is_what_the_framework_asks_for():
    assert issubclass(AI302FileReader, BasePydanticReader)
    assert AI302FileReader.class_name() == "AI302FileReader"


def test_a_file_is_a_document_whose_numbers_no_model_sees(gateway, load):
    reader = emulated(gateway)
    (document,) = load(reader, docx("# Offer", "For you."), extra_info={"deal": 7})
    assert (document.text, document.metadata["deal"]) == ("# Offer\n\nFor you.", 7)
    assert document.metadata["cost_ids"] not in document.get_content(MetadataMode.LLM)
    assert document.metadata["digest"] not in document.get_content(MetadataMode.EMBED)
    assert "kind: file" in document.get_content(MetadataMode.LLM)
    assert reader.report.read == 1


def test_a_pdf_is_read_page_by_page_or_block_by_block(gateway, load):
    one, two = load(emulated(gateway, method="mineru"), REPORT)
    assert (one.text, one.metadata["page"]) == ("# Report\n\nThe fox jumps.", 1)
    assert (two.text, two.metadata["page"]) == ("The dog sleeps.", 2)
    assert one.id_ != two.id_
    *_, last = load(emulated(gateway, method="mineru", split_by="block"), REPORT)
    assert last.metadata["box"] == "100,60,250,75"


def test_a_key_value_store_of_llama_index_is_a_cache(gateway, load):
    store, content = SimpleKVStore(), docx("a")  # made once: a zip tells the time
    for expected in (False, True):
        (document,) = load(emulated(gateway, cache=store), content)
        assert document.metadata["cached"] is expected
    assert len(gateway.requests) == 1


def test_files_of_another_file_system_are_read(gateway, load):
    files = MemoryFileSystem()
    with files.open("/deals/a.docx", "wb") as file:
        file.write(docx("# Offer"))
    (document,) = load(emulated(gateway), "/deals/a.docx", fs=files)
    assert (document.metadata["source"], document.text) == ("a.docx", "# Offer")


def test_a_wrong_option_is_named_when_the_object_is_made():
    with pytest.raises(ValueError, match="method"):
        AI302FileReader(api_key=KEY, method="ocr")


def test_no_key_is_shown_dumped_or_pickled(monkeypatch):
    monkeypatch.setenv("AI302_API_KEY", KEY)
    made = AI302FileReader(api_key="canary-1", method="mineru", cache="readings.sqlite")
    assert "canary-1" not in repr(made) + str(made.to_dict())
    assert b"canary-1" not in pickle.dumps(made)
    again = pickle.loads(pickle.dumps(made))
    assert (again.method, again.cache) == ("mineru", "readings.sqlite")
    assert AI302FileReader.from_dict(made.to_dict()).method == "mineru"


@pytest.mark.parametrize("way", ["load_data", "aload_data"])
def test_the_reader_drops_into_a_directory_reader(gateway, tmp_path, way):
    (tmp_path / "a.docx").write_bytes(docx("# Offer"))
    (tmp_path / "b.pdf").write_bytes(REPORT)
    reader = emulated(gateway, method="auto")
    layout = emulated(gateway, method="mineru")
    directory = SimpleDirectoryReader(
        tmp_path, file_extractor={".docx": reader, ".pdf": layout}, raise_on_error=True
    )
    if way == "load_data":
        documents = directory.load_data()
    else:

        async def collect():
            found = await directory.aload_data()
            await reader.aclose()
            await layout.aclose()
            return found

        documents = asyncio.run(collect())
    reader.close()
    layout.close()
    assert [document.text[:8] for document in documents] == ["# Offer", "# Report", "The dog "]
    assert documents[2].metadata["file_name"] == "b.pdf"
    assert documents[2].metadata["page"] == 2


def test_the_reader_drops_into_an_ingestion_pipeline(gateway, tmp_path):
    (tmp_path / "a.docx").write_bytes(docx("# Offer", "For you."))
    with emulated(gateway) as reader:
        source = ReaderConfig(reader=reader, reader_args=[str(tmp_path)])
        pipeline = IngestionPipeline(transformations=[SentenceSplitter()], readers=[source])
        (node,) = pipeline.run()
    assert node.text == "# Offer\n\nFor you."
    assert node.metadata["source"] == str(tmp_path / "a.docx")


def test_a_broken_file_is_named(gateway, load, tmp_path):
    (tmp_path / "a.docx").write_bytes(b"Dear reader")
    with pytest.raises(AI302Error, match=r"a\.docx: Parameter error: the file cannot be converted"):
        load(emulated(gateway), tmp_path)
