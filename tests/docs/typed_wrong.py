"""`docs/typed-wrong.md`: what people type who come from elsewhere, and what is said to them.

`python -m tests.docs.typed_wrong` writes the page; a test compares it with what happens.
"""

import asyncio
import re
import warnings
from typing import NamedTuple

import langchain_302 as langchain
import llama_index_302 as llama_index
from tests.docs.page_blocks import ROOT, close, on_the_emulator

PAGE = ROOT / "docs" / "typed-wrong.md"
WORKS = "works"


class Row(NamedTuple):
    """What is typed, and how the answer begins or what it holds."""

    typed: str
    expected: str


V1 = "https://api.302.ai/v1"
ROWS = (
    # by position
    Row("llama_index.AI302('gpt-4o')", WORKS),
    Row("llama_index.AI302Embedding('text-embedding-3-small')", WORKS),
    Row("llama_index.AI302Rerank('jina-reranker-m0')", WORKS),
    Row("langchain.AI302ImageLoader('cookbook/images/photo.png')", WORKS),
    Row("langchain.ChatAI302('gpt-4o')", "ChatAI302(model=...)"),
    Row("langchain.AI302Embeddings('m')", "AI302Embeddings(model=...)"),
    Row("langchain.AI302Rerank('m')", "AI302Rerank(model=...)"),
    Row("langchain.AI302SearchRetriever('a key')", "AI302SearchRetriever(api_key=...)"),
    Row("langchain.AI302ImageTool('m')", "AI302ImageTool(api_key=...)"),
    Row("llama_index.AI302ToolSpec('a key')", "AI302ToolSpec(api_key=...)"),
    Row("llama_index.AI302SearchRetriever('a key')", "AI302SearchRetriever(api_key=...)"),
    # a tool and a text
    Row("langchain.AI302ImageTool().invoke('a cat')", WORKS),
    Row("langchain.AI302SearchTool().invoke('atolls')", WORKS),
    Row('langchain.AI302SearchTool().invoke(\'{"query": "atolls"}\')', WORKS),
    Row("asyncio.run(langchain.AI302SearchTool().ainvoke('atolls'))", WORKS),
    Row("langchain.AI302AvatarTool().invoke('me.png')", "person_type: "),
    Row("llama_index.AI302ImageTool().call('a cat')", WORKS),
    Row("llama_index.AI302SearchTool()('atolls')", WORKS),
    Row("asyncio.run(llama_index.AI302SearchTool().acall('atolls'))", WORKS),
    Row("llama_index.AI302ToolSpec().web_search('atolls')", WORKS),
    Row("llama_index.AI302ToolSpec().to_tool_list(['web_search'])[0].call('atolls')", WORKS),
    Row("llama_index.AI302AvatarTool().call('me.png')", "generate_avatar("),
    # where the gateway is
    Row(f"langchain.ChatAI302(model='m', api_base='{V1}')", "did you mean 'base_url'?"),
    Row(f"langchain.ChatAI302(model='m', openai_api_base='{V1}')", "did you mean 'base_url'?"),
    Row(f"llama_index.AI302(model='m', openai_api_base='{V1}')", "did you mean 'api_base'?"),
    Row(f"llama_index.AI302(model='m', base_url='{V1}')", WORKS),
    Row(f"llama_index.AI302ToolSpec(base_url='{V1}')", WORKS),
    Row(f"llama_index.AI302SearchRetriever(base_url='{V1}')", WORKS),
    Row(f"langchain.ChatAI302(model='m', base_url='{V1}/chat/completions')", f"as in '{V1}'"),
    Row("llama_index.AI302(model='m', api_base='api.302.ai')", "must start with https://"),
    Row("langchain.ChatAI302(model='m', openai_api_key='a key')", "did you mean 'api_key'?"),
    # your own HTTP client
    Row("langchain.ChatAI302(model='m', async_http_client=None)", "'http_async_client'?"),
    Row("llama_index.AI302(model='m', http_async_client=None)", "'async_http_client'?"),
    Row("llama_index.AI302ToolSpec(http_async_client=None)", "'async_http_client'?"),
    Row("llama_index.AI302SearchRetriever(http_async_client=None)", "'async_http_client'?"),
    Row(
        "langchain.ChatAI302(model='m', async_client=object())", "http_client and http_async_client"
    ),
    Row("langchain.ChatAI302(model='m', openai_proxy='http://p')", "did you mean 'http_client'?"),
    # options
    Row("langchain.ChatAI302(model='m', web_search='tavily')", WORKS),
    Row("llama_index.AI302(model='gpt-4o').complete('Hello', web_search='tavily')", WORKS),
    Row("langchain.AI302SearchTool(provider='tavily')", WORKS),
    Row("langchain.AI302SearchTool(search='tavily')", "did you mean 'provider'?"),
    Row("langchain.AI302Toolkit(search='tavily')", WORKS),
    Row("llama_index.AI302ToolSpec(search='tavily')", WORKS),
    Row("langchain.ChatAI302(model='m', reasoning={'effort': 'low'})", "'reasoning_effort'?"),
    Row("llama_index.AI302(model='m', reasoning='low')", "'reasoning_effort'?"),
    Row("langchain.ChatAI302(model='m', model_kwargs={'a': 1})", "did you mean 'extra_body'?"),
    Row("llama_index.AI302(model='m', model_kwargs={'a': 1})", "'additional_kwargs'?"),
    Row("langchain.ChatAI302(model='m', model_name='m')", "it is 'model' under another name"),
    Row("llama_index.AI302Embedding(model='m', model_name='m')", "it is 'model_name' under"),
    Row("langchain.ChatAI302(model='m', stream=True)", "did you mean 'streaming'?"),
    Row("langchain.ChatAI302(modle='m')", "did you mean 'model'?"),
    Row("langchain.ChatAI302(model='m', websearch=True)", "did you mean 'web_search'?"),
    Row("langchain.AI302SearchRetriever(max_results=3)", "did you mean 'k'?"),
    Row("llama_index.AI302SearchRetriever(k=3)", "did you mean 'similarity_top_k'?"),
    Row("langchain.AI302ImageLoader(file_path='a.png')", "did you mean 'sources'?"),
    Row("langchain.AI302Embeddings(model='m', chunk_size=9)", "did you mean 'texts_per_call'?"),
    Row("llama_index.AI302(model='m', request_timeout=9)", "did you mean 'timeout'?"),
)

HEAD = """# Typed wrong

What people type who know other packages, and what is said to them. `langchain` and `llama_index`
stand for `langchain_302` and `llama_index_302`. A test types each line again.

| typed | what happens |
|---|---|
"""


def said(row):
    """Return what happens when a line is typed: that it works, or what is said."""
    names = {"langchain": langchain, "llama_index": llama_index, "asyncio": asyncio}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            made = eval(row.typed, names)
        except Exception as error:  # noqa: BLE001 - whatever is said
            return f"{type(error).__name__}: {error}"
    close(made)
    refused = isinstance(made, str) and re.match(r"\w+: ", made)  # what an agent is told
    return made if refused else WORKS


def answers():
    """Return what is said to each row."""
    with on_the_emulator():
        return [said(row) for row in ROWS]


def page(told):
    """Return the page."""
    cell = [text.replace("|", "\\|") for text in told]
    rows = [f"| `{row.typed}` | {text} |\n" for row, text in zip(ROWS, cell, strict=True)]
    return HEAD + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page(answers()), encoding="utf-8")
