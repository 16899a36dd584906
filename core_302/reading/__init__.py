"""Reading images: files, scans and links in, pages of text or fields out, each paid for once.

`sources` finds the files, `page_images` turns their pages into images as they are sent, `read_page`
builds the request and reads the answer, `cache` keeps answers, `runner` reads many at once,
`report` adds up. The adapters of both frameworks only name the results. Needs the extra `ocr`.
"""

from core_302.reading.cache import KeyedCache, ReadingCache, SqliteCache
from core_302.reading.options import ReadingOptions
from core_302.reading.pages import aread_pages, read_pages
from core_302.reading.read_page import Output, Page
from core_302.reading.report import ReadingReport
from core_302.reading.sources import Source, sources_in

__all__ = [
    "KeyedCache",
    "Output",
    "Page",
    "ReadingCache",
    "ReadingOptions",
    "ReadingReport",
    "Source",
    "SqliteCache",
    "aread_pages",
    "read_pages",
    "sources_in",
]
