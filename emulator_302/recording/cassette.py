"""A recording: which file it is in, what is in it, and what it answers to a request.

The format is JSON, version 1 (docs/decisions/0035-cassettes.md). A cassette has the gateway's words
and no key; what a request is matched by is all that is recorded of it, but for what is ignored.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from emulator_302.recording.json_values import changed_texts
from emulator_302.recording.links import HERE, FileHosts

VERSION = 1
MODES = ("none", "once", "new", "all")
PLAIN = "recording"
DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
ID = re.compile(r"\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b", re.IGNORECASE)


def without_dates(text: str) -> str:
    """Return a text in which all dates such as 2026-01-31 are the same, for `Recording.normal`."""
    return DATE.sub("DATE", text)


def without_ids(text: str) -> str:
    """Return a text in which all ids of 32 hexadecimal digits are the same."""
    return ID.sub("ID", text)


@dataclass(frozen=True)
class Interaction:
    """One request and its answer, as a cassette has them."""

    request: dict[str, Any]
    response: dict[str, Any]


@dataclass(frozen=True)
class Recording:
    """Where recordings are, when the gateway is asked, and what makes two requests equal.

    Attributes:
        path: A cassette (`.json`), or a folder with one for each scope. A named scope of a
            cassette `a.json` has `a-NAME.json`.
        mode: When the gateway is asked: `none` never, `once` if there was no cassette, `new` for
            requests that are not in it, `all` always.
        upstream: The address of the gateway, such as `https://api.302.ai`.
        key: The key for the gateway. No other host gets it, and no cassette has it.
        file_hosts: Hosts that have the gateway's files, beside `file.302.ai` and the `file...`
            hosts of the gateway's domain.
        ignore: Fields of a request that do not count: `user`, `metadata.run`, `query.t`.
        normal: Functions of a text, applied to every text of both requests before they are
            compared: `without_dates`, `without_ids`, or your own.
        before_saving: A function of the JSON of each interaction (`request`, `response`) that
            returns what is saved; `None` leaves it out.
        every_scope: Whether each scope has a cassette, or those that `use_cassette` tells theirs.
        speed: How fast streams are replayed: 1 as recorded, 10 ten times as fast; `None` at once.
    """

    path: Path
    mode: str = "once"
    upstream: str = ""
    key: str = field(default="", repr=False)
    file_hosts: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    normal: tuple[Callable[[str], str], ...] = ()
    before_saving: Callable[[dict[str, Any]], dict[str, Any] | None] | None = field(
        default=None, repr=False
    )
    speed: float | None = None
    every_scope: bool = True

    def __post_init__(self) -> None:
        """Refuse what could not work.

        Raises:
            ValueError: The mode is unknown, the gateway is missing, or its address would send the
                key in clear text.
        """
        object.__setattr__(self, "path", Path(self.path))
        if self.mode not in MODES:
            raise ValueError(f"the mode of a recording is one of {', '.join(MODES)}: {self.mode!r}")
        if self.upstream:
            parts = urlsplit(self.upstream)
            own = parts.scheme == "http" and parts.hostname in HERE
            if not parts.hostname or not (parts.scheme == "https" or own):
                raise ValueError(f"the gateway's address is https://...: {self.upstream!r}")
        elif self.mode in ("new", "all"):
            raise ValueError(f"the mode {self.mode!r} needs the gateway's address (upstream)")

    @property
    def hosts(self) -> FileHosts:
        """Which hosts have the gateway's files."""
        return FileHosts(self.upstream, self.file_hosts)

    def file_of(self, scope: str) -> Path:
        """Return the cassette of a scope; "" is that of the plain key."""
        if self.path.suffix != ".json":
            return self.path / f"{scope or PLAIN}.json"
        return self.path.with_stem(f"{self.path.stem}-{scope}") if scope else self.path


class Deck:
    """The cassette of one scope, and what was played of it.

    Args:
        setup: How it is recorded and matched.
        file: Where it is.

    Raises:
        ValueError: The file is no cassette of this version.
        OSError: It cannot be read.
    """

    def __init__(self, setup: Recording, file: Path) -> None:
        self.setup = setup
        self.file = file
        self._begun = setup.mode == "all"  # its file begins anew
        self.interactions: list[Interaction] = []
        self._played: dict[str, int] = {}
        self.upstream = setup.upstream
        self.rewind()

    def rewind(self) -> None:
        """Play from the beginning."""
        self._played.clear()
        if not self._begun and self.file.exists():
            self.upstream, self.interactions = _read(self.file)
        self.replays = bool(self.interactions) and self.setup.mode == "once"

    @property
    def asks(self) -> bool:
        """Whether the gateway is asked for what is not in it."""
        return bool(self.setup.upstream) and self.setup.mode != "none" and not self.replays

    @property
    def hosts(self) -> FileHosts:
        """Which hosts have the files of the gateway that was recorded."""
        return FileHosts(self.upstream, self.setup.file_hosts)

    def play(self, asked: Mapping[str, Any]) -> Interaction | None:
        """Return the recorded interaction that a request gets; `None` if there is none left.

        Equal requests get their answers in the order of the recording. After the last one, a GET
        gets it again: a task that has ended stays ended. Anything else may be paid for, and is not
        answered more often than it was recorded.
        """
        if self.setup.mode == "all" or (self.asks and self.setup.mode == "once"):
            return None
        key = self.key_of(asked)
        equal = [one for one in self.interactions if self.key_of(one.request) == key]
        place = self._played.get(key, 0)
        if equal and asked["method"] == "GET":
            place = min(place, len(equal) - 1)
        if place >= len(equal):
            return None
        self._played[key] = place + 1
        return equal[place]

    def add(self, one: Interaction) -> None:
        """Keep an interaction, and write the file."""
        saved: dict[str, Any] | None = {"request": one.request, "response": one.response}
        if self.setup.before_saving is not None:
            saved = self.setup.before_saving(json.loads(json.dumps(saved)))
        if saved is None:
            return
        kept = Interaction(saved["request"], saved["response"])
        self.interactions.append(kept)
        key = self.key_of(kept.request)
        self._played[key] = self._played.get(key, 0) + 1
        self._begun = True
        _write(self.file, self.upstream, self.interactions)

    def key_of(self, request: Mapping[str, Any]) -> str:
        """Return what is equal for equal requests."""
        return json.dumps(self.compared(request), sort_keys=True)

    def compared(self, request: Mapping[str, Any]) -> Any:
        """Return what counts of a request."""
        return changed_texts(_without(dict(request), self.setup.ignore), self._normal)

    def _normal(self, text: str) -> str:
        for change in self.setup.normal:
            text = change(text)
        return text


def read_cassette(file: Path) -> list[Interaction]:
    """Return the interactions of a cassette.

    Raises:
        ValueError: It is no cassette of this version.
        OSError: It cannot be read.
    """
    return _read(file)[1]


def _read(file: Path) -> tuple[str, list[Interaction]]:
    try:
        given = json.loads(file.read_text("utf-8"))
        found = given["version"]
        rows = [Interaction(one["request"], one["response"]) for one in given["interactions"]]
    except (ValueError, LookupError, TypeError) as error:
        raise ValueError(f"{file} is no cassette: {error!r}") from error
    if found != VERSION:
        raise ValueError(f"{file} is a cassette of version {found!r}; this reads {VERSION}")
    return str(given.get("upstream", "")), rows


def _write(file: Path, upstream: str, interactions: list[Interaction]) -> None:
    """Write a cassette; whoever reads it meanwhile finds the one before."""
    rows = [{"request": one.request, "response": one.response} for one in interactions]
    told = {"version": VERSION, "upstream": upstream, "interactions": rows}
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(f".{os.getpid()}.tmp")
    beside.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    beside.replace(file)


def _without(request: dict[str, Any], ignored: tuple[str, ...]) -> dict[str, Any]:
    """Return a request without some fields: of its body, or of its query (`query.NAME`)."""
    for path in ignored:
        steps = path.split(".")
        start = [] if steps[0] == "query" else ["form" if "form" in request else "json"]
        request = _dropped(request, [*start, *steps])
    return request


def _dropped(value: Any, steps: list[str]) -> Any:
    if not isinstance(value, dict) or steps[0] not in value:
        return value
    if len(steps) == 1:
        return {name: inner for name, inner in value.items() if name != steps[0]}
    return {**value, steps[0]: _dropped(value[steps[0]], steps[1:])}
