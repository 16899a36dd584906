"""What a user of the core writes: it must pass strict checkers as it stands."""

import asyncio

from core_302 import (
    AI302Error,
    AsyncClient,
    AvatarRequest,
    ChatOptions,
    Client,
    EmbeddingOptions,
    ImageRequest,
    RateLimitError,
    RerankOptions,
    Settings,
    WebSearch,
)


def ask(key: str) -> str:
    """Ask once, and again in pieces."""
    settings = Settings(api_key=key, timeout=30, max_retries=1)
    with Client(settings) as client:
        options = ChatOptions(temperature=0.2, web_search=WebSearch(results=5))
        answer = client.chat("gpt-4o", [{"role": "user", "content": "Hello"}], options)
        pieces = client.stream_chat("gpt-4o", [{"role": "user", "content": "Hello"}])
        said = "".join(piece.text for piece in pieces if piece.text)
        return answer.choices[0].text + said


def draw(client: Client) -> list[str]:
    """Draw, portray, and say what may have been billed."""
    links: list[str | None] = []
    try:
        job = client.generate_image(
            ImageRequest(prompt="a fox", model="flux-dev", images=["a.png"])
        )
        links += [image.link for image in job.images]
        links += [image.link for image in client.generate_avatars(_portrait()).images]
    except RateLimitError as error:
        seconds: float | None = error.retry_after
        links.append(f"wait {seconds}")
    except AI302Error as error:
        links.append(f"{error.status}, billed: {error.billed}, {error.request_id}")
    return [link for link in links if link is not None]


def _portrait() -> AvatarRequest:
    return AvatarRequest(
        image="https://example.com/a.png", person_type="female", custom_prompt="a knight"
    )


async def look_up() -> tuple[float, str]:
    """Embed and rank, awaited."""
    async with AsyncClient(Settings.from_env()) as client:
        vectors = await client.embed(["one"], EmbeddingOptions(model="text-embedding-3-small"))
        ranking = await client.rerank("q", ["a", "b"], RerankOptions(model="bge-reranker-v2-m3"))
        async for piece in client.stream_chat("gpt-4o", [{"role": "user", "content": "Hello"}]):
            print(piece.text)  # noqa: T201
        return vectors.vectors[0][0], repr(ranking)


if __name__ == "__main__":
    asyncio.run(look_up())
