"""Row: one thing that goes wrong on the way, and what each caller must see of it.

Plain values without a name of ours in them: the same rows are put to rivals, in environments that
do not have this project. A row's id begins with its number in the matrix: `N5`, `S1-closed`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.scripted_server import DONE, Script, chunk, completion, reply, scripted_server, stream

CHAT, STREAM, IMAGE, AVATAR, DOWNLOAD = "chat", "stream", "image", "avatar", "download"
ASKED = (CHAT, STREAM)  # sent again when the gateway fails
JOBS = (IMAGE, AVATAR)  # paid: sent again only if nothing was done
FILES = (DOWNLOAD,)
API = (*ASKED, *JOBS)
ALL = (*API, *FILES)

LINK = "https://file.example/1.png"
# An image of 1x1: a rival's environment need not draw one.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
GOOD = ["the good answer of the way at hand"]
GOOD_FOR: Mapping[str, list[object]] = {
    CHAT: reply(200, completion(usage=USAGE)),
    STREAM: stream(chunk("Hel"), chunk("lo"), chunk(finish="stop"), DONE),
    IMAGE: reply(200, {"image_url": LINK, "data": {}}),
    AVATAR: reply(200, {"headshot_url_list": [LINK]}),
    DOWNLOAD: reply(200, PNG, media_type="image/png"),
}


@dataclass(frozen=True)
class Place:
    """Where a caller is sent, and what is known there of what arrived.

    Attributes:
        url: The gateway's address.
        script: What the gateway saw.
        environ: Variables that the caller's environment gets.
        doors: How often somebody knocked at another host that nobody may be sent to.
        unknown: Whether no name can be looked up.
    """

    url: str
    script: Script
    environ: Mapping[str, str] = field(default_factory=dict)
    doors: Callable[[], int] = lambda: 0
    unknown: bool = False


@dataclass(frozen=True)
class Served:
    """The gateway answers with `replies`, one after another; the last is repeated."""

    replies: tuple[list[object], ...]

    def for_way(self, way: str) -> list[list[object]]:
        """Return the replies, with the way's own good answer where one is due."""
        return [list(_filled(one, way)) for one in self.replies]

    @contextmanager
    def at(self, way: str) -> Iterator[Place]:
        """Run the server."""
        with scripted_server() as script:
            script.answer(*self.for_way(way))
            yield Place(script.url, script)


def _filled(one: Iterable[object], way: str) -> Iterator[object]:
    if hasattr(one, "for_way"):
        yield from one.for_way(way)
        return
    for step in one:
        if step == GOOD[0]:
            yield from GOOD_FOR[way]
        else:
            yield step


def served(*replies: list[object]) -> Served:
    """Return the injection of a server that answers with `replies`."""
    return Served(replies)


Injection = Any
"""Anything with `at(way)`, which returns a context manager of a `Place`."""


@dataclass(frozen=True)
class Expect:
    """What a caller sees. A field that is None is not asked about.

    Attributes:
        error: The class of the error, by its name; None means the answer.
        requests: How many requests the gateway saw, or the least and the most.
        attempts: What the error says of that; by default the same.
        says: What its text has in it.
        partial: The text that came before it.
        longest: The most characters of its text: 2,000 of the server's own, and what to do.
        within: The least and the most seconds.
        growth: The most bytes by which the process may grow.
        connections: How many connections the gateway saw.
        doors: How often somebody knocked at the other host: a proxy, or where a redirect leads.
    """

    error: str | None = None
    requests: int | tuple[int, int] = 1
    attempts: int | None = None
    says: str = ""
    billed: str | None = None
    retryable: bool | None = None
    status: int | None = None
    err_code: int | None = None
    request_id: str | None = None
    retry_after: float | None = None
    partial: str | None = None
    longest: int = 2_600
    within: tuple[float, float] = (0.0, 5.0)
    growth: int | None = None
    connections: int | None = None
    doors: int | None = None


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        id: Its number in the matrix, and a word where a number has several rows.
        case: What happens, in words.
        inject: What does it.
        expect: What is seen, by ways.
        settings: What the caller sets: `timeout`, `max_retries`.
        times: How many calls are made, one after another, by one object.
        large: The caller sends twenty megabytes.
        settled: The server has closed its connection before the next call is made.
        core_only: The adapters add nothing to it, and it is slow.
        rivals: Whether it can be put to rivals.
    """

    id: str
    case: str
    inject: Injection
    expect: Mapping[tuple[str, ...], Expect]
    settings: Mapping[str, Any] = field(default_factory=dict)
    times: int = 1
    large: bool = False
    settled: bool = False
    core_only: bool = False
    rivals: bool = True

    @property
    def number(self) -> str:
        """Its number in the matrix."""
        return self.id.partition("-")[0]

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways in which it is run."""
        return tuple(way for ways in self.expect for way in ways)

    def expected(self, way: str) -> Expect:
        """Return what is seen in `way`."""
        return next(expect for ways, expect in self.expect.items() if way in ways)

    @property
    def for_rivals(self) -> bool:
        """Whether a server's replies are all that it needs."""
        plain = isinstance(self.inject, Served) and not (self.large or self.settled)
        return self.rivals and plain and bool({*self.ways} & {*ASKED})
