"""The tables of docs/emulator.md: the fields of a fault and of conditions, as they are declared.

`make options` writes them. What a field takes comes from its check, and what
it is for from the docstring of its class.
"""

import dataclasses
from pathlib import Path

import griffe

from emulator_302 import Fault, Pace, When
from tests.docs.public_names import loaded

PAGE = Path(__file__).parents[2] / "docs" / "emulator.md"
TABLES = {"conditions": When, "faults": Fault, "paces": Pace}


def table(kind):
    """Return the table of the fields of a dataclass."""
    thing = loaded()["emulator_302"][kind.__name__]
    told = {
        entry.name: " ".join(entry.description.split())
        for section in thing.docstring.parsed
        if section.kind is griffe.DocstringSectionKind.attributes
        for entry in section.value
    }
    rows = ["| field | takes | what it does |", "|---|---|---|"]
    for field in dataclasses.fields(kind):
        takes = field.metadata["takes"].words if "takes" in field.metadata else ""
        rows.append(f"| `{field.name}` | {takes} | {told[field.name]} |")
    return "\n".join(rows)


def page():
    """Return the page, with the tables between their marks."""
    text = PAGE.read_text("utf-8")
    for name, kind in TABLES.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, _, rest = text.partition(begin)
        after = rest.partition(end)[2]
        text = f"{before}{begin}\n{table(kind)}\n{end}{after}"
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
