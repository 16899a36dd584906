"""The page: what stands where, and what happens when something is clicked."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import gradio as gr

from studio_page.asking import Gateway
from studio_page.chat_tab import chat_tab
from studio_page.compare_tab import compare_tab
from studio_page.draw_tab import draw_tab
from studio_page.drawing import Easel
from studio_page.extract_tab import extract_tab
from studio_page.tools_tab import tools_tab
from studio_page.workbench import Workbench

MARK = """
<svg width="40" height="40" viewBox="0 0 40 40" role="img" aria-label="302">
<rect width="40" height="40" rx="11" fill="#0f766e"/>
<text x="20" y="25.5" text-anchor="middle" font-size="15" font-weight="600" fill="#fff"
 font-family="inherit" letter-spacing="-.3">302</text></svg>"""


@dataclass(frozen=True)
class Place:
    """Which gateway answers, for the head of the page."""

    name: str
    about: str
    in_short: str
    emulator: bool


def page(place: Place, gateway: Gateway, easel: Easel, bench: Workbench) -> gr.Blocks:
    """Return the page."""
    blocks = gr.Blocks(title="302 Studio", analytics_enabled=False, fill_width=True)
    with blocks:
        gr.HTML(_head(place), padding=False)
        with gr.Tabs():
            with gr.Tab("Chat", id="chat"):
                chat_tab(blocks, gateway)
            with gr.Tab("Compare", id="compare") as comparing:
                compare_tab(comparing, gateway)
            with gr.Tab("Draw", id="draw"):
                draw_tab(easel)
            with gr.Tab("Extract", id="extract"):
                extract_tab(bench.folder / "tables")
            with gr.Tab("Tools", id="tools"):
                tools_tab(bench)
    return blocks


def _head(place: Place) -> str:
    kind = "where emulator" if place.emulator else "where"
    return (
        f'<header class="masthead">{MARK}<div><h1>302 Studio</h1>'
        "<p>Every model and tool of 302.AI, to try</p></div>"
        f'<div class="{kind}"><b>{escape(place.name)}</b><span>{escape(place.about)}</span>'
        f"<small>{escape(place.in_short)}</small></div>"
        "</header>"
    )
