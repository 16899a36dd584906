"""The emulator's own endpoints, `/_emulator/...`: what `Gateway` does, over HTTP.

A request is about the scope that it names by key, by header or by `?scope=NAME`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator_302.http.billing import Price
from emulator_302.http.faults import Fault
from emulator_302.http.own_hosts import check_json
from emulator_302.http.refusals import Refusal, error_reply
from emulator_302.http.scopes import Scope, Scopes, named_by
from emulator_302.http.tasks import Outcome
from emulator_302.scripts.declared import AMOUNT, TEXT, YES_NO, Takes
from emulator_302.scripts.functions import from_wire
from emulator_302.scripts.pace import Pace
from emulator_302.scripts.script import scripts_from_json

ROOT = "/_emulator"


class _Control(NamedTuple):
    """What can be done at one path: read it, add to it, and forget it."""

    read: Callable[[Scope], Any]
    add: Callable[[Scope, Any], Any] | None = None
    forget: Callable[[Scopes, Scope], None] | None = None


def add_faults(scope: Scope, given: Any) -> dict[str, int]:
    """Order faults."""
    faults = [Fault.from_json(one) for one in _listed(given)]
    scope.faults.add(faults)
    return {"faults": len(scope.faults)}


def add_tasks(scope: Scope, given: Any) -> dict[str, int]:
    """Say how the next tasks go."""
    return {"tasks": scope.tasks.script(*[Outcome.from_json(one) for one in _listed(given)])}


def publish(scope: Scope, given: Any) -> dict[str, int]:
    """Let bytes stand at outside addresses."""
    if not isinstance(given, Mapping) or not all(isinstance(v, bytes) for v in given.values()):
        raise ValueError("what is published is an object of addresses and bytes")
    scope.published |= given
    return {"published": len(scope.published)}


def add_scripts(scope: Scope, given: Any) -> dict[str, Any]:
    """Add scripts from a list of them, or all that a script file may say."""
    document = given if isinstance(given, Mapping) else {"scripts": given}
    unknown = set(document) - {"scripts", "faults", "tasks", *STATE}
    if unknown:
        raise ValueError(f"a script file has no {', '.join(sorted(unknown))}")
    scripts = scripts_from_json(document.get("scripts", []))
    state = {name: value for name, value in document.items() if name in STATE}
    set_state(scope, state)
    add_faults(scope, document.get("faults", []))
    add_tasks(scope, document.get("tasks", []))
    scope.scripts.put(*scripts)
    return {"scripts": [script.id for script in scripts]}


def set_state(scope: Scope, given: Any) -> dict[str, Any]:
    """Set what a scope has once: its balance, prices and pace, and whether it is strict."""
    if not isinstance(given, Mapping) or set(given) - set(STATE):
        raise ValueError(f"the state is an object of {', '.join(STATE)}")
    values = {name: STATE[name](value) for name, value in given.items()}
    if "balance" in values:
        scope.ledger.balance = values["balance"]
    scope.ledger.prices |= values.get("prices", {})
    scope.strict = values.get("strict", scope.strict)
    scope.pace = values.get("pace", scope.pace)
    return state_of(scope)


def use_cassette(scope: Scope, given: Any) -> dict[str, Any] | None:
    """Let a scope record into a cassette and replay from it."""
    if not isinstance(given, Mapping) or set(given) - {"file", "mode"} or "file" not in given:
        raise ValueError("a recording is an object of file and mode")
    mode = given.get("mode")
    scope.use_cassette(_one(TEXT)(given["file"]), None if mode is None else _one(TEXT)(mode))
    return cassette_of(scope)


def cassette_of(scope: Scope) -> dict[str, Any] | None:
    """Return what a scope records and replays."""
    deck = scope.deck
    if deck is None:
        return None
    about = {"file": str(deck.file), "mode": deck.setup.mode, "asks": deck.asks}
    return {**about, "interactions": len(deck.interactions)}


def state_of(scope: Scope) -> dict[str, Any]:
    """Return what `set_state` sets, and what a test that has passed should not leave."""
    return {
        "name": scope.name,
        "balance": scope.ledger.balance,
        "strict": scope.strict,
        "pace": None if scope.pace is None else scope.pace.to_json(),
        "leftovers": scope.leftovers(),
    }


def _one(takes: Takes) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not takes.fits(value):
            raise ValueError(f"{value!r} is not {takes.words}")
        return value

    return read


def _prices(given: Any) -> dict[str, Price]:
    if not isinstance(given, Mapping):
        raise ValueError("prices are an object of models and prices")
    return {_one(TEXT)(model): Price.from_json(price) for model, price in given.items()}


STATE: Mapping[str, Callable[[Any], Any]] = {
    "balance": _one(AMOUNT),
    "prices": _prices,
    "strict": _one(YES_NO),
    "pace": lambda given: None if given is None else Pace.from_json(given),
}

CONTROLS: Mapping[str, _Control] = {
    "requests": _Control(
        lambda scope: [one.to_json() for one in scope.log.requests()],
        forget=lambda _, scope: scope.reset(),
    ),
    "faults": _Control(lambda scope: scope.faults.to_json(), add_faults),
    "scripts": _Control(lambda scope: scope.scripts.to_json(), add_scripts),
    "tasks": _Control(lambda scope: {"tasks": scope.tasks.script()}, add_tasks),
    "recording": _Control(cassette_of, use_cassette),
    "published": _Control(lambda scope: sorted(scope.published), publish),
    "state": _Control(state_of, set_state, forget=lambda scopes, scope: scopes.drop(scope.name)),
}


def control_routes(scopes: Scopes) -> list[Route]:
    """Return the routes."""
    return [
        Route(f"{ROOT}/{name}", _controlled(scopes, control), methods=_methods(control))
        for name, control in CONTROLS.items()
    ]


def _methods(control: _Control) -> list[str]:
    return ["GET"] + ["POST"] * bool(control.add) + ["DELETE"] * bool(control.forget)


def _controlled(scopes: Scopes, control: _Control) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            scope = scopes.named(request.query_params.get("scope", named_by(request) or ""))
            if request.method == "POST" and control.add is not None:
                check_json(request)
                return JSONResponse(control.add(scope, from_wire(await request.json())))
        except Refusal as refusal:
            return refusal.reply()
        except (ValueError, TypeError, RecursionError) as error:
            return error_reply(400, -10003, f"Parameter error: {error}")
        if request.method == "DELETE" and control.forget is not None:
            control.forget(scopes, scope)
            return JSONResponse([])
        return JSONResponse(control.read(scope))

    return endpoint


def _listed(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise ValueError(f"it is not a list: {given!r}")
    return given
