"""Files into text: upload, parsing, conversion to Markdown, and PDF with layout as a task.

The text is the file's own (`emulator_302.conversion`); what cannot be converted here is refused in
words. Nothing is fetched: a link must be that of a file of this emulator. All prices are invented.
"""

from __future__ import annotations

import asyncio
import io
import json
import posixpath
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emulator_302.conversion.convert import LARGEST, PDF, content_list_of, markdown_of
from emulator_302.conversion.parts import Unreadable
from emulator_302.drawing.image_backend import port_of
from emulator_302.http.billing import MILLION, Ledger
from emulator_302.http.fields import Kind, checked, files, text, wrong
from emulator_302.http.files import Files
from emulator_302.http.forms import Upload, is_form
from emulator_302.http.layout_tasks import LayoutTasks
from emulator_302.http.refusals import Refusal, request_id
from emulator_302.http.usage import count

UPLOAD, PARSING, MARKITDOWN, MINERU = "upload-file", "file-parsing", "markitdown", "mineru"
UPLOAD_PRICE = 0.001  # PTC for a file
PARSING_PRICE = 0.02  # PTC for a million tokens
MARKITDOWN_PRICE = 0.01  # PTC for a million tokens
PAGE_PRICE = 0.005  # PTC for a page that is read with its layout
MARKITDOWN_FIELDS: Mapping[str, Kind] = {
    "source_data_type": text,
    "source_data": text,
    "file": files,
}
METHODS = ("auto", "ocr", "txt")
VERSIONS = ("2.0", "2.5")
LONGEST_ENDING = 8


@dataclass(frozen=True)
class FileEndpoints:
    """The endpoints."""

    files: Files
    ledger: Ledger
    tasks: LayoutTasks

    async def upload(self, request: Request, body: Any) -> Response:
        """Answer `POST /302/upload-file`."""
        given = checked(body, {"file": files}, ("file",), form=is_form(request))
        file = _one(given["file"])
        link = self.files.keep(file.data, _ending(file.filename) or "bin", port_of(request))
        self.ledger.charge(request_id(request), UPLOAD, UPLOAD_PRICE)
        return JSONResponse({"code": 200, "data": link, "message": "success"})

    async def parse(self, request: Request, _: Any) -> Response:
        """Answer `GET /302/file/parsing?url=`."""
        if self.ledger.balance <= 0:
            raise Refusal(402, -10004, "Insufficient balance")
        link = request.query_params.get("url", "")
        found = await self._converted(self._behind(link, request), _ending(link))
        self._charge(request, PARSING, found, PARSING_PRICE)
        return JSONResponse({"code": 0, "msg": "success", "data": {"msg": found}})

    async def markitdown(self, request: Request, body: Any) -> Response:
        """Answer `POST /302/markitdown/convert`."""
        required = ("source_data_type",)
        given = checked(body, MARKITDOWN_FIELDS, required, form=is_form(request))
        if given["source_data_type"] == "file" and "file" in given:
            file = _one(given["file"])
            data, ending = file.data, _ending(file.filename)
        elif given["source_data_type"] == "url" and given.get("source_data"):
            data = self._behind(given["source_data"], request)
            ending = _ending(given["source_data"])
        else:
            raise wrong("source_data_type is file with file, or url with source_data")
        found = await self._converted(data, ending)
        self._charge(request, MARKITDOWN, found, MARKITDOWN_PRICE)
        return JSONResponse({"code": 200, "data": found, "message": "success"})

    async def start(self, request: Request, body: Any) -> Response:
        """Answer `POST /302/v2/mineru/task`."""
        kinds: Mapping[str, Kind] = {"pdf_url": text, "parse_method": text, "version": text}
        given = checked(body, kinds, ("pdf_url",), form=False, others=lambda _: True)
        if given.get("parse_method", "auto") not in METHODS:
            raise wrong(f"parse_method is not one of {', '.join(METHODS)}")
        if given.get("version", "2.5") not in VERSIONS:
            raise wrong(f"version is not one of {', '.join(VERSIONS)}")
        data = self._behind(given["pdf_url"], request)
        if PDF not in data[:1024]:
            raise wrong("pdf_url is not a PDF")
        blocks = await _in_thread(content_list_of, data)
        link = self.files.keep(_zip(blocks), "zip", port_of(request))
        pages = len({block["page_idx"] for block in blocks})
        self.ledger.charge(request_id(request), MINERU, pages * PAGE_PRICE)
        return JSONResponse({"task_id": self.tasks.start(link)})

    async def poll(self, request: Request, _: Any) -> Response:
        """Answer `GET /302/v2/mineru/task?task_id=`."""
        return JSONResponse(self.tasks.poll(request.query_params.get("task_id", "")))

    def _behind(self, link: str, request: Request) -> bytes:
        data = self.files.behind(link, port_of(request))
        if data is None:
            raise wrong(f"cannot fetch {link}; the emulator reads its own files only")
        return data

    async def _converted(self, data: bytes, ending: str) -> str:
        found: str = await _in_thread(markdown_of, data, ending)
        return found

    def _charge(self, request: Request, name: str, found: str, price: float) -> None:
        tokens = count(found)
        self.ledger.charge(request_id(request), name, tokens * price / MILLION, given=tokens)


async def _in_thread(work: Callable[..., Any], *given: Any) -> Any:
    try:
        return await asyncio.to_thread(work, *given)
    except Unreadable as error:
        raise wrong(f"the file cannot be converted: {error}") from error


def _one(given: Any) -> Upload:
    entries = given if isinstance(given, list) else [given]
    (file, *others) = entries
    if others or not isinstance(file, Upload):
        raise wrong("one file at a time")
    if not file.data or len(file.data) > LARGEST:
        raise wrong(f"a file has 1 to {LARGEST} bytes")
    return file


def _ending(name: str) -> str:
    """Return the ending of a name or an address, in lower case and without its dot."""
    ending = posixpath.splitext(name.partition("?")[0])[1][1:].lower()
    return ending if ending.isalnum() and len(ending) <= LONGEST_ENDING else ""


def _zip(blocks: list[dict[str, Any]]) -> bytes:
    """Return the result of a task, as MinerU packs it."""
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("file_content_list.json", json.dumps(blocks, ensure_ascii=False))
        archive.writestr("full.md", "\n\n".join(block["text"] for block in blocks))
        archive.writestr("images/", b"")
    return told.getvalue()
