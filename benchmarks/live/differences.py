"""Sends the requests of a recording to the emulator, and says where that departs from it.

`make differences CASSETTE=live.json` runs this. Compared are the status, the shape of the body
(fields and types, not values), the headers that a program reads, the order of a stream's events. An
id or a link that was recorded is replaced by what the emulator gave at its place. The table is
Markdown. Exit code 0: no departures; 1: some; 2: there is no such recording.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import httpx

from emulator_302 import Gateway, running
from emulator_302.recording.cassette import Interaction, read_cassette
from emulator_302.recording.json_values import changed_texts

SHORTEST_ID = 8  # characters of a text that stands for the emulator's own one
HEADERS = ("content-type", "request-id", "retry-after", "location")
VALUED = ("content-type", "location")  # whose values count, up to their parameters


class Departure(NamedTuple):
    """One thing in which the emulator is not what was recorded."""

    number: int
    request: str
    what: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, print, and return the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        (file,) = given
        interactions = read_cassette(Path(file))
    except (ValueError, OSError) as error:
        print(f"Name a cassette, such as `make live` writes: {error}", file=sys.stderr)
        return 2
    with running() as gateway:
        found = list(departures(interactions, gateway))
    print("| interaction | request | where the emulator departs |\n|---|---|---|")
    for number, request, what in found:
        print(f"| {number} | `{request}` | {what} |".replace("\n", " "))
    wrong = len({one.number for one in found})
    print(f"\n{wrong} of {len(interactions)} interactions depart, in {len(found)} places.")
    return int(bool(found))


def departures(interactions: Sequence[Interaction], gateway: Gateway) -> Iterator[Departure]:
    """Yield where an emulator departs, in the order of the recording."""
    own: dict[str, str] = {}
    with httpx.Client(base_url=gateway.base_url, timeout=60, trust_env=False) as http:
        for number, one in enumerate(interactions, 1):
            request = f"{one.request['method']} {one.request['path']}"
            if one.request.get("form"):
                yield Departure(number, request, "not sent: a recording has no bytes of files")
                continue
            reply = _sent(http, gateway.api_key, _replaced(one.request, own))
            yield from (Departure(number, request, what) for what in _departs(one.response, reply))
            own |= _pairs(_said(one.response), _said(_recorded(reply)))
            if "request-id" in one.response["headers"]:
                own[one.response["headers"]["request-id"]] = reply.headers.get("request-id", "")


def _sent(http: httpx.Client, key: str, request: Mapping[str, Any]) -> httpx.Response:
    keys = {"another": "Bearer another-key", "none": "", "key": f"Bearer {key}"}
    shown = keys[request.get("key", "key")]
    path = request["path"]
    of_file = not path.startswith("/")
    if of_file:
        shown, path = "", urlsplit(path).path
    query = urlencode(request.get("query", {}), doseq=True)
    headers = {"authorization": shown} if shown else {}
    content = base64.b64decode(request["base64"]) if "base64" in request else None
    if "json" in request:
        content = json.dumps(request["json"]).encode()
        headers["content-type"] = "application/json"
    target = f"{path}?{query}" if query else path
    return http.request(request["method"], target, headers=headers, content=content)


def _recorded(reply: httpx.Response) -> dict[str, Any]:
    """Return a reply in the form of a cassette's, as far as it is compared."""
    kept: dict[str, Any] = {"status": reply.status_code, "headers": dict(reply.headers)}
    kind = reply.headers.get("content-type", "")
    if "event-stream" in kind:
        events = [f"{event}\n\n" for event in reply.text.split("\n\n") if event]
        return {**kept, "frames": [{"data": event} for event in events]}
    if "json" in kind:
        try:
            return {**kept, "json": reply.json()}
        except ValueError:
            return kept
    return {**kept, ("text" if kind.startswith("text/") else "base64"): ""}


def _departs(recorded: Mapping[str, Any], reply: httpx.Response) -> Iterator[str]:
    came = _recorded(reply)
    if recorded["status"] != came["status"]:
        yield f"status: recorded {recorded['status']}, the emulator's {came['status']}"
    for name in HEADERS:
        ours, theirs = (one["headers"].get(name) for one in (came, recorded))
        if (ours is None) != (theirs is None):
            yield f"header {name}: {'missing' if ours is None else 'additional'}"
        elif name in VALUED and ours and theirs and _plain(ours) != _plain(theirs):
            yield f"header {name}: recorded {_plain(theirs)}, the emulator's {_plain(ours)}"
    kinds = [next((k for k in ("json", "frames") if k in one), "other") for one in (recorded, came)]
    if kinds[0] != kinds[1]:
        yield f"body: recorded {kinds[0]}, the emulator's {kinds[1]}"
    elif kinds[0] == "json":
        yield from _shapes_depart(_shape(recorded["json"]), _shape(came["json"]))
    elif kinds[0] == "frames":
        yield from _streams_depart(_events(recorded), _events(came))


def _plain(value: str) -> str:
    return value.partition(";")[0].strip().lower()


def _shape(value: Any, where: str = "body") -> dict[str, set[str]]:
    """Return the types of each place in JSON; the items of a list are one place."""
    found = {where: {_type(value)}}
    inner: Iterator[tuple[str, Any]] = iter(())
    if isinstance(value, Mapping):
        inner = ((f"{where}.{name}", one) for name, one in value.items())
    elif isinstance(value, list):
        inner = ((f"{where}[]", one) for one in value)
    for place, one in inner:
        for name, types in _shape(one, place).items():
            found.setdefault(name, set()).update(types)
    return found


def _type(value: Any) -> str:
    names = {dict: "object", list: "list", str: "text", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")


def _shapes_depart(recorded: Mapping[str, set[str]], came: Mapping[str, set[str]]) -> Iterator[str]:
    for place in sorted({*recorded, *came}):
        above = place.rpartition(".")[0].removesuffix("[]")
        if above and (above not in recorded or above not in came):
            continue  # it was said of what stands above it
        if place not in came:
            yield f"{place}: missing ({_types(recorded[place])})"
        elif place not in recorded:
            yield f"{place}: additional ({_types(came[place])})"
        elif recorded[place] != came[place]:
            yield f"{place}: recorded {_types(recorded[place])}, not {_types(came[place])}"


def _types(types: set[str]) -> str:
    return " or ".join(sorted(types))


def _events(kept: Mapping[str, Any]) -> list[Any]:
    """Return what the events of a stream say: JSON, or else their text."""
    said = []
    for frame in kept["frames"]:
        text = frame["data"].strip().removeprefix("data:").strip()
        try:
            said.append(json.loads(text))
        except ValueError:
            said.append(text)
    return said


def _streams_depart(recorded: list[Any], came: list[Any]) -> Iterator[str]:
    theirs, ours = _order(recorded), _order(came)
    if theirs != ours:
        yield f"order of events: recorded {' > '.join(theirs)}; the emulator's {' > '.join(ours)}"
    whole = [[one for one in events if isinstance(one, dict)] for events in (recorded, came)]
    yield from _shapes_depart(_shape(whole[0], "events"), _shape(whole[1], "events"))


def _order(events: list[Any]) -> list[str]:
    """Return what kinds of events follow each other, each kind once as long as it repeats."""
    kinds = [_kind(event) for event in events]
    return [kind for place, kind in enumerate(kinds) if place == 0 or kinds[place - 1] != kind]


def _kind(event: Any) -> str:
    if not isinstance(event, Mapping):
        return str(event)
    choices = event.get("choices")
    if not isinstance(choices, list) or not choices:
        return "usage" if event.get("usage") else "+".join(sorted(event))
    choice = choices[0]
    held = [name for name, value in (choice.get("delta") or {}).items() if value]
    return "finish" if choice.get("finish_reason") else "+".join(sorted(held)) or "nothing"


def _said(kept: Mapping[str, Any]) -> Any:
    return kept.get("json", _events(kept) if "frames" in kept else None)


def _pairs(recorded: Any, came: Any) -> dict[str, str]:
    """Return which text of the emulator stands where a recorded one stood."""
    if isinstance(recorded, Mapping) and isinstance(came, Mapping):
        both = [(recorded[name], came[name]) for name in recorded if name in came]
    elif isinstance(recorded, list) and isinstance(came, list):
        both = list(zip(recorded, came, strict=False))
    elif isinstance(recorded, str) and isinstance(came, str):
        return {recorded: came} if recorded != came and len(recorded) >= SHORTEST_ID else {}
    else:
        return {}
    found: dict[str, str] = {}
    for theirs, ours in both:
        found |= _pairs(theirs, ours)
    return found


def _replaced(value: Any, own: Mapping[str, str]) -> Any:
    """Return a request with the emulator's ids and links in place of the recorded ones."""
    longest_first = sorted(own, key=len, reverse=True)

    def replaced(text: str) -> str:
        theirs = next((one for one in longest_first if one in text), None)
        return text if theirs is None else text.replace(theirs, own[theirs])

    return changed_texts(value, replaced)


if __name__ == "__main__":
    sys.exit(main())
