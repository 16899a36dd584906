"""A search provider is asked in its own words; what a source says it does not know is refused."""

from datetime import date

import pytest

from core_302 import InvalidInputError, SearchOptions
from core_302.catalogue.search_facts import provider_facts, search_providers
from core_302.options.retrieval import SearchFields, checked_options
from langchain_302 import AI302SearchRetriever as LangChainRetriever
from llama_index_302 import AI302SearchRetriever as LlamaIndexRetriever
from tests.conftest import KEY


def test_every_provider_has_a_source_and_speaks_of_options_that_there_are():
    assert len(search_providers()) == 9
    for name in search_providers():
        facts = provider_facts(name)
        assert "302" in facts.source
        assert facts.dated.startswith("2026-")
        assert facts.words.keys() | facts.foreign.keys() <= SearchFields.model_fields.keys()
        assert {other for names in facts.foreign.values() for other in names} <= {
            *search_providers()
        }


@pytest.mark.parametrize(
    ("provider", "given", "sent"),
    [
        ("tavily", {"time_range": "week", "category": "news"}, {}),
        ("tavily", {"time_range": "w"}, {}),
        ("bocha", {"time_range": "week"}, {"time_range": "oneWeek"}),
        ("bocha", {"time_range": "2026-01-01"}, {}),
        ("bocha", {"time_range": "2026-01-01..2026-02-01"}, {}),
        ("search1_news", {"category": "hackernews"}, {}),
        ("unifuncs", {"time_range": "week", "page": 2}, {"time_range": "Week"}),
        ("firecrawl", {"time_range": "hour"}, {}),
        ("exa", {"category": "Research Paper"}, {"category": "research paper"}),
        ("exa", {"start_published_date": date(2026, 1, 2)}, {}),
        ("search1_news", {"crawl_results": 2}, {}),
        ("metaso", {"page": 2, "include_raw_content": True}, {}),
        ("perplexity", {"country": "de", "max_results": 20, "max_tokens_per_page": 99}, {}),
        ("newest", {"time_range": "fortnight", "country": "de", "max_results": 100}, {}),
    ],
)
def test_a_word_is_sent_as_the_provider_spells_it(provider, given, sent):
    options = checked_options(SearchOptions, {"provider": provider, **given})
    for name, value in {**given, **sent}.items():
        assert getattr(options, name) == value


REFUSED = [
    (
        {"provider": "search1_search", "time_range": "week"},
        "search1_search knows day, month, year, not 'week'. extra_body sends any value.",
    ),
    ({"provider": "exa", "time_range": "day"}, "time_range: exa takes none, not 'day'."),
    ({"time_range": "2026-01-01"}, "d, w, m, y, not '2026-01-01'."),
    (
        {"provider": "bocha", "time_range": "2026-01-01..02"},
        "oneYear, YYYY-MM-DD, YYYY-MM-DD..YYYY-MM-DD, not '2026-01-01..02'.",
    ),
    ({"provider": "bocha", "category": "news"}, "category: bocha takes none, not 'news'."),
    ({"category": "sport"}, "category: tavily knows general, news, not 'sport'."),
    ({"country": "de"}, "country: it is for perplexity, not tavily."),
    (
        {"provider": "exa", "page": 2},
        "page: it is for metaso and unifuncs, not exa. extra_body sends any value.",
    ),
    ({"start_crawl_date": "2026-01-01"}, "start_crawl_date: it is for exa, not tavily."),
]


@pytest.mark.parametrize(("given", "says"), REFUSED)
def test_what_a_provider_does_not_know_is_refused_with_what_it_knows(given, says):
    with pytest.raises(InvalidInputError) as caught:
        checked_options(SearchOptions, given)
    assert says in str(caught.value)
    for retriever in (LangChainRetriever, LlamaIndexRetriever):
        with pytest.raises(InvalidInputError) as caught:
            retriever(api_key=KEY, **given)
        assert says in str(caught.value)


def test_a_provider_of_few_results_is_asked_for_no_more():
    with pytest.raises(InvalidInputError, match="max_results: perplexity returns at most 20"):
        checked_options(SearchOptions, {"provider": "perplexity", "max_results": 21})


def test_extra_body_is_never_judged():
    options = checked_options(SearchOptions, {"extra_body": {"time_range": "fortnight"}})
    assert options.extra_body == {"time_range": "fortnight"}
