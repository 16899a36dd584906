"""`docs/evidence/faults.md`, made from the table and from what was recorded beside it.

The page and the record are made by `python -m tests.faults`; tests fail when either is old.
"""

import hashlib
import re
from dataclasses import fields
from inspect import getdoc
from pathlib import Path

from core_302 import Timeouts
from tests.faults.callers import callers_of
from tests.faults.held import HELD, NUMBERS
from tests.faults.row import ALL, API, ASKED, FILES, JOBS
from tests.faults.rows import ROWS
from tests.fidelity.rows import ROWS_FOR

EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence"
PAGE = EVIDENCE / "faults.md"
RECORD = EVIDENCE / "faults.json"
RIVALS = {"ChatOpenAI": "langchain-openai", "OpenAILike": "llama-index-llms-openai-like"}
LONGEST = 230  # characters of a text in a cell
NAMES = {
    ALL: "everything",
    API: "chat, streams, jobs",
    ASKED: "chat, streams",
    JOBS: "jobs",
    FILES: "downloads",
    (*ASKED, *FILES): "chat, streams, downloads",
}
CHAPTERS = (("N", "The network"), ("P", "Replies"), ("S", "Streams"))
START = """# Faults

What goes wrong between a program and a gateway, and what the program sees. {rows} rows, run in
{runs} ways: for chat, streams, image jobs and downloads, by `Client` and `AsyncClient`; and the
first row of each outcome (the error's class, whether it was sent again, whether text came before
it) also for avatar jobs, and by `ChatAI302`, `AI302` and their image tools, blocking and awaited;
over real sockets, TLS and proxies. Each row is a test in `tests/faults`; `make faults` writes this
page and measures the rivals again.

Each run asserts the number of requests at the server, the class of the error, its fields
(`status`, `err_code`, `request_id`, `retryable`, `billed`, `attempts`, `retry_after`,
`partial_text`) where the row speaks of them, a limit of seconds, and that neither the key nor a
proxy's password is repeated. A job is a paid order of images or avatars: it is sent again only if
the gateway surely did nothing.

Rivals are called through their blocking methods, with their defaults, `max_retries=2` and the row's
time limit (they have a single timeout; where a row has several limits, they get the shortest).
"Hangs": still waiting after 8 s, which may be a pause between requests. "Typed": an error of
LangChain, of the OpenAI SDK, or one with an HTTP status. "Foreign": one of a library below, or of
Python.
{summary}
"""


def page(record):
    """Return the whole page."""
    runs = sum(len(callers_of(row, way)) for row in ROWS for way in row.ways)
    parts = [START.format(rows=len(ROWS), runs=runs, summary=_summary(record)), _clocks()]
    for letter, title in CHAPTERS:
        head = " | ".join(("row", "what happens", "of", "requests", "we say", *RIVALS))
        lines = [f"## {title}\n", f"| {head} |", "|---" * (5 + len(RIVALS)) + "|"]
        lines += [
            f"| {' | '.join(cells)} |"
            for row in ROWS
            if row.id.startswith(letter)
            for cells in _cells(row, record)
        ]
        parts.append("\n".join(lines) + "\n")
    return "\n".join([*parts, _elsewhere()])


def _summary(record):
    versions = "; ".join(
        f"{name} of {package} {record['rivals'][name]['versions'][package]}"
        for name, package in RIVALS.items()
    )
    lines = [f"\nMeasured beside: {versions}.\n", "| | ChatOpenAI | OpenAILike |", "|---|---|---|"]
    counts = {name: _counts(record["rivals"][name]["rows"].values()) for name in RIVALS}
    for words in ("hangs", "foreign", "accepts a broken answer", "more requests than ours"):
        found = " | ".join(str(counts[name][words]) for name in RIVALS)
        lines.append(f"| {words}, of {len(record['rivals']['ChatOpenAI']['rows'])} | {found} |")
    return "\n".join(lines)


def _counts(seen):
    found = dict.fromkeys(("hangs", "foreign", "accepts a broken answer"), 0)
    found["more requests than ours"] = 0
    for one in seen:
        expect = next(row for row in ROWS if row.id == one["row"]).expected(one["way"])
        most = expect.requests if isinstance(expect.requests, int) else expect.requests[1]
        found["hangs"] += one["saw"].startswith("hangs")
        found["foreign"] += one["saw"].startswith("foreign")
        broken = one["saw"].startswith(("accepts", "an empty")) and "'Hello'" not in one["saw"]
        found["accepts a broken answer"] += expect.error is not None and broken
        found["more requests than ours"] += one["requests"] > most
    return found


def _cells(row, record):
    for number, (ways, expect) in enumerate(row.expect.items()):
        requests = expect.requests
        shown = "-".join(map(str, requests)) if isinstance(requests, tuple) else str(requests)
        if expect.error is not None and not requests:
            shown = f"0 ({expect.attempts} attempt{'s' if expect.attempts != 1 else ''})"
        said = record["ours"].get(f"{row.id} {ways[0]}", "")
        yield (
            row.id if not number else "",
            row.case if not number else "",
            NAMES.get(ways) or ", ".join(ways),
            shown,
            f"`{expect.error}`: {_shown(said)}" if expect.error else "the answer",
            *(_rival(row, ways, record["rivals"][name]["rows"]) for name in RIVALS),
        )


def _rival(row, ways, rows):
    found = {
        way: f"{one['saw']}, {one['requests']} request{'s' if one['requests'] != 1 else ''}"
        for way in ways
        if (one := rows.get(f"{row.id} {way}"))
    }
    if len(set(found.values())) == 1:
        return _shown(next(iter(found.values())))
    return _shown("; ".join(f"{way}: {words}" for way, words in found.items()))


def _shown(words):
    line = " ".join(words.split()).replace("|", "\\|").replace("<", "&lt;")
    return line if len(line) <= LONGEST else line[:LONGEST] + "…"


def _clocks():
    meanings = {
        name: " ".join(words.split())
        for name, words in re.findall(
            r"^    (\w+): (.*?)(?=^    \w+:|\Z)", getdoc(Timeouts) or "", re.DOTALL | re.MULTILINE
        )
    }
    held = {
        "total": "N2-whole, N4, N10, P7, S9-total",
        "job": "N4, N10",
        "download": "N4, N10",
        "first_byte": "S9-first-byte, S9-slow-start",
        "silence": "S8, S9-stall, S9-slow-words",
        "connect": "N2-connect",
        "write": "N8-stalled",
        "pool": "N15",
    }
    lines = [
        "## The clocks\n",
        "`timeout` takes seconds, an `httpx.Timeout`, `Timeouts`, or a mapping of these names.",
        "[Why these](../decisions/0011-faults-and-clocks.md).\n",
        "| clock | seconds | what it limits | held by |",
        "|---|---|---|---|",
    ]
    for entry in fields(Timeouts):
        name = entry.name
        lines.append(f"| `{name}` | {entry.default:g} | {meanings[name]} | {held[name]} |")
    return "\n".join(lines) + "\n"


def _elsewhere():
    lines = [
        "## Held by other tests\n",
        "The rows of [fidelity.md](fidelity.md) with the same number are run for both adapters,",
        "blocking and awaited; the other tests are named.\n",
        "| number | what | fidelity rows | tests |",
        "|---|---|---|---|",
    ]
    for number, words in NUMBERS.items():
        rows = {row.id for own in ROWS_FOR.values() for row in own if is_of(row.id, number)}
        tests = [node.partition("::")[2].removeprefix("test_") for node in HELD.get(number, [])]
        if rows or tests:
            named = "; ".join(name.replace("_", " ") for name in tests)
            lines.append(f"| {number} | {words} | {len(rows) or ''} | {named} |")
    return "\n".join(lines) + "\n"


def is_of(row_id, number):
    """Tell whether a row's id begins with a number of the matrix."""
    return row_id.partition("-")[0] == number


def digest(row):
    """Return what tells a row that was measured from one that was changed since."""
    told = repr((row.case, row.inject, row.settings, row.times, row.ways))
    return hashlib.sha256(told.encode()).hexdigest()[:12]
