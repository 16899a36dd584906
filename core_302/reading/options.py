"""How images are read, and how anything is: one set of options for every adapter."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Protocol, runtime_checkable

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core_302.errors import InvalidInputError
from core_302.options.chat import chat_options
from core_302.options.declaration import Declared, Text
from core_302.reading.cache import ReadingCache, SqliteCache
from core_302.reading.page_options import PageFields

DEFAULT_READER = "gpt-4o-mini"
"""What the gateway's OCR option uses by default. Called directly, it bills one model and not two.
"""

DEFAULT_TEXT_MODEL = "deepseek-chat"
OCR = "ocr"
CONCURRENCY = 8  # pages or files at once
CHAT_OPTIONS_GO = "Options of the chat call go in options"


@runtime_checkable
class RateLimiter(Protocol):
    """Limits the rate of requests."""

    def acquire(self) -> object:
        """Return when one more may be requested. It may block: it is called in a thread."""


def _can_be_sent(given: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        chat_options(given)
    except InvalidInputError as error:
        raise ValueError(str(error)) from None
    return given


def _keeps_answers(given: Any) -> Any:
    if given is None or isinstance(given, (str, os.PathLike, ReadingCache)):
        return given
    raise ValueError(f"must be a path or a ReadingCache, not {type(given).__name__}")


class RunFields(Declared):
    """How many sources are read at once, what their failures do, and where answers are kept."""

    concurrency: Annotated[int, Field(ge=1, le=1_000, strict=True)] = CONCURRENCY
    """How many are read at once: pages of images, or files."""
    rate_limiter: Annotated[RateLimiter | None, Field(exclude=True)] = None
    """A rate limiter that each request waits for: an object with `acquire()`, such as LangChain's
    `InMemoryRateLimiter`. What comes from the cache does not wait."""
    on_error: Literal["raise", "skip", "keep"] = "raise"
    """What happens to a page or file that cannot be read: "raise", "skip" it, or "keep" it as an
    empty document with its error. All of them are listed in the report. A refused key, an empty
    balance or an unknown model always raises."""
    on_blank: Literal["skip", "keep"] = "skip"
    """What becomes of a page or file without any text: no document ("skip"), or an empty one with
    `empty` in its metadata ("keep"). Vector stores refuse a whole list that has an empty document.
    The report counts them."""
    cache: Annotated[Any, AfterValidator(_keeps_answers), Field(exclude=True)] = None
    """Where answers are kept: a path for a SQLite file, a `ReadingCache`, or, in an adapter, a
    key-value store of the framework."""
    storage_options: Annotated[Mapping[str, Any] | None, Field(exclude=True, repr=False)] = None
    """Options of the file systems (fsspec) that addresses such as `s3://bucket/scans` name, for
    example their credentials. Without them only a LangChain loader's own `sources` may be such an
    address: what LlamaIndex's `load_data` is given, a model may have chosen."""
    look_up_cost: bool = False
    """Look up what each page or file cost in the gateway's records: one more call, which is free.
    """
    show_progress: bool = False
    """Show a progress bar with the rate, the cost and the errors (needs tqdm)."""


class ImageFields(PageFields):
    """How an image is read: by which model, into what."""

    reader: Text = DEFAULT_READER
    """The model that reads: a vision model (`gpt-4o-mini`), an OCR model (`qwen-vl-ocr`), or `ocr`
    for the gateway's OCR option, also with the name of its model (`ocr:gpt-4.1-nano`)."""
    text_model: Text = DEFAULT_TEXT_MODEL
    """With the OCR option: the model that transcribes what was seen. It bills too."""
    output: Annotated[Literal["text", "markdown"] | type[BaseModel], Field(exclude=True)] = "text"
    """`text`, `markdown`, or a pydantic class whose fields are extracted."""
    text: Literal["auto", "read"] = "auto"
    """Pages of a PDF that have a text layer. "auto": a good layer is taken, exact and for nothing,
    and a model reads only the images on the page; a scanned, garbled or filled-in page is read.
    "read": a model reads every page. Markdown, fields and your own prompt are always read."""
    prompt: Text | None = None
    """Your own prompt in place of the built-in one."""
    options: Annotated[Mapping[str, Any], AfterValidator(_can_be_sent)] = {}
    """Options of the chat call, such as `{"temperature": 0}`: see `core_302.ChatOptions`."""


class ReadingFields(RunFields, ImageFields):
    """How images are read: the same options in every adapter."""


class ReadingOptions(ReadingFields):
    """How images are read."""

    model_config = ConfigDict(frozen=True)


def opened_cache(how: RunFields) -> ReadingCache | None:
    """Return the cache that options name, opened if it was named by its path."""
    cache: str | os.PathLike[str] | ReadingCache | None = how.cache
    if cache is None or isinstance(cache, ReadingCache):
        return cache
    return SqliteCache(cache)
