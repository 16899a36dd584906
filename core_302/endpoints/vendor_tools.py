"""Tools that are no function of the caller's, but something that a vendor does on its own side.

They go out as they are: GLM's `web_search`, Kimi's `builtin_function`, Gemini's `google_search`,
and those that nobody here knows. Refused are those of OpenAI's Responses API, which the wire of
chat completions does not have: every vendor would answer 400, and not say why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core_302.errors import InvalidInputError

# https://platform.openai.com/docs/guides/tools
RESPONSES_API = (
    "apply_patch",
    "code_interpreter",
    "computer",
    "computer_use_preview",
    "file_search",
    "image_generation",
    "local_shell",
    "mcp",
    "namespace",
    "shell",
    "tool_search",
    "web_search_preview",
)
INSTEAD = {
    "web_search_preview": "ask with web_search=True, by which 302.AI searches for any model",
    "image_generation": "give the model the image tool of this package",
    "file_search": "give the model a tool that searches your files",
    "mcp": "give the model the server's tools, each as a function",
}
USE_A_FUNCTION = "give the model a function that does it"


def check_tools(tools: Sequence[Any]) -> None:
    """Refuse tools that no vendor of chat completions has.

    Raises:
        InvalidInputError: One is OpenAI's Responses API's; the text says what to do.
    """
    for place, tool in enumerate(tools):
        kind = tool.get("type") if isinstance(tool, Mapping) else None
        name = next((n for n in RESPONSES_API if _is(kind, n)), None)
        # GLM has tools of the same names, which say what they are about below that name.
        if name is not None and not isinstance(tool.get(kind), Mapping):
            raise InvalidInputError(
                f"tools[{place}]: {kind!r} is a tool of OpenAI's Responses API, which chat "
                f"completions do not have: {INSTEAD.get(name, USE_A_FUNCTION)}."
            )


def _is(kind: Any, name: str) -> bool:
    """Tell whether `kind` is `name`, or one of its dated versions."""
    return isinstance(kind, str) and (kind == name or kind.startswith(f"{name}_20"))
