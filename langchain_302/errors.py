"""Every error of the core, as the class of `langchain_core.exceptions` that matches it as well.

So `except AI302Error` and `except ModelRateLimitError` both catch it, and LangChain's retry,
fallback and summarisation middleware recognise it.
"""

from __future__ import annotations

from langchain_core import exceptions as langchain

import core_302.errors as core


class ConfigurationError(core.ConfigurationError, langchain.ModelError):
    """A setting is missing or cannot be used."""


class InvalidInputError(core.InvalidInputError, langchain.ModelInvalidRequestError):
    """A message, image or option cannot be sent."""


class ClosedError(core.ClosedError, langchain.ModelError):
    """The model was used after `close()`."""


class BudgetError(core.BudgetError, langchain.ModelError):
    """The limit of a tool is reached."""


class ConnectionFailedError(core.ConnectionFailedError, langchain.ModelConnectionError):
    """No connection was made."""


class CertificateError(core.CertificateError, langchain.ModelConnectionError):
    """The server's certificate was not accepted."""


class ProxyError(core.ProxyError, langchain.ModelConnectionError):
    """The proxy on the way refused the connection."""


class ConnectionLostError(core.ConnectionLostError, langchain.ModelConnectionError):
    """The connection broke after the request had been sent."""


class RequestTimeoutError(core.RequestTimeoutError, langchain.ModelTimeoutError):
    """The time limit passed."""


class StreamInterruptedError(core.StreamInterruptedError, langchain.ModelConnectionError):
    """A stream ended before its end."""


class MalformedReplyError(core.MalformedReplyError, langchain.ModelError):
    """A response came in an unknown shape."""


class ReplyTooLargeError(core.ReplyTooLargeError, langchain.ModelError):
    """A response is longer than the limit."""


class UnexpectedRedirectError(core.UnexpectedRedirectError, langchain.ModelError):
    """The server redirected an API call."""


class AuthenticationError(core.AuthenticationError, langchain.ModelAuthenticationError):
    """The key is missing, wrong or expired."""


class PermissionDeniedError(core.PermissionDeniedError, langchain.ModelPermissionDeniedError):
    """The key may not do this."""


class QuotaError(core.QuotaError, langchain.ModelPermissionDeniedError):
    """The balance is empty, or a limit of the key is reached."""


class NotFoundError(core.NotFoundError, langchain.ModelNotFoundError):
    """There is nothing at this address."""


class ModelNotAvailableError(core.ModelNotAvailableError, langchain.ModelNotFoundError):
    """No channel serves this model."""


class RateLimitError(core.RateLimitError, langchain.ModelRateLimitError):
    """Too many calls."""


class InvalidRequestError(core.InvalidRequestError, langchain.ModelInvalidRequestError):
    """The gateway or the model does not accept this request."""


class ContextOverflowError(
    core.ContextOverflowError, langchain.ContextOverflowError, langchain.ModelInvalidRequestError
):
    """The input is longer than the model's context window."""


class GatewayError(core.GatewayError, langchain.ModelAPIError):
    """The gateway or the model behind it failed."""


class JobFailedError(core.JobFailedError, langchain.ModelAPIError):
    """A task was accepted, and then failed."""


MATCHES: dict[type[core.AI302Error], type[core.AI302Error]] = {
    joined.__bases__[0]: joined
    for joined in (
        ConfigurationError,
        InvalidInputError,
        ClosedError,
        BudgetError,
        ConnectionFailedError,
        CertificateError,
        ProxyError,
        ConnectionLostError,
        RequestTimeoutError,
        StreamInterruptedError,
        MalformedReplyError,
        ReplyTooLargeError,
        UnexpectedRedirectError,
        AuthenticationError,
        PermissionDeniedError,
        QuotaError,
        NotFoundError,
        ModelNotAvailableError,
        RateLimitError,
        InvalidRequestError,
        ContextOverflowError,
        GatewayError,
        JobFailedError,
    )
}


def as_langchain(error: core.AI302Error) -> core.AI302Error:
    """Return `error` as the joined class, with all its attributes and its cause."""
    joined = MATCHES.get(type(error))
    if joined is None:
        return error
    same = joined(*error.args)
    vars(same).update(vars(error))
    # LangChain's name for `retryable`, on the object: two of its classes say True for errors that
    # are known not to be.
    same.is_retryable = error.retryable  # type: ignore[attr-defined]
    same.__cause__ = error.__cause__
    return same.with_traceback(error.__traceback__)


class langchain_errors:  # noqa: N801 - it is used like a function, as `contextlib.suppress` is
    """Raise the core's errors as the joined classes. A class, since each call enters it."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        if isinstance(error, core.AI302Error):
            raise as_langchain(error) from error.__cause__
