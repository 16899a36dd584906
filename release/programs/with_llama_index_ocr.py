"""With `llama-index-302[ocr]`: the reader turns a scan into a document."""

import sys

from llama_index_302 import AI302ImageReader

(page,) = AI302ImageReader().load_data(sys.argv[1])
assert "32.10" in page.text, page
