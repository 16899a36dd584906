"""Which pages are read, and how they are drawn: what a program can choose."""

import io
import struct

import pillow_heif
import pytest
from PIL import Image
from pydantic import ValidationError

from core_302 import AI302Error, InvalidInputError
from core_302.reading import ReadingOptions, image_files
from core_302.reading.page_options import PageFields, chosen_pages
from core_302.reading.sources import Source, sources_in
from tests.scans import drawn, file_of, locked, pdf, scan, tiff
from tests.sheets import draw, sheets_of


def sheets(content, **how):
    return list(sheets_of(Source("x", content=content), **how))


def numbers(content, **how):
    return [(sheet.page, sheet.pages) for sheet in sheets(content, **how)]


def sent(content, **how):
    """Return the first page as it is sent."""
    (image,) = draw(sheets(content, **how)[0], **how)
    return Image.open(io.BytesIO(image.content)), image


def refusal(content, **how):
    sheet, *_ = sheets(content, **how)
    with pytest.raises(InvalidInputError) as caught:
        draw(sheet, **how)
    return str(caught.value)


@pytest.mark.parametrize(
    ("pages", "chosen"),
    [
        (None, [1, 2, 3, 4, 5]),
        ("2", [2]),
        (2, [2]),
        ("1-2, 4-", [1, 2, 4, 5]),
        ([5, 1, 1], [1, 5]),
        (range(2, 4), [2, 3]),
        ("4-9", [4, 5]),
    ],
)
def test_pages_are_chosen_by_their_numbers(pages, chosen):
    for content in (pdf(*"abcde"), tiff(*"abcde")):
        assert numbers(content, pages=pages) == [(page, 5) for page in chosen]


def test_a_file_without_the_chosen_pages_says_how_many_it_has():
    assert "it has 1 pages, none of '2-4'" in refusal(scan("a"), pages="2-4")


@pytest.mark.parametrize("pages", ["", "a", "0", "3-2", "-3", [0], [], [True], [1.5], "1;2"])
def test_pages_that_are_no_numbers_are_refused(pages):
    with pytest.raises(ValidationError, match=r"pages"):
        PageFields(pages=pages)


def test_a_choice_without_an_end_ends_with_the_file():
    assert chosen_pages("3-", 10**3)[-1] == 1_000
    assert chosen_pages("3-999999999", 4) == [3, 4]


def test_a_password_opens_a_pdf_and_is_never_shown():
    content = locked("sesame", "Open words for everybody")
    (sheet,) = sheets(content, password="sesame")
    assert "Open words for everybody" in sheet.pdf.layer(1).text
    assert "it is a PDF with another password" in refusal(content, password="simsala")
    how = ReadingOptions(password="sesame")
    assert "sesame" not in f"{how!r}{how.model_dump_json()}"


def test_dpi_is_how_finely_a_pdf_is_drawn_below_the_longest_side():
    inch = file_of(Image.new("L", (72, 36), 255), "PDF", resolution=72)
    assert sent(inch)[0].size == (200, 100)
    assert sent(inch, dpi=100)[0].size == (100, 50)
    assert sent(inch, dpi=1_200, longest_side=500)[0].size == (500, 250)


def test_how_many_pixels_are_too_many_is_yours_to_say():
    assert "it declares 400x200 pixels: too many (max_pixels)" in refusal(scan("a"), max_pixels=9)
    large = file_of(Image.new("1", (10_000, 9_000)), "PNG")
    assert "too many" in refusal(large)
    with pytest.warns(Image.DecompressionBombWarning):
        assert sent(large, max_pixels=90_000_000)[0].size == (2048, 1843)


def moving(form, frames=3):
    first, *rest = [drawn(str(number)) for number in range(frames)]
    return file_of(first, form, save_all=True, append_images=rest)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "AVIF"])
def test_a_moving_image_is_its_first_frame_or_all_or_is_refused(form):
    content = moving(form)
    (image,) = draw(*sheets(content))
    assert image.frames == 3
    frames = sheets(content, frames="all")
    assert [(sheet.page, sheet.pages) for sheet in frames] == [(1, 3), (2, 3), (3, 3)]
    assert len({draw(sheet, frames="all")[0].digest for sheet in frames}) == 3
    assert "it has 3 frames: choose with frames=" in refusal(content, frames="refuse")
    assert draw(*sheets(scan("a"), frames="refuse"))[0].frames == 1


@pytest.mark.parametrize("on_disk", [True, False])
@pytest.mark.parametrize("more", [{}, {"compression": "group4"}, {"big_tiff": True}])
def test_each_page_of_a_tiff_is_found_without_the_pages_before_it(tmp_path, on_disk, more):
    first, *rest = [drawn(text, mode="1") for text in "abc"]
    content = file_of(first, "TIFF", save_all=True, append_images=rest, **more)
    (tmp_path / "a.tif").write_bytes(content)
    (source,) = sources_in(tmp_path if on_disk else content)
    pages = list(sheets_of(source))
    assert [sheet.page for sheet in pages] == [1, 2, 3]
    for sheet, meant in zip(pages, [first, *rest], strict=True):
        (image,) = draw(sheet)
        assert Image.open(io.BytesIO(image.content)).tobytes() == meant.convert("L").tobytes()


def thumbnailed(kind):
    """Return a TIFF of two pages, of which the second says that it is of another kind."""
    content = tiff("page", "thumbnail")
    place = content.rindex(struct.pack("<HHI", 256, 4, 1))  # ImageWidth; its place is given up
    return content[:place] + struct.pack("<HHII", 254, 4, 1, kind) + content[place + 12 :]


@pytest.mark.parametrize(("kind", "pages"), [(0, 2), (1, 1), (2, 2), (4, 1)])
def test_thumbnails_and_masks_in_a_tiff_are_no_pages(kind, pages):
    assert len(sheets(thumbnailed(kind))) == pages


def test_a_tiff_of_nothing_but_thumbnails_is_read():
    content = tiff("only")
    place = content.index(struct.pack("<HHI", 256, 4, 1))
    assert (
        len(sheets(content[:place] + struct.pack("<HHII", 254, 4, 1, 1) + content[place + 12 :]))
        == 1
    )


def test_a_tiff_of_endless_pages_is_refused(monkeypatch):
    monkeypatch.setattr(image_files, "MOST_PAGES", 2)
    assert "it has more than 2 pages" in refusal(tiff(*"abc"))


@pytest.mark.parametrize("cut", [6, 12, 40])
def test_a_tiff_that_is_cut_off_in_its_directories_is_broken(cut):
    assert "it is broken" in refusal(tiff("a", "b")[:cut])


def test_a_directory_that_is_larger_than_any_is_broken():
    content = struct.pack("<2sHHHQQ", b"II", 43, 8, 0, 16, 1 << 60)
    assert "it is broken (its header is cut off, or no header)" in refusal(content)
    assert "it is broken" in refusal(struct.pack("<2sHHHQ", b"II", 43, 8, 0, 1 << 63))


@pytest.mark.parametrize("more", [{}, {"no_jp2": True}], ids=["file", "codestream"])
def test_jpeg_2000_is_read(more):
    content = file_of(drawn("a"), "JPEG2000", **more)
    image, told = sent(content)
    assert (image.size, told.media_type) == ((400, 200), "image/png")
    assert "it declares 400x200 pixels" in refusal(content, max_pixels=9)


@pytest.mark.parametrize("length", [0, 1])
def test_the_size_of_jpeg_2000_is_found_behind_any_box(length):
    """A box without a length goes on to the end; one with a long length says it later."""
    content = file_of(drawn("a"), "JPEG2000")
    place = content.index(b"jp2c") - 4
    stream = content[place + 8 :]
    long = struct.pack(">Q", len(stream) + 16) if length else b""
    unknown = struct.pack(">I4sQ", 1, b"xtra", 20) + b"more"
    head = struct.pack(">I4s", length, b"jp2c") + long
    assert "it declares 400x200" in refusal(content[:place] + unknown + head + stream, max_pixels=9)


def test_jpeg_2000_without_a_size_is_broken():
    with pytest.raises(AI302Error, match="it is broken"):
        draw(*sheets(image_files.JP2 + 300 * struct.pack(">I4s", 8, b"free")))
    with pytest.raises(AI302Error, match="it is broken"):
        draw(*sheets(image_files.JP2))


def test_a_jpeg_by_another_ending_counts_in_a_folder(tmp_path):
    for name in ("a.jfif", "b.jp2", "c.j2k", "d.txt"):
        (tmp_path / name).write_bytes(b"")
    assert [source.path.name for source in sources_in(tmp_path)] == ["a.jfif", "b.jp2", "c.j2k"]


def test_colours_for_printing_become_those_of_a_screen():
    content = file_of(Image.new("CMYK", (40, 20), (0, 255, 255, 0)), "JPEG")
    image, told = sent(content)
    assert (image.mode, told.media_type) == ("RGB", "image/jpeg")
    red, green, blue = image.getpixel((5, 5))
    assert red > 240
    assert max(green, blue) < 15


def test_a_channel_that_nobody_filled_hides_nothing():
    image = drawn("a").convert("RGBA")
    image.putalpha(0)
    assert sent(file_of(image))[0].tobytes() == drawn("a").tobytes()


def test_each_image_of_a_heic_is_looked_at_before_it_is_unpacked(monkeypatch):
    """Also where its size is known to Pillow alone."""
    monkeypatch.setattr(image_files, "size_of", lambda *_: (10, 10))
    small, large, file = drawn("a", size=(60, 40)), drawn("b"), io.BytesIO()
    heif = pillow_heif.from_pillow(small)
    heif.add_from_pillow(large)
    heif.save(file)
    how = {"frames": "all", "max_pixels": 100 * 100}
    first, second = sheets(file.getvalue(), **how)
    assert draw(first, **how)[0].width == 60
    with pytest.raises(InvalidInputError, match="it declares 400x200 pixels"):
        draw(second, **how)
