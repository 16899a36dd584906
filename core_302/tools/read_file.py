"""read_file: a document as text, by its link or by the name of a file that may be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field

from core_302.endpoints.content_list import Block, pages_of
from core_302.endpoints.files import LARGEST_UPLOAD, check_size
from core_302.errors import InvalidInputError
from core_302.file_types import MEDIA_TYPES, file_type, is_pdf
from core_302.flow import Flow
from core_302.flows.files import FileText, resumed, text_of
from core_302.options.file import method_for
from core_302.tools.capability import Capability, Price, ToolResult, arguments_class
from core_302.tools.context import File, ToolContext
from core_302.tools.settings import ReadFileSettings
from core_302.tools.untrusted_text import one_line

MOST_SHOWN = 48 * 1024  # bytes of UTF-8 of a file that one answer shows
PRICE_OF_LAYOUT = 0.2  # PTC that a task of MinerU is assumed to cost until its record is read
MARKDOWN = "text/markdown"
LONGEST_NAME = 200  # characters of a file's name that an answer repeats


def _arguments(_: ReadFileSettings, files: bool) -> type[BaseModel]:  # noqa: FBT001
    named = "its http(s) link, or the name of a file that was given or saved here"
    about = f"The document: {named if files else 'its http(s) link'}."
    start = "The character to begin at, to read on in a long text."
    fields: dict[str, Any] = {
        "file": (Annotated[str, Field(description=about)], ...),
        "start": (Annotated[int | None, Field(ge=0, description=start)], None),
    }
    return arguments_class("ReadFile", fields)


def _flow(
    context: ToolContext, settings: ReadFileSettings, arguments: Mapping[str, Any]
) -> Flow[ToolResult]:
    name = arguments["file"].strip()
    given = yield from _given(context, name)
    content = given if isinstance(given, bytes) else None
    kind = file_type(name, content)
    try:
        if content is not None:
            check_size(len(content))
        method = method_for(settings, kind, content)
    except InvalidInputError as error:
        raise InvalidInputError(f"file: {error.message}") from None
    job = text_of(given, kind, settings)
    cost: float | None = 0.0
    if method == "text":
        found = yield from job
    else:
        assumed = PRICE_OF_LAYOUT if method == "mineru" else READ_FILE.price.assumed
        found, cost = yield from context.charged(job, assumed, lambda done: done.cost_ids)
    return (yield from _result(context, name, found, cost, arguments.get("start") or 0))


def _resume(context: ToolContext, _: ReadFileSettings, task_id: str) -> Flow[ToolResult]:
    found = yield from resumed(task_id)
    return (yield from _result(context, f"task {task_id}", found, None, 0))


def _given(context: ToolContext, name: str) -> Flow[bytes | str]:
    """Return a document's link, or its bytes.

    Raises:
        InvalidInputError: It may not be read, or is neither.
    """
    ending = file_type(name).ending
    # Of what lies in a folder, documents: an agent has no use for keys and databases.
    given = yield from context.given_file(
        name,
        "file",
        lambda content: ending in MEDIA_TYPES or is_pdf(content),
        noun="document",
        most_bytes=LARGEST_UPLOAD,
    )
    if isinstance(given, str) and given[:5].lower() == "data:":
        raise InvalidInputError("file: give a link or a name, not the data itself.")
    return given


def _result(
    context: ToolContext, name: str, found: FileText, cost: float | None, start: int
) -> Flow[ToolResult]:
    text = _in_pages(found.blocks)
    shown = text[start:].encode("utf-8", "replace")[:MOST_SHOWN].decode(errors="ignore")
    end = start + len(shown)
    saved: File | None = None
    if end < len(text) and context.output_dir is not None and found.method != "text":
        content = text.encode("utf-8", "replace")
        saved = yield from context.kept_bytes(content, MARKDOWN, f"{_last(name)} as text")
    said = one_line(_last(name), LONGEST_NAME)
    lines = [f"{said}, read by {found.method}, {len(text)} characters:", "", shown or "(no text)"]
    if end < len(text):
        lines += ["", _where_to_read_on(saved, len(text) - end, end)]
    report = {
        "kind": "text",
        "model": None,
        "source": name,
        "method": found.method,
        "characters": len(text),
        "text": text if saved is None or saved["path"] is None else None,
        "request_id": found.cost_ids[-1] if found.cost_ids else None,
        "cost_ids": [*found.cost_ids],
        "task_id": found.task_id,
        "cost": cost,
        "files": [] if saved is None else [saved],
    }
    return ToolResult("\n".join(lines), report)


def _where_to_read_on(saved: File | None, left: int, end: int) -> str:
    if saved is not None and saved["path"] is not None:
        path = one_line(_last(saved["path"]))
        return f"({left} more characters. Read on, for free: file={path!r}, start={end}.)"
    problem = "" if saved is None else f" It was not saved: {one_line(saved['problem'] or '')}"
    return f"({left} more characters. Read on, at the same cost: start={end}.{problem})"


def _in_pages(blocks: Sequence[Block]) -> str:
    """Return the text of a file; of one whose pages are known, each under its number."""
    pages = [page for page in pages_of(blocks) if page.text.strip()]
    numbered = (f"[page {page.page}]\n{page.text}" if page.page else page.text for page in pages)
    return "\n\n".join(numbered).strip()


def _last(name: str) -> str:
    """Return the last step of a path; of a link, all but its query."""
    if "://" in name:
        return name.partition("?")[0]
    return name.replace("\\", "/").rpartition("/")[2]


READ_FILE = Capability(
    name="read_file",
    description=(
        "Read a document (PDF, Word, Excel, PowerPoint, EPUB, CSV, text) as Markdown, by its link "
        "or name. Not for web pages or pictures. It goes to 302.AI; some kinds are uploaded there "
        "to a link that anybody who has it can open."
    ),
    price=Price(
        note="Costs a little money, by length.",
        documented=(
            "Markitdown 0.01 PTC for a million tokens; parsing 0.02, and 0.001 for the upload; "
            "MinerU's price is not public"
        ),
        source="a digest of 302.AI's documents of 2026-09-09",
        date="2026-11-25",
        assumed=0.01,
    ),
    settings=ReadFileSettings,
    arguments=_arguments,
    flow=_flow,
    resume=_resume,
)
