"""The gateway's own image endpoints: version 1, which answers at once, and version 2 with tasks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emulator_302.drawing.image_backend import ImageBackend, kind_of, model_of, port_of
from emulator_302.drawing.painting import painted, painted_over
from emulator_302.endpoints.image_models import ImageModel, Shape
from emulator_302.http.fields import Kind, checked, image, images, integer, text, wrong
from emulator_302.http.forms import is_form, shown
from emulator_302.http.refusals import Refusal, no_model, request_id
from emulator_302.http.tasks import COMPLETED, Job

FIELDS: Mapping[str, Kind] = {
    "prompt": text,
    "model": text,
    "width": integer,
    "height": integer,
    "negative_prompt": text,
    "aspect_ratio": text,
    "output_format": text,
    "image": image,
    # Not on the page, but 302.AI's own applications send it.
    "size": text,
}
NEWER_FIELDS: Mapping[str, Kind] = {
    **FIELDS,
    "image": images,
    "mask_image": image,
    "mask": image,
    "n": integer,
    "seed": integer,
    "quality": text,
    "background": text,
}
QUERY_FIELDS = ("run_async", "webhook")
YES_NO = {"true": True, "false": False}


@dataclass(frozen=True)
class _Order:
    """A checked request for one image."""

    given: Mapping[str, Any]
    model: ImageModel
    shown: list[Image.Image]

    @property
    def number(self) -> int:
        """How many images are ordered. A series takes its number only if it is called one."""
        takes = self.model.takes or {}
        series = "sequential_image_generation"
        if "n" not in takes or (series in takes and series not in self.given):
            return 1
        return max(1, int(self.given.get("n", 1)))

    async def file(self, backend: ImageBackend, kind: str, place: int) -> bytes:
        """Return the file of the image at a place."""
        given = self.given
        asked = Shape(*(given.get(name) for name in ("width", "height", "aspect_ratio", "size")))
        size = self.model.pixels(asked, self.shown[0].size if self.shown else None)
        if self.shown:
            return await backend.make(
                painted_over, self.shown, given["prompt"], size, place, kind=kind
            )
        others = " ".join(str(given.get(name, "")) for name in ("negative_prompt", "seed"))
        variety = f"{self.model.id} {others.rstrip()}{f' {place}' if place else ''}"
        return await backend.make(painted, given["prompt"], size, variety, kind=kind)


@dataclass(frozen=True)
class ImageEndpoints:
    """The endpoints."""

    backend: ImageBackend

    async def generate(self, request: Request, body: Any) -> Response:
        """Answer `POST /302/image/generate`."""
        given = checked(body, FIELDS, ("prompt", "model"), form=is_form(request))
        order = self._order(given, request)
        if order.model.is_newer:
            raise Refusal(*no_model(order.model.id))
        (url,) = await self._made(order, request)
        self.backend.ledger.charge(request_id(request), order.model.id, order.model.price)
        return JSONResponse({"image_url": url, "data": _raw(order.model.id, url)})

    async def start(self, request: Request, body: Any) -> Response:
        """Answer `POST /302/v2/image/generate`: with an image, or with a task."""
        webhook = request.query_params.get("webhook", "")
        run_async = _yes_no(request, "run_async") or bool(webhook)
        misplaced = set(QUERY_FIELDS) & set(body if isinstance(body, dict) else ())
        if misplaced:
            raise wrong(f"{min(misplaced)} belongs in the query, not in the body")
        required = ("prompt", "model")
        given = checked(body, NEWER_FIELDS, required, form=is_form(request), others=lambda _: True)
        order = self._order(given, request)
        if refusal := order.model.refusal_of(given):
            raise wrong(refusal)
        outcome = self.backend.tasks.next_outcome()
        urls = await self._made(order, request)
        job_id = request_id(request)
        if outcome.status == COMPLETED:
            price = order.model.price * len(urls)
            self.backend.ledger.charge(job_id, order.model.id, price)
        raw = _raw(order.model.id, *urls)
        job = Job(job_id, order.model.id, shown(body), webhook, urls, raw)
        task = self.backend.tasks.start(job, outcome)
        return JSONResponse(task.accepted() if run_async else task.ended())

    async def fetch(self, request: Request, _: Any) -> Response:
        """Answer `GET /302/v2/image/fetch/{task_id}`."""
        return JSONResponse(self.backend.tasks.poll(request.path_params["task_id"]))

    def _order(self, given: Mapping[str, Any], request: Request) -> _Order:
        model = model_of(given["model"])
        shown_now = self.backend.look(given.get("image"), port_of(request))
        for name in ("mask_image", "mask"):
            self.backend.look(given.get(name), port_of(request), name)
        if model.needs_image and not shown_now:
            raise wrong(f"image is missing: {model.id} needs one")
        return _Order(given, model, shown_now)

    async def _made(self, order: _Order, request: Request) -> tuple[str, ...]:
        kind = kind_of(order.given.get("output_format"))
        urls = []
        for place in range(order.number):
            data = await order.file(self.backend, kind, place)
            urls.append(self.backend.files.keep(data, kind, port_of(request)))
        return tuple(urls)


def _yes_no(request: Request, name: str) -> bool:
    said = request.query_params.get(name, "false")
    if said not in YES_NO:
        raise wrong(f"{name} must be true or false")
    return YES_NO[said]


def _raw(model: str, *urls: str) -> dict[str, Any]:
    """Return an object like a vendor's: as on the page, its output is JSON inside a text."""
    return {
        "completed_at": "2025-04-18T10:29:16.80035912Z",
        "created_at": "2025-04-18T10:29:10.071Z",
        "error": "",
        "id": hashlib.sha256(urls[0].encode()).hexdigest()[:14],
        "model": model,
        "output": json.dumps(urls),
        "started_at": "2025-04-18T10:29:10.079674739Z",
        "status": "succeeded",
    }
