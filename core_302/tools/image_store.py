"""Images on this machine's disk: where a tool may read them, and how it saves those that it made.

A name comes from a model, so it opens nothing outside the folders that the operator allowed. A file
is written completely or not at all, and none is ever overwritten.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from core_302.errors import ConfigurationError, InvalidInputError
from core_302.image_parts import LARGEST_INPUT, ImageFile
from core_302.media_types import media_type_of
from core_302.tools.opened_folder import read_below, write_new

NAME_WORDS = 40  # characters of the prompt in a file's name
DIGEST_LETTERS = 12  # hexadecimal letters of the content's SHA-256 in a file's name
MADE_HERE = re.compile(rf".*-([0-9a-f]{{{DIGEST_LETTERS}}})\.[a-z]{{3,4}}")
ENDINGS = {"image/jpeg": "jpg"}


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
    digest = hashlib.sha256(image.content).hexdigest()[:DIGEST_LETTERS]
    ending = ENDINGS.get(image.media_type) or image.media_type.partition("/")[2]
    target = folder / f"{_words(prompt)}-{digest}.{ending}"
    try:
        # A file that is there already is the same image: its name has the digest of its content.
        write_new(folder, target.name, f".ai302-{uuid.uuid4().hex}", image.content)
    except OSError as error:
        raise ConfigurationError(f"The image cannot be saved in {folder}: {error}.") from error
    return target


def read_image(
    name: str, folders: Sequence[Path], made_in: Path | None, *, argument: str = "image"
) -> bytes:
    """Return the bytes of an image that a model has named.

    Args:
        name: A path below one of `folders`, or the name of a file that was made in `made_in`.
        folders: The folders that the operator allowed.
        made_in: The folder of the images that were made; there, only what was made counts,
            which a file's name proves by the digest of its content.
        argument: What the model's argument is called, for the error.

    Raises:
        InvalidInputError: There is no such image where one may be read. The error's text is the
            same for missing and for forbidden files: a model must not explore a disk.
    """
    for folder in folders:
        content = _read_below(folder, name)
        if content is not None and media_type_of(content) is not None:
            return content
    if made_in is not None:
        content = _read_below(made_in, Path(name).name)
        if content is not None and _was_made_here(Path(name).name, content):
            return content
    raise InvalidInputError(
        f"{argument}: there is no image {name[:80]!r} that may be read. Give an http(s) link, a "
        "data URI, or the name of an image that was made or given here."
    )


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


def _read_below(folder: Path, name: str) -> bytes | None:
    return None if name.startswith("~") else read_below(folder, name, LARGEST_INPUT)


def _was_made_here(name: str, content: bytes) -> bool:
    match = MADE_HERE.fullmatch(name)
    digest = hashlib.sha256(content).hexdigest()
    return match is not None and digest.startswith(match[1])


def _words(prompt: str) -> str:
    """Return the prompt's first words as a part of a file's name, safe on every system."""
    plain = unicodedata.normalize("NFKC", prompt).lower()
    words = re.sub(r"[^\w]+", "-", plain, flags=re.UNICODE).strip("-_")
    # 255 bytes is what file systems take; a letter has up to 4.
    return words[:NAME_WORDS].strip("-_") or "image"
