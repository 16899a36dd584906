"""What each adapter has, derived from the code. `python -m tests.parity_table` writes the page."""

from pathlib import Path

from core_302.options.chat import PER_CALL_ONLY, ChatOptions
from core_302.tools.image_tool import Studio
from langchain_302 import AI302AvatarTool, AI302ImageTool, ChatAI302
from llama_index_302 import AI302, AI302ToolSpec

PAGE = Path(__file__).parent.parent / "docs" / "parity.md"
START = """# What each adapter has

Derived from the code by `make parity`; a test fails when it is not up to date.

| capability | LangChain | LlamaIndex |
|---|---|---|
"""
# The same capability under each framework's own name.
METHODS = (
    ("a whole answer", "invoke", "chat"),
    ("... awaited", "ainvoke", "achat"),
    ("an answer in pieces", "stream", "stream_chat"),
    ("... awaited", "astream", "astream_chat"),
    ("tools", "bind_tools", "chat_with_tools"),
    ("objects", "with_structured_output", "structured_predict"),
    ("partial objects", "with_structured_output", "stream_structured_predict"),
    ("what is known of a model", "profile", "metadata"),
    ("token counts without a request", "get_num_tokens_from_messages", None),
    ("closing", "close", "close"),
    ("... awaited", "aclose", "aclose"),
)
TOOLS = (
    ("drawing a picture", AI302ImageTool, "generate_image"),
    ("making avatars", AI302AvatarTool, "generate_avatar"),
    ("searching the web", None, "web_search"),
    ("reading a picture", None, "read_image"),
)
CONNECTION = ("api_key", "timeout", "max_retries", "default_headers", "http_client")
TASKS = ("polling", "trusted_hosts")
OPERATOR = ("show_images_to_model", "max_images", "budget", "assumed_price", "as_task")


def page():
    """Return the whole page."""
    return START + "".join(f"| {' | '.join(row)} |\n" for row in _rows())


def _rows():
    for name in sorted(ChatOptions.model_fields):
        if name in PER_CALL_ONLY:
            yield f"option `{name}`", "per call", "per call"
        else:
            yield f"option `{name}`", _field(ChatAI302, name), _field(AI302, name)
    for name in (*CONNECTION, "stream_usage", "split_think"):
        yield f"setting `{name}`", _has(ChatAI302, name), _has(AI302, name)
    for words, theirs, ours in METHODS:
        yield words, _has(ChatAI302, theirs), _has(AI302, ours)
    pairs = dict(AI302ToolSpec.spec_functions)
    for words, tool, function in TOOLS:
        chosen = f"`{tool.__name__}`" if tool else "no"
        yield words, chosen, f"`{function}`, `{pairs[function]}`" if function in pairs else "no"
    settings = AI302ToolSpec.__init__.__annotations__
    studio = [name for name in Studio.__dataclass_fields__ if name != "purse"]
    for name in sorted({*studio, *OPERATOR, *TASKS}):
        yield f"tools' `{name}`", _has(AI302ImageTool, name), _yes(name in settings)


def _field(kind, name):
    return "constructor, per call" if name in kind.model_fields else "no"


def _has(kind, name):
    if name is None or not (name in kind.model_fields or hasattr(kind, name)):
        return "no"
    return "yes" if name in kind.model_fields else f"`{name}`"


def _yes(there):
    return "yes" if there else "no"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
