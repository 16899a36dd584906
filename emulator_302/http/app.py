"""The emulator as a web application: requests are logged, faults injected, answerers asked.

All state belongs to a scope (`emulator_302.http.scopes`); an `Emulator` has only its scopes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from emulator_302.endpoints.completions import ChatEndpoint
from emulator_302.endpoints.table import ScopedEndpoint, gets, posts
from emulator_302.http.control import ROOT, control_routes
from emulator_302.http.exchange import Answerer, Exchange
from emulator_302.http.fault_injection import StreamResponse, WatchedResponse, with_fault
from emulator_302.http.faults import Fault
from emulator_302.http.files import SAMPLE
from emulator_302.http.forms import body_of
from emulator_302.http.inspector import inspector_routes
from emulator_302.http.log import CHAT, logged, response_shown
from emulator_302.http.own_hosts import OwnHosts
from emulator_302.http.refusals import (
    Refusal,
    UnknownField,
    UnknownModel,
    error_reply,
    key_leaked,
    key_refused,
)
from emulator_302.http.scopes import Scope, Scopes, Start
from emulator_302.recording.links import FILES
from emulator_302.recording.recorder import by_recording
from emulator_302.rule_model.answer import BadRequest
from emulator_302.scripts.values import ScriptError

ABOUT = "An emulator of the 302.AI gateway. It is not 302.AI: its model follows rules."
HEALTH = "/health"  # no key: for those who wait until it listens
NOTES = "x-emulator-notes"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

Refused = Callable[[Request], Response | None]
Endpoint = Callable[[Exchange], Awaitable[Response]]


class Emulator:
    """One server: its scopes, and the chain of those who answer.

    Args:
        start: What each scope begins with.
        hosts: Names by which it may be called beside those of this machine.
    """

    def __init__(self, start: Start | None = None, *, hosts: tuple[str, ...] = ()) -> None:
        self.scopes = Scopes(start or Start())
        self._hosts = hosts
        self._reader = ThreadPoolExecutor(1, "emulator-ocr")
        self._chat = ChatEndpoint(self._reader)
        # Asked before the endpoints, and for every path.
        self.answerers: tuple[Answerer, ...] = (self._chat.by_script, by_recording)

    def close(self) -> None:
        """End the thread that reads images."""
        self._reader.shutdown()

    def app(self) -> Starlette:
        """Return the web application."""
        plain = self.scopes.named("")
        return Starlette(
            middleware=[Middleware(OwnHosts, more=self._hosts)],
            routes=[
                Route(CHAT, self._asked(self._chat.by_rules, paid=True), methods=["POST"]),
                *(Route(path, self._asked(_from(gets, path))) for path in gets(plain)),
                *(
                    Route(path, self._asked(_from(posts, path), paid=True), methods=["POST"])
                    for path in posts(plain)
                ),
                *(
                    Route(path, self._asked(_file, refused=key_leaked))
                    for path in ("/gpt/imgs/{path:path}", SAMPLE)
                ),
                Route(f"{FILES}/{{path:path}}", self._asked(_nothing, refused=key_leaked)),
                Route(ROOT, _about),
                Route(HEALTH, _health),
                *control_routes(self.scopes),
                *inspector_routes(self.scopes),
                Route("/{path:path}", self._asked(_nothing), methods=METHODS),
            ],
        )

    async def chosen_fault(self, exchange: Exchange) -> Fault | None:
        """Return what goes wrong with a request.

        Raises:
            BadRequest: A function that chooses requests failed.
        """
        scope, entry = exchange.scope, exchange.entry
        if not scope.faults:
            return None
        try:
            return await asyncio.to_thread(scope.faults.take, entry.path, entry.conversation)
        except ScriptError as error:
            scope.problems.append(f"the conditions of a fault: {error}")
            raise BadRequest(scope.problems[-1]) from error

    def _asked(
        self, endpoint: Endpoint, *, refused: Refused = key_refused, paid: bool = False
    ) -> Callable[[Request], Awaitable[ASGIApp]]:
        """Wrap an endpoint: log the request, check key and balance, ask the answerers in turn."""

        async def answered(request: Request) -> ASGIApp:
            exchange = await self._exchange(request)
            # With a recording, it is the gateway that knows which keys are right.
            asks_gateway = exchange.scope.deck is not None and refused is key_refused
            let_in = asks_gateway or (exchange.scope.start.any_key and refused is key_refused)
            response = None if let_in else refused(request)
            try:
                exchange.fault = await self.chosen_fault(exchange)
                if response is None and paid and exchange.scope.ledger.balance <= 0:
                    response = error_reply(402, -10004, "Insufficient balance")
                # What a fault replaces is not made: it costs nothing, and no script goes on.
                if response is None and not (exchange.fault and exchange.fault.replaces_body):
                    response = await self._leniently(exchange, endpoint)
            except Refusal as refusal:
                response = refusal.reply()
            except BadRequest as error:
                response = error_reply(400, -10003, str(error))
            return _finished(exchange, response or Response())

        return answered

    async def _leniently(self, exchange: Exchange, endpoint: Endpoint) -> Response:
        """Answer without the fields and models that are unknown, where these are passed over."""
        start = exchange.scope.start
        while True:
            try:
                return await self._answer(exchange, endpoint)
            except UnknownField as unknown:
                if not start.lenient:
                    raise
                exchange.leave_out(unknown.name)
            except UnknownModel as unknown:
                if not start.any_model:
                    raise
                exchange.replace_model(unknown.name, unknown.instead)

    async def _answer(self, exchange: Exchange, endpoint: Endpoint) -> Response:
        """Return the response of the first who has one; the endpoint always has."""
        for answerer in self.answerers:
            response = await answerer(exchange)
            if response is not None:
                return response
        response = await endpoint(exchange)
        exchange.entry.answered_by = "rules"
        return response

    async def _exchange(self, request: Request) -> Exchange:
        body = await body_of(request)
        scope = self.scopes.of(request)
        made = f"emulator-{scope.ids.new()}"
        request.scope["request_id"] = made
        entry = logged(request, body, len(await request.body()), scope.name, made)
        scope.log.add(entry)
        return Exchange(request, body, scope, entry)


def _from(table: Callable[[Scope], Mapping[str, ScopedEndpoint]], path: str) -> Endpoint:
    """Return the endpoint that looks itself up in the scope of the request."""

    async def answered(exchange: Exchange) -> Response:
        return await table(exchange.scope)[path](exchange.request, exchange.body)

    return answered


def _finished(exchange: Exchange, response: Response) -> ASGIApp:
    """Return the response as it goes out: with its id, its fault, and an eye on the client."""
    fault, entry = exchange.fault, exchange.entry
    if entry.request_id:
        response.headers["request-id"] = entry.request_id
    if entry.notes:
        response.headers[NOTES] = "; ".join(entry.notes).encode("ascii", "replace").decode()
    if fault is not None:
        entry.fault = fault
        exchange.delay += fault.delay
        response = with_fault(response, fault)
    entry.status = response.status_code
    if entry.response is None and not isinstance(response, StreamResponse):
        entry.response = response_shown(response.body, response.headers.get("content-type", ""))
    return WatchedResponse(response, entry, exchange.delay)


async def _file(exchange: Exchange) -> Response:
    return await exchange.scope.files.serve(exchange.request, exchange.body)


async def _nothing(exchange: Exchange) -> Response:
    return error_reply(404, -10010, f"Resource not found: {exchange.request.url.path}")


async def _health(request: Request) -> Response:
    del request
    return JSONResponse({"status": "ok"})


async def _about(request: Request) -> Response:
    del request
    return JSONResponse({"about": ABOUT, "emulator": True})
