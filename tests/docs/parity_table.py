"""What each adapter has, found by trying it.

`python -m tests.docs.parity_table` writes the page.

An option counts if a call that asks for it sends other bytes than one that does not; a setting of a
class if its constructor takes it; a tool if an agent's call of it is answered. A "no" needs a
reason in `REASONS`.
"""

import uuid
from pathlib import Path

import httpx
from langchain_core.messages import HumanMessage
from llama_index.core.llms import ChatMessage

import langchain_302
import llama_index_302
from core_302 import AI302Error
from core_302.options.chat import PER_CALL_ONLY, ChatOptions
from core_302.options.framework_names import FRAMEWORK_NAMES
from core_302.tools.settings import SelectionSettings
from langchain_302 import tools as of_langchain
from llama_index_302 import tools as of_llama_index
from tests.scripted_server import completion, reply, scripted_server

PAGE = Path(__file__).parents[2] / "docs" / "parity.md"
KEY = "not-a-key"
START = """# What each adapter has

Found by trying it (`make parity`); a test fails when it is not up to date. An option counts if a
call that asks for it sends something else; a setting if every class that asks the gateway takes it;
a tool if it answers. A "no" has its reason below.

| capability | LangChain | LlamaIndex |
|---|---|---|
"""
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
# A value of each option that a call can be asked with.
SAMPLES = {
    **dict.fromkeys(("temperature", "top_p", "presence_penalty", "frequency_penalty"), 0.5),
    **dict.fromkeys(
        ("max_tokens", "max_completion_tokens", "n", "seed", "top_logprobs", "top_k"), 2
    ),
    **dict.fromkeys(("logprobs", "web_search", "ocr", "reasoning_fusion", "file_parse"), True),
    **dict.fromkeys(("stop", "user", "reasoning_effort", "verbosity"), "high"),
    **dict.fromkeys(("service_tier", "prompt_cache_key"), "a"),
    "modalities": ["text", "audio"],
    "audio": {"voice": "alloy", "format": "mp3"},
    "extra_headers": {"x-a": "b"},
    "prediction": {"type": "content", "content": "a"},
    "deep_search": True,
    "parallel_tool_calls": True,
    "model_suffixes": True,
    "logit_bias": {"1": 2.0},
    "thinking": {"type": "enabled"},
    "response_format": {"type": "json_object"},
    "tools": [TOOL],
    "tool_choice": "auto",
    "user_id": str(uuid.UUID(int=0, version=4)),
    "extra_body": {"a": 1},
}
# What is asked beside it, where an option alone changes nothing.
BESIDE = {"model_suffixes": {"web_search": True}}
# The same capability under each framework's own name: a method, or a value that there is.
METHODS = (
    ("a whole answer", "invoke", "chat"),
    ("... awaited", "ainvoke", "achat"),
    ("an answer in chunks", "stream", "stream_chat"),
    ("... awaited", "astream", "astream_chat"),
    ("tools", "bind_tools", "chat_with_tools"),
    ("objects", "with_structured_output", "structured_predict"),
    ("partial objects", "with_structured_output", "stream_structured_predict"),
    ("what is known of a model", "profile", "metadata"),
    ("token counts without a request", "get_num_tokens_from_messages", "count_tokens"),
    ("the tokens of a text", "get_token_ids", "token_ids"),
    ("what a call cost", "cost", "cost"),
    ("... awaited", "acost", "acost"),
    ("what is left", "balance", "balance"),
    ("... awaited", "abalance", "abalance"),
    ("closing", "close", "close"),
    ("... awaited", "aclose", "aclose"),
)
CLASSES = (
    ("a chat model", "ChatAI302", "AI302"),
    ("embeddings", "AI302Embeddings", "AI302Embedding"),
    ("reranking", "AI302Rerank", "AI302Rerank"),
    ("a search retriever", "AI302SearchRetriever", "AI302SearchRetriever"),
    ("reading of documents", "AI302FileLoader", "AI302FileReader"),
    ("... documents in blobs", "AI302FileParser", None),
    ("reading of recordings", "AI302AudioLoader", "AI302AudioReader"),
    ("... recordings in blobs", "AI302AudioParser", None),
    ("reading of images and scans", "AI302ImageLoader", "AI302ImageReader"),
    ("... as a parser of blobs", "AI302ImageParser", None),
    ("several tools with one budget", "AI302Toolkit", "AI302ToolSpec"),
    ("what a run cost", "CostTracker", "CostTracker"),
)
# What the constructors need, of the classes that need anything.
NEEDED = {
    **{n: {"model": "m"} for n in ("ChatAI302", "AI302", "AI302Embeddings", "AI302Rerank")},
    "AI302Embedding": {"model_name": "m"},
    "AI302AudioLoader": {"sources": "x.mp3"},
    "AI302FileLoader": {"sources": "x.pdf"},
    "AI302ImageLoader": {"sources": "x.png"},
}
CONNECTION = {
    "api_key": KEY,
    "timeout": 5,
    "max_retries": 0,
    "default_headers": {"x": "y"},
    "default_query": {"x": "y"},
    "allow_insecure": True,
    "http_client": httpx.Client(),
}
READING = {"stream_usage": False, "split_think": True, "reasoning_back": "always"}
REASONS = {
    "... documents in blobs": "LlamaIndex has no parsers of blobs: its `SimpleDirectoryReader` "
    "takes `AI302FileReader` itself",
    "... recordings in blobs": "LlamaIndex has no parsers of blobs: its `SimpleDirectoryReader` "
    "takes `AI302AudioReader` itself",
    "... as a parser of blobs": "LlamaIndex has no parsers of blobs: its `SimpleDirectoryReader` "
    "takes `AI302ImageReader` itself",
}


def page():
    """Return the whole page."""
    rows = list(_rows())
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    missing = [words for words, *found in rows if "no" in found]
    reasons = "".join(f"- {words}: {REASONS[words]}.\n" for words in missing)
    names = "".join(
        f"| `{n.option}` | {n.framework}: {', '.join(n.classes)} | `{n.name}` | "
        f"{'yes' if n.also_ours else 'no'} | {n.reason} |\n"
        for n in FRAMEWORK_NAMES
    )
    return (
        f"{START}{table}\n## Why not\n\n{reasons}\n## Names that a framework gives\n\n"
        "| option | where | its name there | ours works too | why |\n|---|---|---|---|---|\n"
        f"{names}"
    )


def _rows():
    with scripted_server() as server:
        server.answer(reply(200, completion()))
        # The time limit of one call is sent nowhere; both adapters' tests are its judge.
        for name in sorted(ChatOptions.model_fields.keys() - {"timeout"}):
            yield f"option `{name}`", *(_option(server, ask, name) for ask in (_invoke, _chat))
    for name, value in {**CONNECTION, "trusted_hosts": ("a.example",), **READING}.items():
        yield f"setting `{name}`", *(_setting(side, name, value) for side in (0, 1))
    for words, theirs, ours in METHODS:
        yield words, _has(_made("ChatAI302", 0), theirs), _has(_made("AI302", 1), ours)
    for words, *names in CLASSES:
        yield words, *(f"`{n}`" if n and _class(n, side) else "no" for side, n in enumerate(names))
    for ours in of_langchain.TOOLS:
        other = [k for k in of_llama_index.TOOLS if k.capability is ours.capability]
        spec = f", `AI302ToolSpec.{ours.capability.name}`"
        yield (
            f"tool `{ours.capability.name}`",
            f"`{ours.__name__}`" if ours(api_key=KEY).args else "no",
            f"`{other[0].__name__}`{spec}" if other and other[0](api_key=KEY).metadata else "no",
        )
    for name in sorted(SelectionSettings.model_fields):
        value = SelectionSettings().model_dump()[name]
        kinds = (langchain_302.AI302Toolkit, llama_index_302.AI302ToolSpec)
        yield f"tools' `{name}`", *("yes" if _takes(k, {name: value}) else "no" for k in kinds)


def _invoke(url, constructor, call):
    model = langchain_302.ChatAI302(model="m", api_key=KEY, base_url=url, **constructor)
    with model:
        model.invoke([HumanMessage("x")], **call)


def _chat(url, constructor, call):
    with llama_index_302.AI302(model="m", api_key=KEY, api_base=url, **constructor) as llm:
        llm.chat([ChatMessage(content="x")], **call)


def _option(server, ask, name):
    """Tell where an option can be given: where its value changes what is sent."""
    beside = BESIDE.get(name, {})
    said = {**beside, name: SAMPLES.get(name, "low")}
    plain = _sent(server, ask, beside, {})
    ways = []
    if name not in PER_CALL_ONLY and _sent(server, ask, said, {}) not in (plain, None):
        ways.append("constructor")
    if _sent(server, ask, {}, said) not in (plain, None):
        ways.append("per call")
    return ", ".join(ways) or "no"


def _sent(server, ask, constructor, call):
    before = len(server.seen)
    try:
        ask(server.url, constructor, call)
    except AI302Error:
        return None
    sent = server.seen[before]
    return sent.json, sent.headers.get("x-a")


def _class(name, side):
    return getattr((langchain_302, llama_index_302)[side], name)


def _made(name, side, **given):
    return _class(name, side)(**{"api_key": KEY, **NEEDED.get(name, {}), **given})


def _setting(side, name, value):
    """Tell which classes take a setting: all, or those that are named."""
    names = [names[side] for _, *names in CLASSES if names[side] not in (None, "CostTracker")]
    names += [kind.__name__ for kind in (of_langchain, of_llama_index)[side].TOOLS]
    if name in READING:
        names = names[:1]
    taking = [n for n in names if _takes(_class(n, side), {**NEEDED.get(n, {}), name: value})]
    return "yes" if taking == names else ", ".join(f"`{n}`" for n in taking) or "no"


def _takes(kind, given):
    try:
        kind(**{"api_key": KEY, **given})
    except (AI302Error, TypeError):
        return False
    return True


def _has(thing, name):
    return f"`{name}`" if (name and hasattr(type(thing), name)) or hasattr(thing, name) else "no"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
