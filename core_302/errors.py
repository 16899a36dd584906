"""What can go wrong: one class for each thing that a caller can do about it.

AI302Error
 ├─ ConfigurationError            fix the key, the URL, a timeout (also a ValueError)
 ├─ InvalidInputError             fix the message, the image or the option (also a ValueError)
 ├─ ClosedError                   the client was closed: make a new one
 ├─ BudgetError                   the limit of a tool is reached: nothing was sent
 ├─ TransportError                no complete response came
 │   ├─ ConnectionFailedError     nothing was sent, nothing was billed: try again
 │   │   ├─ CertificateError      the server did not prove who it is: name your CA
 │   │   └─ ProxyError            the proxy let nothing through: check its address and password
 │   ├─ ConnectionLostError       sent, then the connection broke: it may have been billed
 │   ├─ RequestTimeoutError       sent, then no answer in time (also a TimeoutError)
 │   └─ StreamInterruptedError    a stream ended before its end: `.partial_text` has what came
 ├─ UnusableReplyError            a response came that is not an answer: report it
 │   ├─ MalformedReplyError       an unknown shape
 │   ├─ ReplyTooLargeError        more bytes than allowed
 │   └─ UnexpectedRedirectError   a 3xx, which is never followed
 └─ ApiError                      the gateway refused: `.status`, `.err_code`, `.request_id`
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

Nothing here does I/O. Which of these a response stands for is decided in
`error_replies/from_reply.py`. No text of an error holds the key: the runners replace it wherever a
server repeats it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from typing_extensions import Self

Billed = Literal["no", "maybe"]
SHORTEST_SECRET = 8  # characters of a key, or of a header's value, that is no common word
# A name and password in an address, such as a proxy's; not the example in our own hint.
USERINFO = re.compile(r"//(?!user:password@)[^/\s?#]*@")


class AI302Error(Exception):
    """Base of every error of this project.

    Attributes:
        status: HTTP status of the response, or None if none came.
        err_code: The gateway's own code (`-10008`), or None.
        request_id: The gateway's id of the call, for its support and its cost record.
        task_id: The task that the gateway has accepted: resume it instead of paying again.
        retry_after: Seconds that the server asked to wait, or None.
        attempts: How many requests were sent for this call.
        billed: "no" if the gateway surely did no work, else "maybe".
        partial_text: The text that a stream had delivered before it broke.
        partial: What else was paid for, and came: of `embed` a list with the vector of each text,
            None for those without (None if no vector came); of an image that was read, a
            `core_302.reading.Answer` with what the model said of it, and its bill; else None.
        text_index: Of `embed` and `rerank`: the place of the text that was refused, or None.
        tokens: Of `embed`: what the vectors in `partial` were billed, as far as reported.
        cost_ids: Of what is in `partial`: the ids of the calls, by which `client.record` returns
            their cost.
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
    partial: Any = None
    text_index: int | None = None
    tokens: int = 0
    cost_ids: tuple[str, ...] = ()
    body: Any = None

    @property
    def message(self) -> str:
        """What happened, and what to do about it."""
        return str(self.args[0]) if self.args else type(self).__name__

    def add(self, sentence: str) -> None:
        """Add a sentence to the error's text."""
        text = self.message.rstrip()
        self.args = (f"{text if text.endswith('.') else text + '.'} {sentence}",)

    def redact(self, *secrets: str) -> Self:
        """Replace `secrets` wherever the server's text repeats them, and drop all traceback frames.

        A traceback keeps the variables of its frames alive, and crash reporters send them away: the
        request with its key, the response that repeats it. So an error's traceback begins where it
        leaves the core, and its causes keep their texts only. What is too short to be a secret is
        part of common words, and is not searched for.
        """
        # The longest first: one may be a part of another.
        secrets = tuple(sorted((s for s in secrets if len(s) >= SHORTEST_SECRET), key=len))[::-1]
        self.args = tuple(map(without_userinfo, self.args))
        for secret in secrets:
            self.args = tuple(_without(secret, item) for item in self.args)
            self.body = _without(secret, self.body)
            self.partial_text = self.partial_text.replace(secret, "***")
            self.request_id = _without(secret, self.request_id)
            self.task_id = _without(secret, self.task_id)
        for cause in _causes(self):
            cause.__traceback__ = None
            cause.args = tuple(map(without_userinfo, cause.args))
            for secret in secrets:
                cause.args = tuple(_without(secret, item) for item in cause.args)
        return self.with_traceback(None)


class ConfigurationError(AI302Error, ValueError):
    """A setting is missing or cannot be used. Raised before anything is sent."""


class InvalidInputError(AI302Error, ValueError):
    """A message, image or option cannot be sent. Raised before anything is sent."""


class ClosedError(AI302Error):
    """The client was used after `close()` or `aclose()`."""


class BudgetError(AI302Error):
    """A tool's limit of images or money is reached. Nothing was sent."""


class TransportError(AI302Error):
    """No complete response came."""

    retryable = True
    billed: Billed = "maybe"


class ConnectionFailedError(TransportError):
    """No connection was made, so the gateway did nothing."""

    billed: Billed = "no"


class CertificateError(ConnectionFailedError):
    """The server's certificate was not accepted. A retry cannot change that."""

    retryable = False


class ProxyError(ConnectionFailedError):
    """The proxy on the way refused the connection, with `status` if it sent one."""

    retryable = False


class ConnectionLostError(TransportError):
    """The connection broke after the request had been sent."""


class RequestTimeoutError(TransportError, TimeoutError):
    """The time limit passed after the request had been sent."""


class StreamInterruptedError(TransportError):
    """A stream ended before `[DONE]` or a finish reason; `partial_text` has what had come."""


class UnusableReplyError(AI302Error):
    """A response came that is not an answer."""

    billed: Billed = "maybe"


class MalformedReplyError(UnusableReplyError):
    """A response came in an unknown shape."""


class ReplyTooLargeError(UnusableReplyError):
    """A response, or one event of a stream, is longer than the limit."""


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
    """The rate limit is reached: wait `retry_after` seconds."""

    retryable = True


class InvalidRequestError(ApiError):
    """The gateway or the model does not accept this request."""


class ContextOverflowError(InvalidRequestError):
    """The input is longer than the model's context window."""


class GatewayError(ApiError):
    """The gateway or the model behind it failed."""

    retryable = True
    billed: Billed = "maybe"


class JobFailedError(ApiError):
    """The gateway accepted a task and then failed it. Its record says whether it was billed."""

    billed: Billed = "maybe"


def without_userinfo(text: Any) -> Any:
    """Return a text without the name and password of any address in it; anything else as it is."""
    return USERINFO.sub("//***@", text) if isinstance(text, str) else text


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what `error` came from, and what that came from."""
    waiting, known = [error.__cause__, error.__context__], {id(error)}
    while waiting:
        cause = waiting.pop()
        if cause is not None and id(cause) not in known:
            known.add(id(cause))
            waiting += [cause.__cause__, cause.__context__, *getattr(cause, "exceptions", ())]
            yield cause


def _without(secret: str, value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(secret, "***")
    if isinstance(value, Mapping):
        return {_without(secret, key): _without(secret, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_without(secret, item) for item in value)
    if isinstance(value, bytes):
        return value.replace(secret.encode(), b"***")
    return value
