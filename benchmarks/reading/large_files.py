"""Files that are large in one way or another: in pages, bytes, pixels or number.

    python -m benchmarks.reading.large_files FOLDER

They are made in a process of its own: what a process is told of its peak memory begins with that of
the one that started it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from benchmarks.reading.images import image

SIDE = 5_000  # pixels: a page of 25 MB
TIFF_PAGES = 12
HUGE = 3_000_000_000  # bytes
LINE = b"BT /F1 12 Tf 40 %d Td (Line %d of page %d of a long report.) Tj ET\n"


def scans(folder: Path, count: int) -> Path:
    """Return a folder of images."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:05}.png").write_bytes(image(number))
    return folder


def tiff(path: Path) -> Path:
    """Return a TIFF of 300 MB: twelve pages that are not packed."""
    first, *rest = [Image.new("L", (SIDE, SIDE), 255 - page) for page in range(TIFF_PAGES)]
    first.save(path, "TIFF", save_all=True, append_images=rest)
    return path


def pdf(path: Path, pages: int, size: int = 0) -> Path:
    """Return a PDF of pages of text; of `size` bytes, most of which nobody needs."""
    numbers = range(4, 4 + 2 * pages, 2)
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R"
    page += b"/Resources<</Font<</F1 3 0 R>>>>>>"
    for index, number in enumerate(numbers, 1):
        text = b"".join(LINE % (760 - 14 * line, line, index) for line in range(1, 50))
        objects.append(page % (number + 1))
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(text), text))
    with path.open("wb") as file:
        file.write(b"%PDF-1.4\n")
        places = []
        for number, content in enumerate(objects, 1):
            places.append(file.tell())
            file.write(b"%d 0 obj%s\nendobj\n" % (number, content))
        file.seek(max(size - 30 * len(objects), file.tell()))
        start = file.tell()
        file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
        file.writelines(b"%010d 00000 n \n" % place for place in places)
        told = (len(objects) + 1, start)
        file.write(b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % told)
    return path


if __name__ == "__main__":
    below = Path(sys.argv[1])
    scans(below / "scans", 1_000)
    tiff(below / "pages.tif")
    pdf(below / "50.pdf", 50)
    pdf(below / "5000.pdf", 5_000)
    pdf(below / "huge.pdf", 50, HUGE)
