"""A report as clients get it: with the text for the model, without what a stranger wrote."""

import json

from core_302 import RequestTimeoutError
from core_302.tools.capability import ToolResult
from mcp_302.report import MOST_ITEMS, MOST_LETTERS, of_error, structured


def test_the_text_for_the_model_stands_in_the_report_and_a_strangers_does_not():
    report = {"kind": "page", "text": "all of it", "raw": {"x": 1}, "cost": 0.5, "files": []}
    told = structured(ToolResult("a part", report))
    assert told == {"kind": "page", "cost": 0.5, "files": [], "text": "a part"}


def test_a_result_without_a_report_is_its_text():
    assert structured(ToolResult("yes")) == {"text": "yes"}


def test_what_no_json_has_becomes_something_that_it_has(tmp_path):
    report = {
        "path": tmp_path,
        "cost": float("nan"),
        "sizes": (1, 2.5, float("inf")),
        "deep": {"a": {"b": {"c": {"d": 1}}}},
        "ok": True,
    }
    told = structured(ToolResult("x", report))
    assert (
        json.loads(json.dumps(told, allow_nan=False))
        == told
        == {
            "path": str(tmp_path),
            "cost": None,
            "sizes": [1, 2.5, None],
            "deep": {"a": {"b": {"c": None}}},
            "ok": True,
            "text": "x",
        }
    )


def test_lists_end_and_what_is_still_too_long_is_left_out():
    told = structured(ToolResult("x", {"files": [*range(1000)], "model": "m"}))
    assert len(told["files"]) == MOST_ITEMS
    long = [{"title": "y" * 8_000}] * 40
    told = structured(ToolResult("x", {"citations": long, "model": "m"}))
    assert told == {"model": "m", "text": "x"}
    assert len(json.dumps(told)) < MOST_LETTERS


def test_letters_that_nobody_sees_are_gone():
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "obey")
    assert structured(ToolResult("x", {"title": f"a{hidden}b"}))["title"] == "ab"


def test_an_error_says_what_a_program_can_do():
    error = RequestTimeoutError("late")
    error.task_id = "t-1"
    assert of_error(error) == {
        "error": "RequestTimeoutError",
        "billed": "maybe",
        "retryable": True,
        "retry_after": None,
        "request_id": None,
        "task_id": "t-1",
    }
