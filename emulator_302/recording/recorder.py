"""The answerer of a recording: it replays a cassette, or asks the gateway and keeps what came.

It stands between scripts and rules, and sees every path. Faults and the log are as everywhere.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.client
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from emulator_302.drawing.image_backend import port_of
from emulator_302.http.exchange import Exchange
from emulator_302.http.fault_injection import StreamResponse
from emulator_302.http.faults import Fault
from emulator_302.http.forms import Upload, is_form
from emulator_302.http.log import response_shown
from emulator_302.http.refusals import ACCEPTED, Refusal
from emulator_302.recording.cassette import Deck, Interaction
from emulator_302.recording.comparison import nearest
from emulator_302.recording.json_values import changed
from emulator_302.recording.links import FILES, Links
from emulator_302.recording.secrets import Scrub
from emulator_302.recording.upstream import Came, ask
from emulator_302.scripts.pace import Pace

SENT_ON = ("content-type", "accept", "range")
KEPT = ("content-type", "content-disposition", "location", "request-id", "retry-after")
KEPT_STARTS = ("x-request", "x-ratelimit", "x-302", "openai-")
BEARER = "Bearer "


class RecordedPace(Pace):
    """The timing of a stream as it was recorded."""

    def __init__(self, at: list[float], speed: float) -> None:
        super().__init__(speed=speed)
        object.__setattr__(self, "_at", at)

    def times(self) -> Iterator[float]:
        """Yield the time of each event, without end."""
        at: list[float] = getattr(self, "_at")  # noqa: B009 - it is set on a frozen dataclass
        yield from (one / self.speed for one in at)
        while True:
            yield at[-1] / self.speed if at else 0.0


async def by_recording(exchange: Exchange) -> Response | None:
    """Answer a request from the cassette of its scope, or from the gateway behind it.

    Raises:
        Refusal: There is a cassette, and no answer in it; or the gateway cannot be asked.
    """
    deck = exchange.scope.deck
    if deck is None:
        return None
    request = exchange.request
    links = Links(deck.hosts, port_of(request), exchange.scope.name)
    content = await request.body()
    asked = _asked(exchange, content, links, _scrub(deck, request))
    found = deck.play(asked)
    by = "the recording"
    if found is None and deck.asks:
        found = await _from_gateway(exchange, deck, links, asked, content)
        by = "the gateway"
    if found is None:
        message = _missed(deck, asked)
        exchange.scope.problems.append(message)
        raise Refusal(400, -10003, message)
    exchange.entry.answered_by = f"{by} {deck.file.name}"
    return _response(exchange, found.response, links, deck.setup.speed)


def _missed(deck: Deck, asked: Mapping[str, Any]) -> str:
    said = nearest([deck.compared(one.request) for one in deck.interactions], deck.compared(asked))
    return f"No recorded answer in {deck.file.name}: {asked['method']} {asked['path']}. {said}"


def _scrub(deck: Deck, request: Request) -> Scrub:
    given = request.headers.get("authorization", "").removeprefix(BEARER)
    return Scrub([deck.setup.key] + ([] if _is_ours(request) else [given]))


def _is_ours(request: Request) -> bool:
    return ACCEPTED.fullmatch(request.headers.get("authorization", "")) is not None


def _asked(exchange: Exchange, content: bytes, links: Links, scrub: Scrub) -> dict[str, Any]:
    """Return a request as a cassette has it: without keys, with the gateway's own links."""
    request = exchange.request
    path = _path(request)
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    asked: dict[str, Any] = {"method": request.method}
    asked["path"] = links.url_of(path) or path
    asked["query"] = {
        name: values[0] if len(values) == 1 else values
        for name in dict.fromkeys(name for name, _ in pairs)
        if (values := [value for other, value in pairs if other == name])
    }
    asked |= _body(request, exchange.body, content)
    told: dict[str, Any] = scrub.value(links.value_led_back(asked))
    if not path.startswith(f"{FILES}/") and not _is_ours(request):
        # Set after the keys were taken out: a key may be one of these words.
        told["key"] = "another" if "authorization" in request.headers else "none"
    return {name: value for name, value in told.items() if value != {}}


def _path(request: Request) -> str:
    raw: bytes = request.scope.get("raw_path") or quote(request.url.path).encode()
    return raw.decode("ascii", "replace")


def _body(request: Request, body: Any, content: bytes) -> dict[str, Any]:
    if not content:
        return {}
    if body is None:
        return {"base64": base64.b64encode(content).decode()}
    return {"form": _described(body)} if is_form(request) else {"json": body}


def _described(value: Any) -> Any:
    """Return a form whose files are described: what they are called, and a digest of them."""

    def described(one: Any) -> Any:
        if not isinstance(one, Upload):
            return one
        return {**one.shown(), "sha256": hashlib.sha256(one.data).hexdigest()}

    return changed(value, described)


async def _from_gateway(
    exchange: Exchange, deck: Deck, links: Links, asked: Mapping[str, Any], content: bytes
) -> Interaction:
    """Ask the gateway, and keep what came.

    Raises:
        Refusal: It cannot be asked, or the file is none of its.
    """
    request = exchange.request
    path = _path(request)
    of_file = path.startswith(f"{FILES}/")
    url = links.url_of(path) if of_file else f"{deck.setup.upstream.rstrip('/')}{path}"
    if url is None:
        raise Refusal(404, -10010, f"No file of the gateway: {request.url.path}")
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    led_back = [(name, links.led_back(value)) for name, value in pairs]
    query = request.url.query if led_back == pairs else urlencode(led_back)
    headers = {name: v for name in SENT_ON if (v := request.headers.get(name)) is not None}
    if not of_file and "authorization" in request.headers:
        ours = f"{BEARER}{deck.setup.key}" if deck.setup.key else ""
        headers["authorization"] = (
            ours if _is_ours(request) and ours else request.headers["authorization"]
        )
    sent = links.led_back(content.decode("latin-1")).encode("latin-1") if content else None
    try:
        came = await asyncio.to_thread(
            ask, request.method, f"{url}?{query}" if query else url, headers, sent
        )
    except (OSError, http.client.HTTPException) as error:
        message = f"The gateway cannot be asked: {type(error).__name__}"
        exchange.scope.problems.append(f"{message}, {asked['method']} {asked['path']}")
        raise Refusal(502, -10003, message) from error
    one = Interaction(dict(asked), _kept(came, _scrub(deck, request)))
    await asyncio.to_thread(deck.add, one)
    return one


def _kept(came: Came, scrub: Scrub) -> dict[str, Any]:
    """Return an answer as a cassette has it."""
    headers = {
        name: scrub.text(value)
        for name, value in came.headers.items()
        if name in KEPT or name.startswith(KEPT_STARTS)
    }
    kept: dict[str, Any] = {"status": came.status, "headers": headers}
    kept["seconds"] = round(came.seconds, 3)
    if came.broken:
        kept["broken"] = True
    return {**kept, **_body_kept(came, scrub)}


def _body_kept(came: Came, scrub: Scrub) -> dict[str, Any]:
    kind = came.headers.get("content-type", "")
    try:
        if came.frames:
            texts = scrub.frames([frame.decode() for _, frame in came.frames])
            pairs = zip(came.frames, texts, strict=True)
            return {"frames": [{"at": round(at, 3), "data": text} for (at, _), text in pairs]}
        if "json" in kind:
            return {"json": scrub.value(json.loads(came.content))}
        if kind.startswith("text/") or not came.content:
            return {"text": scrub.text(came.content.decode())}
    except (ValueError, RecursionError):
        pass  # it is not what it says it is: kept as bytes
    return {"base64": base64.b64encode(scrub.content(came.content)).decode()}


def _response(
    exchange: Exchange, kept: Mapping[str, Any], links: Links, speed: float | None
) -> Response:
    """Return the response that a cassette has, with its links to files leading here."""
    headers = {name: links.led_here(value) for name, value in kept.get("headers", {}).items()}
    # The id that the gateway gave is the one that a record of costs is asked for by.
    exchange.entry.request_id = headers.get("request-id", "")
    frames = kept.get("frames")
    content = [_bytes(kept, links)]
    pace = exchange.scope.pace
    if frames is not None:
        content = [links.led_here(frame["data"]).encode() for frame in frames]
        pace = pace or (RecordedPace([f["at"] for f in frames], speed) if speed else None)
    elif not kept.get("broken"):
        response = Response(content[0], kept["status"], headers)
        exchange.entry.response = response_shown(content[0], headers.get("content-type", ""))
        return response
    cut = Fault(cut_after=sum(map(len, content))) if kept.get("broken") else None
    return StreamResponse(content, cut, pace, status_code=kept["status"], headers=headers)


def _bytes(kept: Mapping[str, Any], links: Links) -> bytes:
    if "json" in kept:
        return links.led_here(json.dumps(kept["json"], ensure_ascii=False)).encode()
    if "base64" in kept:
        return base64.b64decode(kept["base64"])
    return links.led_here(kept.get("text", "")).encode()
