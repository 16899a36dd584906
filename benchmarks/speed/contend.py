"""Runs one piece of work for one contender, in its own process, and prints the figures as JSON."""

from __future__ import annotations

import json
import resource
import sys
from importlib.metadata import PackageNotFoundError, version

from benchmarks.speed.contenders import CONTENDERS, PACED_ONLY
from benchmarks.speed.paced import paced
from benchmarks.speed.work import WORK

LIBRARIES = (
    "core-302",
    "httpx",
    "aiohttp",
    "langchain-core",
    "langchain-openai",
    "langchain-openrouter",
    "llama-index-core",
    "llama-index-llms-openai",
    "llama-index-llms-openai-like",
    "openai",
    "litellm",
    "pydantic",
)


def main() -> None:
    """Do the work that the command line names."""
    name, work, url, *more = sys.argv[1:]
    contender = {**CONTENDERS, **PACED_ONLY}[name]
    if work == "paced":
        figures = paced(contender, url, int(more[0]), collector=more[1] == "on")
    else:
        figures = WORK[work](contender, url)
    figures[f"{work}_peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"figures": figures, "versions": versions()}))


def versions() -> dict[str, str]:
    """Return the versions of the libraries that are installed here."""
    found = {}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    main()
