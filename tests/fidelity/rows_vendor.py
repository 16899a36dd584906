"""Rows about what single vendors really send: their errors, thoughts, sources, empty answers."""

from __future__ import annotations

from tests.fidelity.judges import (
    answers,
    counts,
    deliberate,
    ends,
    fails,
    links,
    says,
    thinks,
)
from tests.fidelity.row import Row
from tests.fidelity.wire import HEAD, USAGE, answer, events, piece
from tests.scripted_server import frame, reply

HELLO = (answers("Hello"),)
END = piece(finish="stop")
HELLO_PART = {"type": "text", "text": "Hello"}
FOUND = [{"url": "https://a.example/1", "title": "One"}]

ERRORS = (
    *(
        Row(
            f"S6-{name}",
            f"An error in the envelope of {vendor}, under HTTP 200 or after text, is an error with "
            "the vendor's words",
            (fails, says(words)),
            invoke=[reply(200, {"id": "c1", "choices": None, **body})],
            stream=[events(piece("Hel"), frame({"id": "c1", "choices": None, **body}))],
        )
        for name, vendor, words, body in (
            (
                "minimax",
                "MiniMax",
                "insufficient balance",
                {"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}},
            ),
            (
                "baidu",
                "Baidu",
                "max input characters",
                {"error_code": 336007, "error_msg": "the max input characters is 4800"},
            ),
            (
                "groq",
                "Groq",
                "bad tool call",
                {
                    "error": {
                        "message": "bad tool call",
                        "type": "invalid_request_error",
                        "status_code": 400,
                    }
                },
            ),
        )
    ),
    Row(
        "S6-minimax-fine",
        "MiniMax's envelope that says success does no harm",
        HELLO,
        invoke=[answer(base_resp={"status_code": 0, "status_msg": ""})],
        stream=[
            events(
                piece("Hello", base_resp={"status_code": 0, "status_msg": ""}),
                piece(finish="stop"),
            )
        ],
    ),
)

THINKING = {"type": "thinking", "thinking": [{"type": "text", "text": "I think"}]}
DETAILS = [{"type": "reasoning.text", "text": "I think", "index": 0}]
THOUGHTS = tuple(
    Row(
        f"S18-thoughts-{name}",
        f"Thoughts in {where} arrive, and not in the text",
        (*HELLO, thinks("I think")),
        invoke=[answer(message=said)],
        stream=[events(piece(delta=said), END)],
    )
    for name, where, said in (
        ("parts", "parts of the content (Mistral)", {"content": [THINKING, HELLO_PART]}),
        (
            "details",
            "`reasoning_details` alone",
            {"content": "Hello", "reasoning_details": DETAILS},
        ),
        ("thinking", "`thinking`", {"content": "Hello", "thinking": "I think"}),
        (
            "list",
            "a `reasoning_content` that is a list",
            {"content": "Hello", "reasoning_content": [{"type": "text", "text": "I think"}]},
        ),
    )
)

HIT = {"title": "One", "link": "https://a.example/1", "content": "words"}
SOURCES = tuple(
    Row(
        f"S18-{name}",
        f"Sources in {where} arrive",
        (*HELLO, links("https://a.example/1")),
        invoke=[answer(message=said, **top)],
        stream=[events(piece("Hello", delta=said, **top), END)],
    )
    for name, where, said, top in (
        ("glm", "`web_search` with `link` (GLM)", {}, {"web_search": [HIT]}),
        (
            "qwen",
            "`search_info` (Qwen, Hunyuan)",
            {},
            {"search_info": {"search_results": FOUND}},
        ),
        ("flat", "flat `annotations`", {"annotations": FOUND}, {}),
    )
)

FILTERED = {
    **HEAD,
    "choices": [{"index": 0, "finish_reason": "content_filter"}],
    "usage": USAGE,
}
ODDITIES = (
    Row(
        "P13-filtered",
        "A choice with nothing but its finish reason (Azure) is an empty answer with its counts",
        (answers(""), ends("content_filter"), counts(10, 5)),
        invoke=[reply(200, FILTERED)],
        stream=[events(frame(FILTERED))],
    ),
    Row(
        "C3-emoji",
        "An emoji that two chunks cut between its UTF-16 halves arrives whole",
        (answers("a\U0001f99cb"),),
        stream=[events(piece("a\ud83e"), piece("\udd9cb"), END)],
    ),
    *(
        Row(
            f"P13-content-{name}",
            f"A content that is {what} is a deliberate error, never an empty answer",
            (fails, deliberate),
            invoke=[answer(message={"content": content})],
            stream=[events(piece(delta={"content": content}), END)],
        )
        for name, what, content in (
            ("number", "a number", 7),
            ("bool", "a bool", True),
            ("object", "an object", {"text": "Hello"}),
        )
    ),
    Row(
        "S16-choice",
        "Token counts inside the last choice of a stream (Moonshot) are counted",
        (*HELLO, counts(10, 5)),
        stream=[events(piece("Hello"), piece(finish="stop", choice={"usage": USAGE}))],
    ),
)

ROWS = (*ERRORS, *THOUGHTS, *SOURCES, *ODDITIES)
