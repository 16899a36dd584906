"""The blocking runner of flows.

It decides nothing. Flows say what to send and when to wait, endpoints say how to ask and how to
read, `request_encoding` knows httpx. `async_runner.py` is the same text with `await`.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any

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
from core_302.net.drain import drain
from core_302.net.exceptions import transport_errors
from core_302.net.look_up import look_up
from core_302.net.proxies import any_proxy, proxy_of, secrets_of, shown
from core_302.net.request_encoding import message_of, opened
from core_302.net.transports import ClientTransport, PooledTransport
from core_302.options.chat import ChatOptions
from core_302.retry import PollPolicy, RetryPolicy

if TYPE_CHECKING:
    from typing_extensions import Self


class SyncRunner:
    """The connections of a client, and how a flow is run over them. See `Client`."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        http_client: httpx.Client | None = None,
        retry: RetryPolicy | None = None,
        polling: PollPolicy | None = None,
    ) -> None:
        if http_client is not None and not isinstance(http_client, httpx.Client):
            raise ConfigurationError(
                f"http_client must be an httpx.Client, not {type(http_client).__module__}."
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

    def close(self) -> None:
        """Close every connection. A client that was closed cannot be used again."""
        with self._lock:
            self._closed = True
            if self._close_own is not None:
                self._close_own()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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
        self._lock = threading.Lock()
        self._own: PooledTransport | None = None
        self._parents: list[object] = []
        self._close_own: weakref.finalize[Any, Any] | None = None
        self._process = os.getpid()
        self._closed = False

    def _transport(self, *, given: bool) -> PooledTransport | ClientTransport:
        """Return the user's own httpx client, or our pools: made on first use, anew after a fork.

        A file host never sees the user's own: it may carry secrets of theirs.
        """
        if self._closed:
            raise ClosedError("This client was closed; make a new one.")
        if given and self._given is not None:
            return ClientTransport(self._given)
        if self._own is not None and self._process == os.getpid():
            return self._own
        with self._lock:
            if self._own is None or self._process != os.getpid():
                if self._close_own is not None:
                    # These connections are the parent process's. They are not closed here, and
                    # kept, since closing takes locks that a thread of the parent may have held.
                    self._close_own.detach()
                    self._parents.append(self._own)
                most = self._settings.max_connections
                self._own = PooledTransport(most, proxied=any_proxy())
                self._close_own = weakref.finalize(self, self._own.close)
                self._process = os.getpid()
            return self._own

    def _ask(self, request: Request, read: Callable[[Reply], Result]) -> Result:
        return self.run(ask(request, read))

    def run(
        self, flow: Flow[Result], *, on_progress: Callable[[Any], object] | None = None
    ) -> Result:
        """Run a flow of `core_302` to its end and return its result.

        Args:
            flow: The flow; it is used up.
            on_progress: Called with what the flow reports on its way.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return self._run(flow, CallContext(self._settings), on_progress)

    def _run(
        self,
        flow: Flow[Result],
        context: CallContext,
        on_progress: Callable[[Any], object] | None = None,
    ) -> Result:
        try:
            step = next(flow)
            while True:
                try:
                    done = self._perform(step, context, on_progress)
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

    def _perform(
        self, step: Step, context: CallContext, on_progress: Callable[[Any], object] | None
    ) -> Any:
        if isinstance(step, (Request, Fetch)):
            return self._exchange(step, context)
        if isinstance(step, Pause):
            context.begin_pause(step)
            time.sleep(step.seconds)
        elif isinstance(step, (Limit, AskTime)):
            return context.answer(step)
        elif isinstance(step, AskPolicies):
            safe = partial(shown, context.settings)
            return Policies(self._retry, self._polling, self._settings.trusted_hosts, safe)
        elif isinstance(step, Blocking):
            return step.work()
        elif isinstance(step, Resolve):
            return self._resolve(step, context)
        elif isinstance(step, AtOnce):
            return self._at_once(step, context)
        elif on_progress is not None:
            on_progress(step.told)
        return None

    def _at_once(self, step: AtOnce, context: CallContext) -> list[Any]:
        outcomes: list[Any] = [None] * len(step.flows)
        failed = threading.Event()

        def work(place: int) -> None:
            if failed.is_set():
                return
            try:
                outcomes[place] = self._run(step.flows[place], CallContext(context.settings))
            except AI302Error as error:
                failed.set()
                outcomes[place] = error

        most = min(step.most, self._settings.max_connections)
        with ThreadPoolExecutor(most, "ai302") as pool:
            # With the variables of the caller's context, which watchers of calls live in.
            asked = [pool.submit(copy_context().run, work, n) for n in range(len(outcomes))]
            try:
                for one in asked:
                    one.result()
            finally:
                failed.set()  # a program that is interrupted sends no more
        return outcomes

    def _exchange(self, step: Request | Fetch, context: CallContext) -> Reply:
        address = step.url if isinstance(step, Fetch) else context.settings.base_url
        with transport_errors(address):
            response = self._send(step, context)
            reply = opened(response)
            if step.stream and reply.ok:
                context.listen(response)
                return reply
            try:
                return self._read(reply, step.most_bytes)
            finally:
                response.close()

    def _send(self, step: Request | Fetch, context: CallContext) -> httpx.Response:
        transport = self._transport(given=isinstance(step, Request))
        return transport.send(message_of(step, context.settings), context.timeout(step))

    def _read(self, reply: Reply, most_bytes: int) -> Reply:
        """Return `reply` with its complete body, or with the beginning of a refusal's."""
        reader = body_reader(reply, most_bytes)
        pieces: list[bytes] = []
        for raw in reply.source.stream:
            pieces += reader.feed(raw)
            if reader.full:
                break
        else:
            reader.end()
        return Reply(reply.status, reply.headers, b"".join(pieces))

    def _resolve(self, step: Resolve, context: CallContext) -> tuple[str, ...] | None:
        with transport_errors(f"//{step.host}"):
            if any_proxy() and proxy_of(step.scheme, step.host, step.port) is not None:
                return None
            found = look_up(step.host, step.port, context.left())
        return addresses_in(found)

    def _stream(
        self, request: Request, settings: Settings, reading: StreamReading
    ) -> Iterator[ChatDelta]:
        context = CallContext(settings)
        reply = self._run(call(request), context)
        stream = ChatStream(reply, request.own_names)
        chunks = AnswerChunks(stream, reading)
        try:
            if reply.media_type != "text/event-stream":  # a complete response, or a wrong label
                context.await_complete()
                with transport_errors():
                    whole = self._read(reply, request.most_bytes)
                yield from chunks.read_whole(whole)
                return
            pieces = iter(reply.source.stream)
            yield from self._events(reply, pieces, chunks, context)
            yield from chunks.finish()
            drain(reply.source, pieces, context)
        except AI302Error as error:
            secrets = secrets_of(settings)
            broken = stream.interrupted(error.redact(*secrets))
            raise broken.redact(*secrets) from error.__cause__
        finally:
            reply.source.close()

    def _events(
        self, reply: Reply, pieces: Iterator[bytes], chunks: AnswerChunks, context: CallContext
    ) -> Iterator[ChatDelta]:
        reader = body_reader(reply, None)
        with transport_errors():
            for raw in pieces:
                chunks.heard = False
                yield from filter(None, chunks.of_read(reader.feed(raw)))
                context.heard(content=chunks.heard)
                if chunks.done:
                    return
