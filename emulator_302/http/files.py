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
# What is no image, by the ending of its address.
OTHERS = {
    "mp4": "video/mp4",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "wav": "audio/wav",
    "zip": "application/zip",
}
FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
# Nobody waits for a smaller file: it goes from one program of a machine to another.
QUICK = {"png": {"compress_level": 1}, "webp": {"method": 0}}


class Files:
    """The files of one scope, the oldest forgotten first.

    Their addresses depend on the scope too, so that a download without a key can tell whose it is.
    """

    def __init__(self, scope: str = "") -> None:
        self._scope = scope.encode()
        self._files: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, data: bytes, kind: str, port: int) -> str:
        """Keep a file, whose address ends in `kind`, and return that address."""
        day = datetime.now(timezone.utc).strftime("%Y%m%d")
        path = f"/gpt/imgs/{day}/{hashlib.sha256(self._scope + data).hexdigest()[:32]}.{kind}"
        with self._lock:
            self._files[path] = data
            self._files.move_to_end(path)
            if len(self._files) > MOST_FILES:
                self._files.popitem(last=False)
        return f"http://{HOST}:{port}{path}"

    def made(self, path: str) -> bool:
        """Return whether there is a file of this scope at a path."""
        with self._lock:
            return path in self._files

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
        kind = request.url.path.rsplit(".", 1)[-1]
        return Response(data, media_type=OTHERS.get(kind, f"image/{kind}"))


def encoded(image: Image.Image, kind: str, quality: int = 90) -> bytes:
    """Return an image as the bytes of a file; only a PNG keeps what is transparent."""
    file = io.BytesIO()
    kept = image if image.mode == "RGBA" and kind == "png" else image.convert("RGB")
    kept.save(file, FORMATS[kind], quality=quality, **QUICK.get(kind, {}))
    return file.getvalue()


@lru_cache(maxsize=1)
def sample() -> bytes:
    """Return the sample photo: drawn, and of nobody."""
    return encoded(face(), "png")
