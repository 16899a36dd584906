"""Whatever tool kept a reply, it is found as it was sent."""

import base64
import gzip
import json

import pytest

from benchmarks.recordings.cassettes import DUMPED, UnreadableFileError, exchanges
from tests.benchmarks.recordings import wire_samples as samples
from tests.benchmarks.recordings.wire_samples import STREAM, body


def only(name, content):
    (found,) = exchanges(name, content if isinstance(content, bytes) else content.encode())
    return found


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.yaml", samples.vcrpy(body()), id="vcrpy"),
        pytest.param("a.yaml", samples.with_objects(), id="vcrpy with objects as headers"),
        pytest.param("a.yml", samples.ruby("UTF-8", string=body().decode()), id="vcr of Ruby"),
        pytest.param(
            "a.yml",
            samples.ruby("ASCII-8BIT", string=body().decode("latin-1")),
            id="vcr of Ruby, bytes as escapes",
        ),
        pytest.param(
            "a.yml",
            samples.ruby("ASCII-8BIT", base64_string=base64.b64encode(body()).decode()),
            id="vcr of Ruby, base64",
        ),
        pytest.param("a.yml", samples.of_ruby_bytes(body()), id="vcr of Ruby, its own tag"),
        pytest.param("a.yaml", samples.when_then(), id="httpmock"),
        pytest.param("a.yaml", samples.parsed(), id="parsed bodies"),
        pytest.param("a.json", samples.one_exchange(), id="one exchange as JSON"),
        pytest.param("a.json", f"[{samples.one_exchange()}]", id="a list of exchanges"),
        pytest.param("a.har", samples.har(body().decode()), id="HAR"),
        pytest.param(
            "a.har",
            samples.har(base64.b64encode(body()).decode(), encoding="base64"),
            id="HAR, base64",
        ),
        pytest.param("a.json", body(), id="a body alone"),
    ],
)
def test_a_whole_reply_is_found_in_what_any_tool_kept(name, content):
    found = only(name, content)
    assert json.loads(found.body) == samples.whole()
    assert (found.method, found.status) == ("POST", 200)
    assert not found.asked_to_stream


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.yaml", samples.vcrpy(STREAM, "text/event-stream"), id="vcrpy"),
        pytest.param("a.yaml", samples.go_vcr(), id="go-vcr"),
        pytest.param("a.sse", STREAM, id="events alone"),
        pytest.param("a.txt", STREAM, id="events in a text"),
        pytest.param(
            "a.chunks.txt",
            "\n".join(
                json.dumps(one, ensure_ascii=False)
                for one in (
                    samples.chunk(content="Grü"),
                    samples.chunk(content="ße"),
                    samples.chunk("stop"),
                )
            ),
            id="a line for each chunk",
        ),
    ],
)
def test_a_stream_is_found_byte_for_byte(name, content):
    found = only(name, content)
    assert found.body == STREAM
    assert found.media_type == "text/event-stream"


def test_a_trace_holds_its_replies_one_after_another():
    first, second = exchanges("a.httprr", samples.httprr())
    assert json.loads(first.body) == samples.whole()
    assert second.body == STREAM
    assert {first.url, second.url} == {samples.URL}


def test_a_trace_that_is_cut_says_so():
    with pytest.raises(UnreadableFileError, match="lengths"):
        exchanges("a.httprr", b"httprr trace v1\nbroken\n")


def test_compressed_bytes_stay_compressed():
    content = gzip.compress(body())
    assert only("a.yaml", samples.vcrpy(content)).body == content
    pieces = json.dumps([base64.b64encode(content).decode()])
    assert only("a.har", samples.har(pieces, encoding="base64")).body == content


def test_what_an_sdk_made_of_a_reply_is_told_apart():
    found = only("a.json", samples.objects(samples.whole()))
    assert found.kind == DUMPED
    assert json.loads(found.body) == samples.whole()
    in_chunks = only("a.json", samples.objects([samples.chunk("stop", content="Hi")]))
    assert in_chunks.asked_to_stream
    assert in_chunks.body == samples.events(samples.chunk("stop", content="Hi"))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.yaml", "a: [", "not YAML"),
        ("a.yaml", "choices: 3", "neither an exchange nor a reply"),
        ("a.json", "{", "not JSON"),
        ("a.txt", "chat.completion", "without events"),
        ("a.txt", '{"a": 1}', "not chunks"),
    ],
)
def test_a_file_without_an_exchange_says_why(name, content, why):
    with pytest.raises(UnreadableFileError, match=why):
        exchanges(name, content.encode())


def test_a_file_cannot_run_anything(tmp_path):
    mark = tmp_path / "mark"
    written = samples.vcrpy(body()).decode()
    attack = f"!!python/object/apply:pathlib.Path.touch ['{mark}']"
    exchanges("a.yaml", f"{written}\nextra: {attack}\n".encode())
    assert not mark.exists()
