"""A refused text is named, at every place, and what was paid for beside it is kept."""

import pytest

from core_302 import (
    AuthenticationError,
    ContextOverflowError,
    EmbeddingOptions,
    GatewayError,
    InvalidInputError,
    InvalidRequestError,
    RerankOptions,
)
from tests.embedding_vendor import Vendor, vector_of
from tests.scripted_server import reply, scripted_server

TEXTS = [f"text {number}" for number in range(6)]
TWO_EACH = EmbeddingOptions(model="m", texts_per_call=2)
ALL = EmbeddingOptions(model="m")


def refused(connect, server, options=ALL, texts=TEXTS, kind=InvalidRequestError, **more):
    client = connect(server.url, max_connections=1, max_retries=0)
    with pytest.raises(kind) as caught:
        client.call("embed", texts, options, **more)
    return caught.value


@pytest.mark.parametrize("options", [TWO_EACH, ALL])
@pytest.mark.parametrize("bad", range(6))
def test_the_refused_text_is_named_at_every_place_and_no_text_is_paid_for_twice(
    connect, bad, options
):
    with scripted_server(Vendor(bad=(TEXTS[bad],))) as server:
        error = refused(connect, server, options)
        assert error.text_index == bad
        assert f"Refused was texts[{bad}] of 6: 'text {bad}'." in str(error)
        paid = error.partial or [None] * 6
        assert paid == [*map(vector_of, TEXTS[:bad]), *[None] * (6 - bad)]
        assert error.tokens == bad
        others = [text for text in TEXTS if text != TEXTS[bad]]
        before = len(server.texts)
        server.bad = ()
        whole = connect(server.url).call("embed", TEXTS, options, partial=error.partial)
    assert whole.vectors == [vector_of(text) for text in TEXTS]
    sent_after = [text for texts in server.texts[before:] for text in texts]
    assert sorted(sent_after) == TEXTS[bad:]
    assert set(error.cost_ids) <= set(others)


def test_a_batch_that_is_too_long_for_the_vendor_is_sent_in_parts(connect):
    with scripted_server(Vendor(most=2)) as server:
        found = connect(server.url).call("embed", TEXTS, ALL)
    assert found.vectors == [vector_of(text) for text in TEXTS]
    assert found.tokens == 6
    assert server.texts == [
        TEXTS, TEXTS[:1], TEXTS[1:], TEXTS[1:3], TEXTS[3:], TEXTS[3:4], TEXTS[4:]
    ]  # fmt: skip


@pytest.mark.parametrize("says", ["'$.input[4]' is invalid", "The example at index 4 is too long"])
def test_a_text_that_the_vendor_names_is_not_looked_for(connect, says):
    with scripted_server(Vendor(bad=(TEXTS[4],), says=says)) as server:
        error = refused(connect, server)
    assert (error.text_index, error.partial) == (4, None)
    assert server.texts == [TEXTS]


def test_a_place_outside_the_batch_is_not_believed(connect):
    with scripted_server(Vendor(bad=(TEXTS[1],), says="see index 400000")) as server:
        assert refused(connect, server).text_index == 1


@pytest.mark.parametrize(
    ("given", "kind", "requests"),
    [
        ({"param": "dimensions"}, InvalidRequestError, 1),
        ({"status": 401}, AuthenticationError, 1),
        ({"status": 409}, GatewayError, 1),
        ({}, InvalidRequestError, 2),
    ],
)
def test_what_no_text_is_to_blame_for_is_not_looked_for_long(connect, given, kind, requests):
    with scripted_server(Vendor(most=0, **given)) as server:
        error = refused(connect, server, kind=kind)
    assert len(server.texts) == requests
    told = "it may be an option" if requests == 2 else "It was among texts[0:6] of 6"
    assert told in str(error)


def test_a_text_longer_than_the_window_is_named(connect):
    says = "This model's maximum context length is 8192 tokens"
    with scripted_server(Vendor(bad=("text 3",), says=says)) as server:
        error = refused(connect, server, kind=ContextOverflowError)
    assert error.text_index == 3


def test_the_words_of_a_text_in_an_error_are_few_and_in_one_line(connect):
    text = "line\n" * 1000 + "1"
    with scripted_server(Vendor(bad=(text,))) as server:
        said = str(refused(connect, server, texts=[text]))
    assert "\n" not in said
    assert len(said) < 400


def test_a_blank_text_is_an_error_before_anything_is_sent(connect, server):
    with pytest.raises(InvalidInputError, match=r"texts\[1\] is blank"):
        connect(server.url).call("embed", ["a", " \n"], ALL)
    assert not server.seen


def test_a_blank_text_becomes_zeros_without_a_call_for_it(connect):
    options = EmbeddingOptions(model="m", on_blank="zero")
    with scripted_server(Vendor()) as server:
        found = connect(server.url).call("embed", ["", "text 1", " "], options)
    assert found.vectors == [[0.0, 0.0], [6.0, 1.0], [0.0, 0.0]]
    assert server.texts == [["text 1"]]


def test_blank_texts_alone_need_the_length_of_a_vector(connect, server):
    client = connect(server.url)
    with pytest.raises(InvalidInputError, match="set dimensions"):
        client.call("embed", [""], EmbeddingOptions(model="m", on_blank="zero"))
    options = EmbeddingOptions(model="m", on_blank="zero", dimensions=2)
    assert client.call("embed", [""], options).vectors == [[0.0, 0.0]]
    assert not server.seen


def test_a_blank_text_is_sent_if_that_is_wanted(connect, server):
    server.answer(reply(200, {"data": [{"index": 0, "embedding": [1]}]}))
    options = EmbeddingOptions(model="m", on_blank="send")
    assert connect(server.url).call("embed", [" "], options).vectors == [[1.0]]
    assert server.seen[0].json["input"] == [" "]


def test_what_came_of_other_texts_is_not_taken(connect, server):
    with pytest.raises(InvalidInputError, match="partial has 1 places for 2 texts"):
        connect(server.url).call("embed", ["a", "b"], ALL, partial=[None])
    assert not server.seen


RANKED = reply(200, {"results": [{"index": 1, "relevance_score": 0.9}]})


def test_a_blank_document_is_left_out_of_a_ranking_and_places_stay(connect, server):
    server.answer(RANKED)
    options = RerankOptions(model="m", on_blank="skip", top_n=3)
    ranking = connect(server.url).call("rerank", "q", ["a", " ", "b"], options)
    assert [rank.index for rank in ranking.ranks] == [2]
    assert server.seen[0].json == {"model": "m", "query": "q", "documents": ["a", "b"], "top_n": 2}


def test_blank_documents_alone_are_ranked_without_a_call(connect, server):
    options = RerankOptions(model="m", on_blank="skip")
    assert connect(server.url).call("rerank", "q", ["", " "], options).ranks == ()
    assert not server.seen


def test_a_blank_document_is_an_error_if_that_is_wanted(connect, server):
    options = RerankOptions(model="m", on_blank="error")
    with pytest.raises(InvalidInputError, match=r"documents\[1\] is blank"):
        connect(server.url).call("rerank", "q", ["a", ""], options)
    assert not server.seen


@pytest.mark.parametrize(
    ("says", "documents", "place", "told"),
    [
        ("documents[1] is too long", ["a", "b"], 1, "That is documents[1]: 'b'."),
        ("no", ["a", " "], None, "documents[1] is blank: on_blank='skip'"),
        ("no", ["a", "b"], None, "no"),
    ],
)
def test_a_refused_ranking_names_the_document(connect, server, says, documents, place, told):
    server.answer(reply(400, {"error": {"message": says}}))
    with pytest.raises(InvalidRequestError) as caught:
        connect(server.url).call("rerank", "q", documents, RerankOptions(model="m"))
    assert caught.value.text_index == place
    assert told in str(caught.value)


def test_a_ranking_that_is_refused_for_another_field_names_no_document(connect, server):
    server.answer(reply(400, {"error": {"message": "no", "param": "top_n"}}))
    with pytest.raises(InvalidRequestError) as caught:
        connect(server.url).call("rerank", "q", [""], RerankOptions(model="m"))
    assert "blank" not in str(caught.value)
