"""What a user of LangChain writes: it must pass strict checkers as it stands."""

from pathlib import Path

from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool
from pydantic import BaseModel

from langchain_302 import (
    AI302AudioLoader,
    AI302AvatarTool,
    AI302EditImageTool,
    AI302Embeddings,
    AI302Error,
    AI302FileLoader,
    AI302ImageLoader,
    AI302ImageTool,
    AI302ReadImageTool,
    AI302Rerank,
    AI302SearchRetriever,
    AI302SearchTool,
    AI302Toolkit,
    AI302UpscaleTool,
    ChatAI302,
    WebSearch,
)


class City(BaseModel):
    """A city."""

    name: str


def ask(key: str) -> str:
    """Ask in every way."""
    model = ChatAI302(
        model="gpt-4o",
        api_key=key,
        base_url="https://api.302.ai",
        temperature=0.2,
        timeout=30,
        max_retries=1,
        ocr="auto",
        web_search=WebSearch(results=5),
    )
    chat: BaseChatModel = model
    answer: AIMessage = model.invoke("Hello", web_search=False)
    said: str = answer.text
    for piece in chat.stream("Hello"):
        said += piece.text
    city = model.with_structured_output(City).invoke("Which city is the capital of France?")
    cost: float = model.cost(answer)
    return f"{said} {city} {cost} {model.balance()}"


async def ask_and_wait(model: ChatAI302) -> list[str]:
    """Ask, awaited."""
    first = await model.ainvoke("Hello")
    return [first.text, *[piece.text async for piece in model.astream("Hello")]]


def tools(key: str) -> list[BaseTool]:
    """Make the tools of an agent."""
    return [
        AI302ImageTool(api_key=key, output_dir=Path("images"), max_images=5),
        AI302EditImageTool(api_key=key, model="gpt-image-2", more_models=["wan2.7-image"]),
        AI302UpscaleTool(api_key=key, allowed_dirs=["photos"], budget=1),
        AI302AvatarTool(api_key=key, output_dir="avatars", allowed_dirs=["photos"]),
        AI302SearchTool(api_key=key, provider="exa", max_results=5),
        AI302ReadImageTool(api_key=key, ocr="auto", model="gpt-4o-mini"),
        *AI302Toolkit(api_key=key, budget=1, only=["web_search"]).get_tools(),
    ]


def read(key: str) -> list[Document]:
    """Read, embed, rank, search."""
    vector: list[float] = AI302Embeddings(model="text-embedding-3-small", api_key=key).embed_query(
        "x"
    )
    retriever: BaseRetriever = AI302SearchRetriever(api_key=key)
    found = retriever.invoke(f"{len(vector)}")
    try:
        with AI302ImageLoader(sources="scans/*.png", on_error="skip", api_key=key) as loader:
            found += loader.load()
        found += AI302FileLoader(sources=["a.docx"], method="mineru", api_key=key).load()
        found += AI302AudioLoader(sources="a.mp3", split_by="passage", api_key=key).load()
    except AI302Error as error:
        print(error.status, error.partial_text)  # noqa: T201
    return list(AI302Rerank(model="bge-reranker-v2-m3", api_key=key).compress_documents(found, "x"))
