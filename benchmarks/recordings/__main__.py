"""Replays what others recorded to four clients; writes `docs/evidence/recordings.md`.

`make recordings DIR=folder` runs it. The recordings go to the clients through a file that is
deleted at the end, since each client reads them in an environment of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.fidelity.contenders import CONTENDERS
from benchmarks.recordings.finder import Found, find
from benchmarks.recordings.report import Outcome, page, summary

PAGE = Path("docs/evidence/recordings.md")
CLIENTS = ("ChatAI302", "ChatOpenAI", "AI302", "OpenAILike")
AT_ONCE = 2  # clients that read at the same time
LIMIT = 4 * 3600.0  # seconds for one client
NOTHING_TO_READ = 2  # the exit code
# Public repositories whose test data holds replies of chat/completions.
KNOWN = """\
0xPlaygrounds/rig activeagents/activeagent AgentOps-AI/agentops alexrudall/ruby-openai
Arize-ai/openinference braintrustdata/braintrust-sdk-python charmbracelet/crush
charmbracelet/fantasy crewAIInc/crewAI crmne/ruby_llm DataDog/dd-trace-js DataDog/dd-trace-py
docker/cagent elastic/elastic-otel-python-instrumentations langchain-ai/langchain-azure
llamastack/llama-stack meta-llama/llama-stack microsoft/semantic-kernel
microsoft/vscode-copilot-chat Mirascope/mirascope newrelic/newrelic-python-agent
open-telemetry/opentelemetry-python-contrib patterns-ai-core/langchainrb posit-dev/chatlas
prism-php/prism pydantic/logfire pydantic/pydantic-ai Scale3-Labs/langtrace-python-sdk
simonw/llm simonw/llm-openrouter symfony/ai tidyverse/ellmer tmc/langchaingo
traceloop/openllmetry traceloop/openllmetry-js vercel/ai"""


def main(arguments: Sequence[str]) -> int:
    """Run everything; return the exit code, 2 if there is nothing to read."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recordings")
    parser.add_argument("folder", nargs="?", default="", help="has a folder for each repository")
    parser.add_argument("--rival-python", default=sys.executable, help="has the rivals installed")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the results go")
    parser.add_argument("--clients", nargs="+", default=CLIENTS, choices=CLIENTS)
    given = parser.parse_args(arguments)
    if not given.folder or not Path(given.folder).is_dir():
        print(how_to_bring(), file=sys.stderr)
        return NOTHING_TO_READ
    found = find(Path(given.folder))
    if not found.recordings:
        print(f"{given.folder} holds no recording.\n\n{how_to_bring()}", file=sys.stderr)
        return NOTHING_TO_READ
    print(f"== {len(found.recordings)} recordings in {found.files} files", file=sys.stderr)
    outcomes = _replayed(found, given.clients, given.rival_python)
    given.page.write_text(page(found, outcomes), encoding="utf-8")
    print(*summary(found, outcomes), sep="\n")
    return 0


def how_to_bring() -> str:
    """Return which repositories to bring, and how."""
    return (
        "make recordings DIR=folder reads the test data of other projects, which is not part of "
        "this one. Bring the repositories that you want, each into a folder named owner+name:\n\n"
        "  git clone --depth 1 https://github.com/vercel/ai folder/vercel+ai\n\n"
        f"These keep replies of chat/completions:\n\n{KNOWN}"
    )


def _replayed(found: Found, clients: Sequence[str], rival_python: str) -> list[Outcome]:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        written = Path(folder) / "recordings.jsonl"
        lines = (json.dumps(recording.as_json()) for recording in found.recordings)
        written.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return list(pool.map(lambda name: _outcome(name, written, rival_python), clients))


def _outcome(name: str, written: Path, rival_python: str) -> Outcome:
    print(f"== {name} reads", file=sys.stderr)
    python = sys.executable if CONTENDERS[name].ours else rival_python
    command = [python, "-m", "benchmarks.recordings.replay", name, str(written)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=LIMIT)  # noqa: S603
    head, *lines = (json.loads(line) for line in done.stdout.splitlines())
    outcome = Outcome(name, head["versions"])
    for line in lines:
        outcome.note(line["place"], line["way"], line["complaints"])
    return outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
