"""With `ocr` alone: the core turns a scan of two pages into two pages of text."""

import io

from PIL import Image
from served import KEY, SAID, gateway

from core_302 import Client, Settings
from core_302.reading import ReadingOptions, read_pages

first, second = (Image.new("RGB", (80, 40), colour) for colour in ("white", "grey"))
scan = io.BytesIO()
first.save(scan, "PDF", save_all=True, append_images=[second])
with gateway() as address, Client(Settings(api_key=KEY, base_url=address)) as client:
    pages = list(read_pages(client, scan.getvalue(), ReadingOptions(show_progress=True)))
assert [page.text for page in pages] == [SAID, SAID]
