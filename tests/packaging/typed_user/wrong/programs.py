"""What a user writes by mistake: a strict checker must object to each line marked as wrong."""

from core_302 import (
    AI302Error,
    AsyncClient,
    AvatarRequest,
    ChatOptions,
    Client,
    EmbeddingOptions,
    ImageRequest,
    Settings,
    WebSearch,
)
from langchain_302 import (
    AI302Embeddings,
    AI302ImageTool,
    AI302SearchTool,
    AI302Toolkit,
    ChatAI302,
)
from llama_index_302 import AI302, AI302Embedding, AI302ToolSpec


def core(client: Client, error: AI302Error) -> None:
    """Mistakes with the core."""
    client.chat("gpt-4o", "Hello")  # wrong: a text is no list of messages
    client.chat("gpt-4o")  # wrong: nothing is asked
    client.chatt("gpt-4o", [])  # wrong: no such method
    Settings(apikey="x")  # wrong: no such setting
    Settings(api_key=302)  # wrong: a key is a text
    WebSearch(results="five")  # wrong: a number
    WebSearch(result=5)  # wrong: no such field
    ChatOptions(temperature="warm")  # wrong: a number
    ImageRequest(model="flux-dev")  # wrong: no prompt
    AvatarRequest(image=b"", person_type="woman")  # wrong: female, male or kid
    error.retry_afterwards  # wrong: no such attribute
    if error.billed == "perhaps":  # wrong: "no" or "maybe"
        return


async def awaited(client: AsyncClient) -> None:
    """Mistakes with the asynchronous client."""
    (await client.chat("gpt-4o", [])).text  # wrong: the text is in the choices
    client.embed(["a"], EmbeddingOptions(model="m")).vectors  # wrong: it is not awaited


def langchain(key: str) -> None:
    """Mistakes with LangChain."""
    model = ChatAI302(model="gpt-4o", api_key=key)
    ChatAI302(modle="gpt-4o")  # wrong: no such argument
    ChatAI302(model="gpt-4o", temperature="warm")  # wrong: a number
    ChatAI302(model="gpt-4o", web_search="yes")  # wrong: True or a WebSearch
    AI302Embeddings(dimensions="many", model="m")  # wrong: a number
    AI302ImageTool(max_images="five")  # wrong: a number
    AI302SearchTool(serach=None)  # wrong: no such setting
    AI302Toolkit(budget="a lot")  # wrong: a number
    AI302ImageTool(output_dir=5)  # wrong: a path
    answer: str = model.invoke("Hello")  # wrong: a message
    model.ballance()  # wrong: no such method
    print(answer)  # noqa: T201


def llama_index(key: str) -> None:
    """Mistakes with LlamaIndex."""
    llm = AI302(model="gpt-4o", api_key=key)
    AI302(modle="gpt-4o")  # wrong: no such argument
    AI302(model="gpt-4o", temperature="warm")  # wrong: a number
    AI302Embedding(model_name="m", dimensions="many")  # wrong: a number
    spec = AI302ToolSpec(api_key=key)
    spec.generate_image()  # wrong: no prompt
    spec.generate_image("x", size=5)  # wrong: a text
    spec.generate_image("x", width=5)  # wrong: no such argument
    spec.web_search(query=5)  # wrong: a text
    spec.aweb_search(5)  # wrong: a text
    llm.cost("Hello")  # wrong: a response
    answer: str = llm.complete("Hello")  # wrong: a response
    llm.chat("Hello")  # wrong: a text is no list of messages
    llm.tokens_left()  # wrong: no such method
    print(answer)  # noqa: T201
