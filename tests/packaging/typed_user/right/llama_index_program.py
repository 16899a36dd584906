"""What a user of LlamaIndex writes: it must pass strict checkers as it stands."""

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import LLM, ChatMessage
from llama_index.core.schema import Document
from llama_index.core.tools import BaseTool

from llama_index_302 import (
    AI302,
    AI302AudioReader,
    AI302Embedding,
    AI302EraseTool,
    AI302Error,
    AI302FileReader,
    AI302ImageReader,
    AI302Rerank,
    AI302SearchRetriever,
    AI302SearchTool,
    AI302ToolSpec,
    CostTracker,
    WebSearch,
)


def ask(key: str) -> str:
    """Ask in every way."""
    llm = AI302(
        model="gpt-4o",
        api_key=key,
        api_base="https://api.302.ai",
        timeout=30,
        max_retries=1,
        web_search=WebSearch(results=5),
    )
    anybodys: LLM = llm
    said: str = llm.complete("Hello").text
    said += anybodys.chat([ChatMessage(content="Hello")]).message.content or ""
    for piece in llm.stream_chat([ChatMessage(content="Hello")]):
        said += piece.delta or ""
    return said


def pay(llm: AI302) -> float:
    """Ask what it cost, and count tokens."""
    tracker = CostTracker(llm)
    cost: float = llm.cost(llm.complete("Hello"))
    tokens: int = llm.count_tokens([ChatMessage(content="Hello")])
    return cost + llm.balance() + tracker.bill().cost + tokens


def call_tools(key: str) -> list[BaseTool]:
    """Call tools from a program, and make those of an agent."""
    spec = AI302ToolSpec(api_key=key, search="exa")
    for block in spec.generate_image("a fox", aspect_ratio="16:9", output_format="png"):
        print(block.block_type)  # noqa: T201
    said: str = spec.web_search("Hello") + spec.read_image("scan.png", "What is the total?")
    print(said)  # noqa: T201
    return [
        *spec.to_tool_list(),
        AI302EraseTool(api_key=key),
        AI302SearchTool(api_key=key, answer_model="gpt-4o-mini"),
    ]


async def draw(spec: AI302ToolSpec) -> str:
    """Call tools, awaited."""
    blocks = await spec.agenerate_image("a fox", size="512x512", n=2)
    return await spec.aweb_search(f"{len(blocks)}")


async def ask_and_wait(llm: AI302) -> str:
    """Ask, awaited."""
    answer = await llm.achat([ChatMessage(content="Hello")])
    return answer.message.content or ""


def read(key: str) -> list[Document]:
    """Read, embed, rank, search, and make the tools of an agent."""
    embedding: BaseEmbedding = AI302Embedding(model_name="text-embedding-3-small", api_key=key)
    vector: list[float] = embedding.get_text_embedding("Hello")
    nodes = AI302SearchRetriever(api_key=key).retrieve(f"{len(vector)}")
    nodes = AI302Rerank(model="bge-reranker-v2-m3", api_key=key).postprocess_nodes(
        nodes, query_str="Hello"
    )
    tools = AI302ToolSpec(api_key=key, output_dir="images", max_images=5).to_tool_list()
    try:
        read = AI302FileReader(method="mineru", split_by="block", api_key=key).load_data("a.pdf")
        read += AI302AudioReader(split_by="passage", api_key=key).load_data("a.mp3")
        return read + AI302ImageReader(api_key=key).load_data("scan.png")
    except AI302Error as error:
        print(error.status, len(tools), len(nodes))  # noqa: T201
        return []
