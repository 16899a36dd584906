"""What can go wrong: one class for each thing that a caller can do about it.

AI302Error
 ├─ ConfigurationError            fix the key, the URL, a time-out (also a ValueError)
 ├─ InvalidInputError             fix the message, the picture or the option (also a ValueError)
 ├─ ClosedError                   the client was closed: make a new one
 ├─ BudgetError                   the limit of a tool is reached: nothing was sent
 ├─ TransportError                no complete reply came
 │   ├─ ConnectionFailedError     nothing was sent, nothing was billed: try again
 │   │   ├─ CertificateError      the server did not prove who it is: name your CA
 │   │   └─ ProxyError            the proxy let nothing through: check its address and password
 │   ├─ ConnectionLostError       sent, then the connection broke: it may have been billed
 │   ├─ RequestTimeoutError       sent, then silence (also a TimeoutError)
 │   └─ StreamInterruptedError    a stream ended before its end: `.partial_text` has what came
 ├─ UnusableReplyError            a reply came that is no answer: report it
 │   ├─ MalformedReplyError       a shape that we do not know
 │   ├─ ReplyTooLargeError        more bytes than allowed
 │   └─ UnexpectedRedirectError   a 3xx, which is never followed
 └─ ApiError                      the gateway said no: `.status`, `.err_code`, `.request_id`
     ├─ AuthenticationError       401: change the key
     ├─ PermissionDeniedError     403: ask for access
     ├─ QuotaError                402, empty balance, limit of the key: top up
     ├─ NotFoundError             404: change the address
     ├─ ModelNotAvailableError    503 with -10008: change the model
     ├─ RateLimitError            429: wait `.retry_after` seconds
     ├─ InvalidRequestError       any other 4xx: change the request
     │   └─ ContextOverflowError  the input is longer than the model's window: shorten it
     ├─ GatewayError              408, 409, 425, 5xx: try later
     └─ JobFailedError            a task was accepted, and then failed

Nothing here does I/O. `error_from` reads any refusal, `error_in` finds an error under HTTP 200.
No text of an error holds the key: the shells replace it wherever a server repeats it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from core_302.envelopes import code_in, parsed, retry_after_in, status_in, words_in
from core_302.refusals import says_overflow

if TYPE_CHECKING:
    from typing_extensions import Self

    from core_302.http import Reply

LONGEST_MESSAGE = 2_000  # characters of a server's own words that an error repeats

Billed = Literal["no", "maybe"]
Error = TypeVar("Error", bound="AI302Error")


class AI302Error(Exception):
    """Base of every error of this project.

    Attributes:
        status: HTTP status of the reply, or None if none came.
        err_code: The gateway's own code (`-10008`), or None.
        request_id: The gateway's id of the call, for its support and its cost record.
        task_id: The task that the gateway has accepted: resume it instead of paying again.
        retry_after: Seconds that the server asked to wait, or None.
        attempts: How many requests were sent for this call.
        billed: "no" if the gateway surely did no work, else "maybe".
        partial_text: The text that a stream had brought before it broke.
        body: The error body as the server sent it (parsed JSON, or text), or None.
    """

    retryable: bool = False
    """Whether sending the same call again may succeed."""

    status: int | None = None
    err_code: int | None = None
    request_id: str | None = None
    task_id: str | None = None
    retry_after: float | None = None
    attempts: int = 0
    billed: Billed = "no"
    partial_text: str = ""
    body: Any = None

    @property
    def message(self) -> str:
        """What happened, and what to do, in one text."""
        return str(self.args[0]) if self.args else type(self).__name__

    def add(self, sentence: str) -> None:
        """Add what else its reader should know."""
        said = self.message.rstrip()
        self.args = (f"{said if said.endswith('.') else said + '.'} {sentence}",)

    def redact(self, *secrets: str) -> Self:
        """Replace `secrets` wherever the server's words repeat them, and let go of all frames.

        A traceback keeps the variables of its frames alive, and crash reporters send them away:
        the request with its key, the reply that repeats it. So an error begins where it leaves the
        core, and its causes keep their words alone.
        """
        for secret in secrets:
            self.args = tuple(_without(secret, item) for item in self.args)
            self.body = _without(secret, self.body)
            self.partial_text = self.partial_text.replace(secret, "***")
            self.request_id = _without(secret, self.request_id)
            self.task_id = _without(secret, self.task_id)
        for cause in _causes(self):
            cause.__traceback__ = None
            for secret in secrets:
                cause.args = tuple(_without(secret, item) for item in cause.args)
        return self.with_traceback(None)


class ConfigurationError(AI302Error, ValueError):
    """A setting is missing or cannot be used. Raised before anything is sent."""


class InvalidInputError(AI302Error, ValueError):
    """A message, picture or option cannot be sent. Raised before anything is sent."""


class ClosedError(AI302Error):
    """The client was used after `close()` or `aclose()`."""


class BudgetError(AI302Error):
    """The limit of pictures or of money that a tool was given is reached. Nothing was sent."""


class TransportError(AI302Error):
    """No complete reply came."""

    retryable = True
    billed: Billed = "maybe"


class ConnectionFailedError(TransportError):
    """No connection was made, so the gateway did nothing."""

    billed: Billed = "no"


class CertificateError(ConnectionFailedError):
    """The server's certificate was not accepted. Asking again cannot change that."""

    retryable = False


class ProxyError(ConnectionFailedError):
    """The proxy on the way refused the connection, with `status` if it said one."""

    retryable = False


class ConnectionLostError(TransportError):
    """The connection broke after the request had been sent."""


class RequestTimeoutError(TransportError, TimeoutError):
    """The time limit passed after the request had been sent."""


class StreamInterruptedError(TransportError):
    """A stream ended before `[DONE]` or a finish reason; `partial_text` has what had come."""


class UnusableReplyError(AI302Error):
    """A reply came that is no answer."""

    billed: Billed = "maybe"


class MalformedReplyError(UnusableReplyError):
    """A reply came in a shape that we do not know."""


class ReplyTooLargeError(UnusableReplyError):
    """A reply, or one event of a stream, is longer than the limit."""


class UnexpectedRedirectError(UnusableReplyError):
    """The server redirected an API call. It is not followed: the body and the key stay here."""

    billed: Billed = "no"


class ApiError(AI302Error):
    """The gateway refused or failed the call."""


class AuthenticationError(ApiError):
    """The key is missing, wrong or expired."""


class PermissionDeniedError(ApiError):
    """The key may not do this."""


class QuotaError(ApiError):
    """The balance is empty or a limit of the key is reached. Waiting seconds does not help."""


class NotFoundError(ApiError):
    """There is nothing at this address."""


class ModelNotAvailableError(ApiError):
    """No channel serves this model: its name is wrong, or it was retired."""


class RateLimitError(ApiError):
    """Too many calls: wait `retry_after` seconds."""

    retryable = True


class InvalidRequestError(ApiError):
    """The gateway or the model does not accept this request."""


class ContextOverflowError(InvalidRequestError):
    """The input is longer than the model's context window."""


class GatewayError(ApiError):
    """The gateway or the model behind it failed."""

    retryable = True
    billed: Billed = "maybe"


WHAT_TO_DO: Mapping[type[ApiError], str] = {
    AuthenticationError: "Check the key (AI302_API_KEY or api_key=...).",
    QuotaError: "Top up the balance or raise the limit of the key in the 302.AI dashboard.",
    ModelNotAvailableError: (
        "Check the model's name: core_302.Client().models() lists those of this host."
    ),
    ContextOverflowError: "Shorten the input, or use a model with a longer context window.",
}


def error_from(reply: Reply) -> AI302Error:
    """Return the error that `reply`, whose status is no 2xx, stands for."""
    if reply.redirects:
        return _with(
            UnexpectedRedirectError(
                f"HTTP {reply.status}: the server redirects to {_host_in(reply)!r}. API calls "
                "follow no redirect; set base_url to the address that answers."
            ),
            reply,
        )
    if reply.status == 407:
        return _with(proxy_error(407, ""), reply)
    body = parsed(reply.body)
    return api_error(body, reply, status=reply.status)


def proxy_error(status: int | None, words: str) -> ProxyError:
    """Return the error of a proxy that lets nothing through.

    A refusal (4xx) stays one; a proxy that cannot reach the gateway (5xx) may reach it later.
    """
    if status == 407:
        said = "HTTP 407: the proxy wants a user name and a password, or does not know these. "
        said += "Set them in HTTPS_PROXY (http://user:password@host:port), each percent-encoded."
    else:
        said = f"No connection through the proxy: {words} "
        said += "Check HTTPS_PROXY, or name the gateway's host in NO_PROXY."
    error = ProxyError(f"{said} Nothing was sent to the gateway.")
    error.status = status
    error.retryable = status is None or status >= 500
    return error


def error_in(body: Any, reply: Reply) -> ApiError | None:
    """Return the error that a body under HTTP 200 stands for, or None if it is an answer.

    Known forms: `{"error": ...}`, and `{"code": not 0 or 200, "msg": ...}` of the dashboard.
    """
    if not isinstance(body, dict) or body.get("choices") or body.get("data"):
        return None
    if body.get("error"):
        return api_error(body, reply, status=status_in(body) or reply.status)
    code = body.get("code")
    if code in (None, 0, 200, "0", "200", "") or not (body.get("msg") or body.get("message")):
        return None
    return api_error(body, reply, status=status_in(body) or reply.status)


def api_error(body: Any, reply: Reply, *, status: int) -> ApiError:
    """Build the error of an error body in any of the gateway's envelopes."""
    words = words_in(body)
    code = code_in(body)
    kind = _class_of(status, code, words)
    text = words[:LONGEST_MESSAGE] or "(the server gave no reason)"
    where = f"HTTP {reply.status}" + (f", err_code {code}" if code is not None else "")
    advice = WHAT_TO_DO.get(kind)
    error = kind(f"{text} ({where})" + (f". {advice}" if advice else ""))
    error.err_code = code if isinstance(code, int) else None
    error.body = body
    return _with(error, reply)


class JobFailedError(ApiError):
    """The gateway accepted a task and then failed it. Its record says whether it was billed."""

    billed: Billed = "maybe"


# What each `err_code` means, from the message tables of 302.AI's own web tools
# (research: 302_facts_proof messages/en.json, 302_ai_image_creative_station errorToast.tsx).
# -10003 is missing on purpose: it stands for "Network error" and for "Parameter error" alike,
# so the HTTP status decides.
BY_CODE: Mapping[int, type[ApiError]] = {
    -10001: AuthenticationError,  # missing key
    -10002: PermissionDeniedError,  # tool disabled or deleted
    -10004: QuotaError,  # insufficient balance
    -10005: AuthenticationError,  # credential expired
    -10006: QuotaError,  # total quota
    -10007: QuotaError,  # daily quota
    -10008: ModelNotAvailableError,  # no available channel; an unknown model says this as a 503
    -10009: InvalidRequestError,  # function not supported
    -10010: NotFoundError,  # resource not found
    -10011: InvalidRequestError,  # invalid request
    -10012: QuotaError,  # hourly quota of a free tool
    -10018: QuotaError,  # monthly quota
    -1024: GatewayError,  # the model's own interface timed out
}

# The word codes of the documented `ErrorResponse{code, message, request_id}`.
BY_WORD: Mapping[str, type[ApiError]] = {
    "Unauthorized": AuthenticationError,
    "invalid_api_key": AuthenticationError,
    "InvalidParameter": InvalidRequestError,
    "MissingParameter": InvalidRequestError,
    "RateLimitExceeded": RateLimitError,
    "rate_limit_exceeded": RateLimitError,
    "InsufficientBalance": QuotaError,
    "insufficient_quota": QuotaError,
    "InternalError": GatewayError,
    "context_length_exceeded": ContextOverflowError,
    "context_window_exceeded": ContextOverflowError,
    "model_context_window_exceeded": ContextOverflowError,
    "request_too_large": ContextOverflowError,
}

BY_STATUS: Mapping[int, type[ApiError]] = {
    401: AuthenticationError,
    402: QuotaError,
    403: PermissionDeniedError,
    404: NotFoundError,
    408: GatewayError,
    409: GatewayError,
    425: GatewayError,
    429: RateLimitError,
    499: GatewayError,  # seen from the gateway on long image jobs
}


def _class_of(status: int, code: int | str | None, words: str) -> type[ApiError]:
    if says_overflow(words) and status in (200, 400, 413, 422, 500):
        return ContextOverflowError
    if isinstance(code, int) and code in BY_CODE:
        return BY_CODE[code]
    if isinstance(code, str) and code in BY_WORD:
        return BY_WORD[code]
    if status in BY_STATUS:
        return BY_STATUS[status]
    return InvalidRequestError if 400 <= status < 500 else GatewayError


def _host_in(reply: Reply) -> str:
    address = reply.headers.get("location", "")
    return address.partition("//")[2].partition("/")[0].rpartition("@")[2] or "another path"


def _with(error: Error, reply: Reply) -> Error:
    error.status = reply.status
    error.request_id = reply.request_id
    error.retry_after = retry_after_in(reply.headers)
    if reply.headers.get("x-should-retry", "").lower() == "false":
        error.retryable = False  # vendors behind the gateway say so, and know why
    return error


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what `error` came from, and what that came from."""
    waiting, known = [error.__cause__, error.__context__], {id(error)}
    while waiting:
        cause = waiting.pop()
        if cause is not None and id(cause) not in known:
            known.add(id(cause))
            waiting += [cause.__cause__, cause.__context__]
            yield cause


def _without(secret: str, value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(secret, "***")
    if isinstance(value, Mapping):
        return {_without(secret, key): _without(secret, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(secret, item) for item in value]
    return value
