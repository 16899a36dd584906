"""The synchronous shell: the only module of the core that blocks.

It decides nothing. Flows say what to send and when to wait, endpoints say how to ask and how to
read, `transport` knows httpx. `async_client.py` is the same text with `await`.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import httpx

from core_302.body import body_reader
from core_302.config import Settings
from core_302.drain import drain
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
    Clock,
    PooledTransport,
    behind_proxy,
    headers_of,
    no_cookies,
    opened,
    transport_errors,
    url_of,
)

if TYPE_CHECKING:
    from typing_extensions import Self


class Client:
    """302.AI, blocking. Safe to share between threads; a context manager.

    Args:
        settings: How to reach the gateway; from the environment by default.
        http_client: Your own `httpx.Client`, for proxies or certificates; never closed here.
        retry: Your own way of repeating; by default `settings.max_retries` with full jitter.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        http_client: httpx.Client | None = None,
        retry: RetryPolicy | None = None,
    ) -> None:
        if http_client is not None and not isinstance(http_client, httpx.Client):
            raise ConfigurationError(
                f"http_client must be an httpx.Client, not {type(http_client).__module__}."
                f"{type(http_client).__name__}."
            )
        self._settings = settings or Settings.from_env()
        self._given = http_client
        self._retry = retry or RetryPolicy(max_retries=self._settings.max_retries)
        self._start()

    def chat(
        self, model: str, messages: Sequence[Message], options: ChatOptions | None = None
    ) -> Completion:
        """Ask for an answer in one piece.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return self._ask(chat_request(model, messages, options), read_completion)

    def stream_chat(
        self,
        model: str,
        messages: Sequence[Message],
        options: ChatOptions | None = None,
        *,
        stream_usage: bool = True,
    ) -> Iterator[ChatDelta]:
        """Ask for an answer piece by piece. Nothing is sent before the first piece is taken.

        Raises:
            AI302Error: At once for what cannot be sent; else from the iterator.
        """
        request = chat_request(model, messages, options, stream=True, stream_usage=stream_usage)
        return self._stream(request)

    def models(self, *, chat_only: bool = False) -> tuple[Model, ...]:
        """List the models of this host; with `chat_only`, the language models alone."""
        return self._ask(models_request(chat_only=chat_only), read_models)

    def record(self, request_id: str) -> Record:
        """Return the gateway's record of a call: its cost and its tokens.

        Raises:
            NotFoundError: There is no such call, or not yet.
            AI302Error: See the tree in `core_302.errors`.
        """
        return self._ask(record_request(request_id), read_record)

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

    def __getstate__(self) -> dict[str, Any]:
        return {"_settings": self._settings, "_given": None, "_retry": self._retry}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._start()

    def _start(self) -> None:
        self._lock = threading.Lock()
        self._own: httpx.Client | None = None
        self._close_own: weakref.finalize[Any, Any] | None = None
        self._process = os.getpid()
        self._closed = False

    def _http(self) -> httpx.Client:
        """Return the httpx client, made on first use, and anew after a fork."""
        if self._closed:
            raise ClosedError("This client was closed; make a new one.")
        if self._given is not None:
            return self._given
        if self._own is not None and self._process == os.getpid():
            return self._own
        with self._lock:
            if self._own is None or self._process != os.getpid():
                if self._close_own is not None:
                    self._close_own.detach()  # its connections belong to the parent process
                transport = PooledTransport(self._settings.max_connections)
                self._own = httpx.Client(
                    transport=None if behind_proxy() else transport, cookies=no_cookies()
                )
                self._close_own = weakref.finalize(self, self._own.close)
                self._process = os.getpid()
            return self._own

    def _ask(self, request: Request, read: Callable[[Reply], Result]) -> Result:
        return self._run(ask(request, self._retry, read))

    def _run(self, flow: Flow[Result]) -> Result:
        """Run `flow` to its end and return its result."""
        clock = Clock(self._settings)
        try:
            step = next(flow)
            while True:
                try:
                    reply = self._perform(step, clock)
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

    def _perform(self, step: Request | Pause, clock: Clock) -> Reply | None:
        if isinstance(step, Pause):
            clock.check_pause(step)
            time.sleep(step.seconds)
            return None
        with transport_errors():
            response = self._send(step, clock)
            reply = opened(response)
            if step.stream and reply.ok:
                return reply
            try:
                return self._read(reply, clock)
            finally:
                response.close()

    def _send(self, request: Request, clock: Clock) -> httpx.Response:
        http = self._http()
        message = http.build_request(
            request.method,
            url_of(request, self._settings),
            headers=headers_of(request, self._settings),
            content=request.content,
            timeout=clock.limits(request),
        )
        return http.send(message, stream=True, auth=None, follow_redirects=False)

    def _read(self, reply: Reply, clock: Clock) -> Reply:
        """Return `reply` with its whole body, or with the beginning of a refusal's."""
        reader = body_reader(reply, stream=False)
        pieces: list[bytes] = []
        for raw in reply.source.iter_raw():
            pieces += reader.feed(raw)
            clock.check_total()
            if reader.full:
                break
        else:
            reader.end()
        return Reply(reply.status, reply.headers, b"".join(pieces))

    def _stream(self, request: Request) -> Iterator[ChatDelta]:
        clock = Clock(self._settings)
        reply = self._run(call(request, self._retry))
        stream = ChatStream(reply)
        try:
            if reply.media_type != "text/event-stream":  # an answer in one piece, or a wrong label
                with transport_errors():
                    whole = self._read(reply, clock)
                yield from stream.read_whole(whole)
                return
            pieces = reply.source.iter_raw()
            yield from self._events(reply, pieces, stream, clock)
            yield from stream.finish()
            drain(reply.source, pieces)
        except AI302Error as error:
            broken = stream.interrupted(error)
            broken.redact(self._settings.with_key().api_key or "")
            raise broken from error.__cause__
        finally:
            reply.source.close()

    def _events(
        self, reply: Reply, pieces: Iterator[bytes], stream: ChatStream, clock: Clock
    ) -> Iterator[ChatDelta]:
        reader = body_reader(reply, stream=True)
        clock.heard()
        while not stream.done:
            with transport_errors():
                raw = next(pieces, None)
            if raw is None:
                return
            for piece in reader.feed(raw):
                for delta in stream.feed(piece):
                    yield delta
                    clock.heard()
            clock.check_silence()
