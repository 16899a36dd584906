"""Rows about what a proper stream or reply holds: odd chunks, thoughts, sources, token counts."""

from __future__ import annotations

from tests.fidelity.judges import (
    answers,
    counts,
    counts_sanely,
    ends,
    links,
    thinks,
)
from tests.fidelity.row import Row
from tests.fidelity.wire import HEAD, USAGE, answer, events, first, piece, usage_event
from tests.scripted_server import frame, reply, stream

HELLO = (answers("Hello"),)
CHUNK = {**HEAD, "object": "chat.completion.chunk"}
END = piece(finish="stop")
BARE = {"role": "assistant", "content": "Hello"}
STOP = {"finish_reason": "stop"}
SEARCHED = [{"url": "https://a.example/1", "title": "One"}]
NOTES = [
    {
        "type": "url_citation",
        "url_citation": {
            "url": "https://b.example/2",
            "title": "Two",
            "start_index": 0,
            "end_index": 5,
        },
    }
]
IMAGES = [
    {"type": "image_url", "index": 0, "image_url": {"url": "https://c.example/3.png"}},
]

CHUNKS = (
    Row(
        "C3-choices-null",
        "A chunk whose `choices` is null costs nothing",
        HELLO,
        stream=[events(piece("Hel"), frame({**CHUNK, "choices": None}), piece("lo"), END)],
    ),
    Row(
        "C3-delta-null",
        "A chunk whose `delta` is null costs nothing",
        HELLO,
        stream=[
            events(
                piece("Hel"),
                frame({**CHUNK, "choices": [{"index": 0, "delta": None, "finish_reason": None}]}),
                piece("lo"),
                END,
            )
        ],
    ),
    Row(
        "C3-azure",
        "A first chunk with empty names and no choices, as Azure sends it, costs nothing",
        HELLO,
        stream=[
            stream(
                frame(
                    {
                        "id": "",
                        "object": "",
                        "created": 0,
                        "model": "",
                        "choices": [],
                        "prompt_filter_results": [{"prompt_index": 0}],
                    }
                ),
                first(),
                piece("Hello"),
                END,
                b"data: [DONE]\n\n",
            )
        ],
    ),
    Row(
        "C3-finish-twice",
        "A finish reason that is said twice is one finish reason",
        (*HELLO, ends("stop")),
        stream=[events(piece("Hello"), END, END)],
    ),
    Row(
        "P13-bare",
        "An answer with nothing but its role, its text and its finish reason is read",
        HELLO,
        invoke=[reply(200, {"choices": [{"message": BARE, **STOP}]})],
        stream=[
            stream(
                frame({"choices": [{"delta": BARE}]}),
                frame({"choices": [{"delta": {}, **STOP}]}),
                b"data: [DONE]\n\n",
            )
        ],
    ),
    Row(
        "P13-content-null",
        "A message whose content is null is an empty answer, not an error",
        (answers(""),),
        invoke=[answer(None)],
        stream=[events(piece(delta={"content": None}), END)],
    ),
    Row(
        "P13-content-parts",
        "A message whose content is a list of text parts is their text",
        HELLO,
        invoke=[answer(message={"content": [{"type": "text", "text": "Hello"}]})],
        stream=[events(piece(delta={"content": [{"type": "text", "text": "Hello"}]}), END)],
    ),
    Row(
        "P19-reason",
        "A finish reason that nobody has heard of is passed on",
        (*HELLO, ends("insufficient_system_resource")),
        invoke=[answer(finish="insufficient_system_resource")],
        stream=[events(piece("Hello"), piece(finish="insufficient_system_resource"))],
    ),
)

EXTRAS = (
    Row(
        "S18-thoughts",
        "Thoughts in `reasoning_content` arrive, and not in the text",
        (*HELLO, thinks("I think")),
        invoke=[answer(message={"reasoning_content": "I think"})],
        stream=[
            events(
                piece(delta={"reasoning_content": "I "}),
                piece(delta={"reasoning_content": "think"}),
                piece("Hello"),
                END,
            )
        ],
    ),
    Row(
        "C3-reasoning",
        "Thoughts in `reasoning` arrive, and not in the text",
        (*HELLO, thinks("I think")),
        invoke=[answer(message={"reasoning": "I think"})],
        stream=[
            events(
                piece(delta={"reasoning": "I "}),
                piece(delta={"reasoning": "think"}),
                piece("Hello"),
                END,
            )
        ],
    ),
    Row(
        "S18-citations",
        "Sources in `citations` arrive",
        (*HELLO, links("https://a.example/1")),
        invoke=[answer(citations=["https://a.example/1"])],
        stream=[events(piece("Hello", citations=["https://a.example/1"]), END)],
    ),
    Row(
        "S18-search",
        "Sources in `search_results` arrive",
        (*HELLO, links("https://a.example/1")),
        invoke=[answer(search_results=SEARCHED)],
        stream=[events(piece("Hello", search_results=SEARCHED), END)],
    ),
    Row(
        "S18-annotations",
        "Sources in a message's `annotations` arrive",
        (*HELLO, links("https://b.example/2")),
        invoke=[answer(message={"annotations": NOTES})],
        stream=[events(piece("Hello", delta={"annotations": NOTES}), END)],
    ),
    Row(
        "S18-images",
        "Images in a message's `images` arrive",
        (*HELLO, links("https://c.example/3.png")),
        invoke=[answer(message={"images": IMAGES})],
        stream=[events(piece("Hello", delta={"images": IMAGES}), END)],
    ),
)

HALF_COUNT = {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12}
FLOATS = {**USAGE, "cost": 0.0012, "cost_details": {"upstream": 0.001, "vendor": None}}
COUNTS = (
    Row(
        "S16-running",
        "Token counts that come with every chunk as a running total are counted once",
        (*HELLO, counts(10, 5)),
        stream=[
            events(
                piece("Hel", usage=HALF_COUNT),
                piece("lo", usage=USAGE),
                piece(finish="stop", usage=USAGE),
            )
        ],
    ),
    Row(
        "S16-twice",
        "Token counts that come with the finish reason and once more alone are counted once",
        (*HELLO, counts(10, 5)),
        stream=[events(piece("Hello"), piece(finish="stop", usage=USAGE), usage_event())],
    ),
    Row(
        "P14-missing",
        "An answer without token counts arrives",
        (*HELLO, counts_sanely),
        invoke=[answer(usage=None)],
        stream=[events(piece("Hello"), END)],
    ),
    Row(
        "P14-text",
        "Token counts that are text, or negative, do not spoil the answer",
        (*HELLO, counts_sanely),
        invoke=[answer(usage={"prompt_tokens": "ten", "completion_tokens": -5})],
        stream=[
            events(
                piece("Hello"),
                END,
                usage_event({"prompt_tokens": "ten", "completion_tokens": -5}),
            )
        ],
    ),
    Row(
        "P14-nulls",
        "Token counts that are null do not spoil the answer",
        (*HELLO, counts_sanely),
        invoke=[
            answer(usage={"prompt_tokens": None, "completion_tokens": None, "total_tokens": None})
        ],
        stream=[
            events(
                piece("Hello"),
                END,
                usage_event(
                    {"prompt_tokens": None, "completion_tokens": None, "total_tokens": None}
                ),
            )
        ],
    ),
    Row(
        "P14-cost",
        "Costs and nested fields of a vendor's own beside the token counts do no harm",
        (*HELLO, counts(10, 5)),
        invoke=[answer(usage=FLOATS)],
        stream=[events(piece("Hello"), piece(finish="stop", usage=FLOATS))],
    ),
)

ROWS = (*CHUNKS, *EXTRAS, *COUNTS)
