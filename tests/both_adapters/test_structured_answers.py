"""Structured output is asked for in a way that the model takes, the same in both frameworks."""

import pytest
from langchain_core.messages import SystemMessage
from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.prompts import PromptTemplate
from pydantic import BaseModel

from core_302.endpoints.forced_choice import CALL_ONE
from core_302.messages.response_format import TELLS_SCHEMA
from tests.scripted_server import completion, reply


class Seen(BaseModel):
    colour: str
    size: int = 3


def structured(asker, **how):
    """Ask for an instance of `Seen`."""
    if asker.framework == "LangChain":
        model = asker.model.with_structured_output(Seen, **how)
        return asker._end("invoke", "Look!", of=model)
    return asker._end("structured_predict", Seen, PromptTemplate("Look!"), **how)


@pytest.mark.parametrize("text", ['{"colour": "red"}', '```json\n{"colour": "red"}\n```'])
@pytest.mark.parametrize("model", ["deepseek-v4-pro", "kimi-k2.5", "deepseek-reasoner"])
def test_a_model_that_refuses_a_forced_call_is_asked_by_json_mode(asker, server, model, text):
    server.answer(reply(200, completion(text)))
    asked = asker(model)
    assert structured(asked) == Seen(colour="red")
    body = asked.body
    assert body["response_format"] == {"type": "json_object"}
    assert "tools" not in body
    assert "tool_choice" not in body
    assert body["messages"][0]["role"] == "system"
    assert body["messages"][0]["content"].startswith(TELLS_SCHEMA)


def test_one_that_has_json_schemas_too_is_asked_by_its_schema(asker, server, monkeypatch):
    from core_302 import catalogue  # noqa: PLC0415 - its data are changed here

    entries = catalogue._entries()
    facts = catalogue.ModelFacts("thinker", json_schema=True, forced_tool_choice=False)
    monkeypatch.setitem(entries, "thinker", catalogue._Entry(facts, None, ()))
    server.answer(reply(200, completion('{"colour": "red"}')))
    asked = asker("thinker")
    assert structured(asked) == Seen(colour="red")
    assert asked.body["response_format"]["type"] == "json_schema"
    catalogue.facts_about.cache_clear()


def test_a_model_whose_thinking_is_off_is_asked_by_a_call(asker, server):
    arguments = '{"colour": "red"}'
    call = {"id": "c1", "function": {"name": "Seen", "arguments": arguments}}
    server.answer(reply(200, completion(None, message={"tool_calls": [call]})))
    asked = asker("deepseek-v4-pro", thinking={"type": "disabled"})
    assert structured(asked) == Seen(colour="red")
    assert asked.body["tool_choice"] not in (None, "auto")


def test_a_tool_that_must_be_called_is_asked_for_in_words(asker, server):
    call = {"id": "c1", "function": {"name": "look", "arguments": "{}"}}
    server.answer(reply(200, completion(None, message={"tool_calls": [call]})))
    asked = asker("deepseek-v4-pro")
    assert asked.calls([asked.tool("look")], choice="any") == ["look"]
    assert asked.body["tool_choice"] == "auto"
    assert asked.body["messages"][0] == {"role": "system", "content": CALL_ONE}


def test_the_form_of_one_answer_may_be_a_class(asker, server):
    server.answer(reply(200, completion('{"colour": "red"}')))
    asked = asker()
    asked.ask(response_format=Seen)
    schema = asked.body["response_format"]["json_schema"]
    assert schema == {"name": "Seen", "schema": Seen.model_json_schema()}


def test_a_strict_form_given_as_a_mapping_is_completed(asker, server):
    server.answer(reply(200, completion("{}")))
    asked = asker()
    given = {"name": "Seen", "strict": True, "schema": Seen.model_json_schema()}
    asked.ask(response_format={"type": "json_schema", "json_schema": given})
    schema = asked.body["response_format"]["json_schema"]["schema"]
    assert schema["required"] == ["colour", "size"]
    assert schema["additionalProperties"] is False
    assert given["schema"] == Seen.model_json_schema()


def test_the_words_join_the_programs_own_system_message(asker, server):
    call = {"id": "c1", "function": {"name": "look", "arguments": "{}"}}
    server.answer(reply(200, completion(None, message={"tool_calls": [call]})))
    asked = asker("deepseek-v4-pro")
    is_langchain = asked.framework == "LangChain"
    system = (
        SystemMessage("Be brief.")
        if is_langchain
        else ChatMessage(role="system", content="Be brief.")
    )
    tool = {"type": "function", "function": {"name": "look"}}
    server.answer(reply(200, completion()))
    asked.ask([system, "Hello"], tools=[tool], tool_choice="required")
    assert asked.body["messages"][0]["content"] == f"Be brief.\n\n{CALL_ONE}"
