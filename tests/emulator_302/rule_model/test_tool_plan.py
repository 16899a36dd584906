"""The emulator's model calls the tool that a request is for, in order, and tells how it went."""

import asyncio
import json

import pytest
from llama_index.core.agent.workflow import AgentWorkflow, FunctionAgent

from llama_index_302 import AI302
from tests.emulator_302.caller import picture as drawn
from tests.emulator_302.caller import shown
from tests.emulator_302.rule_model.test_answer import called
from tests.emulator_302.rule_model.test_image_orders import ANSWERS, IMAGE, run, tool

TEXT, NUMBER = {"type": "string"}, {"type": "number"}
LOOKUP = tool("lookup_order", "Look an order up.", ["order_id"], order_id=TEXT)
REFUND = tool("refund", "Pay an amount back.", ["amount"], amount=NUMBER)
FIND = tool("find_user", "Find a user by name.", ["user_name"], user_name=TEXT)
ORDERS = tool("list_orders", "List the orders of a user.", ["user_id"], user_id=TEXT)
SPEAK = tool("speak", "Read a text aloud: makes an audio file of a text.", ["text"], text=TEXT)
TRANSCRIBE = tool("transcribe", "Write down what is said in an audio file.", ["audio"], audio=TEXT)
BILLING = tool("transfer_to_billing_agent", "Ask agent 'billing_agent' for help", [])
TRAVEL = tool("transfer_to_travel_agent", "Hands over for flights and hotels.", [])


@pytest.mark.parametrize(
    "asked", ["Refund order A-17", "Look up order A-17 and refund it.", "Please refund order A-17."]
)
@pytest.mark.parametrize(
    "found",
    ['{"id": "A-17", "total": 4.5}', "{'total': 4.5}", "4.5", '[{"order": {"price": 4.5}}]'],
)
@pytest.mark.parametrize("tools", [[LOOKUP, REFUND], [REFUND, LOOKUP]])
def test_a_call_waits_for_the_value_that_another_finds(caller, asked, found, tools):
    done, said = run(caller, asked, {"lookup_order": found, "refund": "4.5 paid back"}, tools)
    assert done == [("lookup_order", {"order_id": "A-17"}), ("refund", {"amount": 4.5})]
    assert "refund: 4.5 paid back" in said


def test_a_value_that_is_there_is_not_waited_for(caller):
    reply = caller.ask("Look up order A-17 and refund 3 EUR.", tools=[LOOKUP, REFUND])
    assert called(reply) == [("lookup_order", {"order_id": "A-17"}), ("refund", {"amount": 3})]


def test_an_id_waits_for_who_it_is_of(caller):
    answers = {"find_user": '{"id": "u_12", "name": "Ada"}', "list_orders": "Two orders."}
    done, said = run(caller, "List the orders of Ada Lovelace.", answers, [ORDERS, FIND])
    assert [name for name, _ in done] == ["find_user", "list_orders"]
    assert done[1] == ("list_orders", {"user_id": "u_12"})
    assert "Two orders." in said


@pytest.mark.parametrize(
    "failure",
    [
        "Error: there is no order 17",
        "there is no order 17",
        '{"error": "there is no order 17"}',
        '{"success": false, "why": "there is no order 17"}',
        "LookupError('there is no order 17')",
    ],
)
def test_after_a_failure_nothing_is_made_up(caller, failure):
    done, said = run(caller, "Refund order 17", {"lookup_order": failure}, [LOOKUP, REFUND])
    assert done == [("lookup_order", {"order_id": "17"})]
    assert said.startswith("lookup_order failed: ")
    assert "there is no order 17" in said


def test_a_result_without_the_value_ends_the_work(caller):
    answers = {"lookup_order": '{"state": "sent"}'}
    done, said = run(caller, "Refund order A-17", answers, [LOOKUP, REFUND])
    assert [name for name, _ in done] == ["lookup_order"]
    assert said == 'According to lookup_order: {"state": "sent"}'


def test_a_failed_picture_was_not_made(caller):
    answers = {"generate_image": "Error: https://files.example/a.png could not be fetched"}
    _, said = run(caller, "Draw a picture of a cat.", answers, [IMAGE])
    assert said == f"generate_image failed: {answers['generate_image']}"


def test_as_many_avatars_are_told_as_came(caller):
    asked = "Make four Comic avatars of the woman in photo.png."
    _, said = run(caller, asked, ANSWERS)
    assert said.startswith("Here is what I made. Two Comic avatars")


def test_links_and_paths_of_any_tool_are_told(caller):
    answers = {"speak": "Saved at out/a.mp3, from https://files.example/a.mp3"}
    _, said = run(caller, "Read the text 'Hello' aloud.", answers, [SPEAK])
    assert said == f"According to speak: {answers['speak']}"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("Transcribe the audio file talk.mp3", ("transcribe", {"audio": "talk.mp3"})),
        (
            "Write down what is said in the audio file talk.mp3.",
            ("transcribe", {"audio": "talk.mp3"}),
        ),
        ("Make an audio file of the text 'Good morning'", ("speak", {"text": "Good morning"})),
        ("I have a question about billing.", ("transfer_to_billing_agent", {})),
        ("Find me cheap flights.", ("transfer_to_travel_agent", {})),
    ],
)
def test_one_request_calls_the_one_tool_that_it_is_for(caller, asked, expected):
    tools = [SPEAK, TRANSCRIBE, BILLING, TRAVEL]
    assert called(caller.ask(asked, tools=tools)) == [expected]


def test_after_a_hand_off_the_other_agent_answers(caller):
    talk = [{"role": "user", "content": "I have a question about billing."}]
    talk.append(caller.ask(talk, tools=[BILLING]))
    told = {
        "role": "tool",
        "tool_call_id": talk[1]["tool_calls"][0]["id"],
        "content": "Handed over",
    }
    talk.append(told)
    assert caller.ask(talk)["content"].startswith("I am the rule-based model")
    talk.append({"role": "assistant", "content": "The bill is paid."})
    assert caller.ask(talk, tools=[BILLING])["content"] == "The bill is paid."


def test_agents_of_llama_index_hand_over_to_the_one_that_is_named(gateway):
    def agent(name, does, llm):
        return FunctionAgent(name=name, description=does, llm=llm, streaming=False)

    async def asked():
        given = {"api_key": gateway.api_key, "api_base": gateway.base_url}
        async with AI302(model="gpt-4o", **given) as llm:
            agents = [
                agent("Greeter", "Greets people.", llm),
                agent("Writer", "Writes reports.", llm),
                agent("Reviewer", "Checks spelling.", llm),
            ]
            flow = AgentWorkflow(agents=agents, root_agent="Greeter")
            return await flow.run("Let the reviewer look at it.")

    answer = asyncio.run(asked())
    assert answer.current_agent_name == "Reviewer"
    hands = [call.tool_kwargs["to_agent"] for call in answer.tool_calls]
    assert hands == ["Reviewer"]


def test_a_hand_off_to_nobody_known_is_not_made(caller):
    properties = {"to_agent": TEXT, "reason": TEXT}
    for about in ("Hand over.", "Hand over to {one of them}.", "Hand over to {'A', 'B'}."):
        hand_off = tool("handoff", about, list(properties), **properties)
        assert called(caller.ask("Hand over to somebody.", tools=[hand_off])) == []


def test_the_ids_of_calls_are_unique_in_a_conversation(caller):
    talk, ids = [], []
    for _ in range(3):
        talk.append({"role": "user", "content": "Look up order A-17 and order A-17."})
        for count in (1, 2):
            more = {"n": count} if count > 1 else {}
            choices = caller.post(talk, tools=[LOOKUP], **more).json()["choices"]
            found = [one["id"] for each in choices for one in each["message"]["tool_calls"]]
            assert len(found) == len(set(found))
        ids += [one["id"] for one in choices[0]["message"]["tool_calls"]]
        talk.append(choices[0]["message"])
        talk += [
            {"role": "tool", "tool_call_id": one["id"], "content": json.dumps({"total": 4.5})}
            for one in talk[-1]["tool_calls"]
        ]
        talk.append(caller.ask(talk, tools=[LOOKUP]))
        talk = talk[-4:]  # a window of the conversation: its length says nothing
    assert len(ids) == len(set(ids))


def test_an_order_after_a_picture_is_no_question_about_it(caller):
    talk = [
        *shown(drawn("CORNER CAFE", "Total 42.50"), "What is the total?"),
        {"role": "assistant", "content": "42.50"},
        {"role": "user", "content": "Draw a lighthouse at dusk."},
    ]
    assert "The image says" not in caller.ask(talk)["content"]
    talk[-1] = {"role": "user", "content": "Which cafe is it?"}
    assert "CORNER CAFE" in caller.ask(talk)["content"]


@pytest.mark.parametrize("words", ["Shown by the tool results above:", ""])
def test_an_image_that_a_tool_made_and_shows_is_no_question_about_it(caller, words):
    made = caller.http.post(
        "/302/image/generate", json={"prompt": "sky city", "model": "302ai-flux-schnell-t2i"}
    ).json()["image_url"]
    image = {"type": "image_url", "image_url": {"url": made}}
    text = [{"type": "text", "text": words}] if words else []
    call = {"name": "generate_image", "arguments": '{"prompt": "a sky city"}'}
    asked = {"id": "1", "type": "function", "function": call}
    said = caller.ask(
        [
            {"role": "user", "content": "Draw a sky city."},
            {"role": "assistant", "content": None, "tool_calls": [asked]},
            {"role": "tool", "tool_call_id": "1", "content": f"Made 1 image: {made}"},
            {"role": "user", "content": [*text, image]},
        ]
    )["content"]
    assert said.startswith("Here is what I made.")
