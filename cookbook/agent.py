"""An agent that draws: an image, two avatars from a photo, and a description of them.

With AI302_API_KEY set it asks 302.AI, which costs money: at most 4 images are made. Without, the
local emulator answers. The images are kept in a folder and shown as one contact sheet.
Run it with `.venv/bin/python cookbook/agent.py` after `make demo`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from needs import stop

try:
    from langchain.agents import create_agent
    from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
    from PIL import Image, ImageDraw, ImageFont

    import emulator_302
    from langchain_302 import AI302AvatarTool, AI302Error, AI302ImageTool, ChatAI302
except ModuleNotFoundError as missing:
    stop(missing, __doc__)


PHOTOS = Path(__file__).parent / "images"
MODEL = "gpt-4o"
TASK = (
    "Draw an image of a lighthouse at dusk. Then make two Watercolor avatars of the woman in "
    "photo.png and describe them."
)
TILE = 320  # pixels, the longest side of an image on the sheet
MARGIN = 16  # pixels
CAPTION = 28  # pixels


def main() -> int:
    """Run the agent; return the exit code."""
    asked = arguments()
    try:
        emulator_302.stand_in()
        images = run(asked.task, asked.output)
    except AI302Error as error:
        print(f"\n{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    sheet = contact_sheet([PHOTOS / "photo.png", *images])
    sheet.save(asked.output / "contact-sheet.png")
    print(f"\nAll of them on one sheet: {asked.output / 'contact-sheet.png'}")
    return 0


def run(task: str, output: Path) -> list[Path]:
    """Let an agent do `task`, print what it does, and return the images that it made."""
    print(f"\nTask: {task}\n")
    limits: dict[str, Any] = {"output_dir": output, "max_images": 4, "budget": 1.0}
    with (
        ChatAI302(model=MODEL) as model,
        AI302ImageTool(**limits) as draw,
        AI302AvatarTool(**limits, allowed_dirs=(PHOTOS,)) as portray,
    ):
        agent = create_agent(model, tools=[draw, portray])
        images: list[Path] = []
        for update in agent.stream({"messages": [HumanMessage(task)]}, stream_mode="updates"):
            for step in update.values():
                for message in step["messages"]:
                    images += tell(message)
    return images


def tell(message: Any) -> list[Path]:
    """Print one step of the agent; return the images that it brought."""
    if isinstance(message, AIMessage):
        for call in message.tool_calls:
            given = ", ".join(f"{name}={value!r}" for name, value in call["args"].items())
            print(f"-> {call['name']}({given})")
        if message.text:
            print(f"\n{message.text}")
    if isinstance(message, ToolMessage):
        print(f"<- {message.text}")
        if message.artifact:
            print(f"   cost {message.artifact['cost']} PTC (1 PTC = 1 USD)")
            return [Path(p["path"]) for p in message.artifact["images"] if p["path"]]
    return []


def contact_sheet(paths: list[Path]) -> Image.Image:
    """Return one image that shows all of `paths` beside each other, with their names."""
    step = TILE + MARGIN
    sheet = Image.new("RGB", (MARGIN + step * len(paths), step + MARGIN + CAPTION), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for place, path in enumerate(paths):
        left = MARGIN + step * place
        with Image.open(path) as image:
            tile = image.convert("RGB")
        tile.thumbnail((TILE, TILE))
        sheet.paste(tile, (left + (TILE - tile.width) // 2, MARGIN + (TILE - tile.height) // 2))
        pen.text((left, step + 4), path.stem[:40], fill="black", font=font)
    return sheet


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="An agent that draws and makes avatars.")
    parser.add_argument("--task", default=TASK, help="what the agent is to do")
    parser.add_argument("--output", type=Path, default=Path("images"), help="where to keep them")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
