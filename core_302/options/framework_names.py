"""Where a framework calls an option by a name of its own: every such name, with its reason.

An option has one name here. An adapter uses another one only if the framework's users, or its own
code, would not find ours; tests compare this table with both adapters.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from pydantic import AliasChoices

Framework = Literal["LangChain", "LlamaIndex"]


class FrameworkName(NamedTuple):
    """One option under a framework's name.

    Attributes:
        framework: Whose name it is.
        classes: The adapter's classes that have it.
        option: The option's name here.
        name: Its name there.
        also_ours: Whether the name here works there too.
        reason: Why it has that name.
    """

    framework: Framework
    classes: tuple[str, ...]
    option: str
    name: str
    also_ours: bool
    reason: str


FRAMEWORK_NAMES = (
    FrameworkName(
        "LangChain",
        ("ChatAI302",),
        "stop",
        "stop_sequences",
        True,
        "LangChain's standard parameter is `stop`; its chat models take this spelling too",
    ),
    FrameworkName(
        "LangChain",
        ("ChatAI302",),
        "model",
        "model_name",
        True,
        "`init_chat_model` and older programs say it like that",
    ),
    FrameworkName(
        "LangChain",
        ("AI302SearchRetriever",),
        "max_results",
        "k",
        False,
        "what LangChain's retrievers call the number of documents",
    ),
    FrameworkName(
        "LlamaIndex",
        ("AI302SearchRetriever",),
        "max_results",
        "similarity_top_k",
        False,
        "what LlamaIndex's retrievers call the number of nodes",
    ),
    FrameworkName(
        "LlamaIndex",
        ("AI302",),
        "model",
        "model_name",
        True,
        "some of LlamaIndex's own LLMs say it like that",
    ),
    FrameworkName(
        "LlamaIndex",
        ("AI302Embedding",),
        "model",
        "model_name",
        True,
        "a field of `BaseEmbedding`, which LlamaIndex reads",
    ),
    FrameworkName(
        "LlamaIndex",
        ("AI302Embedding",),
        "texts_per_call",
        "embed_batch_size",
        False,
        "a field of `BaseEmbedding`: LlamaIndex makes the batches itself",
    ),
    FrameworkName(
        "LangChain",
        ("every class",),
        "timeout",
        "request_timeout",
        True,
        "what LangChain's chat models called it first",
    ),
    FrameworkName(
        "LangChain",
        ("every class",),
        "async_http_client",
        "http_async_client",
        False,
        "the name in `ChatOpenAI`",
    ),
    FrameworkName(
        "LlamaIndex",
        ("every class",),
        "base_url",
        "api_base",
        True,
        "the name in LlamaIndex's `OpenAI` and `OpenAILike`",
    ),
)


def names_of(framework: Framework, option: str) -> AliasChoices:
    """Return every name that `framework`'s users may give an option, its own name first."""
    theirs = [n.name for n in FRAMEWORK_NAMES if (n.framework, n.option) == (framework, option)]
    return AliasChoices(option, *dict.fromkeys(theirs))
