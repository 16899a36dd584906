"""Reports what tools answered: where the images are that they made, and what failed.

The links and paths are those that the tools named; a tool that named none is quoted.
"""

from __future__ import annotations

from collections.abc import Sequence

from emulator_302.rule_model.conversation import Result
from emulator_302.rule_model.image_orders import FILE, IMAGE_NOUNS, PORTRAITS
from emulator_302.rule_model.result_values import failed
from emulator_302.rule_model.text_values import NUMBER_WORDS
from emulator_302.rule_model.wording import words

NUMERALS = NUMBER_WORDS.split()


def summary_of(given: Sequence[Result]) -> str:
    """Return sentences about the results of tools."""
    if any(_made(result) for result in given):
        return "Here is what I made. " + " ".join(_sentence(result) for result in given)
    if len(given) == 1:
        return ("" if failed(given[0].text) else "According to ") + _quoted(given[0])
    return "According to the tools:\n" + "\n".join(f"- {_quoted(result)}" for result in given)


def _quoted(result: Result) -> str:
    said = " failed" if failed(result.text) else ""
    return f"{result.name}{said}: {result.text or '(no text)'}"


def _made(result: Result) -> list[str]:
    """Return the links and paths of the images that a tool made."""
    if failed(result.text) or not set(words(result.name)) & (IMAGE_NOUNS | PORTRAITS):
        return []
    used = {value for value in result.arguments.values() if isinstance(value, str)}
    return [one for one in dict.fromkeys(FILE.findall(result.text)) if one not in used]


def _sentence(result: Result) -> str:
    made = _made(result)
    if not made:
        return _quoted(result)
    return f"{_subject(result, len(made))}: {' and '.join(made)}."


def _subject(result: Result, images: int) -> str:
    """Return what the images show, from the tool's arguments."""
    asked = result.arguments
    prompt = asked.get("prompt")
    if isinstance(prompt, str):
        return f"An image of {prompt}"
    number = asked.get("num", images)
    counted = isinstance(number, int) and number in range(len(NUMERALS))
    if counted and images < number:
        number = images  # fewer came than were asked for
    many = NUMERALS[number] if counted else "some"
    look = asked.get("style") or asked.get("custom_prompt") or ""
    noun = "avatar" if many == "one" else "avatars"
    person = asked.get("person_type")
    of = f" of the {person} person" if person in ("female", "male") else " of the kid"
    source = f" in {asked['image']}" if isinstance(asked.get("image"), str) else ""
    return f"{many.capitalize()} {look} {noun}".replace("  ", " ") + of + source
