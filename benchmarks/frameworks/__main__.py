"""`make frameworks`: nine libraries run on what we have; writes docs/evidence/frameworks.md.

Each has an environment of its own, made with uv: their pins exclude each other. The emulator is the
gateway, with a script for each; telemetry is off, and a proxy tells who wanted to go elsewhere.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.frameworks.elsewhere import nothing_outside
from benchmarks.frameworks.plays import PLAYS
from benchmarks.frameworks.table import FRAMEWORKS, OURS, Framework
from emulator_302 import running

HERE = Path(__file__).parent
PAGE = Path("docs/evidence/frameworks.md")
ENVIRONMENTS = Path(os.environ.get("FRAMEWORKS", ".venv/frameworks"))
SERVER = Path(os.environ.get("MCP", ".venv/mcp")) / "bin" / "mcp-302"
SECONDS = 300  # for one library
WITHOUT_TELEMETRY = {
    "ANONYMIZED_TELEMETRY": "False",  # Chroma, in CrewAI
    "CREWAI_DISABLE_TELEMETRY": "true",
    "CREWAI_TRACING_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "LANGSMITH_TRACING": "false",
    "MEM0_TELEMETRY": "False",
    "NEMO_GUARDRAILS_NO_USAGE_STATS": "1",
    "OTEL_SDK_DISABLED": "true",
    "RAGAS_DO_NOT_TRACK": "true",
}
COUNTED = {
    "/v1/chat/completions": "chat",
    "/v1/embeddings": "embeddings",
    "/302/general/search": "search",
}
HEAD = """# Other frameworks

Written by `make frameworks`. Each library runs a small program of `benchmarks/frameworks` in an
environment of its own, with the newest versions, on the emulator with a script: so this shows that
the two fit together, not how well a model does. Each program checks what it got. Telemetry is off,
and nothing comes from a hub; a proxy counts what wanted to go elsewhere.

Agents that call the MCP server have [a page of their own](mcp.md).

"""
COLUMNS = (
    "| library | versions | runs on | at the gateway | elsewhere |",
    "|---|---|---|---|---|",
)


@dataclass(frozen=True)
class Outcome:
    """What one library did, what arrived at the gateway, and what wanted to go elsewhere."""

    framework: Framework
    versions: dict[str, str]
    seen: list[str]
    requests: dict[str, int]
    elsewhere: list[str]


def main() -> int:
    """Try each library (or those that are named), and write the page; return the exit code."""
    wanted = sys.argv[1:] or [one.package for one in FRAMEWORKS]
    outcomes, failed = [], 0
    for framework in FRAMEWORKS:
        if framework.package not in wanted:
            continue
        try:
            outcomes.append(tried(framework, environment_of(framework)))
            print(f"{framework.name}: {'; '.join(outcomes[-1].seen)}")
        except (subprocess.SubprocessError, OSError) as error:
            failed += 1
            sys.stderr.write(f"{framework.name}: {getattr(error, 'stderr', None) or error}\n")
    if len(outcomes) == len(FRAMEWORKS):
        PAGE.write_text(page(outcomes), "utf-8")
    print(f"{len(outcomes)} libraries, {failed} failed")
    return int(bool(failed))


def environment_of(framework: Framework) -> Path:
    """Return the Python of a library's environment, with its newest versions.

    Raises:
        subprocess.SubprocessError: It cannot be installed.
    """
    folder = ENVIRONMENTS / framework.package
    beside = Path(sys.executable).parent / "uv"
    uv = str(beside) if beside.exists() else shutil.which("uv") or "uv"
    if not folder.exists():
        _ran([uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
    packages = (*OURS, framework.package, *framework.needs)
    _ran([uv, "pip", "install", "--quiet", "--upgrade", "--python", str(folder), *packages])
    return folder / "bin" / "python"


def tried(framework: Framework, python: Path) -> Outcome:
    """Run a library's program once.

    Raises:
        subprocess.SubprocessError: It failed, or took too long.
    """
    program = HERE / f"with_{framework.package.replace('-', '_')}.py"
    with running(0) as gateway, nothing_outside() as proxy, tempfile.TemporaryDirectory() as folder:
        PLAYS[framework.package](gateway)
        own = {"HOME": folder, "MEM0_DIR": folder, "CREWAI_STORAGE_DIR": folder, "PYTHONPATH": ""}
        given = {**gateway.environment, **proxy.environment, **WITHOUT_TELEMETRY, **own}
        command = [str(python.absolute()), str(program.absolute()), str(SERVER.absolute())]
        done = _ran(command, cwd=folder, env={**os.environ, **given})
        told = json.loads(done.splitlines()[-1])
        counted = Counter(COUNTED.get(seen.path, "other") for seen in gateway.requests)
        return Outcome(framework, told["versions"], told["seen"], dict(counted), proxy.asked)


def _ran(command: list[str], cwd: str | None = None, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, timeout=SECONDS, check=True
    )
    return done.stdout


def page(outcomes: list[Outcome]) -> str:
    """Return the page."""
    lines = [f"Python {sys.version.split()[0]}.", "", *COLUMNS]
    for one in outcomes:
        versions = ", ".join(f"{name} {number}" for name, number in one.versions.items())
        requests = ", ".join(f"{n} {kind}" for kind, n in sorted(one.requests.items()))
        lines.append(
            f"| {one.framework.name} | {versions} | {one.framework.takes} | {requests} | "
            f"{len(one.elsewhere)} |"
        )
    for one in outcomes:
        lines += ["", f"## {one.framework.name}", ""]
        lines += [f"- {text}" for text in one.seen]
        if one.framework.limits:
            lines += ["", one.framework.limits]
        if one.elsewhere:
            lines += ["", "Wanted to go elsewhere, and was refused:", ""]
            lines += [f"- `{text}`" for text in sorted(set(one.elsewhere))]
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
