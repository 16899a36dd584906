"""Who asks for JSON is answered in JSON, also where the model has put it into a code fence."""

import pytest

from core_302 import ChatOptions
from tests.scripted_server import completion, reply

JSON = '{"a": "```"}'
FENCED = f"```json\n{JSON}\n```"
FORMS = [{"type": "json_object"}, {"type": "json_schema", "json_schema": {"schema": {}}}]


def answered(connect, server, text, **options):
    server.answer(reply(200, completion(text)))
    return connect(server.url).chat(options=ChatOptions(**options)).choices[0].text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("text", "read"),
    [
        (FENCED, JSON),
        (f"\n```\n{JSON} ```\n", JSON),
        ("```json\n[1]\n```", "[1]"),
        (JSON, JSON),
        (f"Here it is:\n{FENCED}", f"Here it is:\n{FENCED}"),
        ("```json\n" + JSON[:5], "```json\n" + JSON[:5]),
        ("```python\nprint()\n```", "```python\nprint()\n```"),
        ("", ""),
    ],
)
def test_a_fence_around_the_whole_answer_is_dropped_and_nothing_else(
    connect, server, form, text, read
):
    assert answered(connect, server, text, response_format=form) == read


def test_who_asks_for_no_json_gets_the_fence(connect, server):
    assert answered(connect, server, FENCED) == FENCED
    assert answered(connect, server, FENCED, response_format={"type": "text"}) == FENCED
