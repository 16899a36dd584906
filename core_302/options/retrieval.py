"""What a caller may ask of the embedding, rerank and search endpoints, checked before it is sent.

None means "not set": nothing is sent for it. A model or provider that is not known goes as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from core_302.errors import InvalidInputError
from core_302.options.chat import OTHER_FIELDS, explain

MOST_TEXTS = 2_048  # texts of one embedding call: what 302.AI's own SDK sends at the most
TEXTS_PER_CALL = 128  # many vendors behind the gateway refuse more
# A vendor limits the tokens of one call (OpenAI: 300,000). A character of any script is at most
# about three tokens.
CHARACTERS_PER_CALL = 100_000

Kind = TypeVar("Kind", bound=BaseModel)
Text = Annotated[str, Field(min_length=1)]
Path = Annotated[str, Field(pattern=r"^/[^?#\s]*$")]


class _Asked(BaseModel):
    """A call. Frozen, and without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    extra_body: Mapping[str, Any] | None = None


class EmbeddingOptions(_Asked):
    """How texts become vectors.

    Attributes:
        model: The model's name.
        dimensions: The length of a vector, for models that can shorten it.
        encoding: `base64` is a quarter of the bytes of `float` on the way; both are read whatever
            was asked for.
        user: Your own id of the end user.
        path: Where to ask; by default `/v1/embeddings`, and Jina's models at its own mount, as
            302.AI's SDK does.
        texts_per_call: The most texts of one request.
        characters_per_call: The most characters of one request. A longer text goes alone.
        extra_body: Further fields of the body, sent as they are; they win over all others.
    """

    model: Text
    dimensions: Annotated[int, Field(ge=1, strict=True)] | None = None
    encoding: Literal["float", "base64"] | None = "float"
    user: str | None = None
    path: Path | None = None
    texts_per_call: Annotated[int, Field(ge=1, le=MOST_TEXTS, strict=True)] = TEXTS_PER_CALL
    characters_per_call: Annotated[int, Field(ge=1, strict=True)] = CHARACTERS_PER_CALL


class RerankOptions(_Asked):
    """How documents are put in order.

    Attributes:
        model: The model's name.
        top_n: How many are returned; all by default.
        path: Where to ask; by default `/v1/rerank`, and `/v1/reranks` for `qwen3-rerank`. Jina's
            models are also known at `/jina/v1/rerank`.
        extra_body: Further fields of the body, sent as they are; they win over all others.
    """

    model: Text
    top_n: Annotated[int, Field(ge=1, strict=True)] | None = None
    path: Path | None = None


class SearchFields(BaseModel):
    """How the web is searched, but for how many results. The provider decides what it knows.

    Attributes:
        provider: `tavily`, `search1_search`, `search1_news`, `bocha`, `exa`, `firecrawl`, `metaso`,
            `unifuncs`, `perplexity`, or a newer one.
        category: Such as `news` or `research paper`, in the provider's words.
        time_range: Such as `day`, `week`, `month`, `year`.
        include_domains: Only these sites.
        exclude_domains: Never these sites.
        start_published_date: Only pages published from this day on.
        end_published_date: Only pages published up to this day.
        start_crawl_date: Only pages found from this day on.
        end_crawl_date: Only pages found up to this day.
        crawl_results: How many of the results are read for their whole content. Some providers
            return no content without it.
        include_raw_content: Return the pages' raw content.
        include_images: Return pictures as well.
        page: Which page of results, from 1.
        max_tokens_per_page: The longest content of a result, in tokens.
        country: Where to search from.
        extra_body: Further fields of the body, sent as they are; they win over all others.
    """

    provider: Text = "tavily"
    category: Text | None = None
    time_range: Text | None = None
    include_domains: tuple[Text, ...] | None = None
    exclude_domains: tuple[Text, ...] | None = None
    start_published_date: date | datetime | None = None
    end_published_date: date | datetime | None = None
    start_crawl_date: date | datetime | None = None
    end_crawl_date: date | datetime | None = None
    crawl_results: Annotated[int, Field(ge=0, strict=True)] | None = None
    include_raw_content: bool | None = None
    include_images: bool | None = None
    page: Annotated[int, Field(ge=1, strict=True)] | None = None
    max_tokens_per_page: Annotated[int, Field(ge=1, strict=True)] | None = None
    country: Text | None = None
    extra_body: Mapping[str, Any] | None = None

    @field_validator("include_domains", "exclude_domains", mode="before")
    @classmethod
    def _domains_are_a_list(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise ValueError(f"must be a list of sites, such as [{value!r}]")
        return value


class SearchOptions(SearchFields, _Asked):
    """How the web is searched: see `SearchFields`.

    Attributes:
        max_results: How many results at the most.
    """

    max_results: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None


def checked_options(kind: type[Kind], given: Mapping[str, Any]) -> Kind:
    """Check `given` and return it as options of `kind`.

    Raises:
        InvalidInputError: An option is unknown or its value cannot be sent; the text names each.
    """
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise InvalidInputError(explain(error, kind, hint=OTHER_FIELDS)) from None
