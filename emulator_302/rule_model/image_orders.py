"""Orders of images: which instructions of a request want one, and their details.

A request is cut into instructions; verb and noun choose the tool, and the words fill its arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emulator_302.endpoints.image_models import image_models
from emulator_302.rule_model.conversation import Tool
from emulator_302.rule_model.text_values import NUMBER_WORDS, SPELLED
from emulator_302.rule_model.wording import sentences, word_set, words

PORTRAITS = word_set("avatar avatars headshot headshots portrait portraits")
IMAGE_NOUNS = word_set(
    """picture pictures image images photo photos drawing drawings painting paintings illustration
    illustrations poster posters logo sketch"""
)
DRAWS = word_set("draw paint sketch illustrate render depict")
MAKES = DRAWS | word_set("make create generate design produce turn give want need transform do")
MAKERS = DRAWS | word_set("make create generate produce turn transform makes creates generates")
ASKS = re.compile(r"^\W*(?:what|why|who|where|when|which|how|is|are|does|did)\b", re.IGNORECASE)
INSTRUCTIONS = re.compile(
    r"(?<=[.!?;])\s+(?:(?:and|then|also|next|finally)\b,?\s*)*|,?\s+(?:and\s+)?then\s+|"
    r",?\s+and\s+(?:also\s+)?(?=(?:" + "|".join(sorted(MAKES)) + r"|describe|tell|show)\b)",
    re.IGNORECASE,
)
EXTENSION = r"(?:png|jpe?g|webp|gif|bmp)"
FILE = re.compile(
    rf"data:image/[^\s\"'<>]+|https?://[^\s\"'<>,)]*[^\s\"'<>,).!?;:]|"
    rf"(?<![~\w./\\-])[~\w./\\-]{{0,500}}\w\.{EXTENSION}\b",
    re.IGNORECASE,
)
SIZE = re.compile(r"\b(\d{2,4})\s*[x\u00d7]\s*(\d{2,4})\b(?:\s*(?:pixels?|px))?", re.IGNORECASE)
RATIO = re.compile(
    r"(?:\b(?:with|in)\s+)?(?:an?\s+)?(?:aspect\s+ratio\s+(?:of\s+)?|format\s+)?"
    r"(?<![\d:])([1-9]\d?:[1-9]\d?)(?![\d:])(?:\s+(?:format|aspect ratio))?",
    re.IGNORECASE,
)
FORMAT = re.compile(
    r"(?<![\w.])(?:(?:as|in)\s+)?(?:an?\s+)?\b(png|jpe?g|webp)\b(?:\s+(?:format|file|image))?",
    re.IGNORECASE,
)
MODEL = re.compile(
    r"(?:\b(?:with|using|by)\s+|\band\s+)?(?:the\s+)?(?:model\s+)?(?<!\w)([a-z\d][\w.]*(?:-[\w.]*\w)+)"
)
NEGATIVE = re.compile(
    r"\b(?:without|avoiding|but no)\s+(?:any\s+)?([^,.;!?]+?)(?=\s+(?:as|in)\s|[,.;!?]|$)",
    re.IGNORECASE,
)
ROLE = re.compile(r"\bas\s+((?:an?|the)\s+[^,.;!?]+)", re.IGNORECASE)
QUOTED = re.compile(r"[\"\u201c]([^\"\u201c\u201d]+)[\"\u201d]")
NUMBER = rf"(?:an?|the|my|some|\d{{1,2}}|{'|'.join(NUMBER_WORDS.split())})"
KIND = (
    rf"(?:{NUMBER}\s+)?(?:[\w-]+\s+){{0,3}}?(?:{'|'.join(sorted(IMAGE_NOUNS))})\b"
    r"(?:\s+(?:of|showing|with|that\s+shows|about|for|from)\b)?"
)
HEAD = re.compile(
    rf"^.*?\b(?:{'|'.join(sorted(MAKES))})\b(?:\s+(?:me|us|to\s+have)\b)?(?:\s+{KIND})?|^\W*{KIND}",
    re.IGNORECASE,
)
NAMED = re.compile(
    rf"\W*(?:{NUMBER}\s+)?(?:{'|'.join(sorted(PORTRAITS | IMAGE_NOUNS))})\b", re.IGNORECASE
)
PEOPLE: Mapping[str, frozenset[str]] = {
    "kid": word_set("kid kids child boy girl baby son daughter toddler children teenager"),
    "female": word_set(
        "female woman women lady she her mother wife sister queen actress mum mom girlfriend"
    ),
    "male": word_set("male man men gentleman guy he him his father husband brother king dad"),
}


@dataclass(frozen=True)
class Order:
    """One instruction that wants images, and the tool that makes them."""

    tool: Tool
    text: str
    whole: str

    def arguments(self, made: Sequence[str]) -> dict[str, Any] | None:
        """Return what to call the tool with; `None` if it needs an image that is still to come.

        Args:
            made: The tool results so far: where an image comes from that the text calls "it".
        """
        found: dict[str, Any] = {}
        for key, inner in self._keys.items():
            members = _members(inner, self.tool.schema)
            value = self._member(members) if members else self._value(key)
            if value is not None:
                found[key] = value
        for key in self.tool.schema.get("required", ()):
            if key in found:
                continue
            value = self._needed(key, made)
            if value is None:
                return None
            found[key] = value
        if "style" in found:
            # A named style is enough; a custom prompt would override it.
            found.pop("custom_prompt", None)
        return found

    def _needed(self, key: str, made: Sequence[str]) -> Any:
        members = _members(self._keys.get(key), self.tool.schema)
        if members:
            return members[0]
        if set(words(key)) & (IMAGE_NOUNS | {"file", "url", "path"}):
            said = [self.whole, *reversed(made)]
            found = next((one[0] for text in said if (one := FILE.search(text))), None)
            return [found] if found and _is_list(self._keys.get(key)) else found
        return self.text

    def _member(self, members: Sequence[Any]) -> Any:
        """Return the member that the text names, by its name or by a word for such a person."""
        plain = f" {' '.join(words(FILE.sub(' ', self.text)))} "
        for member in sorted(members, key=lambda one: -len(str(one))):
            name = " ".join(words(str(member)))
            if name and f" {name} " in plain:
                return member
        said = set(plain.split())
        return next((one for one in PEOPLE if one in members and said & PEOPLE[one]), None)

    def _value(self, key: str) -> Any:
        finder = next((find for named, find in FINDERS if named & set(words(key))), None)
        if finder is _prompt and not any("negative" in name for name in self._keys):
            return _whole_prompt(self.text)  # no other argument would say it
        return finder(self.text) or None if finder else None

    @property
    def _keys(self) -> Mapping[str, Any]:
        keys: Mapping[str, Any] = self.tool.schema.get("properties", {})
        return keys


def orders_of(tools: Sequence[Tool], asked: str) -> tuple[list[Order], str]:
    """Return the orders of images in a request, and the rest of the request."""
    portraying = [tool for tool in tools if _makes(tool, PORTRAITS)]
    picturing = [tool for tool in tools if tool not in portraying and _makes(tool, IMAGE_NOUNS)]
    orders, rest = [], []
    for text in INSTRUCTIONS.split(asked):
        kinds = _kinds(text)
        chosen = portraying if kinds & PORTRAITS and portraying else picturing if kinds else []
        if chosen:
            orders.append(Order(chosen[0], text.strip(), asked))
        else:
            rest.append(text)
    return orders, " ".join(rest)


def orders_image(asked: str) -> bool:
    """Return whether a request orders an image, and so is no question about one."""
    return any(_kinds(text) for text in INSTRUCTIONS.split(asked))


def _makes(tool: Tool, things: frozenset[str]) -> bool:
    """Return whether a tool makes such things: its name says it, or what it is about."""
    about = set(words(" ".join(sentences(tool.description)[:1])))
    name = set(words(tool.name))
    return bool(name & things and (name | about) & MAKERS)


def _kinds(text: str) -> set[str]:
    """Return the nouns for images in an instruction that orders one."""
    said = words(FILE.sub(" ", text))
    named = NAMED.match(text)
    if ASKS.match(text) or not (named or set(said) & MAKES):
        return set()
    kinds = set(said) & (PORTRAITS | IMAGE_NOUNS)
    first = next((word for word in said if word in MAKES), "")
    return kinds | ({first} if first in DRAWS else set())


def _is_list(inner: Any) -> bool:
    return isinstance(inner, Mapping) and inner.get("type") == "array"


def _members(inner: Any, root: Mapping[str, Any]) -> list[Any]:
    """Return the members of an enumeration, wherever the schema keeps them."""
    if not isinstance(inner, Mapping):
        return []
    if "$ref" in inner:
        name = str(inner["$ref"]).rsplit("/", 1)[-1]
        return _members(root.get("$defs", {}).get(name), {})
    members = list(inner.get("enum", ()))
    for branch in inner.get("anyOf", ()):
        members += _members(branch, root)
    return [member for member in members if isinstance(member, str)]


def _prompt(text: str) -> str | None:
    """Return the subject, without what must not be in the image."""
    quoted = QUOTED.search(text)
    return quoted[1] if quoted else _whole_prompt(NEGATIVE.sub(" ", FILE.sub(" ", text)))


def _whole_prompt(text: str) -> str | None:
    """Return the subject, with what must not be in the image."""
    quoted = QUOTED.search(text)
    if quoted:
        return quoted[1]
    bare = FILE.sub(" ", text)
    for pattern in (SIZE, RATIO, FORMAT):
        bare = pattern.sub(" ", bare)
    name = _model(bare)
    if name:
        bare = re.sub(
            rf"(?:\b(?:with|using|by)\s+)?(?:the\s+)?(?:model\s+)?{re.escape(name)}", " ", bare
        )
    subject = " ".join(HEAD.sub("", bare, count=1).split())
    return subject.strip(" ,.!?;:") or None


def _model(text: str) -> str | None:
    found = [match[1] for match in MODEL.finditer(FILE.sub(" ", text).lower())]
    named = re.search(r"\bmodel\s+[\"'`]?([\w.-]+\w)", text, re.IGNORECASE)
    known = next((name for name in found if name in image_models()), None)
    return known or (named[1] if named else None)


def _number(text: str) -> int | None:
    """Return how many: the number before the noun, or in "4 of them"."""
    nouns = "|".join(sorted(PORTRAITS | IMAGE_NOUNS))
    many = rf"(?<![\w.:/-])(\d{{1,2}}|{'|'.join(SPELLED)})"
    found = re.search(
        rf"{many}\s+(?:[\w-]+\s+){{0,4}}?(?:{nouns})\b|{many}\s+(?:of them|versions|variants)",
        SIZE.sub(" ", FILE.sub(" ", text)),
        re.IGNORECASE,
    )
    if found is None:
        return None
    said = (found[1] or found[2]).lower()
    return SPELLED.get(said) or (int(said) if said.isdigit() else None)


def _side(place: int, name: str) -> Callable[[str], int | None]:
    def find(text: str) -> int | None:
        size = SIZE.search(text)
        if size:
            return int(size[place])
        named = re.search(
            rf"\b(\d{{2,4}})\s*(?:pixels?|px)?\s+{name}\b|\b{name}\w*\s+(?:of\s+)?(\d{{2,4}})\b",
            text,
        )
        return int(named[1] or named[2]) if named else None

    return find


def _size(text: str) -> str | None:
    size = SIZE.search(text)
    return f"{size[1]}x{size[2]}" if size else None


def _first(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    def find(text: str) -> str | None:
        found = pattern.search(text)
        return found[found.re.groups and 1].strip() if found else None

    return find


def _format(text: str) -> str | None:
    found = FORMAT.search(FILE.sub(" ", text))
    return found[1].lower().replace("jpg", "jpeg") if found else None


def _role(text: str) -> str | None:
    """Return the look that a person shall have: "as an astronaut", or what is quoted."""
    quoted, role = QUOTED.search(text), ROLE.search(SIZE.sub(" ", text))
    return quoted[1] if quoted else role[1].strip() if role else None


# The first that a word of the key fits: a "negative_prompt" is not a prompt.
FINDERS: tuple[tuple[frozenset[str], Callable[[str], Any]], ...] = (
    (word_set("negative"), _first(NEGATIVE)),
    (word_set("custom"), _role),
    (word_set("prompt description subject text"), _prompt),
    (word_set("model"), _model),
    (word_set("width"), _side(1, "wide")),
    (word_set("height"), _side(2, "high")),
    (word_set("size"), _size),
    (word_set("ratio aspect"), _first(RATIO)),
    (word_set("format"), _format),
    (word_set("images photos pictures files urls"), FILE.findall),
    (word_set("image photo picture file url"), _first(FILE)),
    (word_set("num n number count"), _number),
)
