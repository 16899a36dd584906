"""Reading for RAG: files, scans, recordings and links in, text out in parts, each paid once.

`sources` finds the files. Images: `page_images` turns their pages into images as they are sent,
`read_page` builds the request and reads the answer. Documents: `read_file` has them converted,
parsed, or read with their layout. Recordings: `read_audio` has written down what is said in them.
`cache` keeps answers, `claim` pays for each once, `runner` reads many at once, `report` adds up.
The adapters of both frameworks only name the results. Images need the extra `ocr`.
"""

from core_302.reading.audio import aread_recordings, read_recordings
from core_302.reading.audio_options import AudioReadingOptions
from core_302.reading.cache import KeyedCache, ReadingCache, SqliteCache
from core_302.reading.file_options import FileReadingOptions
from core_302.reading.files import aread_files, read_files
from core_302.reading.options import ReadingOptions
from core_302.reading.page import Page
from core_302.reading.page_answer import Answer
from core_302.reading.pages import aread_pages, read_pages
from core_302.reading.read_audio import AudioPiece, AudioReading
from core_302.reading.read_file import FilePiece, FileReading
from core_302.reading.read_page import Output
from core_302.reading.report import ReadingReport
from core_302.reading.sources import Source, sources_in

__all__ = [
    "Answer",
    "AudioPiece",
    "AudioReading",
    "AudioReadingOptions",
    "FilePiece",
    "FileReading",
    "FileReadingOptions",
    "KeyedCache",
    "Output",
    "Page",
    "ReadingCache",
    "ReadingOptions",
    "ReadingReport",
    "Source",
    "SqliteCache",
    "aread_files",
    "aread_pages",
    "aread_recordings",
    "read_files",
    "read_pages",
    "read_recordings",
    "sources_in",
]
