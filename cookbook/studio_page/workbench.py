"""Every capability that has no place of its own on the page, by the tool that agents call.

What is offered, its arguments, its price: all of it is read from the tools, so that a new one
appears by itself.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from langchain_302 import AI302Toolkit
from langchain_302.tools.capability_tool import CapabilityTool
from langchain_302.tools.toolkit import TOOLS
from studio_page.cards import price
from studio_page.code import Code, tool_code
from studio_page.kindly import Apology
from studio_page.ordering import MOST_IMAGES, MOST_MONEY, ordered

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
        words = self.name.replace("_", " ")
        return f"{words[0].upper()}{words[1:]}{'' if self.required else ' (optional)'}"


@dataclass(frozen=True)
class Done:
    """What a call brought: what the model would read, files, the cost, and the programs of it."""

    text: str = ""
    files: tuple[tuple[str, str], ...] = ()  # a path, and its media type
    cost: float | None = None
    request_id: str | None = None
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
        return (
            f"Price: {known.documented} ({known.source}, {known.date}). Until a record says more, "
            f"a call counts as {price(known.assumed)} of the {price(MOST_MONEY)} that this tab may "
            "spend."
        )

    async def call(self, name: str, said: Mapping[str, Any]) -> Done:
        """Call a tool with what stands in its form."""
        missing = [one.label for one in self.arguments(name) if one.required and not said[one.name]]
        if missing:
            return Done(
                apology=Apology(f"{' and '.join(missing)} is missing.", "Fill it in first.")
            )
        folder = Path(tempfile.mkdtemp(dir=self._given))  # uploads of one name are not one file
        given = {
            one.name: self._taken(one, said[one.name], folder)
            for one in self.arguments(name)
            if said[one.name] not in (None, "", [])
        }
        defaults = {one.name: one.default for one in self.arguments(name)}
        given = {key: value for key, value in given.items() if value != defaults[key]}
        tool = self.tools[name]
        code = tool_code(tool, _by_their_names(given, folder))
        message, apology = await ordered(tool, given)
        if message is None or message.artifact is None:
            refused = apology or Apology("This cannot be sent.", str(message and message.text))
            return Done(apology=refused, code=code)
        report = message.artifact
        return Done(
            str(message.text),
            tuple(_files(report)),
            report.get("cost"),
            report.get("request_id"),
            code=code,
        )

    def close(self) -> None:
        """Close the connections."""
        self._toolkit.close()

    def _taken(self, argument: Argument, value: Any, folder: Path) -> Any:
        """Return a value as the tool takes it: of an upload, the name of its copy."""
        if argument.kind == "files":
            return [self._copied(path, folder) for path in value]
        if argument.kind == "file":
            return self._copied(value, folder)
        return _number(value) if argument.kind in ("number", "whole") else value

    def _copied(self, path: str, folder: Path) -> str:
        place = Path(tempfile.mkdtemp(dir=folder)) / Path(path).name
        shutil.copyfile(path, place)
        return str(place.relative_to(self._given))


def _by_their_names(given: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return the arguments as a program of a visitor's own names its files."""

    def named(value: Any) -> Any:
        if isinstance(value, list):
            return [named(one) for one in value]
        own = isinstance(value, str) and value.startswith(f"{folder.name}/")
        return Path(value).name if own else value

    return {name: named(value) for name, value in given.items()}


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
