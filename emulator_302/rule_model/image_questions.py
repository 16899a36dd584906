"""Finds the images of a conversation and answers questions from the text in them.

Every answer is text of the image; nothing is fetched from outside this machine.
"""

from __future__ import annotations

import base64
import binascii
import re
import urllib.request
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from emulator_302.http.decoding import ImageTooSmall, InvalidImage
from emulator_302.rule_model.conversation import BadRequest, Message, last_user
from emulator_302.rule_model.ocr import NoReader, read_image
from emulator_302.rule_model.wording import DATE, content_words, word_set, words

HERE = ("127.0.0.1", "localhost", "::1")
SECONDS = 5
MOST_BYTES = 20 * 1024 * 1024
HOLLOW = (
    "I cannot see images: this model reads text only. It is probably an image of something, "
    "but what stands in it I can only guess."
)
WHOLE = word_set("read transcribe describe extract ocr transcript transcription everything")
WHOLE_PHRASE = re.compile(
    r"what (?:does|do|is|are) (?:it|this|that|they|the (?:picture|image|photo|sign|text|document|"
    r"receipt|page))?\s*(?:say|read|written|in (?:this|the)|on (?:this|the)|shown)|"
    r"all (?:the )?text",
    re.IGNORECASE,
)
# A question's word, and the words that stand for it on a receipt or an invoice.
ALSO = {
    "cost": ("total", "price", "amount"),
    "pay": ("total", "due"),
    "paid": ("total", "paid"),
    "sum": ("total", "sum"),
    "price": ("price", "total"),
    "tax": ("tax", "vat", "gst", "mwst"),
    "vat": ("vat", "tax"),
    "phone": ("phone", "tel", "telephone"),
    "telephone": ("phone", "tel", "telephone"),
}
FIRST_LINE = word_set(
    "shop store merchant vendor restaurant cafe company seller title heading headline where"
)
WHEN = word_set("date when day")
# A request for the bare text, and the word that it wants for a page without any.
BARE = re.compile(r"\bnothing else\b", re.IGNORECASE)
BLANK = re.compile(r"\[no text\]", re.IGNORECASE)


def needs_look(messages: Sequence[Message]) -> bool:
    """Return whether the user showed an image."""
    return _showing(messages) is not None


def shown_now(messages: Sequence[Message]) -> bool:
    """Return whether the latest user message has the image."""
    return _showing(messages) == last_user(messages) >= 0


def lines_of(messages: Sequence[Message]) -> tuple[str, ...]:
    """Return the lines of text in the images shown last.

    Raises:
        BadRequest: An image cannot be fetched or read.
    """
    place = _showing(messages)
    if place is None:
        return ()
    lines: list[str] = []
    for number, part in enumerate(messages[place]["content"]):
        if _is_image(part):
            where = f"messages[{place}].content[{number}].image_url"
            lines += _lines(_bytes_of(part.get("image_url"), where), where)
    return tuple(lines)


def look(asked: str, lines: Sequence[str], *, sees: bool) -> str:
    """Answer `asked` about images that hold `lines`."""
    if not sees:
        return HOLLOW
    if BARE.search(asked):
        blank = BLANK.search(asked)
        return "\n".join(lines) or (blank[0] if blank else "")
    if not lines:
        return "I found no text in the image."
    fitting = fitting_lines(asked, lines)
    if fitting:
        return "The image says: " + "; ".join(fitting)
    return "The image says:\n" + "\n".join(lines)


def about_media(asked: str, lines: Sequence[str]) -> str:
    """Answer `asked` about a document, audio or video of which `lines` are known."""
    return "What is attached says: " + "; ".join(fitting_lines(asked, lines) or lines)


def fitting_lines(asked: str, lines: Sequence[str]) -> list[str]:
    """Return the lines that answer a question; none when it asks for all or fits nothing."""
    said = set(words(asked))
    if said & WHOLE or WHOLE_PHRASE.search(asked):
        return []
    wanted = {also for word in content_words(asked) for also in ALSO.get(word, (word,))}
    scores = [_score(line, wanted) for line in lines]
    best = max(scores, default=0.0)
    if best > 0:
        places = [place for place, score in enumerate(scores) if score == best]
        return [_with_amount(lines, place) for place in places[:3]]
    if said & WHEN:
        return [line for line in lines if DATE.search(line)][:2]
    return [lines[0]] if said & FIRST_LINE else []


def _score(line: str, wanted: set[str]) -> float:
    has = words(line)
    hits = len(wanted & set(has))
    if not hits:
        return 0.0
    # Of two lines with the word, the one that holds little else ("Total", not "Sub total") fits.
    return hits + 1 / (1 + sum(word.isalpha() for word in has))


def _with_amount(lines: Sequence[str], place: int) -> str:
    """Return a line, with the next one when the amount stands only there."""
    line = lines[place]
    has_next = place + 1 < len(lines)
    if not re.search(r"\d", line) and has_next and re.search(r"^\W*\D{0,4}\d", lines[place + 1]):
        return f"{line} {lines[place + 1]}"
    return line


def _showing(messages: Sequence[Message]) -> int | None:
    """Return the place of the latest user message that has an image."""
    for place in range(len(messages) - 1, -1, -1):
        content = messages[place].get("content")
        shown = isinstance(content, list) and any(_is_image(part) for part in content)
        if shown and messages[place].get("role") == "user":
            return place
    return None


def _is_image(part: Any) -> bool:
    return isinstance(part, Mapping) and part.get("type") == "image_url"


def _bytes_of(given: Any, where: str) -> bytes:
    url = given.get("url") if isinstance(given, Mapping) else given
    if not isinstance(url, str) or not url:
        raise BadRequest(f"Parameter error: {where} has no url")
    if url.startswith("data:"):
        return _unpacked(url, where)
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadRequest(f"Parameter error: {where} is not a valid URL: {error}") from error
    if parts.scheme not in ("http", "https"):
        raise BadRequest(f"Parameter error: {where} is neither a data URI nor an http URL")
    if parts.hostname not in HERE:
        raise BadRequest(
            f"Parameter error: {where}: the emulator fetches no URL outside this machine"
        )
    return _fetched(url, where)


def _unpacked(url: str, where: str) -> bytes:
    head, comma, data = url.partition(",")
    if not comma:
        raise BadRequest(f"Parameter error: {where} is a data URI without data")
    if not head.endswith(";base64"):
        return unquote_to_bytes(data)
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"Parameter error: {where} is not valid base64") from error


class _StaysHere(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: one could lead outside."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Refuse."""


def _fetched(url: str, where: str) -> bytes:
    # No proxy: the address is this machine's own.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _StaysHere())
    try:
        with opener.open(url, timeout=SECONDS) as reply:
            data: bytes = reply.read(MOST_BYTES + 1)
    except (OSError, ValueError, HTTPException) as error:
        raise BadRequest(f"Parameter error: {where} could not be fetched: {error}") from error
    if len(data) > MOST_BYTES:
        raise BadRequest(f"Parameter error: {where} is larger than 20 MB")
    return data


def _lines(data: bytes, where: str) -> list[str]:
    try:
        return read_image(data)
    except NoReader as error:
        raise BadRequest(str(error)) from error
    except ImageTooSmall as error:
        raise BadRequest(f"Parameter error: {where} is too small ({error})") from error
    except InvalidImage as error:
        raise BadRequest(f"Parameter error: {where} is not an image") from error
