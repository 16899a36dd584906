"""The emulator's replies have the gateway's shape, and its refusals the gateway's codes."""

import re
import subprocess
import sys
import uuid

import httpx
import pytest

from tests.emulator_302.caller import CHAT, HELLO


def err_code(reply):
    return reply.json()["error"]["err_code"]


def test_a_program_that_ends_inside_the_block_is_not_held_up():
    program = "import emulator_302; block = emulator_302.running(); block.__enter__(); print('end')"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert (done.stdout, done.stderr) == ("end\n", "")


def test_a_missing_key_is_refused(gateway):
    reply = httpx.post(gateway.base_url + CHAT, json={}, trust_env=False)
    assert (reply.status_code, err_code(reply)) == (401, -10001)


@pytest.mark.parametrize("value", ["Bearer another", "emulator-key", "Basic emulator-key"])
def test_any_other_key_is_refused(caller, value):
    reply = caller.http.post(CHAT, json={}, headers={"Authorization": value})
    assert (reply.status_code, err_code(reply)) == (401, -10005)


def test_a_refusal_speaks_three_languages(caller):
    error = caller.post([]).json()["error"]
    assert set(error) == {"err_code", "message", "message_cn", "message_jp", "type"}
    assert error["type"] == "api_error"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("web_search", True),
        ("web-search", "yes"),
        ("web-search", 1),
        ("search-results", 0),
        ("search-results", 21),
        ("search-results", True),
        ("search-include-sites", "arxiv.org"),
        ("ocr-model", "gpt-4o-mini"),
        ("ocr_model", True),
        ("r1_fusion", True),
        ("search_type", "jina"),
        ("user_id", "x"),
        ("temperature", "hot"),
        ("max_tokens", 1.5),
    ],
)
def test_a_wrong_field_or_type_is_refused_by_name(caller, name, value):
    reply = caller.post(**{name: value})
    assert (reply.status_code, err_code(reply)) == (400, -10003)
    assert name in reply.json()["error"]["message"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("web-search", True),
        ("search-service", "bocha"),
        ("search-results", 20),
        ("search-include-sites", ["arxiv.org"]),
        ("search-exclude-sites", ["arxiv.org"]),
        ("ocr_model", "gpt-4o-mini"),
        ("r1-fusion", True),
        ("deep-search", True),
        ("searchType", "jina"),
        ("file-parse", True),
        ("parse-service", "jina"),
        ("userid", "not a UUID: memory is not used, and nothing is said"),
        ("tool-use-mode", 3),
        ("thinking-model", "deepseek-r1"),
        ("x-emulator", {"any": "thing"}),
    ],
)
def test_a_documented_field_is_accepted(caller, name, value):
    assert caller.post(**{name: value}).status_code == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"model": "gpt-4o"}'])
def test_a_body_that_is_no_chat_request_is_refused(caller, body):
    reply = caller.http.post(CHAT, content=body)
    assert (reply.status_code, err_code(reply)) == (400, -10003)


@pytest.mark.parametrize("model", ["gpt-unheard-of", "gpt-unheard-of-web-search", "-ocr"])
def test_an_unknown_model_is_unavailable(caller, model):
    reply = caller.post(model=model)
    assert (reply.status_code, err_code(reply)) == (503, -10008)


@pytest.mark.parametrize("model", ["gpt-4o-ocr-web-search", "deepseek-r1-web-search-ocr"])
def test_suffixes_chain_in_any_order(caller, model):
    assert caller.post(model=model).status_code == 200


def test_an_unknown_path_is_not_found(caller):
    for reply in (caller.http.get("/v2/nothing"), caller.http.post("/v1/nothing", json={})):
        assert (reply.status_code, err_code(reply)) == (404, -10010)


def test_every_reply_has_its_own_request_id(caller):
    replies = [caller.post(), caller.post(), caller.post([]), caller.http.get("/v1/models")]
    given = [reply.headers["request-id"] for reply in replies]
    assert len(set(given)) == len(given)
    for one in given:
        uuid.UUID(one.removeprefix("emulator-"))


def test_a_whole_reply_carries_delta_beside_message(caller):
    reply = caller.post().json()
    assert reply["object"] == "chat.completion"
    assert reply["system_fingerprint"] == "emulator-302"
    (choice,) = reply["choices"]
    assert choice["delta"] == choice["message"]
    assert choice["finish_reason"] == "stop"
    usage = reply["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert usage["prompt_tokens"] > 0
    assert usage["completion_tokens"] > 0
    assert set(usage["prompt_tokens_details"]) >= {"cached_tokens", "audio_tokens"}
    assert "reasoning_tokens" in usage["completion_tokens_details"]


def test_a_stream_says_what_the_whole_reply_says(caller):
    whole = caller.ask("Tell me who you are.")
    events = caller.stream("Tell me who you are.")
    first, last = events[0]["choices"][0], events[-1]["choices"][0]
    assert (first["delta"]["role"], first["delta"]["content"]) == ("assistant", "")
    assert last["finish_reason"] == "stop"
    assert all(event["usage"] is None for event in events)
    pieces = [event["choices"][0]["delta"].get("content") or "" for event in events]
    assert "".join(pieces) == whole["content"]
    assert len(pieces) > 4


def test_usage_comes_last_and_alone_when_asked_for(caller):
    *others, last = caller.stream(stream_options={"include_usage": True})
    assert last["choices"] == []
    assert last["usage"]["total_tokens"] > 0
    assert all(event["usage"] is None for event in others)


def test_equal_requests_get_equal_answers(caller):
    assert caller.ask("What do you think of rain?") == caller.ask("What do you think of rain?")


def test_several_choices_come_when_several_are_asked_for(caller):
    choices = caller.post(n=3).json()["choices"]
    assert [choice["index"] for choice in choices] == [0, 1, 2]
    assert len({choice["message"]["content"] for choice in choices}) == 3


def test_a_stop_sequence_ends_the_answer(caller):
    content = caller.ask("Say exactly: one two three four", stop=["three"])["content"]
    assert "two" in content
    assert "three" not in content


def test_a_token_limit_cuts_the_answer(caller):
    long = "Say exactly: " + "word " * 40
    choice = caller.post(long, max_tokens=5).json()["choices"][0]
    assert choice["finish_reason"] == "length"
    assert 0 < len(choice["message"]["content"]) < 40


def test_a_reasoning_model_shows_its_thoughts_first(caller):
    reply = caller.post("What is 2 + 2?", model="deepseek-r1").json()
    assert reply["choices"][0]["message"]["reasoning_content"]
    assert reply["usage"]["completion_tokens_details"]["reasoning_tokens"] > 0
    kinds = []
    for event in caller.stream("What is 2 + 2?", model="deepseek-r1"):
        delta = event["choices"][0]["delta"]
        kinds += [name for name in ("reasoning_content", "content") if delta.get(name)]
    assert kinds == sorted(kinds, reverse=True)
    assert set(kinds) == {"reasoning_content", "content"}


@pytest.mark.parametrize("more", [{"r1-fusion": True}, {"model": "gpt-4o-r1-fusion"}])
def test_reasoning_fusion_makes_any_model_think(caller, more):
    assert caller.ask(**more)["reasoning_content"]
    assert "reasoning_content" not in caller.ask()


def test_log_probabilities_spell_the_answer(caller):
    choice = caller.post(logprobs=True).json()["choices"][0]
    tokens = [entry["token"] for entry in choice["logprobs"]["content"]]
    assert "".join(tokens) == choice["message"]["content"]


def test_the_models_are_listed_in_the_gateways_shape(caller):
    reply = caller.http.get("/v1/models", params={"llm": 1}).json()
    assert reply["object"] == "list"
    by_name = {entry["id"]: entry for entry in reply["data"]}
    assert by_name["gpt-4o"]["is_moderated"] is True
    assert by_name["deepseek-chat"]["is_moderated"] is False
    price = by_name["gpt-4o"]["price"]
    assert re.fullmatch(r"\$\d+\.\d{3} / M tokens", price["input_token"])


def test_a_request_costs_what_its_record_says(caller):
    reply = caller.post()
    record = caller.http.get(f"/dashboard/record/{reply.headers['request-id']}").json()["data"]
    usage = reply.json()["usage"]
    assert record["input_token"] == usage["prompt_tokens"]
    assert record["output_token"] == usage["completion_tokens"]
    assert record["model"] == "gpt-4o"
    assert record["cost"] > 0


def test_an_unseen_request_has_no_record(caller):
    assert caller.http.get("/dashboard/record/unseen").status_code == 404


def test_the_balance_is_a_text(caller):
    reply = caller.http.get("/dashboard/balance").json()
    assert reply["code"] == 0
    assert float(reply["data"]["balance"]) > 0


def test_the_messages_may_carry_names_nulls_and_tool_results(caller):
    messages = [
        {"role": "system", "content": "Be kind.", "name": "setup"},
        *HELLO,
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "user", "content": [{"type": "text", "text": "Hello again"}], "name": "ann"},
    ]
    assert caller.ask(messages)["content"]
