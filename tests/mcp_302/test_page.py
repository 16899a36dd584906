"""What the pages say about the server's command line is so."""

import json
import re

import pytest

from mcp_302 import command_line
from release.projects import ROOT

PAGES = ("docs/mcp.md", "mcp_302/README.md")
JSON = re.compile(r"^```json\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FOLDERS = ("/Users/ada/made", "/Users/ada/contracts")


def configurations():
    for page in PAGES:
        for block in JSON.findall((ROOT / page).read_text("utf-8")):
            (server,) = json.loads(block)["mcpServers"].values()
            yield server


@pytest.mark.parametrize("server", [*configurations()])
def test_a_configuration_is_one_that_the_program_takes(server, tmp_path):
    given = [str(tmp_path) if word in FOLDERS else word for word in server["args"]]
    offer = command_line.offer_of(command_line.read(given))
    assert len(offer.capabilities) == server["args"][1].count(",") + 1
    assert server["command"] == "mcp-302"
    assert server["env"].keys() == {"AI302_API_KEY"}


def test_every_argument_stands_on_the_page(capsys):
    with pytest.raises(SystemExit):
        command_line.read(["--help"])
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    page = (ROOT / "docs/mcp.md").read_text("utf-8")
    assert options == set(re.findall(r"^\| `(--[a-z-]+)", page, re.MULTILINE))
