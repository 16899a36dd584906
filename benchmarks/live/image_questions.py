"""What the documents leave open about images: which models are offered, edits, masks, costs.

A call for one image is thought to cost at most what the dearest model of today costs elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from benchmarks.live.gateway import Gateway, content, ended, recorded, refused
from benchmarks.live.questions import PHOTO, Question, photo_file
from core_302 import ImageRequest
from core_302.catalogue import image_model_facts, image_models
from core_302.endpoints.async_results import RESULT_PATHS
from core_302.endpoints.images import FETCH_PATH, TASK_PATH, UNIFIED_PATH, unified_body
from core_302.image_size import size_of
from core_302.tools.image_tool import DEFAULT_IMAGE_MODEL

IMAGE = 0.3  # PTC
SMALL_IMAGE = 0.05  # PTC, of a model of the page of 2025
EDITOR, MASKED = "gpt-image-1-mini", "gpt-image-2-i2i"
RETIRED = "302ai-flux-schnell-t2i"
TASK = {"run_async": "true"}
LATER = {"async": "true", "response_format": "url"}


def _order(gateway: Gateway, model: str, *, most: float = IMAGE, **more: Any) -> dict[str, Any]:
    """Order an image as the package does, and return what its task says in the end."""
    body = unified_body(ImageRequest(prompt="a red fox", model=model, **more))
    reply = gateway.send("POST", TASK_PATH, most=most, params=TASK, json=body)
    task_id = content(reply).get("task_id")
    if not reply.is_success:
        return {"refused": refused(reply)}
    return ended(gateway, f"{FETCH_PATH}{task_id}")


def _links(state: Mapping[str, Any]) -> list[str]:
    links = state.get("image_urls")
    return [*links] if isinstance(links, list) else []


def _offered(gateway: Gateway, model: str) -> str:
    facts = image_model_facts(model)
    images: dict[str, Any] = (
        {"images": [PHOTO.read_bytes()]} if facts is not None and facts.needs_image else {}
    )
    state = _order(gateway, model, **images)
    return "drawn" if _links(state) else str(state.get("refused") or state.get("error") or "none")


def _as_asked(gateway: Gateway) -> str:
    state = _order(gateway, DEFAULT_IMAGE_MODEL, most=2 * IMAGE, size="1280x720", n=2)
    sizes = [size_of(gateway.http.get(link).content) for link in _links(state)]
    shown = {f"{size[0]}x{size[1]}" if size else "unknown" for size in sizes}
    return f"{len(sizes)} of {', '.join(sorted(shown))}"


def _cost_ids(gateway: Gateway) -> str:
    state = _order(gateway, DEFAULT_IMAGE_MODEL)
    ids = state.get("ai302_cost_request_ids")
    first = ids[0] if isinstance(ids, list) and ids else str(ids or "").partition(",")[0]
    return f"{type(ids).__name__}, {recorded(gateway, first)}"


def _unknown(gateway: Gateway) -> str:
    body = {"prompt": "a red fox", "model": "no-such-model"}
    return refused(gateway.send("POST", TASK_PATH, most=SMALL_IMAGE, params=TASK, json=body))


def _retired(gateway: Gateway) -> str:
    body = {"prompt": "a red fox", "model": RETIRED}
    reply = gateway.send("POST", UNIFIED_PATH, most=SMALL_IMAGE, json=body)
    return "drawn" if content(reply).get("image_url") else refused(reply)


def _results(gateway: Gateway) -> str:
    form = {"prompt": "the same at night", "model": EDITOR}
    files = {"image": photo_file()}
    order: dict[str, Any] = {"params": LATER, "data": form, "files": files}
    reply = gateway.send("POST", "/v1/images/edits", most=IMAGE, **order)
    task = {"task_id": str(content(reply).get("task_id"))}
    found = {path: ended(gateway, path, params=task).get("data") for path in RESULT_PATHS}
    return ", ".join(path for path, data in found.items() if data) or f"none ({refused(reply)})"


def _masks(gateway: Gateway) -> str:
    facts = image_model_facts(MASKED)
    assert facts is not None, "it is listed"
    photo = PHOTO.read_bytes()
    body = unified_body(ImageRequest(prompt="at night", model=MASKED, images=[photo], mask=photo))
    mask, taken = body.pop("mask"), []
    for name in ("mask", "mask_image"):
        sent = {**body, name: mask}
        if gateway.send("POST", TASK_PATH, most=IMAGE, params=TASK, json=sent).is_success:
            taken.append(name)
    return ", ".join(taken) or "none"


IMAGE_QUESTIONS = (
    Question("What is said of an unknown image model?", "503 -10008", _unknown),
    Question(f"Is {RETIRED}, of the page of 2025, still offered?", "drawn", _retired),
    *(
        Question(
            f"Is {model} offered at the second version?", "drawn", partial(_offered, model=model)
        )
        for model in image_models(today=True)
        if (facts := image_model_facts(model)) is not None and facts.endpoint == "v2"
    ),
    Question(
        f"Does {DEFAULT_IMAGE_MODEL} draw as many as asked, in their size?",
        "2 of 1280x720",
        _as_asked,
    ),
    Question("What are a task's ai302_cost_request_ids?", "list, with a record", _cost_ids),
    Question("Where is the result of an edit?", ", ".join(RESULT_PATHS), _results),
    Question(f"What does {MASKED} call a mask?", "mask", _masks),
)
