"""Each reply of a folder counts once, or the page says why it does not."""

import gzip

import pytest

from benchmarks.recordings.finder import find
from benchmarks.recordings.replay import reading_of
from tests.benchmarks.recordings.wire_samples import (
    STREAM,
    body,
    chunk,
    events,
    keep,
    packed,
    ruby,
    vcrpy,
)


@pytest.fixture
def repository(tmp_path):
    return tmp_path / "somebody+something"


def test_a_reply_is_told_by_its_repository_its_path_and_its_vendor(tmp_path, repository):
    keep(repository, "tests/a.yaml", vcrpy(body()))
    (found,) = find(tmp_path).recordings
    assert (found.repository, found.path, found.number) == ("somebody/something", "tests/a.yaml", 1)
    assert (found.vendor, found.stream, found.gzipped) == ("Mistral", False, False)


def test_a_file_s_path_names_the_vendor_where_no_address_does(tmp_path, repository):
    keep(repository, "deepseek/fixture.json", body())
    assert find(tmp_path).recordings[0].vendor == "DeepSeek"


def test_the_same_bytes_count_once(tmp_path, repository):
    keep(repository, "a.yaml", vcrpy(body()))
    keep(repository, "b.yaml", vcrpy(body()))
    keep(tmp_path / "else+where", "c.yaml", vcrpy(body()))
    found = find(tmp_path)
    assert len(found.recordings) == 1
    assert found.skipped_exchanges == {"the same bytes as another": 2}
    assert found.without_recordings == ["somebody/something"]


def test_a_zipped_reply_is_sent_zipped_and_read(tmp_path, repository):
    keep(repository, "a.yml", ruby("ASCII-8BIT", base64_string=packed(body())))
    (found,) = find(tmp_path).recordings
    assert found.gzipped
    assert reading_of(found).text == "Grüße"


def test_a_zipped_file_is_opened(tmp_path, repository):
    keep(repository, "a.yaml.gz", gzip.compress(vcrpy(STREAM, "text/event-stream")))
    keep(repository, "b.yaml.gz", b"not gzip")
    found = find(tmp_path)
    assert found.recordings[0].stream
    assert found.skipped_files == {"not gzip, or cut": 1}


def test_a_refusal_is_a_recording_too(tmp_path, repository):
    keep(repository, "a.yaml", vcrpy(b'{"error": {"message": "no"}}', status=401))
    (found,) = find(tmp_path).recordings
    assert found.status == 401
    assert reading_of(found).error


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(vcrpy(body(), url="https://h/v1/embeddings"), "of another endpoint", id="url"),
        pytest.param(vcrpy(b""), "no body was recorded", id="empty"),
        pytest.param(vcrpy(b"<html>"), "the body is not JSON", id="html"),
        pytest.param(vcrpy(b'{"choices": [{"text": "a"}]}'), "not of a chat", id="completions"),
        pytest.param(
            vcrpy(events(chunk(content="a"), done=False), "text/event-stream"),
            "cut before its end",
            id="cut",
        ),
        pytest.param(vcrpy(b"\xff\xfe"), "a body that is not text", id="binary"),
    ],
)
def test_what_is_left_out_says_why(tmp_path, repository, content, why):
    keep(repository, "a.yaml", content + b"# chat/completions")
    found = find(tmp_path)
    assert not found.recordings
    assert [why in words for words in found.skipped_exchanges] == [True]


def test_files_of_other_things_are_counted_and_not_read(tmp_path, repository):
    keep(repository, "package.json", "{}")
    keep(repository, "src/main.py", "chat/completions")
    keep(repository, ".git/a.json", body())
    found = find(tmp_path)
    assert found.files == 1
    assert found.skipped_files == {"no word of chat completions in it": 1}
