"""What a vendor wants back is kept in the message, wherever that goes, and sent to its model."""

import pickle

import pytest
from langchain_core.callbacks import UsageMetadataCallbackHandler
from langchain_core.load import dumps, loads
from langchain_core.messages import (
    AIMessage,
    HumanMessage,
    ToolMessage,
    messages_from_dict,
    messages_to_dict,
)

from langchain_302.convert import to_wire
from tests.provider_answers import ANSWERS, CACHED, CALL
from tests.scripted_server import DONE, chunk, completion, reply, stream

HELLO = reply(200, completion())
USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


def sent_back(way, server, message, **options):
    """Return the model's own turn as the next request has it."""
    server.answer(HELLO)
    results = [ToolMessage("blue", tool_call_id=call["id"]) for call in message.tool_calls]
    way.invoke([HumanMessage("Look!"), message, *results, HumanMessage("Go on")], **options)
    return server.seen[-1].json["messages"][1]


@pytest.mark.parametrize("how", ["whole", "streamed"])
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_what_a_vendor_wants_back_goes_to_its_model_and_to_no_other(ways, server, answer, how):
    way = ways(server.url, model="a-vendors-model")
    server.answer(answer.reply() if how == "whole" else answer.stream())
    message = way.invoke() if how == "whole" else way.stream()
    assert answer.is_back_in(sent_back(way, server, message))
    assert answer.is_back_in(sent_back(way, server, message, model="A-Vendors-Model-web-search"))
    assert answer.has_nothing_in(sent_back(way, server, message, model="another-model"))


CARRIERS = {
    "messages_to_dict": lambda message: messages_from_dict(messages_to_dict([message]))[0],
    "dumps": lambda message: loads(dumps(message), allowed_objects="messages"),
    "pickle": lambda message: pickle.loads(pickle.dumps(message)),
    "pydantic": lambda message: AIMessage.model_validate_json(
        AIMessage(**message.model_dump(exclude={"type"})).model_dump_json()
    ),
    "copy": lambda message: message.model_copy(deep=True),
}


@pytest.mark.filterwarnings("ignore::langchain_core._api.LangChainBetaWarning")
@pytest.mark.parametrize("carry", CARRIERS.values(), ids=CARRIERS)
@pytest.mark.parametrize("how", ["whole", "streamed"])
def test_it_survives_every_way_of_storing_a_message(ways, server, carry, how):
    way = ways(server.url, model="a-vendors-model")
    for answer in ANSWERS.values():
        server.answer(answer.reply() if how == "whole" else answer.stream())
        message = carry(way.invoke() if how == "whole" else way.stream())
        assert answer.is_back_in(sent_back(way, server, message))


def test_it_survives_a_checkpoint(ways, server):
    serde = pytest.importorskip("langgraph.checkpoint.serde.jsonplus").JsonPlusSerializer()
    way = ways(server.url, model="a-vendors-model")
    for answer in ANSWERS.values():
        server.answer(answer.reply())
        stored = serde.dumps_typed(way.invoke())
        assert answer.is_back_in(sent_back(way, server, serde.loads_typed(stored)))


def test_unsigned_reasoning_goes_back_as_its_model_wants_it(ways, server):
    way = ways(server.url)
    server.answer(ANSWERS["MiniMax: unsigned, with a call"].reply())
    message = way.invoke()
    assert "reasoning_details" not in sent_back(way, server, message, reasoning_back="never")
    assert "reasoning_details" in sent_back(way, server, message, reasoning_back="always")


def test_a_text_that_a_program_has_changed_is_what_goes_back(ways, server):
    way = ways(server.url)
    server.answer(ANSWERS["Claude: a cache mark"].reply())
    message = way.invoke()
    assert sent_back(way, server, message)["content"] == CACHED
    changed = message.model_copy(update={"content": "Red."})
    assert sent_back(way, server, changed)["content"] == [{"type": "text", "text": "Red."}]
    emptied = message.model_copy(update={"content": ""})
    assert sent_back(way, server, emptied)["content"] == []


@pytest.mark.parametrize(
    "kept",
    [
        None,
        7,
        {},
        {"model": None, "message": {"signature": "sig=="}},
        {"model": "gpt-4o", "message": 7, "tool_calls": 7},
        {"model": "gpt-4o", "message": {"content": 7, "x": 7}, "tool_calls": {"c1": 7}},
    ],
)
def test_what_a_program_wrote_in_its_place_is_passed_over(kept):
    call = {"name": "look", "args": {"at": "sky"}, "id": "c1"}
    kwargs = {"provider_details": kept}
    message = AIMessage("x", tool_calls=[call], additional_kwargs=kwargs)
    (wire,) = to_wire([message], model="gpt-4o")
    assert wire == {"role": "assistant", "content": "x", "tool_calls": [CALL]}


def test_the_counts_of_several_answers_are_counted_once(ways, server):
    body = completion("one", usage=USAGE)
    body["choices"].append({"index": 1, "message": {"content": "two"}, "finish_reason": "stop"})
    counter = UsageMetadataCallbackHandler()
    server.answer(reply(200, body))
    message = ways(server.url, n=2).invoke(config={"callbacks": [counter]})
    assert message.usage_metadata["total_tokens"] == 15
    assert counter.usage_metadata["m1"]["total_tokens"] == 15


def test_only_the_first_of_several_answers_has_the_counts(ways, server):
    body = completion("one", usage=USAGE)
    body["choices"].append({"index": 1, "message": {"content": "two"}, "finish_reason": "stop"})
    server.answer(reply(200, body))
    first, second = ways(server.url, n=2).model.generate([[HumanMessage("x")]]).generations[0]
    assert (first.message.usage_metadata["total_tokens"], second.message.usage_metadata) == (
        15,
        None,
    )


def test_a_whole_call_without_a_name_is_an_invalid_call(ways, server):
    call = {"id": "a", "function": {"name": "", "arguments": "{}"}}
    server.answer(reply(200, completion(None, message={"tool_calls": [call]})))
    message = ways(server.url).invoke()
    assert message.tool_calls == []
    (broken,) = message.invalid_tool_calls
    assert (broken["id"], broken["error"]) == ("a", "the call does not name a tool")


def test_what_is_known_of_a_source_is_shown(ways, server):
    source = {
        "url": "https://a.example",
        "title": "T",
        "snippet": "s",
        "date": "d",
        "source": "web",
    }
    server.answer(
        reply(200, completion(search_results=[source])),
        stream(chunk("Hello", search_results=[source]), chunk(finish="stop"), DONE),
    )
    way = ways(server.url)
    for message in (way.invoke(), way.stream()):
        assert message.response_metadata["citations"] == [source]
        (citation,) = message.content_blocks[0]["annotations"]
        assert citation == {
            "type": "citation",
            "url": "https://a.example",
            "title": "T",
            "cited_text": "s",
            "extras": {"date": "d", "source": "web"},
        }
