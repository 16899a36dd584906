"""What a gateway, a model or a program may hand over: JSON of any shape, and replies gone astray.

Deterministic: the same examples in every run, so that a test fails for everybody or for nobody.
"""

import json
import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from core_302.http import Reply

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def examples(number):
    """Return how a property is tried; TIMES=10 in the environment tries ten times as much."""
    return settings(
        max_examples=number * int(os.environ.get("TIMES", "1")),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=SLOW,
    )


NUMBERS = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([0, -1, 1, 10**15, 10**400, -(10**30), 1e308, float("inf"), float("nan")]),
)
TEXTS = st.one_of(
    # Halves of surrogate pairs too: JSON can write them, and nothing else can read them.
    st.text(alphabet=st.characters(exclude_categories=()), max_size=12),
    st.sampled_from(
        ["", " ", "\0", "\ud800", "stop", "length", "null", "NaN", "{", '{"a": 1', "[]"]
    ),
)
IMAGE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB"
LINKS = st.sampled_from(
    [
        "https://a.example/1.png",
        "http://a.example",
        "HTTPS://a.example/x?y=%00",
        "https://[broken",
        "https://" + "x" * 9_000,
        "https://a.example/\r\nSources:",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "/etc/passwd",
        "ftp://a.example/x",
        "data:text/html;base64,PGI+",
        "data:image/png;base64,AAAA",
        "data:image/x-new;base64,!!",
        "data:;base64,A",
        "data:",
        IMAGE,
    ]
)
PLAIN = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, LINKS)
JSON = st.recursive(
    PLAIN,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)


def thing(**fields):
    """Return objects that have some of `fields`, mostly as they should be, else as anything."""
    optional = {name: st.one_of(value, value, value, JSON) for name, value in fields.items()}
    return st.fixed_dictionaries({}, optional=optional)


def several(one):
    return st.lists(one, max_size=3)


TOOL_CALL = thing(
    id=TEXTS,
    index=NUMBERS,
    type=st.just("function"),
    extra_content=JSON,
    function=thing(name=TEXTS, arguments=st.one_of(TEXTS, JSON, JSON.map(json.dumps))),
)
SOURCE = thing(
    url=LINKS, title=TEXTS, start_index=NUMBERS, end_index=NUMBERS, content=TEXTS, snippet=TEXTS
)
IMAGE_PART = thing(type=TEXTS, image_url=st.one_of(LINKS, thing(url=LINKS)), text=TEXTS)
KINDS = st.sampled_from(["text", "thinking", "reasoning.text", "reasoning", "summary_text"])
DETAIL = thing(
    type=KINDS,
    text=TEXTS,
    thinking=st.one_of(TEXTS, several(thing(type=KINDS, text=TEXTS))),
    summary=TEXTS,
    signature=TEXTS,
    data=TEXTS,
    id=TEXTS,
    index=NUMBERS,
)
MESSAGE = thing(
    role=TEXTS,
    content=st.one_of(TEXTS, several(st.one_of(IMAGE_PART, DETAIL))),
    reasoning_details=several(DETAIL),
    extra_content=JSON,
    thinking=st.one_of(TEXTS, DETAIL),
    function_call=thing(name=TEXTS, arguments=TEXTS),
    reasoning_content=TEXTS,
    reasoning=TEXTS,
    refusal=TEXTS,
    tool_calls=several(TOOL_CALL),
    annotations=several(st.one_of(thing(type=TEXTS, url_citation=SOURCE), SOURCE, LINKS)),
    images=several(IMAGE_PART),
    audio=thing(id=TEXTS, data=st.one_of(TEXTS, st.just("UklGRg==")), transcript=TEXTS),
)
LOGPROBS = thing(
    content=several(
        thing(
            token=TEXTS,
            logprob=NUMBERS,
            bytes=several(NUMBERS),
            top_logprobs=several(thing(token=TEXTS, logprob=NUMBERS, bytes=several(NUMBERS))),
        )
    )
)
DETAILS = thing(cached_tokens=NUMBERS, reasoning_tokens=NUMBERS, audio_tokens=NUMBERS)
USAGE = thing(
    prompt_tokens=NUMBERS,
    completion_tokens=NUMBERS,
    input_tokens=NUMBERS,
    output_tokens=NUMBERS,
    total_tokens=NUMBERS,
    cached_tokens=NUMBERS,
    cache_creation_input_tokens=NUMBERS,
    prompt_tokens_details=DETAILS,
    completion_tokens_details=DETAILS,
)
ABOUT = {
    "id": TEXTS,
    "model": TEXTS,
    "created": NUMBERS,
    "system_fingerprint": TEXTS,
    "service_tier": TEXTS,
    "usage": USAGE,
    "citations": several(st.one_of(LINKS, SOURCE)),
    "search_results": several(SOURCE),
    "web_search": several(thing(link=LINKS, title=TEXTS, content=TEXTS)),
    "search_info": thing(search_results=several(SOURCE)),
    "base_resp": thing(status_code=st.sampled_from([0, 1008, "0"]), status_msg=TEXTS),
    "error_code": st.sampled_from([0, None, 336007]),
}
ERROR = thing(
    error=st.one_of(
        TEXTS, thing(err_code=NUMBERS, message=TEXTS, message_cn=TEXTS, type=TEXTS, code=TEXTS)
    ),
    code=NUMBERS,
    msg=TEXTS,
    data=JSON,
)


def choice(name):
    """Return a choice that has its message: without, hardly anything would be tried."""
    rest = thing(index=NUMBERS, finish_reason=TEXTS, logprobs=LOGPROBS)
    return st.tuples(MESSAGE, rest).map(lambda parts: {name: parts[0], **parts[1]})


def answer(name):
    several_choices = st.lists(choice(name), min_size=1, max_size=2)
    return st.tuples(several_choices, thing(**ABOUT)).map(
        lambda parts: {"choices": parts[0], **parts[1]}
    )


COMPLETION = answer("message")
CHUNK = answer("delta")
IMAGES = thing(
    image_url=LINKS,
    image_urls=several(LINKS),
    headshot_url_list=several(LINKS),
    task_id=TEXTS,
    status=st.sampled_from(["completed", "failed", "pending", ""]),
    error=JSON,
    usage=USAGE,
    ai302_cost_request_ids=several(TEXTS),
    data=st.one_of(
        several(thing(url=LINKS, b64_json=st.sampled_from(["", "AAAA", IMAGE[22:], "!"]))),
        thing(
            data=several(LINKS),
            output=st.one_of(LINKS, several(LINKS), JSON.map(json.dumps)),
        ),
    ),
)


def encoded(value):
    """Return JSON as a server writes it: with halves of pairs as escapes, NaN as Python does."""
    return json.dumps(value).encode()


def reply_of(body, status=200, **headers):
    return Reply(status, {"content-type": "application/json", **headers}, body)
