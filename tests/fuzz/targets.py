"""What is fuzzed: readers of strangers' bytes, and what must hold for any bytes at all.

A target takes bytes and returns nothing. Whatever it raises is a finding: an `AssertionError` is a
broken promise, anything else a stranger's exception. Python's standard library and the core alone.
"""

import base64
import ipaddress
import socket
from contextlib import suppress

from core_302.endpoints.account import read_balance, read_record
from core_302.endpoints.chat_reply import read_completion
from core_302.endpoints.chat_stream import ChatStream
from core_302.endpoints.embeddings import read_embeddings
from core_302.endpoints.image_reply import read_images, read_task
from core_302.endpoints.models import read_models
from core_302.endpoints.rerank import read_ranking
from core_302.endpoints.search import read_search
from core_302.error_replies.from_reply import error_from
from core_302.errors import AI302Error, InvalidInputError, MalformedReplyError
from core_302.http import Reply
from core_302.image_parts import MOST_PIXELS, can_be_sent, image_file, is_image_data
from core_302.image_size import Base64Bytes, size_of
from core_302.links import check_link, is_web_link, target_of
from core_302.media_types import media_type_of
from core_302.messages.think_tags import split_completion
from core_302.special_addresses import is_public
from core_302.sse import SseDecoder

JSON = {"content-type": "application/json"}
EVENTS = {"content-type": "text/event-stream"}


def sse(data: bytes) -> None:
    """The events are the same wherever the bytes are cut: the first byte says how."""
    width, body = (data[0] % 17 + 1, data[1:]) if data else (1, b"")
    whole, cut = SseDecoder(), SseDecoder()
    at_once = [*whole.feed(body), *whole.flush()]
    pieces = [body[start : start + width] for start in range(0, len(body), width)]
    in_pieces = [event for piece in pieces for event in cut.feed(piece)] + cut.flush()
    assert at_once == in_pieces
    assert (whole._size, cut._size) == (0, 0), "nothing is held after the end"


def chat_reply(data: bytes) -> None:
    """A whole reply is an answer that can be encoded, or an error of ours."""
    try:
        completion = read_completion(Reply(200, JSON, data))
    except AI302Error as error:
        error.message.encode()
        return
    assert completion.choices
    repr(split_completion(completion)).encode()
    for choice in completion.choices:
        choice.text.encode()
        for call in choice.tool_calls:
            with suppress(ValueError):
                assert isinstance(call.read_arguments(), dict)


def chat_stream(data: bytes) -> None:
    """A stream is the same answer, or the same error, wherever it is cut."""
    width, body = (data[0] % 17 + 1, data[1:]) if data else (1, b"")
    assert _streamed(body, len(body) or 1) == _streamed(body, width)


def _streamed(body: bytes, width: int) -> tuple[object, ...]:
    stream = ChatStream(Reply(200, EVENTS))
    text, about, failed = "", None, None
    told = ""
    try:
        for start in range(0, len(body), width):
            for delta in stream.feed(body[start : start + width]):
                text += delta.text
            if stream.done:
                break
        for delta in stream.finish():
            text += delta.text
            about = delta.about or about
        assert about is not None, "a whole stream says what it is"
    except AI302Error as error:
        failed, told = type(error), error.partial_text
    assert failed is None or told == text, "what came before an error is told with it"
    text.encode()
    return text, repr(about), failed


READERS = (
    read_images,
    read_task,
    read_search,
    read_models,
    read_record,
    read_balance,
    lambda reply: read_embeddings(reply, 1),
    lambda reply: read_ranking(reply, 2),
)


def endpoints(data: bytes) -> None:
    """Every other reply is read, or an error of ours; a refusal always is one."""
    for read in READERS:
        try:
            read(Reply(200, JSON, data))
        except AI302Error as error:
            error.message.encode()
    header = data[:20].decode("latin-1")
    headers = dict.fromkeys(("retry-after", "retry-after-ms", "date", "location"), header)
    for status in (301, 400, 429, 503):
        error = error_from(Reply(status, headers, data))
        assert error.retry_after is None or error.retry_after >= 0
        error.redact("hush")


def images(data: bytes) -> None:
    """An image's type and size are told by its header, or it is no image; nothing is decoded."""
    kind, size = media_type_of(data), size_of(data)
    assert kind is not None or size is None
    try:
        found = image_file(data, "it")
        assert (found.media_type, found.width, found.height) == (kind, *(size or ()))
    except MalformedReplyError:
        assert size is None or size[0] * size[1] > MOST_PIXELS
    assert size_of(Base64Bytes(base64.b64encode(data).decode())) == size
    text = data.decode("latin-1")
    if can_be_sent(text) and text[:5].lower() == "data:":
        assert ";base64," in text.lower()
    is_image_data(text)


def links(data: bytes) -> None:
    """A link that may be followed leads to no address that the C library knows as an inner one."""
    link = data.decode("utf-8", "replace")
    is_web_link(link)
    try:
        check_link(link)
        place = target_of(link)
    except InvalidInputError:
        return
    assert is_web_link(link)
    try:
        host = place.host.encode("idna").decode()  # as `getaddrinfo` reads it
        meant = socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, ValueError):
        return
    assert is_public(meant), f"{link!r} leads to {ipaddress.ip_address(meant)}"


TARGETS = {
    target.__name__: target for target in (sse, chat_reply, chat_stream, endpoints, images, links)
}
