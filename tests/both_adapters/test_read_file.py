"""An agent reads documents, alike in both frameworks: what is sent, told, saved, and refused."""

import asyncio

import pytest

import langchain_302
import llama_index_302
from core_302 import AI302Error
from core_302.tools import read_file
from tests.both_adapters.test_image_reports import Tool
from tests.core_302.reading.test_read_file import (
    CONVERTED,
    LINK,
    OFFER,
    ORDERED,
    PARSED,
    REPORT,
    RESULT,
    UPLOADED,
    WORD,
    done,
)
from tests.scripted_server import Close, reply
from tests.sent import sent

NAME = "AI302ReadFileTool"


@pytest.fixture(params=["sync", "async"])
def tools(request, framework, server):
    tools = Tool(framework, request.param, server)
    yield tools
    tools.close()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "offer.docx").write_bytes(OFFER)
    (tmp_path / "in" / "report.pdf").write_bytes(REPORT)
    (tmp_path / "in" / "notes.md").write_bytes("# Größe".encode())
    (tmp_path / "in" / ".env").write_bytes(b"KEY=secret")
    (tmp_path / "in" / "plan").write_bytes(REPORT)
    return tmp_path / "in"


def refused(tools, tool, **said):
    """Return the words of a refusal, as a model reads them."""
    if tools._module.__name__.startswith("langchain"):
        return tools.call(tool, **said)[0]
    with pytest.raises(AI302Error) as caught:
        tools.call(tool, **said)
    return caught.value.message


def test_a_file_of_an_allowed_folder_is_posted_and_told(tools, server, folder):
    server.answer(CONVERTED, reply(200, {"data": {"cost": 0.0001}}))
    tool = tools.make(NAME, allowed_dirs=[folder])
    text, report = tools.call(tool, file="offer.docx")
    assert text == "offer.docx, read by markitdown, 7 characters:\n\n# Offer"
    assert [sent(seen) for seen in server.seen] == [
        (
            "POST",
            "/302/markitdown/convert",
            {},
            [
                ("source_data_type", None, None, b"file"),
                ("file", "file.docx", WORD, OFFER),
            ],
        ),
        ("GET", "/dashboard/record/r1", {}, None),
    ]
    assert report == {
        "kind": "text",
        "model": None,
        "source": "offer.docx",
        "method": "markitdown",
        "characters": 7,
        "text": "# Offer",
        "request_id": "r1",
        "cost_ids": ["r1"],
        "task_id": None,
        "cost": 0.0001,
        "files": [],
    }
    assert tool.spent == pytest.approx(0.0001)


def test_a_link_is_followed_by_the_gateway(tools, server):
    server.answer(PARSED)
    tool = tools.make(NAME, look_up_cost=False)
    text, report = tools.call(tool, file=" https://a.example/b.rtf?c=d ")
    assert sent(server.seen[0])[:3] == (
        "GET",
        "/302/file/parsing",
        {"url": "https://a.example/b.rtf?c=d"},
    )
    assert text.startswith("https://a.example/b.rtf, read by parse")
    assert (report["text"], report["cost"]) == ("words", None)


def test_a_pdf_is_told_page_by_page_and_its_task_can_be_resumed(tools, server, folder):
    server.answer(UPLOADED, ORDERED, done(server), RESULT)
    how = {"allowed_dirs": [folder], "method": "mineru", "look_up_cost": False}
    tool = tools.make(NAME, **how)
    text, report = tools.call(tool, file="report.pdf")
    assert text.endswith("[page 1]\n# Title\n\nWords.\n\n[page 2]\n<table/>")
    assert (report["task_id"], report["request_id"]) == ("t1", "o1")
    server.answer(UPLOADED, ORDERED, [Close])
    assert "'t1' (tool.resume)" in refused(tools, tool, file="report.pdf")
    server.answer(done(server), RESULT)
    again = tool.resume("t1") if tools._way == "sync" else asyncio.run(tool.aresume("t1"))
    assert "[page 2]" in str(again)


def test_what_is_text_already_is_sent_nowhere_and_counts_nothing(tools, server, folder):
    tool = tools.make(NAME, allowed_dirs=[folder], budget=0.001)
    text, report = tools.call(tool, file="notes.md")
    assert text == "notes.md, read by text, 7 characters:\n\n# Größe"
    assert (report["cost"], tool.spent, server.seen) == (0.0, 0.0, [])


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("../offer.docx", "no document '../offer.docx' that may be read"),
        ("/etc/passwd", "no document '/etc/passwd' that may be read"),
        (".env", "no document '.env' that may be read"),
        ("none.pdf", "no document 'none.pdf' that may be read"),
        ("link.docx", "no document 'link.docx' that may be read"),
        ("file:///etc/passwd", "only http(s) links"),
        ("http://169.254.169.254/a.pdf", "internal address"),
        ("data:application/pdf;base64,JVBERi0=", "not the data itself"),
        ("empty.docx", "file: it is empty."),
    ],
)
def test_what_may_not_be_read_is_not_sent(tools, server, folder, file, says):
    (folder / "empty.docx").write_bytes(b"")
    outside = folder.parent / "outside.docx"
    outside.write_bytes(OFFER)
    (folder / "link.docx").symlink_to(outside)
    tool = tools.make(NAME, allowed_dirs=[folder])
    assert says in refused(tools, tool, file=file)
    assert server.seen == []


def test_without_a_folder_no_file_of_this_machine_is_read(tools, server, folder, monkeypatch):
    monkeypatch.chdir(folder)
    tool = tools.make(NAME)
    assert "no document 'offer.docx' that may be read" in refused(tools, tool, file="offer.docx")


def test_a_pdf_is_known_by_its_bytes_whatever_it_is_called(tools, server, folder):
    server.answer(CONVERTED)
    tool = tools.make(NAME, allowed_dirs=[folder], look_up_cost=False)
    tools.call(tool, file="plan")
    assert sent(server.seen[0])[3][1][1:3] == ("file.pdf", "application/pdf")
    assert "it is not a PDF" in refused(
        tools, tools.make(NAME, allowed_dirs=[folder], method="mineru"), file="offer.docx"
    )


def test_a_long_text_is_saved_and_read_on_for_free(tools, server, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(read_file, "MOST_SHOWN", 7)
    server.answer(reply(200, {"data": "Größe und mehr"}))
    tool = tools.make(NAME, allowed_dirs=[folder], output_dir=tmp_path / "out", look_up_cost=False)
    text, report = tools.call(tool, file="offer.docx")
    (saved,) = (tmp_path / "out").iterdir()
    assert saved.read_text("utf-8") == "Größe und mehr"
    assert f"Größe\n\n(9 more characters. Read on, for free: file={saved.name!r}, start=5.)" in text
    assert (report["text"], report["files"][0]["path"]) == (None, str(saved))
    text, _ = tools.call(tool, file=saved.name, start=5)
    assert " und me\n" in text
    text, _ = tools.call(tool, file=saved.name, start=12)
    assert text.endswith(":\n\nhr")
    assert len(server.seen) == 1


def test_a_long_text_that_is_kept_nowhere_is_read_on_at_its_cost(
    tools, server, folder, tmp_path, monkeypatch
):
    monkeypatch.setattr(read_file, "MOST_SHOWN", 5)
    server.answer(reply(200, {"data": "Words and more"}))
    tool = tools.make(NAME, allowed_dirs=[folder], look_up_cost=False)
    text, report = tools.call(tool, file="offer.docx")
    assert text.endswith("Words\n\n(9 more characters. Read on, at the same cost: start=5.)")
    assert report["text"] == "Words and more"
    tool = tools.make(NAME, allowed_dirs=[folder], output_dir=tmp_path / "out", look_up_cost=False)
    (tmp_path / "out").write_bytes(b"a file is in the way")
    text, report = tools.call(tool, file="offer.docx")
    assert "start=5. It was not saved: The file cannot be saved in" in text
    assert report["text"] == "Words and more"


def test_a_file_without_text_says_so(tools, server, folder):
    server.answer(reply(200, {"data": ""}))
    tool = tools.make(NAME, allowed_dirs=[folder], look_up_cost=False)
    assert tools.call(tool, file="report.pdf")[0].endswith(":\n\n(no text)")


def test_a_task_is_assumed_to_cost_more_than_a_conversion(tools, server, folder):
    how = {"allowed_dirs": [folder], "method": "mineru", "budget": 0.1}
    assert "nothing was sent" in refused(tools, tools.make(NAME, **how), file="report.pdf")
    assert server.seen == []


def test_a_budget_that_is_used_up_sends_nothing(tools, server, folder):
    server.answer(CONVERTED)
    tool = tools.make(NAME, allowed_dirs=[folder], budget=0.015, look_up_cost=False)
    tools.call(tool, file="offer.docx")
    assert "nothing was sent" in refused(tools, tool, file="offer.docx")
    assert len(server.seen) == 1


@pytest.mark.parametrize("said", [{}, {"file": "a", "start": -1}, {"file": "a", "folder": "/"}])
def test_wrong_arguments_are_told_and_nothing_is_sent(tools, server, said):
    tool = tools.make(NAME)
    assert "Nothing was sent" in refused(tools, tool, **said)
    assert server.seen == []


def test_what_a_reply_says_cannot_pass_for_lines_of_ours_that_nobody_sees(tools, server):
    server.answer(reply(200, {"data": "a\u202e\U000e0041b\u2028c"}))
    tool = tools.make(NAME, look_up_cost=False)
    text, _ = tools.call(tool, file=LINK)
    assert text.endswith(":\n\nab\nc")


def test_a_selection_has_the_tool_with_its_settings_folders_and_budget(server, folder, tmp_path):
    server.answer(UPLOADED, PARSED)
    how = {"allowed_dirs": [folder], "look_up_cost": False, "budget": 0.5, "max_retries": 0}
    settings = {"files": {"method": "parse"}}
    with langchain_302.AI302Toolkit(
        api_key="k" * 9, base_url=server.url, only=["read_file"], **how, **settings
    ) as toolkit:
        (tool,) = toolkit.get_tools()
        assert "words" in tool.invoke({"file": "offer.docx"})
    server.answer(UPLOADED, PARSED)
    spec = llama_index_302.AI302ToolSpec(api_key="k" * 9, api_base=server.url, **how, **settings)
    assert "words" in spec.read_file("offer.docx")
    assert spec.reports[0]["cost_ids"] == ["u1", "r1"]
    spec.close()
    assert [seen.method for seen in server.seen] == ["POST", "GET"] * 2
