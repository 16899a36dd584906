"""speak: a text is read aloud, ordered as a task, and the audio file is kept like an image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from core_302.audio_types import audio_type
from core_302.endpoints.file_tasks import FileJob
from core_302.flow import Flow
from core_302.flows import tasks
from core_302.flows.download import DownloadedFile
from core_302.flows.speech import resume_speech, speak
from core_302.options.speech import Speech, SpeechRequest
from core_302.tools.capability import Capability, Price, ToolResult, arguments_class
from core_302.tools.context import File, ToolContext
from core_302.tools.made_files import files_in_words, kept_files, noted, told_if_left
from core_302.tools.settings import SpeechSettings
from core_302.tools.untrusted_text import one_line

LARGEST_AUDIO = 64 * 1024 * 1024  # bytes of one that is fetched
MADE = "A text was read aloud and paid"
# What a file host calls raw samples, which no first bytes tell.
RAW = ("audio/", "application/octet-stream", "binary/octet-stream")
THOUSAND = 1_000  # characters


def _arguments(settings: SpeechSettings, _: bool) -> type[BaseModel]:  # noqa: FBT001
    about = "What is said, in full, as it is to be heard."
    text = Annotated[Speech, Field(max_length=settings.longest_text, description=about)]
    fields: dict[str, Any] = {"text": (text, ...)}
    voices = tuple(dict.fromkeys([settings.voice, *settings.more_voices]))
    if len(voices) > 1:
        choice: Any = Literal[voices]
        about = f"The voice; {voices[0]} if left out."
        fields["voice"] = (Annotated[choice | None, Field(description=about)], None)
    speed = SpeechRequest.model_fields["speed"]
    fields["speed"] = (speed.annotation, speed)
    return arguments_class("Speak", fields)


def _flow(
    context: ToolContext, settings: SpeechSettings, arguments: Mapping[str, Any]
) -> Flow[ToolResult]:
    asked = _asked(settings, arguments)
    assumed = settings.assumed_price_of_thousand * len(asked.text) / THOUSAND
    with told_if_left(MADE) as links:
        job = noted(speak(asked, resumed_by=tasks.BY_TOOL), links, lambda done: done.links)
        done, cost = yield from context.charged(job, assumed, lambda done: done.cost_ids)
        files = yield from _kept(context, done, asked.text)
    return _result(done, files, cost, asked)


def _resumed(context: ToolContext, _: SpeechSettings, task_id: str) -> Flow[ToolResult]:
    with told_if_left(MADE) as links:
        job = resume_speech(task_id, resumed_by=tasks.BY_TOOL)
        done = yield from noted(job, links, lambda done: done.links)
        cost = yield from context.cost(done.cost_ids)
        files = yield from _kept(context, done, f"task {task_id}")
    return _result(done, files, cost)


def _asked(settings: SpeechSettings, arguments: Mapping[str, Any]) -> SpeechRequest:
    """Return the request: what a model may say of it was checked by the same rules."""
    own = ("provider", "model", "output_format", "volume", "emotion")
    values = {name: getattr(settings, name) for name in own}
    values |= {**arguments, "voice": arguments.get("voice") or settings.voice}
    return SpeechRequest(**values)


def _kept(context: ToolContext, job: FileJob, words: str) -> Flow[list[File]]:
    return kept_files(context, job.links, words, LARGEST_AUDIO, _problem_of)


def _problem_of(found: DownloadedFile) -> str | None:
    """Tell why what came is no audio; raw samples have no first bytes that tell it."""
    if audio_type(found.content) is not None:
        return None
    if found.media_type.startswith(RAW) and not _is_text(found.content):
        return None
    return f"what came is no audio ({found.media_type or 'of an unknown type'}), and is not kept"


def _is_text(content: bytes) -> bool:
    try:
        return b"\0" not in content and bool(content.decode())
    except UnicodeDecodeError:
        return False


def _result(
    job: FileJob, files: list[File], cost: float | None, asked: SpeechRequest | None = None
) -> ToolResult:
    """Tell of what was made; without what was asked for, of a task that is resumed."""
    report = {
        "kind": "speech",
        "text": None if asked is None else asked.text,
        "provider": None if asked is None else asked.provider,
        "voice": None if asked is None else asked.voice,
        "model": None if asked is None else asked.model,
        "files": files,
        "request_id": job.request_id,
        "task_id": job.task_id,
        "cost": cost,
        "raw": dict(job.raw),
    }
    by = "" if asked is None else f" by {asked.voice} ({asked.provider})"
    return ToolResult(f"{one_line(f'Read aloud{by}:')}\n{files_in_words(files)}", report)


SPEAK = Capability(
    name="speak",
    description=(
        "Read a text aloud: make an audio file of a voice that says it. Answers with the link of "
        "the file."
    ),
    price=Price(
        note="Costs a little money, by length.",
        documented="billed by the provider of the voice; no table of prices was found",
        source="302.AI's page of the endpoint, modified 2025-09-01",
        date="2026-11-26",
        assumed=0.1,
    ),
    settings=SpeechSettings,
    arguments=_arguments,
    flow=_flow,
    resume=_resumed,
    rules=SpeechRequest,
)
