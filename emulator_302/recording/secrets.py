"""Takes keys out of what is recorded: as they are, URL-encoded, in base64, and cut by a stream.

The key of a recording is known, so it is looked for; what only looks like a key is taken out too.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from emulator_302.recording.json_values import changed_texts

HIDDEN = "KEY"
LOOKS_LIKE_ONE = re.compile(r"\bsk-[A-Za-z0-9_-]{16,}")
SHORTEST = 6  # characters of a key; anything shorter would be found in common words


class Scrub:
    """Replaces some keys by `KEY`, wherever they stand.

    Args:
        keys: The keys; what is shorter than 6 characters is not looked for.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = sorted({key for key in keys if len(key) >= SHORTEST}, key=len, reverse=True)
        self._forms = [form for key in self._keys for form in _forms(key)]

    def text(self, text: str) -> str:
        """Return a text without the keys."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return LOOKS_LIKE_ONE.sub(HIDDEN, text)

    def content(self, content: bytes) -> bytes:
        """Return bytes without the keys; their length stays, for files say their own."""
        for form in self._forms:
            content = content.replace(form.encode(), b"*" * len(form.encode()))
        return content

    def value(self, value: Any) -> Any:
        """Return JSON without the keys, in names and values at any depth."""
        return changed_texts(value, self.text, self.text)

    def frames(self, frames: list[str]) -> list[str]:
        """Return the events of a stream without the keys, those too that are cut among events."""
        plain = [self.text(frame) for frame in frames]
        told = _told(plain)
        whole = {where: "".join(text for _, text in parts) for where, parts in told.items()}
        for where, text in whole.items():
            if self.text(text) == text:
                continue
            for number, part in told[where]:  # all of it goes into none: an echo is no answer
                shown = json.dumps(part, ensure_ascii=False)
                escaped = json.dumps(part)
                plain[number] = plain[number].replace(shown, '""').replace(escaped, '""')
        return plain


def _forms(key: str) -> list[str]:
    """Return how a key may be written."""
    coded = key.encode()
    forms = [key, quote(key, safe=""), json.dumps(key)[1:-1], coded.hex()]
    for before in range(3):  # base64 of a text that has the key at any place
        cut = base64.b64encode(b"\0" * before + coded).decode().rstrip("=")
        # What hangs on the neighbours is left out: the first signs, and the last one.
        inner = cut[(0, 2, 3)[before] : len(cut) - bool((before + len(coded)) % 3)]
        forms += [inner, inner.replace("+", "-").replace("/", "_")]
    return list(dict.fromkeys(forms))


def _told(frames: list[str]) -> dict[str, list[tuple[int, str]]]:
    """Return the texts of the events' JSON by their place in it, with the number of the event."""
    told: dict[str, list[tuple[int, str]]] = {}
    for number, frame in enumerate(frames):
        for line in frame.splitlines():
            try:
                value = json.loads(line.removeprefix("data:"))
            except ValueError:
                continue
            for where, text in _texts(value, ""):
                told.setdefault(where, []).append((number, text))
    return {where: parts for where, parts in told.items() if len(parts) > 1}


def _texts(value: Any, where: str) -> Iterable[tuple[str, str]]:
    if isinstance(value, str) and value:
        yield where, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{where}.{name}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _texts(inner, f"{where}[{place}]")
