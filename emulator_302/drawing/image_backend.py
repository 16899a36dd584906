"""The image backend: it reads a request's images, paints, keeps and bills the result.

Painting takes a while, so it runs in threads; no other call waits for it. Equal orders give equal
files: the latest are kept, and are not painted again.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image
from starlette.requests import Request

from emulator_302.endpoints.image_models import ImageModel, image_models
from emulator_302.http.billing import Ledger
from emulator_302.http.decoding import ImageTooSmall, InvalidImage, decode
from emulator_302.http.fields import wrong
from emulator_302.http.files import FORMATS, Files, encoded
from emulator_302.http.forms import Upload
from emulator_302.http.refusals import UnknownModel
from emulator_302.http.tasks import Tasks

PNG = "png"
KEPT = 32  # files

_lock = threading.Lock()
_files: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()


@dataclass(frozen=True)
class ImageBackend:
    """What the image endpoints of one emulator share."""

    files: Files
    ledger: Ledger
    tasks: Tasks

    def look(self, given: Any, port: int, name: str = "image") -> list[Image.Image]:
        """Return the images that a field shows: links, data URIs or files.

        Raises:
            Refusal: One of them cannot be fetched or read.
        """
        entries = given if isinstance(given, list) else [] if given is None else [given]
        return [self._opened(entry, port, name) for entry in entries]

    def _opened(self, given: str | Upload, port: int, name: str) -> Image.Image:
        data = given.data if isinstance(given, Upload) else self._behind(given, port, name)
        try:
            return decode(data)
        except ImageTooSmall as error:
            raise wrong(f"{name} is too small ({error})") from error
        except InvalidImage as error:
            raise wrong(f"{name} is not an image") from error

    def _behind(self, given: str, port: int, name: str) -> bytes:
        if given.startswith("data:"):
            return _unpacked(given, name)
        if not given.startswith(("http://", "https://")):
            raise wrong(f"{name} must start with http or data:image")
        data = self.files.behind(given, port)
        if data is None:
            raise wrong(f"{name}: cannot fetch {given}; the emulator reads its own files only")
        return data

    async def make(
        self, paint: Callable[..., Image.Image], *given: Any, kind: str, quality: int = 90
    ) -> bytes:
        """Paint what is given in a thread, and return the file."""
        return await asyncio.to_thread(_file, paint, given, kind, quality)


def model_of(name: str) -> ImageModel:
    """Return a model.

    Raises:
        Refusal: There is none of this name.
    """
    model = image_models().get(name)
    if model is None:
        raise UnknownModel(name, next(iter(image_models())))
    return model


def kind_of(output_format: str | None) -> str:
    """Return the format of the file; an unknown one becomes PNG."""
    kind = (output_format or PNG).lower().replace("jpg", "jpeg")
    return kind if kind in FORMATS else PNG


def port_of(request: Request) -> int:
    """Return the port that the emulator listens on."""
    server = request.scope["server"]
    return int(server[1])


def _unpacked(uri: str, name: str) -> bytes:
    head, _, data = uri.partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        raise wrong(f"{name} is not a data URI of an image in base64")
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise wrong(f"{name} is not valid base64") from error


def _file(
    paint: Callable[..., Image.Image], given: tuple[Any, ...], kind: str, quality: int
) -> bytes:
    """Return the file of an order, which may have been painted before."""
    order = (paint, *map(_known, given), kind, quality)
    with _lock:
        if order in _files:
            _files.move_to_end(order)
            return _files[order]
    data = encoded(paint(*given), kind, quality)
    with _lock:
        _files[order] = data
        if len(_files) > KEPT:
            _files.popitem(last=False)
    return data


def _known(given: Any) -> Any:
    """Return what an argument is known by: an image by its size and a digest of its pixels."""
    if isinstance(given, Image.Image):
        return given.mode, given.size, hashlib.sha256(given.tobytes()).digest()
    return tuple(map(_known, given)) if isinstance(given, list | tuple) else given
