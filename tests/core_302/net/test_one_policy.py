"""How calls are repeated, tasks polled and hosts trusted is said once, to the client."""

import asyncio
import inspect
from collections.abc import AsyncGenerator

import pytest

from core_302 import (
    AI302Error,
    AsyncClient,
    AvatarRequest,
    Client,
    EmbeddingOptions,
    ImageRequest,
    OpenAIImageRequest,
    PollPolicy,
    RerankOptions,
    RetryPolicy,
    Settings,
    SpeechRequest,
)
from core_302.flows.cost import records_of
from core_302.flows.image_processing import (
    erase,
    remove_background,
    resume_processed,
    upscale,
)
from core_302.flows.speech import resume_speech, speak
from core_302.flows.transcription import transcribe
from core_302.options.image import data_uri
from core_302.options.image_processing import (
    EraseRequest,
    RemoveBackgroundRequest,
    UpscaleRequest,
)
from core_302.reading import (
    AudioReadingOptions,
    FileReadingOptions,
    ReadingOptions,
    aread_files,
    aread_pages,
    aread_recordings,
    read_files,
    read_pages,
    read_recordings,
)
from core_302.tools.capability import Capability
from core_302.tools.context import ToolContext
from core_302.tools.image_tool import drawn, finished, portrayed
from core_302.tools.read_file import READ_FILE
from core_302.tools.read_image import READ_IMAGE
from core_302.tools.settings import ReadFileSettings, ReadImageSettings, SearchSettings
from core_302.tools.web_search import SEARCH
from tests.conftest import HELLO, KEY
from tests.recordings import mp3
from tests.scans import scan
from tests.scripted_server import reply

DRAWN = {"prompt": "a fox", "model": "302ai-flux-schnell-t2i"}
IMAGE = ImageRequest(**DRAWN)
PNG = scan("x")
AVATARS = {"image": PNG, "person_type": "kid", "style": "Comic"}

BY_METHOD = {
    "chat": ("m", HELLO),
    "stream_chat": ("m", HELLO),
    "models": (),
    "record": ("1",),
    "balance": (),
    "embed": (["x"], EmbeddingOptions(model="m")),
    "rerank": ("x", ["y"], RerankOptions(model="m")),
    "search": ("x",),
    "generate_image": (IMAGE,),
    "generate_image_v2": (IMAGE,),
    "generate_image_task": (IMAGE,),
    "start_image": (IMAGE,),
    "image_task": ("1",),
    "resume_image": ("1",),
    "generate_openai_image": (OpenAIImageRequest(prompt="a fox", model="gpt-image-1"),),
    "generate_avatars": (AvatarRequest(**AVATARS),),
    "download": ("{url}/1.png",),
    "read_file": (b"\xff",),
    "resume_file": ("1",),
    "voices": (),
}
NO_FLOWS = {"run", "close", "aclose", "base_url", "settings", "retry", "polling"}

BY_FLOW = {
    "records_of": lambda: records_of(["1"]),
    "web_search": lambda: SEARCH.run(ToolContext(), SearchSettings(), {"query": "x"}),
    "read_image": lambda: READ_IMAGE.run(
        ToolContext(), ReadImageSettings(), {"image": data_uri(PNG)}
    ),
    "a file by a tool": lambda: READ_FILE.run(
        ToolContext(), ReadFileSettings(), {"file": "https://x.example/1.pdf"}
    ),
    "drawn": lambda: drawn(ToolContext(), DRAWN),
    "drawn as a task": lambda: drawn(ToolContext(), DRAWN, as_task=True),
    "portrayed": lambda: portrayed(ToolContext(), {**AVATARS, "image": "https://x.example/1.png"}),
    "finished": lambda: finished(ToolContext(), "1"),
    "transcribe": lambda: transcribe(mp3()),
    "speak": lambda: speak(SpeechRequest(text="x")),
    "resume_speech": lambda: resume_speech("1"),
    "remove_background": lambda: remove_background(RemoveBackgroundRequest(image=PNG)),
    "upscale": lambda: upscale(UpscaleRequest(image=PNG)),
    "erase": lambda: erase(EraseRequest(image=PNG, mask=PNG)),
    "resume_processed": lambda: resume_processed("1"),
}
EVERY = [*BY_METHOD, *BY_FLOW, "read_pages", "read_files", "read_recordings"]
# A call that may have cost money is sent once, whatever the policy.
PAID = [name for name in EVERY if "generate" in name or name in {"start_image", "portrayed"}]
PAID += ["drawn", "drawn as a task", "read_file", "read_files", "a file by a tool"]
PAID += ["transcribe", "read_recordings", "speak"]
PAID += ["remove_background", "upscale", "erase"]


async def ended(given):
    """Take whatever a client returns to its end."""
    if isinstance(given, AsyncGenerator):
        return [piece async for piece in given]
    return await given if inspect.isawaitable(given) else given


def ask(client, name):
    """Return what asking `client` by that name returns."""
    if name == "read_pages":
        read = read_pages if isinstance(client, Client) else aread_pages
        return read(client, PNG, ReadingOptions())
    if name == "read_files":
        read = read_files if isinstance(client, Client) else aread_files
        return read(client, b"\xff", FileReadingOptions())
    if name == "read_recordings":
        read = read_recordings if isinstance(client, Client) else aread_recordings
        return read(client, mp3(), AudioReadingOptions())
    if name in BY_FLOW:
        return client.run(BY_FLOW[name]())
    filled = [
        part.format(url=client.base_url) if name == "download" else part for part in BY_METHOD[name]
    ]
    return getattr(client, name)(*filled)


def sent(server, kind, name, **policies):
    """Return how many requests reach a server that answers 500 to each."""
    server.answer(reply(500, {"error": {"message": "broken"}}))
    host = server.url.partition("//")[2]
    settings = Settings(api_key=KEY, base_url=server.url, max_retries=0, trusted_hosts=(host,))
    policies = {"polling": PollPolicy(first_wait=0.0), **policies}

    def asked():
        with Client(settings, **policies) as client:
            said = ask(client, name)
            return list(said) if inspect.isgenerator(said) else said

    async def awaited():
        async with AsyncClient(settings, **policies) as client:
            return await ended(ask(client, name))

    with pytest.raises(AI302Error) as caught:
        asked() if kind == "sync" else asyncio.run(awaited())
    assert caught.value.attempts == len(server.seen)
    return len(server.seen)


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("name", EVERY)
def test_whoever_asks_without_retries_sends_one_request(server, kind, name):
    assert sent(server, kind, name) == 1


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("name", EVERY)
def test_whoever_asks_repeats_as_the_client_was_told(server, kind, name):
    policy = RetryPolicy(max_retries=2, jitter=lambda: 0.0)
    assert sent(server, kind, name, retry=policy) == (1 if name in PAID else 3)


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_every_method_of_a_client_is_among_them(client):
    methods = {name for name in dir(client) if not name.startswith("_")}
    assert methods - NO_FLOWS == set(BY_METHOD)


@pytest.mark.parametrize("asking", [read_pages, aread_pages, ToolContext, Capability, records_of])
def test_nothing_but_a_client_takes_a_policy(asking):
    assert not {"retry", "policy", "polling", "trusted_hosts"} & set(
        inspect.signature(asking).parameters
    )
