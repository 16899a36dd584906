"""Comparing: the same question to two, three or four models, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import gradio as gr

from studio_page.asking import OCR, Gateway, Options
from studio_page.cards import apology_card, note, shown
from studio_page.chat_tab import LATEX
from studio_page.comparing import FEWEST, MOST, answers, begin, figures
from studio_page.kindly import Apology
from studio_page.turns import Conversation

BEGINNING = ["gpt-4o", "deepseek-r1"]
HINT = "Choose two to four models, write a question, and compare."

Updates = tuple[Any, ...]


class CompareTab:
    """What the controls of comparing do.

    Args:
        gateway: Whom the questions go to.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def compare(
        self,
        question: str | None,
        image: str | None,
        models: list[str],
        ocr: str,
        search: bool,  # noqa: FBT001 - a check box
    ) -> AsyncIterator[Updates]:
        """Ask, and show the answers as they come."""
        words = (question or "").strip()
        images = (Path(image),) if image else ()
        wrong = _wrong(words, images, models)
        if wrong:
            yield (*(gr.skip() for _ in range(MOST)), [], wrong, gr.skip(), gr.skip())
            return
        options = Options(models[0], ocr=ocr, web_search=search)
        asked = begin(words, images, models, options)
        conversations = [conversation for conversation, _, _ in asked]
        busy = gr.Button(interactive=False), gr.Button(interactive=True)
        async for _ in answers(self._gateway, asked):
            yield (*_columns(conversations), conversations, "", *busy)
            busy = gr.skip(), gr.skip()
        yield (*_columns(conversations), conversations, _figures(conversations), *_idle())

    async def price(self, conversations: list[Conversation]) -> Updates:
        """Look up what the answers cost, and show it."""
        await asyncio.gather(*(self._gateway.price(one) for one in conversations))
        return (*_columns(conversations), _figures(conversations))

    def stopped(self, conversations: list[Conversation]) -> Updates:
        """Show that no more of the answers is wanted."""
        for conversation in conversations:
            conversation.stop()
        return (*_columns(conversations), _figures(conversations), *_idle())

    def models(self) -> gr.Dropdown:
        """Offer the gateway's models, once the list has come."""
        return gr.Dropdown(choices=[*self._gateway.listed()] or None)


def compare_tab(tab: gr.Tab, gateway: Gateway) -> None:
    """Lay comparing out, and say what its controls do."""
    does = CompareTab(gateway)
    asked = gr.State([])
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=5, min_width=320):
            question = gr.Textbox(
                label="Question for all",
                placeholder="What should I check before a day trip with a small boat?",
                lines=2,
                max_lines=8,
            )
            models = gr.Dropdown(
                BEGINNING,
                value=BEGINNING,
                multiselect=True,
                max_choices=MOST,
                allow_custom_value=True,
                label="Models to compare",
                info="Two to four. Each answer is billed.",
            )
        with gr.Column(scale=2, min_width=280, elem_classes="options"):
            image = gr.Image(
                label="Image (optional)",
                type="filepath",
                sources=["upload"],
                height=150,
                elem_classes="photo",
            )
            ocr = gr.Radio(list(OCR), value="Auto", label="Read the image for the models")
            search = gr.Checkbox(label="Search the web for each")
    with gr.Row(elem_classes="orders"):
        order = gr.Button("Compare", variant="primary")
        stop = gr.Button("Stop all", interactive=False)
    told = gr.HTML(note(HINT), padding=False)
    with gr.Row(elem_classes="columns"):
        columns = [_column() for _ in range(MOST)]

    private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    comparing = order.click(
        does.compare,
        [question, image, models, ocr, search],
        [*columns, asked, told, order, stop],
        concurrency_limit=4,
        **private,
    )
    comparing.then(does.price, [asked], [*columns, told], **private)
    stop.click(does.stopped, [asked], [*columns, told, order, stop], cancels=[comparing], **private)
    tab.select(does.models, None, models, **private)


def _wrong(words: str, images: tuple[Path, ...], models: list[str]) -> str:
    """Say what keeps a comparison from being made, if anything does."""
    if not FEWEST <= len(models) <= MOST:
        return apology_card(Apology("These models cannot be compared.", "Choose two to four."))
    if not (words or images):
        return apology_card(Apology("There is no question yet.", "Write one, or give an image."))
    return ""


def _column() -> gr.Chatbot:
    return gr.Chatbot(
        label="Answer",
        visible=False,
        container=False,
        height=None,
        layout="bubble",
        buttons=[],
        feedback_options=None,
        latex_delimiters=LATEX,
        allow_tags=False,
        elem_classes=["chat", "column"],
    )


def _columns(conversations: list[Conversation]) -> list[gr.Chatbot]:
    """Return the columns: an answer for each model, and none for the rest."""
    values: list[Any] = [shown(one.turns) for one in conversations]
    used = [gr.Chatbot(value, visible=True) for value in values]
    return [*used, *(gr.Chatbot(visible=False) for _ in range(MOST - len(used)))]


def _figures(conversations: list[Conversation]) -> str:
    return figures([turn for one in conversations for turn in one.turns])


def _idle() -> tuple[gr.Button, gr.Button]:
    return gr.Button(interactive=True), gr.Button(interactive=False)
