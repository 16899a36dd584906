"""One run of a rival, in its own environment: prints its seconds and its peak memory as JSON.

    python benchmarks/reading/rivals.py parser http://127.0.0.1:8000 20

`parser` is LangChain's `LLMImageBlobParser` on `ChatOpenAI`; `loop` calls the model for each
image; `batch` hands all of them to the model's `batch`, eight at once.
"""

from __future__ import annotations

import argparse
import base64
import json
import resource
import time
import warnings
from importlib.metadata import version
from typing import Any

from images import image
from langchain_core.documents.base import Blob
from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI

AT_ONCE = 8
KIB = 1024
PROMPT = "Transcribe all text in this image."


def asking(number: int) -> list[HumanMessage]:
    """Return what is said to the model about an image."""
    url = "data:image/png;base64," + base64.b64encode(image(number)).decode()
    shown = {"type": "image_url", "image_url": {"url": url}}
    return [HumanMessage(content=[{"type": "text", "text": PROMPT}, shown])]


def parse(model: ChatOpenAI, count: int) -> int:
    """Read with LangChain's parser; return how many pages there were."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from langchain_community.document_loaders.parsers.images import (  # noqa: PLC0415
            LLMImageBlobParser,
        )
    parser = LLMImageBlobParser(model=model)
    pages = 0
    for number in range(count):
        blob = Blob.from_data(image(number), mime_type="image/png")
        pages += len(list(parser.lazy_parse(blob)))
    return pages


def loop(model: ChatOpenAI, count: int) -> int:
    """Ask for one image after another."""
    return sum(bool(model.invoke(asking(number)).content) for number in range(count))


def batch(model: ChatOpenAI, count: int) -> int:
    """Hand over all images."""
    given: list[Any] = [asking(number) for number in range(count)]
    return len(model.batch(given, config={"max_concurrency": AT_ONCE}))


def main() -> None:
    """Do what the command line says."""
    ways = {"parser": parse, "loop": loop, "batch": batch}
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("way", choices=ways)
    asked.add_argument("url")
    asked.add_argument("count", type=int)
    given = asked.parse_args()
    model = ChatOpenAI(model="m", base_url=f"{given.url}/v1", api_key="test-key-not-real")
    start = time.perf_counter()
    assert ways[given.way](model, given.count) == given.count
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB
    packages = ("langchain-openai", "langchain-community", "openai")
    versions = {name: version(name) for name in packages}
    print(json.dumps({"seconds": seconds, "peak_mib": peak, "versions": versions}))


if __name__ == "__main__":
    main()
