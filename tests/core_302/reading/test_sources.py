"""What is read of files, folders, patterns and bytes, and what is said of those that are broken."""

import io
import os
import re
import struct
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from core_302 import AI302Error, InvalidInputError
from core_302.reading import optional_imports, page_images
from core_302.reading.page_images import Sheet
from core_302.reading.sources import Source, number_of, sources_in
from tests.scans import drawn, file_of, locked, pdf, scan, tiff
from tests.sheets import draw, sheets_of


def pages_of(content):
    return list(sheets_of(Source("x", content=content)))


def shown(content, page=1):
    """Return the image as it is sent."""
    (drawn_page,) = draw(pages_of(content)[page - 1])
    return drawn_page, Image.open(io.BytesIO(drawn_page.content))


def refusal(content):
    first, *_ = pages_of(content)
    with pytest.raises(AI302Error) as caught:
        draw(first)
    return str(caught.value)


def names(given):
    return [Path(source.name).name for source in sources_in(given)]


@pytest.fixture
def folder(tmp_path):
    for name in ("b.png", "a.JPG", "notes.txt", ".hidden.png", "sub/c.pdf", ".git/d.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    return tmp_path


def test_a_folder_holds_its_images_and_pdfs_by_name(folder):
    assert names(folder) == ["a.JPG", "b.png", "c.pdf"]
    assert names(str(folder)) == names(folder)


def test_a_pattern_finds_files(folder):
    assert names(f"{folder}/*.png") == ["b.png"]
    assert names(f"{folder}/**/*") == ["a.JPG", "b.png", "c.pdf"]


def test_several_things_come_in_the_order_in_which_they_are_given(folder):
    link = "https://images.example/z.png"
    given = [folder / "b.png", link, (scan("a"), Source("s", content=b""))]
    found = list(sources_in(given))
    assert [source.name for source in found][:2] == [str(folder / "b.png"), link]
    assert found[2].name.startswith("bytes:")
    assert found[3].name == "s"


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path):
    (tmp_path / "a[1].png").write_bytes(b"")
    assert names(f"{tmp_path}/a[1].png") == ["a[1].png"]


def test_a_file_that_is_open_is_read_from_its_beginning(tmp_path):
    """As Pillow does: what was just written stands at its end."""
    path = tmp_path / "a.png"
    path.write_bytes(scan("a"))
    with path.open("rb") as file:
        file.read(7)
        (source,) = sources_in(file)
    assert (source.name, source.content) == (str(path), scan("a"))
    written = io.BytesIO()
    written.write(scan("a"))
    (nameless,) = sources_in(written)
    assert nameless == next(sources_in(scan("a")))


class OnlyReads:
    """A stream that cannot go back."""

    def read(self):
        return scan("a")


def test_a_stream_that_cannot_go_back_is_read_from_where_it_stands():
    (source,) = sources_in(OnlyReads())
    assert source.content == scan("a")


def problem(given, **more):
    (source,) = sources_in(given, **more)
    assert source.problem is not None
    return str(source.problem)


def test_a_file_that_is_open_as_text_or_closed_is_one_problem(tmp_path):
    (tmp_path / "a.txt").write_text("a\nb\n")
    with (tmp_path / "a.txt").open() as file:
        assert "open it with 'rb'" in problem(file)
    assert "closed file" in problem(file)


@pytest.mark.parametrize("name", ["", "  "])
def test_an_empty_name_is_not_the_working_directory(name, monkeypatch, folder):
    monkeypatch.chdir(folder)
    assert "'.' is the working directory" in problem(name)


@pytest.mark.parametrize("name", ["a" * 5_000 + ".png", "~nobody-of-that-name/a.png"])
def test_a_name_that_no_file_can_have_is_one_problem(name):
    assert "it cannot be read" in problem(name)


def test_what_a_folder_holds_and_cannot_be_read_is_not_passed_over(tmp_path):
    (tmp_path / "a.png").symlink_to(tmp_path / "gone.png")
    os.mkfifo(tmp_path / "b.png")
    (tmp_path / "c.png").mkdir()
    (tmp_path / "c.png" / "d.png").write_bytes(scan("d"))
    found = [sheet for source in sources_in(tmp_path) for sheet in sheets_of(source)]
    assert [Path(sheet.source.name).name for sheet in found] == ["a.png", "b.png", "d.png"]
    assert [sheet.problem is None for sheet in found] == [False, False, True]
    assert names(f"{tmp_path}/*.png") == ["a.png", "b.png"]


def test_a_folder_that_cannot_be_listed_is_not_passed_over(tmp_path, monkeypatch):
    """Root lists everything: that one folder cannot be listed is said by the system call."""
    (tmp_path / "locked").mkdir()
    (tmp_path / "z.png").write_bytes(scan("z"))
    scandir = os.scandir

    def refusing(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = list(sources_in(tmp_path))
    assert [Path(source.name).name for source in found] == ["z.png", "locked"]
    assert str(found[1].problem) == "it cannot be read: Permission denied."


def test_how_many_sources_there_are_is_known_beforehand_but_of_an_iterator(folder):
    assert number_of(folder) == 3
    assert number_of([folder, "a.png", b"x", io.BytesIO(b"x"), Source("x"), 7]) == 8
    assert number_of(iter(["a.png"])) is None
    assert number_of(["a.png", iter(["b.png"])]) is None


def test_a_name_that_is_no_text_can_be_read_and_stored(tmp_path):
    path = os.path.join(os.fsencode(tmp_path), b"sc\xe4n.png")  # noqa: PTH118 - Latin-1
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(scan("a"))
    for given in (os.fsdecode(path), tmp_path):
        (source,) = sources_in(given)
        assert source.name == f"{tmp_path}/sc\\xe4n.png"
        assert source.name.encode()
        assert source.start.startswith(b"\x89PNG")


def test_a_pipe_or_a_device_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.png")
    for path in (tmp_path / "a.png", Path("/dev/zero")):
        (source,) = sources_in(path)
        (sheet,) = sheets_of(source)
        with pytest.raises(InvalidInputError, match="it is a pipe or a device, and no file"):
            draw(sheet)


@pytest.mark.parametrize("name", ["", "*.png"])
def test_a_folder_or_pattern_without_images_says_so(tmp_path, name):
    (source,) = sources_in(str(tmp_path / name))
    (sheet,) = sheets_of(source)
    with pytest.raises(InvalidInputError, match="contains no image"):
        draw(sheet)


def test_what_is_nothing_to_read_is_refused():
    assert "a value of type int cannot be read" in problem([7])


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_every_format_is_read(form):
    page, image = shown(scan("a", form=form))
    assert (page.width, page.height) == image.size == (400, 200)


def test_every_page_of_a_tiff_and_of_a_pdf_is_read():
    for content in (tiff("a", "b", "c"), pdf("a", "b", "c")):
        pages = pages_of(content)
        assert [(sheet.page, sheet.pages) for sheet in pages] == [(1, 3), (2, 3), (3, 3)]
        assert len({draw(sheet)[0].digest for sheet in pages}) == 3


def test_a_pdf_on_disk_is_read(tmp_path):
    (tmp_path / "a.pdf").write_bytes(pdf("a"))
    (source,) = sources_in(tmp_path)
    (sheet,) = sheets_of(source)
    assert draw(sheet, longest_side=300)[0].width == 300


def test_heic_is_read_if_pillow_heif_is_there(monkeypatch):
    heif = pytest.importorskip("pillow_heif")
    optional_imports.knows_heic.cache_clear()
    file = io.BytesIO()
    heif.from_pillow(drawn("a")).save(file, format="HEIF")
    _, image = shown(file.getvalue())
    assert image.size == (400, 200)
    optional_imports.knows_heic.cache_clear()
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    assert "pip install pillow-heif" in refusal(file.getvalue())
    optional_imports.knows_heic.cache_clear()


def test_an_image_is_turned_upright_by_its_exif():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    page, image = shown(file_of(drawn("a"), "JPEG", exif=exif))
    assert image.size == (200, 400)
    assert page.media_type == "image/jpeg"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "CMYK", "I;16", "RGBA"])
def test_an_image_of_any_mode_is_sent_on_white_paper(mode):
    content = file_of(drawn("a").convert("L") if mode == "I;16" else drawn("a"), "PNG")
    image = Image.open(io.BytesIO(content))
    if mode == "I;16":
        grey = Image.new("I;16", (400, 200), 65_000)
        content = file_of(grey, "TIFF")
    else:
        content = file_of(image.convert(mode), "TIFF") if mode != "PA" else _palette()
    _, sent = shown(content)
    assert sent.convert("RGB").getpixel((399, 199)) >= (250, 250, 250)


def _palette():
    clear = drawn("a").convert("P")
    return file_of(clear, "GIF", transparency=0)


def test_a_moving_image_is_its_first_frame():
    first, second = drawn("a"), drawn("b")
    content = file_of(first, "WEBP", save_all=True, append_images=[second], lossless=True)
    page, image = shown(content)
    assert page.media_type == "image/png"
    assert getattr(image, "n_frames", 1) == 1


def test_pixels_that_pack_badly_are_sent_with_loss(monkeypatch):
    monkeypatch.setattr(page_images, "LARGEST_SENT", 100)
    page, _ = shown(scan("a"))
    assert page.media_type == "image/jpeg"


def bomb(width=30_000, height=30_000):
    """Return a PNG whose header promises more pixels than there are."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    end = struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + end


def tiff_bomb():
    content = file_of(Image.new("1", (10, 10)), "TIFF")
    for tag in (256, 257):  # width and height
        place = content.index(struct.pack("<HH", tag, 4))
        content = content[: place + 8] + struct.pack("<I", 9_200) + content[place + 12 :]
    return content


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it is empty"),
        (b"Dear reader", "it is neither an image nor a PDF, judging by its first bytes"),
        (scan("a", form="JPEG")[:1500], "it is broken"),
        (scan("a")[:100], "it is broken"),
        (b"II*\x00" + b"\x00" * 40, "it has no pages"),
        (b"II*\x00" + b"\x07" * 40, "it is broken"),
        (bomb(), "it declares 30000x30000 pixels: too many"),
        (tiff_bomb(), "it declares 9200x9200 pixels: too many"),
        (locked("sesame", "Hello"), "it is a PDF with a password: give password="),
        (b"%PDF-1.4 nothing", "it is a PDF that cannot be opened"),
        (re.sub(rb"/Kids \[ \d", b"/Kids [ 9", pdf("a")), "the page cannot be drawn"),
    ],
)
def test_what_cannot_be_read_says_why(content, says):
    assert says in refusal(content)


def test_a_bomb_on_a_later_page_is_refused_alone():
    page = Image.new("1", (10, 10))
    content = file_of(page, "TIFF", save_all=True, append_images=[page])
    for tag in (256, 257):
        place = content.rindex(struct.pack("<HH", tag, 4))
        content = content[: place + 8] + struct.pack("<I", 9_200) + content[place + 12 :]
    first, second = sheets_of(Source("two", content=content))
    assert draw(first)
    with pytest.raises(InvalidInputError, match="it declares 9200x9200 pixels: too many"):
        draw(second)


def test_a_file_that_cannot_be_opened_says_why(tmp_path):
    (sheet,) = sheets_of(next(sources_in(tmp_path / "nobody.png")))
    with pytest.raises(InvalidInputError, match="cannot be read: No such file"):
        draw(sheet)
    (sheet,) = sheets_of(Source("memory", path=Path("/proc/self/mem")))  # opens, and is unreadable
    with pytest.raises(InvalidInputError, match=r"cannot be read: \w"):
        draw(sheet)
    (sheet,) = sheets_of(Source("nul", path=Path("a\0b.png")))
    with pytest.raises(InvalidInputError, match="cannot be read"):
        draw(sheet)


def test_a_page_that_is_not_there_cannot_be_drawn():
    with pytest.raises(AI302Error):
        draw(Sheet(Source("x", content=pdf("a")), page=9, pages=9))
