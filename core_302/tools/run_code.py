"""run_code: a program that a model wrote, run in a sandbox of 302.AI, never on this machine.

A program that fails is a result: its errors are what the model needs. An error of the gateway is an
error. The operator's variables are hidden wherever a program prints them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from core_302.endpoints.sandbox import CodeRun
from core_302.errors import SHORTEST_SECRET, InvalidInputError
from core_302.flow import Flow
from core_302.flows.sandbox import run_code
from core_302.log import TASKS
from core_302.options.code import CodeRequest
from core_302.tools.capability import Capability, Price, ToolResult, arguments_class
from core_302.tools.context import File, ToolContext
from core_302.tools.image_tool import wrong_arguments
from core_302.tools.made_files import files_in_words
from core_302.tools.program_output import ran_in_words
from core_302.tools.settings import CodeSettings

PRICE_OF_SECOND = 0.001  # PTC
PRICE_OF_FILE = 0.001  # PTC


def _arguments(_: CodeSettings, __: bool) -> type[BaseModel]:  # noqa: FBT001
    return arguments_class("RunCode", {}, CodeRequest, "code", "language", "download_path")


def _flow(
    context: ToolContext, settings: CodeSettings, arguments: Mapping[str, Any]
) -> Flow[ToolResult]:
    given = {**arguments, "timeout": settings.time_limit, "envs": settings.envs}
    try:
        asked = CodeRequest.model_validate(given)
    except ValidationError as error:
        raise InvalidInputError(wrong_arguments(error, CodeRequest)) from None
    wants_file = asked.download_path is not None
    most = asked.timeout * PRICE_OF_SECOND + wants_file * PRICE_OF_FILE
    run, cost = yield from context.charged(run_code(asked), most, lambda done: [done.request_id])
    run = _without_secrets(run, asked.envs)
    files = yield from _kept(context, run, asked.download_path or "")
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


def _kept(context: ToolContext, run: CodeRun, path: str) -> Flow[list[File]]:
    """Keep the files that came back, named after the path that was asked for."""
    name, dot, _ = path.rpartition("/")[2].rpartition(".")
    files = []
    try:
        for link in run.files:
            kept = yield from context.kept_file(link, name if dot else path)
            files.append(kept)
    except GeneratorExit:  # cancelled, or stopped by Ctrl-C: neither exception can tell this
        links = " ".join(run.files)
        TASKS.warning("A program was run and paid when its tool was left. Its files: %s", links)
        raise
    return files


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
        "Run a program in a fresh sandbox, for exact calculations and for work on data. Answers "
        "with what it printed. Nothing is kept from one run to the next."
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
