"""Files into text at the emulator: what is sent, what comes back, what it costs."""

import io
import json
import zipfile

import pytest

from emulator_302.http.tasks import Outcome
from tests.documents import docx, pdf
from tests.emulator_302.gallery import download, refusal

UPLOAD, PARSE = "/302/upload-file", "/302/file/parsing"
MARKITDOWN, MINERU = "/302/markitdown/convert", "/302/v2/mineru/task"
OFFER = docx("# Offer", "For you.")


def uploaded(caller, content, name="a.pdf"):
    reply = caller.http.post(UPLOAD, files={"file": (name, content)})
    assert reply.status_code == 200, reply.text
    return reply.json()["data"]


def cost(caller, reply):
    record = caller.http.get(f"/dashboard/record/{reply.headers['request-id']}").json()["data"]
    return record["cost"]


def test_a_file_is_uploaded_served_and_parsed(caller):
    link = uploaded(caller, OFFER, "a.docx")
    assert link.endswith(".docx")
    assert download(link).content == OFFER
    assert download(link, authorization="Bearer x").status_code == 400  # it takes no key
    reply = caller.http.get(PARSE, params={"url": link})
    assert reply.json() == {"code": 0, "msg": "success", "data": {"msg": "# Offer\n\nFor you."}}
    assert cost(caller, reply) == pytest.approx(5 * 0.02 / 1e6)


@pytest.mark.parametrize("way", ["file", "url"])
def test_a_file_is_converted_by_itself_or_by_its_link(caller, way):
    form = {"source_data_type": (None, way)}
    if way == "url":
        form["source_data"] = (None, uploaded(caller, OFFER, "a.docx"))
    else:
        form["file"] = ("a.docx", OFFER)
    reply = caller.http.post(MARKITDOWN, files=form)
    assert reply.json() == {"code": 200, "data": "# Offer\n\nFor you.", "message": "success"}
    assert cost(caller, reply) > 0


def test_a_pdf_is_read_with_its_layout_as_a_task(caller):
    body = {"pdf_url": uploaded(caller, pdf(["# A", "b"], ["c"])), "version": "2.5"}
    reply = caller.http.post(MINERU, json=body)
    task_id = reply.json()["task_id"]
    assert cost(caller, reply) == pytest.approx(0.01)
    states = [caller.http.get(MINERU, params={"task_id": task_id}).json() for _ in range(2)]
    assert [state["state"] for state in states] == ["STARTED", "SUCCESS"]
    assert states[0]["result_url"] == ""
    packed = download(states[1]["result_url"])
    assert packed.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        blocks = json.loads(archive.read("file_content_list.json"))
    assert [(block["text"], block["page_idx"]) for block in blocks] == [
        ("A", 0),
        ("b", 0),
        ("c", 1),
    ]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.fails("it is locked", polls=1), ("FAILED", "it is locked", "")),
        (Outcome(polls=1, status="processing"), ("PROCESSING", "", "")),
        (Outcome(polls=1, has_url=False), ("SUCCESS", "", "")),
    ],
)
def test_how_a_task_goes_can_be_scripted(caller, outcome, state):
    caller.gateway.script_task(outcome)
    body = {"pdf_url": uploaded(caller, pdf(["a"]))}
    task_id = caller.http.post(MINERU, json=body).json()["task_id"]
    found = caller.http.get(MINERU, params={"task_id": task_id}).json()
    assert (found["state"], found["err_msg"], found["result_url"]) == state


def test_a_task_that_is_gone_or_never_was_is_not_found(caller):
    caller.gateway.script_task(Outcome.disappears(polls=1))
    body = {"pdf_url": uploaded(caller, pdf(["a"]))}
    task_id = caller.http.post(MINERU, json=body).json()["task_id"]
    for asked in (task_id, "nobody"):
        found = caller.http.get(MINERU, params={"task_id": asked})
        assert refusal(found)[:2] == (404, -10010)


WRONG = [
    (UPLOAD, {"files": {"file": ("a.txt", b"")}}, "1 to"),
    (UPLOAD, {"files": [("file", ("a", b"x")), ("file", ("b", b"y"))]}, "one file"),
    (UPLOAD, {"json": {}}, "file is missing"),
    (MARKITDOWN, {"files": {"source_data_type": (None, "file")}}, "source_data_type is file with"),
    (MARKITDOWN, {"files": {"source_data_type": (None, "url")}}, "source_data_type is file with"),
    (MINERU, {"json": {"pdf_url": "https://a.example/b.pdf"}}, "cannot fetch"),
    (MINERU, {"json": {"pdf_url": "x", "parse_method": "fast"}}, "parse_method"),
    (MINERU, {"json": {"pdf_url": "x", "version": "3"}}, "version"),
]


@pytest.mark.parametrize(("path", "given", "says"), WRONG)
def test_a_wrong_request_is_refused_in_words(caller, path, given, says):
    status, code, words = refusal(caller.http.post(path, **given))
    assert (status, code) == (422, -10003)
    assert says in words


def test_what_cannot_be_converted_is_refused_in_words(caller):
    link = uploaded(caller, b"\xff\xfe", "a.bin")
    assert "it is not text" in refusal(caller.http.get(PARSE, params={"url": link}))[2]
    reply = caller.http.post(MINERU, json={"pdf_url": link})
    assert "not a PDF" in refusal(reply)[2]
    nameless = uploaded(caller, b"words", "a.b c")
    assert nameless.endswith(".bin")


def test_parsing_is_paid_for_although_it_is_asked_for_by_get(caller):
    link = uploaded(caller, b"words", "a.txt")
    caller.gateway.balance = 0
    reply = caller.http.get(PARSE, params={"url": link})
    assert refusal(reply)[:2] == (402, -10004)
