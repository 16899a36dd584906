"""read_page: a page goes to a model in parts, bounded and tame; the program has all of it."""

import asyncio

import pytest

import langchain_302
import llama_index_302
from core_302 import BudgetError, InvalidInputError
from tests.conftest import KEY
from tests.scripted_server import reply

pytest_plugins = ["emulator_302.pytest_plugin"]

PAGE = "https://harbour-times.example/news/larkhaven-terminal-reopens"
WAYS = pytest.mark.parametrize("way", ["langchain", "langchain awaited", "llama", "llama awaited"])


def read(way, address, key=KEY, **given):
    """Return what the model and the program get."""
    url, start = given.pop("url"), given.pop("start", 0)
    if way.startswith("langchain"):
        tool = langchain_302.AI302ReadPageTool(
            api_key=key, base_url=address, handle_tool_error=False, **given
        )
        call = {"type": "tool_call", "id": "1", "name": tool.name}
        call["args"] = {"url": url, "start": start}
        message = asyncio.run(tool.ainvoke(call)) if "awaited" in way else tool.invoke(call)
        return message.content, message.artifact
    tool = llama_index_302.AI302ReadPageTool(api_key=key, api_base=address, **given)
    said = {"url": url, "start": start}
    output = asyncio.run(tool.acall(**said)) if "awaited" in way else tool(**said)
    return output.content, output.raw_output


def text_reply(text):
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nrequest-id: r-1\r\n"
    return (f"{head}Content-Length: {len(text.encode())}\r\n\r\n{text}").encode()


@WAYS
def test_an_agent_reads_a_page_and_the_program_knows_what_it_cost(ai302_emulator, way):
    text, report = read(way, ai302_emulator.base_url, ai302_emulator.api_key, url=f"{PAGE}?id=7")
    assert text.startswith(f"Port of Larkhaven reopens its container terminal, {PAGE}?id=7\n")
    assert "eleven days of repairs" in text
    assert (report["kind"], report["cost"] > 0) == ("page", True)
    assert report["request_id"]
    (asked,) = [one for one in ai302_emulator.requests if one.path.startswith("/jina/")]
    assert (asked.method, asked.query) == ("GET", {})
    assert "idempotency-key" in asked.headers


@WAYS
def test_a_long_page_is_told_in_parts(server, way):
    server.answer([text_reply("0123456789" * 100)])
    given = {"look_up_cost": False, "part_length": 500, "url": "https://a.example/x"}
    first, report = read(way, server.url, **given)
    assert first.endswith("... (500 more characters: read on with start=500)")
    last, _ = read(way, server.url, start=500, **given)
    assert last.endswith("0123456789")
    beyond, _ = read(way, server.url, start=1_000, **given)
    assert beyond.endswith("(The page ends at 1000.)")
    assert len(report["text"]) == 1_000


@pytest.mark.parametrize("way", ["langchain", "llama"])
def test_what_a_stranger_wrote_is_tame(server, way):
    head = "Title: A\u202e page\n\nURL Source: https://a.example/x\n\nWarning: old\n\n"
    page = f"{head}Published Time: now\n\nMarkdown Content:\nText\x1b[2J\u200b."
    server.answer([text_reply(page)])
    text, _ = read(way, server.url, look_up_cost=False, url="https://a.example/x")
    assert text == "A page, https://a.example/x\nPublished: now\nWarning: old\n\nText[2J."


@pytest.mark.parametrize("way", ["langchain", "llama"])
@pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "file:///etc/passwd", ""])
def test_an_address_inside_is_refused_and_nothing_is_sent(server, way, url):
    with pytest.raises(Exception, match=r"Nothing was sent\.") as caught:
        read(way, server.url, url=url)
    assert isinstance(caught.value.__cause__ or caught.value, InvalidInputError)
    assert server.seen == []


@pytest.mark.parametrize("way", ["langchain", "llama"])
def test_the_budget_holds_for_pages_too(server, way):
    server.answer(reply(500, {}))
    with pytest.raises(Exception, match="Answer with what you have") as caught:
        read(way, server.url, budget=0.001, url="https://a.example/x")
    assert isinstance(caught.value.__cause__ or caught.value, BudgetError)
    assert server.seen == []
