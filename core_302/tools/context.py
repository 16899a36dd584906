"""ToolContext: what tools of one selection share, all of it the operator's word, never a model's.

Folders, limits, and how a file comes in and goes out. What a capability does with them is its own
module's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypedDict, TypeVar

from core_302.errors import AI302Error, InvalidInputError
from core_302.flow import AskPolicies, Blocking, Flow, Limit, Policies
from core_302.flows.cost import cost_of
from core_302.flows.download import LARGEST_FILE, DownloadedFile, download_file, why
from core_302.image_parts import LARGEST_INPUT
from core_302.links import check_link
from core_302.tools.budget import Budget
from core_302.tools.file_store import check_folders, read_file, save_file

Done = TypeVar("Done")


class File(TypedDict):
    """A file that a capability made. A value that is not known is None.

    `path`, `media_type` and `bytes` are known for a file that was fetched; `problem` says why one
    was not.
    """

    url: str | None
    path: str | None
    media_type: str | None
    bytes: int | None
    problem: str | None


def any_file(_: DownloadedFile) -> str | None:
    """Find no problem: whatever came is kept."""
    return None


@dataclass(frozen=True)
class ToolContext:
    """What the tools of a selection share.

    Attributes:
        output_dir: Where files are saved, or None: then only their links are reported.
        allowed_dirs: The folders that a model may name files in.
        on_unsupported: See `ImageRequest`.
        budget: The limits.
        look_up_cost: Look up what each job cost in the gateway's records: one more call, which is
            free.
    """

    output_dir: Path | None = None
    allowed_dirs: tuple[Path, ...] = ()
    on_unsupported: str = "error"
    budget: Budget = field(default_factory=Budget)
    look_up_cost: bool = True

    @classmethod
    def of(cls, settings: Any) -> ToolContext:
        """Return what `settings` say of all this.

        Raises:
            ConfigurationError: A folder or a limit cannot be used.
        """
        given = {
            name: value
            for name in ("output_dir", "allowed_dirs", "on_unsupported", "look_up_cost")
            if (value := getattr(settings, name, None)) is not None
        }
        check_folders(given.get("output_dir"), given.get("allowed_dirs", ()))
        if hasattr(settings, "budget"):
            named = {"most_images": "max_images", "assumed_price": "assumed_price"}
            limits = {to: getattr(settings, name, None) for to, name in named.items()}
            known = {name: limit for name, limit in limits.items() if limit is not None}
            given["budget"] = Budget(budget=settings.budget, **known)
        return cls(**{**given, "allowed_dirs": tuple(given.get("allowed_dirs", ()))})

    @property
    def may_read_files(self) -> bool:
        """Whether a model may name files of this machine."""
        return bool(self.allowed_dirs or self.output_dir)

    def charged(
        self, job: Flow[Done], assumed: float, billed_to: Callable[[Done], Sequence[str | None]]
    ) -> Flow[tuple[Done, float | None]]:
        """Run a paid job within the budget; return its result, and what it cost (PTC) or None.

        Args:
            job: It orders once, and waits.
            assumed: What it is assumed to cost until its record is read, in PTC.
            billed_to: The request ids under which the gateway has recorded the cost.

        Raises:
            BudgetError: The budget is used up. Nothing was sent.
            AI302Error: The job's.
        """
        with self.budget.reserve(cost=assumed) as share:
            done = yield from job
            share.surely_billed = True
            cost = yield from self.cost(billed_to(done))
            if cost is not None:
                share.cost = cost
        return done, cost

    def cost(self, request_ids: Sequence[str | None]) -> Flow[float | None]:
        """Look up what calls cost, if the operator wants that; None if it is not known."""
        if not self.look_up_cost:
            return None
        yield Limit("download")
        return (yield from cost_of([known for known in request_ids if known]))

    def kept_file(
        self,
        link: str,
        words: str,
        most_bytes: int = LARGEST_FILE,
        problem_of: Callable[[DownloadedFile], str | None] = any_file,
    ) -> Flow[File]:
        """Fetch a file that was made, and save it, if there is a folder; report what went wrong.

        Args:
            link: Where the gateway says that it is.
            words: What it is, for its name.
            most_bytes: A longer one is not fetched.
            problem_of: Tells why what came is not what was made, and is not kept; or None.
        """
        if self.output_dir is None:
            return _file(link)
        try:
            found = yield from download_file(link, most_bytes)
        except AI302Error as error:
            return _file(link, problem=why(error))
        if problem := problem_of(found):
            return _file(link, problem=problem)
        return (yield from self.kept_bytes(found.content, found.media_type, words, link))

    def kept_bytes(
        self, content: bytes, media_type: str, words: str, link: str | None = None
    ) -> Flow[File]:
        """Save a file that came in a reply, if there is a folder; report what went wrong."""
        path, problem = None, None
        if self.output_dir is not None:
            save = partial(save_file, content, media_type, self.output_dir, words)
            try:
                path = yield Blocking(save)
            except AI302Error as error:
                problem = str(error)
        return File(
            url=link,
            path=None if path is None else str(path),
            media_type=media_type or None,
            bytes=len(content),
            problem=problem,
        )

    def given_file(
        self,
        given: str,
        name: str,
        accepts: Callable[[bytes], bool],
        *,
        noun: str = "file",
        most_bytes: int = LARGEST_INPUT,
    ) -> Flow[str | bytes]:
        """Return what a model gave as a file: a link or data URI, or a local file's bytes.

        Args:
            given: What it gave.
            name: The argument, for errors.
            accepts: Tells by its content whether a local file is of the kind that is wanted.
            noun: What is wanted, for errors.
            most_bytes: A longer local file is refused.

        Raises:
            InvalidInputError: The link leads to an internal address, or the file may not be read.
        """
        given = given.strip()
        if given[:5].lower() == "data:":
            return given
        if not given[:8].lower().startswith(("http://", "https://")):
            local = partial(self._local, given, name, accepts, noun, most_bytes)
            content: bytes = yield Blocking(local)
            return content
        policies: Policies = yield AskPolicies()
        try:
            check_link(given, policies.trusted_hosts)
        except InvalidInputError as error:
            raise InvalidInputError(f"{name}: {error}") from None
        return given

    def _local(
        self, file: str, name: str, accepts: Callable[[bytes], bool], noun: str, most_bytes: int
    ) -> bytes:
        if "://" in file[:40]:
            raise InvalidInputError(f"{name}: only http(s) links and data URIs are accepted.")
        made = self.output_dir
        return read_file(file, self.allowed_dirs, made, accepts, name, noun, most_bytes)


def _file(link: str, problem: str | None = None) -> File:
    return File(url=link, path=None, media_type=None, bytes=None, problem=problem)
