"""Speaking and hearing: a text becomes tones that carry it, and whoever hears them gets it back.

The sound is always WAV, whatever format was asked for, and the reply says so. A sound that was not
made here is described, not understood.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emulator_302.drawing.image_backend import ImageBackend, port_of
from emulator_302.http.fields import Kind, checked, integer, text, wrong
from emulator_302.http.forms import shown
from emulator_302.http.refusals import request_id
from emulator_302.http.tasks import AUDIO, COMPLETED, Job
from emulator_302.sound.tones import ABOUT, spoken

SLOWEST, FASTEST = 0.25, 4.0
LOUDEST = 2.0
THOUSAND = 1_000  # characters that a price is for
TRUE = ("true", "1")


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


FIELDS: Mapping[str, Kind] = {
    "text": text,
    "provider": text,
    "voice": text,
    "model": text,
    "speed": _number,
    "volume": _number,
    "emotion": text,
    "output_format": text,
    "timeout": integer,
}


@dataclass(frozen=True)
class Provider:
    """One provider of voices. The price is PTC for a thousand characters, and invented."""

    provider: str
    price: float
    longest: int
    models: tuple[str, ...]
    formats: tuple[str, ...]
    voices: Mapping[str, Mapping[str, Any]]

    def listed(self) -> dict[str, Any]:
        """Return its entry in the catalogue."""
        voices = [{"sample": {}, "emotion": [], **voice} for voice in self.voices.values()]
        info = {"model_list": [*self.models], "output_format_list": [*self.formats]}
        return {"provider": self.provider, "req_params_info": {**info, "voice_list": voices}}

    def refusal_of(self, given: Mapping[str, Any]) -> str | None:
        """Return what of a request it does not take, or None."""
        voice = self.voices.get(given["voice"])
        if voice is None:
            return f"{self.provider} has no voice {given['voice']}"
        models = voice.get("supported_models", self.models)
        if given.get("model", next(iter(models), None)) not in (*models, None):
            return f"model: {given['voice']} speaks with {', '.join(models) or 'no model'}"
        if given.get("output_format") not in (*self.formats, None):
            return f"output_format: {self.provider} has {', '.join(self.formats) or 'no choice'}"
        if given.get("emotion") not in (*voice.get("emotion", ()), None):
            return f"{given['voice']} has no emotion {given['emotion']}"
        if len(given["text"]) > self.longest:
            return f"text: {self.provider} takes {self.longest} characters"
        return None


@lru_cache(maxsize=1)
def providers() -> dict[str, Provider]:
    """Return the providers by name."""
    here = resources.files("emulator_302.endpoints")
    given = json.loads(here.joinpath("voices.json").read_text("utf-8"))
    return {
        row["provider"]: Provider(
            row["provider"],
            row["price"],
            row["longest"],
            tuple(row["models"]),
            tuple(row["formats"]),
            {voice["voice"]: voice for voice in row["voices"]},
        )
        for row in given["providers"]
    }


@dataclass(frozen=True)
class SpeechEndpoints:
    """The endpoints that speak."""

    backend: ImageBackend

    async def voices(self, request: Request, _: Any) -> Response:
        """Answer `GET /302/tts/provider`."""
        wanted = request.query_params.getlist("provider") or [*providers()]
        found = [one.listed() for name, one in providers().items() if name in wanted]
        return JSONResponse({"provider_list": found})

    async def speak(self, request: Request, body: Any) -> Response:
        """Answer `POST /302/v2/audio/tts`: a task, or the sound at once."""
        given = checked(
            body, FIELDS, ("text", "provider", "voice"), form=False, others=lambda _: True
        )
        provider = providers().get(given["provider"])
        if provider is None:
            raise wrong(f"provider is one of {', '.join(providers())}")
        if refusal := provider.refusal_of(given) or _out_of_bounds(given):
            raise wrong(refusal)
        sound = spoken(given["text"], given.get("speed", 1.0))
        url = self.backend.files.keep(sound, "wav", port_of(request))
        query = request.query_params
        outcome = self.backend.tasks.next_outcome()
        order, model = request_id(request), given.get("model") or next(iter(provider.models), "")
        if outcome.status == COMPLETED:
            cost = provider.price * len(given["text"]) / THOUSAND
            self.backend.ledger.charge(order, model or provider.provider, cost)
        about = {"url": url, "content_type": "audio/wav", "file_size": len(sound)}
        raw = {"audio": about, "timestamps": None, "note": ABOUT}
        webhook = query.get("webhook", "")
        job = Job(order, model, shown(body), webhook, (url,), raw, kind=AUDIO)
        task = self.backend.tasks.start(job, outcome)
        as_task = query.get("run_async", "").lower() in TRUE
        return JSONResponse(task.accepted() if as_task else task.ended())

    async def fetch(self, request: Request, _: Any) -> Response:
        """Answer `GET /302/v2/audio/fetch/{task_id}`."""
        return JSONResponse(self.backend.tasks.poll(request.path_params["task_id"], kind=AUDIO))


def _out_of_bounds(given: Mapping[str, Any]) -> str | None:
    if not SLOWEST <= given.get("speed", 1.0) <= FASTEST:
        return f"speed is {SLOWEST} to {FASTEST}"
    if not 0 <= given.get("volume", 1.0) <= LOUDEST:
        return f"volume is 0 to {LOUDEST}"
    return None
