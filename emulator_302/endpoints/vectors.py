"""Vectors of texts, by hashing: texts that share words and n-grams of letters lie near each other.

No model takes part, so the same text has the same vector on every machine and in every run.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from emulator_302.rule_model.wording import STOP, stem, words

NGRAM = 3  # letters in an n-gram
WORD_WEIGHT = 3.0
NGRAM_WEIGHT = 1.0
SMALL_WORD_WEIGHT = 0.2
WITHOUT_SPACES = ("\u3040", "\u9fff")  # scripts without spaces between words: each character counts


def vector(text: str, dimensions: int) -> list[float]:
    """Return the vector of `text`: `dimensions` numbers, of length 1."""
    numbers = [0.0] * dimensions
    for feature, weight in _features(text):
        place, sign = _place(feature)
        numbers[place % dimensions] += sign * weight
    length = math.sqrt(sum(number * number for number in numbers))
    if not length:
        numbers[0] = length = 1.0  # a text without words
    return [number / length for number in numbers]


def nearness(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the cosine of the angle between two vectors of length 1."""
    return sum(map(float.__mul__, one, other))


def _features(text: str) -> Iterator[tuple[str, float]]:
    """Yield words and n-grams of letters; what is repeated counts by its square root."""
    counts = Counter(words(text))
    for word, number in counts.items():
        weight = math.sqrt(number)
        if word in STOP:
            yield word, weight * SMALL_WORD_WEIGHT
            continue
        yield stem(word), weight * WORD_WEIGHT
        length = 1 if WITHOUT_SPACES[0] <= word[0] <= WITHOUT_SPACES[1] else NGRAM
        padded = word if length == 1 else f"<{word}>"
        for start in range(len(padded) - length + 1):
            yield padded[start : start + length], weight * NGRAM_WEIGHT


@lru_cache(maxsize=65_536)
def _place(feature: str) -> tuple[int, int]:
    """Return where a feature counts, and whether it adds or takes away."""
    digest = hashlib.blake2b(feature.encode(), digest_size=8).digest()
    return int.from_bytes(digest[:7], "big"), 1 if digest[7] & 1 else -1
