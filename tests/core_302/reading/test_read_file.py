"""Reading files: what is sent for each, what becomes of replies, and that nothing is paid twice."""

import asyncio
import hashlib
import json
import threading

import pytest

from core_302 import (
    AI302Error,
    AsyncClient,
    AuthenticationError,
    InvalidInputError,
    JobFailedError,
    MalformedReplyError,
    NotFoundError,
    PollPolicy,
    RequestTimeoutError,
    Settings,
)
from core_302.endpoints import files
from core_302.reading import (
    FileReadingOptions,
    KeyedCache,
    ReadingReport,
    Source,
    aread_files,
    read_files,
)
from tests.conftest import KEY
from tests.documents import docx, pdf, zipped
from tests.scripted_server import Close, Stall, reply
from tests.sent import sent

OFFER = docx("# Offer")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LINK = "https://file.302.ai/file.pdf"
REPORT = pdf(["# A", "b"])
CONVERTED = reply(200, {"data": "# Offer\n"}, headers={"request-id": "r1"})
UPLOADED = reply(200, {"code": 200, "data": LINK}, headers={"request-id": "u1"})
PARSED = reply(
    200, {"code": 0, "msg": "ok", "data": {"msg": "words"}}, headers={"request-id": "r1"}
)
ORDERED = reply(200, {"data": {"task_id": "t1"}}, headers={"request-id": "o1"})
BUSY = reply(200, {"data": {"state": "STARTED"}})
BLOCKS = [
    {"type": "header", "text": "Confidential", "page_idx": 0, "bbox": [0, 0, 1000, 20]},
    {"type": "text", "text": "Title", "text_level": 1, "page_idx": 0, "bbox": [100, 50, 900, 80]},
    {"type": "text", "text": "Words.", "page_idx": 0, "bbox": [100, 90, 900, 120]},
    {"type": "page_number", "text": "2", "page_idx": 1, "bbox": [480, 980, 520, 990]},
    {"type": "table", "table_body": "<table/>", "page_idx": 1, "bbox": [100, 50, 900, 80]},
    {"type": "footer", "text": "end", "page_idx": 2, "bbox": [0, 980, 1000, 1000]},
]
RESULT = reply(
    200, zipped({"x_content_list.json": json.dumps(BLOCKS)}), media_type="application/zip"
)


def done(server):
    return reply(200, {"state": "SUCCESS", "result_url": f"http://localhost:{server.port}/r.zip"})


@pytest.fixture
def read(connect, server):
    """Return a function that reads everything with the client at hand."""

    def all_files(given, *, report=None, timeout=None, **how):
        trusted = (f"localhost:{server.port}",)
        face = connect(server.url, max_retries=0, trusted_hosts=trusted, timeout=timeout)
        options = FileReadingOptions(**how)
        if face.kind == "sync":
            return list(read_files(face.client, given, options, report=report))

        async def collect():
            try:
                return [f async for f in aread_files(face.client, given, options, report=report)]
            finally:
                await face.client.aclose()

        return asyncio.run(collect())

    return all_files


def requests(server):
    return [sent(seen) for seen in server.seen]


def test_an_office_file_is_posted_itself_and_comes_back_as_markdown(server, read):
    server.answer(CONVERTED)
    report = ReadingReport(unit="file")
    (file,) = read(Source("deals/offer.docx", content=OFFER, metadata={"box": 7}), report=report)
    assert requests(server) == [
        (
            "POST",
            "/302/markitdown/convert",
            {},
            [
                ("source_data_type", None, None, b"file"),
                ("file", "file.docx", WORD, OFFER),
            ],
        )
    ]
    (piece,) = file.pieces
    assert piece.text == "# Offer\n"
    assert piece.described() == {
        "box": 7,
        "source": "deals/offer.docx",
        "kind": "file",
        "method": "markitdown",
        "file_type": WORD,
        "bytes": len(OFFER),
        "digest": hashlib.sha256(OFFER).hexdigest(),
        "cost_ids": "r1",
        "cached": False,
    }
    assert (report.read, report.empty) == (1, 0)


def test_a_file_of_another_kind_is_uploaded_and_parsed(server, read):
    server.answer(UPLOADED, PARSED)
    (file,) = read(Source("a.rtf", content=b"{\\rtf1}"))
    assert requests(server) == [
        ("POST", "/302/upload-file", {}, [("file", "file.rtf", "application/rtf", b"{\\rtf1}")]),
        ("GET", "/302/file/parsing", {"url": LINK}, None),
    ]
    assert (file.pieces[0].text, file.method, file.cost_ids) == ("words", "parse", ("u1", "r1"))


def test_a_link_is_sent_as_a_link(server, read):
    server.answer(CONVERTED, PARSED)
    one, other = read(["https://a.example/b.pdf?c=d", "https://a.example/e"], concurrency=1)
    assert requests(server) == [
        (
            "POST",
            "/302/markitdown/convert",
            {},
            [
                ("source_data_type", None, None, b"url"),
                ("source_data", None, None, b"https://a.example/b.pdf?c=d"),
            ],
        ),
        ("GET", "/302/file/parsing", {"url": "https://a.example/e"}, None),
    ]
    assert (one.media_type, one.size, other.method) == ("application/pdf", 0, "parse")


def test_a_link_to_an_internal_address_is_not_sent(server, read):
    server.answer(CONVERTED)
    with pytest.raises(
        InvalidInputError, match=r"http://10\.0\.0\.1/a\.pdf: the link leads to an int"
    ):
        read("http://10.0.0.1/a.pdf")
    assert server.seen == []


def test_what_is_text_already_is_sent_nowhere_and_costs_nothing(server, read, tmp_path):
    (tmp_path / "a.md").write_bytes("\ufeff# Größe".encode())
    given = [tmp_path / "a.md", b"plain words", Source("c.txt", content=b"")]
    report = ReadingReport(unit="file")
    one, two = read(given, on_error="skip", report=report, cache=tmp_path / "cache")
    assert [one.pieces[0].text, two.pieces[0].text] == ["# Größe", "plain words"]
    assert (one.method, one.described()["cost_ids"]) == ("text", "")
    assert server.seen == []
    assert report.failures[0].reason == "c.txt: it is empty."
    server.answer(UPLOADED, PARSED)
    read(Source("latin.txt", content=b"\xff"), method="parse")
    assert len(server.seen) == 2


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a\0b"])
def test_text_in_another_encoding_is_converted(server, read, content):
    server.answer(CONVERTED)
    (file,) = read(Source("a.txt", content=content))
    assert file.method == "markitdown"


def test_a_pdf_is_read_with_its_layout_page_by_page(server, read):
    server.answer(UPLOADED, ORDERED, BUSY, done(server), RESULT)
    (file,) = read(
        Source("a.pdf", content=REPORT), method="mineru", mineru_options={"is_ocr": True}
    )
    assert requests(server) == [
        ("POST", "/302/upload-file", {}, [("file", "file.pdf", "application/pdf", REPORT)]),
        (
            "POST",
            "/302/v2/mineru/task",
            {},
            {"pdf_url": LINK, "parse_method": "auto", "version": "2.5", "is_ocr": True},
        ),
        ("GET", "/302/v2/mineru/task", {"task_id": "t1"}, None),
        ("GET", "/302/v2/mineru/task", {"task_id": "t1"}, None),
        ("GET", "/r.zip", {}, None),
    ]
    assert "authorization" in server.seen[3].headers
    assert "authorization" not in server.seen[4].headers
    assert [(p.text, p.kind, p.page) for p in file.pieces] == [
        ("# Title\n\nWords.", "page", 1),
        ("<table/>", "page", 2),
    ]
    told = file.pieces[1].described()
    assert told == {
        "source": "a.pdf",
        "page": 2,
        "kind": "page",
        "method": "mineru",
        "file_type": "application/pdf",
        "bytes": len(REPORT),
        "digest": hashlib.sha256(REPORT).hexdigest(),
        "task_id": "t1",
        "cost_ids": "u1,o1",
        "cached": False,
    }
    assert len({piece.id for piece in file.pieces}) == 2


def test_each_block_can_be_a_piece_with_its_box(server, read):
    server.answer(ORDERED, done(server), RESULT)
    (file,) = read(
        LINK, method="mineru", split_by="block", mineru_method="ocr", mineru_version="2.0"
    )
    assert sent(server.seen[0])[3] == {"pdf_url": LINK, "parse_method": "ocr", "version": "2.0"}
    boxes = [(p.kind, p.page, p.described().get("box")) for p in file.pieces]
    assert boxes == [
        ("header", 1, "0,0,1000,20"),
        ("heading", 1, "100,50,900,80"),
        ("text", 1, "100,90,900,120"),
        ("page_number", 2, "480,980,520,990"),
        ("table", 2, "100,50,900,80"),
        ("footer", 3, "0,980,1000,1000"),
    ]


def test_blocks_without_a_page_stay_blocks(server, read):
    blocks = json.dumps([{"text": "one"}, {"text": "two"}])
    server.answer(ORDERED, done(server), reply(200, zipped({"content_list.json": blocks})))
    (file,) = read(LINK, method="mineru")
    assert [(p.text, p.page, p.place) for p in file.pieces] == [("one", None, 1), ("two", None, 2)]


def test_mineru_reads_nothing_but_pdf(server, read):
    with pytest.raises(InvalidInputError, match=r"a\.docx: it is not a PDF"):
        read(Source("a.docx", content=OFFER), method="mineru")
    assert server.seen == []


def test_a_file_without_text_is_one_empty_piece(server, read):
    server.answer(reply(200, {"data": " \n"}))
    report = ReadingReport(unit="file")
    (file,) = read(Source("a.pdf", content=REPORT), report=report)
    (piece,) = file.pieces
    assert (piece.text, piece.described()["empty"]) == ("", True)
    assert report.empty == 1
    assert str(report).startswith("Files: 1 read, 0 from the cache, 0 failed, 1 empty")


def test_what_is_too_large_is_not_sent(server, read, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_UPLOAD", 1024)
    (tmp_path / "a.pdf").write_bytes(REPORT + b" " * 2048)
    with pytest.raises(InvalidInputError, match=r"a\.pdf: it has more than 0 MB"):
        read(tmp_path / "a.pdf")
    assert server.seen == []


def test_what_is_no_file_says_so(read, tmp_path):
    report = ReadingReport(unit="file")
    read([tmp_path, tmp_path / "none.pdf"], on_error="skip", report=report)
    assert "contains no document (.csv, .doc, " in report.failures[0].reason
    assert "none.pdf: it cannot be read: No such file" in report.failures[1].reason


def test_a_folder_holds_its_documents(read, tmp_path):
    for name in ("b.md", "a.TXT", "photo.png", ".env"):
        (tmp_path / name).write_bytes(b"words")
    assert [file.source[-5:] for file in read(tmp_path)] == ["a.TXT", "/b.md"]


def test_a_broken_file_is_raised_skipped_or_kept_with_its_name(server, read):
    given = [Source("a.docx", content=OFFER), Source("b.txt", content=b"fine")]
    server.answer(reply(422, {"error": {"err_code": -10003, "message": "not a docx"}}))
    with pytest.raises(AI302Error, match=r"a\.docx: not a docx"):
        read(given)
    (fine,) = read(given, on_error="skip")
    assert fine.source == "b.txt"
    kept, _ = read(given, on_error="keep")
    (piece,) = kept.pieces
    assert (piece.text, kept.empty) == ("", False)
    assert "a.docx: not a docx" in piece.described()["error"]


def test_a_refused_key_ends_the_run_whatever_is_skipped(server, read):
    server.answer(reply(401, b"no key"))
    with pytest.raises(AuthenticationError):
        read(
            [Source(f"{n}.docx", content=OFFER) for n in range(50)], on_error="skip", concurrency=2
        )
    assert len(server.seen) <= 8


def test_what_a_file_cost_can_be_looked_up(server, read):
    record = reply(200, {"data": {"cost": 0.002}})
    server.answer(UPLOADED, PARSED, record, record)
    report = ReadingReport(unit="file")
    (file,) = read(Source("a.rtf", content=b"x"), look_up_cost=True, report=report)
    assert [seen.path for seen in server.seen[2:]] == [
        "/dashboard/record/u1",
        "/dashboard/record/r1",
    ]
    assert file.described()["cost"] == report.cost == 0.004
    assert str(report).endswith(" s; 0.004000 PTC.")


class Turns:
    def __init__(self):
        self.taken = 0

    def acquire(self):
        self.taken += 1


def test_what_is_sent_waits_for_its_turn_and_what_is_kept_does_not(server, read, tmp_path):
    server.answer(CONVERTED)
    given = [Source("a.docx", content=OFFER), b"plain"]
    turns = Turns()
    for _ in range(2):
        read(given, rate_limiter=turns, cache=tmp_path / "cache")
    assert (turns.taken, len(server.seen)) == (1, 1)


def test_what_was_read_once_is_not_asked_again(server, read, tmp_path):
    server.answer(UPLOADED, ORDERED, done(server), RESULT)
    given = Source("a.pdf", content=REPORT)
    (first,) = read(given, method="mineru", cache=tmp_path / "cache")
    (again,) = read(given, method="mineru", cache=tmp_path / "cache", split_by="block")
    assert len(server.seen) == 4
    assert (again.cached, again.cost_ids, again.task_id) == (True, ("u1", "o1"), "t1")
    assert (len(first.pieces), len(again.pieces)) == (2, 6)
    assert again.pieces[1].box == (100, 50, 900, 80)


def test_every_thing_that_changes_the_answer_changes_what_is_kept(server, read):
    server.answer(CONVERTED)
    kept = {}
    cache = KeyedCache(kept.get, kept.__setitem__)
    for given in (Source("a.pdf", content=REPORT), LINK, Source("a.docx", content=OFFER)):
        read(given, cache=cache)
        read(given, cache=cache, split_by="block", concurrency=3)
    assert len(kept) == len(server.seen) == 3
    server.answer(UPLOADED, PARSED)
    read(Source("a.pdf", content=REPORT), cache=cache, method="parse")
    for how in (
        {},
        {"mineru_method": "ocr"},
        {"mineru_version": "2.0"},
        {"mineru_options": {"a": 1}},
    ):
        server.answer(UPLOADED, ORDERED, done(server), RESULT)
        read(Source("a.pdf", content=REPORT), cache=cache, method="mineru", **how)
    assert len([key for key in kept if not key.startswith("task:")]) == 8


def test_the_same_file_twice_in_one_run_is_asked_once(server, read, tmp_path):
    server.answer(CONVERTED)
    read([Source("a.docx", content=OFFER)] * 5, cache=tmp_path / "cache")
    assert len(server.seen) == 1


def test_a_paid_call_whose_answer_is_lost_is_not_sent_again(server, read):
    server.answer([Close])
    for method in ("markitdown", "parse", "mineru"):
        with pytest.raises(AI302Error, match="may have run and been billed"):
            read(Source("a.pdf", content=REPORT), method=method)
    assert len(server.seen) == 3


@pytest.mark.parametrize(
    "broken",
    [
        [BUSY, [Close]],
        [[Stall]],
        ["done", reply(500, b"overloaded")],
        ["done", reply(200, b"<html>", media_type="text/html")],
        ["done", reply(200, zipped({"x": "y"}))],
    ],
)
def test_whatever_ends_the_wait_a_task_is_ordered_once(server, read, tmp_path, broken):
    given = Source("a.pdf", content=REPORT)
    how = {"method": "mineru", "cache": tmp_path / "cache"}
    steps = [done(server) if step == "done" else step for step in broken]
    server.answer(UPLOADED, ORDERED, *steps)
    with pytest.raises(AI302Error, match="resume it by its id, 't1'") as lost:
        read(given, **how, timeout=0.3)
    assert lost.value.task_id == "t1"
    server.answer(done(server), RESULT)
    (file,) = read(given, **how)
    assert (file.task_id, len(file.pieces)) == ("t1", 2)
    assert [seen.method for seen in server.seen].count("POST") == 2


def test_without_a_cache_the_error_says_how_to_resume(server, read):
    server.answer(UPLOADED, ORDERED, [Close])
    with pytest.raises(AI302Error, match=r"'t1' \(client\.resume_file\)"):
        read(Source("a.pdf", content=REPORT), method="mineru")


FAILED = reply(200, {"state": "FAILED", "err_msg": "it is locked"})
GONE = reply(404, {"error": {"err_code": -10010, "message": "no task"}})


def test_a_task_that_failed_is_ordered_anew_by_the_next_run(server, read, tmp_path):
    given = Source("a.pdf", content=REPORT)
    for cache in (tmp_path / "cache", None):
        server.answer(UPLOADED, ORDERED, FAILED)
        with pytest.raises(JobFailedError, match="it is locked"):
            read(given, method="mineru", cache=cache)
        server.answer(UPLOADED, ORDERED, done(server), RESULT)
        assert len(read(given, method="mineru", cache=cache)[0].pieces) == 2


@pytest.mark.parametrize("late", [[GONE], ["done", GONE]])
def test_what_is_not_found_is_looked_for_twice_before_it_is_ordered_anew(
    server, read, tmp_path, late
):
    given = Source("a.pdf", content=REPORT)
    how = {"method": "mineru", "cache": tmp_path / "cache"}
    late = [done(server) if step == "done" else step for step in late]
    for first in ([UPLOADED, ORDERED], []):
        server.answer(*first, *late)
        with pytest.raises(NotFoundError):
            read(given, **how)
    posts = [seen.method for seen in server.seen].count("POST")
    server.answer(UPLOADED, ORDERED, done(server), RESULT)
    read(given, **how)
    assert (posts, [seen.method for seen in server.seen].count("POST")) == (2, 4)


class FullDisk(KeyedCache):
    """Keeps nothing."""

    def __init__(self):
        super().__init__({}.get, self._put)

    def _put(self, *_):
        raise InvalidInputError("the disk is full")


def test_a_task_that_cannot_be_noted_is_named(server, read):
    server.answer(UPLOADED, ORDERED)
    with pytest.raises(
        AI302Error, match=r"the disk is full\. The task may have been billed"
    ) as caught:
        read(Source("a.pdf", content=REPORT), method="mineru", cache=FullDisk())
    assert caught.value.task_id == "t1"


def test_who_waits_for_another_run_too_long_says_so(server, read):
    kept = {}
    cache = KeyedCache(kept.get, kept.__setitem__)
    claim = cache.claim
    cache.claim = lambda key, owner: ("busy", None) if owner != "me" else claim(key, owner)
    with pytest.raises(RequestTimeoutError, match="another run"):
        read(Source("a.docx", content=OFFER), cache=cache, timeout=0.05)


def test_a_broken_list_is_malformed_and_is_not_kept(server, read, tmp_path):
    broken = reply(200, zipped({"content_list.json": "["}))
    server.answer(UPLOADED, ORDERED, done(server), broken)
    with pytest.raises(
        MalformedReplyError, match=r"a\.pdf: The content list of the result is broken"
    ):
        read(Source("a.pdf", content=REPORT), method="mineru", cache=tmp_path / "cache")


@pytest.mark.parametrize("steps", [[[Stall]], ["done", [Stall]]])
async def test_a_task_whose_caller_left_is_named_in_the_log(server, caplog, steps):
    steps = [done(server) if step == "done" else step for step in steps]
    server.answer(ORDERED, *steps)
    asked, note = threading.Event(), server.next_reply

    def next_reply(request):
        found = note(request)
        if found == [Stall]:
            asked.set()
        return found

    server.next_reply = next_reply
    settings = Settings(
        api_key=KEY, base_url=server.url, trusted_hosts=(f"localhost:{server.port}",)
    )
    client = AsyncClient(settings, polling=PollPolicy(first_wait=0.0))
    run = aread_files(client, LINK, FileReadingOptions(method="mineru"))
    first = asyncio.ensure_future(anext(run))
    await asyncio.to_thread(asked.wait, 30)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await run.aclose()
    await client.aclose()
    (record,) = [record for record in caplog.records if record.name == "ai302.tasks"]
    assert "'t1'" in record.getMessage()
