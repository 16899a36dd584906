"""What is open about audio: how a voice's task ends, and which forms a transcript has.

One short text is read aloud, and what comes is heard in several formats.
"""

from __future__ import annotations

from typing import Any

from benchmarks.live.gateway import Gateway, content, ended, refused
from benchmarks.live.questions import Question
from benchmarks.live.sandbox_questions import shape_of
from core_302.audio_types import audio_type
from core_302.endpoints.speech import FETCH_PATH, SPEAK_PATH
from core_302.endpoints.transcriptions import TRANSCRIPTIONS_PATH
from core_302.endpoints.voices import VOICES_PATH

SPEECH, HEARING = 0.01, 0.02  # PTC at most, rather too high
ORDER = {"text": "Good morning.", "provider": "openai", "voice": "alloy"}
WHISPER = {"model": "whisper-1"}


def _listed(gateway: Gateway) -> str:
    reply = gateway.send("GET", VOICES_PATH, params={"provider": "openai"})
    return shape_of(content(reply)) if reply.is_success else refused(reply)


def _spoken(gateway: Gateway) -> tuple[dict[str, Any], bytes]:
    """Return how the task of a short text ends, and the bytes of its file."""
    query = {"run_async": "true"}
    reply = gateway.send("POST", SPEAK_PATH, most=SPEECH, params=query, json=ORDER)
    state = ended(gateway, f"{FETCH_PATH}{content(reply).get('task_id')}")
    link = str(state.get("audio_url"))
    return state, gateway.http.get(link).content if link.startswith("http") else b""


def _task(gateway: Gateway) -> str:
    state, file = _spoken(gateway)
    ids, kind = state.get("ai302_cost_request_ids"), audio_type(file)
    came = "audio" if kind is not None else "no audio"
    return f"{state.get('status')}, {came}, ids: {type(ids).__name__}"


def _heard(gateway: Gateway, **fields: Any) -> str:
    _, file = _spoken(gateway)
    kind = audio_type(file)
    name = "file" if kind is None else kind.filename
    form = {**WHISPER, **fields}
    sent = {"file": (name, file)}
    reply = gateway.send("POST", TRANSCRIPTIONS_PATH, most=HEARING, data=form, files=sent)
    return ", ".join(sorted(content(reply))) if reply.is_success else refused(reply)


def _plain(gateway: Gateway) -> str:
    return _heard(gateway, response_format="json")


def _verbose(gateway: Gateway) -> str:
    both = {"timestamp_granularities[]": ["word", "segment"]}
    return _heard(gateway, response_format="verbose_json", **both)


def _models(gateway: Gateway) -> str:
    reply = gateway.send("GET", TRANSCRIPTIONS_PATH)
    return shape_of(content(reply)) if reply.is_success else refused(reply)


CATALOGUE = (
    "{provider_list: [{provider: str, "
    "req_params_info: {model_list: list, output_format_list: list, voice_list: list}}]}"
)
MODELS = "{success: bool, model_list: [{model: str, provider: str, response_format_list: [str]}]}"
VERBOSE = "duration, language, segments, task, text, usage, words"
AUDIO_QUESTIONS = (
    Question("Which voices does the gateway list, and how?", CATALOGUE, _listed),
    Question("How does the task of a voice end?", "completed, audio, ids: list", _task),
    Question("What has a transcript as json?", "text, usage", _plain),
    Question("What has a verbose transcript with words?", VERBOSE, _verbose),
    Question("Which models that hear does the gateway list, and how?", MODELS, _models),
)
