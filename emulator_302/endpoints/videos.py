"""Videos: an order is a task, which a poll finds done. The films are real, small and drawn here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emulator_302.drawing.image_backend import ImageBackend, port_of
from emulator_302.drawing.moving import CannotFilm, filmed, frame_size
from emulator_302.drawing.painting import painted
from emulator_302.endpoints.image_models import RATIO
from emulator_302.http.fields import Kind, checked, image, images, integer, text, wrong
from emulator_302.http.forms import shown
from emulator_302.http.refusals import Refusal, UnknownModel, request_id
from emulator_302.http.tasks import COMPLETED, VIDEO, Job

FIELDS: Mapping[str, Kind] = {
    "prompt": text,
    "model": text,
    "image": images,
    "end_image": image,
    "negative_prompt": text,
    "duration": integer,
    "resolution": text,
    "aspect_ratio": text,
    "fps": text,
}
ALWAYS_TAKEN = ("prompt", "model", "fps")
USUAL_SECONDS = 5
USUAL_RATIO = (16, 9)


@dataclass(frozen=True)
class VideoModel:
    """One video model. The price is PTC for one second, and invented."""

    id: str
    price: float
    takes: Mapping[str, Any]
    needs_image: bool = False

    def refusal_of(self, given: Mapping[str, Any]) -> str | None:
        """Return which field of a request the model does not take as it is, or None."""
        if self.needs_image and "image" not in given:
            return f"image is missing: {self.id} needs one"
        for name, value in given.items():
            bound: Any = True if name in ALWAYS_TAKEN else self.takes.get(name)
            if bound is None:
                return f"{self.id} takes no {name}"
            if bound is not True and not _within(bound, value, with_image="image" in given):
                return f"{name}: {self.id} takes {bound}, not {value}"
        return None

    def seconds(self, given: Mapping[str, Any]) -> int:
        """Return how long a film of its is, in seconds."""
        bound = self.takes.get("duration", True)
        lengths = [USUAL_SECONDS] if bound is True else bound.get("range") or bound["values"]
        usual = next((length for length in sorted(lengths) if length >= USUAL_SECONDS), lengths[0])
        inside = bound is True or _within(bound, USUAL_SECONDS, with_image=False)
        return int(given.get("duration", USUAL_SECONDS if inside else usual))


@lru_cache(maxsize=1)
def video_models() -> dict[str, VideoModel]:
    """Return the video models by name."""
    here = resources.files("emulator_302.endpoints")
    given = json.loads(here.joinpath("video_models.json").read_text("utf-8"))
    return {row["id"]: VideoModel(**row) for row in given["models"]}


@dataclass(frozen=True)
class VideoEndpoints:
    """The endpoints."""

    backend: ImageBackend

    async def create(self, request: Request, body: Any) -> Response:
        """Answer `POST /302/v2/video/create`."""
        webhook = request.query_params.get("webhook", "")
        given = checked(body, FIELDS, ("prompt", "model"), form=False, others=lambda _: True)
        model = video_models().get(given["model"])
        if model is None:
            raise UnknownModel(given["model"], next(iter(video_models())))
        if refusal := model.refusal_of(given):
            raise wrong(refusal)
        first = self.backend.look(given.get("image"), port_of(request))
        last = self.backend.look(given.get("end_image"), port_of(request), "end_image")
        outcome = self.backend.tasks.next_outcome()
        seconds = model.seconds(given)
        try:
            film = await asyncio.to_thread(_film, given, first, last, seconds)
        except CannotFilm as error:
            raise Refusal(500, -1024, f"The emulator cannot make a video: {error}") from error
        url = self.backend.files.keep(film, "mp4", port_of(request))
        order = request_id(request)
        if outcome.status == COMPLETED:
            self.backend.ledger.charge(order, model.id, model.price * seconds)
        job = Job(order, model.id, shown(body), webhook, (url,), {"output": url}, kind=VIDEO)
        return JSONResponse(self.backend.tasks.start(job, outcome).accepted())

    async def fetch(self, request: Request, _: Any) -> Response:
        """Answer `GET /302/v2/video/fetch/{task_id}`."""
        task_id = request.path_params["task_id"]
        return JSONResponse(self.backend.tasks.poll(task_id, kind=VIDEO))


def _film(
    given: Mapping[str, Any], first: list[Image.Image], last: list[Image.Image], seconds: int
) -> bytes:
    ratio = RATIO.fullmatch(given.get("aspect_ratio", ""))
    shape = (int(ratio[1]), int(ratio[2])) if ratio else first[0].size if first else USUAL_RATIO
    size = frame_size(shape)
    begin = first[0] if first else painted(given["prompt"], size, given["model"])
    return filmed(begin, last[0] if last else None, size, seconds)


def _within(bound: Mapping[str, Any], value: Any, *, with_image: bool) -> bool:
    """Tell whether a value is within what stands of its field in `video_models.json`."""
    if "most" in bound:
        return not isinstance(value, list) or len(value) <= bound["most"]
    if "range" in bound:
        least, most = bound["range"]
        return bool(least <= value <= most)
    if with_image and "with_image" in bound:
        return value in bound["with_image"]
    return value in bound.get("values", [value])
