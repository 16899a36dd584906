"""The options beside the chat: each with what it bills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from studio_page.asking import DEFAULT_MODEL, OCR

SERVICES: list[str | tuple[str, str]] = [
    ("The gateway's own", ""),
    "search1api",
    "tavily",
    "exa",
    "bocha",
]
MOST_RESULTS = 20
TEMPERATURES: list[str | tuple[str, str | float]] = [
    ("The model's own", ""),
    *((f"{tenths / 10:g}", tenths / 10) for tenths in (0, 2, 4, 6, 8, 10, 12, 15, 20)),
]


@dataclass(frozen=True)
class Controls:
    """The controls of the options.

    Attributes:
        model: The model.
        about: Where it is said what is known of the model.
        chosen: All of them, in the order of the fields of `Options`.
    """

    model: gr.Dropdown
    about: gr.HTML
    chosen: list[Any]


def chat_options() -> Controls:
    """Lay the options out."""
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
    with gr.Accordion("System prompt and temperature", open=False, elem_classes="more"):
        system = gr.Textbox(
            label="System prompt", value="", placeholder="None", lines=2, max_lines=6
        )
        temperature = gr.Dropdown(TEMPERATURES, value="", label="Temperature")
    search.change(
        lambda on: gr.Group(visible=on),
        search,
        searching,
        show_progress="hidden",
        api_visibility="private",
    )
    chosen = [model, ocr, search, service, results, fusion, system, temperature]
    return Controls(model, about, chosen)
