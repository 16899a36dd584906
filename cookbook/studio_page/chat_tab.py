"""The chat: the conversation, the box to write in, and the options beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from langchain_302 import AI302Error
from studio_page.asking import DEFAULT_MODEL, Gateway, Options
from studio_page.cards import apology_card, note, price, shown, tags, turn_at
from studio_page.chat_options import chat_options
from studio_page.code import chat_code
from studio_page.kindly import apology_for
from studio_page.turns import WORDLESS, Conversation, Turn

RECEIPT = Path(__file__).parent.parent / "images" / "receipt.png"
# A single dollar sign is left alone: it is mostly money.
LATEX: list[dict[str, str | bool]] = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": r"\[", "right": r"\]", "display": True},
    {"left": r"\(", "right": r"\)", "display": False},
]
BOX = "Ask anything, or drop an image in"
STILL_ANSWERING = "The last answer is still coming. Stop it, or wait for its end."
EMPTY = "### What would you like to know?\nAsk below, or begin with one of these."

# Each example: the question, its image, and what it is sent with.
EXAMPLES: tuple[tuple[str, Path | None, Options], ...] = (
    ("What is the total on this receipt?", RECEIPT, Options("deepseek-chat")),
    ("What is in the news about AI today?", None, Options("deepseek-chat", web_search=True)),
    ("What is 12 * 7?", None, Options("deepseek-r1")),
)

Updates = tuple[Any, ...]


class ChatTab:
    """What the chat's controls do.

    Args:
        gateway: Whom the questions go to.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def ask(
        self, written: dict[str, Any] | None, conversation: Conversation, *chosen: Any
    ) -> AsyncIterator[Updates]:
        """Ask what stands in the box, and show the answer as it comes."""
        words = (written or {}).get("text", "").strip()
        images = tuple(Path(name) for name in (written or {}).get("files", ()))
        options = Options.chosen(*chosen)
        if not (words or images) or not options.model:
            yield gr.skip(), gr.skip(), gr.skip()
            return
        if _is_asking(conversation):
            yield gr.skip(), gr.skip(), gr.skip()
            return
        async for update in self._answered(conversation, words, images, options, {"value": None}):
            yield (*update, gr.skip())

    async def ask_example(
        self, chosen: gr.SelectData, conversation: Conversation, *own: Any
    ) -> AsyncIterator[Updates]:
        """Ask an example with the options that it needs: those of the visitor stay as they are."""
        if _is_asking(conversation):
            yield gr.skip(), gr.skip(), gr.skip()
            return
        words, image, options = EXAMPLES[chosen.index]
        its = tags(options.model, options.switched_on, once=True)
        async for update in self._answered(
            conversation, words, (image,) if image else (), options, {}
        ):
            yield (*update, its)
            its = gr.skip()
        yield gr.skip(), gr.skip(), self.tags(*own)

    async def again(self, conversation: Conversation, *chosen: Any) -> AsyncIterator[Updates]:
        """Ask the last question again, with the options as they are now."""
        if not conversation.turns or _is_asking(conversation):
            yield shown(conversation.turns), gr.skip(), gr.skip()
            return
        last = conversation.turns.pop()
        options = Options.chosen(*chosen)
        async for update in self._answered(conversation, last.question, last.shown, options, {}):
            yield (*update, gr.skip())

    async def edited(
        self, changed: gr.EditData, conversation: Conversation, *chosen: Any
    ) -> AsyncIterator[Updates]:
        """Ask a question in other words. It takes the place of the old one and what came after."""
        if _is_asking(conversation):
            yield shown(conversation.turns), gr.skip(), gr.skip()
            return
        index = changed.index if isinstance(changed.index, int) else changed.index[0]
        place = turn_at(conversation.turns, index)
        old = conversation.turns[place]
        del conversation.turns[place:]
        # Of an image with a question, Gradio gives the image. No words at all are not sent.
        words = changed.value.strip() if isinstance(changed.value, str) else ""
        words, options = words or old.question, Options.chosen(*chosen)
        async for update in self._answered(conversation, words, old.shown, options, {}):
            yield (*update, gr.skip())

    async def _answered(
        self,
        conversation: Conversation,
        words: str,
        images: tuple[Path, ...],
        options: Options,
        emptied: Mapping[str, Any],
    ) -> AsyncIterator[tuple[Any, Any]]:
        """Ask, and yield what the chat and the box show; `emptied` is what becomes of the box."""
        given = {"model": options.model, **options.for_call()}
        code = chat_code(
            given, words or WORDLESS, images, options.system, earlier=len(conversation.told)
        )
        turn = Turn(words, images, options.model, code)
        box: Any = gr.MultimodalTextbox(**emptied, submit_btn=False, stop_btn=True)
        async for _ in self._gateway.answer(conversation, turn, options):
            yield shown(conversation.turns), box
            box = gr.skip()
        yield shown(conversation.turns), gr.MultimodalTextbox(submit_btn=True, stop_btn=False)

    def tags(self, *chosen: Any) -> str:
        """Say on the box what the next question is sent with."""
        options = Options.chosen(*chosen)
        return tags(options.model, options.switched_on)

    def stopped(self, conversation: Conversation, *chosen: Any) -> Updates:
        """Show that no more of the answer is wanted."""
        conversation.stop()
        box = gr.MultimodalTextbox(submit_btn=True, stop_btn=False)
        return shown(conversation.turns), box, self.tags(*chosen)

    async def price(self, conversation: Conversation) -> Updates:
        """Look up what the answers cost, and show it, unless the next answer is under way."""
        known = await self._gateway.price(conversation)
        if conversation.asking or not conversation.turns:
            return gr.skip(), gr.skip()
        return shown(conversation.turns) if known else gr.skip(), _bill(conversation)

    def begin_anew(self, conversation: Conversation) -> Updates:
        """Forget the conversation."""
        conversation.stop()
        conversation.turns.clear()  # whoever still looks for its costs shows it no more
        return [], Conversation(), ""

    async def models(self) -> Updates:
        """Fill the list of models."""
        try:
            await self._gateway.list_models()
        except AI302Error as error:
            return gr.skip(), apology_card(apology_for(error))
        return gr.Dropdown(choices=[*self._gateway.listed()]), self.about(DEFAULT_MODEL)

    def about(self, model: str | None) -> str:
        """Say what is known of a model."""
        return note(self._gateway.about(model)) if model else note("Choose a model.")


def chat_tab(blocks: gr.Blocks, gateway: Gateway) -> None:
    """Lay the chat out, and say what its controls do."""
    does = ChatTab(gateway)
    conversation = gr.State(Conversation())
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=5, min_width=320, elem_classes="talk"):
            chat = _chat()
            sent_with = gr.HTML(does.tags(DEFAULT_MODEL), padding=False)
            box = gr.MultimodalTextbox(
                label="Your question",
                placeholder=BOX,
                file_types=["image"],
                file_count="multiple",
                sources=["upload"],
                lines=1,
                max_lines=8,
                show_label=False,
                container=False,
                elem_classes="box",
                html_attributes=gr.InputHTMLAttributes(spellcheck=True),
            )
        with gr.Column(scale=2, min_width=280, elem_classes="options", elem_id="options"):
            controls = chat_options()
            model, about = controls.model, controls.about
            anew = gr.Button("New conversation", variant="secondary", size="md")
            bill = gr.HTML(elem_classes="bill", padding=False)

    chosen = controls.chosen
    asking: dict[str, Any] = {
        "outputs": [chat, box, sent_with],
        "show_progress": "hidden",
        "trigger_mode": "multiple",  # else the next question is dropped until the last is settled
        "concurrency_limit": 8,
        "api_visibility": "private",
    }
    asked: list[Any] = [
        box.submit(does.ask, [box, conversation, *chosen], **asking),
        chat.example_select(does.ask_example, [conversation, *chosen], **asking),
        chat.retry(does.again, [conversation, *chosen], **asking),
        chat.edit(does.edited, [conversation, *chosen], **asking),
    ]
    priced = [
        event.then(
            does.price,
            [conversation],
            [chat, bill],
            show_progress="hidden",
            concurrency_limit=8,
            api_visibility="private",
        )
        for event in asked
    ]
    box.stop(
        does.stopped,
        [conversation, *chosen],
        [chat, box, sent_with],
        cancels=[*asked],
        api_visibility="private",
    )
    anew.click(
        does.begin_anew,
        [conversation],
        [chat, conversation, bill],
        cancels=[*asked, *priced],
        api_visibility="private",
    )
    gr.on(
        [control.change for control in chosen],
        does.tags,
        chosen,
        sent_with,
        show_progress="hidden",
        api_visibility="private",
    )
    model.change(does.about, model, about, show_progress="hidden", api_visibility="private")
    blocks.load(does.models, None, [model, about], show_progress="hidden", api_visibility="private")


def _is_asking(conversation: Conversation) -> bool:
    """Tell, also the visitor, whether an answer is still coming."""
    if conversation.asking:
        gr.Info(STILL_ANSWERING, title="Not sent yet")
    return conversation.asking


def _chat() -> gr.Chatbot:
    return gr.Chatbot(
        label="Conversation",
        show_label=False,
        container=False,
        height=None,
        layout="bubble",
        placeholder=EMPTY,
        examples=[{"text": words} for words, *_ in EXAMPLES],
        buttons=["copy"],
        feedback_options=None,
        latex_delimiters=LATEX,
        editable="user",
        allow_tags=False,
        elem_classes="chat",
    )


def _bill(conversation: Conversation) -> str:
    """Return what the conversation has cost so far. Of no answers, there is nothing to say."""
    answers = [turn for turn in conversation.turns if turn.answer is not None]
    if not answers:
        return ""
    cost = sum(turn.cost or 0.0 for turn in answers)
    missing = len(conversation.unpriced)
    said = f"{len(answers)} answer{'' if len(answers) == 1 else 's'}, {price(cost)} so far"
    said += f", {missing} not recorded yet" if missing else ""
    return note(said + ". 1 PTC is 1 US dollar.")
