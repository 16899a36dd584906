"""The quickstart: a LangChain agent reads an image with a model that cannot see, then the news.

With AI302_API_KEY set it asks 302.AI; without, the local emulator. Run it with `make demo`.
"""

from __future__ import annotations

import argparse
import base64
import sys
import time
from pathlib import Path
from typing import Any

from needs import stop

try:
    from langchain.agents import create_agent
    from langchain_core.messages import AIMessageChunk, HumanMessage

    import emulator_302
    from core_302 import Client
    from core_302.media_types import media_type_of
    from langchain_302 import AI302Error, ChatAI302, WebSearch
except ModuleNotFoundError as missing:
    stop(missing, __doc__)


IMAGE = Path(__file__).parent / "images" / "receipt.png"
MODEL = "deepseek-chat"  # it has no eyes: the gateway's OCR reads the image for it
ABOUT_THE_RECEIPT = "What is the total on this receipt?"
ABOUT_ANY_IMAGE = "What does this image say?"
ABOUT_THE_NEWS = "What is in the news about AI today?"


def main() -> int:
    """Run both questions; return the exit code."""
    asked = arguments()
    try:
        image = asked.image.read_bytes()
    except OSError as error:
        print(f"Cannot read the image: {error}", file=sys.stderr)
        return 1
    try:
        emulator_302.stand_in()
        print(f"\nImage: {asked.image}\nModel:   {MODEL}, which cannot see")
        question = asked.question
        if question is None:
            question = ABOUT_THE_RECEIPT if asked.image == IMAGE else ABOUT_ANY_IMAGE
        shown = {
            "type": "image",
            "base64": base64.b64encode(image).decode(),
            "mime_type": media_type_of(image) or "application/octet-stream",
        }
        ask(ChatAI302(model=MODEL, ocr="auto"), question, shown)
        ask(ChatAI302(model=MODEL, web_search=WebSearch(results=5)), ABOUT_THE_NEWS)
    except AI302Error as error:
        print(f"\n{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def ask(model: ChatAI302, question: str, *shown: dict[str, Any]) -> None:
    """Let an agent answer `question`, and print its answer as it comes."""
    print(f"\n\033[1m{question}\033[0m" if sys.stdout.isatty() else f"\n{question}")
    content: list[str | dict[Any, Any]] = [{"type": "text", "text": question}, *shown]
    started = time.monotonic()
    answer = None
    with model:
        stream = create_agent(model, tools=[]).stream(
            {"messages": [HumanMessage(content)]}, stream_mode="messages"
        )
        for chunk, _ in stream:
            if isinstance(chunk, AIMessageChunk):
                print(chunk.text, end="", flush=True)
                answer = chunk if answer is None else answer + chunk
    seconds = time.monotonic() - started
    assert isinstance(answer, AIMessageChunk), "an agent that ends without an error has answered"
    print()
    for number, source in enumerate(answer.response_metadata.get("citations", ()), start=1):
        print(f"  [{number}] {source['title'] or ''} {source['url']}".replace("  http", " http"))
    tokens = answer.usage_metadata or {"input_tokens": "?", "output_tokens": "?"}
    request_id = answer.response_metadata.get("request_id")
    print(
        f"  -- {tokens['input_tokens']} tokens in, {tokens['output_tokens']} out, "
        f"{seconds:.1f} s, cost {cost(request_id)}"
    )


def cost(request_id: str | None) -> str:
    """Return what the call cost, as far as the gateway tells."""
    if request_id is None:
        return "not known"
    try:
        with Client() as client:
            return f"{client.record(request_id).cost:.6f} PTC (1 PTC = 1 USD)"
    except AI302Error as error:  # the record may be late, or closed to this key
        return f"not known ({type(error).__name__})"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Read an image, then the news, with 302.AI.")
    parser.add_argument("--image", type=Path, default=IMAGE, help="an image of your own")
    parser.add_argument("--question", help="what to ask about it")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
