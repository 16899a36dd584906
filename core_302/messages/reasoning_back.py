"""When a model's reasoning in the history goes back to it: the one place of that rule."""

from __future__ import annotations

from typing import Any, get_args

from core_302.catalogue import USUAL_REASONING_BACK, ReasoningBack, facts_about
from core_302.errors import InvalidInputError


def reasoning_policy(model: str, chosen: Any = None) -> ReasoningBack:
    """Return when reasoning goes back: the user's choice, else what the model wants.

    Raises:
        InvalidInputError: `chosen` is not one of the choices.
    """
    if chosen not in (None, *get_args(ReasoningBack)):
        raise InvalidInputError(
            f"reasoning_back: {chosen!r} is unknown; use one of "
            f"{', '.join(get_args(ReasoningBack))}."
        )
    facts = facts_about(model)
    policy: ReasoningBack | None = chosen or (facts.reasoning_back if facts else None)
    return policy or USUAL_REASONING_BACK


def goes_back(policy: ReasoningBack, *, calls_tools: bool) -> bool:
    """Return whether the reasoning of a turn is sent, which calls tools or does not."""
    return policy == "always" or (policy == "tool_turn" and calls_tools)


def wants_empty_reasoning(model: str, policy: ReasoningBack) -> bool:
    """Return whether a turn of tool calls without reasoning needs an empty field for it.

    Models that are known to want their reasoning back refuse a turn without the field. A turn of
    another model, or a summary, has none.
    """
    facts = facts_about(model) if policy != "never" else None
    return facts is not None and facts.reasoning_back in ("tool_turn", "always")
