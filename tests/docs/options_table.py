"""The table of every option, written by `make options` into `docs/options.md`.

Types, bounds and defaults come from the fields; what an option is for, from the docstring below it.
"""

import re
from pathlib import Path

import griffe
from pydantic import BaseModel

from core_302.catalogue.search_facts import WORDED, provider_facts, search_providers
from core_302.options.answer import AnswerFields
from core_302.options.chat import ChatOptions, WebSearch
from core_302.options.declaration import wire_of
from core_302.options.retrieval import EmbeddingOptions, RerankOptions, SearchOptions
from core_302.reading.audio_options import AudioReadingOptions
from core_302.reading.file_options import FileReadingOptions
from core_302.reading.options import ReadingOptions
from core_302.tools.settings import SelectionSettings

PAGE = Path(__file__).parents[2] / "docs" / "options.md"
BEGIN, END = "<!-- declared: begin -->", "<!-- declared: end -->"
# What is declared once for several options.
ALIASES = {
    "Text": "str",
    "Count": "int (>= 1)",
    "TextsPerCall": "int (>= 1, <= 2048)",
    "MaxResults": "int (>= 1, <= 100)",
    "Amount": "float (> 0)",
    "StopTexts": "Sequence[str] (at most 4)",
    "Bias": "float (>= -100, <= 100)",
    "Sites": "tuple[str, ...]",
    "Day": "date | datetime | None",
    "Folder": "Path | str",
    "Ocr": "bool | 'auto' | str",
}
GROUPS = (
    ("A chat call", ChatOptions),
    ("`WebSearch`", WebSearch),
    ("How an answer is read", AnswerFields),
    ("Embeddings", EmbeddingOptions),
    ("Reranking", RerankOptions),
    ("Search", SearchOptions),
    ("Reading of documents", FileReadingOptions),
    ("Reading of recordings", AudioReadingOptions),
    ("Reading of images and scans", ReadingOptions),
    ("Tools", SelectionSettings),
)


def tables():
    """Return a table for each group of options, and what search providers know."""
    loader = griffe.GriffeLoader(search_paths=["."])
    loader.load("core_302")
    groups = [f"### {words}\n\n{_table(kind, loader)}" for words, kind in GROUPS]
    return "\n".join([*groups, f"### What each search provider knows\n\n{_providers()}"])


def _providers():
    """Return the table of the catalogue of search providers, with its sources."""
    titles = ("provider", "category", "time_range", "options of its own", "source, date")
    rows = f"| {' | '.join(titles)} |\n|{'---|' * len(titles)}\n"
    everything = {option for name in search_providers() for option in provider_facts(name).foreign}
    for name in search_providers():
        facts = provider_facts(name)
        words = [", ".join(f"`{word}`" for word in facts.accepted(o)) or "none" for o in WORDED]
        own = sorted(f"`{option}`" for option in everything - facts.foreign.keys())
        most = [f"`max_results` up to {facts.most_results}"] if facts.most_results else []
        cells = [f"`{name}`", *words, ", ".join([*own, *most]), f"{facts.source}, {facts.dated}"]
        rows += f"| {' | '.join(cells)} |\n"
    return (
        "A value that is not here is refused before anything is sent; `extra_body` sends it all\n"
        f"the same. A provider that is not here is never judged.\n\n{rows}"
    )


def page():
    """Return the whole page, with the tables between their marks."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{tables()}{END}{after}"


def _table(kind, loader):
    rows = "| option | type | default | on the wire | what it does |\n|---|---|---|---|---|\n"
    for name in kind.model_fields:
        rows += f"| {' | '.join(_row(kind, name, loader))} |\n"
    return rows


def _row(kind, name, loader):
    owner = next(c for c in reversed(kind.__mro__) if name in getattr(c, "model_fields", ()))
    member = loader.modules_collection[f"{owner.__module__}.{owner.__name__}.{name}"]
    assert member.docstring, f"{owner.__name__}.{name} has no docstring"
    wire = wire_of(kind, name)
    spelled = " and ".join(f"`{n}`" for n in (wire.name, wire.service) if n) if wire else ""
    cost = f" Cost: {wire.cost}." if wire and wire.cost != "none" else ""
    source = f" Source: {wire.source}." if wire else ""
    field = kind.model_fields[name]
    default = "required" if field.is_required() else f"`{_default(field)}`"
    words = f"{' '.join(member.docstring.value.split())}{source}{cost}".replace("|", "\\|")
    return f"`{name}`", f"`{_type(member)}`".replace("|", "\\|"), default, spelled, words


def _default(field):
    """Return a default as it is written; a group of settings without its fields."""
    value = field.get_default(call_default_factory=True)
    return f"{type(value).__name__}()" if isinstance(value, BaseModel) else repr(value)


def _type(member):
    """Return a field's type as its declaration spells it, with its bounds in signs."""
    said = re.sub(r"\s+", " ", str(member.annotation))
    said = re.sub(r",\s*(Wire|BeforeValidator|AfterValidator)\((?:[^()]|\([^()]*\))*\)", "", said)
    said = re.sub(r", Field\(exclude=True(, repr=False)?\)", "", said)
    said = re.sub(r"Annotated\[(\w+), Field\(([^)]*)\)\]", _bounded, said)
    while (bare := re.sub(r"Annotated\[((?:[^\[\]]|\[[^\[\]]*\])+)\]", r"\1", said)) != said:
        said = bare
    for alias, meant in ALIASES.items():
        said = re.sub(rf"\b{alias}\b", meant, said)
    return said


def _bounded(found):
    signs = {"ge": ">=", "gt": ">", "le": "<="}
    pairs = (bound.split("=") for bound in found[2].split(", "))
    told = [f"{signs[name]} {value}" for name, value in pairs if name in signs]
    return f"{found[1]} ({', '.join(told)})"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
