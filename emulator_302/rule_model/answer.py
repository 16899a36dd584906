"""The emulator's model: it answers by rules, so that equal requests get equal answers.

It decides in a fixed order: tool calls, requested JSON, images, the web, other talk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator_302.endpoints.search import report
from emulator_302.http.media import media_lines, shows_media
from emulator_302.rule_model.conversation import (
    BadRequest,
    Message,
    messages_of,
    question,
    tool_results,
)
from emulator_302.rule_model.hand_offs import is_hand_off, said_since
from emulator_302.rule_model.image_orders import orders_image
from emulator_302.rule_model.image_questions import (
    about_media,
    lines_of,
    look,
    needs_look,
    shown_now,
)
from emulator_302.rule_model.passages import NOT_THERE, from_passages
from emulator_302.rule_model.prompt_parts import prompt_of
from emulator_302.rule_model.retrieval_prompts import of_retrieval
from emulator_302.rule_model.small_talk import reasoning_about, simple, talk
from emulator_302.rule_model.structured import as_json, wants_json
from emulator_302.rule_model.tool_choice import calls
from emulator_302.rule_model.tool_result_summary import summary_of

__all__ = ["Answer", "BadRequest", "Facts", "Switches", "answer"]


@dataclass(frozen=True)
class Facts:
    """What a model can do."""

    id: str
    vision: bool
    tools: bool
    reasoning: bool


@dataclass(frozen=True)
class Switches:
    """Which of the gateway's own options a request turned on."""

    web_search: bool
    ocr: bool
    search_results: int
    include_sites: tuple[str, ...]
    exclude_sites: tuple[str, ...]
    reasoning_fusion: bool
    file_parse: bool
    deep_search: bool


@dataclass(frozen=True)
class Answer:
    """The model's answer, before it is cut, counted and sent."""

    text: str = ""
    reasoning: str = ""
    tool_calls: tuple[tuple[str, dict[str, Any] | str], ...] = ()
    citations: tuple[str, ...] = ()


def answer(body: Mapping[str, Any], facts: Facts, switches: Switches) -> Answer:
    """Answer a checked chat request.

    Raises:
        BadRequest: An image cannot be read, or the chosen tool is none of those given.
    """
    messages = messages_of(body)
    sees = facts.vision or switches.ocr
    # Images are read first: invalid images are refused, whatever else the request holds.
    lines = lines_of(messages) if sees and needs_look(messages) else ()
    lines += media_lines(messages)
    wanted = calls(body, messages, lines) if facts.tools and body.get("tools") else ()
    if wanted:
        return Answer(
            reasoning=_reasoning(messages, facts, switches, "a tool's result"), tool_calls=wanted
        )
    text, citations, means = _said(messages, lines, switches, sees=sees)
    if wants_json(body, messages):
        text = as_json(body, messages, (*lines, *citations), text)
    return Answer(text, _reasoning(messages, facts, switches, means), (), citations)


def _said(
    messages: list[Message], lines: tuple[str, ...], switches: Switches, *, sees: bool
) -> tuple[str, tuple[str, ...], str]:
    """Return the plain answer, its sources, and by what means it was found."""
    given = [result for result in tool_results(messages) if not is_hand_off(result.name)]
    if given:
        return summary_of(given), (), "the results of the tools"
    if tool_results(messages) and said_since(messages):
        return said_since(messages), (), "what another agent said"
    searches = switches.web_search or switches.deep_search
    if needs_look(messages) and (shown_now(messages) or not (searches or _elsewhere(messages))):
        return look(question(messages), lines, sees=sees), (), "the image"
    if shows_media(messages):
        return about_media(question(messages), lines), (), "what was attached"
    if searches:
        text, citations = report(
            question(messages),
            results=switches.search_results,
            include_sites=switches.include_sites,
            exclude_sites=switches.exclude_sites,
        )
        return text, citations, "the web"
    return _told(messages)


def _elsewhere(messages: list[Message]) -> bool:
    """Return whether a message after an image is about something else: it is not read again."""
    return simple(messages) is not None or orders_image(question(messages))


def _told(messages: list[Message]) -> tuple[str, tuple[str, ...], str]:
    """Return the answer from the texts of the conversation: a context that it holds goes first."""
    prompt = prompt_of(messages)
    grounded = of_retrieval(messages) or from_passages(prompt)
    if prompt.marked and grounded not in (None, NOT_THERE):
        return grounded, (), "the passages"
    known = simple([{"role": "user", "content": prompt.asked}] if prompt.marked else messages)
    return known or grounded or talk(messages), (), "the conversation"


def _reasoning(messages: list[Message], facts: Facts, switches: Switches, means: str) -> str:
    if not (facts.reasoning or switches.reasoning_fusion):
        return ""
    return reasoning_about(question(messages), means)
