"""Rows P1 to P20: what a gateway answers when it is not the answer."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tests.faults.row import (
    ALL,
    API,
    ASKED,
    CHAT,
    FILES,
    GOOD,
    GOOD_FOR,
    JOBS,
    STREAM,
    Expect,
    Row,
    served,
)
from tests.faults.rows_network import ONCE, lasting
from tests.scripted_server import reply, stream

MIB = 1024 * 1024
LEAST_GROWTH = 64 * MIB  # by which no reply may make the process grow
WORDS = "the server's own words"


def refusal(
    status: int, code: int | str = -10003, words: str = WORDS, **headers: str
) -> list[object]:
    """Return a refusal in the gateway's form."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"error": {"err_code": code, "message": words, "type": "api_error"}}
    return reply(status, body, headers={"request-id": "r-1", **named})


def final(error: str, status: int, **more: Any) -> Expect:
    """Return what is seen of a refusal that stays one."""
    told = {"says": WORDS, "billed": "no", "retryable": False, "request_id": "r-1", **more}
    return Expect(error, 1, status=status, **told)


def failing(status: int) -> Mapping[tuple[str, ...], Expect]:
    """Return what is seen of a status that may pass."""
    told = {"status": status, "billed": "maybe", "request_id": "r-1", "retryable": True}
    return {
        ASKED: Expect("GatewayError", 3, says=WORDS, **told),
        JOBS: Expect("GatewayError", 1, says=ONCE, **told),
        FILES: Expect("GatewayError", 3, status=status),
    }


FINAL = {
    400: "InvalidRequestError",
    401: "AuthenticationError",
    402: "QuotaError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    413: "InvalidRequestError",
    422: "InvalidRequestError",
}

REFUSALS = (
    *(
        Row(
            f"P1-{status}",
            f"HTTP {status}",
            served(refusal(status)),
            {ALL: final(error, status, err_code=-10003)},
        )
        for status, error in FINAL.items()
    ),
    Row(
        "P1-quota-429",
        "an empty quota under HTTP 429 (-10006)",
        served(refusal(429, -10006)),
        {API: final("QuotaError", 429, err_code=-10006)},
    ),
    Row(
        "P1-balance-200",
        "an empty balance under HTTP 200 (-10004)",
        served(refusal(200, -10004)),
        {API: final("QuotaError", 200, err_code=-10004)},
    ),
    Row(
        "P1-model-503",
        "no channel for the model, under HTTP 503 (-10008)",
        served(refusal(503, -10008)),
        {API: final("ModelNotAvailableError", 503, err_code=-10008)},
    ),
    Row(
        "P2-429",
        "HTTP 429, again and again: nothing was done, so that jobs are sent again too",
        served(refusal(429)),
        {ALL: Expect("RateLimitError", 3, says=WORDS, status=429, billed="no", retryable=True)},
    ),
    *(
        Row(f"P2-{status}", f"HTTP {status}, again and again", served(refusal(status)), expect)
        for status in (408, 425, 503)
        for expect in [failing(status)]
    ),
    Row(
        "P2-passes",
        "HTTP 503, then 429, then the answer",
        served(refusal(503), refusal(429), GOOD),
        {
            (*ASKED, *FILES): Expect(requests=3),
            JOBS: Expect("GatewayError", 1, says=ONCE, status=503),
        },
    ),
    *(
        Row(f"P3-{status}", f"HTTP {status}, again and again", served(refusal(status)), expect)
        for status in (500, 502, 504, 520, 521, 522, 523, 524, 529)
        for expect in [failing(status)]
    ),
)

LATER = "Fri, 20 Nov 2026 10:00:01 GMT"
LONG = 20.0  # seconds: what would be waited wrongly is longer still
NOW = "Fri, 20 Nov 2026 10:00:00 GMT"
FAR = "Fri, 31 Dec 9999 23:59:59 GMT"
BEYOND_DATES = "Fri, 31 Dec 100000 23:59:59 GMT"
PAST = "Wed, 21 Oct 2015 07:28:00 GMT"


def asks_to_wait(
    row_id: str, case: str, expect: Expect, *, slow: bool = False, **headers: str
) -> Row:
    """Return the row of a 429 with `headers`, and the answer behind it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    inject = served(refusal(429, **named), GOOD)
    return Row(row_id, case, inject, {API: expect}, core_only=slow)


WISHES = (
    asks_to_wait(
        "P4-ms",
        "`retry-after-ms: 150`",
        Expect(requests=2, within=(0.15, LONG)),
        retry_after_ms="150",
    ),
    asks_to_wait(
        "P4-seconds",
        "`Retry-After: 1`",
        Expect(requests=2, within=(1, LONG)),
        slow=True,
        retry_after="1",
    ),
    asks_to_wait(
        "P4-date",
        "`Retry-After` as a date one second after the reply's own",
        Expect(requests=2, within=(1, LONG)),
        slow=True,
        retry_after=LATER,
        date=NOW,
    ),
    *(
        asks_to_wait(
            f"P5-{name}",
            f"`Retry-After: {wish}`: no wish, or one that is over",
            Expect(requests=2, within=(0, LONG)),
            retry_after=wish,
            date=NOW,
        )
        for name, wish in {
            "zero": "0",
            "negative": "-5",
            "nan": "nan",
            "inf": "inf",
            "text": "abc",
            "empty": "",
            "past": PAST,
            "impossible": BEYOND_DATES,
        }.items()
    ),
    *(
        asks_to_wait(
            f"P5-{name}",
            f"`Retry-After: {wish}`: longer than any pause may be",
            Expect(
                "RateLimitError",
                1,
                status=429,
                retryable=True,
                retry_after=seconds,
                within=(0, LONG),
            ),
            retry_after=wish,
            date=NOW,
        )
        for name, wish, seconds in (
            ("hours", "7200", 7200.0),
            ("ages", "1e9", 1e9),
            ("year-9999", FAR, None),
        )
    ),
    Row(
        "P6-false",
        "`x-should-retry: false` on HTTP 503 is obeyed",
        served(refusal(503, x_should_retry="false"), GOOD),
        {API: Expect("GatewayError", 1, status=503, retryable=False)},
    ),
    Row(
        "P6-true",
        "`x-should-retry: true` on HTTP 400 does not make a refusal pass",
        served(refusal(400, x_should_retry="true"), GOOD),
        {API: final("InvalidRequestError", 400)},
    ),
    Row(
        "P7",
        "HTTP 429 and `retry-after-ms: 600` for ever (whole call 1.5 s, 10 retries)",
        served(refusal(429, retry_after_ms="600")),
        {API: Expect("RateLimitError", (2, 3), status=429, retry_after=0.6, within=(0.5, LONG))},
        {**lasting(1.5), "max_retries": 10},
    ),
    Row(
        "P8",
        "max_retries=0, and HTTP 503",
        served(refusal(503)),
        {API: Expect("GatewayError", 1, status=503)},
        {"max_retries": 0},
    ),
    Row(
        "P9",
        "max_retries=2, and HTTP 429",
        served(refusal(429)),
        {API: Expect("RateLimitError", 3, status=429)},
        {"max_retries": 2},
    ),
)

PAGE = b"<html><title>Just a moment...</title>" + b"<p>checking your browser</p>" * 500


def unusable(**more: Any) -> Mapping[tuple[str, ...], Expect]:
    """Return what is seen of a reply that is no answer."""
    return {API: Expect("MalformedReplyError", billed="maybe", retryable=False, **more)}


UNUSABLE = (
    Row(
        "P11-error",
        'HTTP 200 with `{"error": {...}}`',
        served(refusal(200, -10003)),
        {API: Expect("GatewayError", 1, says=WORDS, status=200, err_code=-10003)},
    ),
    Row(
        "P11-code",
        'HTTP 200 with `{"code": -1, "msg": ...}`',
        served(reply(200, {"code": -1, "msg": WORDS})),
        {API: Expect("GatewayError", 1, says=WORDS, status=200, err_code=-1)},
    ),
    Row(
        "P12-page",
        "HTTP 200 with a web page of 14 KB",
        served(reply(200, PAGE, media_type="text/html")),
        unusable(says="It begins: <html><title>Just a moment", longest=600),
    ),
    Row("P12-204", "HTTP 204 without a body", served(reply(204)), unusable(says="It is empty")),
    Row("P12-empty", "HTTP 200 with an empty body", served(reply(200)), unusable(says="is empty")),
    Row(
        "P13",
        "HTTP 200 with JSON that has neither an answer nor an error",
        served(reply(200, {"id": "c1", "choices": None})),
        unusable(),
    ),
    Row(
        "P20",
        "the server repeats the key in its refusal",
        served(refusal(401, -10005, "bad key test-key-not-real")),
        {API: Expect("AuthenticationError", says="bad key ***", status=401)},
    ),
)


@dataclass(frozen=True)
class _Packed:
    """The way's good answer, packed and labelled as `encoding`."""

    encoding: str
    times: int = 1
    cut: int = 0

    def for_way(self, way: str) -> list[object]:
        """Return the answer of `way`, as one body."""
        body = GOOD_FOR[CHAT if way == STREAM else way][0].partition(b"\r\n\r\n")[2]
        for _ in range(self.times):
            body = gzip.compress(body, mtime=0)
        body = body[: len(body) - self.cut]
        return reply(200, body, headers={"Content-Encoding": self.encoding})


@lru_cache(maxsize=2)
def bomb(start: bytes) -> bytes:
    """Return 300 MB of spaces after `start`, in 300 KB."""
    packer = zlib.compressobj(9, wbits=31)
    pieces = [packer.compress(start), *(packer.compress(b" " * MIB) for _ in range(300))]
    return b"".join([*pieces, packer.flush()])


@dataclass(frozen=True)
class _Bomb:
    """The bomb in place of any answer; packed when it is first needed."""

    status: int
    in_stream: bool = False

    def for_way(self, way: str) -> list[object]:
        """Return the bomb."""
        if not self.in_stream:
            return reply(self.status, bomb(b""), headers={"Content-Encoding": "gzip"})
        packed = bomb(b"data: ")
        pieces = [packed[at : at + 65536] for at in range(0, len(packed), 65536)]
        return stream(*pieces, headers={"Content-Encoding": "gzip"})


def small(expect: str, **more: Any) -> Expect:
    """Return what is seen of a bomb: an error, a short text, and no growth."""
    return Expect(expect, growth=LEAST_GROWTH, within=(0, 10), **more)


# Width and height are the tags 256 and 257, each a number of 32 bits.
HUGE_TIFF = bytes.fromhex(
    "49492a00080000000200000104000100000000000f00010104000100000000000f0000000000"
)
PACKED = (
    Row("P17-gzip", "the body is packed with gzip", served(_Packed("gzip")), {API: Expect()}),
    Row(
        "P17-cut",
        "the gzip is cut short",
        served(_Packed("gzip", cut=12)),
        {
            (CHAT,): Expect("ConnectionLostError", 3, says="middle of its gzip"),
            (STREAM,): Expect("StreamInterruptedError", 1, says="middle of its gzip"),
            JOBS: Expect("ConnectionLostError", 1, says=ONCE),
        },
    ),
    Row(
        "P17-twice",
        "the body is packed twice",
        served(_Packed("gzip, gzip", times=2)),
        unusable(says="was not requested"),
    ),
    *(
        Row(
            f"P17-{encoding}",
            f"the body is said to be packed as {encoding}, which was not offered",
            served(_Packed(encoding)),
            unusable(says=f"{encoding}', which was not requested"),
        )
        for encoding in ("br", "zstd", "deflate")
    ),
    Row(
        "P17-false",
        "the body is said to be gzip, and is not",
        served(_Packed("gzip", times=0)),
        unusable(says="gzip, but its body is not"),
    ),
    Row(
        "P18-answer",
        "300 KB of gzip that become 300 MB, under HTTP 200",
        served(_Bomb(200)),
        {API: small("ReplyTooLargeError", billed="maybe")},
    ),
    Row(
        "P18-refusal",
        "300 KB of gzip that become 300 MB, under HTTP 500",
        served(_Bomb(500)),
        {API: small("GatewayError", status=500)},
        {"max_retries": 0},
    ),
    Row(
        "P18-stream",
        "300 KB of gzip that become one event of 300 MB",
        served(_Bomb(200, in_stream=True)),
        {(STREAM,): small("ReplyTooLargeError", billed="maybe")},
    ),
    Row(
        "P18-pixels",
        "an image of 983,040 x 983,040 pixels, by its header",
        served(reply(200, HUGE_TIFF, media_type="image/tiff")),
        {FILES: Expect("MalformedReplyError", says="983040x983040 pixels: too many")},
    ),
    Row(
        "P18-segments",
        "an image whose header has four million parts",
        served(reply(200, b"\xff\xd8" + b"\xff\xe0\x00\x02" * 4_000_000, media_type="image/jpeg")),
        {FILES: Expect("MalformedReplyError", says="has no size in its header")},
    ),
)

ROWS = (*REFUSALS, *WISHES, *UNUSABLE, *PACKED)
