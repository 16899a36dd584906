"""Rows about refusals: what the user can catch, what is repeated, and how long that takes."""

from __future__ import annotations

from tests.fidelity.asking import KEY
from tests.fidelity.judges import (
    answers,
    answers_or_says,
    asks,
    fails,
    has_status,
    hides,
    is_a,
    marks_repeats,
    says,
    takes,
)
from tests.fidelity.row import Judge, Replies, Row
from tests.fidelity.wire import answer, refusal, whole_stream

HELLO = (answers("Hello"),)
WORDS = "the server's own words"
FINAL = (400, 401, 402, 403, 404, 413, 422)  # repeating them cannot help
PASSING = (
    ("P2-common", 429, 503),
    ("P2-rare", 408, 425),
    ("P3-common", 500, 502),
    ("P3-rare", 504, 520),
    ("P3-overloaded", 529, 522),
)
NOW = {"retry-after-ms": "1"}  # so that a row need not wait for a contender's own back-off
# Values of Retry-After that are no wish, or none that a program should grant.
WISHES = ("0", "-5", "nan", "inf", "1e9", "7200", "soon", "", "Fri, 31 Dec 9999 23:59:59 GMT")
LATE = "Fri, 31 Dec 100000 23:59:59 GMT"
PAST = "Wed, 21 Oct 2015 07:28:00 GMT"


def _both(
    row_id: str, claim: str, judges: tuple[Judge, ...], replies: Replies, *, max_retries: int = 2
) -> Row:
    return Row(row_id, claim, judges, replies, replies, max_retries=max_retries)


def _then_hello(row_id: str, claim: str, judges: tuple[Judge, ...], *before: list[object]) -> Row:
    return Row(
        row_id,
        claim,
        judges,
        invoke=[*before, answer()],
        stream=[*before, whole_stream()],
    )


CLASSES = (
    *(
        _both(
            f"P1-{status}",
            f"HTTP {status} is an error with the server's words and its status, asked once",
            (fails, says(WORDS), has_status(status), asks(1, 1)),
            [refusal(status, status, WORDS)],
        )
        for status in FINAL
    ),
    _both(
        "P1-code",
        "HTTP 401 whose code is a text, as the OpenAI API has it, still is a 401",
        (fails, says(WORDS), has_status(401)),
        [refusal(401, "invalid_api_key", WORDS)],
    ),
    _both(
        "P1-quota",
        "An empty balance under HTTP 429 (insufficient_quota) is not asked again",
        (fails, says(WORDS), asks(1, 1)),
        [refusal(429, "insufficient_quota", WORDS, headers=NOW)],
    ),
    _both(
        "P1-overflow",
        "A too long input can be caught as LangChain's ContextOverflowError, "
        "which makes agents shorten it",
        (fails, is_a("ContextOverflowError")),
        [
            refusal(
                400,
                "context_length_exceeded",
                "This model's maximum context length is 8192 tokens.",
            )
        ],
    ),
    _both(
        "P1-rate",
        "HTTP 429 can be caught as LangChain's ModelRateLimitError",
        (fails, is_a("ModelRateLimitError")),
        [refusal(429, 429, WORDS)],
        max_retries=0,
    ),
    _both(
        "P20",
        "A key that the server repeats in its error is not shown",
        (fails, hides(KEY)),
        [refusal(401, 401, f"Incorrect API key provided: {KEY}")],
    ),
)

REPEATS = (
    *(
        _then_hello(
            row_id,
            f"HTTP {one}, then HTTP {two}, are both asked again, and the answer arrives",
            (*HELLO, asks(3, 3)),
            refusal(one, one, WORDS, headers=NOW),
            refusal(two, two, WORDS, headers=NOW),
        )
        for row_id, one, two in PASSING
    ),
    _then_hello(
        "P4-ms",
        "`retry-after-ms: 150` is waited for, and not much longer",
        (*HELLO, takes(0.15, 1.5), asks(2, 2)),
        refusal(429, 429, WORDS, headers={"retry-after-ms": "150"}),
    ),
    _then_hello(
        "P4-seconds",
        "`Retry-After: 1` is waited for, and not much longer",
        (*HELLO, takes(1, 2.5), asks(2, 2)),
        refusal(429, 429, WORDS, headers={"Retry-After": "1"}),
    ),
    *(
        _then_hello(
            f"P5-{number}",
            f"`Retry-After: {wish}` neither crashes nor holds the call for ever",
            (answers_or_says("Hello", WORDS), takes(0, 5)),
            refusal(429, 429, WORDS, headers={"Retry-After": wish}),
        )
        for number, wish in enumerate((*WISHES, LATE, PAST), 1)
    ),
    _then_hello(
        "P6",
        "`x-should-retry: false` is obeyed",
        (fails, says(WORDS), asks(1, 1)),
        refusal(503, 503, WORDS, headers={**NOW, "x-should-retry": "false"}),
    ),
    Row(
        "P7",
        "With a time limit of 1 s, a server that says `Retry-After: 3` to every request "
        "does not hold the call for more than 2 s",
        (fails, says(WORDS), takes(0, 2)),
        invoke=[refusal(429, 429, WORDS, headers={"Retry-After": "3"})],
        stream=[refusal(429, 429, WORDS, headers={"Retry-After": "3"})],
        timeout=1,
    ),
    _both(
        "P8",
        "max_retries=0 sends one request",
        (fails, asks(1, 1)),
        [refusal(503, 503, WORDS, headers=NOW)],
        max_retries=0,
    ),
    _both(
        "P9",
        "max_retries=2 sends three requests, and no more",
        (fails, says(WORDS), asks(3, 3)),
        [refusal(503, 503, WORDS, headers=NOW)],
    ),
    Row(
        "P10",
        "A request that is sent again carries the Idempotency-Key of the first, "
        "so that a gateway which knows it bills once",
        (*HELLO, asks(4, 4), marks_repeats),
        invoke=[refusal(503, 503, WORDS, headers=NOW), answer()] * 2,
        stream=[refusal(503, 503, WORDS, headers=NOW), whole_stream()] * 2,
        times=2,
    ),
)

ROWS = (*CLASSES, *REPEATS)
