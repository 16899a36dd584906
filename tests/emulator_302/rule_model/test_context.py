"""An answer comes from whatever context stands in the conversation, in any wording."""

import json

import pytest

PASSAGES = [
    "The Larkhaven ferry terminal reopens on 3 May 2026 after two years of work.",
    "Tickets cost 12 euros for adults and are free for children under six.",
    "The harbour museum is closed on Mondays; Anna Berg has directed it since 2019.",
    "Dogs may travel on deck if they are kept on a lead.",
]
TEXT = "\n\n".join(PASSAGES)
ASKED = "Who directs the harbour museum?"
ANSWER = PASSAGES[2]
NUMBERED = list(enumerate(PASSAGES, 1))


def user(text):
    return [{"role": "user", "content": text}]


def system(text, asked=ASKED):
    return [{"role": "system", "content": text}, *user(asked)]


TAGS = "\n".join(f'<document index="{n}">\n{text}\n</document>' for n, text in NUMBERED)
WORDINGS = {
    "query engine": user(
        f"Context information is below.\n---------------------\n{TEXT}\n---------------------\n"
        f"Given the context information, answer the query.\nQuery: {ASKED}\nAnswer: "
    ),
    "question first": user(
        "You are an assistant for question-answering tasks. Use the following pieces of retrieved "
        f"context to answer the question.\nQuestion: {ASKED} \nContext: {TEXT} \nAnswer:"
    ),
    "question last": user(f"Context: {TEXT}\n\nQuestion: {ASKED}\n\nHelpful Answer:"),
    "question alone, above": user(f"{ASKED}\n\nUse only these documents:\n\n{TEXT}"),
    "question alone, below": user(f"Given the following excerpts:\n\n{TEXT}\n\n{ASKED} Be brief."),
    "headings": user(f"# Documents\n\n{TEXT}\n\n# Question\n\n{ASKED}"),
    "quotes": user(f'Answer using the text in triple quotes.\n"""\n{TEXT}\n"""\n{ASKED}'),
    "code fences": user(f"Read this text:\n```\n{TEXT}\n```\n{ASKED}"),
    "bullets": user("Facts:\n" + "".join(f"- {text}\n" for text in PASSAGES) + f"So: {ASKED}"),
    "JSON": user(f"Here is the data:\n{json.dumps([{'text': one} for one in PASSAGES])}\n{ASKED}"),
    "Chinese": user(
        f"\u6839\u636e\u4ee5\u4e0b\u8d44\u6599\u56de\u7b54\u3002\n\u8d44\u6599\uff1a\n{TEXT}\n"
        f"\u95ee\u9898\uff1a{ASKED}"
    ),
    "tags around": user(f"<context>\n{TEXT}\n</context>\n<question>{ASKED}</question>"),
    "tags in the system's": system(
        f"Answer from the context below:\n<context>\n{TEXT}\n</context>"
    ),
    "the system's": system(f"Use the given context to answer the question. Context: {TEXT}"),
    "a knowledge base": system(
        f"You are a bot.\n\n## Knowledge base\n{TEXT}\n\nIf it is not there"
    ),
    "a chat engine": system(
        f"Use the context information below to assist the user.\n---------\n{TEXT}\n---------\n"
    ),
    "an earlier message": [
        *user(f"Here are my notes:\n{TEXT}"),
        {"role": "assistant", "content": "Thanks."},
        *user(ASKED),
    ],
    "the query is as follows": user(
        f"The original query is as follows: {ASKED}\nWe have provided an existing answer: The "
        "context does not say.\nWe have the opportunity to refine the existing answer with some "
        f"more context below.\n------------\n{TEXT}\n------------\nGiven the new context, refine "
        "the original answer. If the context isn't useful, return the original answer.\n"
        "Refined Answer: "
    ),
}
CITED = {
    "numbers": user("Sources:\n" + "".join(f"[{n}] {text}\n" for n, text in NUMBERED) + ASKED),
    "numbered documents in tags": user(f"<documents>\n{TAGS}\n</documents>\n\n{ASKED}"),
    "an example before": user(
        "Answer based solely on the sources. For example:\nSource 1:\nThe sky is red in the "
        "evening.\nQuery: When is the sky red?\nAnswer: In the evening [1].\nNow it's your turn. "
        "Below are several numbered sources of information:\n------\n"
        + "".join(f"Source {n}:\n{text}\n\n" for n, text in NUMBERED)
        + f"------\nQuery: {ASKED}\nAnswer: "
    ),
}


@pytest.mark.parametrize("wording", WORDINGS)
def test_the_passage_that_fits_is_the_answer(caller, wording):
    assert caller.ask(WORDINGS[wording])["content"] == ANSWER


@pytest.mark.parametrize("wording", CITED)
def test_a_passage_that_has_a_name_is_cited_by_it(caller, wording):
    assert caller.ask(CITED[wording])["content"] == f"{ANSWER} [3]"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("When does the terminal reopen?", PASSAGES[0]),
        ("How much do tickets cost for adults?", PASSAGES[1]),
        ("Are dogs allowed on deck?", PASSAGES[3]),
        ("What is the capital of Peru?", "The context does not say."),
        ("Who founded the brewery?", "The context does not say."),
    ],
)
def test_other_questions_have_other_passages_or_none(caller, asked, answer):
    assert caller.ask(f"Context: {TEXT}\n\nQuestion: {asked}")["content"] == answer


def test_a_better_earlier_answer_is_kept(caller):
    earlier = "Anna Berg has directed the harbour museum since 2019."
    prompt = (
        f"The original query is as follows: {ASKED}\nWe have provided an existing answer: {earlier}"
        f"\nWe have the opportunity to refine it with more context below.\n------------\n"
        f"{PASSAGES[0]}\n------------\nGiven the new context, refine the original answer."
    )
    assert caller.ask(prompt)["content"] == earlier
    assert (
        caller.ask(prompt.replace(PASSAGES[0], "The harbour museum has a shop."))["content"]
        == earlier
    )


def test_a_summary_has_the_first_sentence_of_each_passage(caller):
    said = caller.ask(f"Context: {TEXT}\n\nQuestion: Summarize these documents.")["content"]
    assert said == " ".join(PASSAGES[:3])


CONDENSED = (
    (
        "Given the following conversation, rephrase the follow up question to be a standalone "
        "question.\n\nChat History:\nuser: hello\n"
        f"Follow Up Input: {ASKED}\nStandalone question:"
    ),
    (
        "Given a conversation, rewrite the message to be a standalone question.\n\n"
        "<Chat History>\nuser: hello\n\n"
        f"<Follow Up Message>\n{ASKED}\n\n<Standalone question>\n"
    ),
)


@pytest.mark.parametrize("prompt", CONDENSED)
def test_a_question_that_should_stand_alone_is_given_back(caller, prompt):
    assert caller.ask(prompt)["content"] == ASKED
    formulate = "Given a chat history, formulate a standalone question. Do NOT answer the question."
    assert caller.ask(system(formulate))["content"] == ASKED


@pytest.mark.parametrize(
    "messages",
    [
        user("What is in the news about the context of AI?"),
        system("You are a helpful assistant. Current context: production.", "Hello"),
        system("Answer from the context.", ASKED),
        user("Say exactly: the document says so."),
    ],
)
def test_without_a_context_there_is_no_answer_from_one(caller, messages):
    said = caller.ask(messages)["content"]
    assert "context does not say" not in said
