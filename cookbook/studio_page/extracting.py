"""Tables from scans: the fields that a visitor names, of each page, as the packages read them."""

from __future__ import annotations

import csv
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, create_model

from core_302 import AI302Error
from langchain_302 import AI302ImageLoader
from studio_page.cards import price
from studio_page.code import Code, Column, extract_code
from studio_page.kindly import OWN_FAULT, Apology, apology_for

MOST_COLUMNS, MOST_FILES, MOST_PAGES = 12, 20, 20  # pages of each file: all of them are paid for
PAGES = f"1-{MOST_PAGES}"
PLACE = ["file", "page"]  # where a row is from
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Extracted:
    """A table, and how it came about."""

    head: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    said: str = ""
    problems: tuple[str, ...] = ()
    apology: Apology | None = None
    code: Code | None = None


def columns_of(text: str) -> list[Column]:
    """Return the columns that a text names, between commas or on lines; `: number` is a kind."""
    found: list[Column] = []
    for number, words in enumerate(filter(None, map(str.strip, re.split(r"[,;\n]", text))), 1):
        said, _, kind = words.partition(":")
        name = re.sub(r"\W+", "_", said).strip("_").lower()
        usable = name.isidentifier() and not iskeyword(name) and name not in dir(BaseModel)
        unlike = usable and name not in {one.name for one in found}
        column = name if unlike else f"column_{number}"
        found.append(Column(column, said.strip(), kind.strip().lower() == "number"))
    return found


def schema(columns: Sequence[Column], *, several: bool) -> type[BaseModel]:
    """Return the class that the fields of a page become; of `several`, a page has many rows."""
    definitions: dict[str, Any] = {
        one.name: (float | None, Field(None, description=one.words))
        if one.is_number
        else (str, Field("", description=one.words))
        for one in columns
    }
    row: type[BaseModel] = create_model("Row", **definitions)
    if not several:
        return row
    rows: Any = (list[row], Field(description="one for each item or line"))  # type: ignore[valid-type]
    whole: type[BaseModel] = create_model("Rows", rows=rows)
    return whole


async def extract(files: Sequence[str], named: str, *, several: bool) -> Extracted:
    """Read files, and return their table. A page that cannot be read is a problem, and no end."""
    columns = columns_of(named)
    if not 0 < len(files) <= MOST_FILES or not 0 < len(columns) <= MOST_COLUMNS:
        wanted = f"Give 1 to {MOST_FILES} files, and 1 to {MOST_COLUMNS} columns."
        return Extracted(apology=Apology("There is nothing to extract yet.", wanted))
    code = extract_code([Path(one).name for one in files], columns, several=several, pages=PAGES)
    loader = AI302ImageLoader(
        sources=[*files],
        output=schema(columns, several=several),
        pages=PAGES,
        on_error="skip",
        look_up_cost=True,
    )
    try:
        pages = [page async for page in loader.alazy_load()]
    except AI302Error as error:
        return Extracted(apology=apology_for(error), code=code)
    except Exception:  # a visitor gets no traceback; the terminal does
        LOG.exception("an extraction failed")
        return Extracted(apology=OWN_FAULT)
    finally:
        await loader.aclose()
    rows = [row for page in pages for row in _rows(page.metadata, columns, several=several)]
    report = loader.report
    return Extracted(
        (*PLACE, *(one.words for one in columns)),
        tuple(rows),
        f"Rows: {len(rows)}. Pages read: {report.read}. {price(report.cost)}",
        tuple(one.reason.replace(f"{Path(one.source).parent}/", "") for one in report.failures),
        code=code,
    )


def saved(table: Extracted, path: Path) -> Path:
    """Save a table as CSV that a spreadsheet opens, and runs nothing of."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_harmless(cell) for cell in table.head])
        writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return path


def _rows(
    metadata: Mapping[str, Any], columns: Sequence[Column], *, several: bool
) -> list[tuple[Any, ...]]:
    found = metadata["fields"]
    where = (Path(metadata["source"]).name, metadata["page"])
    each = found["rows"] if several else [found]
    return [(*where, *(_cell(one.get(column.name)) for column in columns)) for one in each]


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _harmless(cell: Any) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
