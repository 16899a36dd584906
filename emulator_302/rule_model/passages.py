"""Answers from what stands in a conversation: the sentences of it that fit the question.

Nothing is invented: the answer is a sentence of the context, with its source's name if it has one,
or that the context does not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from emulator_302.rule_model.image_questions import ALSO
from emulator_302.rule_model.prompt_parts import NOUNS, Prompt, without_json
from emulator_302.rule_model.text_values import NUMBER_WORDS
from emulator_302.rule_model.wording import content_words, stem, word_set, words

NOT_THERE = "The context does not say."
MOST_SENTENCES = 3
SOURCE = re.compile(
    r"^[ \t]*(?:\[(?P<name>[^\[\]\n\"'][^\[\]\n]{0,80})\]|"
    r"(?:source|document|passage)[ \t]*#?(?P<number>\d+)[:.)]|"
    r"<(?:source|document|doc|passage)\b[^>\n]*?\b(?:id|index|name)=[\"']?(?P<id>[^\"'>\s]+)[^>\n]*>)"
    r"[ \t]*",
    re.IGNORECASE | re.MULTILINE,
)
LINE_LABEL = re.compile(
    rf"^\W*(?:[\w ]{{0,40}}\b)?(?:{NOUNS}|question|query|answer|instructions?)\b"
    rf"[^:\uff1a.!?\n]{{0,50}}[:\uff1a]\s*|^(?:{NOUNS})[:\uff1a]\s*",
    re.IGNORECASE,
)
NO_TEXT = re.compile(r"</?[\w ]{1,40}(?:\s[^<>\n]{0,200})?/?>|^\W+$|^#+[ \t]*", re.MULTILINE)
WRAPPED = re.compile(r"(?<=[\w,;])\n[ \t]*(?=[a-z])")
# What a prompt tells the model to do, which is no fact.
INSTRUCTS = re.compile(
    r"\W{0,20}(?:\d+\.\s{0,4})?(?:you|your|use|using|answer|if you|if the|given|based on|below|"
    r"here (?:is|are)|always|never|do not|don't|please|keep|cite|respond|reply|follow|avoid|"
    r"when in doubt|only|just|include|instruction|according|write|tell|be|return|"
    r"\u8bf7|\u6839\u636e|\u4f60)\b",
    re.IGNORECASE,
)
# Words of a question that are none of its answer, in the languages of the cookbook's pages.
OF_PROMPTS = word_set(
    "much many wann wie was wer wo welche welcher welches viel hoch ist die der das den dem ein "
    "eine "
    "answer question query context passage document text information following provided given "
    "according based using above below source article note user detailed snippet so"
)
WHOLE = re.compile(
    r"\bsummar|\boverview\b|\b(?:say|tell|talk) about it\b|\bwhat\b.{0,40}\babout\b", re.IGNORECASE
)
COUNTS = re.compile(
    r"\b(?:when|how (?:many|much|long|old|tall|high|far|big)|what (?:year|time|date|day))\b"
    r"|\u4f55\u65f6|\u54ea\u4e00?\u5e74|\u591a\u5c11|\u51e0",
    re.IGNORECASE,
)
COUNTED = re.compile(rf"\d|\b(?:{'|'.join(NUMBER_WORDS.split())})\b", re.IGNORECASE)
# A word that only says where, or of what: the flat in "the deposit of the flat".
ASIDE = re.compile(
    r"\b(?:of|at|in|on|for|from) (?:(?:the|an?|my|our|your|this) )?(\w+)", re.IGNORECASE
)
HAN = re.compile(r"[\u4e00-\u9fff]")
HAN_STOP = frozenset(
    "\u7684\u662f\u4e86\u5417\u5462\u5728\u54ea\u4e00\u4ec0\u4e48\u8c01\u591a\u5c11\u51e0\u4f55\u65f6\u8bf7\u95ee\u6709\u548c\u4e0e"
)
SHORTEST_ROOT, LONGEST_ENDING = 4, 3
ENOUGH = 0.5


@dataclass(frozen=True)
class Sentence:
    """A sentence of a context.

    Attributes:
        text: The sentence.
        around: The roots of the words of its passage.
        source: The name or number of its passage, or "".
        instructs: Whether it reads as an instruction of the prompt: another fitting one is better.
    """

    text: str
    around: frozenset[str]
    source: str = ""
    instructs: bool = False


def from_passages(prompt: Prompt) -> str | None:
    """Return the answer from what stands in a conversation; None if it holds no context."""
    sentences = [one for text in prompt.beside for one in sentences_in(text)]
    if not prompt.marked:
        sentences = [one for one in sentences if not one.instructs]
    if not sentences and not prompt.answered:
        return None
    found, fit = best(prompt.asked, sentences)
    if prompt.answered:
        kept = best(prompt.asked, [Sentence(prompt.answered, _roots(prompt.answered))])
        return found if fit > kept[1] and found else prompt.answered
    if not found and prompt.marked and WHOLE.search(prompt.asked):
        facts = [one.text for one in sentences if not one.instructs]
        return " ".join(facts[:MOST_SENTENCES])
    return found or (NOT_THERE if prompt.marked else None)


def sentences_in(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a text, without its instructions, labels and tags."""
    text = without_json(text).replace("\\n", "\n")  # some prompts print their texts as a list
    marks = list(SOURCE.finditer(text))
    for mark, end in zip([None, *marks], [*(one.start() for one in marks), len(text)], strict=True):
        source = (mark["name"] or mark["number"] or mark["id"]) if mark else ""
        for passage in re.split(r"\n\s*\n", text[mark.end() if mark else 0 : end]):
            around = _roots(passage)
            for sentence in _cut(passage):
                yield Sentence(sentence, around, source, bool(INSTRUCTS.match(sentence)))


@dataclass(frozen=True)
class _Wanted:
    """A word of a question: the roots that stand for it, and how much it counts.

    Attributes:
        roots: The roots.
        share: Its share in whether a sentence answers: less, if it only says where or of what.
        rarity: Its share in which sentence answers best: less, if many have it.
    """

    roots: frozenset[str]
    share: float
    rarity: float


def best(asked: str, sentences: Sequence[Sentence]) -> tuple[str, float]:
    """Return the sentences of one passage that answer a question best, and how well; else "", 0."""
    wanted = _wanted(asked, sentences)
    fits = [_fit(asked, wanted, sentence) for sentence in sentences]
    top = max(fits, default=0.0)
    if not top:
        return "", 0.0
    first = sentences[fits.index(top)]
    chosen = [
        one.text
        for one, fit in zip(sentences, fits, strict=True)
        if fit == top and (one.around, one.source) == (first.around, first.source)
    ]
    cited = f" [{first.source}]" if first.source else ""
    return "; ".join(list(dict.fromkeys(chosen))[:MOST_SENTENCES]) + cited, top


def _wanted(asked: str, sentences: Sequence[Sentence]) -> list[_Wanted]:
    said = [_roots(sentence.text) for sentence in sentences]
    aside = {word.lower() for word in ASIDE.findall(asked)}
    found = []
    for word in _asked_words(asked):
        roots = frozenset(stem(also) for also in (word, *ALSO.get(word, ())))
        many = sum(_has(roots, one) for one in said)
        found.append(_Wanted(roots, ENOUGH if word in aside else 1.0, 1 / max(1, many)))
    return found


def _fit(asked: str, wanted: Sequence[_Wanted], sentence: Sentence) -> float:
    """Return how well a sentence answers, 0 if it does not."""
    roots = _roots(sentence.text)
    here = [one for one in wanted if _has(one.roots, roots)]
    near = [one for one in wanted if one not in here and _has(one.roots, sentence.around)]
    whole = sum(one.share for one in wanted)
    if not here or sum(one.share for one in (*here, *near)) <= ENOUGH * whole:
        return 0.0
    rare = sum(one.rarity for one in here) + sum(one.rarity for one in near) / 2
    counted = COUNTS.search(asked) and COUNTED.search(sentence.text)
    # Of two sentences with the words, the one that holds little else fits.
    short = 0.01 / (1 + len(words(sentence.text)))
    fit = rare / sum(one.rarity for one in wanted) + (0.3 if counted else 0.0) + short
    return fit / 2 if sentence.instructs else fit


def _cut(passage: str) -> Iterator[str]:
    plain = WRAPPED.sub(" ", NO_TEXT.sub("", passage))
    for line in plain.splitlines():
        bare = LINE_LABEL.sub("", line)
        # A question of the context is kept with what answers it.
        for part in re.split(r"(?<=[.!])\s+(?=\S)|(?<=[\u3002\uff01])", bare):
            sentence = part.strip(" \t-*").removeprefix("['").removesuffix("']").strip("\"'")
            if words(sentence) and not sentence.endswith(":"):
                yield sentence


def _asked_words(asked: str) -> list[str]:
    return [
        part
        for word in content_words(asked)
        if word not in OF_PROMPTS and word.removesuffix("s") not in OF_PROMPTS
        for part in _parts(word)
        if part not in HAN_STOP
    ]


def _roots(text: str) -> frozenset[str]:
    return frozenset(stem(part) for word in words(text) for part in _parts(word))


def _parts(word: str) -> list[str]:
    """Return a word, or the signs of one that is written without spaces."""
    return HAN.findall(word) + re.findall(r"[^\u4e00-\u9fff]+", word)


def _has(meanings: frozenset[str], roots: frozenset[str]) -> bool:
    return any(_same(one, root) for one in meanings for root in roots)


def _same(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return short == long or (
        len(short) >= SHORTEST_ROOT
        and long.startswith(short)
        and len(long) - len(short) <= LONGEST_ENDING
    )
