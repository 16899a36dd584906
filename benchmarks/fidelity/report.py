"""The page of the results: what was compared, one line for each row and way, and the sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from benchmarks.fidelity.row import Row, Way
from benchmarks.fidelity.rows import ROWS

COMMAND = "make fidelity"
NOT_APPLICABLE = "not applicable"
START = """# What the user of a chat model sees of a hostile gateway

A gateway relays hundreds of vendors, and not every one of them speaks the OpenAI API as its vendor
would. Each line below is one thing that a gateway or the network may do, sent byte for byte by a
server on this machine, and what the user of each chat model should see of it. The same rows are
tests of this project (`tests/langchain_adapter/test_hostile_gateway.py`).

- A cell says "yes" if both the blocking and the asynchronous method showed the user what the line
  claims; else it says what they showed.
- The judges know no class. An error counts whatever its class; thoughts, sources and pictures count
  wherever in the message they are. Where a line speaks of ModelError, any error that is a
  `langchain_core.exceptions.ModelError` or tells an HTTP status counts.
- Every class is set up as for any gateway: its address, a key, `max_retries=2`, and where the line
  needs one, a time limit. What helps with a gateway and is off by default is on (`stream_usage`,
  `stream_chunk_timeout`). A class that cannot be set up so is "not applicable" there.
- A time limit is what the class calls `timeout`. Some count it anew for each attempt and each read;
  the line about it says what the user of the whole call sees.
- ChatOpenRouter, ChatDeepSeek and ChatMistralAI are written for the dialects of their own vendors,
  and ChatOpenAI for OpenAI's. A line that they do not pass says that they are not made for that
  gateway, not that they are broken with their vendor.
- The lines were chosen by the authors of ChatAI302, from faults that were reported by users or
  measured at clients. ChatAI302 was mended until it passed them; the others were not.
"""


@dataclass(frozen=True)
class Findings:
    """What one contender did.

    Attributes:
        name: Its class.
        versions: The packages that matter, and their versions.
        lines: For each row, way and kind: `verdict` and `words`.
    """

    name: str
    versions: dict[str, str]
    lines: Sequence[dict[str, Any]] = field(repr=False)

    def cell(self, row: Row, way: Way) -> str:
        """Return what the table says of one row and way."""
        said = {
            line["kind"]: line["words"] if line["verdict"] == "no" else line["verdict"]
            for line in self.lines
            if (line["row"], line["way"]) == (row.id, way)
        }
        if len(set(said.values())) == 1:
            return str(next(iter(said.values())))
        return "; ".join(f"{kind}: {words}" for kind, words in said.items())

    def score(self) -> str:
        """Return how many lines it passes, of those that apply."""
        cells = [self.cell(row, way) for row in ROWS for way in row.ways]
        applicable = [cell for cell in cells if cell != NOT_APPLICABLE]
        return f"{self.name} {applicable.count('yes')} of {len(applicable)}"


def page(found: Sequence[Findings]) -> str:
    """Return the whole page; its last line has the sums."""
    names = " | ".join(one.name for one in found)
    table = [f"| row | what the user sees | asked by | {names} |", "|---" * (3 + len(found)) + "|"]
    for row in ROWS:
        for way in row.ways:
            cells = [row.id, row.claim, way, *(_escaped(one.cell(row, way)) for one in found)]
            table.append("| " + " | ".join(cells) + " |")
    versions = [f"- {one.name}: {_versions(one)}" for one in found]
    date = datetime.now(timezone.utc).date().isoformat()
    head = [START, f"Measured on {date} by `{COMMAND}`, with", "", *versions, ""]
    sums = "; ".join(one.score() for one in found)
    return "\n".join([*head, *table, "", f"{sums}."]) + "\n"


def _versions(one: Findings) -> str:
    return ", ".join(f"{package} {version}" for package, version in one.versions.items())


def _escaped(cell: str) -> str:
    """Return `cell` as a table can hold it: no column ends early, no tag and no link is made."""
    for mark in ("\\", "|", "<", "*", "_", "["):
        cell = cell.replace(mark, "\\" + mark)
    return cell
