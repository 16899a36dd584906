"""A conversation as Gradio's chat shows it: thoughts folded, sources as cards, tokens and cost.

Every word that came from outside is escaped, and only http and https addresses become links.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gradio as gr

from studio_page.code import Code
from studio_page.kindly import Apology
from studio_page.turns import Turn

SHORT_ID = 17  # letters: enough to tell ids apart
Message = dict[str, Any]

WAITING = '<div class="waiting" role="status"><i></i><i></i><i></i><span>Asking…</span></div>'
COPY = (
    '<svg viewBox="0 0 24 24" width="15" height="15" aria-hidden="true" fill="none" '
    'stroke="currentColor" stroke-width="2" stroke-linejoin="round">'
    '<rect x="9" y="9" width="12" height="12" rx="2"/>'
    '<path d="M5 15H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v1"/></svg>'
)
STOPPED = '<p class="note">Stopped. The model is not told of this question again.</p>'


def shown(turns: Sequence[Turn]) -> list[Message]:
    """Return the messages that show `turns`."""
    return [message for turn in turns for message in (*_question(turn), *_answer(turn))]


def turn_at(turns: Sequence[Turn], message: int) -> int:
    """Return the number of the turn that the `message`-th of the shown messages belongs to."""
    for number, turn in enumerate(turns):
        message -= len(shown([turn]))
        if message < 0:
            return number
    raise IndexError("there is no such message")


def _question(turn: Turn) -> Iterator[Message]:
    for path in turn.shown:
        yield {"role": "user", "content": {"path": str(path), "alt_text": "An image of yours"}}
    if turn.question:
        yield {"role": "user", "content": turn.question}


def _answer(turn: Turn) -> Iterator[Message]:
    if turn.thoughts:
        yield _said(turn.thoughts, metadata=_folded(turn))
    if turn.text:
        yield _said(turn.text)
    for path in turn.images:
        yield _said({"path": str(path), "alt_text": "An image in the answer"})
    below = _below(turn)
    if below:
        yield _said(gr.HTML(below, padding=False, container=False))
    if turn.code is not None and turn.state == "done":
        # On its own, so that it stays open when the cost of the answer comes.
        yield _said(gr.HTML(code_drawer(turn.code), padding=False, container=False))


def _said(content: Any, **more: Any) -> Message:
    return {"role": "assistant", "content": content, **more}


def _folded(turn: Turn) -> dict[str, Any]:
    """Return how thoughts are shown: open while they come, folded away afterwards."""
    if turn.state == "asking" and not turn.text:
        return {"title": "Thinking", "status": "pending"}
    folded: dict[str, Any] = {"title": "Thoughts", "status": "done"}
    if turn.thought_seconds is not None:
        folded["duration"] = round(turn.thought_seconds, 1)
    return folded


def _below(turn: Turn) -> str:
    """Return what stands under the text."""
    if turn.state == "asking":
        return "" if turn.text or turn.thoughts else WAITING
    if turn.state == "failed" and turn.apology is not None:
        return apology_card(turn.apology)
    if turn.state == "stopped":
        return STOPPED
    assert turn.answer is not None, "a turn that is done has its answer"
    metadata = turn.answer.response_metadata
    problems = "".join(note(problem) for problem in turn.problems)
    return problems + source_cards(metadata.get("citations", ())) + _figures(turn)


def source_cards(citations: Sequence[Mapping[str, Any]]) -> str:
    """Return sources as cards: number, title, host; each a link, if it leads to the web."""
    cards = "".join(_card(number, source) for number, source in enumerate(citations, start=1))
    return f'<nav class="sources" aria-label="Sources">{cards}</nav>' if cards else ""


def _card(number: int, source: Mapping[str, Any]) -> str:
    address = str(source.get("url") or "")
    host = _host(address)
    title = str(source.get("title") or "") or _readable(address)
    inside = (
        f'<b>{number}</b><span class="title">{_escaped(title)}</span>'
        f'<span class="host">{_escaped(host or "no address of the web")}</span>'
    )
    if host is None:
        return f'<span class="source">{inside}</span>'
    return (
        f'<a class="source" href="{_escaped(address)}" target="_blank" '
        f'rel="noopener noreferrer nofollow">{inside}</a>'
    )


def _host(address: str) -> str | None:
    """Return the host that an address leads to, or None if it is no address of the web."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in ("http", "https") else None


def _readable(address: str) -> str:
    """Return an address's last words, for a source that came without a title."""
    path = address.partition("?")[0].partition("#")[0].rstrip("/")
    last = path.rpartition("/")[2].rpartition(".")[0] or path.rpartition("/")[2]
    words = last.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:] or address


def _figures(turn: Turn) -> str:
    """Return the line of figures: model, tokens, seconds, cost, request id."""
    assert turn.answer is not None, "figures are of a full answer"
    usage = turn.answer.usage_metadata
    parts = [turn.model]
    if usage:
        parts.append(f"{usage['input_tokens']:,} tokens in, {usage['output_tokens']:,} out")
    parts.append(f"{turn.seconds:.1f} s")
    parts.append(cost_said(turn.cost))
    said = "".join(f"<span>{_escaped(part)}</span>" for part in parts)
    request_id = turn.answer.response_metadata.get("request_id")
    return f'<p class="figures">{said}{_id(request_id)}{_copied(turn.text)}</p>'


def _copied(text: str) -> str:
    """Return the button that copies an answer as the model wrote it."""
    if not text:
        return ""
    return (
        f'<button type="button" class="copy-id" data-copy="{escape(text)}" '
        f'aria-label="Copy the answer">{COPY}Copy</button>'
    )


def price(cost: float) -> str:
    """Return an amount of money. 1 PTC is 1 US dollar."""
    return f"{cost:.6f}".rstrip("0").rstrip(".") + " PTC" if cost else "0 PTC"


def cost_said(cost: float | None) -> str:
    """Return what a call cost by its record, which may not be there yet."""
    return "cost not recorded yet" if cost is None else price(cost)


def apology_card(apology: Apology) -> str:
    """Return what went wrong: what happened, what to do, the gateway's words, the id."""
    said = f'<p class="said">{_escaped(apology.said)}</p>' if apology.said else ""
    return (
        f'<div class="apology" role="alert"><p><b>{_escaped(apology.happened)}</b> '
        f"{_escaped(apology.to_do)}</p>{said}"
        f'<p class="figures">{_id(apology.request_id)}</p></div>'
    )


def empty_gallery() -> str:
    """Return what stands where images appear, before the first of them."""
    return (
        '<div class="empty"><h3>Your images appear here</h3>'
        "<p>They are gone when the page ends: save what you like.</p></div>"
    )


def note(text: str) -> str:
    """Return a quiet line."""
    return f'<p class="note" role="status">{_escaped(text)}</p>'


def code_drawer(code: Code) -> str:
    """Return the programs of a request, folded away, each with a button that copies it."""
    programs = _program("LangChain", code.langchain) + _program("LlamaIndex", code.llama_index)
    return f'<details class="code"><summary>Code</summary>{programs}</details>'


def _program(framework: str, lines: str) -> str:
    return (
        f'<section><h4>{framework}<button type="button" class="copy-code" '
        f'aria-label="Copy the {framework} lines">{COPY}<span>Copy</span></button></h4>'
        f'<pre tabindex="0" aria-label="{framework} lines">{escape(lines)}</pre></section>'
    )


def tags(model: str, switched_on: Sequence[str], *, once: bool = False) -> str:
    """Return what a question is sent with: each a link to the options, which a phone has below.

    Args:
        model: The model's name.
        switched_on: What is on beside it.
        once: Whether it is so for the question alone that is being answered.
    """
    said = '<span class="once">This question:</span>' if once else ""
    said += f'<a href="#options">{_escaped(model or "Choose a model")}</a>'
    said += "".join(f'<a class="on" href="#options">{_escaped(on)}</a>' for on in switched_on)
    return f'<p class="tags">{said}</p>'


def caption(path: Path, words: str) -> tuple[str, str]:
    """Return an image of the gallery with its caption."""
    return str(path), words


def _id(request_id: str | None) -> str:
    """Return a request's id: its beginning to read, the whole of it to copy for support."""
    if not request_id:
        return ""
    short = request_id if len(request_id) <= SHORT_ID else f"{request_id[:SHORT_ID]}…"
    return (
        f'<button type="button" class="copy-id" data-copy="{_escaped(request_id)}" '
        f'title="Copy the request id: {_escaped(request_id)}">request {_escaped(short)}{COPY}'
        "</button>"
    )


def _escaped(text: str) -> str:
    """Return a text that is no HTML; one line, as a blank line would end a block of HTML."""
    return escape(" ".join(text.split()), quote=True)
