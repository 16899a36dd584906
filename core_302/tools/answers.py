"""Tools that answer by one chat call, and how their answer is written for another model."""

from __future__ import annotations

from core_302.endpoints.chat_reply import Completion, read_completion
from core_302.endpoints.chat_request import chat_request
from core_302.endpoints.sources import Citation
from core_302.errors import MalformedReplyError
from core_302.flow import Flow, ask
from core_302.messages.parts import Part
from core_302.options.chat import ChatOptions
from core_302.tools.capability import ToolResult
from core_302.tools.context import ToolContext
from core_302.tools.untrusted_text import (
    MOST_BYTES,
    MOST_LIST_BYTES,
    item_list,
    many_lines,
    one_line,
)

LONGEST_TITLE = 500  # characters
PRICE_OF_AN_ANSWER = 0.01  # PTC that a call is assumed to cost until its record is read


def asked_model(
    context: ToolContext, model: str, content: list[Part], options: ChatOptions
) -> Flow[ToolResult]:
    """Call a model once, and return its answer with its sources.

    What it cost is looked up where a budget is set: the call has an answer without it.

    Raises:
        BudgetError: The budget is used up. Nothing was sent.
        AI302Error: See the tree in `core_302.errors`.
    """
    request = chat_request(model, [{"role": "user", "content": content}], options)
    job = ask(request, read_completion)
    if context.budget.budget is None:
        completion = yield from job
    else:
        completion, _ = yield from context.charged(
            job, PRICE_OF_AN_ANSWER, lambda done: [done.about.request_id]
        )
    about = completion.about
    report = {
        "model": about.model,
        "request_id": about.request_id,
        "citations": [{"url": c.url, "title": c.title} for c in about.citations],
    }
    return ToolResult(answer_in_words(completion), report)


def answer_in_words(completion: Completion) -> str:
    """Return an answer and its sources as text, for a model to read.

    Raises:
        MalformedReplyError: It has no text.
    """
    first = completion.choices[0]
    text = first.text or first.refusal or ""
    if not text.strip():
        raise MalformedReplyError("The answer has no text.")
    # A title comes from a stranger's page: it must not look like lines of ours.
    told = many_lines(text, MOST_BYTES - 2 * MOST_LIST_BYTES)
    sources = item_list(completion.about.citations, _source)
    return f"{told}\n\nSources:\n{sources}" if sources else told


def _source(citation: Citation) -> str:
    """Return a source as one item, whose title may be long, and its link too."""
    title = one_line(citation.title or "", LONGEST_TITLE)
    return f"{title}: {citation.url}" if title else citation.url
