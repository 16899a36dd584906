"""A folder that was opened once: what is below it is reached step by step, and through no link.

A path that is judged first and opened afterwards can be swapped for a link in between. So each step
is opened relative to the folder that is already open, and the system refuses a link there. The
folder itself is the operator's word: its own path may lead through links.

Windows opens nothing relative to a folder. There, a file is opened by its path and then proved:
what was opened must be the file that the path, resolved anew, has below the folder, several times
over. A link that stays is always noticed; one that is swapped in and out would have to win the same
race each time. A file is written by its path.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath

# Not through a link, and without waiting for a pipe's other end; Windows knows neither.
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
READ_ONLY = os.O_RDONLY | NO_FOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
WRITE_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_FOLLOW | getattr(os, "O_BINARY", 0)
DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
STEPWISE = os.open in os.supports_dir_fd and bool(NO_FOLLOW)
PROOFS = 4  # how often a file that was opened by its path is compared with what is there
NEW_FILE = 0o666  # what the process's umask leaves of it


def read_below(folder: Path, name: str, most: int) -> bytes | None:
    """Return the bytes of the plain file `name` below `folder`, or None if there is none.

    Args:
        folder: Whose links are followed; nothing below it is reached through one.
        name: A path relative to it, or an absolute one that begins with it.
        most: Bytes; of a longer file, None is returned.
    """
    try:
        steps = _steps(folder, name)
        opened = _open_stepwise(folder, steps) if STEPWISE else _open_proved(folder, steps)
    except (OSError, ValueError):
        return None
    try:
        found = os.fstat(opened)
        if not stat.S_ISREG(found.st_mode) or found.st_size > most:
            return None
        with os.fdopen(opened, "rb", closefd=False) as file:
            return file.read(most)
    finally:
        os.close(opened)


def write_new(folder: Path, name: str, draft: str, content: bytes) -> None:
    """Write a new file whole, or leave the one that is there: as `draft` first, then renamed.

    Args:
        folder: Made if it is missing.
        name: The file's own name, without any path.
        draft: The name that it has until it is whole; nobody else's.
        content: Its bytes.

    Raises:
        OSError: It cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _opened(folder) as (directory, prefix):
        try:
            _write(prefix + draft, directory, content)
            with suppress(FileExistsError):
                try:
                    os.link(
                        prefix + draft,
                        prefix + name,
                        src_dir_fd=directory,
                        dst_dir_fd=directory,
                        follow_symlinks=os.link not in os.supports_follow_symlinks,
                    )
                except PermissionError:  # a file system without links
                    _write(prefix + name, directory, content)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(prefix + draft, dir_fd=directory)


def _write(path: str, directory: int | None, content: bytes) -> None:
    with os.fdopen(os.open(path, WRITE_NEW, NEW_FILE, dir_fd=directory), "wb") as file:
        file.write(content)


@contextmanager
def _opened(folder: Path) -> Iterator[tuple[int | None, str]]:
    """Open a folder; yield its descriptor, or None and what begins the paths in it."""
    if not STEPWISE:
        yield None, f"{folder}{os.sep}"
        return
    directory = os.open(folder, DIRECTORY)
    try:
        yield directory, ""
    finally:
        os.close(directory)


def _steps(folder: Path, name: str) -> tuple[str, ...]:
    """Return the names on the way from `folder` to `name`.

    Raises:
        ValueError: There is no such way, or it leads up.
    """
    path = PurePath(name)
    if path.is_absolute():
        given = Path.cwd() / folder
        path = path.relative_to(given if path.is_relative_to(given) else folder.resolve())
    if path.anchor or not path.parts or ".." in path.parts:
        raise ValueError("not below the folder")
    return path.parts


def _open_stepwise(folder: Path, steps: tuple[str, ...]) -> int:
    """Open a file, each step from the one before.

    Raises:
        OSError: A step is missing, or a link.
    """
    directory = os.open(folder, DIRECTORY)
    try:
        for step in steps[:-1]:
            inner = os.open(step, DIRECTORY | NO_FOLLOW, dir_fd=directory)
            os.close(directory)
            directory = inner
        return os.open(steps[-1], READ_ONLY, dir_fd=directory)
    finally:
        os.close(directory)


def _open_proved(folder: Path, steps: tuple[str, ...]) -> int:
    """Open a file by its path, and prove then that it is the one below `folder`.

    Raises:
        OSError: It is missing.
        ValueError: A link led elsewhere.
    """
    path = folder.joinpath(*steps)
    _judged(folder, path)
    opened = os.open(path, READ_ONLY)
    try:
        for _ in range(PROOFS):
            _prove(opened, _judged(folder, path))
    except BaseException:
        os.close(opened)
        raise
    return opened


def _prove(opened: int, judged: os.stat_result) -> None:
    if not os.path.samestat(os.fstat(opened), judged):
        raise ValueError("another file by now")


def _judged(folder: Path, path: Path) -> os.stat_result:
    """Return what is at `path`, if no step below `folder` is a link.

    Raises:
        ValueError: A step is one.
    """
    if path.resolve(strict=True) != folder.resolve(strict=True) / path.relative_to(folder):
        raise ValueError("a link")
    return path.lstat()
