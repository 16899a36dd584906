"""A LlamaIndex agent that reads an image, searches the web, draws an image and makes an avatar.

With AI302_API_KEY set it asks 302.AI, which costs money: at most 2 images are made. Without, the
local emulator answers. Run it with `.venv/bin/python cookbook/llama_index_agent.py`, after
`pip install ./core_302 ./llama_index_302 "./emulator_302[ocr]"`.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from needs import stop

try:
    from llama_index.core.agent.workflow import (
        AgentStream,
        FunctionAgent,
        ToolCall,
        ToolCallResult,
    )
    from llama_index.core.llms import ChatMessage, ImageBlock, TextBlock

    import emulator_302
    from llama_index_302 import AI302, AI302Error, AI302ToolSpec
except ModuleNotFoundError as missing:
    stop(missing, __doc__)


IMAGES = Path(__file__).parent / "images"
MODEL = "gpt-4o"
READER = "deepseek-chat"  # it has no eyes: the gateway's OCR reads images for it
LONGEST_RESULT = 300  # characters of a tool's answer that are printed
ABOUT_THE_RECEIPT = "What is the total on this receipt?"
TASKS = (
    "Use web_search to answer: what is in the news about AI today?",
    "Draw an image of a lighthouse at dusk.",
    "Make one Watercolor avatar of the woman in photo.png.",
)


def main() -> int:
    """Run the agent; return the exit code."""
    parser = argparse.ArgumentParser(description="An agent with every tool of 302.AI.")
    parser.add_argument("--output", type=Path, default=Path("images-made"), help="a folder")
    output = parser.parse_args().output
    try:
        emulator_302.stand_in()
        asyncio.run(run(output))
    except AI302Error as error:
        print(f"\n{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


async def run(output: Path) -> None:
    """Give the agent one task after another, and say what was made."""
    async with (
        AI302(model=MODEL) as llm,
        AI302(model=READER, ocr="auto") as reader,
        AI302ToolSpec(
            output_dir=output,
            allowed_dirs=[IMAGES],
            answering_model=READER,
            max_images=2,
            budget=1.0,
        ) as spec,
    ):
        shown = ImageBlock(path=IMAGES / "receipt.png")
        question = ChatMessage(role="user", blocks=[TextBlock(text=ABOUT_THE_RECEIPT), shown])
        await do(FunctionAgent(llm=reader), question)
        agent = FunctionAgent(tools=spec.to_tool_list(), llm=llm)
        for task in TASKS:
            await do(agent, ChatMessage(role="user", content=task))
        for report in spec.reports:
            for image in report.get("images", ()):  # a search has made none
                print(f"\nMade: {image['path'] or image['url']} ({report['cost']} PTC)")


async def do(agent: FunctionAgent, task: ChatMessage) -> None:
    """Let the agent do `task`, and print what happens as it happens."""
    print(f"\n== {task.content}")
    handler = agent.run(task)
    async for event in handler.stream_events():
        if isinstance(event, AgentStream):
            print(event.delta, end="", flush=True)
        elif isinstance(event, ToolCallResult):
            print(f"  <- {event.tool_output.content[:LONGEST_RESULT]}")
        elif isinstance(event, ToolCall):
            print(f"  -> {event.tool_name}({event.tool_kwargs})")
    await handler
    print()


if __name__ == "__main__":
    sys.exit(main())
