"""Scopes: what one test sees and changes of an emulator, apart from every other test.

A request names its scope by its key, `emulator-key-NAME`, or by a header. Everything that a request
can change belongs to its scope, so nothing is shared by being forgotten.
"""

from __future__ import annotations

import random
import re
import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from starlette.requests import Request

from emulator_302.drawing.image_backend import ImageBackend
from emulator_302.http.billing import BALANCE, Ledger, Price
from emulator_302.http.fault_queue import Faults
from emulator_302.http.files import Files
from emulator_302.http.layout_tasks import LayoutTasks
from emulator_302.http.log import Log
from emulator_302.http.refusals import EMULATOR_KEY, SCOPE_NAME
from emulator_302.http.tasks import Tasks
from emulator_302.http.usage import PromptCache
from emulator_302.recording.cassette import Deck, Recording
from emulator_302.recording.links import OF_SCOPE
from emulator_302.scripts.pace import Pace
from emulator_302.scripts.script import Scripts

HEADER = "x-emulator-test"
NAME = re.compile(SCOPE_NAME)
# A key that is wrong still names its scope, so that a test of a wrong key finds it in its log.
KEY = re.compile(rf"{EMULATOR_KEY}(?:-(?P<name>{SCOPE_NAME}))?$")
MOST_SCOPES = 1_000


@dataclass(frozen=True)
class Start:
    """How each scope of an emulator begins.

    Attributes:
        balance: What the key has, in PTC.
        prices: Prices of models by name, in place of the emulator's own.
        pace: How fast answers come.
        strict: Whether a chat that no script is for fails.
        seed: What request ids and task ids are drawn from; `None` makes them new in every run.
        recording: Where cassettes are, and how they are recorded.
        any_key: Whether any key is accepted, also none.
        any_model: Whether a model that is unknown is answered as a known one.
        lenient: Whether fields that are unknown are passed over.
    """

    balance: float = BALANCE
    prices: Mapping[str, Price] = field(default_factory=dict)
    pace: Pace | None = None
    strict: bool = False
    seed: int | None = None
    recording: Recording | None = None
    any_key: bool = False
    any_model: bool = False
    lenient: bool = False


class Ids:
    """Ids that are equal in every run, if there is a seed."""

    def __init__(self, seed: int | None, scope: str) -> None:
        self._drawn = None if seed is None else random.Random(f"{seed} {scope}")  # noqa: S311

    def new(self) -> uuid.UUID:
        """Return the next id."""
        if self._drawn is None:
            return uuid.uuid4()
        return uuid.UUID(int=self._drawn.getrandbits(128), version=4)


class Scope:
    """What one test sees and changes."""

    def __init__(self, name: str, start: Start) -> None:
        self.name = name
        self.log = Log()
        self.scripts = Scripts()
        self.faults = Faults()
        self.tasks = Tasks()
        self.layouts = LayoutTasks(self.tasks)
        self.ledger = Ledger()
        self.files = Files(name)
        self.cache = PromptCache()
        self.published: dict[str, bytes] = {}
        self.problems: list[str] = []
        self.backend = ImageBackend(self.files, self.ledger, self.tasks)
        self.deck: Deck | None = None
        self.start = start
        if start.recording is not None and start.recording.every_scope:
            self.deck = Deck(start.recording, start.recording.file_of(name))
        self.reset()

    def use_cassette(self, file: str, mode: str | None = None) -> Deck:
        """Record into a cassette and replay from it, in place of the one before.

        Args:
            file: Its path in the folder of cassettes that the emulator was started with.
            mode: When the gateway is asked; `None` is as the emulator was started.

        Raises:
            ValueError: The emulator has no such folder, or the path leads out of it.
        """
        setup = self.start.recording
        if setup is None:
            raise ValueError("this emulator was started without a folder for cassettes")
        path = (setup.path / file).resolve()
        if path.suffix != ".json" or not path.is_relative_to(setup.path.resolve()):
            raise ValueError(f"a cassette is a .json file in {setup.path}: {file!r}")
        self.deck = Deck(replace(setup, mode=mode or setup.mode), path)
        return self.deck

    def reset(self) -> None:
        """Forget the requests and what was scripted; begin with the balance of the start.

        Files and what was published stay: their addresses may be held by a program.
        """
        for part in (self.log, self.scripts, self.faults, self.cache):
            part.clear()
        self.problems.clear()
        self.pace, self.strict = self.start.pace, self.start.strict
        self.ids = Ids(self.start.seed, self.name)
        if self.deck is not None:
            self.deck.rewind()
        self.tasks.reset(self.ids.new)
        self.layouts.clear()
        self.ledger.reset(self.start.balance, self.start.prices)

    def leftovers(self) -> list[str]:
        """Return what a test that passed should not leave: a sentence for each."""
        return [*self.problems, *self.scripts.unused(), *self.faults.unused()]


class Scopes:
    """The scopes of one emulator: that of the plain key, and those that were named."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._plain = Scope("", start)
        self._named: OrderedDict[str, Scope] = OrderedDict()

    def __iter__(self) -> Iterator[Scope]:
        with self._lock:
            return iter([self._plain, *self._named.values()])

    def named(self, name: str) -> Scope:
        """Return a scope by its name; it is made when it is first named.

        Raises:
            ValueError: The name is none that a key could end in.
        """
        if not name:
            return self._plain
        if not NAME.fullmatch(name):
            raise ValueError(f"a scope's name is 1 to 100 letters, digits, . _ or -: {name!r}")
        with self._lock:
            if name not in self._named:
                self._named[name] = Scope(name, self._start)
            self._named.move_to_end(name)
            while len(self._named) > MOST_SCOPES:
                self._named.popitem(last=False)
            return self._named[name]

    def drop(self, name: str) -> None:
        """Forget a scope with all that it holds; that of the plain key begins anew."""
        with self._lock:
            self._named.pop(name, None)
        if not name:
            self._plain.reset()

    def of(self, request: Request) -> Scope:
        """Return the scope that a request belongs to.

        A file belongs to the scope that made it. What names no scope belongs to the only open one,
        else to that of the plain key.
        """
        name = named_by(request)
        if name is not None:
            return self.named(name)
        path = request.url.path
        recorded = OF_SCOPE.fullmatch(path)
        if recorded is not None:
            return self.named(recorded["scope"])
        owner = next((one for one in self if one.files.made(path)), None)
        if owner is not None:
            return owner
        with self._lock:
            alone = len(self._named) == 1
            return next(iter(self._named.values())) if alone else self._plain


def named_by(request: Request) -> str | None:
    """Return the name of the scope that a request names; `None` if it names none."""
    header = request.headers.get(HEADER)
    if header is not None and (not header or NAME.fullmatch(header)):
        return header
    found = KEY.search(request.headers.get("authorization", ""))
    return (found["name"] or "") if found else None


def key_of(name: str) -> str:
    """Return the key of a scope."""
    return f"{EMULATOR_KEY}-{name}" if name else EMULATOR_KEY
