"""The command line: what a process offers, and at whose cost. It has no argument for the key.

Whatever is wrong is said without repeating what was given: a key that somebody passes all the same
must not reach a log.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from typing import Any, NoReturn

from core_302.errors import ConfigurationError
from core_302.json_text import read_json
from mcp_302.offer import Offer, costs_money, known_capabilities

ABOUT = (
    "Offers 302.AI's capabilities to an agent of any framework, over the Model Context Protocol, "
    "on standard input and output. The key is read from the environment variable AI302_API_KEY."
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong; the caller ends the process."""
        raise ConfigurationError(f"{message}.")


def read(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what the command line says.

    Raises:
        ConfigurationError: An argument is unknown, or has a value that cannot be used.
    """
    parser = _parser()
    given, unknown = parser.parse_known_args(arguments)
    if unknown:
        named = [word.partition("=")[0] for word in unknown if word.startswith("--")]
        hint = "The key comes from AI302_API_KEY alone. " if any("key" in n for n in named) else ""
        raise ConfigurationError(
            f"Unknown: {', '.join(named) or 'an argument without a name'}. {hint}See --help."
        )
    return given


def offer_of(given: argparse.Namespace) -> Offer:
    """Return the tools that the command line asks for.

    Raises:
        ConfigurationError: There are none, or something cannot be used.
    """
    if not given.tools:
        raise ConfigurationError(f"--tools names what is offered; it names nothing.\n{listed()}")
    return Offer(
        given.tools,
        max_cost=given.max_cost,
        output_dir=given.output_dir,
        input_dirs=given.input_dir,
        settings=_settings(given.set),
    )


def listed() -> str:
    """Return every tool that there is, a line each."""
    lines = [
        f"  {name}: {one.description}" + (" Costs money." if costs_money(one) else "")
        for name, one in known_capabilities().items()
    ]
    return "\n".join(["These tools exist:", *lines])


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="mcp-302", description=ABOUT, allow_abbrev=False)
    add: Any = parser.add_argument
    add(
        "--tools", type=_names, default=[], metavar="NAME,...", help="what is offered; none if left"
    )
    add(
        "--max-cost",
        type=_money,
        metavar="PTC",
        help="the most that all calls may cost (US dollars)",
    )
    add("--output-dir", metavar="FOLDER", help="where files are saved; nowhere if left out")
    add(
        "--input-dir",
        action="append",
        default=[],
        metavar="FOLDER",
        help="a folder that the agent may name files in (may be repeated); none if left out",
    )
    add("--base-url", metavar="URL", help="the gateway; else AI302_BASE_URL, else 302.AI")
    add(
        "--set",
        action="append",
        default=[],
        metavar="TOOL.SETTING=VALUE",
        help="a setting of one tool, such as generate_image.model=gpt-image-1 (may be repeated)",
    )
    add("--no-images", action="store_true", help="return no images as content, only their links")
    return parser


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _money(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not 0 < amount < math.inf:
        raise argparse.ArgumentTypeError("must be a number of PTC above 0, such as 1.5")
    return amount


def _settings(given: Sequence[str]) -> dict[str, dict[str, Any]]:
    settings: dict[str, dict[str, Any]] = {}
    for one in given:
        place, equals, value = one.partition("=")
        tool, dot, name = place.partition(".")
        if not (equals and dot and tool and name):
            raise ConfigurationError("--set takes TOOL.SETTING=VALUE.")
        settings.setdefault(tool, {})[name] = _value(value)
    return settings


def _value(text: str) -> Any:
    """Return a value as JSON, such as a number or a list, or else as the text that it is."""
    try:
        return read_json(text)
    except ValueError:
        return text
