"""Addresses of file systems: what a program names is opened by fsspec, and nothing else is."""

import sys

import fsspec
import pytest

from core_302 import AI302Error, ConfigurationError
from core_302.reading import file_systems, optional_imports
from core_302.reading.sources import number_of, sources_in
from tests.scans import pdf, scan, tiff
from tests.sheets import draw, sheets_of

OWN = {}


@pytest.fixture
def memory():
    """A file system in memory, empty again at the end."""
    system = fsspec.filesystem("memory")
    contents = {"a.png": scan("a"), "sub/b.pdf": pdf("b", "c"), "c.tif": tiff("d", "e")}
    for name, content in {**contents, "notes.txt": b"x", ".hidden/d.png": b"x"}.items():
        system.pipe(f"/scans/{name}", content)
    yield system
    system.rm("/scans", recursive=True)


def names(address, options=OWN):
    return [source.name for source in sources_in(address, storage_options=options)]


def problem(address, options=OWN):
    (source,) = sources_in(address, storage_options=options)
    (sheet,) = sheets_of(source)
    with pytest.raises(AI302Error) as caught:
        draw(sheet)
    return str(caught.value)


def test_files_folders_and_patterns_are_found(memory):
    everything = [f"memory:///scans/{name}" for name in ("a.png", "c.tif", "sub/b.pdf")]
    assert names("memory://scans") == everything
    assert names("memory://scans/*.tif") == everything[1:2]
    assert names(["memory://scans/a.png", "b.png"]) == ["memory://scans/a.png", "b.png"]
    assert number_of("memory://scans", storage_options=OWN) == 3
    assert "contains no image" in problem("memory://scans/*.gif")


def test_images_tiffs_and_pdfs_are_read_where_they_lie(memory):
    sheets = [
        sheet
        for source in sources_in("memory://scans", storage_options=OWN)
        for sheet in sheets_of(source)
    ]
    assert [sheet.page for sheet in sheets] == [1, 1, 2, 1, 2]
    digests = [draw(sheet)[0].digest for sheet in sheets]
    assert len(set(digests)) == 5
    (alone,) = sheets_of(next(sources_in(scan("a"))))
    assert digests[0] == draw(alone)[0].digest


def test_a_large_file_is_read_only_where_it_is_looked_at(memory, monkeypatch):
    monkeypatch.setattr(file_systems, "SMALL", 10)
    (source,) = sources_in("memory://scans/c.tif", storage_options=OWN)
    assert source.remote.small() is None
    assert [draw(sheet)[0].width for sheet in sheets_of(source)] == [400, 400]


def test_an_address_that_nobody_allowed_is_not_opened(memory):
    assert "'memory://' is opened only with storage_options=" in problem(
        "memory://scans/a.png", None
    )


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("file:///etc/hostname", "'file://' is not opened here: give the path alone"),
        ("local:///etc/hostname", "give the path alone"),
        ("FILE:///etc/hostname", "give the path alone"),
        ("simplecache://x", "give the address that it is about"),
        ("zip://*.png::memory://scans/a.zip", "a chained address ('::') is not followed"),
        ("memory://a::file:///etc/hostname", "a chained address"),
        ("nothing://a", "'nothing://' is no protocol that fsspec knows"),
        ("memory://scans/gone.png", "it cannot be read"),
    ],
)
def test_what_is_no_address_of_a_file_says_so(address, says, memory):
    assert says in problem(address)


def test_a_link_stays_a_link_for_the_gateway():
    (source,) = sources_in("HTTPS://images.example/a.png", storage_options=OWN)
    assert source.link is not None
    assert source.remote is None


def test_a_protocol_or_fsspec_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(ConfigurationError, match="s3fs"):
        names("s3://bucket/a.png", {"anon": True, "use_listings_cache": False})
    monkeypatch.setitem(sys.modules, "fsspec", None)
    optional_imports.library.cache_clear()
    with pytest.raises(ConfigurationError, match="pip install fsspec"):
        names("memory://scans")
    optional_imports.library.cache_clear()


def test_an_error_of_a_file_system_is_one_line():
    with pytest.raises(AI302Error) as caught, file_systems.named():
        raise RuntimeError("Access\n Denied.\n")
    assert str(caught.value) == "it cannot be read: Access Denied."
    with pytest.raises(AI302Error, match="it cannot be read: KeyError"), file_systems.named():
        raise KeyError
