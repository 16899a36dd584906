"""With `langchain-302[ocr]`: the loader turns a scan into a document."""

import sys

from langchain_302 import AI302ImageLoader

(page,) = AI302ImageLoader(sources=sys.argv[1]).load()
assert "32.10" in page.page_content, page
