"""Recordings as LangChain documents: the parser and the loader, in the places made for them."""

import asyncio
import json
import pickle

import pytest
from langchain_core.document_loaders import BaseBlobParser, BaseLoader
from langchain_core.documents.base import Blob
from langchain_core.exceptions import ModelRateLimitError
from langchain_core.stores import InMemoryByteStore

import emulator_302
from core_302 import AI302Error
from emulator_302.sound.tones import spoken
from langchain_302 import AI302AudioLoader, AI302AudioParser
from tests.conftest import KEY
from tests.recordings import mp3
from tests.scripted_server import reply

CALL = spoken("Anna: Hi there. How are you?\nBen: Fine!")


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
    where = {"api_key": gateway.api_key, "base_url": gateway.base_url, "max_retries": 0}
    return kind(**where, **more)


def test_each_class_is_what_the_framework_asks_for():
    assert issubclass(AI302AudioParser, BaseBlobParser)
    assert issubclass(AI302AudioLoader, BaseLoader)


def test_a_folder_is_heard_file_by_file(gateway, load, tmp_path):
    (tmp_path / "a.wav").write_bytes(CALL)
    (tmp_path / "b.mp3").write_bytes(mp3(2))
    (tmp_path / "c.pdf").write_bytes(b"no recording")
    reader = emulated(AI302AudioLoader, gateway, sources=tmp_path)
    call, other = load(reader)
    assert call.page_content == "Anna: Hi there. How are you?\nBen: Fine!"
    assert (call.metadata["kind"], call.metadata["duration"]) == ("file", 0.8)
    assert len(json.loads(call.metadata["segments"])) == 3
    assert other.page_content == "The emulator understands no speech: 2.0 s of mp3."
    assert str(reader.report).startswith("Files: 2 read, 0 from the cache, 0 failed")
    plain = (str, int, float, bool)
    assert all(isinstance(v, plain) for d in (call, other) for v in d.metadata.values())


def test_speakers_and_times_are_metadata_of_passages(gateway, load, tmp_path):
    how = {"sources": CALL, "cache": str(tmp_path / "cache"), "split_by": "passage"}
    model = "gpt-4o-transcribe-diarize"
    anna, ben = load(emulated(AI302AudioLoader, gateway, model=model, **how))
    assert (anna.page_content, anna.metadata["speaker"]) == ("Anna: Hi there. How are you?", "A")
    assert (ben.metadata["start"], ben.metadata["end"], ben.metadata["speaker"]) == (0.6, 0.8, "B")
    load(emulated(AI302AudioLoader, gateway, model=model, **{**how, "split_by": "file"}))
    assert len(gateway.requests) == 1


def test_words_have_their_times(gateway, load):
    how = {"sources": CALL, "words": True, "split_by": "segment"}
    _, second, _ = load(emulated(AI302AudioLoader, gateway, **how))
    words = json.loads(second.metadata["words"])
    assert [(w["text"], w["start"]) for w in words] == [("How", 0.3), ("are", 0.4), ("you?", 0.5)]


def test_blobs_are_heard_from_memory_and_from_disk(gateway, load, tmp_path):
    (tmp_path / "a.wav").write_bytes(CALL)
    blob = Blob.from_path(tmp_path / "a.wav", metadata={"deal": 7})
    (document,) = load(emulated(AI302AudioParser, gateway), blob)
    assert (document.metadata["source"], document.metadata["deal"]) == (str(tmp_path / "a.wav"), 7)
    blob = Blob.from_data(CALL, path="b.mp3")
    (document,) = load(emulated(AI302AudioParser, gateway), blob)
    assert document.metadata["file_type"] == "audio/wav", "by its bytes, not by its name"


def test_a_byte_store_of_langchain_is_a_cache(gateway, load):
    store = InMemoryByteStore()
    for expected in (False, True):
        reader = emulated(AI302AudioLoader, gateway, sources=CALL, cache=store)
        (document,) = load(reader)
        assert document.metadata["cached"] is expected
    assert len(gateway.requests) == 1


def test_a_refusal_is_an_error_of_both_trees(server, load):
    server.answer(reply(429, b"slow down"))
    how = {"api_key": KEY, "base_url": server.url, "max_retries": 0}
    with pytest.raises(ModelRateLimitError, match="slow down"):
        load(AI302AudioLoader(sources=CALL, **how))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"modell": "x"}, "did you mean 'model'"),
        ({"language": "English, please"}, "language"),
        ({"split_by": "word"}, "split_by"),
        ({"passage_length": 0}, "passage_length"),
        ({"transcript_format": "xml"}, "transcript_format"),
    ],
)
def test_a_wrong_option_is_named_when_the_object_is_made(given, says):
    with pytest.raises(AI302Error, match=says):
        AI302AudioLoader(sources="a.mp3", api_key=KEY, **given)


def test_no_key_is_pickled_and_the_cache_goes_along(tmp_path, monkeypatch):
    monkeypatch.setenv("AI302_API_KEY", KEY)
    made = AI302AudioLoader("a.mp3", api_key="canary-1", cache=str(tmp_path / "c"))
    assert b"canary-1" not in pickle.dumps(made)
    again = pickle.loads(pickle.dumps(made))
    assert (again.sources, again.cache) == ("a.mp3", str(tmp_path / "c"))


def test_the_parser_drops_into_the_loaders_of_the_community(gateway, tmp_path):
    generic = pytest.importorskip("langchain_community.document_loaders.generic")
    blobs = pytest.importorskip("langchain_community.document_loaders.blob_loaders")
    (tmp_path / "a.wav").write_bytes(CALL)
    parser = emulated(AI302AudioParser, gateway)
    (found,) = generic.GenericLoader(blobs.FileSystemBlobLoader(tmp_path), parser).load()
    assert found.page_content.startswith("Anna: Hi there.")
    parser.close()
