"""A model's profile for LangChain, from the core's catalogue.

A fact that nobody knows is left out: LangChain's own code reads a missing one as "unknown".
"""

from __future__ import annotations

from typing import Any, cast

from langchain_core.language_models import ModelProfile

from core_302.catalogue import facts_about
from core_302.options.chat import ChatOptions


class ResolvedProfile(dict[str, Any]):
    """A profile that was looked up here, not set by the user.

    LangChain's configurable fields build a new model from the old one's fields: this one must not
    be taken for the user's setting for another model.
    """


def profile_of(model: str, options: ChatOptions) -> ModelProfile | None:
    """Return the profile of a model with `options`; None for an unknown one."""
    facts = facts_about(model)
    if facts is None:
        return None
    # With OCR, another model reads the images and this one gets their text. "auto" does so only for
    # a model that is known not to see.
    helped = facts.vision is not None if options.ocr == "auto" else bool(options.ocr)
    sees = True if helped else facts.vision
    thinks = True if options.reasoning_fusion else facts.reasoning
    known = {
        "name": facts.name,
        "max_input_tokens": facts.max_input or facts.context_window,
        "max_output_tokens": facts.max_output,
        "text_inputs": True,
        "text_outputs": True,
        "image_inputs": sees,
        "image_url_inputs": sees,
        # Images of tool results are shown in a user message after them.
        "image_tool_message": sees,
        "reasoning_output": thinks,
        "tool_calling": facts.tools,
        "tool_choice": facts.tools,
        "tool_call_streaming": facts.tools,
        "structured_output": facts.json_schema,
    }
    said = ResolvedProfile({name: value for name, value in known.items() if value is not None})
    return cast("ModelProfile", said)
