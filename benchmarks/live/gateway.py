"""Raw calls to the gateway, and what they cost. A question sees the reply as it came."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from core_302.image_parts import is_image_data

CHAT = "/v1/chat/completions"
MODEL = "gpt-4o-mini"
SECONDS = 180.0
MOST_POLLS = 60
PAUSE = 3.0  # seconds between two questions about a task
LONGEST = 160  # characters of a request's fields that are shown
TIMEOUT = httpx.Timeout(SECONDS, connect=10.0)


class NotAskedError(Exception):
    """A call was not sent; the text says why."""


@dataclass
class Gateway:
    """The gateway under question.

    Attributes:
        base_url: Its address, without `/v1`.
        key: The key; it is never printed.
        limit: The most that may be spent, in PTC.
        spent: What was spent, by the gateway's records; a call without one counts as its estimate.
        link: The link of an image that a question made, for the questions after it.
        sent: The requests of the question at hand, in short.
        bound: What those may cost at the most.
    """

    base_url: str
    key: str
    limit: float
    spent: float = 0.0
    link: str | None = None
    sent: list[str] = field(default_factory=list)
    bound: float = 0.0
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=TIMEOUT))

    def chat(
        self, words: str = "Say exactly: yes", *, most: float, **fields: Any
    ) -> httpx.Response:
        """Send a chat call whose price is at most about `most`."""
        body = {"model": MODEL, "messages": [{"role": "user", "content": words}], **fields}
        return self.send("POST", CHAT, most=most, json=body)

    def send(
        self, method: str, path: str, *, most: float = 0.0, key: str | None = None, **more: Any
    ) -> httpx.Response:
        """Send one request.

        Args:
            method: The HTTP method.
            path: The path below the address.
            most: What it may cost, in PTC: an estimate that is rather too high.
            key: Another key than the user's; empty for none.
            **more: What httpx takes.

        Raises:
            NotAskedError: It might pass the limit.
        """
        if self.spent + most > self.limit:
            raise NotAskedError("it might pass the limit")
        self.sent.append(in_short(method, path, more))
        self.bound += most
        shown = self.key if key is None else key
        headers = {"authorization": f"Bearer {shown}"} if shown else {}
        reply = self.http.request(method, f"{self.base_url}{path}", headers=headers, **more)
        if most:
            self.spent += self._cost(reply, most)
        return reply

    def _cost(self, reply: httpx.Response, most: float) -> float:
        """Return what a call cost: by its record, or else what it was thought to cost at most."""
        request_id = reply.headers.get("request-id")
        if reply.is_success and request_id:
            headers = {"authorization": f"Bearer {self.key}"}
            address = f"{self.base_url}/dashboard/record/{request_id}"
            cost = cost_in(self.http.request("GET", address, headers=headers))
            if isinstance(cost, (int, float)):
                return float(cost)
        return most if reply.is_success else 0.0


def ended(gateway: Gateway, path: str, **more: Any) -> dict[str, Any]:
    """Return what a task says in the end, or at its last question; asking costs nothing."""
    for _ in range(MOST_POLLS):
        state = content(gateway.send("GET", path, **more))
        waiting = state.get("status") in ("pending", "starting", "processing")
        if not waiting and state.get("err") != "result pending":
            break
        time.sleep(PAUSE)
    return state


@dataclass
class Plan(Gateway):
    """Asks nobody: what it is asked to send is what would be sent, and every reply is empty."""

    def send(
        self, method: str, path: str, *, most: float = 0.0, key: str | None = None, **more: Any
    ) -> httpx.Response:
        """Note one request."""
        del key
        self.sent.append(in_short(method, path, more))
        self.bound += most
        return httpx.Response(200, json={})


def in_short(method: str, path: str, more: Mapping[str, Any]) -> str:
    """Return a request in short: what a reader needs to send it again, without the key."""
    query = more.get("params") or {}
    fields = {**(more.get("json") or {}), **(more.get("data") or {})}
    fields |= {name: f"@{file[0]}" for name, file in (more.get("files") or {}).items()}
    fields.pop("messages", None)
    fields = {n: f"{v[:60]}..." if is_image_data(v) else v for n, v in fields.items()}
    asked = f"?{'&'.join(f'{n}={v}' for n, v in query.items())}" if query else ""
    said = json.dumps(fields, ensure_ascii=False)[:LONGEST] if fields else ""
    return f"{method} {path}{asked} {said}".rstrip()


def content(reply: httpx.Response) -> dict[str, Any]:
    """Return the JSON object of a reply; empty if it has none."""
    try:
        body = reply.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def cost_in(record: httpx.Response) -> Any:
    """Return the cost that the record of a call has, as it stands there; None if it has none."""
    data = content(record).get("data")
    return data.get("cost") if isinstance(data, Mapping) else None


def recorded(gateway: Gateway, request_id: str | None) -> str:
    """Ask for the record of a call, and say whether it has a cost."""
    cost = cost_in(gateway.send("GET", f"/dashboard/record/{request_id}"))
    return "with a record" if cost is not None else "without a record"


def events(reply: httpx.Response) -> list[dict[str, Any]]:
    """Return the JSON objects of a stream's events."""
    lines = (line.removeprefix("data:").strip() for line in reply.text.splitlines())
    return [json.loads(line) for line in lines if line.startswith("{")]


def refused(reply: httpx.Response) -> str:
    """Return a refusal in short: its status and its code."""
    error = content(reply).get("error")
    code = error.get("err_code") if isinstance(error, Mapping) else None
    return f"{reply.status_code} {code}" if code is not None else str(reply.status_code)
