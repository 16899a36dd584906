"""Images and PDFs for tests of reading, made in memory; nothing is kept in the repository."""

import hashlib
import io

from PIL import Image, ImageDraw, ImageFont


def drawn(*lines, size=(400, 200), mode="RGB"):
    """Return an image with lines of text."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=28)
    for number, line in enumerate(lines):
        draw.text((16, 12 + 44 * number), line, fill="black", font=font)
    return image.convert(mode)


def file_of(image, form="PNG", **more):
    """Return an image as a file's bytes."""
    file = io.BytesIO()
    image.save(file, form, **more)
    return file.getvalue()


def scan(*lines, form="PNG", **more):
    """Return a file's bytes with lines of text."""
    return file_of(drawn(*lines, **more), form)


def tiff(*pages):
    """Return a TIFF with a page for each text."""
    first, *rest = [drawn(page) for page in pages]
    return file_of(first, "TIFF", save_all=True, append_images=rest)


def pdf(*pages):
    """Return a PDF of scans, with a page for each text."""
    first, *rest = [drawn(page) for page in pages]
    return file_of(first, "PDF", save_all=True, append_images=rest, resolution=72)


PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def locked(password, words):
    """Return a PDF with a line of text that a password opens (PDF 32000-1, 7.6.3: RC4, 40 bits)."""
    padded, file_id = (password.encode() + PADDING)[:32], b"0123456789abcdef"
    owner = _rc4(_md5(padded)[:5], padded)
    key = _md5(padded + owner + (-4).to_bytes(4, "little", signed=True) + file_id)[:5]
    line = b"BT /F1 24 Tf 20 100 Td (" + words.encode() + b") Tj ET"
    stream = _rc4(_md5(key + b"\4\0\0\0\0")[:10], line)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]/Contents 4 0 R"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page + b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n" % len(stream) + stream + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Filter/Standard/V 1/R 2/P -4/O%s/U%s>>" % (_hex(owner), _hex(_rc4(key, PADDING))),
    ]
    body = b"".join(b"%d 0 obj%sendobj\n" % (n, one) for n, one in enumerate(objects, 1))
    ids = _hex(file_id) * 2
    return b"%%PDF-1.4\n%strailer<</Root 1 0 R/Encrypt 6 0 R/ID[%s]>>\n%%%%EOF" % (body, ids)


def _md5(data):
    return hashlib.md5(data).digest()


def _hex(data):
    return b"<" + data.hex().encode() + b">"


def _rc4(key, data):
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    i = j = 0
    out = bytearray()
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)
