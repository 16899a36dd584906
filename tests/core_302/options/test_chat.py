"""Every option, as the gateway's pages spell it, and what is refused before anything is sent."""

import json
import uuid
import warnings

import pytest

from core_302 import InvalidInputError, WebSearch
from core_302.endpoints.chat_request import chat_request, with_suffixes
from core_302.http import json_content
from core_302.options.chat import ChatOptions, chat_options
from tests.conftest import HELLO
from tests.scripted_server import completion, reply

LINK = "https://s2.loli.net/2024/02/01/QSWVdw9bX56gj7O.jpg"
IMAGE = [
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "这张图片有什么"},
            {"type": "image_url", "image_url": {"url": LINK}},
        ],
    }
]
USER_ID = "0d7f3c52-3f0e-4b0a-9a53-0e6c8a2f4d11"


def sent(model, messages=HELLO, **options):
    """Return the body that a call sends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # its own test is below
        return json.loads(chat_request(model, messages, chat_options(options)).content)


# The four request examples of the 302.AI API Document. Where they say "stream": false, which is
# the default, nothing is sent.
def test_the_documented_ocr_by_suffix():
    assert sent("gpt-3.5-turbo-ocr", IMAGE, ocr="gpt-4o-mini") == {
        "model": "gpt-3.5-turbo-ocr",
        "ocr_model": "gpt-4o-mini",
        "messages": IMAGE,
    }


def test_the_documented_ocr_by_field():
    assert sent("gpt-3.5-turbo", IMAGE, ocr="gpt-4o-mini") == {
        "model": "gpt-3.5-turbo",
        "ocr_model": "gpt-4o-mini",
        "messages": IMAGE,
    }


def test_the_documented_image_for_doubao_vision():
    assert sent("doubao-vision-pro-32k", IMAGE) == {
        "model": "doubao-vision-pro-32k",
        "messages": IMAGE,
    }


def test_the_documented_web_search_by_suffix_and_fields():
    messages = [{"role": "user", "content": "2025年美国总统是谁"}]
    search = WebSearch(service="search1api")
    assert sent("gpt-3.5-turbo-web-search", messages, web_search=search) == {
        "model": "gpt-3.5-turbo-web-search",
        "search-service": "search1api",
        "web-search": True,
        "messages": messages,
    }


FULL_SEARCH = WebSearch(
    service="tavily", results=3, include_sites=["arxiv.org"], exclude_sites=["x.com"]
)

ON_THE_WIRE = [
    ({}, {}),
    ({"web_search": None}, {}),
    ({"web_search": True}, {"web-search": True}),
    ({"web_search": False}, {"web-search": False}),
    (
        {"web_search": FULL_SEARCH},
        {
            "web-search": True,
            "search-service": "tavily",
            "search-results": 3,
            "search-include-sites": ["arxiv.org"],
            "search-exclude-sites": ["x.com"],
        },
    ),
    ({"web_search": {"results": 20}}, {"web-search": True, "search-results": 20}),
    ({"ocr": True}, {"ocr_model": "gpt-4o-mini"}),
    ({"ocr": "qwen-vl-ocr"}, {"ocr_model": "qwen-vl-ocr"}),
    ({"ocr": False}, {}),
    ({"ocr": "auto"}, {}),
    ({"reasoning_fusion": True}, {"r1-fusion": True}),
    ({"reasoning_fusion": False}, {}),
    ({"deep_search": True}, {"model": "gpt-4o-deep-search"}),
    ({"deep_search": "tavily"}, {"model": "gpt-4o-deep-search", "searchType": "tavily"}),
    ({"deep_search": False}, {}),
    ({"file_parse": True}, {"file-parse": True}),
    ({"file_parse": "jina"}, {"file-parse": True, "parse-service": "jina"}),
    ({"user_id": None}, {}),
    ({"user_id": USER_ID}, {"userid": USER_ID}),
    ({"user_id": uuid.UUID(USER_ID)}, {"userid": USER_ID}),
    ({"extra_body": {"tool-use-mode": 2}}, {"tool-use-mode": 2}),
    ({"web_search": True, "extra_body": {"web-search": False}}, {"web-search": False}),
    (
        {"model_suffixes": True, "ocr": True, "web_search": True},
        {"model": "gpt-4o-ocr-web-search"},
    ),
    (
        {"model_suffixes": True, "ocr": "qwen-vl-ocr", "web_search": {"results": 5}},
        {"model": "gpt-4o-ocr-web-search", "ocr_model": "qwen-vl-ocr", "search-results": 5},
    ),
    (
        {"model_suffixes": True, "reasoning_fusion": True, "web_search": True},
        {"model": "gpt-4o-r1-fusion-web-search"},
    ),
    ({"model_suffixes": True, "file_parse": True}, {"model": "gpt-4o-file-parse"}),
    ({"model_suffixes": True, "web_search": False}, {"web-search": False}),
    ({"temperature": 0, "seed": 7, "n": 2}, {"temperature": 0, "seed": 7, "n": 2}),
    ({"stop": ("a", "b")}, {"stop": ["a", "b"]}),
    ({"stop": [*"abcd"]}, {"stop": [*"abcd"]}),
    ({"stop": "longer than four letters"}, {"stop": "longer than four letters"}),
    ({"logit_bias": {"50256": -100}}, {"logit_bias": {"50256": -100}}),
    ({"thinking": {"type": "enabled"}}, {"thinking": {"type": "enabled"}}),
    ({"top_k": 5, "verbosity": "low"}, {"top_k": 5, "verbosity": "low"}),
    (
        {"service_tier": "flex", "prompt_cache_key": "k"},
        {"service_tier": "flex", "prompt_cache_key": "k"},
    ),
    (
        {"modalities": ("text", "audio"), "audio": {"voice": "alloy", "format": "mp3"}},
        {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "mp3"}},
    ),
    (
        {"prediction": {"type": "content", "content": "a"}},
        {"prediction": {"type": "content", "content": "a"}},
    ),
]


@pytest.mark.parametrize(("options", "fields"), ON_THE_WIRE, ids=[str(o) for o, _ in ON_THE_WIRE])
def test_an_option_is_sent_as_its_page_spells_it_and_nothing_else(options, fields):
    assert sent("gpt-4o", **options) == {"model": "gpt-4o", "messages": HELLO, **fields}


NEWER = "max_completion_tokens"


@pytest.mark.parametrize(
    ("model", "options", "fields"),
    [
        ("gpt-5", {"max_tokens": 5}, {NEWER: 5}),
        ("o3-mini-web-search", {"max_tokens": 5}, {NEWER: 5}),
        ("gpt-5", {"max_tokens": 5, NEWER: 7}, {NEWER: 7}),
        ("gpt-5", {"max_tokens": 5, "extra_body": {NEWER: 7}}, {NEWER: 7}),
        ("gpt-5", {"max_tokens": 5, "extra_body": {"max_tokens": 7}}, {"max_tokens": 7}),
        ("gpt-5", {}, {}),
        ("gpt-4o", {"max_tokens": 5}, {"max_tokens": 5}),
        ("deepseek-chat", {NEWER: 5}, {NEWER: 5}),
        ("a-model-nobody-knows", {"max_tokens": 5}, {"max_tokens": 5}),
    ],
)
def test_the_most_tokens_go_under_the_only_name_that_a_model_takes(model, options, fields):
    assert sent(model, **options) == {"model": model, "messages": HELLO, **fields}


@pytest.mark.parametrize(
    ("model", "reads"), [("gpt-3.5-turbo", True), ("gpt-4o", False), ("unknown-model", False)]
)
def test_ocr_auto_helps_only_a_model_that_is_known_not_to_see(model, reads):
    assert ("ocr_model" in sent(model, IMAGE, ocr="auto")) is reads


def test_ocr_auto_does_nothing_without_an_image():
    assert "ocr_model" not in sent("gpt-3.5-turbo", ocr="auto")


def test_ocr_for_a_model_that_sees_warns_once():
    options = chat_options({"ocr": True})
    with pytest.warns(UserWarning, match="can see images itself"):
        chat_request("warned-once/gpt-4o", HELLO, options)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chat_request("warned-once/gpt-4o", HELLO, options)


@pytest.mark.parametrize(
    ("model", "names", "suffixed"),
    [
        ("m-web-search", {"web_search"}, "m-web-search"),
        ("m-ocr-web-search", {"ocr", "web_search"}, "m-ocr-web-search"),
        ("mistral-ocr-latest", {"ocr"}, "mistral-ocr-latest-ocr"),
        ("m", {"web_search", "ocr", "deep_search"}, "m-ocr-deep-search-web-search"),
    ],
)
def test_a_suffix_that_is_there_is_not_doubled(model, names, suffixed):
    assert with_suffixes(model, names) == suffixed


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("tavily", WebSearch(service="tavily")),
        ("a-newer-one", WebSearch(service="a-newer-one")),
        ("true", True),
        ("No", False),
        (True, True),
    ],
)
def test_a_text_names_the_search_service_unless_it_says_yes_or_no(given, meant):
    assert ChatOptions(web_search=given).web_search == meant


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"websearch": True}, r"websearch: unknown: did you mean 'web_search'\?.*extra_body"),
        ({"frobnicate": 1}, "frobnicate: unknown.*extra_body"),
        ({"web_search": {"results": 0}}, r"web_search\.results: .*greater than or equal to 1"),
        ({"web_search": {"results": 21}}, r"web_search\.results: .*less than or equal to 20"),
        ({"web_search": {"results": 2.5}}, r"web_search\.results"),
        ({"web_search": {"result": 2}}, "web_search"),
        ({"web_search": {"include_sites": "arxiv.org"}}, r"include_sites.*list of sites"),
        ({"web_search": ""}, r"web_search\.service: .*at least 1 character"),
        ({"user_id": "bob"}, "user_id: must be a UUIDv4"),
        ({"user_id": str(uuid.uuid1())}, "user_id: must be a UUIDv4"),
        ({"user_id": 7}, "user_id: must be a UUIDv4"),
        ({"temperature": 3}, "temperature"),
        ({"n": 0}, "n: "),
        ({"ocr": ""}, "ocr"),
        ({"top_logprobs": 21}, "top_logprobs"),
        ({"top_k": 0}, "top_k"),
        ({"audio": "alloy"}, "audio"),
        ({"stop": ["a", "b", "c", "d", "e"]}, r"stop: .*at most 4 items"),
        ({"logit_bias": {"50256": 100.5}}, r"logit_bias: .*less than or equal to 100"),
        ({"logit_bias": {"50256": -101}}, r"logit_bias: .*greater than or equal to -100"),
    ],
)
def test_an_option_that_cannot_be_sent_is_refused_by_name(options, says):
    with pytest.raises(InvalidInputError, match=says):
        chat_options(options)


@pytest.mark.parametrize(
    ("model", "messages", "says"),
    [
        ("", HELLO, "model is empty"),
        ("  ", HELLO, "model is empty"),
        (None, HELLO, "model is empty"),
        ("gpt-4o", [], "messages is empty"),
        ("gpt-4o", [{"role": "user", "content": "\ud800"}], "surrogate"),
        ("gpt-4o", [{"role": "user", "content": float("nan")}], "JSON"),
        ("gpt-4o", [{"role": "user", "content": object()}], "JSON"),
    ],
)
def test_a_request_that_cannot_be_sent_is_refused(model, messages, says):
    with pytest.raises(InvalidInputError, match=says):
        chat_request(model, messages)


LONG = "data:image/png;base64," + "iVBORw0KGgo" + "A" * 200_000


def test_a_hundred_unknown_options_are_told_by_the_first_twenty_and_a_number():
    with pytest.raises(InvalidInputError) as caught:
        chat_options({f"strange_{n}": n for n in range(100)})
    message = caught.value.message
    assert message.count("unknown") == 20
    assert message.endswith("; and 80 more.")


def test_a_long_image_is_written_into_the_body_as_it_is():
    odd = 'quotes " and \\ and ü ' * 9_000
    body = {"a": [LONG, {"b": odd}], "c": (LONG,), "n": 1.5}
    written = json_content(body)
    assert json.loads(written) == {"a": [LONG, {"b": odd}], "c": [LONG], "n": 1.5}
    assert written.count(LONG.encode()) == 2


def test_a_large_body_arrives_whole(connect, server):
    server.answer(reply(200, completion()))
    shown = {"type": "image_url", "image_url": {"url": LONG * 4}}
    connect(server.url).chat(messages=[{"role": "user", "content": [shown]}])
    (seen,) = server.seen
    assert seen.json["messages"][0]["content"][0]["image_url"]["url"] == LONG * 4
    assert seen.headers["content-length"] == str(len(seen.content))
