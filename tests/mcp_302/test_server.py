"""The tools before the SDK's own client: what it lists, what it gets, what the gateway is asked."""

import asyncio
import base64
import logging
import re

import pytest
from mcp import MCPError
from mcp.client import Client

from core_302.flows.tasks import BY_TOOL
from emulator_302 import Fault, Outcome
from mcp_302.server import ERROR, LARGEST_SHOWN, PRICE

pytest_plugins = ["emulator_302.pytest_plugin"]

SPEAK, FETCH = "/302/v2/audio/tts", "/302/v2/audio/fetch/"
HELLO = {"text": "Good morning!"}


def paths(emulator):
    return [(seen.method, seen.path) for seen in emulator.requests]


async def test_a_client_is_told_which_tools_cost_money_and_how_much(served):
    async with served("web_search", "speak") as client:
        search, speak, resume = (await client.list_tools()).tools
    assert search.title == search.annotations.title == "Web search (costs money)"
    assert search.annotations.read_only_hint is False
    assert search.annotations.destructive_hint is False
    assert search.annotations.open_world_hint is True
    assert search.meta[PRICE]["note"] == "Each search costs a little money."
    assert speak.meta[PRICE].keys() == {"note", "documented", "source", "date", "assumed_ptc"}
    assert (resume.title, resume.meta) == ("Resume task", None)
    assert resume.annotations.read_only_hint is True


async def test_a_tool_that_saves_files_does_not_only_read(served, tmp_path):
    async with served("speak", output_dir=str(tmp_path)) as client:
        _, resume = (await client.list_tools()).tools
    assert resume.annotations.read_only_hint is False


async def test_a_search_is_one_request_and_its_answer_stands_in_both_parts(served, ai302_emulator):
    async with served("web_search") as client:
        result = await client.call_tool("web_search", {"query": "AI news"})
    search, _ = ai302_emulator.requests
    assert search.body == {"query": "AI news", "provider": "tavily", "max_results": 5}
    (text,) = result.content
    assert re.match(r"1\. .+\n   https://", text.text)
    assert not result.is_error
    assert result.structured_content["text"] == text.text
    assert result.structured_content["request_id"] == search.request_id
    assert result.structured_content["results"]


async def test_an_image_is_kept_and_shown(served, ai302_emulator, tmp_path):
    async with served("generate_image", output_dir=str(tmp_path)) as client:
        result = await client.call_tool("generate_image", {"prompt": "a fox"})
    (kept,) = tmp_path.iterdir()
    text, image = result.content
    assert f"saved as {kept}" in text.text
    assert (image.type, image.mime_type) == ("image", "image/png")
    assert base64.b64decode(image.data) == kept.read_bytes()
    report = result.structured_content
    assert report["images"][0]["path"] == str(kept)
    assert report["cost"] > 0
    assert "raw" not in report
    assert [path for _, path in paths(ai302_emulator)].count("/302/v2/image/generate") == 1


async def test_images_are_shown_only_if_they_are_wanted_and_small(served, tmp_path, monkeypatch):
    folder = str(tmp_path)
    async with served("generate_image", output_dir=folder, images=False) as client:
        result = await client.call_tool("generate_image", {"prompt": "a fox"})
    assert [part.type for part in result.content] == ["text"]
    monkeypatch.setattr("mcp_302.server.LARGEST_SHOWN", 100)
    assert LARGEST_SHOWN > 100
    async with served("generate_image", output_dir=folder) as client:
        result = await client.call_tool("generate_image", {"prompt": "a fox"})
    assert [part.type for part in result.content] == ["text"]


async def test_an_image_that_could_not_be_fetched_is_its_link(served, ai302_emulator, tmp_path):
    ai302_emulator.inject(Fault(path="/gpt/imgs", status=403, body="expired"))
    async with served("generate_image", output_dir=str(tmp_path)) as client:
        result = await client.call_tool("generate_image", {"prompt": "a fox"})
    (text,) = result.content
    assert "but fetching it failed" in text.text
    assert not result.is_error


async def test_progress_is_told_to_who_asks_for_it_with_the_tasks_id(served):
    told = []

    async def tell(*progress):
        told.append(progress)

    async with served("speak") as client:
        result = await client.call_tool("speak", HELLO, progress_callback=tell)
        await client.call_tool("speak", HELLO)
    task = result.structured_content["task_id"]
    states = enumerate(("pending", "processing", "completed"), 1)
    assert told == [(float(n), None, f"task {task}: {state}") for n, state in states]


async def test_a_wait_that_breaks_says_how_and_is_resumed_without_an_order(
    served, ai302_emulator, tmp_path
):
    ai302_emulator.inject(Fault(path=FETCH, status=403, body="no"))
    async with served("speak", output_dir=str(tmp_path)) as client:
        failed = await client.call_tool("speak", HELLO)
        task = failed.meta[ERROR]["task_id"]
        assert failed.is_error
        assert failed.meta[ERROR]["billed"] == "maybe"
        assert failed.content[0].text.endswith(
            f"resume it by its id, {task!r} (with the tool resume_task)."
        )
        assert BY_TOOL not in failed.content[0].text
        resumed = await client.call_tool("resume_task", {"tool": "speak", "task_id": task})
    (kept,) = tmp_path.iterdir()
    assert f"saved as {kept}" in resumed.content[0].text
    assert resumed.structured_content["task_id"] == task
    assert paths(ai302_emulator).count(("POST", SPEAK)) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"tool": "web_search", "task_id": "x"}, "tool: "),
        ({"tool": "speak"}, "no call of speak was cut short: give its id"),
        ({"tool": "speak", "task_id": ""}, "no call of speak was cut short: give its id"),
        ({"task_id": "x"}, "tool: Field required"),
        ({"tool": "speak", "task_id": "../../v1/models"}, "is not an id"),
        ({"tool": "speak", "task_id": "x" * 201}, "task_id: "),
    ],
)
async def test_what_cannot_be_resumed_is_refused_before_anything_is_sent(
    served, ai302_emulator, arguments, said
):
    async with served("speak", "web_search") as client:
        result = await client.call_tool("resume_task", arguments)
    assert result.is_error
    assert said in result.content[0].text
    assert ai302_emulator.requests == []


async def test_wrong_arguments_are_an_error_that_a_model_can_mend(served, ai302_emulator):
    async with served("web_search") as client:
        result = await client.call_tool("web_search", {"quer": "AI"})
        nothing = await client.call_tool("web_search")
    assert result.is_error
    assert result.content[0].text == (
        "query: Field required; quer: unknown: this tool takes no such argument. It takes query, "
        "max_results, category, time_range. Nothing was sent: correct this and try again."
    )
    assert result.meta[ERROR]["error"] == "InvalidInputError"
    assert result.structured_content is None
    assert nothing.is_error
    assert ai302_emulator.requests == []


async def test_a_refusal_of_the_gateway_is_an_error_of_the_tool(served, ai302_emulator):
    ai302_emulator.script_task(Outcome.fails("the voice is gone"))
    async with served("speak") as client:
        result = await client.call_tool("speak", HELLO)
    assert result.is_error
    assert "the voice is gone" in result.content[0].text
    assert result.meta[ERROR]["error"] == "JobFailedError"


async def test_a_tool_that_is_not_offered_is_none(served, ai302_emulator):
    async with served("web_search") as client:
        with pytest.raises(MCPError, match="There is no tool 'speak' here"):
            await client.call_tool("speak", HELLO)
        with pytest.raises(MCPError, match="There is no tool 'resume_task' here"):
            await client.call_tool("resume_task", {})
    assert ai302_emulator.requests == []


async def test_a_call_that_the_client_cancels_stops_and_its_task_is_resumed_without_its_id(
    served, ai302_emulator, caplog
):
    begun = asyncio.Event()

    async def tell(*_):
        begun.set()

    with caplog.at_level(logging.WARNING, "ai302"):
        async with served("speak") as client:
            call = asyncio.create_task(client.call_tool("speak", HELLO, progress_callback=tell))
            await begun.wait()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            result = await client.call_tool("resume_task", {"tool": "speak"})
    assert not result.is_error, "the server goes on, and what was paid for is not lost"
    assert result.content[0].text.startswith("Read aloud:")
    assert paths(ai302_emulator).count(("POST", SPEAK)) == 1
    assert "left while it was pending" in caplog.text
    assert "resume it by its id" in caplog.text


@pytest.mark.ai302_allow_unused
async def test_a_call_without_a_task_leaves_none_to_resume(served, ai302_emulator):
    ai302_emulator.inject(Fault(path="/v1/chat", stall_after=0))
    async with served("web_search", "speak") as client:
        call = asyncio.create_task(client.call_tool("web_search", {"query": "AI news"}))
        await client.list_tools()  # answered after that call began
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        result = await client.call_tool("resume_task", {"tool": "speak"})
    assert "no call of speak was cut short" in result.content[0].text


async def test_calls_run_side_by_side_through_one_client(served, ai302_emulator):
    async with served("web_search", "speak") as client:
        assert isinstance(client, Client)
        asked = [client.call_tool("web_search", {"query": "AI news"}) for _ in range(3)]
        results = await asyncio.gather(*asked, client.call_tool("speak", HELLO))
    assert [result.is_error for result in results] == [False] * 4
