"""Reading images: what is asked, what comes of answers, and how many are under way at once."""

import asyncio
import base64
import gc
import hashlib
import json
import logging
import sys
import threading

import pytest
from pydantic import BaseModel, ValidationError

from core_302 import (
    AI302Error,
    AsyncClient,
    AuthenticationError,
    InvalidInputError,
    MalformedReplyError,
    Settings,
)
from core_302.reading import (
    FileReadingOptions,
    ReadingOptions,
    ReadingReport,
    Source,
    aread_pages,
)
from core_302.reading.files import FileWork
from core_302.reading.optional_imports import library
from core_302.reading.pages import PageWork
from tests.scans import drawn, file_of, pdf, scan
from tests.scripted_server import Stall, completion, reply

HEADERS = {"request-id": "r1"}


class Receipt(BaseModel):
    shop: str
    total: float | None = None


def said(text, **more):
    return reply(200, completion(text, **more), headers=HEADERS)


def test_a_page_carries_its_text_and_everything_that_is_known_of_it(server, read):
    usage = {"prompt_tokens": 9, "completion_tokens": 3}
    server.answer(said("  Total 40 EUR\n", usage=usage))
    content = scan("Total 40 EUR")
    report = ReadingReport()
    (page,) = read(Source("a.png", content=content, metadata={"box": 7}), report=report)
    assert page.text == "Total 40 EUR"
    digest = hashlib.sha256(content).hexdigest()
    assert page.described() == {
        "box": 7,
        "source": "a.png",
        "page": 1,
        "total_pages": 1,
        "width": 400,
        "height": 200,
        "bytes": len(content),
        "digest": digest,
        "model": "m1",
        "input_tokens": 9,
        "output_tokens": 3,
        "cost_ids": "r1",
        "cached": False,
        "text_from": "model",
    }
    assert (report.read, report.input_tokens, report.output_tokens) == (1, 9, 3)


def test_a_small_upright_image_is_sent_byte_for_byte(server, read):
    server.answer(said("x"))
    content = scan("a", form="JPEG")
    read(content)
    words, shown = server.seen[0].json["messages"][0]["content"]
    kind, _, data = shown["image_url"]["url"].partition(",")
    assert (kind, base64.b64decode(data)) == ("data:image/jpeg;base64", content)
    assert "nothing else" in words["text"]
    assert server.seen[0].json["model"] == "gpt-4o-mini"


def test_a_link_is_sent_as_a_link(server, read):
    server.answer(said("x"))
    link = "https://images.example/a.png"
    (page,) = read(link)
    assert server.seen[0].json["messages"][0]["content"][1]["image_url"] == {"url": link}
    assert (page.source, page.width, page.size) == (link, None, 0)


@pytest.mark.parametrize(
    ("reader", "model", "ocr"),
    [
        ("ocr", "deepseek-chat", "gpt-4o-mini"),
        ("ocr:gpt-4.1-nano", "deepseek-chat", "gpt-4.1-nano"),
        ("qwen-vl-ocr", "qwen-vl-ocr", None),
        ("mistral-ocr-latest", "mistral-ocr-latest", None),
    ],
)
def test_one_parameter_says_who_reads(server, read, reader, model, ocr):
    server.answer(said("x"))
    read(scan("a"), reader=reader, options={"temperature": 0})
    body = server.seen[0].json
    assert (body["model"], body.get("ocr_model"), body["temperature"]) == (model, ocr, 0)


def test_markdown_and_your_own_words_can_be_asked_for(server, read):
    server.answer(said("```markdown\n# A\n```"))
    (page,) = read(scan("a"), output="markdown")
    assert page.text == "# A"
    assert "Markdown" in server.seen[0].json["messages"][0]["content"][0]["text"]
    read(scan("a"), prompt="Read {this}.")
    assert server.seen[1].json["messages"][0]["content"][0]["text"] == "Read {this}."


def long_scan():
    """Return an image that is read in three parts."""
    return file_of(drawn("Top", size=(400, 5_000)))


def test_a_long_image_is_read_in_parts_which_are_kept_and_paid_once(server, read, tmp_path):
    report = ReadingReport()
    kept = {"cache": tmp_path / "cache.sqlite", "report": report}
    used = {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}
    server.answer(said("One", usage=used), reply(500, {"error": {"message": "down"}}))
    with pytest.raises(AI302Error, match=r"^bytes:\w+: down"):
        read(long_scan(), **kept)
    server.answer(said("Two", usage=used), said("", finish="length", usage=used))
    (page,) = read(long_scan(), **kept)
    assert (page.text, page.parts, page.cut, page.cached) == ("One\nTwo", 3, True, False)
    assert (page.input_tokens, page.cost_ids) == (3 * 9, ("r1", "r1", "r1"))
    assert page.described()["parts"] == 3
    assert len(server.seen) == 4
    (again,) = read(long_scan(), **kept)
    assert (again.text, again.cached, again.digest) == (page.text, True, page.digest)
    assert len(server.seen) == 4


def test_fields_cannot_be_read_of_an_image_in_parts(server, read):
    with pytest.raises(InvalidInputError, match="read in 3 parts, so long is it"):
        read(long_scan(), output=Receipt)
    assert server.seen == []


def test_fields_of_a_class_are_asked_for_and_checked(server, read):
    server.answer(said('```json\n{"shop": "Bakery", "total": 4.5}\n```'))
    (page,) = read(scan("a"), output=Receipt)
    assert page.fields == Receipt(shop="Bakery", total=4.5)
    asked = server.seen[0].json["response_format"]["json_schema"]
    assert (asked["name"], asked["schema"]) == ("Receipt", Receipt.model_json_schema())


def test_an_answer_that_does_not_fit_the_class_names_the_field(server, read, tmp_path):
    server.answer(said('{"total": 4.5}'))
    for _ in range(2):  # it is not kept, so it is asked again
        with pytest.raises(MalformedReplyError, match="does not fit Receipt: shop"):
            read(scan("a"), output=Receipt, cache=tmp_path / "cache")
    assert len(server.seen) == 2


@pytest.mark.parametrize("text", ["[no text]", "[no text].", "", None])
def test_an_empty_page_says_so(server, read, text):
    server.answer(said(text))
    report = ReadingReport()
    (page,) = read(scan(), report=report)
    assert (page.text, page.empty, page.described()["empty"]) == ("", True, True)
    assert report.empty == 1


def test_a_page_that_the_model_did_not_finish_says_so(server, read):
    server.answer(said("half", finish="length"))
    report = ReadingReport()
    (page,) = read(scan("a"), report=report)
    assert page.described()["cut"] is True
    assert report.cut == 1


def test_a_model_that_refuses_is_an_error(server, read):
    server.answer(said(None, message={"refusal": "no faces"}))
    with pytest.raises(MalformedReplyError, match="refuses to read it: no faces"):
        read(scan("a"))


def test_what_a_page_cost_can_be_looked_up(server, read):
    server.answer(said("x"), reply(200, {"data": {"cost": 0.002}}), said("x"), reply(404, b"late"))
    report = ReadingReport()
    first, second = read([scan("a"), scan("b")], look_up_cost=True, report=report, concurrency=1)
    assert first.described()["cost"] == 0.002
    assert second.cost is None
    assert report.cost == 0.002
    assert server.seen[1].path == "/dashboard/record/r1"


def test_a_report_names_small_costs_and_no_cost_that_nobody_asked_for(server, read, tmp_path):
    server.answer(said("x"), reply(200, {"data": {"cost": 0.000024}}), said("x"))
    known, unknown, nothing = ReadingReport(), ReadingReport(), ReadingReport()
    read(scan("a"), look_up_cost=True, report=known)
    read(scan("a"), cache=tmp_path / "kept", report=unknown)
    read(scan("a"), cache=tmp_path / "kept", report=nothing)
    assert str(known).endswith(", 0.000024 PTC.")
    assert str(unknown).endswith(", cost unknown.")
    assert str(nothing).endswith("0 + 0 tokens, 0.000000 PTC.")


def test_pages_come_in_their_order_however_many_are_read_at_once(server, read, tmp_path):
    server.answer(said("x"))
    for number in range(30):
        (tmp_path / f"{number:02}.png").write_bytes(scan(str(number)))
    pages = read(tmp_path, concurrency=7)
    assert [page.source[-6:] for page in pages] == [f"{n:02}.png" for n in range(30)]
    assert server.connections <= 7


def test_a_run_that_is_not_finished_has_begun_no_more_than_a_few_pages(server, read):
    server.answer(said("x"))
    read([scan(str(number)) for number in range(40)], concurrency=2, most=1)
    gc.collect()
    assert len(server.seen) <= 6


def test_a_broken_page_is_raised_skipped_or_kept_with_its_files_name(server, read):
    server.answer(said("fine"))
    given = [Source("a.png", content=b"text"), scan("b")]
    with pytest.raises(InvalidInputError, match=r"a\.png: it is neither an image"):
        read(given)
    report = ReadingReport()
    assert [page.text for page in read(given, on_error="skip", report=report)] == ["fine"]
    assert report.failures[0].source == "a.png"
    kept, fine = read(given, on_error="keep", report=ReadingReport())
    assert (kept.text, kept.empty, fine.text) == ("", False, "fine")
    assert "a.png: it is neither an image" in kept.described()["error"]


def test_the_page_of_a_document_is_named_in_its_error(server, read):
    server.answer(said("one"), reply(500, b"overloaded"))
    with pytest.raises(AI302Error, match=r"b\.pdf, page 2 of 2: overloaded"):
        read(Source("b.pdf", content=pdf("a", "b")), concurrency=1)


def test_a_refused_key_ends_the_run_at_once_whatever_is_skipped(server, read):
    server.answer(reply(401, b"no key"))
    with pytest.raises(AuthenticationError):
        read([scan(str(n)) for n in range(50)], on_error="skip", concurrency=2)
    assert len(server.seen) <= 8


def test_a_report_in_words_has_numbers_and_a_line_for_each_failure(server, read, caplog):
    server.answer(said("x"))
    caplog.set_level(logging.INFO)
    report = ReadingReport()
    bad = [Source(f"{n}.png", content=b"") for n in range(22)]
    read([*bad, scan("a")], on_error="skip", report=report)
    lines = str(report).splitlines()
    assert lines[0].startswith("Pages: 1 read, 0 from the cache, 22 failed, 0 empty")
    assert lines[1] == "- 0.png: it is empty."
    assert lines[-1] == "- and 2 more"
    assert str(report) in caplog.text


def test_progress_shows_the_rate_what_is_to_come_the_money_and_the_errors(server, read, capsys):
    server.answer(said("x"))
    given = [scan("a"), b"", Source("c.pdf", content=pdf(*"cdef"))]
    read(given, on_error="skip", show_progress=True, concurrency=1)
    shown = capsys.readouterr()
    assert "errors=1" in shown.err
    assert "cost unknown" in shown.err  # and never 0.0000
    assert "0.0000" not in shown.err
    assert "6/6" in shown.err
    assert "Pages: 5 read" in shown.out
    read(iter([scan("a")]), show_progress=True)
    assert "1/" not in capsys.readouterr().err  # nobody knows how long an iterator is


def test_progress_estimates_the_pages_of_what_is_not_opened_yet(server, tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.pdf").write_bytes(pdf(*"1234"))
    (tmp_path / "c.png").write_bytes(scan("c"))
    work = PageWork(tmp_path, ReadingOptions(show_progress=True))
    assert work.expected() is None
    next(work.items)
    assert work.expected() == 12
    assert len(list(work.items)) + 1 == work.expected() == 9


def test_files_in_progress_are_counted_beforehand(tmp_path):
    (tmp_path / "a.docx").write_bytes(b"x")
    assert FileWork(tmp_path, FileReadingOptions(show_progress=True)).expected() == 1
    assert FileWork(tmp_path, FileReadingOptions()).expected() is None


def test_an_answer_that_cannot_be_used_is_counted_with_its_bill(server, read):
    cost = reply(200, {"data": {"cost": 0.002}})
    used = {"usage": {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}}
    server.answer(said('{"total": "much"}', **used), cost, said('{"shop": "x"}', **used), cost)
    report = ReadingReport()
    how = {"output": Receipt, "on_error": "keep", "look_up_cost": True, "concurrency": 1}
    wrong, right = read([scan("a"), scan("b")], report=report, **how)
    assert wrong.error.partial.text == '{"total": "much"}'
    assert wrong.error.cost_ids == ("r1",)
    assert (report.read, report.billed_failures, report.cost) == (1, 1, 0.004)
    assert report.input_tokens == 18 == 2 * right.input_tokens
    assert "1 read, 0 from the cache, 1 failed (1 billed)" in str(report)
    refused = ReadingReport()
    server.answer(said(None, message={"refusal": "no faces"}, **used))
    read(scan("a"), on_error="skip", report=refused)
    assert (refused.billed_failures, refused.input_tokens) == (1, right.input_tokens)


def test_the_parts_that_were_read_before_one_failed_are_counted(server, read):
    used = {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}
    server.answer(said("one", usage=used), said("two", usage=used), reply(500, b"overloaded"))
    report = ReadingReport()
    (page,) = read(long_scan(), on_error="keep", report=report)
    assert len(report.failures) == report.billed_failures == 1
    assert (report.input_tokens, page.error.partial.text) == (18, "one\ntwo")


def test_costs_that_are_known_in_part_say_so(server, read):
    server.answer(said("x"), reply(200, {"data": {"cost": 0.002}}), said("x"), reply(404, b"late"))
    report = ReadingReport()
    read([scan("a"), scan("b")], look_up_cost=True, report=report, concurrency=1)
    assert report.unpriced == 1
    assert str(report).endswith("0.002000 PTC and 1 not known.")


def test_what_was_asked_before_a_run_was_stopped_is_counted(server, read):
    """Also those pages whose answers came after the one that ended it."""
    server.answer(said("x"), reply(401, b"no key"), said("x"), said("x"))
    report = ReadingReport()
    with pytest.raises(AuthenticationError):
        read([scan(str(n)) for n in range(50)], report=report, concurrency=2)
    begun = report.read + len(report.failures) + report.given_up
    assert len(server.seen) <= begun <= len(server.seen) + 2


def test_a_library_that_is_missing_names_the_extra(monkeypatch):
    library.cache_clear()
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(AI302Error, match=r'needs pypdfium2: pip install "core-302\[ocr\]"'):
        library("pypdfium2")
    library.cache_clear()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"options": {"temprature": 1}}, "did you mean 'temperature'"),
        ({"on_error": "ignore"}, "on_error"),
        ({"concurrency": 0}, "concurrency"),
        ({"output": "html"}, "output"),
        ({"rate_limiter": 5}, "rate_limiter"),
    ],
)
def test_a_wrong_option_is_named(given, says):
    with pytest.raises(ValidationError, match=says):
        ReadingOptions(**given)


def test_a_large_image_is_shrunk_before_it_is_sent(server, read):
    server.answer(said("x"))
    (page,) = read(file_of(drawn("a", size=(3000, 1500))))
    assert (page.width, page.height) == (2048, 1024)
    (page,) = read(file_of(drawn("a", size=(300, 150))), longest_side=64)
    assert (page.width, page.height) == (64, 32)


async def test_a_cancelled_run_leaves_no_request_behind(server):
    server.answer([Stall])
    asked = threading.Event()
    note = server.next_reply
    server.next_reply = lambda request: (note(request), asked.set())[0]
    client = AsyncClient(Settings(api_key="test-key-not-real", base_url=server.url))
    pages = aread_pages(client, [scan("a"), scan("b")], ReadingOptions())
    first = asyncio.ensure_future(anext(pages))
    await asyncio.to_thread(asked.wait, 30)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await pages.aclose()
    await client.aclose()
    assert len(asyncio.all_tasks()) == 1


class Turns:
    """Lets pages through one by one, and writes down when."""

    def __init__(self):
        self.taken = 0

    def acquire(self):
        self.taken += 1
        return True


def test_each_page_that_is_asked_for_waits_for_its_turn(server, read, tmp_path):
    server.answer(said("x"))
    given, turns = [scan("a"), scan("b"), scan("a")], Turns()
    read(given, rate_limiter=turns, cache=tmp_path / "cache")
    assert (turns.taken, len(server.seen)) == (2, 2)
    read(given, rate_limiter=turns, cache=tmp_path / "cache")
    assert turns.taken == 2  # what is kept is not asked for


class Broken:
    """A rate limiter with a fault of its own, which two pages meet at once."""

    def __init__(self):
        self.both = threading.Barrier(2)

    def acquire(self):
        self.both.wait()
        raise RuntimeError("no clock")


def test_a_fault_that_is_not_ours_comes_out_and_is_no_line_of_the_report(server, read):
    report = ReadingReport()
    with pytest.raises(RuntimeError, match="no clock"):
        read([scan("a"), scan("b")], rate_limiter=Broken(), report=report)
    assert report.failures == []
    assert not server.seen


def test_what_a_prompt_says_never_hides_the_image(server, read):
    server.answer(said("x"))
    read(scan("a"), prompt="Is https://image.invalid/ shown?")
    words, shown = server.seen[0].json["messages"][0]["content"]
    assert words["text"] == "Is https://image.invalid/ shown?"
    assert shown["image_url"]["url"].startswith("data:image/png")
    assert json.dumps(server.seen[0].json).count("base64") == 1
