"""What is installed in the environments of the clean installs, and what is run there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from release.projects import PROJECTS

FIVE = tuple(project.name for project in PROJECTS)
# 302.AI's own: both hold the module `ai302`, so each is tried without the other.
TOOLS_OF_302_AI = ("ai302", "cli-302ai")
TOOL_PROGRAM = "with_tool_of_302_ai.py"
FRAMEWORKS = {"langchain-302": "langchain_core", "llama-index-302": "llama_index", "mcp-302": "mcp"}
# An extra that has a program of its own in each distribution; the other extras have one for all.
READS_WITH_THE_ADAPTER = "ocr"


@dataclass(frozen=True)
class Row:
    """One environment.

    Attributes:
        title: What the page calls it.
        asked: What is installed.
        present: Those of our distributions that must be there and whole.
        programs: What is run, in `release/programs`, with its arguments behind the image.
        absent: Modules that must not be there.
        uninstalls: What is uninstalled afterwards, one after another: its name, those of ours that
            must then be whole, and what is run.
    """

    title: str
    asked: tuple[str, ...]
    present: tuple[str, ...]
    programs: tuple[str, ...]
    absent: tuple[str, ...] = ()
    uninstalls: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """From which files it is tried.

        An extra and a neighbour add what others made. The sdist makes the same wheel, which a test
        compares byte for byte.
        """
        return ("wheel", "sdist") if set(self.asked) <= set(FIVE) else ("wheel",)


def program_of(name: str, extra: str = "") -> str:
    """Return the program that uses a distribution, or what one of its extras brings."""
    used = name if not extra or extra == READS_WITH_THE_ADAPTER else "core-302"
    words = [used.removesuffix("-302").replace("-", "_"), extra]
    return f"with_{'_'.join(word for word in words if word)}.py"


def _alone() -> Iterator[Row]:
    for project in PROJECTS:
        name = project.name
        present = ("core-302", name) if name in FRAMEWORKS else (name,)
        frameworks = (module for of, module in FRAMEWORKS.items() if of != name)
        absent = (*frameworks, *(other.folder for other in PROJECTS if other.name not in present))
        for extra in ("", *project.extras):
            asked = f"{name}[{extra}]" if extra else name
            programs = dict.fromkeys((program_of(name), program_of(name, extra)))
            yield Row(asked, (asked,), present, tuple(programs), absent)


def _together() -> Row:
    left = FIVE
    gone: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []
    for name in ("emulator-302", "langchain-302", "llama-index-302", "mcp-302"):
        left = tuple(other for other in left if other != name)
        gone.append((name, left, tuple(program_of(other) for other in left)))
    programs = tuple(program_of(name) for name in FIVE)
    title = "all five, uninstalled one by one"
    return Row(title, FIVE, FIVE, programs, uninstalls=tuple(gone))


def _beside(tool: str) -> Row:
    programs = tuple(program_of(name) for name in FIVE)
    return Row(
        f"all five beside {tool}",
        (*FIVE, tool),
        FIVE,
        (*programs, f"{TOOL_PROGRAM} {tool}"),
        uninstalls=((tool, FIVE, programs),),
    )


ROWS = (*_alone(), _together(), *(_beside(tool) for tool in TOOLS_OF_302_AI))
