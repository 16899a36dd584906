"""Reading one page: the request and its answer, as a flow that both clients run.

The cache key of an answer covers everything that changes it: the image as it is sent, the model,
the prompt, the schema.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

from pydantic import BaseModel, ValidationError

from core_302.endpoints.chat_reply import Completion, read_completion
from core_302.endpoints.chat_request import chat_request
from core_302.errors import AI302Error, InvalidInputError, MalformedReplyError
from core_302.flow import Blocking, Flow, Limit, ask
from core_302.flows.cost import cost_of
from core_302.http import Request
from core_302.options.chat import chat_options
from core_302.reading.cache import ReadingCache
from core_302.reading.claim import AnswerClaim, paid_once
from core_302.reading.options import OCR, ReadingOptions
from core_302.reading.page import Page
from core_302.reading.page_answer import Answer, joined_answers, summed
from core_302.reading.page_images import Image, Sheet, draw, draw_images
from core_302.reading.text_layer import Layer

Output = Literal["text", "markdown"] | type[BaseModel]
"""What a page becomes: text, Markdown, or an instance of a pydantic class."""

NO_TEXT = "[no text]"
READ = (
    "Transcribe all text in this image in reading order, in its own language, exactly as it "
    "stands{form}. Answer with the text and nothing else, without comments and without a code "
    f"block. If there is no text in the image, answer {NO_TEXT} and nothing else."
)
MARKDOWN = ", as Markdown: headings, lists, and tables as tables"
FILL = (
    "Read this image and answer with one JSON object of this JSON schema, and nothing else. Take "
    "every value from the image; use null for what is not there.\n{schema}"
)
PLACE = "https://image.invalid/"  # a placeholder for the image until its bytes are written in
FENCE = re.compile(r"\A\s*```[a-z]*\s*\n(.*?)\n?```\s*\Z", re.DOTALL)


def read_sheet(sheet: Sheet, how: ReadingOptions, cache: ReadingCache | None) -> Flow[Page]:
    """Read one page: from the cache, or from the gateway, and then into the cache.

    Raises:
        AI302Error: It cannot be drawn, sent or read; the error's text names the file and the page.
    """
    try:
        yield Limit("total")
        layer = yield from _layer(sheet, how)
        if layer is not None and layer.whole:
            return (yield from _with_layer(sheet, layer, how, cache))
        parts: tuple[Image, ...] = yield Blocking(partial(draw, sheet, how))
        if len(parts) > 1 and not isinstance(how.output, str):
            raise InvalidInputError(
                f"it is read in {len(parts)} parts, so long is it: fields cannot be read of parts."
            )
        answers, cached = yield from _answers(parts, how, cache)
        return _page(sheet, parts, how, joined_answers(parts, answers), cached=cached)
    except AI302Error as error:
        of = f", page {sheet.page} of {sheet.pages}" if sheet.pages > 1 else ""
        error.args = (f"{sheet.source.name}{of}: {error.message}",)
        raise


def _layer(sheet: Sheet, how: ReadingOptions) -> Flow[Layer | None]:
    """Return the text layer of a page, where it may stand for a reading."""
    if how.text == "read" or how.output != "text" or how.prompt is not None or sheet.pdf is None:
        return None
    layer: Layer = yield Blocking(partial(sheet.pdf.layer, sheet.page))
    return layer


def _with_layer(
    sheet: Sheet, layer: Layer, how: ReadingOptions, cache: ReadingCache | None
) -> Flow[Page]:
    """Take a page's layer, and read the images on the page below it."""
    draw_them = partial(draw_images, sheet, layer.images, how)
    parts: tuple[Image, ...] = (yield Blocking(draw_them)) if layer.images else ()
    answers, cached = yield from _answers(parts, how, cache)
    read = joined_answers(parts, answers) if answers else Answer("", None, 0, 0, (), cut=False)
    page = _page(sheet, parts, how, read, cached=bool(parts) and cached)
    text = "\n\n".join(filter(None, [layer.text, *(answer.text for answer in answers)]))
    told = hashlib.sha256(f"{layer.text}\0{page.digest}".encode()).hexdigest()
    return replace(page, text=text, digest=told, text_from="both" if parts else "layer")


def _answers(
    parts: Sequence[Image], how: ReadingOptions, cache: ReadingCache | None
) -> Flow[tuple[list[Answer], bool]]:
    """Return what is answered about each image, and whether all of it was kept."""
    answers: list[Answer] = []
    billed: list[Answer] = []
    for part in parts:
        try:
            answer, kept = yield from _answered(part, how, cache)
        except AI302Error as error:
            _bill(error, billed)
            raise
        answers.append(answer)
        if not kept:
            billed.append(answer)
    return answers, not billed


def _bill(error: AI302Error, billed: Sequence[Answer]) -> None:
    """Let an error say what was billed before it, and for the answer that it is about."""
    last = [error.partial] if isinstance(error.partial, Answer) else []
    if paid := [*billed, *last]:
        error.partial = summed(paid)
        error.cost_ids = error.partial.cost_ids


def _answered(
    image: Image, how: ReadingOptions, cache: ReadingCache | None
) -> Flow[tuple[Answer, bool]]:
    """Return the answer about an image, and whether it was kept."""
    if cache is None:
        return (yield from _asked(image, how)), False
    claim = AnswerClaim(cache, key_of(image, how))
    kept, cached = yield from paid_once(claim, _packed(_asked(image, how)))
    yield Limit("total")  # of the next part
    return Answer.unpacked(kept), cached


def key_of(image: Image, how: ReadingOptions) -> str:
    """Return the key of an answer."""
    schema = None if isinstance(how.output, str) else how.output.model_json_schema()
    asked = [image.digest, how.reader, how.text_model, prompt_of(how), schema]
    told = json.dumps([*asked, dict(how.options)], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def prompt_of(how: ReadingOptions) -> str:
    """Return the prompt about the image."""
    if how.prompt is not None:
        return how.prompt
    if isinstance(how.output, str):
        return READ.format(form=MARKDOWN if how.output == "markdown" else "")
    return FILL.format(schema=json.dumps(how.output.model_json_schema(), ensure_ascii=False))


def page_request(image: Image, how: ReadingOptions) -> Request:
    """Return the chat request that shows the image.

    A large image is written into the encoded body once: as a text, it would be copied into a
    data URI, into JSON, and into bytes.
    """
    reader, _, ocr_model = how.reader.partition(":")
    given = dict(how.options)
    model = how.reader
    if reader == OCR:
        model, given["ocr"] = how.text_model, ocr_model or True
    if not isinstance(how.output, str):
        schema = {"name": _wire_name(how.output), "schema": how.output.model_json_schema()}
        given.setdefault("response_format", {"type": "json_schema", "json_schema": schema})
    shown = {"type": "image_url", "image_url": {"url": image.link or PLACE}}
    words = {"type": "text", "text": prompt_of(how)}
    messages = [{"role": "user", "content": [words, shown]}]
    request = chat_request(model, messages, chat_options(given))
    if image.link is not None:
        return request
    head, place, tail = (request.content or b"").rpartition(PLACE.encode())
    assert place, "the image's place is in the body"
    start = f"data:{image.media_type};base64,".encode()
    content = b"".join((head, start, base64.b64encode(image.content), tail))
    return Request(request.method, request.path, content)


def _wire_name(kind: type[BaseModel]) -> str:
    """Return a class's name without what the wire does not take: `Page[int]` has brackets."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", kind.__name__)


def _packed(asked: Flow[Answer]) -> Flow[str]:
    return (yield from asked).packed()


def _asked(image: Image, how: ReadingOptions) -> Flow[Answer]:
    if how.rate_limiter is not None:
        yield Blocking(how.rate_limiter.acquire)
        yield Limit("total")  # not counted against this page's limit
    done = yield from ask(page_request(image, how), read_completion)
    answer = _answer(done, how)
    if how.look_up_cost and answer.cost_ids:
        answer = replace(answer, cost=(yield from cost_of(answer.cost_ids)))
    try:
        _check(done, answer, how)
    except MalformedReplyError as error:
        error.partial = answer  # it is billed like any other
        raise
    return answer


def _check(done: Completion, answer: Answer, how: ReadingOptions) -> None:
    """Refuse an answer that is no reading; it is not cached."""
    refusal = done.choices[0].refusal
    if refusal is not None:
        raise MalformedReplyError(f"the model refuses to read it: {refusal}")
    if not isinstance(how.output, str):
        _fields(answer.text, how.output)


def _answer(done: Completion, how: ReadingOptions) -> Answer:
    choice, about = done.choices[0], done.about
    fenced = FENCE.match(choice.text)
    text = (fenced[1] if fenced else choice.text).strip()
    usage = about.usage
    return Answer(
        text="" if text.strip(".") == NO_TEXT else text,
        model=about.model or how.reader,
        input_tokens=usage.input_tokens if usage else 0,
        output_tokens=usage.output_tokens if usage else 0,
        cost_ids=(about.request_id,) if about.request_id else (),
        cut=choice.finish_reason == "length",
    )


def _fields(text: str, kind: type[BaseModel]) -> BaseModel:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, wrong["loc"])) or "it"
        raise MalformedReplyError(
            f"the answer does not fit {kind.__name__}: {where}: {wrong['msg']}."
        ) from error


def _page(
    sheet: Sheet, parts: Sequence[Image], how: ReadingOptions, answer: Answer, *, cached: bool
) -> Page:
    given = vars(answer)
    together = "".join(part.digest for part in parts)
    return Page(
        **given,
        source=sheet.source.name,
        page=sheet.page,
        pages=sheet.pages,
        fields=None if isinstance(how.output, str) else _fields(answer.text, how.output),
        digest=together if len(parts) == 1 else hashlib.sha256(together.encode()).hexdigest(),
        width=parts[0].width if parts else None,
        height=parts[0].height if parts else None,
        size=sum(len(part.content) for part in parts),
        parts=len(parts),
        frames=parts[0].frames if parts else 1,
        cached=cached,
        metadata=sheet.source.metadata,
    )
