"""A program in the code sandbox as a flow: run once, and what it made is fetched by nobody here."""

from __future__ import annotations

from core_302.endpoints.sandbox import CodeRun, code_request, read_code_run
from core_302.errors import AI302Error
from core_302.flow import Flow
from core_302.flows.image_jobs import paid
from core_302.options.code import CodeRequest


def run_code(asked: CodeRequest) -> Flow[CodeRun]:
    """Run a program. Paid by the second: sent once.

    An error never repeats the values of the program's variables.

    Raises:
        AI302Error: The gateway did not run it, or it is unknown whether; see the tree in
            `core_302.errors`. A program that failed is no error: its `stderr` says so.
    """
    try:
        return (yield from paid(code_request(asked), read_code_run))
    except AI302Error as error:
        raise error.redact(*asked.envs.values()) from None
