"""`make mcp-clients`: agents of three frameworks call the MCP server; writes docs/evidence/mcp.md.

The server runs in the environment of `make mcp`, each framework in its own. The emulator is the
gateway behind the server, and the model of the agents too: a script of calls, so that what each
framework hands on to a model can be read in the requests that it sends.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from emulator_302 import Gateway, running

HERE = Path(__file__).parent
PAGE = Path("docs/evidence/mcp.md")
ENVIRONMENTS = Path(os.environ.get("MCP_CLIENTS", ".venv/mcp-clients"))
COMMAND = Path(sys.executable).parent / "mcp-302"
ASKED = ("--tools", "web_search,read_page,speak", "--max-cost", "1")
FRAMEWORKS = {
    "crewai": ("CrewAI", "with_crewai.py"),
    "openai-agents": ("OpenAI Agents SDK", "with_openai_agents.py"),
    "pydantic-ai-slim": ("Pydantic AI", "with_pydantic_ai.py"),
}
INTERNAL = "http://169.254.169.254/latest"
SECONDS = 300  # for one framework
LONGEST = 600  # characters of a message on the page
HEAD = """# The MCP server before other frameworks

Written by `make mcp-clients`. An agent of each framework, in an environment of its own, is given
the tools of `mcp-302 --tools web_search,read_page,speak --max-cost 1` over standard input and
output. Its model is a script: search, read a page at an internal address (which the server
refuses), speak a text. The columns say what arrived at the gateway; below stands what each
framework gave its model to read, as the requests to the model show it.

"""
COLUMNS = (
    "| framework | versions | tools | searches | speech ordered | internal page | files kept |",
    "|---|---|---|---|---|---|---|",
)


@dataclass(frozen=True)
class Outcome:
    """What one framework did, what its model read, and what arrived at the gateway."""

    name: str
    versions: dict[str, str]
    tools: list[str]
    read: list[str]
    searches: int
    orders: int
    internal: bool
    files: int


def main() -> int:
    """Try each framework, and write the page; return the exit code."""
    outcomes, failed = [], 0
    for package, (name, program) in FRAMEWORKS.items():
        python = ENVIRONMENTS / package / "bin" / "python"
        try:
            outcomes.append(tried(name, python, HERE / program))
        except (subprocess.SubprocessError, OSError) as error:
            failed += 1
            sys.stderr.write(f"{name}: {getattr(error, 'stderr', None) or error}\n")
    if not failed:
        PAGE.write_text(page(outcomes), "utf-8")
    print(f"{len(outcomes)} frameworks, {failed} failed")
    return int(bool(failed))


def tried(name: str, python: Path, program: Path) -> Outcome:
    """Run a framework's agent once.

    Raises:
        subprocess.SubprocessError: It failed, or took too long.
    """
    with running(0) as gateway, tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made"
        _play(gateway)
        command: list[str | Path] = [python.absolute(), program.absolute(), COMMAND]
        command += [f"{gateway.base_url}/v1", gateway.api_key, *ASKED, "--output-dir", made]
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **gateway.environment, "PYTHONPATH": ""},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        )
        told = json.loads(done.stdout.splitlines()[-1])
        paths = [seen.path for seen in gateway.requests]
        places = {folder: "FOLDER", gateway.file_host: "HOST"}
        return Outcome(
            name=name,
            versions=told["versions"],
            tools=told["tools"],
            read=[_without(places, text) for text in _read(gateway)],
            searches=paths.count("/302/general/search"),
            orders=paths.count("/302/v2/audio/tts"),
            internal=any("169.254" in path for path in paths),
            files=len(list(made.iterdir())),
        )


def _play(gateway: Gateway) -> None:
    script = gateway.when(tools="web_search")
    script.call("web_search", query="AI news").then.call("read_page", url=INTERNAL)
    script.then.call("speak", text="Good morning!").then.say("Done.")


def _read(gateway: Gateway) -> list[str]:
    """Return what the agent's model was given as results of its tools, the last time."""
    asked: Any = gateway.chats[-1].body
    results = [one["content"] for one in asked["messages"] if one["role"] == "tool"]
    return [
        one if isinstance(one, str) else "".join(part["text"] for part in one) for one in results
    ]


def _without(places: dict[str, str], text: str) -> str:
    for place, name in places.items():
        text = text.replace(place, name)
    return text


def page(outcomes: list[Outcome]) -> str:
    """Return the page."""
    server = f"mcp-302 {version('mcp-302')} on the SDK mcp {version('mcp')}"
    lines = [f"{server}, Python {sys.version.split()[0]}.", "", *COLUMNS]
    for one in outcomes:
        versions = ", ".join(f"{name} {number}" for name, number in one.versions.items())
        seen = f"{one.searches} | {one.orders} | {'yes' if one.internal else 'no'} | {one.files}"
        tools = ", ".join(f"`{tool}`" for tool in one.tools)
        lines.append(f"| {one.name} | {versions} | {tools} | {seen} |")
    for one in outcomes:
        lines += ["", f"## What the model of {one.name} reads"]
        for tool, text in zip(("web_search", "read_page", "speak"), one.read, strict=True):
            short = text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."
            lines += ["", f"`{tool}`:", "", "```text", short, "```"]
    return HEAD + "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    sys.exit(main())
