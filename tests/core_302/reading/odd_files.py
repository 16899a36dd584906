"""Two hundred odd files: cut off, damaged, misnamed, unusual, or no files at all."""

import io
import os
import random
import socket
import struct

import numpy as np
import pillow_heif
from PIL import Image

from tests.scans import drawn, file_of, locked, pdf, scan, tiff

CUTS = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97)
DAMAGES = 4
NAMES = (
    "with blank.png", "two\nlines.png", "per%20cent.png", "emoji-\U0001f4c4.png", "s\xe4ule.png",
    "a'quote\".png", "[1].png", "-dash.png", "UPPER.PNG", "dot.dot.png", "x" * 251 + ".png",
)  # fmt: skip


def whole():
    """Return a small file of each format, by its ending."""
    image = drawn("Hello", size=(300, 80))
    heif, array = io.BytesIO(), io.BytesIO()
    pillow_heif.from_pillow(image).save(heif, format="HEIF")
    np.save(array, np.asarray(image))
    forms = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP", "gif": "GIF", "bmp": "BMP"}
    forms |= {"avif": "AVIF", "jp2": "JPEG2000"}
    found = {ending: file_of(image, form) for ending, form in forms.items()}
    packed = file_of(image.convert("1"), "TIFF", compression="group4")
    lzw = file_of(image, "TIFF", compression="tiff_lzw")
    return (
        found
        | {"heic": heif.getvalue(), "tif": tiff("a", "b"), "tiff": packed, "pdf": pdf("a")}
        | {
            "lzw.tif": lzw,
            "npy.png": array.getvalue(),
        }
    )


def modes():
    """Yield files of unusual pixels."""
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        image = drawn("a").convert("L") if mode == "I;16" else drawn("a")
        yield f"mode-{mode}.png".replace(";", ""), file_of(image.convert(mode), "PNG")
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I", "F", "I;16"):
        image = Image.new(mode, (300, 80)) if mode in ("LAB", "I;16") else drawn("a").convert(mode)
        yield f"mode-{mode}.tif".replace(";", ""), file_of(image, "TIFF")
    yield "mode-CMYK.jpg", file_of(drawn("a").convert("CMYK"), "JPEG")
    yield "mode-clear.png", file_of(Image.new("RGBA", (300, 80), (0, 0, 0, 0)), "PNG")


def misnamed():
    """Yield what is not what its name says."""
    yield "empty.png", b""
    yield "text.png", b"Dear reader, this is no image."
    yield "page.jpg", b"<html><body>404 Not Found</body></html>"
    yield "drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    yield "archive.pdf", b"PK\x03\x04" + bytes(60)
    yield "film.gif", b"\0\0\0\x18ftypmp42" + bytes(60)
    yield "zeros.bmp", bytes(4_000)
    yield "header.bmp", b"BM" + bytes(200)
    yield "locked.pdf", locked("sesame", "Hello")
    yield "pages.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    yield "jpeg-named.png", scan("a", form="JPEG")
    yield "pdf-named.png", pdf("a")
    yield "large.png", b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIB", 13, b"IHDR", 1 << 30, 9, 8)
    yield "long.png", file_of(Image.new("1", (20, 60_000)), "PNG")
    yield "wide.png", file_of(drawn("a", size=(9_000, 40)), "PNG")
    yield "dot.png", file_of(Image.new("L", (1, 1)), "PNG")


def damaged(ending, content, seed):
    """Return a file with some bytes changed."""
    chance, changed = random.Random(f"{ending}{seed}"), bytearray(content)
    for _ in range(1 + len(changed) // 300):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def odd_files(folder):
    """Write them into a folder; return the names of all."""
    contents = dict([*modes(), *misnamed()])
    for ending, content in whole().items():
        contents[f"whole.{ending}"] = content
        for cut in CUTS:
            contents[f"cut-{cut}.{ending}"] = content[: int(len(content) * cut)]
        for seed in range(DAMAGES):
            contents[f"damaged-{seed}.{ending}"] = damaged(ending, content, seed)
    contents |= dict.fromkeys(NAMES, scan("name"))
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    with open(os.path.join(os.fsencode(folder), b"latin-\xe4.png"), "wb") as file:  # noqa: PTH118, PTH123
        file.write(scan("a"))
    os.mkfifo(folder / "pipe.png")
    (folder / "dangling.png").symlink_to("nowhere.png")
    (folder / "circle.png").symlink_to("circle.png")
    (folder / "folder.png").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()  # noqa: PTH109
        os.chdir(folder)  # the path of a socket may have some hundred letters
        server.bind("socket.png")
        os.chdir(here)
    others = ["latin-\\xe4.png", "pipe.png", "dangling.png", "circle.png", "socket.png"]
    return sorted([*contents, *others])
