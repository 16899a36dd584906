"""What the emulator's model says to each framework: a script, so that each run is the same."""

from __future__ import annotations

import re
from collections.abc import Callable

from emulator_302 import Conversation, Gateway

NEWS = "Halcyon 3 is out."
OBOE = "The user plays the oboe."
CODE = 'Thought: search.\n<code>\nfinal_answer(web_search(query="AI news"))\n</code>'


def deepagents(gateway: Gateway) -> None:
    """Search, keep a file, ask a sub-agent, and end."""
    main = gateway.when("Write a note about AI news", tools="task")
    main.call("web_search", query="AI news")
    main.then.call("write_file", file_path="/note.md", content=NEWS)
    main.then.call("task", description="Check the note.", subagent_type="general-purpose")
    main.then.say("The note is in /note.md.")
    gateway.when("Check the note").say("It is right.")


def langgraph_supervisor(gateway: Gateway) -> None:
    """Hand over to the agent that searches, and sum up."""
    search = gateway.when(tools="web_search")
    search.call("web_search", query="AI news").then.say(NEWS)
    boss = gateway.when(tools="transfer_to_searcher")
    boss.call("transfer_to_searcher").then.say(NEWS)


def trustcall(gateway: Gateway) -> None:
    """Call with a wrong value, mend it, and update what is known, each by a patch."""
    first = gateway.when("thirty-six")
    first.call("Person", name="Ada", age="thirty-six")
    first.then.call("PatchFunctionErrors", **_patch(_broken_call, 36))
    gateway.when("birthday", tools="PatchDoc").call("PatchDoc", **_patch("Person", 37))


def _patch(which: object, age: int) -> dict[str, object]:
    patches = [{"op": "replace", "path": "/age", "value": age}]
    return {"json_doc_id": which, "planned_edits": "Set the age.", "patches": patches}


def _broken_call(chat: Conversation) -> str:
    found = re.findall(r"json_doc_id=\[(.+?)\]", str(chat.body["messages"]))
    return str(found[-1])


def langmem(gateway: Gateway) -> None:
    """Extract one memory, keep another by a tool, and seek it by the other tool."""
    gateway.when("I play the oboe", tools="Memory").call("Memory", content=OBOE)
    keep = gateway.when("Remember that I live in Brann")
    keep.call("manage_memory", content="The user lives in Brann.", action="create")
    keep.then.say("I will.")
    seek = gateway.when("Where do I live")
    seek.call("search_memory", query="where the user lives").then.say("In Brann.")


def mem0ai(gateway: Gateway) -> None:
    """Extract one memory, as the object that mem0's prompt asks for."""
    gateway.when("I play the oboe").json({"memory": [{"id": "0", "text": OBOE}]})


def ragas(gateway: Gateway) -> None:
    """Split the answer into statements, judge each, and ask back."""
    texts = ("The lamp was lit on Monday.", "The lamp is red.")
    judged = [
        {"statement": text, "reason": "It is (not) in the context.", "verdict": int("lit" in text)}
        for text in texts
    ]
    asked = gateway.when("break down each sentence")
    asked.json({"statements": list(texts)})
    gateway.when("faithfulness of a series of statements").json({"statements": judged})
    question = {"question": "When was the lamp lit?", "noncommittal": 0}
    gateway.when("Generate a question").json(question)


def nemoguardrails(gateway: Gateway) -> None:
    """Block what is about locks, and name the intents of users in Colang's words."""
    gateway.when(regex="(?s)Should this be blocked.*lock").say("yes")
    gateway.when("Should this be blocked").say("no")
    gateway.when("lamp").say("  ask about the lamp")


def crewai(gateway: Gateway) -> None:
    """Search, and tell."""
    search = gateway.when(tools="web_search")
    search.call("web_search", query="AI news").then.say(NEWS)


def smolagents(gateway: Gateway) -> None:
    """Search and tell: by calls, and in code."""
    gateway.when("In code").say(CODE)
    for _ in ("LangChain's tools", "the MCP server's"):
        gateway.when(tools="web_search").call("web_search", query="AI news").then.call(
            "final_answer", answer=NEWS
        )


PLAYS: dict[str, Callable[[Gateway], None]] = {
    "deepagents": deepagents,
    "langgraph-supervisor": langgraph_supervisor,
    "trustcall": trustcall,
    "langmem": langmem,
    "mem0ai": mem0ai,
    "ragas": ragas,
    "nemoguardrails": nemoguardrails,
    "crewai": crewai,
    "smolagents": smolagents,
}
