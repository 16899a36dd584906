"""The emulator as a web application: who asks, what goes wrong, what is answered.

All state (the log of requests, the faults to come, the costs) belongs to one `Emulator` object.
"""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from emulator_302.answer import BadRequest
from emulator_302.chat import Completion, complete, pieces, shows_pictures, whole
from emulator_302.faults import Fault, body_bytes, envelope
from emulator_302.media import inlined
from emulator_302.usage import PromptCache
from emulator_302.validate import base_name, check, models

EMULATOR_KEY = "emulator-key"
ABOUT = "An emulator of the 302.AI gateway. It is not 302.AI: its model follows rules."
MILLION = 1_000_000
BALANCE = "100.0"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass
class Recorded:
    """One request as it arrived, and what became of it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    size: int
    status: int = 0

    def shown(self) -> dict[str, Any]:
        """Return it for sending over HTTP, without the key."""
        headers = {k: "***" if k == "authorization" else v for k, v in self.headers.items()}
        return {**vars(self), "headers": headers}


@dataclass
class Emulator:
    """One gateway: its log, its faults, its costs."""

    requests: list[Recorded] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    costs: dict[str, dict[str, Any]] = field(default_factory=dict)
    cache: PromptCache = field(default_factory=PromptCache)
    published: dict[str, bytes] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    reader: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, "emulator-ocr")
    )

    def close(self) -> None:
        """End the thread that reads pictures."""
        self.reader.shutdown()

    def app(self) -> Starlette:
        """Return the web application."""
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self._asked(self._chat), methods=["POST"]),
                Route("/v1/models", self._asked(self._models)),
                Route("/dashboard/record/{request_id}", self._asked(self._record)),
                Route("/dashboard/balance", self._asked(self._balance)),
                Route("/_emulator", self._about),
                Route("/_emulator/requests", self._log, methods=["GET", "DELETE"]),
                Route("/_emulator/faults", self._script, methods=["POST"]),
                Route("/{path:path}", self._asked(self._nothing), methods=METHODS),
            ]
        )

    def reset(self) -> None:
        """Forget the log, the faults to come and the prompts."""
        with self.lock:
            self.requests.clear()
            self.faults.clear()
        self.cache.clear()

    def _asked(
        self, answer: Callable[[Request, Any], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Wrap an endpoint: record the request, check the key, apply the next fault."""

        async def endpoint(request: Request) -> Response:
            content = await request.body()
            recorded = _recorded(request, content)
            with self.lock:
                self.requests.append(recorded)
                fault = self._next_fault(request.url.path)
            if fault is not None and fault.delay:
                await asyncio.sleep(fault.delay)
            response = _refused(request)
            if response is None:
                try:
                    response = await answer(request, recorded.body)
                except BadRequest as error:
                    response = _error(400, -10003, str(error))
            response.headers["request-id"] = request.scope.setdefault("request_id", _new_id())
            if fault is not None:
                response = _spoiled(response, fault)
            recorded.status = response.status_code
            return response

        return endpoint

    def _next_fault(self, path: str) -> Fault | None:
        for fault in self.faults:
            if path.startswith(fault.path):
                self.faults.remove(fault)
                return fault
        return None

    async def _chat(self, request: Request, body: Any) -> Response:
        given = check(body)
        name, suffixes = base_name(given["model"])
        model = models().get(name)
        if model is None:
            return _error(503, -10008, f"No available models currently: {given['model']}")
        # In a thread of its own: reading a picture takes seconds, and no other call waits for it.
        reading = asyncio.get_running_loop().run_in_executor
        reader = self.reader if shows_pictures(given) else None
        given = inlined(given, self.published)
        completion = await reading(reader, complete, given, model, suffixes, self.cache)
        self._bill(request, completion)
        if not given.get("stream"):
            return JSONResponse(whole(completion))
        with_usage = bool((given.get("stream_options") or {}).get("include_usage"))
        events = [_event(piece) for piece in pieces(completion, with_usage=with_usage)]
        return StreamResponse([*events, b"data: [DONE]\n\n"])

    async def _models(self, request: Request, _: Any) -> Response:
        del request
        entries = [
            {
                "id": model.id,
                "object": "model",
                "name": model.id,
                "context_length": model.context,
                "max_completion_tokens": 0,
                "is_moderated": model.vision,
                "supported_tools": model.tools,
                "first_byte_req_time": "0.01",
                "price": {
                    "input_token": f"${model.input:.3f} / M tokens",
                    "output_token": f"${model.output:.3f} / M tokens",
                    "per_request": "",
                },
            }
            for model in models().values()
        ]
        return JSONResponse({"object": "list", "data": entries})

    async def _record(self, request: Request, _: Any) -> Response:
        record = self.costs.get(request.path_params["request_id"])
        return JSONResponse({"data": record}) if record else _error(404, -10010, "No such record")

    async def _balance(self, request: Request, _: Any) -> Response:
        del request
        return JSONResponse({"code": 0, "data": {"balance": BALANCE}})

    async def _nothing(self, request: Request, _: Any) -> Response:
        return _error(404, -10010, f"Resource not found: {request.url.path}")

    async def _about(self, request: Request) -> Response:
        del request
        return JSONResponse({"about": ABOUT, "emulator": True})

    async def _log(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.reset()
        with self.lock:
            return JSONResponse([recorded.shown() for recorded in self.requests])

    async def _script(self, request: Request) -> Response:
        try:
            faults = [Fault.from_json(entry) for entry in await request.json()]
        except (ValueError, TypeError) as error:
            return _error(400, -10003, f"Parameter error: {error}")
        with self.lock:
            self.faults += faults
        return JSONResponse({"faults": len(self.faults)})

    def _bill(self, request: Request, completion: Completion) -> None:
        model, usage = models()[completion.model], completion.usage
        given, written = usage["prompt_tokens"], usage["completion_tokens"]
        cost = (given * model.input + written * model.output) / MILLION
        self.costs[request.scope.setdefault("request_id", _new_id())] = {
            "cost": round(cost, 8),
            "input_token": given,
            "output_token": written,
            "model": model.id,
            "process_time": 0.01,
        }


class StreamResponse(Response):
    """A reply sent piece by piece, which a fault can spoil."""

    media_type = "text/event-stream"

    def __init__(self, frames: list[bytes], fault: Fault | None = None, **given: Any) -> None:
        super().__init__(**given)
        del self.headers["content-length"]
        self.frames = frames
        self.fault = fault or Fault()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the pieces; leaving before the last one breaks the connection."""
        del scope
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        left = [n for n in (self.fault.cut_after, self.fault.stall_after) if n is not None]
        limit = min(left) if left else None
        sent = 0
        async for piece in self._pieces():
            allowed = piece if limit is None else piece[: limit - sent]
            if allowed:
                await send({"type": "http.response.body", "body": allowed, "more_body": True})
            sent += len(allowed)
            if limit is not None and sent >= limit:
                if self.fault.stall_after is not None:
                    while (await receive())["type"] != "http.disconnect":
                        pass
                return
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _pieces(self) -> AsyncIterator[bytes]:
        frames = self.frames
        if self.fault.piece:
            joined, width = b"".join(frames), self.fault.piece
            frames = [joined[i : i + width] for i in range(0, len(joined), width)]
        for frame in frames:
            # Even with no pause asked for, let other tasks run, as between a real model's tokens.
            await asyncio.sleep(self.fault.drip)
            yield frame


def _spoiled(response: Response, fault: Fault) -> Response:
    """Return `response` with `fault`."""
    headers = {k: v for k, v in response.headers.items() if k != "content-length"}
    headers |= fault.headers
    if fault.status is not None:
        headers["content-type"] = fault.headers.get("content-type", "application/json")
        return Response(body_bytes(fault.body), fault.status, headers)
    if isinstance(response, StreamResponse):
        frames = _spoiled_frames(response.frames, fault)
    else:
        frames = [bytes(response.body)]
    return StreamResponse(frames, fault, status_code=response.status_code, headers=headers)


def _spoiled_frames(frames: list[bytes], fault: Fault) -> list[bytes]:
    if fault.frames is not None:
        return [frame.encode() for frame in fault.frames]
    if fault.bare_error_after is not None:
        return [*frames[: fault.bare_error_after], body_bytes(fault.body) + b"\n\n"]
    if fault.no_finish:
        return [f for f in frames if b'"finish_reason":null' in f]
    return frames[:-1] if fault.no_done else frames


def _event(piece: dict[str, Any]) -> bytes:
    text = json.dumps(piece, ensure_ascii=False, separators=(",", ":"))
    return b"data: " + text.encode() + b"\n\n"


def _recorded(request: Request, content: bytes) -> Recorded:
    try:
        body = json.loads(content) if content else None
        # Half a surrogate pair, or a NaN, can be read by Python and sent back by nobody.
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        body = None
    return Recorded(
        request.method,
        request.url.path,
        dict(request.query_params),
        dict(request.headers),
        body,
        len(content),
    )


def _refused(request: Request) -> Response | None:
    given = request.headers.get("authorization", "")
    if not given:
        return _error(401, -10001, "Missing 302 API key")
    if given != f"Bearer {EMULATOR_KEY}":
        return _error(401, -10005, f"Credential expired. The emulator's key is {EMULATOR_KEY!r}")
    return None


def _error(status: int, err_code: int, message: str) -> Response:
    return JSONResponse(envelope(err_code, message), status)


def _new_id() -> str:
    return f"emulator-{uuid.uuid4()}"
