"""An image's size is read from its header, in every format, and no header holds a program up."""

import base64
import struct

import pytest

from core_302 import InvalidInputError, MalformedReplyError
from core_302.image_parts import image_file, image_part, image_part_of_data
from core_302.image_size import (
    MOST_ENTRIES,
    MOST_STEPS,
    READERS,
    Base64Bytes,
    size_of,
)
from core_302.media_types import SIGNATURES
from core_302.options.image import check_image
from tests.drawn import image, tiff

WHOLE = [
    ("PNG", "image/png", {}),
    ("GIF", "image/gif", {}),
    ("GIF", "image/gif", {"comment": b"x" * 700}),
    ("BMP", "image/bmp", {}),
    ("JPEG", "image/jpeg", {}),
    ("JPEG", "image/jpeg", {"progressive": True, "comment": b"x" * 60_000}),
    ("WEBP", "image/webp", {}),
    ("WEBP", "image/webp", {"lossless": True}),
    ("WEBP", "image/webp", {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0"}),
    ("TIFF", "image/tiff", {}),
    ("TIFF", "image/tiff", {"big_endian": True}),
    ("AVIF", "image/avif", {}),
]


@pytest.mark.parametrize(("form", "media_type", "options"), WHOLE)
def test_an_images_size_is_read_from_its_header(form, media_type, options):
    content = image(form, 321, 123, **options)
    found = image_file(content, "it")
    assert (found.media_type, found.width, found.height) == (media_type, 321, 123)
    assert size_of(Base64Bytes("data:," + base64.b64encode(content).decode(), 6)) == (321, 123)
    for cut in (12, 16, 20, 24, 26, 90):
        assert size_of(content[:cut]) in (None, (321, 123))


def test_every_format_that_is_known_has_a_reader():
    assert set(READERS) == {media_type for _, _, media_type in SIGNATURES}


def box(kind, *inside, long=False, open_end=False):
    body = b"".join(inside)
    length = 0 if open_end else 1 if long else len(body) + 8
    more = struct.pack(">Q", len(body) + 16) if long else b""
    return struct.pack(">I4s", length, kind) + more + body


def heif(*sizes, brand=b"avif", long=False, open_end=False):
    wanted = [box(b"ispe", struct.pack(">III", 0, *size)) for size in sizes]
    inside = box(b"iprp", box(b"ipco", box(b"pixi", b"\0" * 8), *wanted))
    meta = box(b"meta", b"\0" * 4, inside, long=long, open_end=open_end)
    return box(b"ftyp", brand, b"\0" * 4) + meta


def jpeg(*segments):
    return b"\xff\xd8" + b"".join(segments)


def frame(width, height):
    return b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"


SCAN = b"\xff\xda\x00\x08"


def gif(*blocks, screen=(5, 4), palette=False):
    return b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80 * palette, 0, 0) + b"".join(blocks)


def gif_image(left, top, width, height):
    return b"," + struct.pack("<HHHH", left, top, width, height)


def bmp(width, height, header=40):
    sides = struct.pack("<HH" if header == 12 else "<ii", width, height)
    return b"BM" + b"\0" * 12 + struct.pack("<I", header) + sides


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (tiff((983_040, 983_040)), (983_040, 983_040)),
        (tiff((60_000, 2), kind="H"), (60_000, 2)),
        (tiff((200, 3), kind="B"), (200, 3)),
        (tiff((9, 9), (60_000, 60_000)), (60_000, 60_000)),  # its second page
        (tiff((9, 9), (8, 8), loop=True), (9, 9)),
        (heif((60_000, 60_000)), (60_000, 60_000)),
        (heif((512, 512), (6_000, 4_000), brand=b"heic"), (6_000, 4_000)),  # a tile, and the whole
        (heif((30, 20), brand=b"mif1", long=True), (30, 20)),
        (heif((30, 20), open_end=True), (30, 20)),
        (bmp(30, -20), (30, 20)),  # from top to bottom
        (bmp(-30, 20), (2**32 - 30, 20)),
        (bmp(30, 20, header=12), (30, 20)),
        (jpeg(b"\xff\xff\xff\xe0\x00\x02", b"junk", frame(3, 2), SCAN), (3, 2)),
        (jpeg(b"\xff\xd0", frame(3, 2), frame(60_000, 60_000), SCAN), (60_000, 60_000)),
        (jpeg(frame(60_000, 60_000), frame(3, 2)), (60_000, 60_000)),
        (gif(gif_image(0, 0, 60_000, 60_000)), (60_000, 60_000)),
        (gif(b"!\xf9\x04\0\0\0\0\0", b"\0", gif_image(1, 2, 9, 9)), (10, 11)),
        (gif(b"\0" * 6, b";", palette=True), (5, 4)),
    ],
)
def test_the_largest_size_that_a_header_tells_of_counts(content, size):
    assert size_of(content) == size_of(Base64Bytes(base64.b64encode(content).decode())) == size


@pytest.mark.parametrize(
    "content",
    [
        b"hello",
        jpeg(b"\xff\xe0\x00\x10"),
        jpeg(b"\xff\xe0\x00\x02\x00"),
        jpeg(frame(0, 0), SCAN),
        jpeg(SCAN),
        b"RIFF\0\0\0\0WEBPVP9 " + b"\0" * 30,
        b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 30,
        b"RIFF\0\0\0\0WEBPVP8X",
        b"\x89PNG\r\n\x1a\n\0\0\0\x04CgBI\0\0\0\1\0\0\0\1",
        bmp(3, 2, header=41),
        tiff((3, 2), kind="Q"),
        tiff((3, 2), number=2),
        tiff((3, 2))[:14],
        b"II*\0\0\0\0\0",
        heif(),
        heif((0, 7)),
        box(b"ftyp", b"avif") + box(b"meta", b"\0" * 4) + b"\0\0\0\x03meta",
    ],
)
def test_a_size_that_the_header_does_not_tell_is_none_and_the_image_refused(content):
    assert size_of(content) is None
    with pytest.raises(MalformedReplyError, match=r"is not an image|has no size in its header"):
        image_file(content, "it")


class Counted:
    """Bytes that count how often, and how much of them, is looked at."""

    def __init__(self, content):
        self.content, self.looks, self.seen = content, 0, 0

    def __getitem__(self, wanted):
        found = self.content[wanted]
        self.looks, self.seen = self.looks + 1, self.seen + len(found)
        return found


MIB = 1 << 20


@pytest.mark.parametrize(
    "content",
    [
        jpeg(b"\xff\xe0\x00\x02" * (4 * MIB)),
        jpeg(b"\xff" * 16 * MIB),
        jpeg(b"\x00" * 16 * MIB),
        gif(b"!\xfe", b"\1a" * (8 * MIB)),
        gif(b"\0" * 16 * MIB),
        tiff(*[(1, 1)] * (MOST_ENTRIES // 3 + 1)),
        box(b"ftyp", b"avif") + box(b"free") * (2 * MIB),
        heif(*[(1, 1)] * MOST_STEPS),
    ],
)
def test_a_header_without_end_is_given_up_and_most_of_the_file_is_never_looked_at(content):
    counted = Counted(content)
    assert size_of(counted) is None
    assert counted.looks <= 3 * MOST_ENTRIES
    assert counted.seen <= 32 * MOST_ENTRIES


def test_of_base64_only_what_is_looked_at_is_decoded(monkeypatch):
    decoded = []
    b64decode = base64.b64decode

    def counting(letters, **more):
        decoded.append(len(letters))
        return b64decode(letters, **more)

    content = tiff((70, 50), gap=9 * MIB)
    text = base64.b64encode(content).decode()
    monkeypatch.setattr(base64, "b64decode", counting)
    assert size_of(Base64Bytes(text)) == (70, 50)
    assert sum(decoded) < 50_000
    assert size_of(Base64Bytes(text[:8] + "\n" + text[8:])) is None


BOMBS = [
    tiff((983_040, 983_040)),
    heif((60_000, 60_000)),
    bmp(-30_000, 30_000),
    tiff((3, 2), number=2),  # a size that it does not tell
]


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_wherever_an_image_is_given(bomb):
    data = base64.b64encode(bomb).decode()
    lines = base64.encodebytes(bomb + b"\0" * 200).decode()
    says = r"declares [0-9]+x[0-9]+ pixels: too many|has no size in its header"
    for given in (data, lines):
        with pytest.raises(InvalidInputError, match=says):
            image_part(f"data:image/tiff;base64,{given}", "messages[0].content[1]")
        with pytest.raises(InvalidInputError, match=says):
            image_part_of_data(given, "messages[0].content[1]")
    for asked in (bomb, f"data:;base64,{data}"):
        with pytest.raises(ValueError, match=says):
            check_image(asked)
    with pytest.raises(MalformedReplyError, match=says):
        image_file(bomb, "it")


def test_base64_in_lines_is_an_image_too():
    content = image("JPEG", 300, 200, comment=b"x" * 500)
    shown = image_part(f"data:image/jpeg;base64,{base64.encodebytes(content).decode()}", "it")
    assert shown["type"] == "image_url"
