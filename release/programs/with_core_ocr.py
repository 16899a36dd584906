"""With `core-302[ocr]`: a scan of two pages becomes two pages of text."""

import io
import sys

from PIL import Image

from core_302 import Client, Settings
from core_302.reading import ReadingOptions, read_pages

first = Image.open(sys.argv[1]).convert("RGB")
scan = io.BytesIO()
first.save(scan, "PDF", save_all=True, append_images=[first])
with Client(Settings.from_env()) as client:
    pages = list(read_pages(client, scan.getvalue(), ReadingOptions(show_progress=True)))
assert [("32.10" in page.text) for page in pages] == [True, True]
