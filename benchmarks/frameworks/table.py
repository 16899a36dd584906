"""The libraries that are tried, what each is installed with, and what is known of its limits."""

from __future__ import annotations

from dataclasses import dataclass

OURS = ("-e", "./core_302", "-e", "./langchain_302")


@dataclass(frozen=True)
class Framework:
    """A library that is tried.

    Attributes:
        package: Its name in the registry; its environment and its program are named after it.
        name: What people call it.
        takes: What of ours it runs on.
        needs: What is installed beside it.
        limits: What has to be worked around, and whose limit that is; empty if nothing.
    """

    package: str
    name: str
    takes: str
    needs: tuple[str, ...] = ()
    limits: str = ""


FRAMEWORKS = (
    Framework("deepagents", "Deep Agents", "`ChatAI302`, `AI302SearchTool`"),
    Framework(
        "langgraph-supervisor",
        "LangGraph Supervisor",
        "`ChatAI302`, `AI302SearchTool`, `AI302ImageTool`",
        ("langchain",),
    ),
    Framework("trustcall", "TrustCall", "`ChatAI302`"),
    Framework("langmem", "LangMem", "`ChatAI302`, `AI302Embeddings`"),
    Framework(
        "mem0ai",
        "mem0",
        "`ChatAI302`, `AI302Embeddings`",
        ("langchain",),
        "mem0's way to LangChain asks for JSON in its prompt alone: it drops `response_format`. "
        "Its search by words needs a model of spaCy, which is not installed here.",
    ),
    Framework(
        "ragas",
        "ragas",
        "`ChatAI302`, `AI302Embeddings`; OpenAI's client on `.../v1`",
        ("langchain-community<0.4.2",),
        "ragas 0.4.3 imports `langchain_community.chat_models.vertexai`, which langchain-community "
        "0.4.2 has no more, and does not say so in its requirements: "
        '`pip install "langchain-community<0.4.2"`.',
    ),
    Framework(
        "nemoguardrails",
        "NeMo Guardrails",
        "`ChatAI302`, `AI302Embeddings`",
        (),
        "Its own default, FastEmbed, loads weights from a hub: the class of eight lines in "
        "`with_nemoguardrails.py` has our embeddings take its place.",
    ),
    Framework(
        "crewai",
        "CrewAI",
        "OpenAI's client on `.../v1` for chat and embeddings, `AI302SearchTool`",
        (),
        "CrewAI takes no model of LangChain, and `Tool.from_langchain` only tools with a `func`, "
        "which no class of tools has: the class of five lines in `with_crewai.py` wraps ours. "
        "Or [the MCP server](mcp.md).",
    ),
    Framework(
        "smolagents",
        "smolagents",
        "OpenAI's client on `.../v1`, `Tool.from_langchain` of every tool, the MCP server",
        ("smolagents[openai,mcp]", "mcp<2"),
        "mcpadapt 0.1.19, which its `mcp` extra installs, imports a name that MCP's SDK 2 has no "
        'more: `pip install "mcp<2"`.',
    ),
)
