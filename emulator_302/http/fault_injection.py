"""Injects scripted faults into responses: another status, another body, cut off, delayed.

The endpoints know nothing of faults: a response is changed on its way out.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator_302.http.faults import Fault, body_bytes


class StreamResponse(Response):
    """A response sent chunk by chunk, into which a fault can be injected."""

    media_type = "text/event-stream"

    def __init__(self, frames: list[bytes], fault: Fault | None = None, **given: Any) -> None:
        super().__init__(**given)
        del self.headers["content-length"]
        self.frames = frames
        self.fault = fault or Fault()

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
                    while (await receive())["type"] != "http.disconnect":
                        pass
                return
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _chunks(self) -> AsyncIterator[bytes]:
        frames = self.frames
        if self.fault.chunk_size:
            joined, width = b"".join(frames), self.fault.chunk_size
            frames = [joined[i : i + width] for i in range(0, len(joined), width)]
        for frame in frames:
            # Even without a pause, let other tasks run, as between a real model's tokens.
            await asyncio.sleep(self.fault.drip)
            yield frame


def with_fault(response: Response, fault: Fault) -> Response:
    """Return `response` with `fault`."""
    headers = {k: v for k, v in response.headers.items() if k != "content-length"}
    headers |= fault.headers
    if fault.status is not None:
        headers["content-type"] = fault.headers.get("content-type", "application/json")
        return Response(body_bytes(fault.body), fault.status, headers)
    if isinstance(response, StreamResponse):
        frames = _faulty_frames(response.frames, fault)
    else:
        frames = [bytes(response.body)]
    return StreamResponse(frames, fault, status_code=response.status_code, headers=headers)


def _faulty_frames(frames: list[bytes], fault: Fault) -> list[bytes]:
    if fault.frames is not None:
        return [frame.encode() for frame in fault.frames]
    if fault.bare_error_after is not None:
        return [*frames[: fault.bare_error_after], body_bytes(fault.body) + b"\n\n"]
    if fault.no_finish:
        return [f for f in frames if b'"finish_reason":null' in f]
    return frames[:-1] if fault.no_done else frames
