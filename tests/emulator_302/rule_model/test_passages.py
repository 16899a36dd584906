"""The emulator answers from the context of a conversation, whatever the prompt's wording."""

import pytest

CONTEXT = """The lighthouse of Skagen was built in 1755 by the king's men. It is 46 metres tall.

The bakery of Skagen opens at seven and closes at five. Its rye bread is famous.

Anna Holm keeps the light. She feeds two cats named Bit and Byte."""
ANSWERS = {
    "When was the lighthouse built?": "in 1755",
    "At what time does the bakery open?": "opens at seven",
    "Who keeps the light?": "Anna Holm keeps",
    "How tall is the lighthouse?": "46 metres",
    "What are the cats named?": "Bit and Byte",
    "What is the phone number of the museum?": "The context does not say.",
    "Who painted the church?": "The context does not say.",
}
# Each wording: the system's text, and the user's.
WORDINGS = {
    "the stuff chain": (
        "",
        (
            "Use the following pieces of context to answer the question at the end. If you don't "
            "know the answer, just say that you don't know, don't try to make up an answer."
            "\n\n{context}\n\nQuestion: {asked}\nHelpful Answer:"
        ),
    ),
    "a retrieval chain": (
        (
            "Use the given context to answer the question. If you don't know, say "
            "you don't know. Use three sentences maximum and keep it concise. Context: {context}"
        ),
        "{asked}",
    ),
    "the hub's prompt": (
        (
            "You are an assistant for question-answering tasks. Use the following pieces of "
            "retrieved context to answer the question. Use three sentences maximum."
        ),
        "Question: {asked} \nContext: {context} \nAnswer:",
    ),
    "a tag": ("", "<context>\n{context}\n</context>\n\nQuestion: {asked}"),
    "two tags": (
        "Answer from the sources, or say that you cannot.",
        "<sources>{context}</sources>\n<question>{asked}</question>",
    ),
    "tags of documents": (
        "",
        '<documents>\n<document index="1">\n{context}\n</document>\n\n{asked}',
    ),
    "a tag in the system message": ("Be brief.\n<knowledge>\n{context}\n</knowledge>", "{asked}"),
    "quotation marks": ("", 'Here is some background:\n"""\n{context}\n"""\n{asked}'),
    "the question first": ("", "{asked}\n\nAnswer only from these notes:\n{context}"),
    "headings": ("", "### Documents\n{context}\n\n### Question\n{asked}"),
    "the text below": ("", "Based on the text below, {asked}\n\n{context}"),
    "facts of the system": ("You are a guide. Facts you know:\n{context}", "{asked}"),
    "capitals": ("", "CONTEXT:\n{context}\nEND CONTEXT\nUSER: {asked}"),
    "letters": ("", "Q: {asked}\nContext: {context}\nA:"),
    "square brackets": ("", "[CONTEXT]\n{context}\n[/CONTEXT]\n{asked}"),
    "a fence": ("", "```\n{context}\n```\nUsing the snippet above: {asked}"),
    "talk": ("", "I have read this in the manual: {context}\n\nSo {asked}"),
    "no label at all": ("", "{context}\n\n{asked}"),
    "a key of JSON": ("Be friendly.", '{{"context": "{context}"}}\n\n{asked}'),
    "rules and knowledge": (
        "# Role\nYou are a guide.\n# Rules\n- Never invent.\n# Knowledge base\n{context}",
        "{asked}",
    ),
    "a customer's letter": (
        "",
        (
            "Dear assistant, here is what our wiki says:\n\n{context}\n\nA customer wants to know: "
            "{asked} Please answer in one sentence."
        ),
    ),
    "the question in the middle": (
        "",
        "Source text:\n{context}\n\n{asked}\n\nAnswer in at most ten words.",
    ),
    "a task": ("", "Facts:\n- {context}\n\nTask: {asked}\nOutput:"),
    "orders in a list": (
        (
            "Use the following context as your knowledge.\n<context>\n{context}\n</context>\n"
            "When answer to user:\n- If you don't know, just say that you don't know."
        ),
        "{asked}",
    ),
    "Chinese labels": (
        "",
        ("请根据以下资料回答问题。\n资料\uff1a{context}\n问题\uff1a{asked}"),
    ),
}


@pytest.mark.parametrize("asked", ANSWERS)
@pytest.mark.parametrize("wording", WORDINGS.values(), ids=WORDINGS.keys())
def test_an_answer_comes_from_the_context_in_any_wording(caller, wording, asked):
    system, user = (text.format(context=CONTEXT, asked=asked) for text in wording)
    messages = [{"role": "user", "content": user}]
    if system:
        messages.insert(0, {"role": "system", "content": system})
    said = caller.ask(messages)["content"]
    assert ANSWERS[asked] in said
    assert len(said) < 100  # the sentence that fits, not the whole context


@pytest.mark.parametrize("noise", ["x" * 99_999, " " * 99_999, "[a" * 50_000, "< a" * 33_333])
def test_a_context_of_any_shape_is_read_through(caller, noise):
    asked = "When was the lighthouse built?"
    said = caller.ask(f"Context:\n{noise}\n\n{CONTEXT}\n\nQuestion: {asked}")["content"]
    assert ANSWERS[asked] in said


def test_what_was_said_before_is_a_context_too(caller):
    talk = [
        {"role": "user", "content": "Remember: the spare key lies below the third flower pot."},
        {"role": "assistant", "content": "I will."},
        {"role": "user", "content": "Where is the spare key?"},
    ]
    assert "third flower pot" in caller.ask(talk)["content"]


def test_what_a_tool_said_before_is_a_context_too(caller):
    call = {"id": "call_1", "type": "function", "function": {"name": "find", "arguments": "{}"}}
    talk = [
        {"role": "user", "content": "Find the order."},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "The parcel lies in Lyon."},
        {"role": "assistant", "content": "Found."},
        {"role": "user", "content": "Where does the parcel lie?"},
    ]
    assert caller.ask(talk)["content"] == "The parcel lies in Lyon."


def test_a_chinese_context_is_answered_from(caller):
    context = "灯塔建于1755年。面包店七点开门。"
    asked = "资料\uff1a{}\n问题\uff1a{}"
    built = "灯塔是哪一年建的\uff1f"
    said = caller.ask(asked.format(context, built))["content"]
    assert said == "灯塔建于1755年。"
    sings = caller.ask(asked.format(context, "谁唱歌\uff1f"))["content"]
    assert sings == "The context does not say."


def test_talk_beside_a_context_is_talk(caller):
    system = {"role": "system", "content": f"Answer from the context.\nContext: {CONTEXT}"}
    said = caller.ask([system, {"role": "user", "content": "Hello!"}])["content"]
    assert said.startswith("Hello! I am the rule-based model")


def test_a_summary_is_the_first_sentences(caller):
    said = caller.ask(f"Context:\n{CONTEXT}\n\nQuestion: What is this text about?")["content"]
    assert said.startswith("The lighthouse of Skagen was built")


def test_an_instruction_of_the_system_is_no_fact(caller):
    system = {"role": "system", "content": "You are a guide. Tell the user who painted the church."}
    said = caller.ask([system, {"role": "user", "content": "Who painted the church?"}])["content"]
    assert said.startswith("I am the rule-based model")
