"""The chat endpoint: an answer, by a script or by the rules, becomes a response that is charged.

Whoever finds the answer, the emulator makes the chunks, ids, usage, cost and sources of it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import JSONResponse, Response

from emulator_302.endpoints.chat import chunks_of, complete, has_images, response_of
from emulator_302.endpoints.search import report
from emulator_302.http.exchange import Exchange
from emulator_302.http.fault_injection import DONE, StreamResponse
from emulator_302.http.media import inlined
from emulator_302.http.refusals import UnknownModel
from emulator_302.http.validate import STAND_IN, Model, base_name, check, models, switches
from emulator_302.rule_model.answer import Answer, BadRequest, Switches, answer
from emulator_302.rule_model.conversation import messages_of, question
from emulator_302.scripts.conversation import Conversation
from emulator_302.scripts.pace import Pace
from emulator_302.scripts.script import Played
from emulator_302.scripts.values import ScriptError


@dataclass(frozen=True)
class _Question:
    """A chat request that was checked."""

    given: Mapping[str, Any]
    model: Model
    switches: Switches


@dataclass(frozen=True)
class ChatEndpoint:
    """`POST /v1/chat/completions`.

    Attributes:
        reader: The thread that reads images: it takes seconds, and no other call waits for it.
    """

    reader: Executor

    async def by_script(self, exchange: Exchange) -> Response | None:
        """Answer a chat that a script is for.

        Raises:
            BadRequest: The script failed, or the scope is strict and no script fits.
            Refusal: There is no such model.
        """
        scope = exchange.scope
        if not exchange.entry.is_chat or not (scope.scripts or scope.strict):
            return None
        asked = _checked(exchange)
        conversation = Conversation(asked.given)
        try:
            played = await asyncio.to_thread(_played, exchange, conversation)
        except ScriptError as error:
            scope.problems.append(str(error))
            raise BadRequest(str(error)) from error
        if played is None:
            return None
        exchange.entry.answered_by = played.by
        exchange.fault = exchange.fault or played.scripted.fault
        if exchange.fault is not None and exchange.fault.replaces_body:
            return Response()  # as with any fault: what it replaces is not made
        said = played.scripted.answer
        if not said.citations and asked.switches.web_search and said.text:
            said = replace(said, citations=_found(asked))
        return self._response(exchange, asked, said, played.scripted.pace)

    async def by_rules(self, exchange: Exchange) -> Response:
        """Answer a chat by the rules.

        Raises:
            BadRequest: The request cannot be answered, such as an image that cannot be decoded.
            Refusal: There is no such model.
        """
        asked = _checked(exchange)
        reader = self.reader if has_images(asked.given) else None
        said = await asyncio.get_running_loop().run_in_executor(
            reader, answer, asked.given, asked.model.facts, asked.switches
        )
        return self._response(exchange, asked, said, None)

    def _response(
        self, exchange: Exchange, asked: _Question, said: Answer, pace: Pace | None
    ) -> Response:
        given, scope = asked.given, exchange.scope
        completion = complete(said, given, asked.model, scope.cache)
        usage, price = completion.usage, asked.model
        read, written = usage["prompt_tokens"], usage["completion_tokens"]
        scope.ledger.charge(
            exchange.entry.request_id,
            asked.model.id,
            price.cost(read, written),
            given=read,
            written=written,
        )
        exchange.entry.response = response_of(completion)
        pace = pace or scope.pace or Pace()
        if not given.get("stream"):
            exchange.delay += pace.whole(written)
            return JSONResponse(exchange.entry.response)
        with_usage = bool((given.get("stream_options") or {}).get("include_usage"))
        events = [_event(chunk) for chunk in chunks_of(completion, with_usage=with_usage)]
        return StreamResponse([*events, DONE], pace=pace)


def _checked(exchange: Exchange) -> _Question:
    given = check(exchange.body)
    name, suffixes = base_name(given["model"])
    model = models().get(name)
    if model is None and exchange.scope.start.any_model:
        model = replace(models()[STAND_IN], id=name)
    if model is None:
        raise UnknownModel(given["model"], STAND_IN)
    given = inlined(given, exchange.scope.published)
    return _Question(given, model, switches(given, suffixes))


def _played(exchange: Exchange, asked: Conversation) -> Played | None:
    scope, fault = exchange.scope, exchange.fault
    played = scope.scripts.play(asked, lost=fault is not None and fault.loses_answer)
    if played is None and scope.strict:
        ends = f", after {asked.after_tool}" if asked.after_tool else ""
        at = f"{asked.text!r} (turn {asked.turn}{ends}, model {asked.model})"
        raise ScriptError(f"No script is for {at}. {scope.scripts.nearest(asked)}")
    return played


def _found(asked: _Question) -> tuple[str, ...]:
    """Return the sources that the search of a request finds, for an answer that names none."""
    _, links = report(
        question(messages_of(asked.given)),
        results=asked.switches.search_results,
        include_sites=asked.switches.include_sites,
        exclude_sites=asked.switches.exclude_sites,
    )
    return links


def _event(chunk: dict[str, Any]) -> bytes:
    text = json.dumps(chunk, ensure_ascii=False, separators=(",", ":"))
    return b"data: " + text.encode() + b"\n\n"
