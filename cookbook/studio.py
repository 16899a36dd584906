"""A page to try 302.AI on: chat with any model, compare several, draw, extract tables, call tools.

With AI302_API_KEY set it asks 302.AI, which costs money; without, the local emulator answers. The
page is for this machine only, and what was dropped in or drawn is deleted when it ends.
Run it with `make studio`, or `.venv/bin/python cookbook/studio.py` after that.
"""

from __future__ import annotations

import argparse
import asyncio
import atexit
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from needs import stop

try:
    import emulator_302
    from core_302 import AsyncClient, Settings
    from langchain_302 import AI302Error, ChatAI302
except ModuleNotFoundError as missing:
    stop(missing, __doc__)

# Gradio reads these when it is imported, and makes folders in the one for its files.
FOLDER = Path(tempfile.mkdtemp(prefix="studio-302-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ["GRADIO_TEMP_DIR"] = str(FOLDER)  # what visitors drop in
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"

try:
    from starlette.middleware import Middleware
    from studio_page.asking import DEFAULT_MODEL, Gateway
    from studio_page.drawing import SAMPLE, Easel
    from studio_page.look import NAMES, STYLES, theme
    from studio_page.page import Place, page
    from studio_page.serving import OnlyThisMachine
    from studio_page.workbench import Workbench
except ModuleNotFoundError as missing:
    stop(missing, __doc__)

ADDRESS = "127.0.0.1"  # this machine alone: the page spends the money of whoever started it
LARGEST_UPLOAD = "20mb"


def main() -> int:
    """Serve the page until it is stopped; return the exit code."""
    port = arguments().port
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    try:
        with place() as where, served(where, port) as address:
            print(f"Gateway: {where.name}. {where.about}")
            print(f"Studio:  {address}  (Ctrl+C ends it)", flush=True)
            ended.wait()
    except (AI302Error, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def served(where: Place, port: int | None) -> Iterator[str]:
    """Serve the page while the block lasts."""
    drawn = FOLDER / "drawn"
    with ExitStack() as stack:
        chat = stack.enter_context(ChatAI302(model=DEFAULT_MODEL))
        client = AsyncClient(Settings.from_env())
        stack.callback(lambda: asyncio.run(client.aclose()))
        easel = Easel(drawn)
        stack.callback(easel.close)
        bench = Workbench(FOLDER / "made")
        stack.callback(bench.close)
        blocks = page(where, Gateway(chat, client, drawn), easel, bench)
        stack.callback(blocks.close, verbose=False)
        _, address, _ = blocks.launch(
            server_name=ADDRESS,
            server_port=port,
            share=False,
            ssr_mode=False,
            quiet=True,
            prevent_thread_lock=True,
            max_file_size=LARGEST_UPLOAD,
            allowed_paths=[str(drawn), str(bench.folder), str(SAMPLE.parent)],
            footer_links=[],
            run_history=False,
            theme=theme(),
            css_paths=STYLES,
            js=NAMES,
            app_kwargs=app_settings(),
        )
        yield address


def app_settings() -> dict[str, Any]:
    """Return what the web application is told: no pages of an API, and who may use it."""
    no_pages = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    return {**no_pages, "middleware": [Middleware(OnlyThisMachine)]}


@contextmanager
def place() -> Iterator[Place]:
    """Say which gateway answers; without a key, run the emulator while the block lasts."""
    if os.environ.get("AI302_API_KEY"):
        host = Settings.from_env().base_url.partition("://")[2]
        yield Place(host, "Answers and images cost money.", "Costs money.", emulator=False)
        return
    about = (
        "Not 302.AI: it answers by rules, and its prices and news are invented. Its OCR is real."
    )
    with emulator_302.running() as local:
        os.environ["AI302_BASE_URL"] = local.base_url
        os.environ["AI302_API_KEY"] = local.api_key
        os.environ["AI302_TRUSTED_HOSTS"] = local.file_host
        yield Place("Local emulator", about, "Not 302.AI: answers by rules", emulator=True)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="A page to try 302.AI on.")
    parser.add_argument("--port", type=int, help="the page's port; by default the first free one")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
