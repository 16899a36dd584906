"""Which endpoint answers at which path. The endpoints are built on one scope, and know no other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from emulator_302.endpoints.avatars import AvatarEndpoint
from emulator_302.endpoints.dashboard import DashboardEndpoints
from emulator_302.endpoints.files import FileEndpoints
from emulator_302.endpoints.images import ImageEndpoints
from emulator_302.endpoints.openai_images import OpenAIImageEndpoints
from emulator_302.endpoints.pages import PageEndpoint
from emulator_302.endpoints.retrieval import RetrievalEndpoints
from emulator_302.http.scopes import Scope

ScopedEndpoint = Callable[[Request, Any], Awaitable[Response]]


def gets(scope: Scope) -> dict[str, ScopedEndpoint]:
    """Return what is asked for by GET, by path: free, but for the parsing of a file."""
    dashboard = DashboardEndpoints(scope.ledger)
    files = FileEndpoints(scope.files, scope.ledger, scope.layouts)
    return {
        "/v1/models": dashboard.models,
        "/dashboard/record/{request_id}": dashboard.record,
        "/dashboard/balance": dashboard.balance,
        "/302/v2/image/fetch/{task_id}": ImageEndpoints(scope.backend).fetch,
        "/jina/reader/{address:path}": PageEndpoint(scope.ledger).read,
        "/async_result": OpenAIImageEndpoints(scope.backend).result,
        "/v1/async_result": OpenAIImageEndpoints(scope.backend).result,
        "/302/file/parsing": files.parse,
        "/302/v2/mineru/task": files.poll,
    }


def posts(scope: Scope) -> dict[str, ScopedEndpoint]:
    """Return what is paid for, by path; the chat has a way of its own."""
    images, openai = ImageEndpoints(scope.backend), OpenAIImageEndpoints(scope.backend)
    retrieval = RetrievalEndpoints(scope.ledger)
    files = FileEndpoints(scope.files, scope.ledger, scope.layouts)
    return {
        "/302/image/generate": images.generate,
        "/302/v2/image/generate": images.start,
        "/v1/images/generations": openai.generate,
        "/302/images/generations": openai.generate,
        "/v1/images/edits": openai.edit,
        "/302/images/edits": openai.edit,
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
    }
