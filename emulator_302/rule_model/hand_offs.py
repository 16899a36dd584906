"""Tools that hand the conversation over to another agent, as the frameworks make them.

LangGraph makes one tool for each agent; LlamaIndex makes one for all, which is read as several.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from emulator_302.rule_model.conversation import Message, Tool, last_user, text_of
from emulator_302.rule_model.wording import stem, stems, word_set

NAME = re.compile(
    r"(?:transfer|hand_?off|delegate|escalate)(?:_task)?(?:_back)?_to_(?P<agent>\w+)|hand_?off",
    re.IGNORECASE,
)
# Words of such a tool that say nothing about the agent's field.
GENERIC = frozenset(
    stem(word)
    for word in word_set(
        "agent assistant expert specialist team transfer hand handoff ask help user request "
        "conversation another handles handle responsible delegate escalate task question questions"
    )
)
AGENTS = re.compile(r"\{.*\}", re.DOTALL)


def is_hand_off(name: str) -> bool:
    """Return whether a tool hands over to another agent, by its name."""
    return NAME.fullmatch(name) is not None


def field_of(tool: Tool) -> tuple[set[str], set[str]] | None:
    """Return the stems of an agent's name and of its field; None if it is no hand-off."""
    found = NAME.fullmatch(tool.name)
    if found is None:
        return None
    chosen = tool.schema.get("properties", {}).get("to_agent", {})
    agent = found["agent"] or str(chosen.get("const", ""))
    if not agent:
        return set(), set()
    return stems(agent) - GENERIC, stems(tool.description) - GENERIC


def each_agent(tool: Tool) -> Iterator[Tool]:
    """Yield a tool for each agent that one tool can hand over to; any other tool as it is."""
    agents = _agents(tool) if is_hand_off(tool.name) else {}
    if not agents:
        yield tool
    for name, about in agents.items():
        properties = {**tool.schema["properties"], "to_agent": {"const": name}}
        yield Tool(tool.name, str(about), {**tool.schema, "properties": properties})


def _agents(tool: Tool) -> Mapping[str, Any]:
    """Return the agents that a description lists as a Python dictionary, with what each does."""
    found = AGENTS.search(tool.description)
    if found is None or "to_agent" not in tool.schema.get("properties", {}):
        return {}
    try:
        agents = ast.literal_eval(found[0])
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return {}
    return agents if isinstance(agents, dict) else {}


def said_since(messages: Sequence[Message]) -> str:
    """Return what an agent answered last, after the user's latest message."""
    later = messages[last_user(messages) + 1 :]
    said = [text_of(m.get("content")) for m in later if m.get("role") == "assistant"]
    return next((text for text in reversed(said) if text.strip()), "")
