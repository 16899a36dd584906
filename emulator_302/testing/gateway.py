"""The emulator as a test sees it: one scope of it, to script, to spoil, and to look at.

It is written over five operations (`emulator_302.testing.controls`), so that it is the same in the
emulator's process and in another one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emulator_302.http.faults import Fault
from emulator_302.http.files import HOST
from emulator_302.http.log import CHAT, LoggedRequest
from emulator_302.http.scopes import key_of
from emulator_302.http.tasks import Outcome
from emulator_302.scripts.conditions import When
from emulator_302.scripts.conversation import Conversation
from emulator_302.scripts.pace import Pace
from emulator_302.scripts.parts import Part, Say
from emulator_302.scripts.script import Script
from emulator_302.scripts.script_file import read_script
from emulator_302.testing.body_match import lacking
from emulator_302.testing.builder import ScriptBuilder
from emulator_302.testing.controls import Controls
from emulator_302.testing.transcript import summary, transcript

if TYPE_CHECKING:
    from typing_extensions import Self

WAIT = 0.005  # seconds between two looks at what is under way


class Gateway:
    """A running emulator, as one scope of it sees it.

    Attributes:
        base_url: Its address, such as `http://127.0.0.1:8302`.
        file_host: Where it serves results, such as `localhost:8302`. No key belongs there.
        allow_unused: Whether `assert_all_used` passes whatever is left over.
    """

    def __init__(self, base_url: str, controls: Controls) -> None:
        self.base_url = base_url
        self.file_host = base_url.removeprefix("http://").replace("127.0.0.1", HOST)
        self.allow_unused = False
        self._controls = controls

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        """The name of the scope; "" is that of the plain key."""
        return self._controls.name

    @property
    def api_key(self) -> str:
        """The key of the scope, such as `emulator-key-NAME`. It is not a secret."""
        return key_of(self.name)

    @property
    def wrong_key(self) -> str:
        """A key that is refused; the requests that come with it are in this log all the same."""
        return f"wrong-{self.api_key}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that let 302.AI's clients ask this emulator."""
        return {
            "AI302_BASE_URL": self.base_url,
            "AI302_API_KEY": self.api_key,
            "AI302_TRUSTED_HOSTS": self.file_host,
        }

    def scope(self, name: str) -> Gateway:
        """Return the view of another scope: its own key, log, scripts, faults, tasks and balance.

        As a context manager it forgets the scope at the end of the block.

        Args:
            name: 1 to 100 letters, digits, `.`, `_` or `-`.

        Raises:
            ValueError: The name has other signs.
        """
        return Gateway(self.base_url, self._controls.named(name))

    def when(
        self,
        text: str | None = None,
        *,
        regex: str | None = None,
        model: str | None = None,
        tools: str | Iterable[str] | None = None,
        turn: int | None = None,
        after_tool: str | None = None,
        system: str | None = None,
        where: Callable[[Conversation], object] | None = None,
        times: int | None = None,
        name: str = "",
    ) -> ScriptBuilder:
        """Start a script for the requests that match all these conditions.

        The first matching script answers a request; if none matches, the rules answer.

        Args:
            text: The last user message contains this; case does not matter.
            regex: The last user message has a match of this pattern.
            model: The model has this name; `*` matches any characters.
            tools: The request offers this tool, or all of these.
            turn: The number of user messages: 1 in a new conversation.
            after_tool: The last message is a result of this tool.
            system: The system message contains this; case does not matter.
            where: A function of the `Conversation` that returns whether the request matches.
            times: How often the sequence is played; by default once, and a single answer always.
            name: The script's name in the log and in messages.

        Raises:
            ValueError: A condition has the wrong type.
        """
        offered = tools if isinstance(tools, (str, type(None))) else tuple(tools)
        chosen = When(text, regex, model, offered, turn, after_tool, system, where)
        return ScriptBuilder(Script(when=chosen, times=times, name=name), self._put)

    def play(
        self,
        *answers: Part | str | list[Part] | tuple[Part, ...],
        strict: bool | None = None,
        times: int | None = None,
        name: str = "",
    ) -> None:
        """Answer the next chats with these answers, one each.

        Args:
            *answers: Each a part such as `Call(...)` or `Fault(...)`, a text, or a list of parts
                that make one answer.
            strict: Whether a chat without a matching script fails from now on.
            times: How often the sequence is played.
            name: The script's name in the log and in messages.

        Raises:
            ValueError: There are no answers.
        """
        if not answers:
            raise ValueError("play needs at least one answer")
        if strict is not None:
            self.strict = strict
        # One answer that is played is for one request: `when` is for those that repeat.
        often = 1 if times is None else times
        title = name or "play(...)"
        self._put(Script(answers=tuple(map(_answer, answers)), times=often, name=title))

    def load(self, script: str | Path) -> None:
        """Add what a script file says: scripts, faults, and the state to begin with.

        Args:
            script: The path of a file, `.json`, `.yaml` or `.yml`.

        Raises:
            OSError: It cannot be read.
            ValueError: It is not what a script file holds.
            ModuleNotFoundError: It is YAML, and PyYAML is not installed.
        """
        self._controls.add("scripts", read_script(Path(script)))

    @property
    def recording(self) -> Path | None:
        """The cassette that is recorded or replayed."""
        given = self._controls.read("recording")
        return None if given is None else Path(given["file"])

    def use_cassette(self, file: str | Path, mode: str | None = None) -> None:
        """Record what comes from now on into a cassette, and replay from it.

        Args:
            file: Its path in the folder of cassettes that the emulator was started with.
            mode: When the gateway is asked; by default as the emulator was started.

        Raises:
            ValueError: The emulator was started without cassettes, or the file is none.
        """
        self._controls.add("recording", {"file": str(file), "mode": mode})

    def inject(self, *faults: Fault) -> None:
        """Add faults; each request to come gets the first one that matches it."""
        self._controls.add("faults", [fault.to_json() for fault in faults])

    def script_task(self, *outcomes: Outcome) -> None:
        """Script the outcomes of the next image tasks, one outcome each."""
        self._controls.add("tasks", [vars(outcome) for outcome in outcomes])

    def publish(self, address: str, content: bytes) -> None:
        """Publish `content` at an outside address; the emulator itself fetches nothing outside.

        It stays until the scope ends.
        """
        self._controls.add("published", {address: content})

    @property
    def strict(self) -> bool:
        """Whether a chat without a matching script fails, and with it the test."""
        return bool(self._controls.read("state")["strict"])

    @strict.setter
    def strict(self, strict: bool) -> None:
        self._controls.add("state", {"strict": strict})

    @property
    def pace(self) -> Pace | None:
        """The timing of answers that have no pace of their own; `None` is at once."""
        given = self._controls.read("state")["pace"]
        return None if given is None else Pace.from_json(given)

    @pace.setter
    def pace(self, pace: Pace | None) -> None:
        self._controls.add("state", {"pace": None if pace is None else pace.to_json()})

    @property
    def balance(self) -> float:
        """The key's balance in PTC. At 0, every paid request is refused."""
        return float(self._controls.read("state")["balance"])

    @balance.setter
    def balance(self, balance: float) -> None:
        self._controls.add("state", {"balance": balance})

    def set_price(
        self,
        model: str,
        *,
        input: float = 0.0,  # noqa: A002 - the price list's word
        output: float = 0.0,
        request: float = 0.0,
    ) -> None:
        """Set what a model costs from now on, in PTC.

        Args:
            model: The model's name, an image model's too.
            input: For a million tokens that are read.
            output: For a million tokens that are written.
            request: For each request.

        Raises:
            ValueError: A price is negative.
        """
        price = {"input": input, "output": output, "request": request}
        self._controls.add("state", {"prices": {model: price}})

    @property
    def requests(self) -> list[LoggedRequest]:
        """The requests so far, the oldest first."""
        return self._controls.log()

    @property
    def chats(self) -> list[LoggedRequest]:
        """The requests for chat completions, the oldest first."""
        return [one for one in self.requests if one.is_chat]

    @property
    def last(self) -> LoggedRequest:
        """The latest request.

        Raises:
            AssertionError: There was none.
        """
        requests = self.requests
        if not requests:
            raise AssertionError("no request has come")
        return requests[-1]

    def settle(self, timeout: float = 5.0) -> None:
        """Wait until no request is under way: until each response was sent, or its client had left.

        Args:
            timeout: Seconds to wait at most.

        Raises:
            AssertionError: A request is still under way then.
        """
        ends = time.monotonic() + timeout
        while open_ones := [one for one in self.requests if one.seconds is None]:
            if time.monotonic() > ends:
                raise AssertionError(f"still under way: {summary(open_ones[0])}")
            time.sleep(WAIT)

    def assert_called(
        self,
        path: str = CHAT,
        *,
        times: int | None = None,
        body_has: Any = None,
        **conditions: Any,
    ) -> LoggedRequest:
        """Assert that a request came, and return the last one that is meant.

        Args:
            path: What the path starts with.
            times: How many must have come; by default at least one.
            body_has: What the body must hold: fields with values, patterns or functions; see
                `emulator_302.testing.body_match.lacking`.
            **conditions: Conditions as those of `when`.

        Raises:
            AssertionError: It did not come, or not so often; with what the nearest one lacked, and
                the transcript.
        """
        chosen = When(**conditions)
        misses = {
            number: _misses(one, path, chosen, body_has) for number, one in enumerate(self.requests)
        }
        found = [number for number, missed in misses.items() if not missed]
        if found and times in (None, len(found)):
            return self.requests[found[-1]]
        said = f"expected {_counted(times)} to {path}, and {len(found)} came"
        near = [f"request {n + 1}: {'; '.join(m)}" for n, m in misses.items() if m and m[0] != path]
        raise AssertionError("\n".join([said, *near, "", self.transcript()]))

    def assert_not_called(self, path: str = CHAT, **conditions: Any) -> None:
        """Assert that no such request came.

        Args:
            path: What the path starts with.
            **conditions: `body_has`, and conditions as those of `when`.

        Raises:
            AssertionError: One came.
        """
        body_has = conditions.pop("body_has", None)
        chosen = When(**conditions)
        found = [one for one in self.requests if not _misses(one, path, chosen, body_has)]
        if found:
            raise AssertionError(
                f"expected no request to {path}, and {len(found)} came\n\n{self.transcript()}"
            )

    def leftovers(self) -> list[str]:
        """Return what a test should not leave behind, a sentence for each.

        These are unused scripts and faults, and chats without a matching script in a strict scope.
        """
        return list(self._controls.read("state")["leftovers"])

    def assert_all_used(self) -> None:
        """Assert that no script and no fault is left over, unless `allow_unused` is set.

        Raises:
            AssertionError: Some are; it names them, with the transcript.
        """
        left = [] if self.allow_unused else self.leftovers()
        if left:
            raise AssertionError("\n".join(["left over:", *left, "", self.transcript()]))

    def transcript(self) -> str:
        """Return what was asked and answered, a paragraph for each request."""
        return transcript(self.requests)

    def reset(self) -> None:
        """Forget the requests, tasks, prompts, scripts and faults; restore the balance."""
        self._controls.forget("requests")

    def close(self) -> None:
        """Remove the scope and everything in it."""
        self._controls.forget("state")

    def _put(self, script: Script) -> None:
        self._controls.add("scripts", [script.to_json()])


def _answer(given: Part | str | list[Part] | tuple[Part, ...]) -> tuple[Part, ...]:
    if isinstance(given, str):
        return (Say(given),)
    return tuple(given) if isinstance(given, (list, tuple)) else (given,)


def _counted(times: int | None) -> str:
    if times is None:
        return "at least one request"
    return "1 request" if times == 1 else f"{times} requests"


def _misses(one: LoggedRequest, path: str, chosen: When, body_has: Any) -> list[str]:
    if not one.path.startswith(path):
        return [path]
    misses = chosen.misses(one.conversation)
    lacks = "" if body_has is None else lacking(one.body, body_has)
    return [*misses, lacks] if lacks else misses
