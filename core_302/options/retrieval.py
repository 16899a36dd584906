"""The options of the embedding, rerank and search endpoints, checked before they are sent.

None means "not set": nothing is sent for it. An unknown model or provider is sent as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core_302.catalogue.search_facts import WORDED, ProviderFacts, provider_facts
from core_302.errors import InvalidInputError
from core_302.options.chat import OTHER_FIELDS, explain
from core_302.options.declaration import Declared, Sites, Text, Wire

MOST_TEXTS = 2_048  # texts of one embedding call: what 302.AI's own SDK sends at the most
TEXTS_PER_CALL = 128  # many vendors behind the gateway refuse more
# A vendor limits the tokens of one call (OpenAI: 300,000). A character of any script is at most
# about three tokens.
CHARACTERS_PER_CALL = 100_000
DEFAULT_RESULTS = 5  # pages that a retriever finds by default
OTHER_VALUES = "extra_body sends any value"
SEARCH_PAGE = "Unified Search"  # `includeRowContent` is not our typo

Kind = TypeVar("Kind", bound=BaseModel)
Path = Annotated[str, Field(pattern=r"^/[^?#\s]*$")]
Day = date | datetime | None
Count = Annotated[int, Field(ge=1, strict=True)]
MaxResults = Annotated[int, Field(ge=1, le=100, strict=True)]
TextsPerCall = Annotated[int, Field(ge=1, le=MOST_TEXTS, strict=True)]


class BodyFields(Declared):
    """What every call has."""

    extra_body: Mapping[str, Any] | None = None
    """Further fields of the body, such as Jina's `task` or Qwen's `instruct`. They win over all
    others."""


class EmbeddingFields(BodyFields):
    """How texts become vectors, except for the model and the batches."""

    dimensions: Count | None = None
    """The length of a vector, for models that can shorten it."""
    encoding: Literal["float", "base64"] | None = "float"
    """`base64` is about a quarter of the bytes of `float`; both are read, whichever was requested.
    """
    user: str | None = None
    """Your own id of the end user."""
    path: Path | None = None
    """The path of the endpoint; by default `/v1/embeddings`, and for Jina's models Jina's own path,
    as in 302.AI's SDK.
    """
    texts_per_call: TextsPerCall = TEXTS_PER_CALL
    """The most texts of one request. Up to eight requests are in flight at once."""
    characters_per_call: Count = CHARACTERS_PER_CALL
    """The most characters of one request; a longer text is sent alone."""
    on_blank: Literal["error", "zero", "send"] = "error"
    """A text without a letter: an error before anything is sent, a vector of zeros without a call
    (a store that compares by angle may refuse it), or sent like any other."""


class BatchFields(EmbeddingFields):
    """How texts become vectors, in batches of our own."""

    model: Text
    """The model's name. An unknown one is sent as it is."""


class EmbeddingOptions(BatchFields):
    """How texts become vectors."""

    model_config = ConfigDict(frozen=True)


class RerankFields(BodyFields):
    """How documents are ranked."""

    model: Text
    """The reranker's name. An unknown one is sent as it is."""
    top_n: Count | None = None
    """How many are kept; all by default."""
    path: Path | None = None
    """The path of the endpoint; by default `/v1/rerank`, and `/v1/reranks` for `qwen3-rerank`.
    Jina's models are also known at `/jina/v1/rerank`."""
    on_blank: Literal["send", "skip", "error"] = "send"
    """A document without a letter: sent like any other, left out of the ranking, or an error before
    anything is sent."""


class RerankOptions(RerankFields):
    """How documents are ranked."""

    model_config = ConfigDict(frozen=True)


class SearchFields(BodyFields):
    """How the web is searched, except for the number of results.

    What a listed provider knows is checked: see "What each search provider knows" in
    `docs/options.md`. One that is not listed is never judged.
    """

    provider: Text = "tavily"
    """`tavily`, `search1_search`, `search1_news`, `bocha`, `exa`, `firecrawl`, `metaso`,
    `unifuncs`, `perplexity`, or a newer one."""
    category: Text | None = None
    """Such as `news` or `research paper`, in the provider's words."""
    time_range: Text | None = None
    """Such as `day`, `week`, `month`, `year`; sent as the provider spells it (`oneWeek`)."""
    include_domains: Sites | None = None
    """Only these sites."""
    exclude_domains: Sites | None = None
    """Never these sites."""
    start_published_date: Annotated[
        date | datetime | None, Wire("startPublishedDate", SEARCH_PAGE)
    ] = None
    """Only pages published from this day on."""
    end_published_date: Annotated[Day, Wire("endPublishedDate", SEARCH_PAGE)] = None
    """Only pages published up to this day."""
    start_crawl_date: Annotated[Day, Wire("startCrawlDate", SEARCH_PAGE)] = None
    """Only pages found from this day on."""
    end_crawl_date: Annotated[Day, Wire("endCrawlDate", SEARCH_PAGE)] = None
    """Only pages found up to this day."""
    crawl_results: Annotated[int, Field(ge=0, strict=True)] | None = None
    """How many of the results are read for their full content. Some providers return no content
    without it.
    """
    include_raw_content: Annotated[bool | None, Wire("includeRowContent", SEARCH_PAGE)] = None
    """Return the pages' raw content."""
    include_images: bool | None = None
    """Return images as well."""
    page: Count | None = None
    """Which page of results, from 1."""
    max_tokens_per_page: Count | None = None
    """The longest content of a result, in tokens."""
    country: Text | None = None
    """Where to search from."""


class SearchOptions(SearchFields):
    """How the web is searched."""

    model_config = ConfigDict(frozen=True)

    max_results: MaxResults | None = None
    """The most results."""

    @model_validator(mode="after")
    def _suits_the_provider(self) -> SearchOptions:
        facts = provider_facts(self.provider)
        if facts is not None:
            self._check_words(facts)
            self._check_what_is_for_others(facts)
            most = facts.most_results
            if most is not None and (self.max_results or 0) > most:
                raise ValueError(f"max_results: {facts.name} returns at most {most}")
        return self

    def _check_words(self, facts: ProviderFacts) -> None:
        """Check words of the provider's own, and send them as it spells them."""
        for option in WORDED:
            given = getattr(self, option)
            if given is None:
                continue
            word, known = facts.word(option, given), facts.accepted(option)
            if word is None:
                takes = f"knows {', '.join(known)}" if known else "takes none"
                raise ValueError(f"{option}: {facts.name} {takes}, not {given!r}. {OTHER_VALUES}")
            self.__dict__[option] = word

    def _check_what_is_for_others(self, facts: ProviderFacts) -> None:
        for option, names in facts.foreign.items():
            if getattr(self, option) is not None:
                whose = " and ".join(names)
                raise ValueError(f"{option}: it is for {whose}, not {facts.name}. {OTHER_VALUES}")


def checked_options(kind: type[Kind], given: Mapping[str, Any], also: tuple[str, ...] = ()) -> Kind:
    """Check `given` and return it as options of `kind`.

    Names in `also` are taken by the caller: an error may lead to them.

    Raises:
        InvalidInputError: An option is unknown or its value cannot be sent; the error's text names
            each.
    """
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise InvalidInputError(explain(error, kind, hint=OTHER_FIELDS, also=also)) from None


def options_in(kind: type[Kind], given: object, **others: Any) -> Kind:
    """Return the options of `kind` that the fields of `given` hold; `others` win over them.

    Raises:
        InvalidInputError: A value cannot be sent; the error's text names each.
    """
    fields = vars(given)
    own = {name: fields[name] for name in kind.model_fields if name in fields}
    return checked_options(kind, {**own, **others})
