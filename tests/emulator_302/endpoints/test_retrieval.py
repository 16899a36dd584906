"""The emulator embeds, reranks and searches like a strict gateway, without any model."""

import base64
import struct

import pytest

from tests.emulator_302.caller import picture, shown
from tests.emulator_302.gallery import refusal

EMBED, RERANK, SEARCH = "/v1/embeddings", "/v1/rerank", "/302/general/search"
MODEL = {"model": "text-embedding-3-small"}
RERANKER = {"model": "bge-reranker-v2-m3"}


def embedded(caller, *texts, **more):
    reply = caller.http.post(EMBED, json={**MODEL, "input": list(texts), **more})
    assert reply.status_code == 200, reply.text
    return reply.json()


def near(one, other):
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_like_texts_lie_near_each_other_and_the_same_text_in_the_same_place(caller):
    texts = [
        "The cat sleeps on the sofa",
        "Cats were sleeping on sofas",
        "Quarterly revenue rose by four percent",
        "The cat sleeps on the sofa",
    ]
    vectors = [entry["embedding"] for entry in embedded(caller, *texts)["data"]]
    assert near(vectors[0], vectors[1]) > 0.3 > near(vectors[0], vectors[2])
    assert vectors[0] == vectors[3]
    assert all(abs(near(vector, vector) - 1) < 1e-9 for vector in vectors)


def test_chinese_texts_that_share_signs_lie_near_each_other(caller):
    vectors = [
        e["embedding"] for e in embedded(caller, "收据总额", "总额收据单", "天气很好")["data"]
    ]
    assert near(vectors[0], vectors[1]) > near(vectors[0], vectors[2])


def test_a_text_without_words_has_a_vector_too(caller):
    assert embedded(caller, "!!!", dimensions=8)["data"][0]["embedding"] == [1.0] + [0.0] * 7


def test_base64_holds_the_same_numbers_and_tokens_are_billed(caller):
    numbers = embedded(caller, "hello world", dimensions=16)["data"][0]["embedding"]
    reply = caller.http.post(
        "/jina/v1/embeddings",
        json={**MODEL, "input": "hello world", "encoding_format": "base64", "dimensions": 16},
    )
    packed = base64.b64decode(reply.json()["data"][0]["embedding"])
    assert struct.unpack("<16f", packed) == pytest.approx(numbers)
    record = caller.http.get(f"/dashboard/record/{reply.headers['request-id']}").json()["data"]
    assert record["model"] == MODEL["model"]
    assert record["input_token"] == reply.json()["usage"]["total_tokens"] == 3


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        (EMBED, {**MODEL}, 422, "input is missing"),
        (EMBED, {**MODEL, "input": [[1, 2]]}, 422, "'input' has the wrong type"),
        (EMBED, {**MODEL, "input": "a", "size": 3}, 422, "unknown field 'size'"),
        (EMBED, {**MODEL, "input": ["a", ""]}, 422, "input[1] is empty"),
        (EMBED, {**MODEL, "input": ["a"] * 2049}, 422, "more than 2048 texts"),
        (EMBED, {**MODEL, "input": "a" * 40_000}, 400, "maximum context length"),
        (EMBED, {**MODEL, "input": "a", "dimensions": 9999}, 422, "no vectors of 9999"),
        (EMBED, {"model": "BAAI/bge-m3", "input": "a", "dimensions": 8}, 422, "no vectors of 8"),
        (EMBED, {**MODEL, "input": "a", "encoding_format": "hex"}, 422, "float or base64"),
        (EMBED, {"model": "nobody", "input": "a"}, 503, "No available models"),
        (RERANK, {**RERANKER, "query": "q"}, 422, "documents is missing"),
        (RERANK, {**RERANKER, "query": "q", "documents": ["a"], "top_n": 2}, 422, "top_n"),
        (RERANK, {**RERANKER, "query": "q", "documents": [{"text": "a"}]}, 422, "wrong type"),
        (RERANK, {"model": "nobody", "query": "q", "documents": ["a"]}, 503, "No available"),
        (SEARCH, {"query": "q"}, 422, "provider is missing"),
        (SEARCH, {"query": "q", "provider": "search1api"}, 422, "provider must be one of"),
        (SEARCH, {"query": "q", "provider": "exa", "max_results": 21}, 422, "1 to 20"),
        (SEARCH, {"query": "q", "provider": "exa", "includeRawContent": True}, 422, "unknown"),
        (
            SEARCH,
            {"query": "q", "provider": "exa", "time_range": "day"},
            422,
            "must be one of none",
        ),
        (SEARCH, {"query": "q", "provider": "bocha", "time_range": "week"}, 422, "oneWeek"),
        (SEARCH, {"query": "q", "provider": "exa", "startCrawlDate": "soon"}, 422, "wrong type"),
    ],
)
def test_what_a_gateway_would_not_take_is_refused_by_name(caller, path, body, status, says):
    reply = caller.http.post(path, json=body)
    got = refusal(reply)
    assert got[0] == status
    assert says in got[2]


def test_the_document_that_fits_comes_first_and_is_repeated_only_if_asked(caller):
    documents = ["bananas are yellow", "the invoice total is 40 euros", "invoices"]
    body = {**RERANKER, "query": "What is the invoice total?", "documents": documents, "top_n": 2}
    reply = caller.http.post(RERANK, json=body).json()
    assert [result["index"] for result in reply["results"]] == [1, 2]
    assert "document" not in reply["results"][0]
    reply = caller.http.post("/v1/reranks", json={**body, "return_documents": True}).json()
    assert reply["results"][0]["document"] == {"text": documents[1]}


def test_a_question_of_small_words_ranks_without_failing(caller):
    body = {**RERANKER, "query": "what is it?", "documents": ["a", "b"]}
    assert len(caller.http.post(RERANK, json=body).json()["results"]) == 2


def found(caller, **more):
    body = {"query": "latest news", "provider": "tavily", **more}
    reply = caller.http.post(SEARCH, json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()["search_results"]


def test_the_search_finds_pages_and_pages_of_pages(caller):
    first, second = found(caller, max_results=2), found(caller, max_results=2, page=2)
    assert len(first) == len(second) == 2
    assert not {page["url"] for page in first} & {page["url"] for page in second}
    assert first[0]["content"]
    assert len(found(caller)) == 5


def test_domains_and_days_narrow_the_search(caller):
    host = found(caller)[0]["url"].split("/")[2]
    assert {p["url"].split("/")[2] for p in found(caller, include_domains=[host])} == {host}
    assert host not in str(found(caller, exclude_domains=[host]))
    assert found(caller, startPublishedDate="2999-01-01") == []
    assert found(caller, endPublishedDate="1999-01-01T00:00:00Z") == []


def test_one_provider_takes_days_as_a_time_range(caller):
    assert found(caller, provider="bocha", time_range="2026-01-01..2026-02-01")
    assert found(caller, provider="bocha", time_range="oneDay")


def test_search1_gives_content_only_of_what_it_is_told_to_read(caller):
    pages = found(caller, provider="search1_search", crawl_results=1)
    assert [bool(page["content"]) for page in pages] == [True] + [False] * 4
    assert pages[1]["description"]


def test_bare_text_is_given_when_nothing_else_is_wanted(caller):
    asked = "Give the text and nothing else. If there is none, answer [no text]."
    answer = caller.ask(shown(picture("Invoice 4711", "Total 40 EUR"), asked), "qwen-vl-ocr")
    assert answer["content"] == "Invoice 4711\nTotal 40 EUR"
    assert caller.ask(shown(picture(), asked), "mistral-ocr-latest")["content"] == "[no text]"
    nothing = caller.ask(shown(picture(), "The text and nothing else."), "mistral-ocr-latest")
    assert nothing["content"] is None


PROMPT = "Answer.\n\n[a.png, page 1]\nRent 950 EUR\n\n[b.png, page 2]\nDeposit 1900 EUR\n\n"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("How much is the deposit?", "Deposit 1900 EUR [b.png, page 2]"),
        ("Who sings?", "The context does not say."),
    ],
)
def test_passages_in_a_prompt_are_answered_from_with_their_names(caller, asked, said):
    assert caller.ask(f"{PROMPT}Question: {asked}")["content"] == said
