"""Images processed: a background removed, an image enlarged, a part erased. The pixels are real.

Erasing is answered at once, unless a test scripted its task; the others are tasks. Both happen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emulator_302.drawing.image_backend import PNG, ImageBackend, port_of
from emulator_302.drawing.processing import cut_out, enlarged, erased
from emulator_302.http.fields import Kind, checked, files, image, integer, wrong
from emulator_302.http.forms import is_form, shown
from emulator_302.http.refusals import request_id
from emulator_302.http.tasks import COMPLETED, FAILED, PENDING, PROCESSED, Job, Outcome

BACKGROUND: Mapping[str, Kind] = {"image": files}
LARGER: Mapping[str, Kind] = {"image_url": image, "scale_factor": integer}
ERASED: Mapping[str, Kind] = {"image_url": files, "mask_image_url": files}
MOST_TIMES = 4
# PTC for one image, invented.
PRICES = {"removebg": 0.01, "upscale-v6": 0.02, "erase": 0.03}
WORDS = {PENDING: "starting", COMPLETED: "succeeded"}


@dataclass(frozen=True)
class ProcessingEndpoints:
    """The endpoints."""

    backend: ImageBackend

    async def remove_background(self, request: Request, body: Any) -> Response:
        """Answer `POST /302/submit/removebg`."""
        given = _form(request, body, BACKGROUND)
        return await self._answer(request, "removebg", body, cut_out, self._look(request, given))

    async def upscale(self, request: Request, body: Any) -> Response:
        """Answer `POST /302/submit/upscale-v6`."""
        given = checked(body, LARGER, tuple(LARGER), form=False)
        times = given["scale_factor"]
        if not 1 <= times <= MOST_TIMES:
            raise wrong(f"scale_factor must be 1 to {MOST_TIMES}")
        what = self._look(request, given, "image_url")
        return await self._answer(request, "upscale-v6", body, enlarged, what, times)

    async def erase(self, request: Request, body: Any) -> Response:
        """Answer `POST /302/submit/erase`."""
        given = _form(request, body, ERASED)
        what = self._look(request, given, "image_url")
        mask = self._look(request, given, "mask_image_url")
        return await self._answer(request, "erase", body, erased, what, mask)

    async def fetch(self, request: Request, _: Any) -> Response:
        """Answer `GET /302/task/{task_id}/fetch`."""
        state = self.backend.tasks.poll(request.path_params["task_id"], kind=PROCESSED)
        return JSONResponse(_shown(state))

    def _look(self, request: Request, given: Mapping[str, Any], name: str = "image") -> Image.Image:
        found = self.backend.look(given[name], port_of(request), name)
        if len(found) != 1:
            raise wrong(f"{name} is one image")
        return found[0]

    async def _answer(
        self,
        request: Request,
        model: str,
        body: Any,
        paint: Callable[..., Image.Image],
        *given: Any,
    ) -> Response:
        outcome = self.backend.tasks.next_outcome()
        made = await self.backend.make(paint, *given, kind=PNG)
        url = self.backend.files.keep(made, PNG, port_of(request))
        order = request_id(request)
        if outcome.status == COMPLETED:
            self.backend.ledger.charge(order, model, PRICES[model])
        if paint is erased and outcome == Outcome():
            return JSONResponse({"image": {"url": url}})
        job = Job(order, model, shown(body), "", (url,), {}, kind=PROCESSED)
        task = self.backend.tasks.start(job, outcome)
        return JSONResponse({"id": task.id, "model": model, "status": WORDS[PENDING]})


def _form(request: Request, body: Any, kinds: Mapping[str, Kind]) -> dict[str, Any]:
    if not is_form(request):
        raise wrong("this takes multipart/form-data, with files")
    return checked(body, kinds, tuple(kinds), form=True)


def _shown(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return a task's state as this family of endpoints shows it: the result is a text of JSON."""
    urls, status = state["image_urls"], state["status"]
    failed = (state["error"] or {}).get("message", "it failed") if status == FAILED else ""
    return {
        "id": state["task_id"],
        "model": state["model"],
        "status": WORDS.get(status, status),
        "output": json.dumps(urls) if urls else "",
        "error": failed,
        "created_at": state["created_at"],
        "started_at": state["started_at"],
        "completed_at": state["completed_at"],
    }
