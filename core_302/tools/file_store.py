"""Files on this machine's disk: where a tool may read them, and how it saves those that it made.

A name comes from a model, so it opens nothing outside the folders that the operator allowed (path
traversal). A file is written completely or not at all, and none is ever overwritten.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
import re
import unicodedata
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from core_302.errors import ConfigurationError, InvalidInputError
from core_302.image_parts import LARGEST_INPUT, ImageFile
from core_302.tools.opened_folder import read_below, write_new

NAME_WORDS = 40  # characters of the prompt in a file's name
DIGEST_LETTERS = 12  # hexadecimal letters of the content's SHA-256 in a file's name
MADE_HERE = re.compile(rf".*-([0-9a-f]{{{DIGEST_LETTERS}}})\.[a-z0-9]{{2,5}}")
# Where the system's own table may say otherwise, or nothing.
ENDINGS = {
    "image/jpeg": "jpg",
    "text/markdown": "md",
    "audio/aac": "aac",
    "audio/flac": "flac",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/pcm": "pcm",
    "audio/wav": "wav",
    "audio/webm": "webm",
}


def _folder(given: Any) -> Any:
    return Path(given).expanduser() if isinstance(given, (str, os.PathLike)) else given


# People write strings, so strict checkers must accept them. Once checked, it is a Path.
Folder = Annotated[Path | str, BeforeValidator(_folder)]


def save_image(image: ImageFile, folder: Path, prompt: str) -> Path:
    """Write an image into `folder`, named after its prompt and its content; return its path.

    The same image is kept once.

    Raises:
        ConfigurationError: It cannot be written there.
    """
    ending = ENDINGS.get(image.media_type) or image.media_type.partition("/")[2]
    return _save(image.content, _words(prompt), ending, folder, "image")


def save_file(content: bytes, media_type: str, folder: Path, words: str) -> Path:
    """Write a file into `folder`, named after `words` and its content; return its path.

    The same file is kept once.

    Args:
        content: Its bytes.
        media_type: Its type, which decides its ending; `.bin` if it is not known.
        folder: Made if it is missing.
        words: What it is, or was made from.

    Raises:
        ConfigurationError: It cannot be written there.
    """
    known = mimetypes.guess_extension(media_type) or ".bin"
    ending = ENDINGS.get(media_type) or known.removeprefix(".")
    return _save(content, _words(words, "file"), ending, folder, "file")


def _save(content: bytes, words: str, ending: str, folder: Path, what: str) -> Path:
    digest = hashlib.sha256(content).hexdigest()[:DIGEST_LETTERS]
    target = folder / f"{words}-{digest}.{ending}"
    try:
        # A file that is there already is the same: its name has the digest of its content.
        write_new(folder, target.name, f".ai302-{uuid.uuid4().hex}", content)
    except OSError as error:
        raise ConfigurationError(f"The {what} cannot be saved in {folder}: {error}.") from error
    return target


def read_file(  # noqa: PLR0917
    name: str,
    folders: Sequence[Path],
    made_in: Path | None,
    accepts: Callable[[bytes], bool],
    argument: str = "file",
    noun: str = "file",
    most_bytes: int = LARGEST_INPUT,
) -> bytes:
    """Return the bytes of a file that a model has named.

    Args:
        name: A path below one of `folders`, or the name of a file that was made in `made_in`.
        folders: The folders that the operator allowed.
        made_in: The folder of the files that were made; there, only what was made counts,
            which a file's name proves by the digest of its content.
        accepts: Tells by its content whether a file in `folders` is of the kind that is wanted.
        argument: What the model's argument is called, for the error.
        noun: What is wanted, for the error.
        most_bytes: A longer file is refused.

    Raises:
        InvalidInputError: There is no such file where one may be read. The error's text is the
            same for missing and for forbidden files: a model must not explore a disk.
    """
    for folder in folders:
        content = _read_below(folder, name, most_bytes)
        if content is not None and accepts(content):
            return content
    if made_in is not None:
        content = _read_below(made_in, Path(name).name, most_bytes)
        if content is not None and _was_made_here(Path(name).name, content):
            return content
    raise InvalidInputError(
        f"{argument}: there is no {noun} {name[:80]!r} that may be read. Give an http(s) link, a "
        f"data URI, or the name of {_a(noun)} that was made or given here."
    )


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def check_folders(output_dir: Path | None, allowed_dirs: Sequence[Path]) -> None:
    """Check what an operator has set, before a model uses it.

    Raises:
        ConfigurationError: A folder is missing, or cannot be written to.
    """
    for folder in allowed_dirs:
        if not folder.is_dir():
            raise ConfigurationError(f"allowed_dirs: there is no folder {str(folder)!r}.")
    if output_dir is not None and not _can_be_written(output_dir):
        raise ConfigurationError(f"output_dir: {str(output_dir)!r} is not a writable folder.")


def _can_be_written(folder: Path) -> bool:
    """Return whether files can be made in `folder`, or, while it is missing, below its parents."""
    while not folder.exists():
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK)


def _read_below(folder: Path, name: str, most_bytes: int) -> bytes | None:
    return None if name.startswith("~") else read_below(folder, name, most_bytes)


def _was_made_here(name: str, content: bytes) -> bool:
    match = MADE_HERE.fullmatch(name)
    digest = hashlib.sha256(content).hexdigest()
    return match is not None and digest.startswith(match[1])


def _words(prompt: str, otherwise: str = "image") -> str:
    """Return the prompt's first words as a part of a file's name, safe on every system."""
    plain = unicodedata.normalize("NFKC", prompt).lower()
    words = re.sub(r"[^\w]+", "-", plain, flags=re.UNICODE).strip("-_")
    # 255 bytes is what file systems take; a letter has up to 4.
    return words[:NAME_WORDS].strip("-_") or otherwise
