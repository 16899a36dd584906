"""What a text does not say is not claimed: a feeling, a name, one member of many."""

import json

import pytest


def filled(caller, text, **properties):
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    wanted = {"type": "json_schema", "json_schema": {"name": "it", "schema": schema}}
    return json.loads(caller.ask(text, response_format=wanted)["content"])


@pytest.mark.parametrize(
    ("text", "feeling"),
    [
        ("Terrible, I hate it.", "negative"),
        ("I love it!", "positive"),
        ("Not good at all.", "negative"),
        ("It isn't bad.", "positive"),
        ("It arrived on Tuesday.", "neutral"),
        ("Is this positive, negative or neutral: the waiter was rude", "negative"),
    ],
)
def test_a_feeling_is_told_by_the_words_of_the_text(caller, text, feeling):
    members = {"enum": ["positive", "negative", "neutral"]}
    assert filled(caller, text, sentiment=members) == {"sentiment": feeling}
    assert filled(caller, text, sentiment={"type": "string"}) == {"sentiment": feeling}


def test_without_evidence_the_text_chooses_a_member_by_its_hash(caller):
    members = {"enum": ["low", "medium", "high"]}
    texts = [f"Parcel {number} came." for number in range(20)]
    chosen = [filled(caller, text, priority=members)["priority"] for text in texts]
    assert set(chosen) == {"low", "medium", "high"}
    assert chosen == [filled(caller, text, priority=members)["priority"] for text in texts]
    listed = filled(caller, "Is it low, medium or high? High: it burns.", priority=members)
    assert listed["priority"] in members["enum"]
    assert filled(caller, "It is of high priority.", priority=members) == {"priority": "high"}
    given = {**members, "default": "medium"}
    assert filled(caller, "It came.", priority=given) == {"priority": "medium"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Terrible, I hate it.", "unknown"),
        ("The weather is nice in Oslo.", "unknown"),
        ("Is Tuesday fine?", "unknown"),
        ("We met Ada Lovelace in Paris.", "Ada Lovelace"),
        ("Write to Mr Smith by Monday.", "Mr Smith"),
    ],
)
def test_a_name_is_one_or_unknown(caller, text, name):
    assert filled(caller, text, name={"type": "string"}) == {"name": name}
    if name == "unknown" and "Oslo" not in text:
        assert filled(caller, text, city={"type": "string"}) == {"city": "unknown"}
