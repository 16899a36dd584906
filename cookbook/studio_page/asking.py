"""One question to the gateway: its answer piece by piece, its cost a moment later, and the models.

Everything is asked through `ChatAI302`, as a program of yours would; only the list of models and
images in answers come through the core's client.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessageChunk

from core_302 import AsyncClient
from core_302.catalogue import facts_about
from core_302.endpoints.models import Model
from core_302.image_parts import image_file
from core_302.tools.file_store import save_image
from langchain_302 import AI302Error, ChatAI302, WebSearch
from studio_page.kindly import OWN_FAULT, apology_for
from studio_page.turns import Conversation, Turn, messages_for, whole

WAITS_FOR_RECORDS = (0.0, 1.0, 3.0)  # seconds before each look for the records of costs
SECONDS_BETWEEN_LOOKS = 0.04  # a browser draws no faster, and each look sends the whole answer
OCR = {"Off": None, "Auto": "auto", "On": True}
DEFAULT_MODEL = "gpt-4o"
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """What a visitor can set beside the question."""

    model: str
    ocr: str = "Auto"
    web_search: bool = False
    service: str = ""
    results: int = 5
    reasoning_fusion: bool = False
    system: str = ""
    temperature: float | None = None

    @classmethod
    def chosen(cls, *values: Any) -> Options:
        """Return what the page's controls say: an empty one of Gradio's is None or no text."""
        said = cls(*values)
        temperature: Any = said.temperature
        return replace(
            said, system=said.system or "", temperature=None if temperature == "" else temperature
        )

    @property
    def switched_on(self) -> tuple[str, ...]:
        """What is on beside the model, in words."""
        said = {
            "Reads images: off": self.ocr == "Off",
            "Reads images: always": self.ocr == "On",
            "Web search": self.web_search,
            "DeepSeek-R1 thinks first": self.reasoning_fusion,
            "System prompt": bool(self.system.strip()),
            f"Temperature {self.temperature or 0:g}": self.temperature is not None,
        }
        return tuple(words for words, on in said.items() if on)

    def for_call(self) -> dict[str, Any]:
        """Return the options of `ChatAI302`; what is off is not sent."""
        search = WebSearch(service=self.service or None, results=self.results)
        given = {
            "ocr": OCR[self.ocr],
            "web_search": search if self.web_search else None,
            "reasoning_fusion": self.reasoning_fusion or None,
            "temperature": self.temperature,
        }
        return {name: value for name, value in given.items() if value is not None}


@dataclass
class Gateway:
    """The gateway that this page asks.

    Attributes:
        chat: Asks the questions; the model is named with each of them.
        client: For the list of models, and for images in answers.
        folder: Where images in answers are kept while the page runs.
        models: The list of models, once it has come.
    """

    chat: ChatAI302
    client: AsyncClient
    folder: Path
    models: dict[str, Model] = field(default_factory=dict)

    async def answer(
        self, conversation: Conversation, turn: Turn, options: Options
    ) -> AsyncGenerator[None]:
        """Ask the question of `turn`; yield whenever what came is worth a look."""
        history = conversation.turns[:]
        conversation.turns.append(turn)
        started = time.monotonic()
        yield
        try:
            messages = messages_for(history, turn, options.system)
            stream = self.chat.astream(messages, model=options.model, **options.for_call())
            async with aclosing(_written(turn, stream, started)) as looks:
                async for _ in looks:
                    yield
            assert turn.answer is not None, "a stream that ends without an error has answered"
            await self._keep_images(turn)
            turn.state = "done"
        except AI302Error as error:
            turn.state, turn.apology = "failed", apology_for(error)
        except Exception:  # a visitor gets no traceback; the terminal does
            LOG.exception("a question failed")
            turn.state, turn.apology = "failed", OWN_FAULT
        finally:
            turn.seconds = time.monotonic() - started
            conversation.stop()
        yield

    async def price(self, conversation: Conversation) -> bool:
        """Look up what answers cost; return whether more is known than before.

        A record comes a moment after its answer. One that is not there yet is asked for again
        after the next answer.
        """
        known = False
        for wait in WAITS_FOR_RECORDS:
            await asyncio.sleep(wait)
            for turn in conversation.unpriced:
                assert turn.answer is not None, "only answers have a price"
                with suppress(AI302Error):  # late, or closed to this key: the page says so
                    turn.cost = await self.chat.acost(turn.answer)
                    known = True
            if not conversation.unpriced:
                break
        return known

    async def list_models(self) -> Sequence[str]:
        """Return the names of the gateway's language models.

        Raises:
            AI302Error: The list cannot be had.
        """
        found = await self.client.models(chat_only=True)
        self.models = {model.id: model for model in found}
        return sorted(self.models)

    def about(self, name: str) -> str:
        """Return in words what is known of a model."""
        facts, entry = facts_about(name), self.models.get(name)
        said = []
        if facts is not None and facts.vision is not None:
            said.append("sees images" if facts.vision else "cannot see images")
        if facts is not None and facts.reasoning:
            said.append("thinks first")
        window = (entry and entry.context_length) or (facts and facts.context_window)
        if window:
            said.append(f"{window:,} tokens of context")
        if entry and entry.input_price and entry.output_price:
            said.append(f"{_price(entry.input_price)} in and {_price(entry.output_price)} out")
        if not said:
            return "Nothing is known of this model. It is asked by its name all the same."
        words = ", ".join(said)
        return f"{words[0].upper()}{words[1:]}."

    async def _keep_images(self, turn: Turn) -> None:
        """Keep the images of an answer as files: the page itself opens no outside address."""
        assert turn.answer is not None, "images come with an answer"
        for link in turn.answer.additional_kwargs.get("images", ()):
            try:
                if link.startswith("data:"):
                    content = base64.b64decode(link.partition(",")[2])
                    found = image_file(content, "an image in the answer")
                else:
                    found = await self.client.download(link)
                turn.images.append(save_image(found, self.folder, turn.model))
            except (AI302Error, ValueError) as error:
                turn.problems.append(f"An image of this answer cannot be shown: {error}")


async def _written(
    turn: Turn, stream: AsyncIterator[AIMessageChunk], started: float
) -> AsyncGenerator[None]:
    """Write the pieces of a stream into `turn`, and say now and then that it is worth a look.

    Pieces that come close together share a look. The last one before a silence has its own, so
    that nothing that came waits for what may never come.
    """
    news = asyncio.Event()
    writing = asyncio.create_task(_write(turn, stream, started, news))
    writing.add_done_callback(lambda _: news.set())
    try:
        while not writing.done():
            await news.wait()
            news.clear()
            yield
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        await writing
    finally:
        writing.cancel()
        await asyncio.wait([writing])  # the connection is closed before anything else is asked


async def _write(
    turn: Turn, stream: AsyncIterator[AIMessageChunk], started: float, news: asyncio.Event
) -> None:
    answer: AIMessageChunk | None = None
    async for chunk in stream:
        answer = chunk if answer is None else answer + chunk
        turn.thoughts += str(chunk.additional_kwargs.get("reasoning_content", ""))
        if chunk.text and not turn.text and turn.thoughts:
            turn.thought_seconds = time.monotonic() - started
        turn.text += chunk.text
        news.set()
    if answer is not None:
        turn.answer = whole(answer)


def _price(text: str) -> str:
    """Return a price of the list in short: `$2.500 / M tokens` as `$2.50/M`."""
    amount, slash, unit = text.partition(" / M tokens")
    if amount.startswith("$") and slash and not unit and amount.endswith("0"):
        amount = amount[:-1]
    return f"{amount}/M{unit}" if slash else text
