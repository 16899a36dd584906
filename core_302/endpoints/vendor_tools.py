"""Tools that are not functions of the caller, but run on a vendor's side.

They are sent as they are: GLM's `web_search`, Kimi's `builtin_function`, Gemini's `google_search`,
and unknown ones. Refused are those of OpenAI's Responses API, which the wire of chat completions
does not have: every vendor would answer 400, and not say why.
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
    "web_search_preview": "set web_search=True, and 302.AI searches the web for any model",
    "image_generation": "give the model the image tool of this package",
    "file_search": "give the model a tool that searches your files",
    "mcp": "give the model the server's tools, each as a function",
}
USE_A_FUNCTION = "give the model a function that does it"


def check_tools(tools: Sequence[Any]) -> None:
    """Refuse tools that chat completions do not have.

    Raises:
        InvalidInputError: One belongs to OpenAI's Responses API; the error's text says what to do.
    """
    for place, tool in enumerate(tools):
        kind = tool.get("type") if isinstance(tool, Mapping) else None
        name = next((n for n in RESPONSES_API if _is(kind, n)), None)
        # GLM has tools of the same names, with their settings under that name.
        if name is not None and not isinstance(tool.get(kind), Mapping):
            raise InvalidInputError(
                f"tools[{place}]: {kind!r} is a tool of OpenAI's Responses API, which chat "
                f"completions do not have: {INSTEAD.get(name, USE_A_FUNCTION)}."
            )


def _is(kind: Any, name: str) -> bool:
    """Return whether `kind` is `name`, or one of its dated versions."""
    return isinstance(kind, str) and (kind == name or kind.startswith(f"{name}_20"))
