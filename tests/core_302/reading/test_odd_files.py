"""A folder of two hundred odd files: each is read, or is one line of the report."""

from pathlib import Path

from core_302.reading import ReadingReport
from tests.core_302.reading.odd_files import odd_files
from tests.scripted_server import completion, reply

WHOLE = ("png", "jpg", "webp", "gif", "bmp", "avif", "heic", "jp2", "tif", "tiff", "pdf", "npy.png")


def test_each_of_two_hundred_odd_files_is_read_or_is_one_line_of_the_report(server, read, tmp_path):
    server.answer(reply(200, completion("read")))
    names = odd_files(tmp_path)
    assert len(names) >= 200
    report = ReadingReport()
    pages = read(tmp_path, on_error="skip", report=report)
    was_read = {Path(page.source).name for page in pages}
    refused = [Path(failure.source).name for failure in report.failures]
    assert sorted(was_read | set(refused)) == names
    assert len(refused) == len(set(refused)) > 80
    for failure in report.failures:
        assert failure.reason.startswith(failure.source)
        told = failure.reason.removeprefix(failure.source)
        assert "\n" not in told
        assert " object at 0x" not in told
        assert "Error" not in told
    assert {f"whole.{ending}" for ending in WHOLE} <= was_read
    assert {"pipe.png", "dangling.png", "circle.png", "socket.png", "empty.png"} <= set(refused)
    assert len(server.seen) == sum(page.parts for page in pages if page.text_from != "layer")
