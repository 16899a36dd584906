"""A bucket of S3, read with the file system that is made for it."""

import pytest

from core_302.reading.sources import sources_in
from tests.core_302.reading.s3_server import serving
from tests.scans import pdf, scan
from tests.sheets import draw, sheets_of


def test_a_bucket_is_read_through_its_own_protocol(monkeypatch):
    """With s3fs itself, against a server on loopback: ranges of a PDF, not the whole of it."""
    pytest.importorskip("s3fs", reason="`make storage` has it in an environment of its own")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    padded = pdf("b") + b"\n%" + 12_000_000 * b" "
    objects = {"scans/a.png": scan("a"), "scans/b.pdf": padded, "scans/c.png": b"x", "x.png": b""}
    with serving(objects, forbidden={"scans/c.png"}) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        options = {"key": "anybody", "secret": "anything", "skip_instance_cache": True}
        options |= {"client_kwargs": {"endpoint_url": address, "region_name": "here"}}
        found = list(sources_in("s3://bucket/scans", storage_options=options))
        assert [source.name for source in found] == [
            f"s3://bucket/scans/{name}" for name in ("a.png", "b.pdf", "c.png")
        ]
        sheets = [sheet for source in found for sheet in sheets_of(source)]
        assert [draw(sheet)[0].width for sheet in sheets[:2]] == [400, 1112]
        assert "it cannot be read" in str(sheets[2].problem)
        read = sum(
            int(asked.partition("-")[2]) - int(asked.partition("-")[0].removeprefix("bytes="))
            for _, key, asked in server.requests
            if key == "scans/b.pdf" and asked
        )
        assert [key for _, key, _ in server.requests].count("scans/a.png") <= 2
        assert 0 < read < 2 * len(padded)
