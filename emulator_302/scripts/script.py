"""Scripts, and what has been played of them. The first script that fits a request answers it.

A script with several answers gives one to each request, and is then over; a script with one gives
it to every request, unless `times` says how often.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from emulator_302.http.faults import Fault
from emulator_302.scripts.conditions import When, meant
from emulator_302.scripts.conversation import Conversation
from emulator_302.scripts.declared import NUMBER_OF, TEXT, known_fields, refuse_wrong, setting
from emulator_302.scripts.parts import Part, Scripted, part_from_json, scripted
from emulator_302.scripts.values import ScriptError

Turn = tuple[Part, ...]


@dataclass(frozen=True)
class Script:
    """What is answered to the requests that some conditions are for.

    Attributes:
        when: Which requests it is for.
        answers: The parts of each answer, in the order in which requests get them.
        times: How often all the answers are given; `None` is once for several, always for one.
        name: What the log and the messages call it.
        id: Tells it from others; a script that is put again takes its place.
    """

    when: When = field(default_factory=When)
    answers: tuple[Turn, ...] = ()
    times: int | None = setting(None, NUMBER_OF)
    name: str = setting("", TEXT)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        """Refuse a wrong number or name.

        Raises:
            ValueError: It is one.
        """
        refuse_wrong(self)

    @property
    def total(self) -> int | None:
        """How many requests it answers; `None` is any number."""
        if self.times is None and len(self.answers) == 1:
            return None
        return len(self.answers) * (self.times or 1)

    @property
    def title(self) -> str:
        """What messages call it: its name, else its conditions."""
        if self.name:
            return self.name
        said = ", ".join(f"{name}={value!r}" for name, value in self.when.to_json().items())
        return f"when({said})"

    @classmethod
    def from_json(cls, given: Any) -> Script:
        """Read a script from JSON.

        Raises:
            ValueError: It is none.
        """
        values = known_fields(cls, given)
        answers = values.get("answers")
        if not isinstance(answers, list) or not answers:
            raise ValueError(f"a Script needs a list of answers: {answers!r}")
        values["answers"] = tuple(
            tuple(map(part_from_json, one if isinstance(one, list) else [one])) for one in answers
        )
        values["when"] = meant(values.get("when"))
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON; functions stay as they are."""
        answers = [[_part_to_json(part) for part in answer] for answer in self.answers]
        given: dict[str, Any] = {"id": self.id, "answers": answers, "when": self.when.to_json()}
        more = {"name": self.name or None, "times": self.times}
        return {**given, **{name: value for name, value in more.items() if value is not None}}


def _part_to_json(part: Part) -> dict[str, Any]:
    return {"fail": part.to_json()} if isinstance(part, Fault) else part.to_json()


@dataclass(frozen=True)
class Played:
    """The answer of a script to one request, and whose it is."""

    scripted: Scripted
    by: str


class Scripts:
    """The scripts of one scope, the earliest first."""

    def __init__(self) -> None:
        self._scripts: dict[str, Script] = {}
        self._given: dict[str, int] = {}
        self._met: dict[str, int] = {}
        self._lock = threading.Lock()

    def put(self, *scripts: Script) -> None:
        """Add scripts; one that is there already is replaced, and goes on where it was."""
        with self._lock:
            self._scripts.update({one.id: one for one in scripts})

    def clear(self) -> None:
        """Forget them."""
        with self._lock:
            self._scripts.clear()
            self._given.clear()
            self._met.clear()

    def __bool__(self) -> bool:
        return bool(self._scripts)

    def play(self, asked: Conversation, *, lost: bool = False) -> Played | None:
        """Return the answer of the first script that fits; `None` if none does.

        An answer that is lost on its way, for a fault was ordered, is given to the next request
        again.

        Raises:
            ScriptError: The script's answer cannot be made.
        """
        with self._lock:
            script = next((one for one in self._left() if not one.when.misses(asked)), None)
            if script is None:
                return None
            given = self._given.get(script.id, 0)
            self._met[script.id] = given + 1
            self._given[script.id] = given if lost else given + 1
        place = given % len(script.answers)
        many = f", answer {place + 1} of {len(script.answers)}" if len(script.answers) > 1 else ""
        by = f"script {script.title}{many}"
        try:
            return Played(scripted(script.answers[place], asked), by)
        except ScriptError as error:
            raise ScriptError(f"{by}: {error}") from error

    def nearest(self, asked: Conversation) -> str:
        """Return which script a request misses by least, and by what."""
        with self._lock:
            left = [(len(m), one.title, m) for one in self._left() if (m := one.when.misses(asked))]
            over = [one.title for one in self._scripts.values() if one not in self._left()]
        ended = f" All answers of {', '.join(over)} were given." if over else ""
        if not left:
            return ended.strip() or "There are no scripts."
        _, title, misses = min(left, key=lambda one: one[0])
        return f"The nearest is {title}: {'; '.join(misses)}.{ended}"

    def unused(self) -> list[str]:
        """Return a sentence for each script that has answers left which it had to give."""
        with self._lock:
            return [
                f"script {one.title}: {given} of {one.total or len(one.answers)} answers were given"
                for one in self._scripts.values()
                if (given := self._met.get(one.id, 0)) < (one.total or 1)
            ]

    def to_json(self) -> list[dict[str, Any]]:
        """Return what is there, with how many answers each has given."""
        with self._lock:
            return [
                {"name": one.name, "title": one.title, "answers": len(one.answers)}
                | {"total": one.total, "given": self._given.get(one.id, 0)}
                for one in self._scripts.values()
            ]

    def _left(self) -> list[Script]:
        """Return the scripts that have an answer left."""
        return [
            one
            for one in self._scripts.values()
            if one.answers and (one.total is None or self._given.get(one.id, 0) < one.total)
        ]


def scripts_from_json(given: Any) -> list[Script]:
    """Read a list of scripts.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(given, Sequence) or isinstance(given, (str, Mapping)):
        raise ValueError(f"scripts are a list: {given!r}")
    return [Script.from_json(one) for one in given]
