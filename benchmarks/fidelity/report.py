"""The page of the results: what was compared, one line for each row and way, and the sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from tests.fidelity.row import Row, Way
from tests.fidelity.rows import ROWS_FOR

COMMAND = "make fidelity"
NOT_APPLICABLE = "not applicable"
START = """# What the user of a chat model sees of a hostile gateway

A gateway relays hundreds of vendors, and not all of them follow the OpenAI API exactly. Each row
below is something that a gateway or the network may do, sent byte for byte by a server on this
machine, and what the user of each chat model should see. The same rows are tests of this project
(`tests/langchain_302/test_hostile_gateway.py`).

- A cell says "yes" if both the blocking and the asynchronous method showed the user what the row
  claims; otherwise it says what they showed.
- The checks do not depend on a client's classes. An error counts whatever its class; reasoning,
  sources and images count wherever in the message they are. Where a row mentions ModelError, any
  error that is a `langchain_core.exceptions.ModelError` or carries an HTTP status counts.
- Every class is configured as for any gateway: its address, a key, `max_retries=2`, and a time
  limit where the row needs one. Options that help with a gateway and are off by default are on
  (`stream_usage`, `stream_chunk_timeout`). A class that cannot be configured like that is "not
  applicable" in that row.
- A time limit is the class's `timeout`. Some classes apply it to each attempt and each read; the
  row about it says what the user sees of the complete call.
- ChatOpenRouter, ChatDeepSeek and ChatMistralAI are written for the dialects of their own vendors,
  and ChatOpenAI for OpenAI's. A row that they do not pass means that they are not made for such a
  gateway, not that they are broken with their own vendor.
- The authors of ChatAI302 chose the rows, from faults that users reported or that were measured
  with clients. ChatAI302 was fixed until it passed them; the others were not.
"""
LLAMA_INDEX_START = """# The same in LlamaIndex

The same rows, without those about LangChain's error classes, run on LLMs of LlamaIndex. They are
tests of this project too (`tests/llama_index_302/test_hostile_gateway.py`).

- "invoke" is `chat` or `chat_with_tools`, "stream" is `stream_chat` or `stream_chat_with_tools`.
- Only the message and the response's `additional_kwargs` count: agents and memory see no more.
  Token counts and the finish reason may also be in the raw response, since LlamaIndex looks there.
- Tool calls are those that `get_tool_calls_from_response` gives an agent to run.
- Every rival is configured as a chat model with tool calling, which is not the default of two of
  them. The authors of AI302 chose the rows, and AI302 was fixed until it passed them.
"""
CLAIMS_START = """## What agents of LlamaIndex rely on

Claims that any LLM can be held to (`python -m tests.llama_index_contract module:make`). Most are
defects that were found by running the classes of the OpenAI family, so those classes do badly here
because of how the claims were chosen. Every claim is about something that a gateway's user would
notice.
"""


@dataclass(frozen=True)
class Findings:
    """What one contender did.

    Attributes:
        name: Its class.
        versions: The packages that matter, and their versions.
        lines: For each row, way and kind: `verdict` and `words`.
        claims: For each claim of `tests/llama_index_contract` and kind: what breaks it, or None.
    """

    name: str
    versions: dict[str, str]
    lines: Sequence[dict[str, Any]] = field(repr=False)
    claims: Sequence[dict[str, Any]] = field(default=(), repr=False)

    def cell(self, row: Row, way: Way) -> str:
        """Return what the table says of one row and way."""
        said = {
            line["kind"]: line["words"] if line["verdict"] == "no" else line["verdict"]
            for line in self.lines
            if (line["row"], line["way"]) == (row.id, way)
        }
        return _joined(said)

    def claim(self, name: str) -> str:
        """Return what the table says of one claim."""
        said = {
            line["kind"]: line["complaint"] or "yes"
            for line in self.claims
            if line["claim"] == name
        }
        return _joined(said)

    def score(self, framework: str) -> str:
        """Return how many lines it passes, of those that apply."""
        cells = [self.cell(row, way) for row in ROWS_FOR[framework] for way in row.ways]
        applicable = [cell for cell in cells if cell != NOT_APPLICABLE]
        return f"{self.name} {applicable.count('yes')} of {len(applicable)}"


def page(found: Sequence[Findings], llama_index: Sequence[Findings]) -> str:
    """Return the whole page: LangChain's part, then LlamaIndex's."""
    date = datetime.now(timezone.utc).date().isoformat()
    second = _part(llama_index, "llama_index", LLAMA_INDEX_START, date)
    return "\n".join(
        [*_part(found, "langchain", START, date), "", *second, "", *claims(llama_index)]
    )


def _part(found: Sequence[Findings], framework: str, start: str, date: str) -> list[str]:
    names = " | ".join(one.name for one in found)
    table = [f"| row | what the user sees | asked by | {names} |", "|---" * (3 + len(found)) + "|"]
    for row in ROWS_FOR[framework]:
        for way in row.ways:
            cells = [row.id, row.claim, way, *(_escaped(one.cell(row, way)) for one in found)]
            table.append("| " + " | ".join(cells) + " |")
    versions = [f"- {one.name}: {_versions(one)}" for one in found]
    head = [start, f"Measured on {date} by `{COMMAND}`, with", "", *versions, ""]
    sums = "; ".join(one.score(framework) for one in found)
    return [*head, *table, "", f"{sums}."]


def claims(found: Sequence[Findings]) -> list[str]:
    """Return the table of LlamaIndex's claims, and its sums."""
    names = " | ".join(one.name for one in found)
    table = [CLAIMS_START, f"| claim | {names} |", "|---" * (1 + len(found)) + "|"]
    known = {line["claim"]: line["words"] for line in found[0].claims}
    for name, words in known.items():
        cells = [words, *(_escaped(one.claim(name)) for one in found)]
        table.append("| " + " | ".join(cells) + " |")
    kept = {one.name: [one.claim(name) for name in known].count("yes") for one in found}
    sums = "; ".join(f"{name} {count} of {len(known)}" for name, count in kept.items())
    return [*table, "", f"{sums}.", ""]


def _joined(said: dict[str, str]) -> str:
    if len(set(said.values())) == 1:
        return str(next(iter(said.values())))
    return "; ".join(f"{kind}: {words}" for kind, words in said.items())


def _versions(one: Findings) -> str:
    return ", ".join(f"{package} {version}" for package, version in one.versions.items())


def _escaped(cell: str) -> str:
    """Return `cell` as a table can hold it: no column ends early, no tag and no link is made."""
    for mark in ("\\", "|", "<", "*", "_", "["):
        cell = cell.replace(mark, "\\" + mark)
    return cell
