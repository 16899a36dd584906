"""The image endpoints in OpenAI's form: generations, and edits of images sent as files.

Of link and base64, the one that was not requested is an empty string, as 302.AI's page shows it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emulator_302.drawing.image_backend import ImageBackend, kind_of, model_of, port_of
from emulator_302.drawing.painting import painted, painted_over
from emulator_302.endpoints.chat import CREATED
from emulator_302.endpoints.image_models import ImageModel, Shape
from emulator_302.http.fields import Kind, checked, files, integer, text, wrong
from emulator_302.http.forms import is_form
from emulator_302.http.refusals import Refusal, request_id
from emulator_302.http.tasks import CALL, COMPLETED, PENDING, PROCESSING, Job, Outcome
from emulator_302.http.usage import count

FIELDS: Mapping[str, Kind] = {
    "prompt": text,
    "model": text,
    "size": text,
    "n": integer,
    "quality": text,
    "background": text,
    "moderation": text,
    "output_format": text,
    "output_compression": integer,
    "response_format": text,
    "aspect_ratio": text,
    "user": text,
}
EDIT_FIELDS: Mapping[str, Kind] = {**FIELDS, "image": files, "mask": files, "input_fidelity": text}
MOST_PICTURES, MOST_COMPRESSION = 10, 100
URL, BASE64 = "url", "b64_json"
# 302.AI's page has a typo, which its readers copy.
ANSWERS = {URL: URL, BASE64: BASE64, "bs64_json": BASE64}
TOKENS_PER_IMAGE = 1056


@dataclass(frozen=True)
class OpenAIImageEndpoints:
    """The endpoints."""

    backend: ImageBackend

    async def generate(self, request: Request, body: Any) -> Response:
        """Answer `POST /v1/images/generations`."""
        given = checked(body, FIELDS, ("prompt", "model"), form=is_form(request))
        return await self._answer(request, given, [])

    async def edit(self, request: Request, body: Any) -> Response:
        """Answer `POST /v1/images/edits`."""
        if not is_form(request):
            raise wrong("edits take multipart/form-data")
        if isinstance(body, dict) and "image[]" in body:
            # What OpenAI's SDK calls the field of several images, and 302.AI refuses.
            raise Refusal(403, -10003, "Parameter error")
        given = checked(body, EDIT_FIELDS, ("prompt", "model", "image"), form=True)
        images = self.backend.look(given["image"], port_of(request))
        self.backend.look(given.get("mask"), port_of(request), "mask")
        return await self._answer(request, given, images)

    async def _answer(
        self, request: Request, given: Mapping[str, Any], images: list[Image.Image]
    ) -> Response:
        form = _form_of_answer(request, given)
        number, compression = given.get("n", 1), given.get("output_compression", MOST_COMPRESSION)
        if not 1 <= number <= MOST_PICTURES:
            raise wrong("n must be 1 to 10")
        if not 0 <= compression <= MOST_COMPRESSION:
            raise wrong("output_compression must be 0 to 100")
        model = model_of(given["model"])
        if model.needs_image and not images:
            raise wrong(f"image is missing: {model.id} needs one")
        kind = kind_of(given.get("output_format"))
        data = []
        for place in range(number):
            order = _order(model, given, images, place)
            made = await self.backend.make(*order, kind=kind, quality=compression)
            data.append(self._entry(made, form, kind, port_of(request)))
        usage = _usage(given["prompt"], len(images), number)
        answer = {"created": CREATED, "data": data, "usage": usage}
        later = request.query_params.get("async", "false") == "true"
        outcome = self.backend.tasks.next_outcome() if later else Outcome()
        if outcome.status == COMPLETED:
            self.backend.ledger.charge(request_id(request), model.id, model.price * number)
        if not later:
            return JSONResponse(answer)
        urls = tuple(entry["url"] for entry in data)
        job = Job(request_id(request), model.id, None, "", urls, answer, kind=CALL)
        return JSONResponse({"task_id": self.backend.tasks.start(job, outcome).id})

    async def result(self, request: Request, _: Any) -> Response:
        """Answer `GET /async_result?task_id=`, as 302.AI's command-line tool reads it."""
        task_id = request.query_params.get("task_id", "")
        state = self.backend.tasks.poll(task_id, kind=CALL)
        found: dict[str, Any] = {"content_type": "", "data": None, "err": "", "status_code": 0}
        if state["status"] == COMPLETED:
            kind = "application/json"
            found |= {"content_type": kind, "data": state["raw_response"], "status_code": 200}
        elif state["status"] in (PENDING, PROCESSING):
            found["err"] = "result pending"
        else:
            found |= {"err": (state["error"] or {}).get("message", "failed"), "status_code": 500}
        return JSONResponse(found)

    def _entry(self, made: bytes, form: str, kind: str, port: int) -> dict[str, str]:
        if form == URL:
            return {"url": self.backend.files.keep(made, kind, port), "b64_json": ""}
        return {"url": "", "b64_json": base64.b64encode(made).decode()}


def _form_of_answer(request: Request, given: Mapping[str, Any]) -> str:
    """Return whether links or base64 are requested, in the query or else in the body."""
    usual = BASE64 if given["model"].startswith("gpt-image") else URL
    said = request.query_params.get("response_format", given.get("response_format", usual))
    if said not in ANSWERS:
        raise wrong("response_format must be url or b64_json")
    return ANSWERS[said]


def _order(
    model: ImageModel, given: Mapping[str, Any], images: list[Image.Image], place: int
) -> tuple[Any, ...]:
    """Return what paints an image, and what it is given."""
    asked = Shape(ratio=given.get("aspect_ratio"), size=given.get("size"))
    size = model.pixels(asked, images[0].size if images else None)
    if images:
        return painted_over, images, given["prompt"], size, place
    return painted, given["prompt"], size, f"{model.id} {place}"


def _usage(prompt: str, images: int, number: int) -> dict[str, Any]:
    """Return the tokens, named as image models name them: others stay zero."""
    words, seen = count(prompt), images * TOKENS_PER_IMAGE
    return {
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "input_tokens": words + seen,
        "output_tokens": number * TOKENS_PER_IMAGE,
        "total_tokens": words + seen + number * TOKENS_PER_IMAGE,
        "input_tokens_details": {"text_tokens": words, "image_tokens": seen},
    }
