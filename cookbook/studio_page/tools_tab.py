"""Tools: what agents can call beside drawing, each with a form that its declaration gives."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from studio_page.cards import apology_card, code_drawer, cost_said, note
from studio_page.workbench import Argument, Done, Workbench, words_of

LEFT_OUT = ("Left out", "")
Updates = tuple[Any, ...]


def tools_tab(bench: Workbench) -> None:
    """Lay the tools out: a choice, a form that follows it, and what came."""
    names = [(words_of(name), name) for name in bench.tools]
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=2, min_width=280, elem_classes="options"):
            choice = gr.Dropdown(names, value=names[0][1], label="Tool")

            @gr.render(inputs=[choice])  # type: ignore[untyped-decorator]
            def draw_form(name: str) -> None:
                _form(bench, name, results)

        with gr.Column(scale=5, min_width=320):
            told = gr.HTML(note("What a tool answers appears here."), padding=False)
            gallery = gr.Gallery(
                visible=False,
                show_label=False,
                columns=2,
                format="png",
                buttons=["download", "fullscreen"],
                elem_classes="gallery",
            )
            video = gr.Video(visible=False, show_label=False, interactive=False)
            audio = gr.Audio(visible=False, show_label=False, interactive=False)
            files = gr.Files(visible=False, show_label=False, interactive=False)
    results = [told, gallery, video, audio, files]


def _form(bench: Workbench, name: str, results: list[Any]) -> None:
    """Lay the form of a tool out."""
    arguments = bench.arguments(name)
    gr.HTML(note(_about(bench, name)), padding=False)
    # Without a key of its own, a control would take over the value of the form before.
    controls = [_control(one, key=f"{name}.{one.name}") for one in arguments]
    gr.HTML(note(bench.price_of(name)), padding=False)
    order = gr.Button("Run", variant="primary")
    private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    order.click(_waiting, None, [results[0], order], **private).then(
        _calling(bench, name, arguments),
        controls,
        [*results, order],
        concurrency_limit=4,
        **private,
    )


def _waiting() -> Updates:
    return note("Asked. Most take seconds; a video takes minutes."), gr.Button(interactive=False)


def _calling(
    bench: Workbench, name: str, arguments: list[Argument]
) -> Callable[..., Awaitable[Updates]]:
    """Return what the button does."""

    async def call(*values: Any) -> Updates:
        said = {one.name: value for one, value in zip(arguments, values, strict=True)}
        return (*_shown(await bench.call(name, said)), gr.Button(interactive=True))

    return call


def _control(one: Argument, key: str) -> Any:
    """Return the control of an argument."""
    named: dict[str, Any] = {"label": one.label, "info": one.about, "key": key}
    if one.kind == "choice":
        choices = [*([] if one.required else [LEFT_OUT]), *((word, word) for word in one.choices)]
        return gr.Dropdown(choices, value=one.default or choices[0][1], **named)
    if one.kind in ("number", "whole"):  # a box of Gradio's for numbers cannot be left empty
        return gr.Textbox("" if one.default is None else f"{one.default:g}", max_lines=1, **named)
    if one.kind in ("file", "files"):
        return gr.File(
            label=one.label,
            file_count="multiple" if one.kind == "files" else "single",
            type="filepath",
            height=120,
            elem_classes="given",
            key=key,
        )
    return gr.Textbox(lines=6 if one.kind == "long" else 2, max_lines=14, **named)


def _shown(done: Done) -> Updates:
    """Return what the places of the results become."""
    drawer = code_drawer(done.code) if done.code else ""
    if done.apology:
        nothing = [kind(visible=False) for kind in (gr.Gallery, gr.Video, gr.Audio, gr.Files)]
        return (apology_card(done.apology) + drawer, *nothing)
    said = f'<pre class="result">{escape(done.text)}</pre>{note(cost_said(done.cost))}{drawer}'
    images, videos, sounds = (
        [p for p, kind in done.files if kind.startswith(f"{of}/")]
        for of in ("image", "video", "audio")
    )
    rest = [path for path, _ in done.files if path not in (*images, *videos, *sounds)]
    return (
        said,
        gr.Gallery([(path, Path(path).name) for path in images], visible=bool(images)),
        gr.Video(videos[0] if videos else None, visible=bool(videos)),
        gr.Audio(sounds[0] if sounds else None, visible=bool(sounds)),
        gr.Files(rest or None, visible=bool(rest)),
    )


def _about(bench: Workbench, name: str) -> str:
    """Return what a tool does: the first sentence of what a model reads of it."""
    return f"{bench.tools[name].description.partition('. ')[0]}."
