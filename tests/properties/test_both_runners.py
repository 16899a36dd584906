"""The blocking and the awaiting client do the same under any row of faults."""

import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

from core_302 import AI302Error, ImageRequest
from tests.conftest import HELLO, BothFaces
from tests.properties.anything import examples
from tests.scripted_server import (
    DONE,
    Close,
    Reset,
    chunk,
    completion,
    frame,
    reply,
    scripted_server,
    stream,
)

IMAGE = {"image_url": "https://a.example/1.png", "task_id": "t", "status": "completed"}
REFUSED = {"error": {"err_code": -10003, "message": "slow down"}}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"

REPLIES = {
    "answer": reply(200, completion("Hi"), headers={"request-id": "r1"}),
    "image": reply(200, IMAGE),
    "pending": reply(200, {"task_id": "t", "status": "pending"}),
    "failed": reply(200, {"task_id": "t", "status": "failed", "error": "no"}),
    "stream": stream(chunk("Hi"), chunk(finish="stop"), DONE),
    "stream without an end": stream(chunk("Hi")),
    "stream broken off": stream(chunk("Hi"), end=False),
    "stream with an error": stream(chunk("Hi"), frame(REFUSED)),
    "stream that is no JSON": stream(chunk("Hi"), b"data: {\n\n"),
    "stream cut in its chunk": [*stream(chunk("Hi"))[:-1], b"ff\r\nabc", Close],
    "400": reply(400, REFUSED),
    "401": reply(401, REFUSED),
    "408": reply(408, b""),
    "429": reply(429, REFUSED, headers={"retry-after": "0"}),
    "429, later": reply(429, REFUSED, headers={"retry-after": "9999"}),
    "500": reply(500, b"<html>"),
    "503": reply(503, {"error": {"err_code": -10008, "message": "no channel"}}),
    "302": reply(302, b"", headers={"location": "https://x.example/"}),
    "200 with an error": reply(200, REFUSED),
    "no JSON": reply(200, b"{"),
    "closed": [Close],
    "reset": [Reset],
    "cut": [HEAD, b"{", Close],
    "no HTTP": [b"hello\r\n\r\n", Close],
    "bad gzip": reply(200, b"xx", headers={"content-encoding": "gzip"}),
    "unknown packing": reply(200, b"xx", headers={"content-encoding": "br"}),
}
FIELDS = (
    "status",
    "err_code",
    "request_id",
    "task_id",
    "retry_after",
    "attempts",
    "billed",
    "partial_text",
    "body",
    "retryable",
)
ASKED = ImageRequest(prompt="x", model="dall-e-3-t2i")
CALLS = {
    "chat": lambda face: face.chat(),
    "stream": lambda face: face.stream(),
    "image": lambda face: face.call("generate_image", ASKED),
    "task": lambda face: face.call("generate_image_task", ASKED),
    "models": lambda face: face.models(),
}


def story(kind, name, rows, retries):
    """Return what one client sent and what it ended in, as plain values."""
    with scripted_server() as server:
        server.answer(*(REPLIES[row] for row in rows), REPLIES["500"])
        face = BothFaces(kind, server.url, max_retries=retries)
        try:
            ended = repr(CALLS[name](face))
        except AI302Error as error:
            told = error.message.replace(str(server.port), "PORT")
            ended = [type(error), told, [getattr(error, field) for field in FIELDS], repr(face.got)]
        finally:
            face.close()
        sent = [
            (seen.method, seen.path, sorted(seen.headers.items() - own(seen)), seen.content)
            for seen in server.seen
        ]
        keys = [seen.headers.get("idempotency-key") for seen in server.seen]
    return ended, sent, [keys.index(key) for key in keys]


def own(seen):
    """Return the headers that differ from run to run."""
    return {(name, seen.headers.get(name)) for name in ("host", "idempotency-key")}


@examples(40)
@given(
    st.sampled_from(sorted(CALLS)),
    st.lists(st.sampled_from(sorted(REPLIES)), min_size=1, max_size=4),
    st.integers(0, 2),
)
def test_both_clients_send_the_same_and_end_in_the_same(name, rows, retries):
    assert story("sync", name, rows, retries) == story("async", name, rows, retries)


def test_the_stories_are_not_all_alike():
    ends = {json.dumps(story("sync", "chat", [row], 0)[0], default=str) for row in REPLIES}
    assert len(ends) > 15


# Cancellation


class Step:
    """Drive a coroutine on a loop of its own, and cancel it at one of its steps."""

    def __init__(self, coroutine, cancel_at):
        self._coroutine = coroutine
        self._left = cancel_at
        self.steps = 0

    def __await__(self):
        """Pass on what the coroutine waits for, until the step at which it is cancelled."""
        awaited, result = self._coroutine.__await__(), None
        raised = None
        while True:
            try:
                if raised is not None:
                    waited = awaited.throw(raised)
                    raised = None
                elif self._left == self.steps:
                    self.steps += 1
                    waited = awaited.throw(asyncio.CancelledError())
                else:
                    self.steps += 1
                    waited = awaited.send(result)
            except StopIteration as stop:
                return stop.value
            try:
                result = yield waited
            except BaseException as error:  # noqa: BLE001 - it is the coroutine's own
                raised = error


async def collected(client):
    return [piece async for piece in client.stream_chat("gpt-4o", HELLO)]


AWAITED = {
    "chat": (lambda client: client.chat("gpt-4o", HELLO), ["answer"]),
    "chat that is repeated": (lambda client: client.chat("gpt-4o", HELLO), ["500", "answer"]),
    "stream": (collected, ["stream"]),
    "image": (lambda client: client.generate_image(ASKED), ["image"]),
    "task": (
        lambda client: client.generate_image_task(ASKED),
        ["pending", "pending", "image"],
    ),
}


async def cancelled_at(step, name, client, server):
    call, rows = AWAITED[name]
    server.answer(*(REPLIES[row] for row in rows))
    driven = Step(call(client), step)
    try:
        await driven
        ended = "whole"
    except asyncio.CancelledError:
        ended = "cancelled"
    # There is one connection: a place that the call had kept would be waited for in vain.
    server.answer(REPLIES["answer"])
    answer = await client.chat("gpt-4o", HELLO)
    assert answer.choices[0].text == "Hi", f"{name}, cancelled at step {step}, mixes answers"
    return ended, driven.steps


def test_a_call_can_be_cancelled_at_every_step_and_the_pool_is_whole_after():
    async def every_step(name, server):
        limits = {"max_retries": 1, "timeout": 10, "max_connections": 1}
        face = BothFaces("async", server.url, **limits)
        cancelled = 0
        for step in range(200):
            ended, steps = await cancelled_at(step, name, face.client, server)
            if ended == "whole":
                assert steps <= step, f"{name} went on when it was cancelled at step {step}"
                break
            cancelled += 1
        else:
            raise AssertionError(f"{name} takes more than 200 steps")
        server.answer(REPLIES["answer"])
        answers = await asyncio.gather(*(face.client.chat("gpt-4o", HELLO) for _ in range(8)))
        assert [answer.choices[0].text for answer in answers] == ["Hi"] * 8
        await face.client.aclose()
        return cancelled

    for name in AWAITED:
        with scripted_server() as server:
            assert asyncio.run(every_step(name, server)) >= 2, (
                name
            )  # it waits to connect, and for the head
