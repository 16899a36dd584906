"""Speech into text as a flow: a recording is fetched and judged by its bytes here, and sent once.

A link is followed by this machine, and not by the gateway: so a page or a broken file is refused
before it is paid for, and everything is sent as the form that is known with all its fields.
"""

from __future__ import annotations

import base64
import binascii
from functools import partial

from core_302.audio_types import KINDS, audio_type
from core_302.catalogue.transcription_facts import (
    transcription_model_facts,
    transcription_models,
)
from core_302.endpoints.transcriptions import (
    PLAIN_FORMATS,
    Transcript,
    read_transcription,
    transcription_request,
)
from core_302.errors import (
    InvalidInputError,
    InvalidRequestError,
    ModelNotAvailableError,
    ReplyTooLargeError,
)
from core_302.file_types import FileType
from core_302.flow import Blocking, Flow
from core_302.flows.download import download_file
from core_302.flows.image_jobs import paid
from core_302.image_parts import split_data_uri
from core_302.options.transcription import (
    TranscriptionFields,
    TranscriptionOptions,
    format_for,
)

LARGEST_AUDIO = 50 * 1024 * 1024  # bytes: the gateway's limit of uploads
LARGEST_IN_WORDS = f"{LARGEST_AUDIO // 1024**2} MB"
LONGEST_URI = LARGEST_AUDIO * 4 // 3 + 1_000  # characters


def check_audio(content: bytes) -> FileType:
    """Return what kind of audio can be sent.

    Raises:
        InvalidInputError: It is empty, larger than 50 MB, or no audio, whatever it is called.
    """
    if not content:
        raise InvalidInputError("it is empty.")
    if len(content) > LARGEST_AUDIO:
        raise InvalidInputError(f"it has more than {LARGEST_IN_WORDS}: shorten or split it.")
    kind = audio_type(content)
    if kind is None:
        raise InvalidInputError(f"it is no audio ({KINDS}), judging by its first bytes.")
    return kind


def audio_of(given: str | bytes) -> Flow[bytes]:
    """Return the bytes of a recording: given as such, as a data URI, or fetched from its link.

    Raises:
        InvalidInputError: It cannot be sent (see `check_audio`), or its link leads to an internal
            address.
        AI302Error: It cannot be fetched; see the tree in `core_302.errors`.
    """
    if isinstance(given, bytes):
        content = given
    elif given[:5].lower() == "data:":
        content = yield Blocking(partial(_in_data_uri, given))
    else:
        try:
            content = (yield from download_file(given, LARGEST_AUDIO)).content
        except ReplyTooLargeError as error:
            error.add(f"A recording has at most {LARGEST_IN_WORDS}.")
            raise
    check_audio(content)
    return content


def transcribe(given: str | bytes, how: TranscriptionFields | None = None) -> Flow[Transcript]:
    """Turn speech into text. Paid: sent once.

    Args:
        given: The recording: its bytes, an http(s) link, or a data URI.
        how: By which model, in which format; by default `TranscriptionOptions()`.

    Raises:
        InvalidInputError: It is no audio that can be sent. Nothing was.
        InvalidRequestError: The gateway refuses it; the text says what is known of the model.
        AI302Error: See the tree in `core_302.errors`.
    """
    how = how or TranscriptionOptions()
    content = yield from audio_of(given)
    request = transcription_request(content, check_audio(content), how)
    read = partial(read_transcription, plain=format_for(how) in PLAIN_FORMATS)
    try:
        return (yield from paid(request, read))
    except InvalidRequestError as error:
        if (facts := transcription_model_facts(how.model)) is not None:
            error.add(facts.advice)
        raise
    except ModelNotAvailableError as error:
        others = [name for name in transcription_models() if name != how.model]
        error.add(f"302.AI's own tool lists {', '.join(others)}.")
        raise


def _in_data_uri(uri: str) -> bytes:
    found = split_data_uri(uri) if len(uri) <= LONGEST_URI else None
    if found is None or ";base64" not in uri.partition(",")[0].lower():
        raise InvalidInputError(
            f"a data URI of a recording is base64 (data:audio/...;base64,...), and has at most "
            f"{LARGEST_IN_WORDS}."
        )
    try:
        return base64.b64decode("".join(found[1].split()), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInputError("the base64 of the data URI is broken.") from None
