"""The avatar maker: a photo comes back in one of 17 styles, or in a look of the user's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emulator_302.drawing.image_backend import ImageBackend, port_of
from emulator_302.drawing.restyle import STYLES, restyled, restyled_by_words
from emulator_302.http.fields import Kind, checked, image, integer, text, wrong
from emulator_302.http.forms import is_form
from emulator_302.http.refusals import UnknownModel, request_id
from emulator_302.http.usage import count
from emulator_302.http.validate import models

FIELDS: Mapping[str, Kind] = {
    "image": image,
    "style": integer,
    "person_type": text,
    "custom_prompt": text,
    "num": integer,
    "width": integer,
    "height": integer,
    "model": text,
}
PEOPLE = ("female", "male", "kid")
MOST_AVATARS = 4
LEAST_SIDE, MOST_SIDE, SIDE = 256, 1036, 1024  # pixels; a side outside is taken for `SIDE`
USUAL_HEIGHT = 768
USUAL_MODEL = "gpt-4.1"
PRICE = 0.02  # PTC for one avatar, invented
# The tokens that the prompt-writing model outputs for each job.
WRITTEN_TOKENS = 120


@dataclass(frozen=True)
class AvatarEndpoint:
    """The endpoint."""

    backend: ImageBackend

    async def generate(self, request: Request, body: Any) -> Response:
        """Answer `POST /302/headshot/generate`."""
        given = checked(body, FIELDS, ("image", "person_type"), form=is_form(request))
        if given["person_type"] not in PEOPLE:
            raise wrong(f"person_type is not one of {', '.join(PEOPLE)}")
        words = given.get("custom_prompt", "").strip()
        style = given.get("style", 1)
        if not words and style not in STYLES:
            raise wrong("style must be 1 to 17")
        cost = self._cost_of_words(given, words)
        number = given.get("num", 1) if 1 <= given.get("num", 1) <= MOST_AVATARS else 1
        made = await self._made(given, words, style, number, port_of(request))
        name = given.get("model", USUAL_MODEL)
        self.backend.ledger.charge(
            request_id(request), name, cost + number * PRICE, written=WRITTEN_TOKENS
        )
        links = [self.backend.files.keep(one, "webp", port_of(request)) for one in made]
        return JSONResponse({"headshot_url_list": links})

    def _cost_of_words(self, given: Mapping[str, Any], words: str) -> float:
        """Return the cost of the model that writes the prompt.

        Raises:
            Refusal: There is no such model.
        """
        name = given.get("model", USUAL_MODEL)
        model = models().get(name)
        if model is None:
            raise UnknownModel(name, USUAL_MODEL)
        return model.cost(count(words), WRITTEN_TOKENS)

    async def _made(
        self, given: Mapping[str, Any], words: str, style: int, number: int, port: int
    ) -> list[bytes]:
        (photo,) = self.backend.look(given["image"], port)
        size = (_side(given.get("width", SIDE)), _side(given.get("height", USUAL_HEIGHT)))
        paint, wish = (restyled_by_words, words) if words else (restyled, style)
        make = self.backend.make
        return [await make(paint, photo, wish, size, place, kind="webp") for place in range(number)]


def _side(given: int) -> int:
    return given if LEAST_SIDE <= given <= MOST_SIDE else SIDE
