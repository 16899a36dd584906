"""Which error a response stands for: a refusal, or an error under HTTP 200."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from core_302.error_replies.envelope import (
    code_in,
    parsed,
    retry_after_in,
    status_in,
    type_in,
    words_in,
)
from core_302.error_replies.vendor_envelopes import vendor_error_in
from core_302.error_replies.vendor_phrases import (
    KEY_WORDS,
    QUOTA_WORDS,
    RATE_WORDS,
    REQUEST_WORDS,
    says_any,
    says_overflow,
)
from core_302.errors import (
    AI302Error,
    ApiError,
    AuthenticationError,
    ContextOverflowError,
    GatewayError,
    InvalidRequestError,
    ModelNotAvailableError,
    NotFoundError,
    PermissionDeniedError,
    ProxyError,
    QuotaError,
    RateLimitError,
    UnexpectedRedirectError,
)

if TYPE_CHECKING:
    from core_302.http import Reply

Error = TypeVar("Error", bound=AI302Error)
LONGEST_MESSAGE = 2_000  # characters of a server's own words that an error repeats


WHAT_TO_DO: Mapping[type[ApiError], str] = {
    AuthenticationError: "Check the key (AI302_API_KEY or api_key=...).",
    QuotaError: "Top up the balance or raise the limit of the key in the 302.AI dashboard.",
    ModelNotAvailableError: (
        "Check the model's name: core_302.Client().models() lists those of this host."
    ),
    ContextOverflowError: "Shorten the input, or use a model with a longer context window.",
}


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

# The string codes of the documented `ErrorResponse{code, message, request_id}`, and of vendors.
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
    "too_many_prompt_tokens": ContextOverflowError,  # Perplexity
    "InvalidApiKey": AuthenticationError,  # this and the next: Alibaba
    "Arrearage": QuotaError,
    "Throttling": RateLimitError,
    "Throttling.RateQuota": RateLimitError,
    "Throttling.AllocationQuota": RateLimitError,
    "AccessDenied": PermissionDeniedError,
    "DataInspectionFailed": InvalidRequestError,
}

# The name of the kind of error, which is vaguer than a code: it counts where no status does.
BY_TYPE: Mapping[str, type[ApiError]] = {
    "invalid_request_error": InvalidRequestError,
    "BadRequestError": InvalidRequestError,  # vLLM
    "authentication_error": AuthenticationError,
    "permission_error": PermissionDeniedError,
    "not_found_error": NotFoundError,
    "rate_limit_error": RateLimitError,
    "billing_error": QuotaError,
    "overloaded_error": GatewayError,
    "api_error": GatewayError,
}

# And where there is nothing but text.
BY_PHRASE: tuple[tuple[tuple[str, ...], type[ApiError]], ...] = (
    (QUOTA_WORDS, QuotaError),
    (RATE_WORDS, RateLimitError),
    (KEY_WORDS, AuthenticationError),
    (REQUEST_WORDS, InvalidRequestError),
)

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


def error_from(reply: Reply) -> AI302Error:
    """Return the error that `reply`, whose status is not 2xx, stands for."""
    if reply.redirects:
        return _with(
            UnexpectedRedirectError(
                f"HTTP {reply.status}: the server redirects to {_host_in(reply)!r}. Redirects "
                "of API calls are not followed: set base_url to the final address."
            ),
            reply,
        )
    if reply.status == 407:
        return _with(proxy_error(407, ""), reply)
    body = parsed(reply.body)
    return api_error(body, reply, status=reply.status)


def proxy_error(status: int | None, words: str) -> ProxyError:
    """Return the error of a proxy that lets nothing through.

    A refusal (4xx) is final; a proxy that cannot reach the gateway (5xx) may reach it later.
    """
    if status == 407:
        text = "HTTP 407: the proxy requires a user name and password, or rejected the ones sent. "
        text += "Set them in HTTPS_PROXY (http://user:password@host:port), each percent-encoded."
    else:
        text = f"No connection through the proxy: {words} "
        text += "Check HTTPS_PROXY, or add the gateway's host to NO_PROXY."
    error = ProxyError(f"{text} Nothing was sent to the gateway.")
    error.status = status
    error.retryable = status is None or status >= 500
    return error


def error_in(body: Any, reply: Reply) -> ApiError | None:
    """Return the error that a body under HTTP 200 stands for, or None if it is an answer.

    Known forms: `{"error": ...}` and the envelopes of vendors, also beside `choices`, since an
    upstream that fails in the middle of an answer reports it there; and `{"code": not 0 or 200,
    "msg": ...}` of the dashboard. Beside `data`, which was paid for, it is not an error of the
    response.
    """
    if not isinstance(body, dict) or body.get("data"):
        return None
    if says_error(body.get("error")) or vendor_error_in(body) is not None:
        return api_error(body, reply, status=status_in(body) or reply.status)
    if body.get("choices"):
        return None
    code = body.get("code")
    if code in (None, 0, 200, "0", "200", "") or not (body.get("msg") or body.get("message")):
        return None
    return api_error(body, reply, status=status_in(body) or reply.status)


def error_in_choice(choice: Any, reply: Reply) -> ApiError | None:
    """Return the error that one choice of a completion or chunk reports, or None.

    It is in the choice, in its message or delta, or is the finish reason "error" alone.
    """
    if not isinstance(choice, dict):
        return None
    delta = choice.get("delta")
    # This runs for each token, and hardly any gets past here.
    if not (
        "error" in choice
        or "message" in choice
        or (isinstance(delta, dict) and "error" in delta)
        or choice.get("finish_reason") == "error"
    ):
        return None
    for level in (choice, choice.get("message"), delta):
        if isinstance(level, dict) and "error" in level and says_error(level["error"]):
            body = {"error": level["error"]}
            return api_error(body, reply, status=status_in(body) or reply.status)
    if choice.get("finish_reason") == "error":
        words = "The model's answer ended with the finish reason 'error'"
        return api_error({"error": words}, reply, status=reply.status)
    return None


def says_error(error: Any) -> bool:
    """Return whether an `error` field reports an error; null, `{}` and the like are harmless."""
    if isinstance(error, Mapping):
        return any(says_error(value) for value in error.values())
    return bool(error)


def api_error(body: Any, reply: Reply, *, status: int) -> ApiError:
    """Build the error of an error body in any of the gateway's envelopes."""
    vendor = vendor_error_in(body)
    words = (vendor.words if vendor else "") or words_in(body)
    code = vendor.code if vendor else code_in(body)
    kind = _class_of(status, code, words, type_in(body), vendor.kind if vendor else None)
    text = words[:LONGEST_MESSAGE] or "(the server gave no reason)"
    where = f"HTTP {reply.status}" + (f", err_code {code}" if code is not None else "")
    advice = WHAT_TO_DO.get(kind)
    error = kind(f"{text} ({where})" + (f". {advice}" if advice else ""))
    error.err_code = code if isinstance(code, int) else None
    error.body = body
    return _with(error, reply)


def _class_of(
    status: int,
    code: int | str | None,
    words: str,
    kind: str | None,
    by_vendor: type[ApiError] | None,
) -> type[ApiError]:
    if says_overflow(words) and status in (200, 400, 413, 422, 500):
        return ContextOverflowError
    known = by_vendor or _by_code(code) or _by_code(kind)
    if known or status >= 400:
        return known or BY_STATUS.get(status) or _by_family(status)
    by_words = (found for phrases, found in BY_PHRASE if says_any(words, phrases))
    return (BY_TYPE.get(kind) if kind else None) or next(by_words, GatewayError)


def _by_code(code: int | str | None) -> type[ApiError] | None:
    if isinstance(code, int):
        return BY_CODE.get(code)
    return BY_WORD.get(code) if code else None


def _by_family(status: int) -> type[ApiError]:
    return InvalidRequestError if status < 500 else GatewayError


def _host_in(reply: Reply) -> str:
    address = reply.headers.get("location", "")
    return address.partition("//")[2].partition("/")[0].rpartition("@")[2] or "another path"


def _with(error: Error, reply: Reply) -> Error:
    error.status = reply.status
    error.request_id = reply.request_id
    error.retry_after = retry_after_in(reply.headers)
    if reply.headers.get("x-should-retry", "").lower() == "false":
        error.retryable = False  # the vendor behind the gateway says so, and why
    return error
