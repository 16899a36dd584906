"""The file host: results are kept in memory and served under a host name of their own.

The API is at 127.0.0.1 and the files at localhost, so that a key sent to the wrong one shows.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections import OrderedDict
from datetime import datetime, timezone
from functools import lru_cache
from urllib.parse import urlsplit

from PIL import Image
from starlette.requests import Request
from starlette.responses import Response

from emulator_302.drawing.sample_portrait import face
from emulator_302.http.refusals import error_reply

HOST = "localhost"
HERE = (HOST, "127.0.0.1")
MOST_FILES = 200
SAMPLE = "/samples/face.png"
FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}


class Files:
    """The files of one emulator, the oldest forgotten first."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, data: bytes, kind: str, port: int) -> str:
        """Keep a picture and return its address."""
        day = datetime.now(timezone.utc).strftime("%Y%m%d")
        path = f"/gpt/imgs/{day}/{hashlib.sha256(data).hexdigest()[:32]}.{kind}"
        with self._lock:
            self._files[path] = data
            self._files.move_to_end(path)
            if len(self._files) > MOST_FILES:
                self._files.popitem(last=False)
        return f"http://{HOST}:{port}{path}"

    def at(self, path: str) -> bytes | None:
        """Return the file at a path."""
        if path == SAMPLE:
            return sample()
        with self._lock:
            return self._files.get(path)

    def behind(self, url: str, port: int) -> bytes | None:
        """Return the file behind an address, if it is one of these; nothing is ever fetched."""
        try:
            parts = urlsplit(url)
            here = parts.scheme == "http" and parts.hostname in HERE and parts.port == port
        except ValueError:
            return None
        return self.at(parts.path) if here else None

    async def serve(self, request: Request, _: object) -> Response:
        """Answer a download."""
        data = self.at(request.url.path)
        if data is None:
            return error_reply(404, -10010, f"No such file: {request.url.path}")
        return Response(data, media_type=f"image/{request.url.path.rsplit('.', 1)[-1]}")


def encoded(picture: Image.Image, kind: str, quality: int = 90) -> bytes:
    """Return a picture as the bytes of a file."""
    file = io.BytesIO()
    picture.convert("RGB").save(file, FORMATS[kind], quality=quality)
    return file.getvalue()


@lru_cache(maxsize=1)
def sample() -> bytes:
    """Return the sample photo: drawn, and of nobody."""
    return encoded(face(), "png")
