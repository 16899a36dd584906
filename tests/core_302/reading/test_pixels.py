"""What of an image arrives: its modes as a person sees them, long ones in legible parts."""

import io
import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core_302 import AI302Error, InvalidInputError
from core_302.reading import pixels
from core_302.reading.page_answer import joined
from core_302.reading.sources import Source
from tests.scans import drawn, file_of
from tests.sheets import draw, sheets_of

GREYS = (0, 65_535, 32_768, 257)


def sent(content, longest_side=2_048):
    (sheet,) = sheets_of(Source("x", content=content))
    return draw(sheet, longest_side=longest_side)


def opened(content):
    (image,) = sent(content)
    return Image.open(io.BytesIO(image.content))


def refused(content):
    with pytest.raises(AI302Error) as caught:
        sent(content)
    return str(caught.value)


def tiff(samples, *, bits=16, form=1, black_is=1, order="<", width=2):
    """Return an uncompressed grey TIFF with these samples, a struct's code and its values."""
    code, *values = samples
    data = struct.pack(f"{order}{len(values)}{code}", *values)
    height = len(values) // width
    short, long = 3, 4
    tags = [
        (256, short, width), (257, short, height), (258, short, bits), (259, short, 1),
        (262, short, black_is), (273, long, 8), (277, short, 1), (278, short, height),
        (279, long, len(data)), (339, short, form),
    ]  # fmt: skip
    start = b"II*\x00" if order == "<" else b"MM\x00*"
    directory = struct.pack(f"{order}H", len(tags))
    for tag, kind, value in tags:
        packed = struct.pack(
            f"{order}HH" if kind == short else f"{order}I", value, *[0] * (4 - kind)
        )
        directory += struct.pack(f"{order}HHI", tag, kind, 1) + packed
    return start + struct.pack(f"{order}I", 8 + len(data)) + data + directory + bytes(4)


@pytest.mark.parametrize(
    ("content", "greys"),
    [
        (tiff(("H", *GREYS)), [0, 255, 127, 1]),
        (tiff(("H", *GREYS), order=">"), [0, 255, 127, 1]),
        (tiff(("H", *GREYS), black_is=0), [255, 0, 128, 254]),
        (tiff(("B", 0, 255, 128, 1), bits=8), [0, 255, 128, 1]),
        (tiff(("B", 0, 255, 128, 1), bits=8, black_is=0), [255, 0, 127, 254]),
    ],
    ids=["16 bits", "big-endian", "white is zero", "8 bits", "8 bits, white is zero"],
)
def test_a_grey_arrives_as_light_as_it_is(content, greys):
    assert list(opened(content).convert("L").tobytes()) == greys


def test_a_grey_of_16_bits_of_a_png_arrives_as_light_as_it_is():
    (image,) = sent(file_of(Image.new("I;16", (100, 100), 32_768)), longest_side=64)
    assert Image.open(io.BytesIO(image.content)).convert("L").getpixel((0, 0)) in (127, 128)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (tiff(("h", -5, 5, 0, 1), form=2), "its samples are signed or floating point"),
        (tiff(("b", -5, 5, 0, 1), bits=8, form=2), "its samples are signed or floating point"),
        (tiff(("f", 0.0, 1.0, 0.5, 0.1), bits=32, form=3), "its samples are signed or floating"),
        (tiff(("I", 0, 9, 5, 2**31), bits=32), "its samples have 32 bits"),
        (file_of(Image.new("LAB", (2, 2)), "TIFF"), "its colours are CIE L*a*b*: save it as RGB"),
        (tiff(("H", *GREYS), order=">", black_is=0), "it is broken"),
    ],
)
def test_what_cannot_be_shown_as_it_is_meant_is_refused(content, says):
    assert says in refused(content)


def test_a_transparent_grey_of_16_bits_is_refused():
    content = file_of(Image.new("I;16", (2, 2), 5))
    head, end = content[:33], content[33:]  # the signature and the header
    chunk = b"tRNS" + struct.pack(">H", 5)
    transparent = struct.pack(">I", 2) + chunk + struct.pack(">I", zlib.crc32(chunk))
    assert "marks a grey of 16 bits as transparent" in refused(head + transparent + end)


def see_through(mode, form="PNG", **more):
    """Return an image whose paper is transparent black, and whose ink is opaque black."""
    clear = Image.new("LA", (60, 40), (0, 0))
    ImageDraw.Draw(clear).rectangle((20, 10, 40, 30), fill=(0, 255))
    return file_of(clear.convert(mode), form, **more)


def keyed(mode, ink, paper, **more):
    """Return an image one of whose colours is transparent."""
    image = Image.new(mode, (60, 40), paper)
    ImageDraw.Draw(image).rectangle((20, 10, 40, 30), fill=ink)
    return file_of(image, transparency=paper, **more)


@pytest.mark.parametrize(
    "content",
    [
        see_through("RGBA"),
        see_through("LA"),
        see_through("RGBA", "WEBP", lossless=True),
        see_through("RGBA", "TIFF"),
        keyed("L", 0, 9),
        keyed("RGB", (0, 0, 0), (9, 9, 9)),
        keyed("1", 0, 1),
        keyed("P", 1, 0),
    ],
    ids=["RGBA", "LA", "WebP", "TIFF", "a grey", "a colour", "of two", "of a palette"],
)
def test_what_is_transparent_is_white_paper_in_every_mode_small_or_not(content):
    image = opened(content).convert("L")
    assert image.getpixel((2, 2)) == 255
    assert image.getpixel((30, 20)) < 200


def test_an_image_with_an_opaque_alpha_channel_is_sent_as_it_is():
    content = file_of(Image.new("RGBA", (20, 20), (1, 2, 3, 255)))
    (image,) = sent(content)
    assert image.content == content


def array(pixels):
    file = io.BytesIO()
    np.save(file, pixels)
    return file.getvalue()


@pytest.mark.parametrize(
    "pixels", [np.zeros(shape, "uint8") for shape in ((20, 30), (20, 30, 1), (20, 30, 3))]
)
def test_an_array_of_numpy_is_an_image(pixels):
    assert opened(array(pixels)).size == (30, 20)


@pytest.mark.parametrize(
    ("pixels", "says"),
    [
        (np.zeros((20, 30), "float32"), "it is an array of float32, not an image of bytes (uint8)"),
        (np.zeros((0, 30), "uint8"), "it is broken"),
        (np.zeros(30, "uint8"), "not an image of bytes"),
        (np.zeros((2, 3, 7), "uint8"), "it is broken"),
        (np.array([{}], dtype=object), "it is broken"),
    ],
)
def test_an_array_that_is_no_image_is_refused(pixels, says):
    assert says in refused(array(pixels))


def lines(size, pitch=50):
    """Return an image with a black line every `pitch` pixels, across its shorter side."""
    image = Image.new("L", size, "white")
    brush = ImageDraw.Draw(image)
    width, height = size
    for place in range(20, max(size) - 20, pitch):
        along = (
            (5, place, width - 5, place + 20)
            if height > width
            else (place, 5, place + 20, height - 5)
        )
        brush.rectangle(along, fill="black")
    return image


def black_lines(images):
    """Return how many black lines there are in the middle columns of images, whole ones alone."""
    number = 0
    for image in images:
        column = Image.open(io.BytesIO(image.content)).convert("L")
        middle = column.crop((column.width // 2, 0, column.width // 2 + 1, column.height)).tobytes()
        runs = bytes(0 if value > 128 else 1 for value in middle).split(b"\0")
        found = [len(run) for run in runs if run]
        assert set(found) == {21}, "no line is cut in two"
        number += len(found)
    return number


def test_a_long_image_is_sent_in_parts_between_whose_lines_it_is_cut():
    parts = sent(file_of(lines((600, 9_000))))
    assert len(parts) == 5
    assert {part.width for part in parts} == {600}
    assert sum(part.height for part in parts) == 9_000
    assert black_lines(parts) == len(range(20, 8_980, 50))
    assert not any(part.overlaps for part in parts)


def test_a_long_image_without_a_blank_line_is_sent_in_parts_that_overlap():
    image = Image.effect_noise((600, 5_000), 90)
    parts = sent(file_of(image))
    assert [part.height for part in parts] == [2_048, 2_048, 5_000 - 2 * 1_843]
    assert all(part.overlaps for part in parts)


def test_a_wide_image_is_cut_between_its_columns_or_refused():
    parts = sent(file_of(lines((9_000, 600))))
    assert {part.height for part in parts} == {600}
    assert sum(part.width for part in parts) == 9_000
    noise = file_of(Image.effect_noise((9_000, 600), 90))
    assert "it is 9000x600 pixels, too wide to be read at once: cut it into parts" in refused(noise)


def test_a_long_image_that_is_broad_is_shrunk_until_a_part_holds_its_width():
    parts = sent(file_of(lines((1_800, 9_000), pitch=200)))
    assert {part.width for part in parts} == {1_365}
    assert len(parts) == 4


def test_an_image_of_too_many_parts_is_refused():
    assert "more than 24 parts" in refused(file_of(lines((100, 60_000))))


@pytest.mark.parametrize("size", [(600, 2_900), (1_000, 2_600), (2_480, 3_508), (4_000, 1_600)])
def test_an_image_that_stays_legible_is_sent_at_once(size):
    (image,) = sent(file_of(Image.new("L", size, "white")))
    assert max(image.width, image.height) == min(max(size), 2_048)


def test_a_long_page_of_a_pdf_is_drawn_large_enough_and_sent_in_parts():
    content = file_of(lines((600, 9_000)).convert("RGB"), "PDF", resolution=200)
    parts = sent(content)
    assert {part.width for part in parts} == {600}
    assert black_lines(parts) == len(range(20, 8_980, 50))


@pytest.mark.parametrize(
    ("above", "below", "overlap", "text"),
    [
        ("a\nb", "b\nc", False, "a\nb\nb\nc"),
        ("a\nb\nhal", "b\nhalf\nc", True, "a\nb\nhalf\nc"),
        ("a\nb", "c\nd", True, "a\nb\nc\nd"),
        ("", "c", True, "c"),
        ("a", "", False, "a"),
    ],
)
def test_what_stands_in_an_overlap_stands_in_the_text_once(above, below, overlap, text):
    assert joined(above, below, overlap=overlap) == text


def test_what_was_filled_into_a_form_is_drawn():
    image = opened(form_with("Ada"))
    assert image.convert("L").getextrema()[0] < 100
    assert opened(form_with("")).convert("L").getextrema()[0] > 200


def form_with(value):
    """Return a PDF whose one field has a value that no appearance shows: its reader draws it."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/AcroForm 6 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Annots[4 0 R]>>",
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(%s)/Rect[10 30 290 70]/F 4/P 3 0 R"
        b"/DA(/Helv 24 Tf 0 g)>>" % value.encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Fields[4 0 R]/NeedAppearances true/DR<</Font<</Helv 5 0 R>>>>/DA(/Helv 24 Tf 0 g)>>",
    ]
    content, places = b"%PDF-1.6\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj%s endobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 7\n0000000000 65535 f \n%strailer<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return content + end % (table, len(content))


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
def test_an_image_that_is_cut_off_is_refused_like_a_jpeg(form):
    heif = pytest.importorskip("pillow_heif") if form == "HEIF" else None
    if heif is not None:
        heif.register_heif_opener()
    content = file_of(drawn("a"), form)
    for kept in (len(content) - 1, len(content) // 2, 100):
        assert "it is broken" in refused(content[:kept])
    assert sent(content)


HEAD = b"\0\0\0\x18ftypavif\0\0\0\0avifmif1"


@pytest.mark.parametrize(
    ("boxes", "says"),
    [
        (b"\0\0\0\1mdat" + struct.pack(">Q", 24) + bytes(8), "identified"),
        (b"\0\0\0\1mdat" + struct.pack(">Q", 1 << 40) + bytes(8), "cut off"),
        (b"\0\0\0\0mdat" + bytes(8), "identified"),
        (300 * b"\0\0\0\x08free", "cut off"),
    ],
    ids=["a long length", "too long a length", "to the end", "too many"],
)
def test_the_boxes_of_a_file_are_followed_to_its_end(boxes, says):
    assert says in refused(HEAD + boxes)


def test_the_limits_of_parts_are_those_of_what_is_sent():
    assert pixels.is_legible((600, 2_048), 2_048)
    assert not pixels.is_legible((600, 9_000), 2_048)
    assert pixels.is_legible((600, 9_000), 9_000)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PDF", "AVIF"])
def test_a_file_that_is_cut_off_anywhere_is_read_or_refused(form):
    pages = {"save_all": True, "append_images": [drawn("b")]} if form in ("TIFF", "PDF") else {}
    content = file_of(drawn("a"), form, **pages)
    refusals = 0
    for kept in range(0, len(content), len(content) // 40):
        for sheet in sheets_of(Source("x", content=content[:kept])):
            try:
                assert draw(sheet)
            except InvalidInputError:
                refusals += 1
    assert refusals > 10


def test_whatever_a_library_says_of_a_torn_tiff_is_a_refusal():
    """Each byte of a directory in turn is another one: Pillow answers with many exceptions."""
    content = file_of(drawn("a", size=(40, 20)), "TIFF", save_all=True, append_images=[drawn("b")])
    start = content.index(struct.pack("<HHI", 256, 4, 1))
    for place in range(start, start + 120):
        torn = content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
        for sheet in sheets_of(Source("x", content=torn)):
            with suppress(InvalidInputError):
                assert draw(sheet)
