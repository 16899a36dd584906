"""The envelopes in which vendors behind the gateway put an error, mostly under HTTP 200.

To support another vendor, add a row. A code without a class is judged by its message, as every
error is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core_302.error_replies.envelope import Code, as_code
from core_302.errors import (
    ApiError,
    AuthenticationError,
    ContextOverflowError,
    GatewayError,
    InvalidRequestError,
    ModelNotAvailableError,
    PermissionDeniedError,
    QuotaError,
    RateLimitError,
)


@dataclass(frozen=True)
class VendorEnvelope:
    """How one vendor writes an error.

    Attributes:
        path: The fields that lead to the object; none is the body itself.
        code: The name of its code in there.
        words: The name of its message.
        kinds: The codes whose class is known, each to its class.
        only_known: Whether codes that are not listed are no errors, as other vendors use the
            field's name too.
    """

    path: tuple[str, ...]
    code: str
    words: str
    kinds: Mapping[Code, type[ApiError]] = field(default_factory=dict)
    only_known: bool = False

    def read(self, body: Mapping[str, Any]) -> VendorError | None:
        """Return the error that `body` reports in this form, or None."""
        found: Any = body
        for name in self.path:
            found = found.get(name) if isinstance(found, Mapping) else None
        if not isinstance(found, Mapping):
            return None
        code = as_code(found.get(self.code))
        if code is None or _is_success(code) or (self.only_known and code not in self.kinds):
            return None
        words = found.get(self.words)
        message = " ".join(words.split()) if isinstance(words, str) else ""
        return VendorError(code, message, self.kinds.get(code))


@dataclass(frozen=True)
class VendorError:
    """What a vendor's envelope says.

    Attributes:
        code: The vendor's code.
        words: Its message, in one line; may be empty.
        kind: The class that the code stands for, or None if it is not known.
    """

    code: Code
    words: str
    kind: type[ApiError] | None


SUCCESS = (0, 200)
WORDS_OF_SUCCESS = frozenset({"", "success", "ok", "none", "null"})


def _is_success(code: Code) -> bool:
    return code in SUCCESS or (isinstance(code, str) and code.lower() in WORDS_OF_SUCCESS)


# https://www.minimax.io/platform/document/error-code
MINIMAX: Mapping[Code, type[ApiError]] = {
    1000: GatewayError,
    1001: GatewayError,  # timed out
    1002: RateLimitError,
    1004: AuthenticationError,
    1008: QuotaError,  # insufficient balance
    1013: GatewayError,
    1024: GatewayError,
    1026: InvalidRequestError,  # sensitive input
    1027: InvalidRequestError,  # sensitive output
    1033: GatewayError,
    1039: RateLimitError,  # tokens
    1041: RateLimitError,  # connections
    1042: InvalidRequestError,  # too many invisible characters
    2013: InvalidRequestError,
    2045: RateLimitError,
    2049: AuthenticationError,
    2056: QuotaError,
}

# https://cloud.baidu.com/doc/WENXINWORKSHOP/s/tlmyncueh
BAIDU: Mapping[Code, type[ApiError]] = {
    4: RateLimitError,  # requests of all customers
    6: PermissionDeniedError,
    13: AuthenticationError,
    14: AuthenticationError,
    17: QuotaError,  # requests per day
    18: RateLimitError,  # requests per second
    19: QuotaError,  # requests in all
    100: AuthenticationError,
    110: AuthenticationError,
    111: AuthenticationError,
    336000: GatewayError,
    336001: InvalidRequestError,
    336002: InvalidRequestError,
    336003: InvalidRequestError,
    336004: AuthenticationError,
    336005: AuthenticationError,
    336006: InvalidRequestError,
    336007: ContextOverflowError,
    336100: GatewayError,  # busy
    336103: ContextOverflowError,
    336501: RateLimitError,  # requests per minute
    336502: RateLimitError,  # tokens per minute
}

# https://www.xfyun.cn/doc/spark/Web.html, the table of error codes
SPARK: Mapping[Code, type[ApiError]] = {
    10007: RateLimitError,
    10013: InvalidRequestError,  # sensitive input
    10014: InvalidRequestError,  # sensitive output
    10019: InvalidRequestError,  # sensitive conversation
    10110: GatewayError,  # busy
    10163: InvalidRequestError,
    10907: ContextOverflowError,
    11200: AuthenticationError,  # no access to this version, or the balance is used up
    11201: QuotaError,  # requests per day
    11202: RateLimitError,  # requests per second
    11203: RateLimitError,  # concurrent requests
}

# https://docs.bigmodel.cn/cn/api/api-code
GLM: Mapping[Code, type[ApiError]] = {
    1000: AuthenticationError,
    1001: AuthenticationError,
    1002: AuthenticationError,
    1003: AuthenticationError,
    1004: AuthenticationError,
    1112: PermissionDeniedError,  # the account is locked
    1113: QuotaError,  # in arrears
    1210: InvalidRequestError,
    1211: ModelNotAvailableError,
    1213: InvalidRequestError,
    1214: InvalidRequestError,
    1220: PermissionDeniedError,
    1261: ContextOverflowError,
    1301: InvalidRequestError,  # sensitive
    1302: RateLimitError,  # concurrent requests
    1303: RateLimitError,  # requests per period
    1304: QuotaError,  # requests per day
    1305: RateLimitError,
}

VENDOR_ENVELOPES = (
    VendorEnvelope(("base_resp",), "status_code", "status_msg", MINIMAX),
    VendorEnvelope((), "error_code", "error_msg", BAIDU),
    VendorEnvelope(("header",), "code", "message", SPARK, only_known=True),
    VendorEnvelope(("error",), "code", "message", SPARK, only_known=True),
    VendorEnvelope((), "code", "message", SPARK, only_known=True),
    VendorEnvelope(("error",), "code", "message", GLM, only_known=True),
    VendorEnvelope(("ErrorMsg",), "Code", "Msg"),  # Hunyuan
    VendorEnvelope(("Response", "Error"), "Code", "Message"),  # Tencent's cloud
)

ENVELOPE_FIELDS = frozenset({"error"}) | {
    envelope.path[0] if envelope.path else envelope.code for envelope in VENDOR_ENVELOPES
}
"""The fields of a body that may report an error beside an answer."""


def vendor_error_in(body: Any) -> VendorError | None:
    """Return the error that `body` reports in a vendor's own envelope, or None."""
    if not isinstance(body, Mapping):
        return None
    found = (envelope.read(body) for envelope in VENDOR_ENVELOPES)
    return next((error for error in found if error is not None), None)
