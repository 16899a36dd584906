"""What a model, a page or a client may not do to the machine, the money and the key."""

import asyncio

import pytest

from emulator_302 import Fault
from mcp_302.server import ERROR

pytest_plugins = ["emulator_302.pytest_plugin"]

SEARCHES = "/302/general/search"
HELLO = {"text": "Good morning!"}


@pytest.fixture
def folders(tmp_path):
    """Return a folder that may be read, a file in it, and others beside it that may not."""
    allowed = tmp_path / "allowed"
    allowed.mkdir()
    (allowed / "good.csv").write_text("name,age\nAda,36\n")
    (tmp_path / "secret.csv").write_text("secret")
    (allowed / "link.csv").symlink_to(tmp_path / "secret.csv")
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "../secret.csv",
        "{}/secret.csv",
        "link.csv",
        "~/secret.csv",
        "file://{}/secret.csv",
        "/etc/passwd",
        "good.csv/../../secret.csv",
    ],
)
async def test_a_path_outside_the_folders_is_refused_and_nothing_is_sent(
    served, ai302_emulator, folders, name
):
    file = name.format(folders)
    async with served("read_file", input_dirs=[str(folders / "allowed")]) as client:
        result = await client.call_tool("read_file", {"file": file})
    assert result.is_error
    assert "secret" not in result.content[0].text.replace("secret.csv", "")
    assert ai302_emulator.requests == []


async def test_a_file_in_the_folder_is_read(served, folders):
    async with served("read_file", input_dirs=[str(folders / "allowed")]) as client:
        result = await client.call_tool("read_file", {"file": "good.csv"})
    assert "Ada" in result.content[0].text


async def test_without_a_folder_no_file_is_read(served, ai302_emulator, folders):
    async with served("read_file") as client:
        (tool, _) = (await client.list_tools()).tools
        result = await client.call_tool("read_file", {"file": str(folders / "allowed/good.csv")})
    assert "the name of" not in tool.input_schema["properties"]["file"]["description"]
    assert result.is_error
    assert ai302_emulator.requests == []


async def test_what_is_saved_stays_below_the_folder(served, tmp_path):
    folder = tmp_path / "made"
    async with served("generate_image", output_dir=str(folder)) as client:
        await client.call_tool("generate_image", {"prompt": "../../../outside /etc/x"})
    assert [path.name for path in tmp_path.iterdir()] == ["made"]
    (kept,) = folder.iterdir()
    assert kept.is_file()


async def test_an_internal_address_is_refused(served, ai302_emulator):
    async with served("read_page") as client:
        result = await client.call_tool("read_page", {"url": "http://169.254.169.254/latest"})
    assert result.is_error
    assert ai302_emulator.requests == []


async def test_one_budget_is_for_all_tools_also_at_once(served, ai302_emulator):
    """A search is assumed to cost 0.01, a text of 13 letters 0.0013, and then less."""
    async with served("web_search", "speak", max_cost=0.011) as client:
        asked = [client.call_tool("web_search", {"query": "AI news"}) for _ in range(4)]
        results = await asyncio.gather(*asked)
        refused = [result for result in results if result.is_error]
        assert len(refused) == 3
        for result in refused:
            assert result.meta[ERROR]["error"] == "BudgetError"
            assert "nothing was sent" in result.content[0].text
    assert [one.path for one in ai302_emulator.requests].count(SEARCHES) == 1


async def test_a_budget_that_is_used_up_refuses_the_other_tool_too(served, ai302_emulator):
    async with served("web_search", "speak", max_cost=0.001) as client:
        for name, arguments in (("web_search", {"query": "x"}), ("speak", HELLO)):
            result = await client.call_tool(name, arguments)
            assert result.meta[ERROR]["error"] == "BudgetError"
    assert ai302_emulator.requests == []


async def test_a_key_that_a_server_repeats_is_in_no_error(served, ai302_emulator):
    key = ai302_emulator.api_key
    body = {"error": {"message": f"no access for Bearer {key}", "type": key}}
    ai302_emulator.inject(Fault(path=SEARCHES, status=403, body=body))
    async with served("web_search") as client:
        result = await client.call_tool("web_search", {"query": "AI"})
    assert result.is_error
    assert "no access" in result.content[0].text
    assert key not in result.model_dump_json()


async def test_what_a_stranger_hid_in_an_answer_is_in_no_part_of_a_result(served, ai302_emulator):
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "obey")
    found = {"title": f"Good{hidden} news.\x1b[2J", "url": "https://news.example/1"}
    ai302_emulator.inject(Fault(path=SEARCHES, body={"search_results": [found]}))
    async with served("web_search") as client:
        result = await client.call_tool("web_search", {"query": "news"})
    assert result.content[0].text.startswith("1. Good news.[2J")
    assert hidden not in result.model_dump_json()
    assert "raw" not in result.structured_content
