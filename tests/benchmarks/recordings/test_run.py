"""`make recordings` replays a folder to real clients, and keeps nothing that a recording says."""

import json

import pytest

from benchmarks.recordings.__main__ import main
from benchmarks.recordings.finder import find
from benchmarks.recordings.report import Outcome, page
from tests.benchmarks.recordings.wire_samples import (
    STREAM,
    body,
    chunk,
    events,
    keep,
    packed,
    ruby,
    vcrpy,
    whole,
)

SECRET = "Heliotrope"


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / "recorded" / "somebody+something"
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    last = {"choices": [], "usage": usage}
    said = events(chunk(content=SECRET), chunk("stop"), last)
    keep(home, "whole.yaml", vcrpy(body(SECRET)))
    keep(home, "stream.yaml", vcrpy(said, "text/event-stream"))
    keep(home, "zipped.yml", ruby("ASCII-8BIT", base64_string=packed(body("zipped"))))
    keep(home, "refused.yaml", vcrpy(b'{"error": {"message": "no"}}', status=401))
    return home.parent


def test_both_our_clients_read_replies_whole_and_streamed_and_cut(folder, tmp_path, capsys):
    written = tmp_path / "page.md"
    ours = ["--clients", "ChatAI302", "AI302", "--page", str(written)]
    assert main([str(folder), *ours]) == 0
    said = capsys.readouterr().out
    assert "ChatAI302: 4 of 4 right (100.00%), cut 4" in said
    assert "AI302: 4 of 4 right (100.00%), cut 4" in said
    text = written.read_text("utf-8")
    assert "| Mistral | 4 | 4 | 4 |" in text
    assert SECRET not in text


def test_without_a_folder_it_says_what_to_bring(capsys):
    assert main([]) == 2
    said = capsys.readouterr().err
    assert "vercel/ai" in said
    assert "git clone" in said


def test_a_folder_without_recordings_is_no_success(tmp_path, capsys):
    assert main([str(tmp_path)]) == 2
    assert "holds no recording" in capsys.readouterr().err


def test_every_miss_is_on_the_page_by_path_and_form(folder):
    found = find(folder)
    ours, rival = Outcome("ChatAI302", {"ai302": "1"}), Outcome("ChatOpenAI", {"openai": "2"})
    place = [one.path for one in found.recordings].index("stream.yaml")
    ours.note(place, "awaited", ["text"])
    ours.note(place, "cut", ["text"])
    rival.note(place, "blocking", ["reasoning"])
    text = page(found, [ours, rival])
    assert "| ChatAI302 | 3 of 4 (75.00%) | 3 of 4 (75.00%) |" in text
    line = "| somebody/something: `stream.yaml`, 1 | Mistral, stream | text | not explained yet |"
    assert line in text
    assert "| reasoning | 0 | 1 |" in text


def test_a_miss_that_only_cutting_brings_is_told_too(folder):
    found = find(folder)
    ours = Outcome("AI302", {})
    ours.note(0, "cut", ["token counts"])
    assert "| token counts, when cut |" in page(found, [ours])


def test_reasons_for_leaving_out_are_on_the_page(folder):
    keep(folder / "somebody+something", "again.yaml", vcrpy(STREAM, "text/event-stream"))
    keep(folder / "somebody+something", "same.yaml", vcrpy(STREAM, "text/event-stream"))
    keep(folder / "else+where", "package.json", "{}")
    text = page(find(folder), [Outcome("AI302", {})])
    assert "| 1 | the same bytes as another |" in text
    assert "| 1 | no word of chat completions in it |" in text
    assert "Without a recording: else/where." in text


def test_a_miss_is_explained_by_its_form(folder):
    called = {"id": "a", "type": "custom", "custom": {"name": "f", "input": "x"}}
    keep(folder / "somebody+something", "a.json", json.dumps(whole(None, tool_calls=[called])))
    found = find(folder)
    ours = Outcome("AI302", {})
    ours.note([one.path for one in found.recordings].index("a.json"), "awaited", ["tool calls"])
    why = "OpenAI's custom tools are not offered, so calls of them are not read"
    assert f"| {why} |" in page(found, [ours])
