"""The lines of a program that ask what the page asked, in both frameworks, to copy.

They hold what was chosen on the page and nothing else; the key comes from the environment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core_302.media_types import media_type_of
from core_302.tools.settings import ImageJobSettings
from langchain_302 import WebSearch
from langchain_302.tools.capability_tool import CapabilityTool

LINE = 88  # letters, the width that formatters of Python have by default
KEY = "# The key is read from AI302_API_KEY."
ALONE = "answer = model.invoke([question])"
MADE = "images"  # the folder where the programs keep what they draw


@dataclass(frozen=True)
class Code:
    """The same request in both frameworks: each a whole program."""

    langchain: str
    llama_index: str


def chat_code(
    given: Mapping[str, Any],
    question: str,
    images: Sequence[Path] = (),
    system: str = "",
    earlier: int = 0,
) -> Code:
    """Return the programs that ask a question.

    Args:
        given: The options of the chat model, and its name.
        question: The text.
        images: What was dropped in. A program opens them by name in its own folder.
        system: The system prompt; a blank one is none.
        earlier: How many turns the model was told of before. They are not repeated.
    """
    head = [KEY]
    if earlier:
        turns = "turn" if earlier == 1 else "turns"
        head.append(f"# The {earlier} {turns} before this question would stand before it.")
    search = ["WebSearch"] if "web_search" in given else []
    return Code(
        _program(
            [*(["import base64", "from pathlib import Path", ""] if images else [])],
            [
                *(["from langchain_core.messages import HumanMessage"] if images else []),
                f"from langchain_302 import {', '.join(['ChatAI302', *search])}",
            ],
            head,
            [
                f"model = {_call('ChatAI302', given)}",
                *_langchain_question(question, images, system),
            ],
        ),
        _program(
            [],
            [
                "from llama_index.core.llms import "
                + ", ".join(["ChatMessage", *(["ImageBlock", "TextBlock"] if images else [])]),
                f"from llama_index_302 import {', '.join(['AI302', *search])}",
            ],
            head,
            [f"llm = {_call('AI302', given)}", *_llama_index_question(question, images, system)],
        ),
    )


def image_code(model: str, given: Mapping[str, Any], photo: str | None = None) -> Code:
    """Return the programs that draw an image, or work on a given one.

    Args:
        model: The image model.
        given: The tool's other arguments.
        photo: The image to work on. A program opens it by name in its own folder.
    """
    arguments = {**given, **({"images": [Path(photo).name]} if photo else {})}
    tool, method = (
        ("AI302EditImageTool", "edit_image") if photo else ("AI302ImageTool", "generate_image")
    )
    folders = {"output_dir": MADE, **({"allowed_dirs": ["."]} if photo else {})}
    return _tool_code(
        _call(tool, {"model": model, **folders}),
        _call("AI302ToolSpec", {"image_model": model, **folders}),
        method,
        arguments,
    )


def avatar_code(given: Mapping[str, Any], photo: str) -> Code:
    """Return the programs that make avatars of a photo."""
    folders = {"output_dir": MADE, "allowed_dirs": ["."]}
    return _tool_code(
        _call("AI302AvatarTool", folders),
        _call("AI302ToolSpec", folders),
        "generate_avatar",
        {**given, "image": Path(photo).name},
    )


@dataclass(frozen=True)
class Column:
    """A column of a table that is extracted: its name in a program, its words, and its kind."""

    name: str
    words: str
    is_number: bool

    @property
    def line(self) -> str:
        """The line that declares it in a class of pydantic."""
        kind, empty = ("float | None", "None") if self.is_number else ("str", '""')
        return f"    {self.name}: {kind} = Field({empty}, description={_value(self.words)})"


def extract_code(
    files: Sequence[str], columns: Sequence[Column], *, several: bool, pages: str
) -> Code:
    """Return the programs that make a table of files.

    Args:
        files: Their names, which a program opens in its own folder.
        columns: What is extracted.
        several: Whether a page has many rows.
        pages: Which pages of each file.
    """
    row = ["class Row(BaseModel):", *(one.line for one in columns)]
    rows = ["", "", "class Rows(BaseModel):", "    rows: list[Row]"] if several else []
    how = f'output={"Rows" if several else "Row"}, pages={_value(pages)}, on_error="skip"'
    standard = ["from pydantic import BaseModel, Field", ""]
    shown = ["for page in pages:", '    print(page.metadata["source"], page.metadata["fields"])']
    own = ["", "", *row, *rows, "", ""]
    return Code(
        _program(
            standard,
            ["from langchain_302 import AI302ImageLoader"],
            [KEY, *own],
            [
                f"files = {_value([*files])}",
                f"loader = AI302ImageLoader(sources=files, {how})",
                "pages = loader.load()",
                *shown,
            ],
        ),
        _program(
            standard,
            ["from llama_index_302 import AI302ImageReader"],
            [KEY, *own],
            [
                f"files = {_value([*files])}",
                f"reader = AI302ImageReader({how})",
                "pages = reader.load_data(files)",
                *shown,
            ],
        ),
    )


def tool_code(tool: CapabilityTool, given: Mapping[str, Any]) -> Code:
    """Return the programs that call a tool as it was called.

    Args:
        tool: The tool.
        given: Its arguments; files by name, which a program opens in its own folder.
    """
    kind = type(tool)
    makes = {"output_dir": MADE} if "output_dir" in kind.model_fields else {}
    opens = {"allowed_dirs": ["."]} if "allowed_dirs" in kind.model_fields else {}
    folders = {**makes, **opens}
    blocks = issubclass(kind.capability.settings, ImageJobSettings)
    return _tool_code(
        _call(kind.__name__, folders),
        _call("AI302ToolSpec", folders),
        kind.capability.name,
        given,
        blocks=blocks,
    )


def _tool_code(
    tool: str, spec: str, method: str, arguments: Mapping[str, Any], *, blocks: bool = True
) -> Code:
    name = tool.partition("(")[0]
    call = _call(f"tools.{method}", arguments)
    shown = [f"for block in {call}:", "    print(block)"] if blocks else [f"print({call})"]
    return Code(
        _program(
            [],
            [f"from langchain_302 import {name}"],
            [KEY],
            [f"tool = {tool}", f"print(tool.invoke({_value(dict(arguments))}))"],
        ),
        _program(
            [],
            ["from llama_index_302 import AI302ToolSpec"],
            [KEY],
            [f"tools = {spec}", *shown],
        ),
    )


def _langchain_question(question: str, images: Sequence[Path], system: str) -> list[str]:
    told = [f"    {_value(('system', system))},"] if system.strip() else []
    if told and not images:
        asked = [*told, f"    {_value(('human', question))},"]
        return ["answer = model.invoke([", *asked, "])", "print(answer.text)"]
    if not images:
        return [f"answer = model.invoke({_value(question)})", "print(answer.text)"]
    blocks = [f"    {_value({'type': 'text', 'text': question})},"]
    for image in images:
        read = f"base64.b64encode(Path({_value(image.name)}).read_bytes()).decode()"
        blocks += [
            "    {",
            '        "type": "image",',
            f'        "base64": {read},',
            f'        "mime_type": {_value(_media_type(image))},',
            "    },",
        ]
    return [
        "question = HumanMessage([",
        *blocks,
        "])",
        *(["answer = model.invoke([", *told, "    question,", "])"] if told else [ALONE]),
        "print(answer.text)",
    ]


def _llama_index_question(question: str, images: Sequence[Path], system: str) -> list[str]:
    asked = [f"question = ChatMessage({_value(question)})"]
    if images:
        named = [f"    ImageBlock(path={_value(image.name)})," for image in images]
        text = f"    TextBlock(text={_value(question)}),"
        asked = ["question = ChatMessage(blocks=[", text, *named, "])"]
    if system.strip():
        asked.append(f'system = ChatMessage({_value(system)}, role="system")')
    told = "system, question" if system.strip() else "question"
    return [*asked, f"answer = llm.chat([{told}])", "print(answer.message.content)"]


def _media_type(image: Path) -> str:
    return media_type_of(image.read_bytes()) or "application/octet-stream"


def _program(
    standard: Sequence[str], imports: Sequence[str], said: Sequence[str], does: Sequence[str]
) -> str:
    return "\n".join([*standard, *imports, "", *said, *does, ""])


def _call(name: str, given: Mapping[str, Any]) -> str:
    """Return a call with keywords: on one line if it fits, else a line for each."""
    words = [f"{keyword}={_value(value)}" for keyword, value in given.items()]
    line = f"{name}({', '.join(words)})"
    if len(f"answer = {line}") <= LINE:
        return line
    return "\n".join([f"{name}(", *(f"    {word}," for word in words), ")"])


def _value(value: Any) -> str:
    """Return the Python of a value, its texts with the quotes that formatters prefer."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # each text of JSON is one of Python
    if isinstance(value, WebSearch):
        return _call("WebSearch", value.model_dump(exclude_none=True, exclude_defaults=True))
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_value(k)}: {_value(v)}' for k, v in value.items())}}}"
    if isinstance(value, tuple):
        return f"({', '.join(map(_value, value))})"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)
