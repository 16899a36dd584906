"""What the documents leave open about chat, errors and accounts.

What is open about images, searches and the rest stands in modules of their own. Each question knows
what we and the emulator assume, and answers in the words of its assumption, so that equal texts
mean: nothing differs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.live.gateway import MODEL, Gateway, NotAskedError, content, events, refused
from core_302.catalogue import facts_about

PHOTO = Path(__file__).parents[2] / "cookbook" / "images" / "photo.png"

# Estimates of what a call may cost at most, in PTC. The first is a few tokens of a small model.
TALK, SEARCH, THINK, AVATAR = 0.001, 0.05, 0.1, 0.3

NEWS = "What is in the news about AI today?"
THOUGHTFUL = "What is 12 * 7? Answer with the number."
SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "answer",
        "schema": {
            "type": "object",
            "properties": {"answer": {"type": "string"}},
            "required": ["answer"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}
READ_OF_MODELS = (
    "id",
    "name",
    "context_length",
    "max_completion_tokens",
    "supported_tools",
    "price",
)
READ_OF_RECORDS = ("cost", "input_token", "output_token", "model")
SOURCES = ("citations", "search_results")
MOST_NAMED = 12  # models in one cell
WEATHER = "What is the weather in Paris? Use the tool."
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Return the weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}


@dataclass(frozen=True)
class Question:
    """One open point.

    Attributes:
        asks: The question.
        assumed: What we and the emulator assume.
        find: Asks the gateway, and returns what it says.
    """

    asks: str
    assumed: str
    find: Callable[[Gateway], str]


def _yes(found: object) -> str:
    return "yes" if found else "no"


def _first(body: Mapping[str, Any]) -> dict[str, Any]:
    choices = body.get("choices")
    return choices[0] if isinstance(choices, list) and choices else {}


def _created(gateway: Gateway) -> str:
    return _yes("created" in content(gateway.chat(most=TALK)))


def _both(gateway: Gateway) -> str:
    return _yes({"delta", "message"} <= _first(content(gateway.chat(most=TALK))).keys())


def _request_id(gateway: Gateway) -> str:
    return _yes(gateway.chat(most=TALK).headers.get("request-id"))


def _rate_limits(gateway: Gateway) -> str:
    names = [n for n in gateway.chat(most=TALK).headers if "ratelimit" in n or n == "retry-after"]
    return ", ".join(sorted(names)) or "none"


def _stream_usage(gateway: Gateway) -> str:
    options = {"include_usage": True}
    found = events(gateway.chat(most=TALK, stream=True, stream_options=options))
    last = found[-1] if found else {}
    return "last event, no choices" if last.get("usage") and not last.get("choices") else "other"


def _sources(body: Mapping[str, Any]) -> str:
    message = _first(body).get("message") or _first(body).get("delta") or {}
    named = [name for name in SOURCES if body.get(name)]
    named += [f"message.{name}" for name in ("annotations",) if message.get(name)]
    return ", ".join(named) or "none"


def _search(gateway: Gateway) -> str:
    return _sources(content(gateway.chat(NEWS, most=SEARCH, **{"web-search": True})))


def _search_stream(gateway: Gateway) -> str:
    found = events(gateway.chat(NEWS, most=SEARCH, stream=True, **{"web-search": True}))
    return next((said for event in found if (said := _sources(event)) != "none"), "none")


def _services(gateway: Gateway) -> str:
    names = ("bocha", "bochaai")
    fields = [{"web-search": True, "search-service": name} for name in names]
    taken = [gateway.chat(NEWS, most=SEARCH, **field).is_success for field in fields]
    return ", ".join(name for name, works in zip(names, taken, strict=True) if works) or "none"


def _thoughts(gateway: Gateway, **fields: Any) -> str:
    reply = gateway.chat(THOUGHTFUL, most=THINK, **fields)
    message = _first(content(reply)).get("message") or {}
    if not reply.is_success:
        return f"refused: {refused(reply)}"
    return "thoughts" if message.get("reasoning_content") else "no thoughts"


def _r1_fusion(gateway: Gateway) -> str:
    return _thoughts(gateway, **{"r1-fusion": True})


def _fusion(gateway: Gateway) -> str:
    return _thoughts(gateway, model=f"{MODEL}-fusion")


def _deep_search(gateway: Gateway) -> str:
    reply = gateway.chat(NEWS, most=THINK, **{"deep-search": True})
    return _sources(content(reply)) if reply.is_success else f"refused: {refused(reply)}"


def _suffix_order(gateway: Gateway) -> str:
    names = ("-ocr-web-search", "-web-search-ocr")
    taken = [gateway.chat(NEWS, most=SEARCH, model=MODEL + name).is_success for name in names]
    return ", ".join(name for name, works in zip(names, taken, strict=True) if works) or "none"


def _tool_use_modes(gateway: Gateway) -> str:
    fields = [{"tool-use-mode": mode, "tools": [TOOL]} for mode in (1, 2, 3)]
    taken = [gateway.chat(WEATHER, most=TALK, **field).is_success for field in fields]
    return ", ".join(str(place) for place, works in enumerate(taken, 1) if works) or "none"


def _prompted_tools(gateway: Gateway) -> str:
    fields: dict[str, Any] = {"tool-use-mode": 3, "tools": [TOOL], "stream": True}
    reply = gateway.chat(WEATHER, most=TALK, **fields)
    found = [_first(event).get("delta") or {} for event in events(reply)]
    if not reply.is_success:
        return f"refused: {refused(reply)}"
    return "a call in a stream" if any(d.get("tool_calls") for d in found) else "no call"


def _facts_that_differ(gateway: Gateway) -> str:
    listed = content(gateway.send("GET", "/v1/models", params={"llm": "1"})).get("data") or ()
    found = []
    for entry in (entry for entry in listed if isinstance(entry, Mapping)):
        facts, window = facts_about(str(entry.get("id"))), entry.get("context_length")
        if facts is None:
            continue
        if window and facts.context_window and window != facts.context_window:
            found.append(f"{entry['id']}: {window} (we: {facts.context_window})")
        if facts.tools is not None and entry.get("supported_tools") not in (None, facts.tools):
            found.append(f"{entry['id']}: tools {entry['supported_tools']}")
    return ", ".join(found[:MOST_NAMED]) or "none"


def _status(gateway: Gateway) -> str:
    paths = ("/v1/status", "/status")
    taken = [gateway.send("GET", path, params={"model": MODEL}).is_success for path in paths]
    return ", ".join(path for path, works in zip(paths, taken, strict=True) if works) or "neither"


def _schema(gateway: Gateway) -> str:
    return _yes(gateway.chat(most=TALK, response_format=SCHEMA).is_success)


def _unknown_field(gateway: Gateway) -> str:
    fields: dict[str, Any] = {"no-such-field": 1}
    return refused(gateway.chat(most=TALK, **fields))


def _no_key(gateway: Gateway) -> str:
    return refused(gateway.send("GET", "/v1/models", key=""))


def _wrong_key(gateway: Gateway) -> str:
    return refused(gateway.send("GET", "/v1/models", key="wrong"))


def _unknown_model(gateway: Gateway) -> str:
    return refused(gateway.chat(most=TALK, model="no-such-model"))


def _wrong_type(gateway: Gateway) -> str:
    return refused(gateway.chat(most=TALK, temperature="hot"))


def _nowhere(gateway: Gateway) -> str:
    return refused(gateway.send("GET", "/v1/no-such-thing"))


def _models(gateway: Gateway) -> str:
    listed = content(gateway.send("GET", "/v1/models", params={"llm": "1"})).get("data")
    entry = listed[0] if isinstance(listed, list) and listed else {}
    return ", ".join(name for name in READ_OF_MODELS if name in entry) or "none"


def _balance(gateway: Gateway) -> str:
    body = content(gateway.send("GET", "/dashboard/balance"))
    data = body.get("data")
    if isinstance(data, Mapping) and "balance" in data:
        return f"data.balance, {type(data['balance']).__name__}"
    return f"balance, {type(body['balance']).__name__}" if "balance" in body else "none"


def _record(gateway: Gateway) -> str:
    request_id = gateway.chat(most=TALK).headers.get("request-id")
    data = content(gateway.send("GET", f"/dashboard/record/{request_id}")).get("data")
    found = data if isinstance(data, Mapping) else {}
    return ", ".join(name for name in READ_OF_RECORDS if name in found) or "none at once"


def photo_file() -> tuple[str, bytes, str]:
    """Return the photo as a file of a form: its name, its bytes, its media type."""
    return ("photo.png", PHOTO.read_bytes(), "image/png")


def _rerank(gateway: Gateway) -> str:
    body = {"model": "jina-reranker-v2-base-multilingual", "query": "a", "documents": ["a", "b"]}
    paths = ("/v1/rerank", "/jina/v1/rerank")
    taken = [gateway.send("POST", path, most=TALK, json=body).is_success for path in paths]
    return ", ".join(path for path, works in zip(paths, taken, strict=True) if works) or "neither"


def _avatar(gateway: Gateway) -> str:
    reply = gateway.send(
        "POST",
        "/302/headshot/generate",
        most=AVATAR,
        data={"person_type": "female", "style": "5", "num": "1"},
        files={"image": photo_file()},
    )
    links = content(reply).get("headshot_url_list") or [None]
    gateway.link = links[0]
    return "taken" if gateway.link else f"refused: {refused(reply)}"


def _retention(gateway: Gateway) -> str:
    gateway.sent.append("GET the link of the avatar")
    if gateway.link is None:
        raise NotAskedError("there is no file to look at")
    headers = gateway.http.get(gateway.link).headers
    telling = [name for name in headers if "expir" in name]
    return ", ".join(sorted(telling)) or "no header says it"


CHAT_QUESTIONS = (
    Question("Has a whole reply a 'created'?", "yes", _created),
    Question("Has a choice of a whole reply 'delta' beside 'message'?", "yes", _both),
    Question("Is there a request-id header?", "yes", _request_id),
    Question("Which rate-limit headers are there?", "none", _rate_limits),
    Question("Where does a stream's usage stand?", "last event, no choices", _stream_usage),
    Question("Where are the sources of a web search?", "citations", _search),
    Question("And in a stream?", "citations", _search_stream),
    Question("Which names of the service bocha are taken?", "bocha, bochaai", _services),
    Question("What does the field r1-fusion bring?", "thoughts", _r1_fusion),
    Question("What does the suffix -fusion bring?", "refused: 503 -10008", _fusion),
    Question("What does the field deep-search bring?", "citations", _deep_search),
    Question(
        "Which orders of suffixes are taken?", "-ocr-web-search, -web-search-ocr", _suffix_order
    ),
    Question("Which values of tool-use-mode are taken?", "1, 2, 3", _tool_use_modes),
    Question("What does tool-use-mode 3 bring in a stream?", "a call in a stream", _prompted_tools),
    Question(f"Does {MODEL} take a JSON schema?", "yes", _schema),
    Question("What becomes of an unknown field?", "400 -10003", _unknown_field),
    Question("What is said without a key? (-10001)", "401 -10001", _no_key),
    Question("What is said to a wrong key? (-10005)", "401 -10005", _wrong_key),
    Question("What is said of an unknown model?", "503 -10008", _unknown_model),
    Question("What is said of a wrong type?", "400 -10003", _wrong_type),
    Question("What is said at an unknown path?", "404 -10010", _nowhere),
    Question("Which fields that we read has a model's entry?", ", ".join(READ_OF_MODELS), _models),
    Question("Which of our facts does the model list contradict?", "none", _facts_that_differ),
    Question("Which path tells a model's status? (we ask neither)", "neither", _status),
    Question("Where does the balance stand?", "data.balance, str", _balance),
    Question("What has the record of a call at once?", ", ".join(READ_OF_RECORDS), _record),
    Question("Which path reranks? (we use the first)", "/v1/rerank, /jina/v1/rerank", _rerank),
    Question("Is a file in the form field 'image' taken for an avatar?", "taken", _avatar),
    Question("How long is a made file kept?", "no header says it", _retention),
)

# Open points that no key that works can answer.
NOT_TO_BE_ASKED = (
    "the HTTP status of -10004 (empty balance) and -10006 (quota): it takes a key without money",
    "how an error looks in the middle of a stream: it cannot be provoked",
)
