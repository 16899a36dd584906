"""Text read aloud: how a task is ordered and polled, and how its replies are read.

Sources: 302.AI's command-line tool, cli-302ai 1.0.5 (`api/tts.py`), which polls with GET, its SDK
(`ai302-speech-model.ts`) and the page of the endpoint in its documents. An order is a task here
(`run_async`). It is paid, and never repeated once it was sent.
"""

from __future__ import annotations

from core_302.endpoints.file_tasks import (
    FilePlaces,
    FileTask,
    read_file_order,
    read_file_poll,
)
from core_302.endpoints.images import paid_json
from core_302.endpoints.path_segment import path_segment
from core_302.http import Reply, Request
from core_302.options.speech import SpeechRequest

SPEAK_PATH = "/302/v2/audio/tts"
FETCH_PATH = "/302/v2/audio/fetch/"
FIELDS = ("text", "provider", "voice", "model", "speed", "volume", "emotion", "output_format")
PLACES = FilePlaces("an audio file", ("audio_url", "audio_urls"), frozenset({"audio", "audios"}))


def speech_request(asked: SpeechRequest, *, webhook: str | None = None) -> Request:
    """Build the request for a task.

    Args:
        asked: What is said, and how.
        webhook: A link of yours that the gateway calls when the task is done.
    """
    body = {name: value for name in FIELDS if (value := getattr(asked, name)) is not None}
    query = {"run_async": "true"}
    if webhook is not None:
        query["webhook"] = webhook
    return paid_json(SPEAK_PATH, body | dict(asked.extra_body or {}), query)


def fetch_request(task_id: str) -> Request:
    """Build the request that polls a task. This costs nothing, and may be repeated.

    Raises:
        InvalidInputError: It is not an id.
    """
    return Request("GET", FETCH_PATH + path_segment(task_id, "task_id"))


def read_speech_order(reply: Reply) -> FileTask:
    """Read the response to an order. See `read_file_order`."""
    return read_file_order(reply, PLACES)


def read_speech_poll(reply: Reply) -> FileTask:
    """Read how far a task is. See `read_file_poll`."""
    return read_file_poll(reply, PLACES)
