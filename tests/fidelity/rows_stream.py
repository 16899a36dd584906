"""Rows about streams that go wrong: where they end, the errors inside them, their silences."""

from __future__ import annotations

from tests.fidelity.judges import (
    answers,
    explained,
    fails,
    keeps,
    recognised,
    says,
    takes,
)
from tests.fidelity.row import Row
from tests.fidelity.wire import (
    DONE,
    answer,
    events,
    first,
    piece,
    whole_stream,
)
from tests.scripted_server import Close, Every, Reset, Stall, frame, stream

HELLO = (answers("Hello"),)
CUT = (fails, keeps("Hel"))
WHOLE = {"role": "assistant", "content": "Hello"}
LIMIT = 0.5  # seconds without content
PATIENCE = 4.0  # seconds after which a limit of half a second has surely not worked
DOWN = {"code": 502, "message": "Upstream down"}
TOLD = {"error": {"message": "upstream lost", "type": "api_error", "code": -10003}}


ENDINGS = (
    Row(
        "control",
        "A well-formed answer arrives",
        HELLO,
        invoke=[answer()],
        stream=[whole_stream()],
    ),
    Row(
        "S1",
        "A stream that ends without a finish reason and without [DONE] is an error, "
        "never a shorter answer",
        CUT,
        stream=[stream(first(), piece("Hel"))],
    ),
    Row(
        "S2-closed",
        "A connection that closes inside a stream is an error, never a shorter answer",
        CUT,
        stream=[stream(first(), piece("Hel"), Close)],
    ),
    Row(
        "S2-known",
        "... and LangChain's ModelError catches it, or it has a status",
        (*CUT, recognised),
        stream=[stream(first(), piece("Hel"), Close)],
    ),
    Row(
        "S2-reset",
        "A connection that is reset inside a stream is an error that ModelError catches",
        (fails, recognised),
        stream=[stream(first(), piece("Hel"), Reset)],
    ),
    Row(
        "S4",
        "A finish reason without [DONE] is a whole answer",
        HELLO,
        stream=[stream(first(), piece("Hello"), piece(finish="stop"))],
    ),
    Row(
        "S5",
        "[DONE] without a finish reason is a whole answer, or an error that says so",
        (keeps("Hello"),),
        stream=[stream(first(), piece("Hello"), DONE)],
    ),
)

REPEATS = (
    *(
        Row(
            f"S18-{name}",
            f"A stream whose last event repeats the whole message {how} says it once",
            HELLO,
            stream=[
                events(
                    piece("Hel"),
                    piece("lo"),
                    piece(finish="stop", choice={"message": WHOLE, **delta}),
                )
            ],
        )
        for name, how, delta in (
            ("beside", "beside an empty delta", {"delta": {}}),
            ("null", "beside a delta that is null", {"delta": None}),
            ("role", "beside a delta with the role alone", {"delta": {"role": "assistant"}}),
        )
    ),
    Row(
        "S18-only",
        "A stream whose only event carries a whole message is that answer",
        HELLO,
        stream=[stream(piece(finish="stop", choice={"message": WHOLE, "delta": {}}), DONE)],
    ),
)

ERRORS = (
    Row(
        "S6-object",
        "An error object inside a stream is raised with the server's words, after the text so far",
        (fails, says("upstream lost"), keeps("Hel")),
        stream=[stream(first(), piece("Hel"), frame(TOLD), DONE)],
    ),
    Row(
        "S6-known",
        "... and LangChain's ModelError catches it, or it has a status",
        (fails, recognised),
        stream=[stream(first(), piece("Hel"), frame(TOLD), DONE)],
    ),
    Row(
        "S6-text",
        "An error that is plain text inside a stream is raised with that text",
        (fails, says("upstream lost"), keeps("Hel")),
        stream=[stream(first(), piece("Hel"), frame({"error": "upstream lost"}), DONE)],
    ),
    *(
        Row(
            f"S6-{name}",
            f"An upstream's error {where} is an error with the server's words and the text so far, "
            "never an answer",
            (fails, says("Upstream down"), keeps("Hel")),
            invoke=[answer("Hel", finish="error", **top, choice=inside)],
            stream=[events(piece("Hel"), piece("", finish="error", **top, choice=inside))],
        )
        for name, where, top, inside in (
            ("beside", "beside the choices", {"error": DOWN}, {}),
            ("inside", "inside a choice", {}, {"error": DOWN}),
        )
    ),
    Row(
        "S6-reason",
        'A finish reason "error" is an error, never an answer',
        (fails, keeps("Hel")),
        invoke=[answer("Hel", finish="error")],
        stream=[events(piece("Hel"), piece("", finish="error"))],
    ),
    Row(
        "S6-null",
        "`error` beside good choices that is null or empty does no harm",
        HELLO,
        invoke=[answer("Hello", error=None, choice={"error": {}})],
        stream=[
            events(
                piece("Hel", error=None),
                piece("lo", error={}),
                piece(finish="stop", choice={"error": None}),
            )
        ],
    ),
    Row(
        "S6-event",
        "An `event: error` is raised with the server's words",
        (fails, says("upstream lost"), keeps("Hel")),
        stream=[
            stream(
                first(),
                piece("Hel"),
                b"event: error\n" + frame({"message": "upstream lost", "code": 500}),
                DONE,
            )
        ],
    ),
    Row(
        "S6-bare",
        "An error that stands in a stream without `data:` is raised with the server's words",
        (fails, says("upstream lost"), keeps("Hel")),
        stream=[stream(first(), piece("Hel"), frame(TOLD).removeprefix(b"data: "))],
    ),
    Row(
        "S7",
        "An event that is not JSON is an error that shows it, or that ModelError catches",
        (fails, keeps("Hel"), explained("{broken")),
        stream=[stream(first(), piece("Hel"), frame(b"{broken"), DONE)],
    ),
    Row(
        "S7-bytes",
        "An event that is not UTF-8 is an error that ModelError catches",
        (fails, keeps("Hel"), recognised),
        stream=[stream(first(), piece("Hel"), frame(b"\xff\xfe"), DONE)],
    ),
)

SILENCES = (
    Row(
        "S8-pings",
        "Comments for ever (`: ping`) are no content: the time limit ends the call",
        (fails, takes(0, PATIENCE)),
        stream=[stream(first(), Every(b": ping\n\n", 0.05))],
        timeout=LIMIT,
    ),
    Row(
        "S8-comments",
        "Comments and empty events between the pieces are ignored",
        HELLO,
        stream=[
            events(
                b": ping\n\n",
                piece("Hel"),
                b"event: ping\ndata:\n\n",
                b"data: \n\n",
                piece("lo"),
                piece(finish="stop"),
            )
        ],
    ),
    Row(
        "S9-stall",
        "A stream that falls silent is ended by the time limit, with the text so far",
        (fails, keeps("Hel"), takes(0, PATIENCE)),
        stream=[stream(first(), piece("Hel"), Stall)],
        timeout=LIMIT,
    ),
    Row(
        "S9-known",
        "... and LangChain's ModelError catches it, or it has a status",
        (fails, recognised),
        stream=[stream(first(), piece("Hel"), Stall)],
        timeout=LIMIT,
    ),
    Row(
        "S9-first",
        "A stream that opens and brings nothing is ended by the time limit",
        (fails, takes(0, PATIENCE)),
        stream=[stream(Stall)],
        timeout=LIMIT,
    ),
)

ROWS = (*ENDINGS, *REPEATS, *ERRORS, *SILENCES)
