"""Where the browser of these tests is, and how it is started so that it asks nobody anything."""

from __future__ import annotations

import shutil

from playwright.async_api import Browser, Playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",  # Chromium refuses to run as root with it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
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
    path = found(playwright.chromium.executable_path)
    return await playwright.chromium.launch(executable_path=path, args=list(QUIET))


def found(playwrights_own: str) -> str:
    """Return where Chromium is.

    Raises:
        FileNotFoundError: There is none.
    """
    for name in (*NAMES, playwrights_own):
        path = shutil.which(name)
        if path is not None:
            return path
    raise FileNotFoundError(MISSING)
