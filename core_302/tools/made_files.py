"""The files that a capability made: kept, told to a model, and named if nobody waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from core_302.flow import Flow
from core_302.flows.download import LARGEST_FILE, DownloadedFile
from core_302.log import TASKS
from core_302.tools.context import File, ToolContext, any_file
from core_302.tools.untrusted_text import item_list, link_or_none, one_line

Done = TypeVar("Done")
LONGEST_PROBLEM = 500  # characters
MOST_FILES = 16  # of one reply that are fetched
TOO_MANY = "it was not fetched: the reply names too many files"


@contextmanager
def told_if_left(what: str) -> Iterator[list[str]]:
    """Log the links of what was made, if the flow inside is left before it can return them.

    That is a cancellation, or Ctrl-C: neither exception can tell this.

    Args:
        what: What was made, and paid.

    Yields:
        A list, to which the links are added once they are known.
    """
    links: list[str] = []
    try:
        yield links
    except GeneratorExit:
        if links:
            TASKS.warning("%s when its tool was left: %s", what, " ".join(links))
        raise


def noted(job: Flow[Done], links: list[str], of: Callable[[Done], Sequence[str]]) -> Flow[Done]:
    """Run a job, and add the links of what it made to `links` as soon as they are known."""
    done = yield from job
    links += of(done)
    return done


def kept_files(
    context: ToolContext,
    links: Sequence[str],
    words: str,
    most_bytes: int = LARGEST_FILE,
    problem_of: Callable[[DownloadedFile], str | None] = any_file,
) -> Flow[list[File]]:
    """Fetch and save files, if there is a folder; report of each what went wrong.

    Of a reply that names more than `MOST_FILES`, the others stay links. See
    `ToolContext.kept_file`.
    """
    files = []
    for link in links[:MOST_FILES]:
        kept = yield from context.kept_file(link, words, most_bytes, problem_of)
        files.append(kept)
    left = [
        File(url=link, path=None, media_type=None, bytes=None, problem=TOO_MANY)
        for link in links[MOST_FILES:]
    ]
    return files + left


def files_in_words(files: Sequence[File]) -> str:
    """Return a list of files: the link, the type, the size and the path of each."""
    return item_list(files, _in_words)


def _in_words(file: File) -> str:
    facts = [link_or_none(file["url"]) or "its link cannot be shown"]
    if file["bytes"] is not None:
        facts.append(f"{file['bytes']:,} bytes {file['media_type'] or ''}".rstrip())
    if file["path"]:
        facts.append(f"saved as {file['path']}")
    if file["problem"]:
        facts.append(f"but {one_line(file['problem'], LONGEST_PROBLEM).rstrip('.')}")
    return ", ".join(facts)
