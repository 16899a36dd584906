"""Which of the operator's image models a tool offers: those that can do what it is for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field

from core_302.catalogue.image_facts import ImageModelFacts, image_model_facts
from core_302.tools.settings import ImageSettings


def models_that(can: Callable[[ImageModelFacts], object], settings: ImageSettings) -> list[str]:
    """Return the operator's models that can do it, by what is known of them; the first is usual.

    A model that is not listed may do anything. If none can, all are returned: an order is refused
    with the reason.
    """
    models = list(dict.fromkeys([settings.model, *settings.more_models]))
    facts = {model: image_model_facts(model) for model in models}
    able = [model for model in models if (known := facts[model]) is None or can(known)]
    return able or models


def choice_of(models: list[str]) -> dict[str, Any]:
    """Return the argument by which an agent chooses a model, if it has a choice."""
    if len(models) == 1:
        return {}
    names: Any = Literal[tuple(models)]
    about = f"The image model; {models[0]} if left out."
    return {"model": (Annotated[names | None, Field(description=about)], None)}
