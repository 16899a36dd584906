"""The page as its users start it, `python cookbook/studio.py`, in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "cookbook" / "studio.py"
# What this machine may have set, and no test wants.
SETTINGS = ("AI302_API_KEY", "AI302_BASE_URL", "AI302_TRUSTED_HOSTS")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def named(words: str) -> re.Pattern[str]:
    """Return what an option of a list is called: its name, with what is known of it."""
    return re.compile(rf"^{re.escape(words)}( · .*)?$")


@dataclass(frozen=True)
class Served:
    """A page that runs.

    Attributes:
        url: Its address.
        said: What it printed when it started.
        process: The process.
    """

    url: str
    said: str
    process: subprocess.Popen[str]


@contextmanager
def served(folder: Path, settings: Mapping[str, str]) -> Iterator[Served]:
    """Serve the page while the block lasts.

    Args:
        folder: Where it works and keeps its temporary files.
        settings: The variables of the environment that it is told of the gateway.
    """
    known = {
        name: value
        for name, value in os.environ.items()
        if name.upper() not in (*SETTINGS, *PROXIES)
    }
    process = subprocess.Popen(
        [sys.executable, str(PAGE)],
        cwd=folder,
        env={**known, "TMPDIR": str(folder), **settings},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None, "it was asked for"
    try:
        said = ""
        while "(Ctrl+C" not in said:
            line = process.stdout.readline()
            assert line, f"the page ended before it was served: {said}"
            said += line
        address = re.search(r"Studio: +(http://\S+?)/? ", said)
        assert address is not None, said
        yield Served(address[1], said, process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        process.stdout.close()
