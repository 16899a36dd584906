"""Drawing: an image from words, or avatars from a photo, with their gallery."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from core_302.catalogue import image_models
from core_302.options.avatar import AvatarStyle
from core_302.tools.image_tool import DEFAULT_IMAGE_MODEL
from studio_page.cards import apology_card, code_drawer, note
from studio_page.drawing import (
    AVATAR_SIZES,
    MOST_AVATARS,
    OWN_SIZE,
    Drawn,
    Easel,
    Shown,
    sizes_of,
    takes_image,
)

IMAGE, AVATARS = "An image", "Avatars"
PEOPLE = ("Female", "Male", "Kid")
NOTHING_YET = note(
    "What you draw appears here, and is gone when the page ends: save what you like."
)

Updates = tuple[Any, ...]


class DrawTab:
    """What the controls of drawing do.

    Args:
        easel: The tools.
    """

    def __init__(self, easel: Easel) -> None:
        self._easel = easel

    async def draw(  # noqa: PLR0917 - one argument for each control
        self,
        gallery: list[Shown],
        kind: str,
        prompt: str,
        model: str,
        size: str,
        photo: str | None,
        person: str,
        style: str,
        avatar_size: str,
        count: int,
    ) -> AsyncIterator[Updates]:
        """Order what is chosen, and put it before what is in the gallery."""
        waiting = gr.Button("Drawing…", interactive=False)
        yield gr.skip(), gr.skip(), note("Ordered. This takes seconds, or minutes."), waiting
        if kind == AVATARS:
            drawn = await self._easel.avatars(photo, person, style, avatar_size, count)
        else:
            drawn = await self._easel.image(prompt, model, size, photo)
        gallery = [*drawn.images, *gallery]
        yield gallery, gallery, _told(drawn), gr.Button("Draw", interactive=True)

    def choose_kind(self, kind: str, model: str) -> Updates:
        """Show the controls of an image, or those of avatars."""
        avatars = kind == AVATARS
        return gr.Group(visible=not avatars), gr.Group(visible=avatars), _photo(kind, model)

    def choose_model(self, model: str) -> Updates:
        """Offer what the model makes."""
        return gr.Dropdown(list(sizes_of(model)), value=OWN_SIZE), _photo(IMAGE, model)


def draw_tab(easel: Easel) -> None:
    """Lay drawing out, and say what its controls do."""
    does = DrawTab(easel)
    made = gr.State([])
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=2, min_width=280, elem_classes="options"):
            kind = gr.Radio([IMAGE, AVATARS], value=IMAGE, label="What to make")
            with gr.Group(elem_classes="plain") as for_image:
                prompt = gr.Textbox(
                    label="What to draw", placeholder="a lighthouse at dusk", lines=3, max_lines=8
                )
                model = gr.Dropdown(
                    list(dict.fromkeys((*image_models(today=True), *image_models()))),
                    value=DEFAULT_IMAGE_MODEL,
                    label="Image model",
                )
                size = gr.Dropdown(
                    list(sizes_of(DEFAULT_IMAGE_MODEL)), value=OWN_SIZE, label="Size or shape"
                )
            with gr.Group(visible=False, elem_classes="plain") as for_avatars:
                person = gr.Radio(list(PEOPLE), value=PEOPLE[0], label="Who is on the photo")
                style = gr.Dropdown(
                    [str(s) for s in AvatarStyle], value="Watercolor", label="Style"
                )
                avatar_size = gr.Dropdown(list(AVATAR_SIZES), value=OWN_SIZE, label="Avatar size")
                count = gr.Slider(1, MOST_AVATARS, value=2, step=1, label="How many")
            photo = gr.Image(
                label="Image to work on",
                type="filepath",
                sources=["upload"],
                visible=takes_image(DEFAULT_IMAGE_MODEL),
                height=200,
                elem_classes="photo",
            )
            order = gr.Button("Draw", variant="primary")
            told = gr.HTML(NOTHING_YET, padding=False)
        with gr.Column(scale=5, min_width=320):
            gallery = gr.Gallery(
                label="Images made here",
                columns=3,
                object_fit="cover",
                fit_columns=False,
                height="auto",
                show_label=False,
                container=False,
                interactive=False,
                format="png",
                buttons=["download", "fullscreen"],
                elem_classes="gallery",
            )

    asked = [made, kind, prompt, model, size, photo, person, style, avatar_size, count]
    for trigger in (order.click, prompt.submit):
        trigger(
            does.draw,
            asked,
            [made, gallery, told, order],
            show_progress="hidden",
            concurrency_limit=4,
            api_visibility="private",
        )
    kind.change(
        does.choose_kind,
        [kind, model],
        [for_image, for_avatars, photo],
        show_progress="hidden",
        api_visibility="private",
    )
    model.change(
        does.choose_model,
        [model],
        [size, photo],
        show_progress="hidden",
        api_visibility="private",
    )


def _photo(kind: str, model: str) -> gr.Image:
    """Return the place for a photo, where one is needed."""
    if kind == AVATARS:
        return gr.Image(label="Photo of a face", visible=True)
    return gr.Image(label="Image to work on", visible=takes_image(model))


def _told(drawn: Drawn) -> str:
    if drawn.apology:
        return apology_card(drawn.apology)
    return note(drawn.said) + (code_drawer(drawn.code) if drawn.code else "")
