"""A key is found in every form that it may have in a request or an answer."""

import base64
import json
from urllib.parse import quote

import pytest

from emulator_302.recording.secrets import Scrub

KEY = "a-key/of+mine=1"


@pytest.mark.parametrize(
    "form",
    [KEY, quote(KEY, safe=""), KEY.encode().hex()]
    + [
        base64.b64encode(b"x" * n + KEY.encode() + b"y" * m).decode()
        for n in range(3)
        for m in (0, 2)
    ]
    + [base64.urlsafe_b64encode(b"\xff" * n + KEY.encode()).decode() for n in range(3)],
)
def test_no_form_of_a_key_stays(form):
    said = Scrub([KEY]).text(f"before {form} after")
    assert said.startswith("before ")
    assert said.endswith(" after")
    assert "KEY" in said
    assert form not in said


def test_names_and_values_of_json_are_looked_through():
    given = {"a": [f"Bearer {KEY}", 1, None], KEY: {"b": "sk-" + "a1" * 12}}
    assert Scrub([KEY]).value(given) == {"a": ["Bearer KEY", 1, None], "KEY": {"b": "KEY"}}


def test_bytes_keep_their_length():
    content = b"\x00\xff" + KEY.encode() + b"\xfe"
    said = Scrub([KEY]).content(content)
    assert len(said) == len(content)
    assert KEY.encode() not in said
    assert said[:2] == b"\x00\xff"


def test_what_is_too_short_to_be_a_key_is_left():
    assert Scrub(["", "abc"]).text("abc") == "abc"


def frames_of(*pieces):
    events = [{"choices": [{"delta": {"content": piece}}]} for piece in pieces]
    return [f"data: {json.dumps(event)}\n\n" for event in events] + ["data: [DONE]\n\n"]


def test_a_key_that_a_stream_cuts_is_found():
    said = Scrub([KEY]).frames(frames_of("You said ", KEY[:5], KEY[5:9], KEY[9:], " to me"))
    texts = [json.loads(one[6:])["choices"][0]["delta"]["content"] for one in said[:-1]]
    assert "".join(texts) == ""
    assert said[-1] == "data: [DONE]\n\n"
    assert Scrub([KEY]).frames(frames_of("a", "b")) == frames_of("a", "b")


def test_a_key_in_one_event_leaves_the_others():
    said = Scrub([KEY]).frames(frames_of("You said ", KEY))
    assert said == frames_of("You said ", "KEY")
