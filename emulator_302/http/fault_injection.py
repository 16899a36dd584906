"""Injects faults into responses: another status, another body, cut off, late, at some pace.

The endpoints know nothing of faults: a response is changed on its way out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from emulator_302.http.faults import Fault, body_bytes
from emulator_302.http.log import LoggedRequest
from emulator_302.scripts.pace import Pace

UNFINISHED = b'"finish_reason":null'
DONE = b"data: [DONE]\n\n"


class StreamResponse(Response):
    """A response sent chunk by chunk, at a pace, into which a fault can be injected."""

    media_type = "text/event-stream"

    def __init__(
        self,
        frames: list[bytes],
        fault: Fault | None = None,
        pace: Pace | None = None,
        **given: Any,
    ) -> None:
        super().__init__(**given)
        del self.headers["content-length"]
        self.frames = frames
        self.fault = fault or Fault()
        self.pace = pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the chunks; leaving before the last one breaks the connection."""
        del scope
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        left = [n for n in (self.fault.cut_after, self.fault.stall_after) if n is not None]
        limit = min(left) if left else None
        sent = 0
        async for chunk in self._chunks():
            allowed = chunk if limit is None else chunk[: limit - sent]
            if allowed:
                await send({"type": "http.response.body", "body": allowed, "more_body": True})
            sent += len(allowed)
            if limit is not None and sent >= limit:
                if self.fault.stall_after is not None:
                    await receive()  # which comes when the client leaves
                return
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _chunks(self) -> AsyncIterator[bytes]:
        frames = self.frames
        if self.fault.chunk_size:
            joined, width = b"".join(frames), self.fault.chunk_size
            frames = [joined[i : i + width] for i in range(0, len(joined), width)]
        # Each is due at a time of its own, so that what sending takes does not add up.
        began, due = time.monotonic(), (self.pace or Pace()).times()
        for frame in frames:
            # Even without a pause, let other tasks run, as between a real model's tokens.
            await asyncio.sleep(max(self.fault.drip, began + next(due) - time.monotonic()))
            yield frame


class WatchedResponse:
    """A response on its way to the client, whose end is written into the log.

    Nothing is sent before the delay is over. A client that leaves ends it.
    """

    def __init__(self, response: Response, entry: LoggedRequest, delay: float) -> None:
        self.response = response
        self.entry = entry
        self.delay = delay

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response, for as long as the client is there."""
        # The request's body was read, so what comes next is that the client has left.
        left = asyncio.ensure_future(receive())
        sending = asyncio.ensure_future(self._send(scope, left, send))
        try:
            await asyncio.wait((left, sending), return_when=asyncio.FIRST_COMPLETED)
            if sending.done() or self.entry.seconds is not None:
                await sending
            else:
                self.entry.ended(client_left=True)
        finally:
            for task in (left, sending):
                task.cancel()
            await asyncio.gather(left, sending, return_exceptions=True)
            if self.entry.seconds is None:  # it was cut
                self.entry.ended()

    async def _send(self, scope: Scope, left: asyncio.Future[Message], send: Send) -> None:
        await asyncio.sleep(self.delay)

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.body":
                self.entry.sent += len(message.get("body", b""))
                if not message.get("more_body"):
                    # Before the client can know of it, who may ask for the log then.
                    self.entry.ended(client_left=left.done())
            await send(message)

        async def gone() -> Message:
            return await asyncio.shield(left)

        await self.response(scope, gone, counted)


def with_fault(response: Response, fault: Fault) -> Response:
    """Return `response` with `fault`; its delay is for whoever sends the response."""
    headers = {k: v for k, v in response.headers.items() if k != "content-length"}
    headers |= fault.headers
    if fault.replaces_body:
        headers["content-type"] = fault.headers.get("content-type", "application/json")
        status = response.status_code if fault.status is None else fault.status
        content = b"" if fault.body is None else body_bytes(fault.body)
        if not fault.breaks_body:
            return Response(content, status, headers)
        return StreamResponse([content], fault, status_code=status, headers=headers)
    if isinstance(response, StreamResponse):
        frames, pace = _faulty_frames(response.frames, fault), response.pace
    else:
        frames, pace = [bytes(response.body)], None
    status = response.status_code
    return StreamResponse(frames, fault, pace, status_code=status, headers=headers)


def _faulty_frames(frames: list[bytes], fault: Fault) -> list[bytes]:
    if fault.frames is not None:
        frames = [frame.encode() for frame in fault.frames]
    if fault.no_finish:
        frames = [frame for frame in frames if UNFINISHED in frame]
    if fault.no_done:
        frames = [frame for frame in frames if frame != DONE]
    if fault.bare_error_after is not None:
        frames = [*frames[: fault.bare_error_after], body_bytes(fault.body) + b"\n\n"]
    return frames
