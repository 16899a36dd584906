"""What a program did, in words for a model: bounded, and marked as a program's own text.

A program prints what its author, or the page that it read, wanted to be read. So each of its lines
begins with a mark: none can pass for a line of ours, or for a program's other output.
"""

from __future__ import annotations

from core_302.endpoints.sandbox import CodeRun
from core_302.tools.untrusted_text import many_lines, one_line

MARK = "| "
MOST_OUTPUT = 24 * 1024  # bytes of UTF-8
MOST_ERRORS = 8 * 1024  # likewise; the end of them says what went wrong
MOST_LINES = 1_000  # of each: a mark costs bytes too
LONGEST_PROBLEM = 500  # characters
STDOUT = "It printed (each line of the program's begins with |):"
STDERR = "It printed as errors:"


def ran_in_words(run: CodeRun) -> str:
    """Describe what a program did, for a model, without the files that it made."""
    failed = (
        f" The sandbox reports: {one_line(run.problem, LONGEST_PROBLEM)}" if run.problem else ""
    )
    lines = [f"The program was run.{failed}"]
    if not run.stdout.strip() and not run.stderr.strip():
        return f"{lines[0]} It printed nothing."
    if run.stdout.strip():
        lines += [STDOUT, _marked(many_lines(run.stdout, MOST_OUTPUT))]
    if run.stderr.strip():
        lines += [STDERR, _marked(_end_of(run.stderr))]
    return "\n".join(lines)


def _end_of(text: str) -> str:
    """Return the end of a text that is too long: a traceback's last line is what counts."""
    end = text[-MOST_ERRORS:].encode()[-MOST_ERRORS:].decode(errors="ignore")
    lines = many_lines(end, 2 * MOST_ERRORS).rstrip("\n").split("\n")
    if len(end) == len(text) and len(lines) <= MOST_LINES:
        return "\n".join(lines)
    return "\n".join(["(what came before is left out) ...", *lines[-MOST_LINES + 1 :]])


def _marked(text: str) -> str:
    lines = text.rstrip("\n").split("\n")
    more = len(lines) - MOST_LINES
    cut = [f"... ({more} more lines)"] if more > 0 else []
    return "\n".join(f"{MARK}{line}" for line in [*lines[:MOST_LINES], *cut])
