"""How often a paid image is ordered when something goes wrong, beside the OpenAI SDK.

Each fault is played by a real socket, which counts the requests that order an image. Both clients
keep their defaults (two retries); the time limit alone is shortened. Run it with `make paid`: it
writes `docs/evidence/paid-jobs.md`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from core_302 import AI302Error, Client, ImageRequest, Settings
from tests.scripted_server import Close, Reset, Script, Stall, reply, scripted_server

PAGE = Path("docs/evidence/paid-jobs.md")
SECONDS = 3.0  # the time limit of a call
RIVAL = """
import sys, openai
print(openai.__version__)
client = openai.OpenAI(api_key="test-key-not-real", base_url=sys.argv[1] + "/v1", timeout=3.0)
try:
    client.images.generate(prompt="a fox", model="gpt-image-1")
    print("an answer")
except Exception as error:
    print(f"{type(error).__name__}: {error}"[:90])
"""
CUT = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"
FAULTS: dict[str, list[object]] = {
    "no answer within the time limit": [Stall],
    "the connection is closed without an answer": [Close],
    "the connection is reset": [Reset],
    "the response is cut off": [CUT, Close],
    "500": reply(500, {"error": {"err_code": -10003, "message": "Network error"}}),
    "502": reply(502, b"bad gateway", media_type="text/html"),
    "504": reply(504, b"gateway time-out", media_type="text/html"),
    "503 with -10008 (no such model)": reply(
        503, {"error": {"err_code": -10008, "message": "No available models currently"}}
    ),
    "429 (nothing was done)": reply(429, {"error": {"message": "slow down"}}),
    "422": reply(422, {"error": {"message": "Parameter error"}}),
    "200 with an error": reply(200, {"error": {"err_code": -10003, "message": "Network error"}}),
    "200 without an image": reply(200, {"created": 1, "data": [{"url": "", "b64_json": ""}]}),
}
HEAD = """# A paid job is sent once

What happens when an image is ordered and something goes wrong: how often the server received the
order, and what the user of each client sees. Written by `make paid`; both clients have their
default of two retries. The gateway may have made and billed an image for each order, except for the
refused ones (429, 422, 503 with -10008).

"""


def main() -> None:
    """Play every fault to both clients, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rival-python", required=True, help="a Python that has the OpenAI SDK")
    python = parser.parse_args().rival_python
    rows, rival_version = [], ""
    for fault, steps in FAULTS.items():
        orders, said = counted(steps, by_us)
        more, answer = counted(steps, lambda url: by_the_sdk(python, url))
        rival_version, _, rival_said = answer.partition("\n")
        rows.append(f"| {fault} | {orders} | {short(said)} | {more} | {short(rival_said)} |")
        print(rows[-1])
    ours, theirs = f"orders, core-302 {version('core-302')}", f"orders, openai {rival_version}"
    table = [f"| fault | {ours} | what its user sees | {theirs} | what its user sees |"]
    PAGE.write_text(HEAD + "\n".join([*table, "|---|---|---|---|---|", *rows]) + "\n", "utf-8")


def counted(steps: list[object], order: Callable[[str], str]) -> tuple[int, str]:
    """Return how many requests the server saw, and what the client said in the end."""
    script: Script
    with scripted_server() as script:
        script.answer(steps)
        said = order(script.url)
        return len(script.seen), said


def by_us(url: str) -> str:
    """Order an image by the core, which the tools of both frameworks use."""
    settings = Settings(api_key="test-key-not-real", base_url=url, timeout=SECONDS)
    with Client(settings) as client:
        try:
            client.generate_image(ImageRequest(prompt="a fox", model="gpt-image-1"))
        except AI302Error as error:
            return f"{type(error).__name__}, billed: {error.billed}"
    return "an answer"


def by_the_sdk(python: str, url: str) -> str:
    """Order an image by the OpenAI SDK, in its own environment."""
    done = subprocess.run(  # noqa: S603
        [python, "-c", RIVAL, url], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def short(text: str) -> str:
    """Return a text as one cell of a table."""
    return " ".join(text.split()).replace("|", "/")


if __name__ == "__main__":
    sys.exit(main())
