"""Which endpoint answers at which path. The endpoints are built on one scope, and know no other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from emulator_302.endpoints.audio import SpeechEndpoints
from emulator_302.endpoints.avatars import AvatarEndpoint
from emulator_302.endpoints.dashboard import DashboardEndpoints
from emulator_302.endpoints.files import FileEndpoints
from emulator_302.endpoints.images import ImageEndpoints
from emulator_302.endpoints.openai_images import OpenAIImageEndpoints
from emulator_302.endpoints.pages import PageEndpoint
from emulator_302.endpoints.processing import ProcessingEndpoints
from emulator_302.endpoints.retrieval import RetrievalEndpoints
from emulator_302.endpoints.sandbox import SandboxEndpoint
from emulator_302.endpoints.transcriptions import TranscriptionEndpoints
from emulator_302.endpoints.videos import VideoEndpoints
from emulator_302.http.scopes import Scope

TRANSCRIPTIONS = "/302/v1/audio/transcriptions"
ScopedEndpoint = Callable[[Request, Any], Awaitable[Response]]


def gets(scope: Scope) -> dict[str, ScopedEndpoint]:
    """Return what is asked for by GET, by path: free, but for the parsing of a file."""
    dashboard = DashboardEndpoints(scope.ledger)
    files = FileEndpoints(scope.files, scope.ledger, scope.layouts)
    speech = SpeechEndpoints(scope.backend)
    return {
        "/v1/models": dashboard.models,
        "/dashboard/record/{request_id}": dashboard.record,
        "/dashboard/balance": dashboard.balance,
        "/302/v2/image/fetch/{task_id}": ImageEndpoints(scope.backend).fetch,
        "/302/task/{task_id}/fetch": ProcessingEndpoints(scope.backend).fetch,
        "/jina/reader/{address:path}": PageEndpoint(scope.ledger).read,
        "/302/v2/video/fetch/{task_id}": VideoEndpoints(scope.backend).fetch,
        "/async_result": OpenAIImageEndpoints(scope.backend).result,
        "/v1/async_result": OpenAIImageEndpoints(scope.backend).result,
        "/302/file/parsing": files.parse,
        "/302/v2/mineru/task": files.poll,
        "/302/tts/provider": speech.voices,
        "/302/v2/audio/fetch/{task_id}": speech.fetch,
        TRANSCRIPTIONS: TranscriptionEndpoints(scope.files, scope.ledger).models,
    }


def posts(scope: Scope) -> dict[str, ScopedEndpoint]:
    """Return what is paid for, by path; the chat has a way of its own."""
    images, openai = ImageEndpoints(scope.backend), OpenAIImageEndpoints(scope.backend)
    retrieval = RetrievalEndpoints(scope.ledger)
    processing = ProcessingEndpoints(scope.backend)
    files = FileEndpoints(scope.files, scope.ledger, scope.layouts)
    return {
        "/302/image/generate": images.generate,
        "/302/v2/image/generate": images.start,
        "/v1/images/generations": openai.generate,
        "/302/images/generations": openai.generate,
        "/v1/images/edits": openai.edit,
        "/302/images/edits": openai.edit,
        "/302/submit/removebg": processing.remove_background,
        "/302/submit/upscale-v6": processing.upscale,
        "/302/submit/erase": processing.erase,
        "/302/headshot/generate": AvatarEndpoint(scope.backend).generate,
        "/v1/embeddings": retrieval.embed,
        "/jina/v1/embeddings": retrieval.embed,
        "/v1/rerank": retrieval.rerank,
        "/v1/reranks": retrieval.rerank,
        "/jina/v1/rerank": retrieval.rerank,
        "/302/general/search": retrieval.search,
        "/302/upload-file": files.upload,
        "/302/markitdown/convert": files.markitdown,
        "/302/v2/mineru/task": files.start,
        "/302/v2/video/create": VideoEndpoints(scope.backend).create,
        "/302/v2/audio/tts": SpeechEndpoints(scope.backend).speak,
        TRANSCRIPTIONS: TranscriptionEndpoints(scope.files, scope.ledger).transcribe,
        "/302/sandbox/direct_run_code": SandboxEndpoint(scope.ledger, scope.files).run_code,
    }
