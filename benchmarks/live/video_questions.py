"""What the documents leave open about videos: the gateway's own list, and how a task ends.

One short video is ordered: they are dear. Which models are offered, the free list says.
"""

from __future__ import annotations

from typing import Any

from benchmarks.live.gateway import Gateway, content, ended, refused
from benchmarks.live.questions import Question
from benchmarks.live.sandbox_questions import UNKNOWN, shape_of
from core_302 import VideoRequest
from core_302.catalogue import video_models
from core_302.endpoints.videos import CREATE_PATH, FETCH_PATH, fields_of

LIST_PATH = "/302/v2/model/video"
VIDEO = 1.0  # PTC for one second of video, rather too high
SHORTEST = VideoRequest(prompt="a red fox", model="viduq3-pro", duration=1, resolution="540p")


def _listed(gateway: Gateway) -> str:
    reply = gateway.send("GET", LIST_PATH)
    if not reply.is_success:
        return refused(reply)
    missing = [name for name in video_models(today=True) if f'"{name}"' not in reply.text]
    return f"{shape_of(content(reply))}; without {', '.join(missing) or 'none of ours'}"


def _made(gateway: Gateway) -> str:
    reply = gateway.send("POST", CREATE_PATH, most=VIDEO, json=fields_of(SHORTEST))
    if not reply.is_success:
        return refused(reply)
    state: dict[str, Any] = ended(gateway, f"{FETCH_PATH}{content(reply).get('task_id')}")
    link, ids = str(state.get("video_url")), state.get("ai302_cost_request_ids")
    came = "a link" if link.startswith("http") else "none"
    return f"{state.get('status')}, {came}, ids: {type(ids).__name__}"


VIDEO_QUESTIONS = (
    Question("Which video models does the gateway list, and how?", UNKNOWN, _listed),
    Question("How does the task of a video end?", "completed, a link, ids: list", _made),
)
