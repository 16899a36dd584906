"""The asynchronous shell: the only module of the core that awaits.

The same text as `client.py`, but for one thing: connections belong to an event loop. So there is
one set of them for each loop, which is closed when its loop is, or when the client is collected.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any

import httpx

from core_302.body import body_reader
from core_302.config import Settings
from core_302.drain import drain_async
from core_302.endpoints.account import Record, read_record, record_request
from core_302.endpoints.chat import Message, chat_request
from core_302.endpoints.chat_reply import Completion, read_completion
from core_302.endpoints.chat_stream import ChatDelta, ChatStream
from core_302.endpoints.models import Model, models_request, read_models
from core_302.errors import AI302Error, ClosedError, ConfigurationError
from core_302.flow import Flow, Pause, Result, ask, call
from core_302.http import Reply, Request
from core_302.options import ChatOptions
from core_302.retry import RetryPolicy
from core_302.transport import (
    AsyncPooledTransport,
    Clock,
    behind_proxy,
    headers_of,
    no_cookies,
    opened,
    transport_errors,
    url_of,
)

if TYPE_CHECKING:
    from typing_extensions import Self


class AsyncClient:
    """302.AI, asynchronous. Safe to use from several event loops; a context manager.

    Args:
        settings: How to reach the gateway; from the environment by default.
        http_client: Your own `httpx.AsyncClient`, for proxies or certificates; never closed here.
        retry: Your own way of repeating; by default `settings.max_retries` with full jitter.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        http_client: httpx.AsyncClient | None = None,
        retry: RetryPolicy | None = None,
    ) -> None:
        if http_client is not None and not isinstance(http_client, httpx.AsyncClient):
            raise ConfigurationError(
                f"http_client must be an httpx.AsyncClient, not {type(http_client).__module__}."
                f"{type(http_client).__name__}."
            )
        self._settings = settings or Settings.from_env()
        self._given = http_client
        self._retry = retry or RetryPolicy(max_retries=self._settings.max_retries)
        self._start()

    async def chat(
        self, model: str, messages: Sequence[Message], options: ChatOptions | None = None
    ) -> Completion:
        """Ask for an answer in one piece.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return await self._ask(chat_request(model, messages, options), read_completion)

    def stream_chat(
        self,
        model: str,
        messages: Sequence[Message],
        options: ChatOptions | None = None,
        *,
        stream_usage: bool = True,
    ) -> AsyncIterator[ChatDelta]:
        """Ask for an answer piece by piece. Nothing is sent before the first piece is taken.

        Raises:
            AI302Error: At once for what cannot be sent; else from the iterator.
        """
        request = chat_request(model, messages, options, stream=True, stream_usage=stream_usage)
        return self._stream(request)

    async def models(self, *, chat_only: bool = False) -> tuple[Model, ...]:
        """List the models of this host; with `chat_only`, the language models alone."""
        return await self._ask(models_request(chat_only=chat_only), read_models)

    async def record(self, request_id: str) -> Record:
        """Return the gateway's record of a call: its cost and its tokens.

        Raises:
            NotFoundError: There is no such call, or not yet.
            AI302Error: See the tree in `core_302.errors`.
        """
        return await self._ask(record_request(request_id), read_record)

    async def aclose(self) -> None:
        """Close the connections of this event loop, and drop those of loops that have ended.

        A client that was closed cannot be used again.
        """
        with self._lock:
            self._closed = True
            mine = self._pools.pop(asyncio.get_running_loop(), None)
            self._pools.clear()
        if mine is not None:
            await mine[1].aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._settings!r})"

    def __getstate__(self) -> dict[str, Any]:
        return {"_settings": self._settings, "_given": None, "_retry": self._retry}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._start()

    def _start(self) -> None:
        self._lock = threading.Lock()
        self._pools: dict[
            asyncio.AbstractEventLoop, tuple[httpx.AsyncClient, AsyncGenerator[None, None]]
        ] = {}
        self._closed = False

    async def _http(self) -> httpx.AsyncClient:
        """Return the httpx client of the running event loop, made on first use."""
        if self._closed:
            raise ClosedError("This client was closed; make a new one.")
        if self._given is not None:
            return self._given
        loop = asyncio.get_running_loop()
        if (mine := self._pools.get(loop)) is not None:
            return mine[0]
        transport = AsyncPooledTransport(self._settings.max_connections)
        http = httpx.AsyncClient(
            transport=None if behind_proxy() else transport, cookies=no_cookies()
        )
        guard = _closed_with_its_loop(http)
        with self._lock:
            for ended in [known for known in self._pools if known.is_closed()]:
                del self._pools[ended]
            self._pools[loop] = (http, guard)
        await anext(guard)  # never waits: it registers the guard with the loop
        return http

    async def _ask(self, request: Request, read: Callable[[Reply], Result]) -> Result:
        return await self._run(ask(request, self._retry, read))

    async def _run(self, flow: Flow[Result]) -> Result:
        """Run `flow` to its end and return its result."""
        clock = Clock(self._settings)
        try:
            step = next(flow)
            while True:
                try:
                    reply = await self._perform(step, clock)
                except AI302Error as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(reply)
        except StopIteration as stop:
            result: Result = stop.value
            return result
        except AI302Error as error:
            error.redact(self._settings.with_key().api_key or "")
            raise

    async def _perform(self, step: Request | Pause, clock: Clock) -> Reply | None:
        if isinstance(step, Pause):
            clock.check_pause(step)
            await asyncio.sleep(step.seconds)
            return None
        with transport_errors():
            response = await self._send(step, clock)
            reply = opened(response)
            if step.stream and reply.ok:
                return reply
            try:
                return await self._read(reply, clock)
            finally:
                await response.aclose()

    async def _send(self, request: Request, clock: Clock) -> httpx.Response:
        http = await self._http()
        message = http.build_request(
            request.method,
            url_of(request, self._settings),
            headers=headers_of(request, self._settings),
            content=request.content,
            timeout=clock.limits(request),
        )
        return await http.send(message, stream=True, auth=None, follow_redirects=False)

    async def _read(self, reply: Reply, clock: Clock) -> Reply:
        """Return `reply` with its whole body, or with the beginning of a refusal's."""
        reader = body_reader(reply, stream=False)
        pieces: list[bytes] = []
        async for raw in reply.source.aiter_raw():
            pieces += reader.feed(raw)
            clock.check_total()
            if reader.full:
                break
        else:
            reader.end()
        return Reply(reply.status, reply.headers, b"".join(pieces))

    async def _stream(self, request: Request) -> AsyncIterator[ChatDelta]:
        clock = Clock(self._settings)
        reply = await self._run(call(request, self._retry))
        stream = ChatStream(reply)
        try:
            if reply.media_type != "text/event-stream":  # an answer in one piece, or a wrong label
                with transport_errors():
                    whole = await self._read(reply, clock)
                for delta in stream.read_whole(whole):
                    yield delta
                return
            pieces = reply.source.aiter_raw()
            async for delta in self._events(reply, pieces, stream, clock):
                yield delta
            for delta in stream.finish():
                yield delta
            await drain_async(reply.source, pieces)
        except AI302Error as error:
            broken = stream.interrupted(error)
            broken.redact(self._settings.with_key().api_key or "")
            raise broken from error.__cause__
        finally:
            await reply.source.aclose()

    async def _events(
        self, reply: Reply, pieces: AsyncIterator[bytes], stream: ChatStream, clock: Clock
    ) -> AsyncIterator[ChatDelta]:
        reader = body_reader(reply, stream=True)
        clock.heard()
        while not stream.done:
            with transport_errors():
                raw = await anext(pieces, None)
            if raw is None:
                return
            for piece in reader.feed(raw):
                for delta in stream.feed(piece):
                    yield delta
                    clock.heard()
            clock.check_silence()


async def _closed_with_its_loop(http: httpx.AsyncClient) -> AsyncGenerator[None, None]:
    """Close `http` when its loop shuts down, or when nobody holds this generator any more.

    An event loop knows its open asynchronous generators (PEP 525): `asyncio.run` closes them before
    the loop, and a collected one is closed in its loop. No `__del__` is needed, and no foreign
    loop is touched.
    """
    try:
        yield
    finally:
        await http.aclose()
