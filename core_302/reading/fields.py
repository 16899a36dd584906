"""How pictures are read, as fields of an adapter's class: the same ones in both frameworks."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from core_302.errors import InvalidInputError
from core_302.options.chat import explain
from core_302.reading.options import (
    CONCURRENCY,
    DEFAULT_READER,
    DEFAULT_TEXT_MODEL,
    ReadingOptions,
)
from core_302.reading.page_images import LONGEST_SIDE
from core_302.reading.report import ReadingReport

if TYPE_CHECKING:
    from typing_extensions import Self


class PictureReading(BaseModel):
    """How pictures are read: the fields of `core_302.reading.ReadingOptions`, checked at once.

    Raises:
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    reader: str = DEFAULT_READER
    """A vision model, an OCR model, `ocr` for the gateway's OCR option, or `ocr:its-model`."""
    text_model: str = DEFAULT_TEXT_MODEL
    """With the OCR option: the model that writes down what was seen."""
    output: Literal["text", "markdown"] | type[BaseModel] = Field(default="text", exclude=True)
    """`text`, `markdown`, or a pydantic class whose fields are wanted."""
    prompt: str | None = None
    """Your own words in place of the built-in ones."""
    options: Mapping[str, Any] = Field(default_factory=dict)
    """Options of the chat call, such as `{"temperature": 0}`."""
    longest_side: int = LONGEST_SIDE
    """Pixels of the longer side of a picture that is sent."""
    concurrency: int = CONCURRENCY
    """How many pages are read at once."""
    rate_limiter: Any = Field(default=None, exclude=True)
    """What each page waits for before it is asked for: an object with `acquire()`."""
    on_error: Literal["raise", "skip", "keep"] = "raise"
    """What becomes of a page that cannot be read; all of them stand in `report`."""
    cache: Any = Field(default=None, exclude=True)
    """A path for a SQLite file, a `ReadingCache`, or a key-value store of the framework."""
    look_up_cost: bool = False
    """Ask the gateway's record what each page cost."""
    show_progress: bool = False
    """Show a bar with the rate, the money and the errors."""

    _hint: ClassVar[str] = "Options of the chat call go in options"
    _report: ReadingReport = PrivateAttr(default_factory=ReadingReport)

    @field_validator("cache")
    @classmethod
    def _take_a_store_of_the_framework(cls, given: Any) -> Any:
        return cls._as_cache(given)

    @classmethod
    @abstractmethod
    def _as_cache(cls, given: Any) -> Any:
        """Return a store of the framework as a `ReadingCache`, and anything else as it is."""

    @model_validator(mode="after")
    def _check_the_options(self) -> Self:
        self._options()
        return self

    @property
    def report(self) -> ReadingReport:
        """What the latest run has read, and what it could not."""
        return self._report

    def _options(self) -> ReadingOptions:
        given = {name: getattr(self, name) for name in ReadingOptions.model_fields}
        try:
            return ReadingOptions(**given)
        except ValidationError as error:
            text = explain(error, ReadingOptions, hint=self._hint)
            raise InvalidInputError(text) from None
