"""What a chat request may hold, checked like a strict gateway: an unknown field or type is refused.

The fields are those of the 302.AI API Document, read there and not in any client.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from emulator_302.http.billing import MILLION
from emulator_302.http.refusals import UnknownField
from emulator_302.rule_model.answer import BadRequest, Facts, Switches

SUFFIXES = ("-ocr", "-web-search", "-r1-fusion", "-deep-search", "-file-parse")
MOST_RESULTS = 20
MOST_CHOICES = 128
DEFAULT_RESULTS = 10
ROLES = ("system", "developer", "user", "assistant", "tool", "function")


@dataclass(frozen=True)
class Model:
    """One model of the emulator. Prices are PTC for a million tokens, and invented."""

    id: str
    vision: bool
    tools: bool
    reasoning: bool
    context: int
    input: float
    output: float

    def cost(self, read: int, written: int) -> float:
        """Return what so many tokens cost, in PTC."""
        return (read * self.input + written * self.output) / MILLION

    @property
    def facts(self) -> Facts:
        """The facts that the rule-based model needs."""
        return Facts(self.id, vision=self.vision, tools=self.tools, reasoning=self.reasoning)


@lru_cache(maxsize=1)
def models() -> dict[str, Model]:
    """Return the models by name."""
    text = resources.files("emulator_302.http").joinpath("models.json").read_text("utf-8")
    return {row["id"]: Model(**row) for row in json.loads(text)["models"]}


STAND_IN = "gpt-4o"
"""The model whose facts and prices an unknown one has, where any model is served."""


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _is_text_or_texts(value: Any) -> bool:
    return _is_text(value) or _is_texts(value)


def _is_text_or_object(value: Any) -> bool:
    return _is_text(value) or _is_object(value)


FIELDS: Mapping[str, Callable[[Any], bool]] = {
    # The OpenAI-compatible part.
    "model": _is_text,
    "messages": _is_objects,
    "temperature": _is_number,
    "top_p": _is_number,
    "n": _is_whole,
    "stream": _is_bool,
    "stream_options": _is_object,
    "stop": _is_text_or_texts,
    "max_tokens": _is_whole,
    "max_completion_tokens": _is_whole,
    "presence_penalty": _is_number,
    "frequency_penalty": _is_number,
    "logit_bias": _is_object,
    "logprobs": _is_bool,
    "top_logprobs": _is_whole,
    "user": _is_text,
    "seed": _is_whole,
    "response_format": _is_object,
    "tools": _is_objects,
    "tool_choice": _is_text_or_object,
    "parallel_tool_calls": _is_bool,
    "reasoning_effort": _is_text,
    "thinking": _is_object,
    "enable_thinking": _is_bool,
    "thinking_budget": _is_whole,
    "modalities": _is_texts,
    "audio": _is_object,
    "metadata": _is_object,
    "store": _is_bool,
    "service_tier": _is_text,
    # 302.AI's own, as its pages spell them.
    "web-search": _is_bool,
    "search-service": _is_text,
    "search-results": _is_whole,
    "search-include-sites": _is_texts,
    "search-exclude-sites": _is_texts,
    "ocr_model": _is_text,
    "r1-fusion": _is_bool,
    "deep-search": _is_bool,
    "searchType": _is_text,
    "file-parse": _is_bool,
    "parse-service": _is_text,
    "userid": _is_text,
    "tool-use-mode": _is_whole,
    "mcp_servers": _is_objects,
    "thinking-model": _is_text,
    "verbosity": _is_text,
    # The emulator's own, for trying out a client's way of sending unnamed fields.
    "x-emulator": _is_object,
}


def check(body: Any) -> dict[str, Any]:
    """Return the request without its nulls.

    Raises:
        UnknownField: It has one.
        BadRequest: It has a wrong type, or no messages.
    """
    if not isinstance(body, dict):
        raise BadRequest("Parameter error: the body is not a JSON object")
    given = {name: value for name, value in body.items() if value is not None}
    for name, value in given.items():
        if name not in FIELDS:
            raise UnknownField(400, name)
        if not FIELDS[name](value):
            raise BadRequest(f"Parameter error: {name!r} has the wrong type")
    if not given.get("model"):
        raise BadRequest("Parameter error: model is missing")
    if not given.get("messages"):
        raise BadRequest("Parameter error: messages is empty")
    if "tool_choice" in given and not given.get("tools"):
        raise BadRequest("Parameter error: tool_choice needs tools")
    if given.get("tools") == []:
        raise BadRequest("Parameter error: tools is empty")
    _check_ranges(given)
    for place, message in enumerate(given["messages"]):
        _check_message(message, f"messages[{place}]")
    return given


def _check_ranges(given: Mapping[str, Any]) -> None:
    if not 1 <= given.get("search-results", DEFAULT_RESULTS) <= MOST_RESULTS:
        raise BadRequest("Parameter error: search-results must be 1 to 20")
    if not 1 <= given.get("n", 1) <= MOST_CHOICES:
        raise BadRequest("Parameter error: n must be 1 to 128")
    for name in ("max_tokens", "max_completion_tokens"):
        if given.get(name, 1) < 1:
            raise BadRequest(f"Parameter error: {name} must be at least 1")


def _check_message(message: Mapping[str, Any], where: str) -> None:
    if message.get("role") not in ROLES:
        raise BadRequest(f"Parameter error: {where}.role is not one of {', '.join(ROLES)}")
    if not isinstance(message.get("content"), (str, list, type(None))):
        raise BadRequest(f"Parameter error: {where}.content is neither text nor parts")
    called = message.get("tool_calls") or []
    if not _is_objects(called) or not all(_is_object(call.get("function")) for call in called):
        raise BadRequest(f"Parameter error: {where}.tool_calls has the wrong type")


def base_name(model: str) -> tuple[str, set[str]]:
    """Split a model's name into its own and the suffixes that it ends in."""
    found: set[str] = set()
    while model not in models():
        suffix = next((s for s in SUFFIXES if model.endswith(s)), None)
        if suffix is None:
            break
        found.add(suffix)
        model = model.removesuffix(suffix)
    return model, found


def switches(body: Mapping[str, Any], suffixes: set[str]) -> Switches:
    """Return which of the gateway's options are on, by field or by suffix.

    A field `web-search: false` wins over the suffix (page "Chat (Search online)").
    """
    return Switches(
        web_search=body.get("web-search", "-web-search" in suffixes),
        ocr=bool(body.get("ocr_model")) or "-ocr" in suffixes,
        search_results=body.get("search-results", DEFAULT_RESULTS),
        include_sites=tuple(body.get("search-include-sites", ())),
        exclude_sites=tuple(body.get("search-exclude-sites", ())),
        reasoning_fusion=bool(body.get("r1-fusion")) or "-r1-fusion" in suffixes,
        file_parse=bool(body.get("file-parse")) or "-file-parse" in suffixes,
        deep_search=bool(body.get("deep-search")) or "-deep-search" in suffixes,
    )
