"""302.AI over HTTP, without a framework: clients, settings, options, errors. Nothing else.

What a program does not use yet is not imported: the clients, and the options of images,
embeddings and searches, are loaded on first use.
"""

from typing import TYPE_CHECKING, Any

try:
    from core_302.config import Settings
    from core_302.errors import (
        AI302Error,
        ApiError,
        AuthenticationError,
        BudgetError,
        CertificateError,
        ClosedError,
        ConfigurationError,
        ConnectionFailedError,
        ConnectionLostError,
        ContextOverflowError,
        GatewayError,
        InvalidInputError,
        InvalidRequestError,
        JobFailedError,
        MalformedReplyError,
        ModelNotAvailableError,
        NotFoundError,
        PermissionDeniedError,
        ProxyError,
        QuotaError,
        RateLimitError,
        ReplyTooLargeError,
        RequestTimeoutError,
        StreamInterruptedError,
        TransportError,
        UnexpectedRedirectError,
        UnusableReplyError,
    )
    from core_302.lazy_imports import attribute_of
    from core_302.options.chat import ChatOptions, WebSearch
    from core_302.retry import PollPolicy, RetryPolicy
    from core_302.timeouts import Timeouts
except ModuleNotFoundError as missing:  # the package was found without what it requires
    raise ModuleNotFoundError(
        f"core_302 needs {missing.name}, which is not installed: pip install core-302",
        name=missing.name,
    ) from None

if TYPE_CHECKING:
    from core_302.async_client import AsyncClient
    from core_302.client import Client
    from core_302.options.avatar import AvatarRequest, AvatarStyle
    from core_302.options.code import CodeRequest
    from core_302.options.file import FileOptions
    from core_302.options.image import ImageRequest, OpenAIImageRequest
    from core_302.options.retrieval import EmbeddingOptions, RerankOptions, SearchOptions
    from core_302.options.speech import SpeechRequest
    from core_302.options.transcription import TranscriptionOptions
    from core_302.options.video import VideoRequest
    from core_302.tools.settings import (
        CodeSettings,
        SearchSettings,
        SpeechSettings,
        TranscriptionSettings,
        VideoSettings,
    )
    from core_302.version import __version__

__all__ = [
    "AI302Error",
    "ApiError",
    "AsyncClient",
    "AuthenticationError",
    "AvatarRequest",
    "AvatarStyle",
    "BudgetError",
    "CertificateError",
    "ChatOptions",
    "Client",
    "ClosedError",
    "CodeRequest",
    "CodeSettings",
    "ConfigurationError",
    "ConnectionFailedError",
    "ConnectionLostError",
    "ContextOverflowError",
    "EmbeddingOptions",
    "FileOptions",
    "GatewayError",
    "ImageRequest",
    "InvalidInputError",
    "InvalidRequestError",
    "JobFailedError",
    "MalformedReplyError",
    "ModelNotAvailableError",
    "NotFoundError",
    "OpenAIImageRequest",
    "PermissionDeniedError",
    "PollPolicy",
    "ProxyError",
    "QuotaError",
    "RateLimitError",
    "ReplyTooLargeError",
    "RequestTimeoutError",
    "RerankOptions",
    "RetryPolicy",
    "SearchOptions",
    "SearchSettings",
    "Settings",
    "SpeechRequest",
    "SpeechSettings",
    "StreamInterruptedError",
    "Timeouts",
    "TranscriptionOptions",
    "TranscriptionSettings",
    "TransportError",
    "UnexpectedRedirectError",
    "UnusableReplyError",
    "VideoRequest",
    "VideoSettings",
    "WebSearch",
    "__version__",
]

_MODULES = {
    "AsyncClient": "async_client",
    "AvatarRequest": "options.avatar",
    "AvatarStyle": "options.avatar",
    "Client": "client",
    "CodeRequest": "options.code",
    "CodeSettings": "tools.settings",
    "EmbeddingOptions": "options.retrieval",
    "FileOptions": "options.file",
    "ImageRequest": "options.image",
    "OpenAIImageRequest": "options.image",
    "RerankOptions": "options.retrieval",
    "SearchOptions": "options.retrieval",
    "SpeechRequest": "options.speech",
    "SearchSettings": "tools.settings",
    "SpeechSettings": "tools.settings",
    "TranscriptionOptions": "options.transcription",
    "TranscriptionSettings": "tools.settings",
    "VideoRequest": "options.video",
    "VideoSettings": "tools.settings",
    "__version__": "version",
}


def __getattr__(name: str) -> Any:
    return attribute_of(__name__, _MODULES, name)


def __dir__() -> list[str]:
    return list(__all__)
