"""The result of an image's job as that of a tool: in words, as a report, and to be looked at."""

from __future__ import annotations

from typing import Any

from core_302.flow import Flow
from core_302.tools.capability import ToolResult
from core_302.tools.context import ToolContext
from core_302.tools.image_tool import Report, finished, in_words, shown_images


def image_result(report: Report) -> ToolResult:
    """Return a job's result, as a call of its tool would."""
    return ToolResult(in_words(report), report, shown_images(report))


def resumed_images(context: ToolContext, _: Any, task_id: str) -> Flow[ToolResult]:
    """Wait for a task that was paid for earlier, and save its images."""
    return image_result((yield from finished(context, task_id)))
