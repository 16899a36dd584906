"""How pictures are read: one set of options for every adapter."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field, model_validator
from typing_extensions import Self

from core_302.errors import InvalidInputError
from core_302.options.chat import chat_options
from core_302.reading.cache import ReadingCache, SqliteCache
from core_302.reading.page_images import LONGEST_SIDE

DEFAULT_READER = "gpt-4o-mini"
"""What the gateway's OCR option uses by default. Asked itself, it bills one model and not two."""

DEFAULT_TEXT_MODEL = "deepseek-chat"
OCR = "ocr"
CONCURRENCY = 8  # pages at once


@runtime_checkable
class RateLimiter(Protocol):
    """Lets through as many as it allows."""

    def acquire(self) -> object:
        """Return when one more page may be asked for. It may block: it is called in a thread."""


class ReadingOptions(BaseModel):
    """How pictures are read.

    Attributes:
        reader: Who reads: a vision model (`gpt-4o-mini`), an OCR model (`qwen-vl-ocr`,
            `mistral-ocr-latest`), or `ocr` for the gateway's OCR option, also with the name of its
            model (`ocr:gpt-4.1-nano`).
        text_model: With the OCR option: the model that writes down what was seen. It bills too.
        output: `text`, `markdown`, or a pydantic class whose fields are wanted.
        prompt: Your own words in place of the built-in ones.
        options: Options of the chat call, see `core_302.options.chat.ChatOptions`.
        longest_side: Pixels of the longer side of a picture that is sent.
        concurrency: How many pages are read at once.
        rate_limiter: What each page that is asked for waits for first: an object with `acquire()`,
            such as LangChain's `InMemoryRateLimiter`. Pages from the cache do not wait.
        on_error: What becomes of a page that cannot be read: "raise", "skip" it, or "keep" it as an
            empty page with its error. All of them stand in the report. A refused key, an empty
            balance or an unknown model always raises.
        cache: Where answers are kept: a path for a SQLite file, or a `ReadingCache`.
        look_up_cost: Ask the gateway's record what each page cost: one more call, which is free.
        show_progress: Show a bar with the rate, the money and the errors (needs tqdm).
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, protected_namespaces=()
    )

    reader: Annotated[str, Field(min_length=1)] = DEFAULT_READER
    text_model: Annotated[str, Field(min_length=1)] = DEFAULT_TEXT_MODEL
    output: Literal["text", "markdown"] | type[BaseModel] = "text"
    prompt: Annotated[str, Field(min_length=1)] | None = None
    options: Mapping[str, Any] = Field(default_factory=dict)
    longest_side: Annotated[int, Field(ge=64, le=16_384, strict=True)] = LONGEST_SIDE
    concurrency: Annotated[int, Field(ge=1, le=1_000, strict=True)] = CONCURRENCY
    rate_limiter: RateLimiter | None = None
    on_error: Literal["raise", "skip", "keep"] = "raise"
    cache: str | os.PathLike[str] | ReadingCache | None = None
    look_up_cost: bool = False
    show_progress: bool = False

    @model_validator(mode="after")
    def _check_the_chat_options(self) -> Self:
        try:
            chat_options(self.options)
        except InvalidInputError as error:
            raise ValueError(f"options: {error}") from None
        return self

    def opened_cache(self) -> ReadingCache | None:
        """Return the cache, opened if it was named by its path."""
        if self.cache is None or isinstance(self.cache, ReadingCache):
            return self.cache
        return SqliteCache(self.cache)
