"""What went wrong, said to a visitor: what happened, what to do, and the id to ask support with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import core_302.errors as core
from core_302 import AI302Error


@dataclass(frozen=True)
class Apology:
    """What a visitor reads in place of a traceback."""

    happened: str
    to_do: str
    said: str = ""
    request_id: str | None = None


# The closest class counts. The gateway's own words follow in `said`, whatever is written here.
WORDS: Mapping[type[AI302Error], tuple[str, str]] = {
    core.AuthenticationError: (
        "The gateway does not know this key.",
        "Set AI302_API_KEY to a key from dash.302.ai/apis/list, and start the page again.",
    ),
    core.PermissionDeniedError: (
        "The key may not do this.",
        "Choose another model, or allow this one for the key in the 302.AI dashboard.",
    ),
    core.QuotaError: (
        "The balance, or the limit of the key, is used up.",
        "Top up or raise the limit in the 302.AI dashboard, then ask again.",
    ),
    core.ModelNotAvailableError: (
        "The gateway has no such model just now.",
        "Choose another model from the list.",
    ),
    core.ContextOverflowError: (
        "This is longer than the model can read.",
        "Start a new conversation, shorten the question, or choose a model with a longer context.",
    ),
    core.InvalidRequestError: (
        "The model does not accept this request.",
        "Change the question or the options, or choose another model.",
    ),
    core.RateLimitError: (
        "Too many questions in a short time.",
        "Wait a moment, then ask again. Nothing was billed.",
    ),
    core.GatewayError: (
        "The gateway, or the model behind it, has a fault.",
        "This usually passes: ask again in a moment.",
    ),
    core.JobFailedError: (
        "The gateway took the job, and then failed it.",
        "Change the words or the model, and try again. It may have been billed.",
    ),
    core.ConnectionFailedError: (
        "The gateway cannot be reached.",
        "Check the network and AI302_BASE_URL. Nothing was sent, nothing was billed.",
    ),
    core.StreamInterruptedError: (
        "The answer broke off before its end.",
        "What had come stands above. Ask again; this call may have been billed.",
    ),
    core.RequestTimeoutError: (
        "The gateway took too long.",
        "Ask again in a moment; this call may have been billed.",
    ),
    core.TransportError: (
        "The connection to the gateway broke.",
        "Ask again; this call may have been billed.",
    ),
    core.ConfigurationError: (
        "A setting cannot be used.",
        "Mend it as said here, and start the page again.",
    ),
    core.InvalidInputError: (
        "This cannot be sent.",
        "Change it as said here, and try again. Nothing was sent.",
    ),
    core.BudgetError: (
        "The limit of this page is reached.",
        "Start the page again for more. Nothing was sent.",
    ),
    core.UnusableReplyError: (
        "The gateway sent something that is no answer.",
        "Ask again; if it happens twice, report it with the id.",
    ),
    AI302Error: ("This did not work.", "Ask again; if it happens twice, report it with the id."),
}


def apology_for(error: AI302Error) -> Apology:
    """Say `error` kindly."""
    happened, to_do = next(WORDS[kind] for kind in type(error).__mro__ if kind in WORDS)
    if error.retry_after:
        to_do = f"Wait {error.retry_after:.0f} seconds, then ask again."
    return Apology(happened, to_do, error.message, error.request_id)


OWN_FAULT = Apology(
    "This page has a fault of its own.",
    "Ask again. What happened stands in the terminal that the page was started from.",
)
