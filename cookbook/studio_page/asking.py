"""One question to the gateway: its answer piece by piece, its cost a moment later, and the models.

Everything is asked through `ChatAI302`, as a program of yours would; only the list of models and
images in answers come through the core's client.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator
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


@dataclass(frozen=True)
class Known:
    """What is known of a model, from the gateway's list and the catalogue.

    Attributes:
        sees: Whether it sees images, or None.
        thinks: Whether it reasons before it answers.
        window: Its context window, in tokens, or None.
        prices: What a million tokens cost, in and out, as the list says it; or None.
    """

    sees: bool | None
    thinks: bool
    window: int | None
    prices: tuple[str, str] | None

    @property
    def in_words(self) -> list[str]:
        """All of it, in parts of a sentence."""
        eyes = {True: ["sees images"], False: ["cannot see images"], None: []}[self.sees]
        return [
            *eyes,
            *(["thinks first"] if self.thinks else []),
            *([f"{self.window:,} tokens of context"] if self.window else []),
            *([f"{self.prices[0]} in and {self.prices[1]} out"] if self.prices else []),
        ]

    @property
    def in_short(self) -> list[str]:
        """What sets models apart in a list; prices are those of a million tokens."""
        prices = [price.removesuffix("/M") for price in self.prices or ()]
        return [
            *(["sees"] if self.sees else []),
            *(["thinks"] if self.thinks else []),
            *([f"{prices[0]} in, {prices[1]} out"] if prices else []),
        ]


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

    async def list_models(self) -> None:
        """Fill the list of the gateway's language models, by name.

        Raises:
            AI302Error: The list cannot be had.
        """
        found = await self.client.models(chat_only=True)
        self.models = {model.id: model for model in sorted(found, key=lambda model: model.id)}

    def listed(self) -> list[tuple[str, str]]:
        """Return the models for a list: each name with what is known of it in short, and alone."""
        return [(" · ".join([name, *self._known(name).in_short]), name) for name in self.models]

    def about(self, name: str) -> str:
        """Return in words what is known of a model."""
        said = self._known(name).in_words
        if not said:
            return "Nothing is known of this model. It is asked by its name all the same."
        words = ", ".join(said)
        return f"{words[0].upper()}{words[1:]}."

    def _known(self, name: str) -> Known:
        facts, entry = facts_about(name), self.models.get(name)
        given = (entry.input_price, entry.output_price) if entry else (None, None)
        return Known(
            sees=facts.vision if facts else None,
            thinks=bool(facts and facts.reasoning),
            window=(entry and entry.context_length) or (facts and facts.context_window) or None,
            prices=(_price(given[0]), _price(given[1])) if given[0] and given[1] else None,
        )

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
