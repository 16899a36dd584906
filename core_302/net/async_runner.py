"""The asynchronous runner of flows.

The same text as `sync_runner.py`, but for one thing: connections belong to an event loop. See
`loop_pools.py`.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import httpx

from core_302.config import Settings
from core_302.endpoints.chat_delta import ChatDelta
from core_302.endpoints.chat_stream import ChatStream
from core_302.errors import AI302Error, ClosedError, ConfigurationError
from core_302.flow import (
    AskPolicies,
    AskTime,
    AtOnce,
    Blocking,
    Flow,
    Limit,
    Pause,
    Policies,
    Resolve,
    Result,
    Step,
    ask,
    call,
)
from core_302.http import Fetch, Reply, Request
from core_302.links import addresses_in
from core_302.messages.answer_chunks import AnswerChunks, StreamReading
from core_302.net.body_decoder import body_reader
from core_302.net.deadline import CallContext
from core_302.net.drain import drain_async
from core_302.net.exceptions import transport_errors
from core_302.net.look_up import look_up_awaited
from core_302.net.loop_pools import LoopPools, running_loop
from core_302.net.off_loop import off_loop
from core_302.net.pace import Pace
from core_302.net.proxies import any_proxy, proxy_of, secrets_of, shown
from core_302.net.request_encoding import message_of, opened
from core_302.net.transports import AsyncClientTransport, AsyncPooledTransport
from core_302.options.chat import ChatOptions
from core_302.retry import PollPolicy, RetryPolicy

if TYPE_CHECKING:
    from typing_extensions import Self


class AsyncRunner:
    """The connections of a client, and how a flow is run over them. See `AsyncClient`."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        http_client: httpx.AsyncClient | None = None,
        retry: RetryPolicy | None = None,
        polling: PollPolicy | None = None,
    ) -> None:
        if http_client is not None and not isinstance(http_client, httpx.AsyncClient):
            raise ConfigurationError(
                f"http_client must be an httpx.AsyncClient, not {type(http_client).__module__}."
                f"{type(http_client).__name__}."
            )
        self._settings = settings or Settings.from_env()
        self._given = http_client
        self._retry = retry or RetryPolicy(max_retries=self._settings.max_retries)
        self._polling = polling or PollPolicy()
        self._start()

    @property
    def settings(self) -> Settings:
        """How this client reaches the gateway; its repr shows no secret."""
        return self._settings

    @property
    def retry(self) -> RetryPolicy:
        """How failed calls are retried."""
        return self._retry

    @property
    def polling(self) -> PollPolicy:
        """How often a task is polled."""
        return self._polling

    @property
    def base_url(self) -> str:
        """The address of the gateway, without `/v1`."""
        return str(self._settings.base_url)

    async def aclose(self) -> None:
        """Close the connections of this event loop, and drop those of loops that have ended.

        A client that was closed cannot be used again.
        """
        self._closed = True
        await self._pools.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._settings!r})"

    def _settings_for(self, options: ChatOptions | None) -> Settings:
        """Return the settings of one call, which may have time limits and headers of its own."""
        if options is None:
            return self._settings
        return self._settings.for_call(options.timeout, options.extra_headers)

    def __getstate__(self) -> dict[str, Any]:
        kept = {"_settings": self._settings, "_retry": self._retry, "_polling": self._polling}
        return {**kept, "_given": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._start()

    def _start(self) -> None:
        self._pools = LoopPools(self._settings.max_connections)
        self._closed = False

    async def _transport(self, *, given: bool) -> AsyncPooledTransport | AsyncClientTransport:
        """Return the user's own httpx client, or our pools of the running loop.

        A file host never sees the user's own: it may carry secrets of theirs.
        """
        if self._closed:
            raise ClosedError("This client was closed; make a new one.")
        if given and self._given is not None:
            return AsyncClientTransport(self._given)
        return await self._pools.of_this_loop()

    async def _ask(self, request: Request, read: Callable[[Reply], Result]) -> Result:
        return await self.run(ask(request, read))

    async def run(
        self,
        flow: Flow[Result],
        *,
        on_progress: Callable[[Any], Awaitable[object] | object] | None = None,
    ) -> Result:
        """Run a flow of `core_302` to its end and return its result.

        Args:
            flow: The flow; it is used up.
            on_progress: Called with what the flow reports on its way; awaited if it can be.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return await self._run(flow, CallContext(self._settings), on_progress)

    async def _run(
        self,
        flow: Flow[Result],
        context: CallContext,
        on_progress: Callable[[Any], object] | None = None,
    ) -> Result:
        running_loop()
        try:
            step = next(flow)
            while True:
                try:
                    done = await self._perform(step, context, on_progress)
                except AI302Error as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(done)
        except StopIteration as stop:
            result: Result = stop.value
            return result
        except AI302Error as error:
            raise error.redact(*secrets_of(context.settings)) from error.__cause__
        finally:
            flow.close()  # release what it holds now, not when the error itself is released

    async def _perform(
        self, step: Step, context: CallContext, on_progress: Callable[[Any], object] | None
    ) -> Any:
        if isinstance(step, (Request, Fetch)):
            return await self._exchange(step, context)
        if isinstance(step, Pause):
            context.begin_pause(step)
            await asyncio.sleep(step.seconds)
        elif isinstance(step, (Limit, AskTime)):
            return context.answer(step)
        elif isinstance(step, AskPolicies):
            safe = partial(shown, context.settings)
            return Policies(self._retry, self._polling, self._settings.trusted_hosts, safe)
        elif isinstance(step, Blocking):
            return await asyncio.to_thread(step.work)
        elif isinstance(step, Resolve):
            return await self._resolve(step, context)
        elif isinstance(step, AtOnce):
            return await self._at_once(step, context)
        elif on_progress is not None:
            told = on_progress(step.told)
            if inspect.isawaitable(told):
                await told
        return None

    async def _at_once(self, step: AtOnce, context: CallContext) -> list[Any]:
        outcomes: list[Any] = [None] * len(step.flows)
        waiting = iter(enumerate(step.flows))
        failed = asyncio.Event()

        async def work() -> None:
            for place, flow in waiting:
                if failed.is_set():
                    return
                try:
                    outcomes[place] = await self._run(flow, CallContext(context.settings))
                except AI302Error as error:
                    failed.set()
                    outcomes[place] = error

        most = min(step.most, self._settings.max_connections)
        tasks = [asyncio.ensure_future(work()) for _ in range(most)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
        return outcomes

    async def _exchange(self, step: Request | Fetch, context: CallContext) -> Reply:
        address = step.url if isinstance(step, Fetch) else context.settings.base_url
        with transport_errors(address):
            response = await self._send(step, context)
            reply = opened(response)
            if step.stream and reply.ok:
                context.listen(response)
                return reply
            try:
                return await self._read(reply, step.most_bytes)
            finally:
                await response.aclose()

    async def _send(self, step: Request | Fetch, context: CallContext) -> httpx.Response:
        transport = await self._transport(given=isinstance(step, Request))
        return await transport.send(message_of(step, context.settings), context.timeout(step))

    async def _read(self, reply: Reply, most_bytes: int) -> Reply:
        """Return `reply` with its complete body, or with the beginning of a refusal's."""
        reader = body_reader(reply, most_bytes)
        pieces: list[bytes] = []
        async for raw in reply.source.stream:
            pieces += reader.feed(raw)
            if reader.full:
                break
        else:
            reader.end()
        return Reply(reply.status, reply.headers, b"".join(pieces))

    async def _resolve(self, step: Resolve, context: CallContext) -> tuple[str, ...] | None:
        with transport_errors(f"//{step.host}"):
            if any_proxy() and proxy_of(step.scheme, step.host, step.port) is not None:
                return None
            with anyio.fail_after(context.left()):
                found = await look_up_awaited(step.host, step.port)
        return addresses_in(found)

    async def _stream(
        self, request: Request | partial[Request], settings: Settings, reading: StreamReading
    ) -> AsyncGenerator[ChatDelta, None]:
        request = await _written(request)
        context = CallContext(settings)
        reply = await self._run(call(request), context)
        stream = ChatStream(reply, request.own_names)
        chunks = AnswerChunks(stream, reading)
        try:
            if reply.media_type != "text/event-stream":  # a complete response, or a wrong label
                for delta in await self._whole(reply, request, chunks, context):
                    yield delta
                return
            pieces = aiter(reply.source.stream)
            reader, pace = body_reader(reply, None), Pace()
            # A generator for this loop alone would be resumed for each token.
            with transport_errors():
                async for raw in pieces:
                    pace.goes_on()
                    chunks.heard = False
                    for chunk in chunks.of_read(reader.feed(raw)):
                        if chunk is not None:
                            yield chunk
                        if pace.is_due():
                            await asyncio.sleep(0)
                    context.heard(content=chunks.heard)
                    if chunks.done:
                        break
            for delta in chunks.finish():
                yield delta
            await drain_async(pieces, context)
        except AI302Error as error:
            raw = b""  # crash reports show a frame's variables, and what came may repeat the key
            secrets = secrets_of(settings)
            broken = stream.interrupted(error.redact(*secrets))
            raise broken.redact(*secrets) from error.__cause__
        finally:
            await reply.source.aclose()

    async def _whole(
        self, reply: Reply, request: Request, chunks: AnswerChunks, context: CallContext
    ) -> Iterator[ChatDelta]:
        """Read a complete response; return its chunks."""
        context.await_complete()
        with transport_errors():
            whole = await self._read(reply, request.most_bytes)
        return chunks.read_whole(whole)


async def _written(request: Request | partial[Request]) -> Request:
    """Return a request, which is written in a thread if it is large."""
    if isinstance(request, partial):
        return await off_loop(request, large=True)
    return request
