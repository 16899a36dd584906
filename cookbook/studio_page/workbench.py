"""Every capability that has no place of its own on the page, by the tool that agents call.

What is offered, its arguments, its price: all of it is read from the tools, so that a new one
appears by itself.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from langchain_302 import AI302Toolkit
from langchain_302.tools.capability_tool import CapabilityTool
from langchain_302.tools.toolkit import TOOLS
from studio_page.code import Code, tool_code
from studio_page.kindly import Apology
from studio_page.ordering import MOST_IMAGES, MOST_MONEY, ordered, price_before

ELSEWHERE = ("generate_image", "edit_image", "generate_avatar")  # the Draw tab has them
OFFERED = tuple(kind for kind in TOOLS if kind.capability.name not in ELSEWHERE)
LONG = 1_000  # letters: a text that may be longer has a large box

Kind = Literal["text", "long", "choice", "number", "whole", "file", "files"]


@dataclass(frozen=True)
class Argument:
    """One argument of a tool, as a control of a form."""

    name: str
    kind: Kind
    about: str
    required: bool
    default: Any = None
    choices: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Its name in words."""
        return f"{words_of(self.name)}{'' if self.required else ' (optional)'}"


@dataclass(frozen=True)
class Done:
    """What a call brought: what the model would read, files, the cost, and the programs of it."""

    text: str = ""
    files: tuple[tuple[str, str], ...] = ()  # a path, and its media type
    cost: float | None = None
    apology: Apology | None = None
    code: Code | None = None


@dataclass
class Workbench:
    """The tools of the tab: one folder, one budget, one client for all.

    Args:
        folder: Where files are kept while the page runs.
    """

    folder: Path
    tools: dict[str, CapabilityTool] = field(init=False)

    def __post_init__(self) -> None:
        """Make the tools, and the folder of what visitors give."""
        self._given = self.folder / "given"
        self._given.mkdir(parents=True, exist_ok=True)
        self._toolkit = AI302Toolkit(
            only=[kind.capability.name for kind in OFFERED],
            output_dir=self.folder,
            allowed_dirs=[self._given],
            max_images=MOST_IMAGES,
            budget=MOST_MONEY,
        )
        made = [tool for tool in self._toolkit.get_tools() if isinstance(tool, CapabilityTool)]
        for tool in made:
            tool.handle_tool_error = False  # the page wants the error itself
        self.tools = {tool.name: tool for tool in made}

    def arguments(self, name: str) -> list[Argument]:
        """Return the arguments of a tool, those that are required first."""
        schema = self.tools[name].tool_call_schema.model_json_schema()  # type: ignore[union-attr]
        required = schema.get("required", ())
        found = [_argument(key, at, key in required) for key, at in schema["properties"].items()]
        return sorted(found, key=lambda one: not one.required)

    def price_of(self, name: str) -> str:
        """Return in words what a call costs, as far as it is known before it."""
        known = self.tools[name].capability.price
        return price_before(known, "a call", "this tab may spend")

    async def call(self, name: str, said: Mapping[str, Any]) -> Done:
        """Call a tool with what stands in its form."""
        arguments, tool = self.arguments(name), self.tools[name]
        missing = [one.label for one in arguments if one.required and not said[one.name]]
        if missing:
            return Done(
                apology=Apology(f"{' and '.join(missing)} is missing.", "Fill it in first.")
            )
        code = tool_code(tool, _taken(arguments, said, _name_of))
        came = await ordered(tool, _taken(arguments, said, self._copied), "This cannot be sent.")
        if isinstance(came, Apology):
            return Done(apology=came, code=code)
        report = came.artifact
        return Done(str(came.text), tuple(_files(report)), report.get("cost"), code=code)

    def close(self) -> None:
        """Close the connections."""
        self._toolkit.close()

    def _copied(self, path: str) -> str:
        """Copy an upload to where the tools may read it: those of one name are not one file."""
        place = Path(tempfile.mkdtemp(dir=self._given)) / _name_of(path)
        shutil.copyfile(path, place)
        return str(place.relative_to(self._given))


def words_of(name: str) -> str:
    """Return a name of a program in words, such as `Read page`."""
    words = name.replace("_", " ")
    return f"{words[0].upper()}{words[1:]}"


def _name_of(path: str) -> str:
    """Return what a program of a visitor's own calls an upload."""
    return Path(path).name


def _taken(
    arguments: Sequence[Argument], said: Mapping[str, Any], named: Callable[[str], str]
) -> dict[str, Any]:
    """Return what a form says as the tool takes it, without what was left as it is.

    Args:
        arguments: The arguments of the tool.
        said: What stands in the form, by name; of an upload, its path.
        named: Returns the name by which an upload is given.
    """
    given = {}
    for one in arguments:
        value = said[one.name]
        if one.kind in ("number", "whole") and value is not None:
            value = _number(value)
        if value in (None, "", [], one.default):
            continue
        if one.kind == "files":
            value = [named(path) for path in value]
        given[one.name] = named(value) if one.kind == "file" else value
    return given


def _number(text: str) -> float | str:
    """Return the number that a text is, or the text: the tool says best what is wrong with it."""
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def _argument(name: str, at: Mapping[str, Any], required: bool) -> Argument:  # noqa: FBT001
    return Argument(
        name,
        _kind(at),
        str(at.get("description", "")),
        required,
        at.get("default"),
        tuple(map(str, at.get("enum", ()))),
    )


def _kind(at: Mapping[str, Any]) -> Kind:
    if "enum" in at:
        return "choice"
    if at.get("type") in ("integer", "number"):
        return "whole" if at["type"] == "integer" else "number"
    if "http(s) link" in str(at.get("description")):
        return "files" if at.get("type") == "array" else "file"
    return "long" if at.get("maxLength", 0) > LONG else "text"


def _files(report: Any) -> Iterator[tuple[str, str]]:
    """Find the files that a report names, wherever they stand in it."""
    if isinstance(report, Mapping):
        if report.get("path") and report.get("media_type"):
            yield str(report["path"]), str(report["media_type"])
            return
        report = list(report.values())
    if isinstance(report, (list, tuple)):
        for one in report:
            yield from _files(one)
