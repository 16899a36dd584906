"""Batches of texts are embedded at once, in their order, and what was paid for is not lost."""

import json
import threading
from dataclasses import dataclass, field

import pytest

from core_302 import EmbeddingOptions, InvalidRequestError
from core_302.flows.embedding import BATCHES_AT_ONCE
from tests.scripted_server import Script, reply, scripted_server

ONE_EACH = EmbeddingOptions(model="m", texts_per_call=1)
REFUSED = reply(400, {"error": {"message": "no"}})


def vector_of(text):
    return reply(200, {"data": [{"index": 0, "embedding": [float(text)]}]})


@dataclass
class Meeting(Script):
    """Answers when as many requests as may be under way have come; counts who is there."""

    barrier: threading.Barrier = field(
        default_factory=lambda: threading.Barrier(BATCHES_AT_ONCE, timeout=30)
    )
    present: int = 0
    most: int = 0

    def next_reply(self, request):
        with self.lock:
            self.seen.append(request)
            self.present += 1
            self.most = max(self.most, self.present)
        self.barrier.wait()
        with self.lock:
            self.present -= 1
        return vector_of(json.loads(request.content)["input"][0])


def test_eight_batches_are_under_way_at_once_and_come_in_their_order(connect):
    texts = [str(number) for number in range(2 * BATCHES_AT_ONCE)]
    with scripted_server(Meeting()) as server:
        found = connect(server.url).call("embed", texts, ONE_EACH)
    assert found.vectors == [[float(text)] for text in texts]
    assert server.most == BATCHES_AT_ONCE


def test_there_are_no_more_at_once_than_connections(connect, server):
    server.answer(*map(vector_of, "123"))
    found = connect(server.url, max_connections=1).call("embed", ["1", "2", "3"], ONE_EACH)
    assert found.vectors == [[1.0], [2.0], [3.0]]
    assert server.connections == 1


@dataclass
class Shared(Script):
    """Refuses the text "2" once "1" and "3" are on their way, and "3" is answered after that."""

    there: threading.Barrier = field(default_factory=lambda: threading.Barrier(3, timeout=30))
    refused: threading.Event = field(default_factory=threading.Event)

    def next_reply(self, request):
        text = json.loads(request.content)["input"][0]
        with self.lock:
            self.seen.append(request)
        self.there.wait()
        if text == "2":
            self.refused.set()
            return REFUSED
        self.refused.wait(30)
        return vector_of(text)


def test_what_was_under_way_beside_a_failure_is_kept(connect):
    with scripted_server(Shared()) as server:
        client = connect(server.url, max_connections=3)
        with pytest.raises(InvalidRequestError) as caught:
            client.call("embed", ["1", "2", "3"], ONE_EACH)
    assert caught.value.partial == [[1.0], None, [3.0]]
    assert "Refused was texts[1] of 3: '2'." in str(caught.value)
    assert caught.value.text_index == 1
    assert "The vectors of 2 others came" in str(caught.value)


def test_nothing_is_sent_behind_a_failure(connect, server):
    server.answer(vector_of("1"), REFUSED, vector_of("3"))
    options = EmbeddingOptions(model="m", texts_per_call=1)
    with pytest.raises(InvalidRequestError) as caught:
        connect(server.url, max_connections=1).call("embed", ["1", "2", "3", "4"], options)
    assert caught.value.partial == [[1.0], None, None, None]
    assert len(server.seen) == 2


def test_the_error_of_a_single_batch_has_nothing_to_keep(connect, server):
    server.answer(REFUSED)
    with pytest.raises(InvalidRequestError) as caught:
        connect(server.url).call("embed", ["1"], ONE_EACH)
    assert caught.value.partial is None


def test_no_texts_ask_nobody(connect, server):
    assert connect(server.url).call("embed", [], ONE_EACH).vectors == []
    assert server.seen == []
