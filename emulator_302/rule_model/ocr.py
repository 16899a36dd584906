"""Reads the text in an image, with RapidOCR: real recognition, offline, on the processor.

An image's bytes decide its text: results are kept by digest, and one reader serves all threads.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from functools import lru_cache
from typing import Any

from PIL import Image

from emulator_302.http.decoding import decode

KEPT = 64
# Two boxes are in one row if their middles differ by less than this share of their height.
SAME_ROW = 0.5

NO_READER = 'This emulator reads no images as it is installed: pip install "emulator-302[ocr]"'

_lock = threading.Lock()
_read: OrderedDict[str, tuple[str, ...]] = OrderedDict()


class NoReader(Exception):  # noqa: N818 - it says what is missing
    """The library that reads is not installed."""


def read_image(data: bytes) -> list[str]:
    """Return the lines of text in an image, in reading order.

    Raises:
        NoImage: The bytes cannot be decoded.
        TooSmall: A side is under ten pixels.
        NoReader: The library that reads is not installed.
    """
    digest = hashlib.sha256(data).hexdigest()
    with _lock:
        if digest not in _read:
            _read[digest] = tuple(_recognise(decode(data)))
            if len(_read) > KEPT:
                _read.popitem(last=False)
        _read.move_to_end(digest)
        return list(_read[digest])


@lru_cache(maxsize=1)
def _reader() -> Any:
    """Return the process's one OCR reader, loaded on first use: that takes a second."""
    try:
        from rapidocr import RapidOCR  # noqa: PLC0415 - see above
    except ImportError as missing:
        raise NoReader(NO_READER) from missing

    # One thread: several wait for each other by spinning, which doubles the CPU of a page, and on
    # two cores it is read no sooner.
    given = {"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1}
    return RapidOCR(params=given)


def _recognise(image: Image.Image) -> list[str]:
    import numpy  # noqa: PLC0415, ICN001 - only the reader needs it

    # RapidOCR takes arrays as OpenCV does: blue first.
    found = _reader()(numpy.ascontiguousarray(numpy.asarray(image)[:, :, ::-1]))
    if found.boxes is None or found.txts is None:
        return []
    boxes = []
    for corners, text in zip(found.boxes, found.txts, strict=True):
        across = [float(corner[0]) for corner in corners]
        down = [float(corner[1]) for corner in corners]
        boxes.append((min(across), min(down), max(down), str(text).strip()))
    return _rows([box for box in boxes if box[3]])


def _rows(boxes: list[tuple[float, float, float, str]]) -> list[str]:
    """Join the boxes (left, top, bottom, text) of one row into one line, left to right."""
    rows: list[list[tuple[float, float, float, str]]] = []
    for box in sorted(boxes, key=lambda box: box[1] + box[2]):
        if rows:
            last = rows[-1][-1]
            apart = abs((box[1] + box[2]) - (last[1] + last[2])) / 2
            if apart < SAME_ROW * min(box[2] - box[1], last[2] - last[1]):
                rows[-1].append(box)
                continue
        rows.append([box])
    return [" ".join(box[3] for box in sorted(row)) for row in rows]
