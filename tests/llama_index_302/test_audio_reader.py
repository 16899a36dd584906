"""Recordings as LlamaIndex documents: the reader, in the places made for it."""

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
from core_302 import AI302Error
from emulator_302.sound.tones import spoken
from llama_index_302 import AI302AudioReader
from tests.conftest import KEY
from tests.recordings import mp3

CALL = spoken("Anna: Hi there. How are you?\nBen: Fine!")


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
    where = {"api_key": gateway.api_key, "api_base": gateway.base_url, "max_retries": 0}
    return AI302AudioReader(**where, **more)


def test_the_class_is_what_the_framework_asks_for():
    assert issubclass(AI302AudioReader, BasePydanticReader)
    assert AI302AudioReader.class_name() == "AI302AudioReader"


def test_a_recording_is_a_document_whose_parts_no_model_sees(gateway, load):
    reader = emulated(gateway)
    (document,) = load(reader, CALL, extra_info={"deal": 7})
    assert document.text.startswith("Anna: Hi there.")
    assert document.metadata["deal"] == 7
    shown = document.get_content(MetadataMode.LLM)
    assert document.metadata["segments"] not in shown
    assert document.metadata["digest"] not in document.get_content(MetadataMode.EMBED)
    assert "language: english" in shown
    assert reader.report.read == 1


def test_speakers_and_times_are_metadata_that_a_model_sees(gateway, load):
    how = {"split_by": "passage", "model": "gpt-4o-transcribe-diarize"}
    anna, ben = load(emulated(gateway, **how), CALL)
    assert (anna.text, anna.metadata["speaker"]) == ("Anna: Hi there. How are you?", "A")
    assert "speaker: B" in ben.get_content(MetadataMode.LLM)
    assert "start: 0.6" in ben.get_content(MetadataMode.LLM)
    assert anna.id_ != ben.id_


def test_a_key_value_store_of_llama_index_is_a_cache(gateway, load):
    store = SimpleKVStore()
    for expected in (False, True):
        (document,) = load(emulated(gateway, cache=store), CALL)
        assert document.metadata["cached"] is expected
    assert len(gateway.requests) == 1


def test_files_of_another_file_system_are_heard(gateway, load):
    files = MemoryFileSystem()
    with files.open("/calls/a.wav", "wb") as file:
        file.write(CALL)
    (document,) = load(emulated(gateway), "/calls/a.wav", fs=files)
    assert document.metadata["source"] == "a.wav"


def test_a_wrong_option_is_named_when_the_object_is_made():
    with pytest.raises(ValueError, match="split_by"):
        AI302AudioReader(api_key=KEY, split_by="word")


def test_no_key_is_shown_dumped_or_pickled(monkeypatch):
    monkeypatch.setenv("AI302_API_KEY", KEY)
    made = AI302AudioReader(api_key="canary-1", model="recognize", cache="readings.sqlite")
    assert "canary-1" not in repr(made) + str(made.to_dict())
    assert b"canary-1" not in pickle.dumps(made)
    assert pickle.loads(pickle.dumps(made)).model == "recognize"
    assert AI302AudioReader.from_dict(made.to_dict()).model == "recognize"


@pytest.mark.parametrize("way", ["load_data", "aload_data"])
def test_the_reader_drops_into_a_directory_reader(gateway, tmp_path, way):
    (tmp_path / "a.wav").write_bytes(CALL)
    (tmp_path / "b.mp3").write_bytes(mp3())
    reader = emulated(gateway)
    directory = SimpleDirectoryReader(
        tmp_path, file_extractor={".wav": reader, ".mp3": reader}, raise_on_error=True
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
    assert [document.text[:8] for document in documents] == ["Anna: Hi", "The emul"]
    assert documents[1].metadata["file_name"] == "b.mp3"


def test_the_reader_drops_into_an_ingestion_pipeline(gateway, tmp_path):
    (tmp_path / "a.wav").write_bytes(spoken("It rains in Larkhaven. " * 200))
    with emulated(gateway, words=True) as reader:
        source = ReaderConfig(reader=reader, reader_args=[str(tmp_path)])
        pipeline = IngestionPipeline(transformations=[SentenceSplitter()], readers=[source])
        nodes = pipeline.run()
    assert nodes[0].text.startswith("It rains in Larkhaven.")
    assert {node.metadata["source"] for node in nodes} == {str(tmp_path / "a.wav")}


def test_a_file_that_is_no_recording_is_named(gateway, load, tmp_path):
    (tmp_path / "a.mp3").write_bytes(b"Dear reader")
    with pytest.raises(AI302Error, match=r"a\.mp3: it is no audio"):
        load(emulated(gateway), tmp_path)
