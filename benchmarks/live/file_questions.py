"""What is open about files: in which form each way answers, and what MinerU's zip holds."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import httpx

from benchmarks.live import gateway as live
from benchmarks.live.gateway import Gateway, content, refused
from benchmarks.live.questions import Question
from core_302.endpoints.files import MARKITDOWN_PATH, PARSE_PATH, UPLOAD_PATH
from core_302.endpoints.mineru import TASK_PATH

REPORT = Path(__file__).parents[2] / "cookbook" / "documents" / "report.pdf"
UPLOAD, READING, LAYOUT = 0.002, 0.01, 0.5  # PTC at most, rather too high; MinerU's is a guess
WORDS = "41,300 loaves"  # of the report
WAITING = ("init", "pending", "started", "processing")


def _uploaded(gateway: Gateway) -> str:
    """Return the link of the report; empty if it was refused, or has another form."""
    file = {"file": ("report.pdf", REPORT.read_bytes(), "application/pdf")}
    data = content(gateway.send("POST", UPLOAD_PATH, most=UPLOAD, files=file)).get("data")
    return data if isinstance(data, str) else ""


def _upload(gateway: Gateway) -> str:
    return "a link as data" if _uploaded(gateway).startswith("http") else "another form"


def _parse(gateway: Gateway) -> str:
    link = _uploaded(gateway)
    reply = gateway.send("GET", PARSE_PATH, most=READING, params={"url": link})
    data = content(reply).get("data")
    text = data.get("msg") if isinstance(data, dict) else None
    return _form(reply, "data.msg", text)


def _markitdown(gateway: Gateway) -> str:
    file = {"file": ("report.pdf", REPORT.read_bytes(), "application/pdf")}
    fields = {"source_data_type": "file"}
    reply = gateway.send("POST", MARKITDOWN_PATH, most=READING, data=fields, files=file)
    data = content(reply).get("data")
    return _form(reply, "data", data) if data else _form(reply, "the body", reply.text)


def _form(reply: httpx.Response, where: str, text: Any) -> str:
    if not reply.is_success:
        return f"refused: {refused(reply)}"
    return f"the words in {where}" if WORDS in str(text) else f"other words in {where}"


def _layout(gateway: Gateway) -> str:
    body = {"pdf_url": _uploaded(gateway), "parse_method": "auto", "version": "2.5"}
    ordered = content(gateway.send("POST", TASK_PATH, most=LAYOUT, json=body))
    inner = ordered.get("data")
    task_id = ordered.get("task_id") or (inner.get("task_id") if isinstance(inner, dict) else None)
    link = _result(gateway, str(task_id or ""))
    if not link:
        return "no link of a result"
    packed = gateway.http.get(link)  # without the key
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        lists = [name for name in archive.namelist() if name.endswith("content_list.json")]
        blocks = json.loads(archive.read(lists[0])) if lists else []
    known = all(isinstance(block.get("bbox"), list) and "page_idx" in block for block in blocks)
    return "blocks with page and box" if blocks and known else "no such blocks"


def _result(gateway: Gateway, task_id: str) -> str:
    for _ in range(live.MOST_POLLS):
        said = content(gateway.send("GET", TASK_PATH, params={"task_id": task_id}))
        data = said.get("data")
        task = {**said, **(data if isinstance(data, dict) else {})}
        if str(task.get("state") or task.get("status")).lower() not in WAITING:
            return str(task.get("result_url") or task.get("full_zip_url") or "")
        time.sleep(live.PAUSE)
    return ""


FILE_QUESTIONS = (
    Question("How is an upload answered?", "a link as data", _upload),
    Question("Where is the text of a parsed PDF?", "the words in data.msg", _parse),
    Question("Where is the Markdown of a PDF?", "the words in data", _markitdown),
    Question("What does MinerU's zip hold?", "blocks with page and box", _layout),
)
