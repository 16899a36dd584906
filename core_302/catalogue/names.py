"""Which entry of the catalogue a model's name means: its own, or one with harmless suffixes.

The rule it keeps: in doubt none. A model wrongly taken for one that cannot see is billed twice by
`ocr="auto"`, and loses its own sight. So nothing is inherited across a version number (`v3` says
nothing about `v3.2`), nor for a word that the entry does not list (`gpt-4` says nothing about
`gpt-4-plus`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

# The suffix of each of the gateway's options, in the order in which they are joined. The documents
# show `deepseek-r1-ocr-web-search` and `gpt-4o-r1-fusion-web-search`: web search stands last.
GATEWAY_SUFFIXES: Mapping[str, str] = {
    "ocr": "-ocr",
    "reasoning_fusion": "-r1-fusion",
    "file_parse": "-file-parse",
    "deep_search": "-deep-search",
    "web_search": "-web-search",
}

# What may follow the name of every entry: the day or month of a release, and where it is served.
_MONTH, _DAY = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
_ANYWHERE = (
    rf"20[0-9]{{2}}-{_MONTH}-{_DAY}",  # OpenAI, Alibaba
    rf"20[0-9]{{2}}{_MONTH}(?:{_DAY})?",  # Anthropic, Tencent; StepFun without the day
    rf"2[0-9]{_MONTH}{_DAY}",  # ByteDance, Zhipu
    rf"2[0-9]{_MONTH}",  # Mistral
    rf"{_MONTH}{_DAY}",  # OpenAI, DeepSeek
    rf"{_MONTH}-{_DAY}",  # Google
    rf"{_MONTH}-20[0-9]{{2}}",  # Google, Cohere
    "00[0-9]",  # Google's revisions
    "latest",
    "free",
)

# What may follow where the entry says so; each other word of its list stands for itself.
_KINDS: Mapping[str, str] = {
    "size": r"[0-9]+(?:\.[0-9]+)?b(?:-a[0-9]+(?:\.[0-9]+)?b)?",
    "context": "[0-9]+[km]",
    "tuning": "instruct|chat|it|base",
    "hosting": "fp8|bf16|int[48]|awq|gptq|gguf|maas|turbo|fast",  # the same weights elsewhere
    "preview": "preview|exp|beta",
}
_SEPARATOR = "[-:@_]"
_THINKING = re.compile(f"{_SEPARATOR}thinking(?![^-:@_])")


def without_gateway_suffixes(model: str) -> tuple[str, set[str]]:
    """Return `model` without the suffixes of the gateway's options, and the options they name."""
    present: set[str] = set()
    while ending := next(
        (n for n, suffix in GATEWAY_SUFFIXES.items() if model.endswith(suffix)), None
    ):
        model = model.removesuffix(GATEWAY_SUFFIXES[ending])
        present.add(ending)
    return model, present


def bare_name(model: str) -> str:
    """Return the name alone, in lower case, without a vendor or folder before it."""
    return model.lower().rpartition("/")[2]


def spelled_alike(name: str) -> str:
    """Return the one spelling of `claude-3.5` and `claude-3-5`, both of which are in use."""
    return name.replace(".", "-").replace("_", "-")


def beginnings(name: str) -> Iterator[tuple[str, str]]:
    """Yield the beginnings of `name` that end with a word of it, and the rests; longest first."""
    ends = [len(name), *(found.start() for found in reversed([*re.finditer(_SEPARATOR, name)]))]
    return ((spelled_alike(name[:end]), name[end:]) for end in ends)


def changes_no_fact(rest: str, suffixes: Sequence[str]) -> bool:
    """Return whether `rest`, which follows an entry's name, is made only of what may follow it."""
    return _pattern(tuple(suffixes)).fullmatch(rest) is not None


def says_thinking(rest: str) -> bool:
    """Return whether `rest` names the variant that reasons."""
    return _THINKING.search(rest) is not None


@lru_cache(maxsize=256)
def _pattern(suffixes: tuple[str, ...]) -> re.Pattern[str]:
    known = [_KINDS.get(suffix) or re.escape(suffix) for suffix in suffixes]
    return re.compile(f"(?:{_SEPARATOR}(?:{'|'.join((*_ANYWHERE, *known))}))*")
