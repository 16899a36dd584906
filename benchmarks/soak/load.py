"""The load: every way of asking, by threads and by tasks, each call with a token of its own.

An answer that does not hold the caller's token is somebody else's.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import HumanMessage
from llama_index.core.base.llms.types import ChatMessage

from benchmarks.soak.tally import Tally, WrongAnswerError
from core_302 import (
    AsyncClient,
    Client,
    EmbeddingOptions,
    ImageRequest,
    PollPolicy,
    Settings,
)
from core_302.endpoints.image_reply import ImageJob
from emulator_302 import EMULATOR_KEY
from emulator_302.endpoints.vectors import vector
from langchain_302 import AI302Embeddings, AI302ImageTool, ChatAI302
from llama_index_302 import AI302, AI302Embedding

THREADS = 6
TASKS = 12
LIMIT = 6.0  # seconds for a call, and for a stream's silence
LONGEST_PAUSE = 0.2  # seconds between two calls of one caller
IMAGES = 0.06  # of all calls
CALLS_OF_A_LOOP = 5
MODEL, VECTORS, PAINTER = "gpt-4o", "text-embedding-3-small", "302ai-flux-schnell-t2i"
LENGTH = 64  # numbers of a vector
CLOSE = 1e-4  # between two vectors that are the same


@dataclass(frozen=True)
class Way:
    """One way of asking: its name, and what it does with a token."""

    name: str
    ask: Callable[[str], Any]
    paid: bool = False


class Load:
    """All objects that the callers share, as in a program that serves many users."""

    def __init__(self, url: str, tally: Tally) -> None:
        self.tally = tally
        self.stopping = threading.Event()
        settings = Settings(api_key=EMULATOR_KEY, base_url=url, timeout=LIMIT)
        polling = PollPolicy(first_wait=0.05)
        self.core = Client(settings, polling=polling)
        self.core_async = AsyncClient(settings, polling=polling)
        given: dict[str, Any] = {"api_key": EMULATOR_KEY, "timeout": LIMIT}
        self.chain = ChatAI302(model=MODEL, base_url=url, **given)
        self.chain_vectors = AI302Embeddings(
            model=VECTORS, dimensions=LENGTH, base_url=url, **given
        )
        self.painter = AI302ImageTool(base_url=url, handle_tool_error=False, **given)
        self.index = AI302(model=MODEL, api_base=url, **given)
        self.index_vectors = AI302Embedding(
            model_name=VECTORS, dimensions=LENGTH, api_base=url, **given
        )
        self._vectors = EmbeddingOptions(model=VECTORS, dimensions=LENGTH)
        self.loop: asyncio.AbstractEventLoop | None = None

    def threads(self) -> list[threading.Thread]:
        """Return the threads that carry the load, not yet started."""
        callers = [threading.Thread(target=self._call, name=f"caller-{n}") for n in range(THREADS)]
        tasks = threading.Thread(target=lambda: asyncio.run(self._call_in_tasks()), name="tasks")
        loops = threading.Thread(target=self._call_in_short_loops, name="loops")
        return [*callers, tasks, loops]

    def close(self) -> None:
        """Close what is shared."""

        async def closing() -> None:
            holders = (self.core_async, self.chain, self.chain_vectors, self.painter)
            for holder in (*holders, self.index, self.index_vectors):
                await holder.aclose()

        self.core.close()
        asyncio.run(closing())

    def _call(self) -> None:
        while not self.stopping.is_set():
            way, token = _drawn(self._ways(), self._paid_ways())
            with self.tally.call(way.name, token, paid=way.paid):
                way.ask(token)
            time.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311

    async def _call_in_tasks(self) -> None:
        self.loop = asyncio.get_running_loop()
        await asyncio.gather(*(self._call_awaiting() for _ in range(TASKS)))
        self.loop = None

    async def _call_awaiting(self) -> None:
        while not self.stopping.is_set():
            await self._one_awaited()
            await asyncio.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311

    def _call_in_short_loops(self) -> None:
        """Use the shared objects from one new event loop after another, as `asyncio.run` does."""

        async def some() -> None:
            for _ in range(CALLS_OF_A_LOOP):
                await self._one_awaited()

        while not self.stopping.is_set():
            asyncio.run(some())
            time.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311

    async def _one_awaited(self) -> None:
        way, token = _drawn(self._awaited_ways(), self._awaited_paid_ways())
        with self.tally.call(way.name, token, paid=way.paid):
            answer: Awaitable[None] = way.ask(token)
            await answer

    def _ways(self) -> list[Way]:
        return [
            Way("core, chat", self._core_chat),
            Way("core, stream", self._core_stream),
            Way("core, vectors", self._core_vectors),
            Way("LangChain, invoke", lambda t: _same(self.chain.invoke(_say(t)).text, t)),
            Way("LangChain, stream", self._chain_stream),
            Way("LangChain, vectors", lambda t: _near(self.chain_vectors.embed_query(_text(t)), t)),
            Way("LlamaIndex, chat", self._index_chat),
            Way("LlamaIndex, stream", self._index_stream),
            Way("LlamaIndex, vectors", self._index_vectors),
        ]

    def _paid_ways(self) -> list[Way]:
        return [
            Way("core, image", lambda t: _drew(self.core.generate_image(_wish(t))), paid=True),
            Way("core, task", lambda t: _drew(self.core.generate_image_task(_wish(t))), paid=True),
            Way("LangChain, image", lambda t: self.painter.invoke({"prompt": t}), paid=True),
        ]

    def _awaited_ways(self) -> list[Way]:
        return [
            Way("core, chat, awaited", self._core_chat_awaited),
            Way("core, stream, awaited", self._core_stream_awaited),
            Way("core, stream left early, awaited", self._core_stream_left),
            Way("LangChain, invoke, awaited", self._chain_invoke_awaited),
            Way("LangChain, stream, awaited", self._chain_stream_awaited),
            Way("LangChain, vectors, awaited", self._chain_vectors_awaited),
            Way("LlamaIndex, chat, awaited", self._index_chat_awaited),
            Way("LlamaIndex, stream, awaited", self._index_stream_awaited),
            Way("LlamaIndex, vectors, awaited", self._index_vectors_awaited),
        ]

    def _awaited_paid_ways(self) -> list[Way]:
        return [
            Way("core, image, awaited", self._core_image_awaited, paid=True),
            Way("LangChain, image, awaited", self._chain_image_awaited, paid=True),
        ]

    def _core_chat(self, token: str) -> None:
        _same(self.core.chat(MODEL, _asking(token)).choices[0].text, token)

    def _core_stream(self, token: str) -> None:
        _same("".join(d.text or "" for d in self.core.stream_chat(MODEL, _asking(token))), token)

    def _core_vectors(self, token: str) -> None:
        _near(self.core.embed([_text(token)], self._vectors).vectors[0], token)

    def _chain_stream(self, token: str) -> None:
        _same("".join(piece.text for piece in self.chain.stream(_say(token))), token)

    def _index_chat(self, token: str) -> None:
        _same(self.index.chat(_told(token)).message.content, token)

    def _index_vectors(self, token: str) -> None:
        _near(self.index_vectors.get_text_embedding(_text(token)), token)

    def _index_stream(self, token: str) -> None:
        _same("".join(one.delta or "" for one in self.index.stream_chat(_told(token))), token)

    async def _core_chat_awaited(self, token: str) -> None:
        _same((await self.core_async.chat(MODEL, _asking(token))).choices[0].text, token)

    async def _core_stream_awaited(self, token: str) -> None:
        pieces = self.core_async.stream_chat(MODEL, _asking(token))
        _same("".join([d.text or "" async for d in pieces]), token)

    async def _core_stream_left(self, token: str) -> None:
        said = ""
        async for delta in self.core_async.stream_chat(MODEL, _asking(token)):
            said += delta.text or ""
            if said:
                break
        if not token.startswith(said):
            raise WrongAnswerError(f"{said!r} is no beginning of {token!r}")

    async def _chain_invoke_awaited(self, token: str) -> None:
        _same((await self.chain.ainvoke(_say(token))).text, token)

    async def _chain_stream_awaited(self, token: str) -> None:
        _same("".join([piece.text async for piece in self.chain.astream(_say(token))]), token)

    async def _chain_vectors_awaited(self, token: str) -> None:
        _near(await self.chain_vectors.aembed_query(_text(token)), token)

    async def _index_chat_awaited(self, token: str) -> None:
        _same((await self.index.achat(_told(token))).message.content, token)

    async def _index_stream_awaited(self, token: str) -> None:
        pieces = await self.index.astream_chat(_told(token))
        _same("".join([one.delta or "" async for one in pieces]), token)

    async def _index_vectors_awaited(self, token: str) -> None:
        _near(await self.index_vectors.aget_text_embedding(_text(token)), token)

    async def _core_image_awaited(self, token: str) -> None:
        _drew(await self.core_async.generate_image(_wish(token)))

    async def _chain_image_awaited(self, token: str) -> None:
        await self.painter.ainvoke({"prompt": token})


def _drawn(ways: list[Way], paid: list[Way]) -> tuple[Way, str]:
    chosen = paid if random.random() < IMAGES else ways  # noqa: S311
    return random.choice(chosen), uuid.uuid4().hex  # noqa: S311


def _say(token: str) -> list[HumanMessage]:
    return [HumanMessage(f"Say exactly: {token}")]


def _told(token: str) -> list[ChatMessage]:
    return [ChatMessage(content=f"Say exactly: {token}")]


def _asking(token: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": f"Say exactly: {token}"}]


def _wish(token: str) -> ImageRequest:
    return ImageRequest(prompt=token, model=PAINTER)


def _same(said: str | None, token: str) -> None:
    if said != token:
        raise WrongAnswerError(f"{said!r} in answer to {token!r}")


def _text(token: str) -> str:
    """Return the token in short words: what remembers words sees few, although no text twice."""
    return " ".join(token[at : at + 3] for at in range(0, len(token), 3))


def _near(given: Any, token: str) -> None:
    wanted = vector(_text(token), LENGTH)
    if max(abs(one - other) for one, other in zip(given, wanted, strict=True)) > CLOSE:
        raise WrongAnswerError(f"another text's vector in answer to {token!r}")


def _drew(job: ImageJob) -> None:
    if not job.images:
        raise WrongAnswerError("no image")
