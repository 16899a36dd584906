"""The chat: the conversation, the box to write in, and the options beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import gradio as gr

from langchain_302 import AI302Error
from studio_page.asking import DEFAULT_MODEL, OCR, Gateway, Options
from studio_page.cards import apology_card, note, price, shown
from studio_page.kindly import apology_for
from studio_page.turns import Conversation, Turn

RECEIPT = Path(__file__).parent.parent / "images" / "receipt.png"
SERVICES: list[str | tuple[str, str]] = [
    ("The gateway's own", ""),
    "search1api",
    "tavily",
    "exa",
    "bocha",
]
MOST_RESULTS = 20
BOX = "Ask anything, or drop an image in"
STILL_ANSWERING = "The last answer is still coming. Stop it, or wait for its end."
EMPTY = "### What would you like to know?\nAsk below, or begin with one of these."

# What each example sets: the question, its image, the model, the web search.
EXAMPLES = (
    ("What is the total on this receipt?", RECEIPT, "deepseek-chat", False),
    ("What is in the news about AI today?", None, "deepseek-chat", True),
    ("What is 12 * 7?", None, "deepseek-r1", False),
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
        options = Options(*chosen)
        if not (words or images) or not options.model:
            yield gr.skip(), gr.skip()
            return
        if conversation.asking:
            gr.Info(STILL_ANSWERING, title="Not sent yet")
            yield gr.skip(), gr.skip()
            return
        turn = Turn(words, images, options.model)
        box = gr.MultimodalTextbox(value=None, submit_btn=False, stop_btn=True)
        async for _ in self._gateway.answer(conversation, turn, options):
            yield shown(conversation.turns), box
            box = gr.skip()
        yield shown(conversation.turns), gr.MultimodalTextbox(submit_btn=True, stop_btn=False)

    def stopped(self, conversation: Conversation) -> Updates:
        """Show that no more of the answer is wanted."""
        conversation.stop()
        return shown(conversation.turns), gr.MultimodalTextbox(submit_btn=True, stop_btn=False)

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
            names = await self._gateway.list_models()
        except AI302Error as error:
            return gr.skip(), apology_card(apology_for(error))
        return gr.Dropdown(choices=[*names]), self.about(DEFAULT_MODEL)

    def about(self, model: str | None) -> str:
        """Say what is known of a model."""
        return note(self._gateway.about(model)) if model else note("Choose a model.")

    def example(self, chosen: gr.SelectData) -> Updates:
        """Put an example into the box, with the options that it needs. It is not sent yet."""
        words, image, model, searches = EXAMPLES[chosen.index]
        files = [str(image)] if image else []
        box = gr.MultimodalTextbox(value={"text": words, "files": files})
        return box, model, self.about(model), searches


def chat_tab(blocks: gr.Blocks, gateway: Gateway) -> None:
    """Lay the chat out, and say what its controls do."""
    does = ChatTab(gateway)
    conversation = gr.State(Conversation())
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=5, min_width=320, elem_classes="talk"):
            chat = _chat()
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
        with gr.Column(scale=2, min_width=280, elem_classes="options"):
            model = gr.Dropdown(
                [DEFAULT_MODEL],
                value=DEFAULT_MODEL,
                label="Model",
                allow_custom_value=True,
                filterable=True,
            )
            about = gr.HTML(elem_classes="about", padding=False)
            ocr = gr.Radio(
                list(OCR),
                value="Auto",
                label="Read images for the model",
                info="Auto: only for a model that cannot see. Another model reads, and bills.",
            )
            search = gr.Checkbox(
                label="Search the web", info="Bills the search service's fee.", elem_id="search"
            )
            with gr.Group(visible=False, elem_classes="more") as searching:
                service = gr.Dropdown(SERVICES, value="", label="Search service")
                results = gr.Slider(1, MOST_RESULTS, value=5, step=1, label="Results")
            fusion = gr.Checkbox(
                label="Let DeepSeek-R1 think first", info="Bills one more call.", elem_id="fusion"
            )
            anew = gr.Button("New conversation", variant="secondary", size="md")
            bill = gr.HTML(elem_classes="bill", padding=False)

    chosen = [model, ocr, search, service, results, fusion]
    asked = box.submit(
        does.ask,
        [box, conversation, *chosen],
        [chat, box],
        show_progress="hidden",
        trigger_mode="multiple",  # else the next question is dropped until the last one is settled
        concurrency_limit=8,
        api_visibility="private",
    )
    priced = asked.then(
        does.price,
        [conversation],
        [chat, bill],
        show_progress="hidden",
        concurrency_limit=8,
        api_visibility="private",
    )
    box.stop(does.stopped, [conversation], [chat, box], cancels=[asked], api_visibility="private")
    anew.click(
        does.begin_anew,
        [conversation],
        [chat, conversation, bill],
        cancels=[asked, priced],
        api_visibility="private",
    )
    chat.example_select(does.example, None, [box, model, about, search], api_visibility="private")
    model.change(does.about, model, about, show_progress="hidden", api_visibility="private")
    search.change(
        lambda on: gr.Group(visible=on),
        search,
        searching,
        show_progress="hidden",
        api_visibility="private",
    )
    blocks.load(does.models, None, [model, about], show_progress="hidden", api_visibility="private")


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
        latex_delimiters=[],
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
