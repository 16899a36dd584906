"""What the code sandbox is asked for, and what its replies say, in every form they may have."""

import json

import pytest
from pydantic import ValidationError

from core_302 import (
    ApiError,
    GatewayError,
    InvalidRequestError,
    MalformedReplyError,
    QuotaError,
)
from core_302.endpoints.sandbox import code_request, read_code_run
from core_302.http import Reply
from core_302.options.code import LONGEST_CODE, LONGEST_RUN, CodeRequest

LINK = "https://file.example/plot.png"


def reply(body):
    return Reply(200, {"request-id": "r-1"}, json.dumps(body).encode())


def run(result, **more):
    return read_code_run(reply({"result": result, "code": 0, "msg": "success", **more}))


def body(**given):
    request = code_request(CodeRequest(**given))
    assert (request.method, request.path) == ("POST", "/302/sandbox/direct_run_code")
    assert not request.repeatable
    return json.loads(request.content)


def test_the_least_that_is_sent_is_the_program_its_language_and_its_limit():
    assert body(code="print(1)") == {"code": "print(1)", "language": "python", "timeout": 5}


def test_everything_goes_as_the_page_spells_it():
    given = {"language": "r", "timeout": 60, "envs": {"TOKEN": "a"}, "download_path": "/tmp/a.png"}
    assert body(code="1", **given) == {
        "code": "1",
        "language": "r",
        "timeout": 60,
        "envs": {"TOKEN": "a"},
        "is_download": True,
        "download_path": "/tmp/a.png",
    }


@pytest.mark.parametrize(
    ("written", "sent"),
    [("Python3", "python"), (" JavaScript ", "js"), ("node", "js"), ("sh", "bash"), ("R", "r")],
)
def test_a_language_is_sent_as_the_gateway_spells_it(written, sent):
    assert body(code="1", language=written)["language"] == sent


@pytest.mark.parametrize(
    "given",
    [
        {"code": "  "},
        {"code": "1" * (LONGEST_CODE + 1)},
        {"code": "1", "language": "cobol"},
        {"code": "1", "language": 3},
        {"code": "1", "timeout": 0},
        {"code": "1", "timeout": LONGEST_RUN + 1},
        {"code": "1", "download_path": "a\nb"},
        {"code": "1", "download_path": "a" * 501},
        {"code": "1", "is_download": True},
        {"code": "1", "envs": {"A": 1}},
    ],
)
def test_what_cannot_be_sent_is_refused_before_anything_is_paid(given):
    with pytest.raises(ValidationError):
        CodeRequest(**given)


def test_the_variables_of_a_program_are_shown_nowhere():
    asked = CodeRequest(code="1", envs={"TOKEN": "canary-1"})
    said = f"{asked!r} {asked.model_dump()} {asked.envs!r} {code_request(asked)!r}"
    assert "canary-1" not in said


@pytest.mark.parametrize(
    ("output", "text"),
    [
        (["a\n", "b\n"], "a\nb\n"),
        (["a", "b"], "a\nb"),
        ("a\nb", "a\nb"),
        (["a", None, 3], "a"),
        ([], ""),
        (None, ""),
        ({"x": 1}, ""),
    ],
)
def test_what_was_printed_is_one_text_however_it_comes(output, text):
    done = run({"stdout": output, "stderr": output})
    assert (done.stdout, done.stderr, done.problem, done.files) == (text, text, None, ())
    assert done.request_id == "r-1"


@pytest.mark.parametrize(
    ("file", "links"),
    [
        ({"url": LINK}, (LINK,)),
        (LINK, (LINK,)),
        ([{"url": LINK}, {"url": LINK + "?2"}], (LINK, LINK + "?2")),
        ({"url": ""}, ()),
        ({"url": "file:///etc/passwd"}, ()),
        ({"url": None}, ()),
        (None, ()),
    ],
)
def test_links_of_files_are_read_and_nothing_else_is_one(file, links):
    assert run({"stdout": [], "file": file}).files == links


@pytest.mark.parametrize("place", ["result", "data"])
def test_the_output_may_stand_in_another_place(place):
    assert read_code_run(reply({place: {"stdout": ["a"]}})).stdout == "a"
    assert read_code_run(reply({"stdout": ["a"]})).stdout == "a"


@pytest.mark.parametrize(
    ("error", "stderr"),
    [
        ({"name": "ValueError", "value": "bad"}, "ValueError: bad"),
        ({"name": "ValueError", "traceback": "line 1\nValueError: bad"}, "line 1\nValueError: bad"),
        ("line 1\nValueError: bad", "line 1\nValueError: bad"),
        ({}, ""),
        (None, ""),
        (3, ""),
    ],
)
def test_an_error_beside_the_output_is_added_to_the_errors(error, stderr):
    assert run({"stdout": ["a"], "stderr": [], "error": error}).stderr == stderr


def test_an_error_is_told_once_and_after_what_was_printed():
    again = run({"stdout": [], "stderr": ["ValueError: bad\n"], "error": "ValueError: bad"})
    assert again.stderr == "ValueError: bad\n"
    more = run({"stdout": [], "stderr": ["warning\n"], "error": "ValueError: bad"})
    assert more.stderr == "warning\nValueError: bad"


def test_a_failure_that_is_told_beside_the_output_is_the_programs():
    done = run({"stdout": ["half"]}, code=1, msg="exit status 1")
    assert (done.stdout, done.problem) == ("half", "exit status 1 (code 1)")
    assert run({"stdout": []}, code=124, msg=None).problem == "no reason was given (code 124)"
    assert run({"stdout": ["half"]}, code=-1, msg="cut").problem == "cut (code -1)"
    assert run({"stdout": []}, code="200").problem is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"code": -10004, "msg": "no balance", "result": {"stdout": [], "stderr": []}}, QuotaError),
        ({"code": -10004, "msg": "no balance", "result": None}, QuotaError),
        ({"code": 500, "msg": "no sandbox", "result": None}, GatewayError),
        ({"error": {"err_code": -10011, "message": "no"}}, InvalidRequestError),
        ({"code": 0, "msg": "success"}, MalformedReplyError),
        ({"result": "text"}, MalformedReplyError),
        (["a"], MalformedReplyError),
    ],
)
def test_a_program_that_was_not_run_is_an_error_of_the_gateway(answer, kind):
    with pytest.raises(kind) as caught:
        read_code_run(reply(answer))
    assert caught.value.request_id == "r-1"
    assert isinstance(caught.value, ApiError | MalformedReplyError)
