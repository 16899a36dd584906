"""What is below a folder is reached through no link, also if one is put there in between."""

import os
import sys
import threading

import pytest

from core_302 import ConfigurationError, InvalidInputError
from core_302.image_parts import image_file
from core_302.tools import opened_folder
from core_302.tools.file_store import read_file, save_image
from core_302.tools.image_tool import is_image
from tests.drawn import png

MINE, SECRET = png(2, 2), png(3, 3)
TRIES = 2_000  # where a link could be followed, the first was found within 419 to 12,000


@pytest.fixture(params=["stepwise", "as on Windows"])
def way(request, monkeypatch):
    """Open files in both ways."""
    monkeypatch.setattr(opened_folder, "STEPWISE", request.param == "stepwise")
    return request.param


@pytest.fixture
def allowed(tmp_path):
    """Return an allowed folder with an image in a folder, and one outside of the same name."""
    for folder, content in (("allowed/album", MINE), ("outside", SECRET)):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.png").write_bytes(content)
    return tmp_path / "allowed"


def swap(allowed):
    """Put a link to the outside in the place of the album."""
    (allowed / "album").rename(allowed / "aside")
    (allowed / "album").symlink_to(allowed.parent / "outside")


def swap_back(allowed):
    (allowed / "album").unlink()
    (allowed / "aside").rename(allowed / "album")


def read(allowed, name="album/a.png"):
    try:
        return read_file(name, [allowed], None, is_image, "image", "image")
    except InvalidInputError:
        return None


def test_a_file_is_read_by_its_relative_and_by_its_whole_path(way, allowed, monkeypatch):
    del way
    assert read(allowed) == read(allowed, "./album//a.png") == MINE
    assert read(allowed, str(allowed / "album" / "a.png")) == MINE
    (allowed.parent / "linked").symlink_to(allowed)  # the operator's own link
    linked = allowed.parent / "linked"
    assert read(linked) == read(linked, str(allowed / "album" / "a.png")) == MINE
    monkeypatch.chdir(allowed.parent)
    here = os.path.relpath(allowed)
    assert (
        read_file(
            str(allowed / "album" / "a.png"),
            [opened_folder.Path(here)],
            None,
            is_image,
            "image",
            "image",
        )
        == MINE
    )


def test_no_link_and_no_folder_is_read_not_even_a_link_that_stays_inside(way, allowed):
    del way
    (allowed / "again").symlink_to(allowed / "album")
    (allowed / "album" / "b.png").symlink_to(allowed / "album" / "a.png")
    (allowed / "up").symlink_to(allowed.parent / "outside")
    for name in (
        "again/a.png",
        "album/b.png",
        "up/a.png",
        "album/../album/a.png",
        "/a.png",
        "album",
    ):
        assert read(allowed, name) is None


@pytest.mark.parametrize("moment", range(4))
def test_a_folder_that_becomes_a_link_at_any_moment_is_not_followed(
    way, allowed, monkeypatch, moment
):
    """It is swapped before the first, the second, ... file is opened."""
    system, opened = os.open, []

    def swapped(path, *args, **more):
        if len(opened) == moment:
            swap(allowed)
        opened.append(path)
        return system(path, *args, **more)

    monkeypatch.setattr(os, "open", swapped)
    found = read(allowed)
    monkeypatch.undo()
    assert found != SECRET
    # Stepwise, what was opened stays what it was.
    assert found == (MINE if moment >= (2 if way == "stepwise" else 1) else None)


@pytest.mark.parametrize("moment", range(2, 9))
def test_a_link_that_is_swapped_in_and_out_is_noticed_on_windows_too(allowed, monkeypatch, moment):
    """It leads outside when the file is opened, and is gone, or comes again, at some look."""
    monkeypatch.setattr(opened_folder, "STEPWISE", False)
    system, resolve, looks = os.open, opened_folder.Path.resolve, []

    def opened(path, *args, **more):
        swap(allowed)
        return system(path, *args, **more)

    def looked(path, *, strict):
        looks.append(path)
        if len(looks) == moment + 1:
            swap_back(allowed) if (allowed / "aside").exists() else swap(allowed)
        return resolve(path, strict=strict)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(opened_folder.Path, "resolve", looked)
    assert read(allowed) is None


def test_a_thread_that_swaps_a_folder_for_a_link_wins_nothing(way, allowed):
    del way
    ended, found = threading.Event(), set()

    def swapping():
        while not ended.is_set():
            swap(allowed)
            swap_back(allowed)

    thread = threading.Thread(target=swapping)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    thread.start()
    try:
        for _ in range(TRIES):
            found.add(read(allowed))
    finally:
        ended.set()
        thread.join()
        sys.setswitchinterval(interval)
    assert SECRET not in found


def test_an_image_is_kept_in_both_ways_and_no_draft_stays(way, tmp_path):
    del way
    folder = tmp_path / "new" / "folder"
    path = save_image(image_file(MINE, "it"), folder, "a fox")
    assert path.read_bytes() == MINE
    assert save_image(image_file(MINE, "it"), folder, "a fox") == path
    assert list(folder.iterdir()) == [path]


def test_an_image_goes_into_the_folder_that_was_opened(tmp_path, monkeypatch):
    """The folder becomes a link while a file is written: nothing is written where it leads."""
    kept, outside = tmp_path / "kept", tmp_path / "outside"
    kept.mkdir()
    outside.mkdir()
    system = os.link

    def linked(*args, **more):
        kept.rename(tmp_path / "aside")
        kept.symlink_to(outside)
        return system(*args, **more)

    monkeypatch.setattr(os, "link", linked)
    save_image(image_file(MINE, "it"), kept, "a fox")
    assert list(outside.iterdir()) == []
    assert [path.read_bytes() for path in (tmp_path / "aside").iterdir()] == [MINE]


def test_a_link_in_the_place_of_a_new_file_is_not_written_through(tmp_path, monkeypatch):
    """On a file system without hard links, where a file is written under its own name."""
    monkeypatch.setattr(os, "link", _refused)
    folder, target = tmp_path / "kept", tmp_path / "target"
    path = save_image(image_file(MINE, "it"), folder, "a fox")
    path.unlink()
    path.symlink_to(target)
    assert save_image(image_file(MINE, "it"), folder, "a fox") == path
    assert not target.exists()


def _refused(*_args, **_more):
    raise PermissionError("no links here")


def test_a_folder_that_cannot_be_opened_is_named(tmp_path, monkeypatch):
    def refused(path, *_args, **_more):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(ConfigurationError, match=r"cannot be saved in .*Permission denied"):
        save_image(image_file(MINE, "it"), tmp_path, "a fox")
