"""What a model reads of the tools: one of them fits a request, and no other fits as well.

The judge knows words alone, as a tool retriever does: those that a description shares with the
request, each worth the more the fewer tools use it. A language model knows more; `make live` asks
one.
"""

import math
import re
from collections import Counter

import pytest

from benchmarks.live.tool_questions import REQUESTS
from core_302.tools.capabilities import CAPABILITIES

ENDINGS = ("ings", "ing", "ed", "es", "e", "s")
# Words of grammar, which say nothing of a tool.
GRAMMAR = {
    *("about", "an", "and", "are", "as", "at", "be", "by", "for", "from", "has", "how", "if", "in"),
    *("into", "is", "it", "its", "my", "of", "on", "or", "say", "so", "such", "that", "the"),
    *("them", "there", "these", "they", "this", "to", "two", "want", "what", "which", "who"),
    *("with", "would", "you", "your"),
}
# Nouns of a request that stand for a kind of file.
KINDS = {
    "png": "image", "jpg": "image", "jpeg": "image", "picture": "image", "illustration": "image",
    "mp3": "recording", "wav": "recording", "m4a": "recording",
    "docx": "word", "xlsx": "excel", "https": "address",
}  # fmt: skip


def stems(text):
    """Return the words of a text, without endings."""
    words = re.findall(r"[a-z0-9]{2,}", text.lower().replace("_", " "))
    return [stem(KINDS.get(word, word)) for word in words if word not in GRAMMAR]


def stem(word):
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def read(capability):
    """Return what a model reads of a tool, as stems; its name counts twice."""
    fields = capability.arguments(capability.settings(), True).model_fields
    about = [f"{name} {field.description}" for name, field in fields.items()]
    name = f"{capability.name} {capability.name}"
    return Counter(stems(f"{name} {capability.description}") * 2 + stems(" ".join(about)))


TOOLS = {capability.name: read(capability) for capability in CAPABILITIES}
USED_BY = Counter(word for tool in TOOLS.values() for word in tool)


def fit(request, tool):
    """Return how well a tool's words fit a request: BM25, as search engines count."""
    average = sum(tool.total() for tool in TOOLS.values()) / len(TOOLS)
    length = 0.25 + 0.75 * tool.total() / average
    score = 0.0
    for word in set(stems(request)):
        rarity = math.log(1 + (len(TOOLS) - USED_BY[word] + 0.5) / (USED_BY[word] + 0.5))
        score += rarity * tool[word] * 2.5 / (tool[word] + 1.5 * length)
    return score


def test_there_are_requests_for_every_tool():
    assert [*REQUESTS] == [capability.name for capability in CAPABILITIES]


@pytest.mark.parametrize(
    ("meant", "request_"), [(name, one) for name, all_ in REQUESTS.items() for one in all_]
)
def test_no_other_tool_fits_a_request_as_well(meant, request_):
    fits = {name: fit(request_, tool) for name, tool in TOOLS.items()}
    first, second = sorted(fits, key=fits.get, reverse=True)[:2]
    assert first == meant, (fits[first], fits[meant])
    assert fits[second] < 0.9 * fits[first], (second, fits[second], fits[first])


def alike(one, other):
    """Return the cosine of two tools' words, weighted by rarity."""
    weights = {word: math.log(1 + len(TOOLS) / USED_BY[word]) for word in USED_BY}
    product = sum(one[word] * other[word] * weights[word] ** 2 for word in one)
    lengths = [
        math.sqrt(sum((count * weights[word]) ** 2 for word, count in tool.items()))
        for tool in (one, other)
    ]
    return product / math.prod(lengths)


def test_no_two_tools_are_described_alike():
    pairs = {
        (one, other): alike(TOOLS[one], TOOLS[other])
        for one in TOOLS
        for other in TOOLS
        if one < other
    }
    most = max(pairs, key=pairs.get)
    assert pairs[most] < 0.6, (most, pairs[most])
