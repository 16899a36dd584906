"""run_code: a program that a model wrote, run in a sandbox of 302.AI, never on this machine.

A program that fails is a result: its errors are what the model needs. An error of the gateway is an
error. The operator's variables are hidden wherever a program prints them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from core_302.endpoints.sandbox import CodeRun
from core_302.errors import SHORTEST_SECRET
from core_302.flow import Flow
from core_302.flows.sandbox import run_code
from core_302.options.code import CodeRequest
from core_302.tools.capability import Capability, Price, ToolResult, arguments_class
from core_302.tools.context import ToolContext
from core_302.tools.made_files import files_in_words, kept_files, noted, told_if_left
from core_302.tools.program_output import ran_in_words
from core_302.tools.settings import CodeSettings

PRICE_OF_SECOND = 0.001  # PTC
PRICE_OF_FILE = 0.001  # PTC


def _arguments(_: CodeSettings, __: bool) -> type[BaseModel]:  # noqa: FBT001
    return arguments_class("RunCode", {}, CodeRequest, "code", "language", "download_path")


def _flow(
    context: ToolContext, settings: CodeSettings, arguments: Mapping[str, Any]
) -> Flow[ToolResult]:
    asked = CodeRequest(**arguments, timeout=settings.time_limit, envs=settings.envs)
    wants_file = asked.download_path is not None
    most = asked.timeout * PRICE_OF_SECOND + wants_file * PRICE_OF_FILE
    with told_if_left("A program was run and paid") as links:
        job = noted(run_code(asked), links, lambda done: done.files)
        run, cost = yield from context.charged(job, most, lambda done: [done.request_id])
        files = yield from kept_files(context, run.files, _name_of(asked.download_path or ""))
    run = _without_secrets(run, asked.envs)
    report = {
        "kind": "code",
        "language": asked.language,
        "stdout": run.stdout,
        "stderr": run.stderr,
        "problem": run.problem,
        "files": files,
        "model": None,
        "request_id": run.request_id,
        "task_id": None,
        "cost": cost,
    }
    return ToolResult(_in_words(run, report, wants_file=wants_file), report)


def _name_of(path: str) -> str:
    """Return the name of a file without its ending, which its content decides."""
    file = path.rpartition("/")[2]
    return file.rpartition(".")[0] or file


def _in_words(run: CodeRun, report: Mapping[str, Any], *, wants_file: bool) -> str:
    lines = [ran_in_words(run)]
    if report["files"]:
        lines += ["Its file:", files_in_words(report["files"])]
    elif wants_file:
        lines.append("No file came back: the program may not have written it at that path.")
    return "\n".join(lines)


def _without_secrets(run: CodeRun, envs: Mapping[str, str]) -> CodeRun:
    """Hide the values of variables that a program printed. What it encoded first is not found."""
    texts = {"stdout": run.stdout, "stderr": run.stderr, "problem": run.problem or ""}
    # The longest first: one may be a part of another.
    for secret in sorted(envs.values(), key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            texts = {name: text.replace(secret, "***") for name, text in texts.items()}
    return replace(
        run, stdout=texts["stdout"], stderr=texts["stderr"], problem=texts["problem"] or None
    )


RUN_CODE = Capability(
    name="run_code",
    description=(
        "Execute code: run a program in a fresh sandbox, to calculate exactly and to work on data. "
        "Answers with what it printed. Nothing is kept from one run to the next."
    ),
    price=Price(
        note="Each second costs a little money.",
        documented="0.001 PTC a second, and 0.001 PTC for a file",
        source="302.AI's product page of the virtual machine sandbox",
        date="2026-11-25",
        assumed=5 * PRICE_OF_SECOND,
    ),
    settings=CodeSettings,
    arguments=_arguments,
    flow=_flow,
    rules=CodeRequest,
)
