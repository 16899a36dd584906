"""Where the browser of these tests is, and how it is started so that it asks nobody anything."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.async_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",  # Chromium refuses to run as root with it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = (
    "There is no Chromium for the tests of the page. Install it with `apt-get install chromium`, "
    "or with `.venv/bin/python -m playwright install chromium`."
)


async def launched(playwright: Playwright) -> Browser:
    """Start the machine's own Chromium, or Playwright's.

    Raises:
        FileNotFoundError: There is neither.
    """
    own = Path(playwright.chromium.executable_path)
    paths = [path for name in NAMES if (path := shutil.which(name))]
    if own.exists():
        paths.append(str(own))
    if not paths:
        raise FileNotFoundError(MISSING)
    return await playwright.chromium.launch(executable_path=paths[0], args=list(QUIET))
