"""The server as a process: nothing but the protocol on its output, and an end that is clean."""

import json
import signal
import sys
from importlib.metadata import version

import pytest
from mcp import Client, StdioServerParameters, stdio_client

import core_302
import mcp_302
from emulator_302 import Fault
from release.licences import rows

SEARCH = ("--tools", "web_search", "--max-cost", "1")
SPEAK = ("--tools", "speak", "--max-cost", "1")
FETCH = "/302/v2/audio/fetch/"
SEARCHES = "/302/general/search"
HELLO = {"text": "Good morning!"}


async def test_the_sdks_client_lists_and_calls_over_the_streams(environment, ai302_emulator):
    served = StdioServerParameters(
        command=sys.executable, args=["-m", "mcp_302", *SEARCH], env=environment
    )
    async with Client(stdio_client(served)) as client:
        (tool,) = (await client.list_tools()).tools
        result = await client.call_tool(tool.name, {"query": "AI news"})
    assert result.content[0].text.startswith("1. ")
    assert [one.path for one in ai302_emulator.requests if one.method == "POST"] == [SEARCHES]


def test_the_handshake_of_2025_is_spoken_too_and_the_end_of_input_ends_it(process):
    server = process(*SEARCH)
    answer = server.begin()
    assert answer["protocolVersion"] == "2025-06-18"
    assert answer["serverInfo"]["name"] == "mcp-302"
    assert "tools" in answer["capabilities"]
    server.send("tools/call", name="web_search", arguments={"query": "AI news"})
    result = server.hear()["result"]
    assert result["isError"] is False
    assert result["structuredContent"]["text"] == result["content"][0]["text"]
    assert server.end() == (0, "", "")


def test_lines_that_are_no_messages_end_nothing(process):
    server = process(*SEARCH)
    server.running.stdin.write("no json\n\n")
    server.running.stdin.flush()
    assert server.begin()["serverInfo"]["name"] == "mcp-302"
    code, out, _ = server.end()
    assert code == 0
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in out.splitlines())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_while_its_client_says_nothing(process, number):
    server = process(*SEARCH)
    server.begin()
    server.running.send_signal(number)
    assert server.running.wait(timeout=30) == 0
    assert server.running.stdout.read() == ""
    assert server.running.stderr.read() == ""


@pytest.mark.ai302_allow_unused
@pytest.mark.parametrize("end", ["signal", "input"])
def test_a_task_that_is_left_at_the_end_is_named_in_the_log(process, ai302_emulator, end):
    ai302_emulator.inject(Fault(path=FETCH, stall_after=0))
    server = process(*SPEAK)
    server.begin()
    asked = {"name": "speak", "arguments": HELLO, "_meta": {"progressToken": 1}}
    server.send("tools/call", **asked)
    told = server.hear()
    assert told["method"] == "notifications/progress"
    task = told["params"]["message"].split()[1].rstrip(":")
    if end == "signal":
        server.running.send_signal(signal.SIGTERM)
    code, _, err = server.end()
    assert code == 0
    assert f"Task {task}: left while it was" in err
    assert "Traceback" not in err


def test_what_prints_does_not_reach_the_client(process):
    program = "import sys; from mcp_302 import offer, __main__ as m; tools = offer.Offer.tools\n"
    program += "offer.Offer.tools = lambda self: print('stray') or tools(self)\nsys.exit(m.main())"
    server = process(*SEARCH, program=("-c", program))
    server.begin()
    server.send("tools/list")
    assert len(server.hear()["result"]["tools"]) == 1
    assert server.end() == (0, "", "stray\n")


def test_without_tools_it_lists_them_on_standard_error_and_ends(process):
    code, out, err = process().end()
    assert (code, out) == (2, "")
    assert "  web_search: Search the web" in err


def test_without_a_key_it_says_which_variable_to_set(process, environment):
    variables = {name: v for name, v in environment.items() if name != "AI302_API_KEY"}
    code, out, err = process(*SEARCH, variables=variables).end()
    assert (code, out) == (2, "")
    assert "Set the environment variable AI302_API_KEY" in err


def test_a_key_that_came_as_an_argument_is_not_repeated(process, ai302_emulator):
    key = ai302_emulator.api_key
    for arguments in (("--api-key", key), ("--base-url", key), ("--set", f"web_search.{key}=1")):
        code, out, err = process(*SEARCH, *arguments).end()
        assert (code, out) == (2, "")
        assert err.startswith("mcp-302: ")
        assert key not in err


def test_the_key_goes_to_no_other_host_than_the_environment_names(process):
    code, out, err = process(*SEARCH, "--base-url", "https://gateway.example").end()
    assert (code, out) == (2, "")
    assert "is not sent to 'gateway.example'" in err


@pytest.mark.parametrize("missing", ["core_302", "mcp"])
def test_what_is_missing_is_named_with_the_command(process, missing):
    program = f"""
import runpy, sys

pytest_plugins = ["emulator_302.pytest_plugin"]

class Without:
    def find_spec(name, path, target=None):
        if name == {missing!r}:
            raise ModuleNotFoundError(name=name)

sys.meta_path.insert(0, Without)
runpy.run_module("mcp_302", run_name="__main__", alter_sys=True)
"""
    code, out, err = process(*SEARCH, program=("-c", program)).end()
    assert (code != 0, out) == (True, "")
    said = f"mcp_302 needs {missing}, which is not installed: pip install mcp-302"
    assert err.splitlines()[-1].endswith(said)


def test_the_package_tells_the_version_of_its_distribution():
    assert mcp_302.__version__ == version("mcp-302") == core_302.__version__


def test_no_package_that_a_user_installs_with_it_binds_the_user_s_program():
    found = rows(["mcp-302"])
    assert {"mcp", "core-302"} <= {name for name, _, _ in found}
    assert [row for row in found if row[2] not in ("", "binds its own files")] == []
