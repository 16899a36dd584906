"""Drawing: an image from words, or avatars from a photo, with their gallery."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from core_302.catalogue import image_models
from core_302.options.avatar import AvatarStyle
from core_302.tools.image_tool import DEFAULT_IMAGE_MODEL
from studio_page.cards import apology_card, code_drawer, empty_gallery, note
from studio_page.drawing import (
    AVATAR_SIZES,
    MOST_AVATARS,
    OWN_SIZE,
    SAMPLE,
    Drawn,
    Easel,
    Shown,
    needs_image,
    price_of,
    sizes_of,
    takes_image,
)

IMAGE, AVATARS = "An image", "Avatars"
PEOPLE = ("Female", "Male", "Kid")
REQUIRED, OPTIONAL = "Image to work on", "Image to work on (optional)"

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
        ordered = note("Ordered. This takes seconds, or minutes.")
        yield gr.skip(), gr.skip(), ordered, waiting, gr.skip()
        if kind == AVATARS:
            drawn = await self._easel.avatars(photo, person, style, avatar_size, count)
        else:
            drawn = await self._easel.image(prompt, model, size, photo)
        gallery = [*drawn.images, *gallery]
        seen = gr.Gallery(gallery, visible=bool(gallery))
        again, empty = gr.Button("Draw", interactive=True), gr.HTML(visible=not gallery)
        yield gallery, seen, _told(drawn), again, empty

    def choose_kind(self, kind: str, model: str) -> Updates:
        """Show the controls of an image, or those of avatars."""
        avatars = kind == AVATARS
        groups = gr.Group(visible=not avatars), gr.Group(visible=avatars)
        return (*groups, *_photo(kind, model), note(price_of(avatars=avatars)))

    def choose_model(self, model: str) -> Updates:
        """Offer what the model makes."""
        return (gr.Dropdown(list(sizes_of(model)), value=OWN_SIZE), *_photo(IMAGE, model))


def draw_tab(easel: Easel) -> None:
    """Lay drawing out, and say what its controls do."""
    does = DrawTab(easel)
    made = gr.State([])
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=2, min_width=280, elem_classes="options"):
            kind = gr.Radio([IMAGE, AVATARS], value=IMAGE, label="What to make")
            photo = gr.Image(  # what may be required comes first
                label=OPTIONAL,
                type="filepath",
                sources=["upload"],
                visible=takes_image(DEFAULT_IMAGE_MODEL),
                height=170,
                elem_classes="photo",
            )
            sample = gr.Button(
                "Use a sample photo",
                size="sm",
                visible=takes_image(DEFAULT_IMAGE_MODEL),
                elem_classes="sample",
            )
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
            price = gr.HTML(note(price_of(avatars=False)), padding=False)
            order = gr.Button("Draw", variant="primary")
            told = gr.HTML(padding=False)
        with gr.Column(scale=5, min_width=320):
            empty = gr.HTML(empty_gallery(), padding=False)
            gallery = gr.Gallery(
                label="Images made here",
                columns=3,
                object_fit="cover",
                fit_columns=False,
                height="auto",
                visible=False,
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
            [made, gallery, told, order, empty],
            show_progress="hidden",
            concurrency_limit=4,
            api_visibility="private",
        )
    sample.click(lambda: str(SAMPLE), None, photo, api_visibility="private")
    kind.change(
        does.choose_kind,
        [kind, model],
        [for_image, for_avatars, photo, sample, price],
        show_progress="hidden",
        api_visibility="private",
    )
    model.change(
        does.choose_model,
        [model],
        [size, photo, sample],
        show_progress="hidden",
        api_visibility="private",
    )


def _photo(kind: str, model: str) -> tuple[gr.Image, gr.Button]:
    """Return the place for a photo and the button of the sample, where a photo is taken."""
    if kind == AVATARS:
        return gr.Image(label="Photo of a face", visible=True), gr.Button(visible=True)
    label, taken = REQUIRED if needs_image(model) else OPTIONAL, takes_image(model)
    return gr.Image(label=label, visible=taken), gr.Button(visible=taken)


def _told(drawn: Drawn) -> str:
    if drawn.apology:
        return apology_card(drawn.apology)
    return note(drawn.said) + (code_drawer(drawn.code) if drawn.code else "")
