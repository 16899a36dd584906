"""AnswerChunks: how the deltas of a stream leave the core, as the program reads them.

Reasoning inside `<think>` is told apart first. Then, behind a reader who is slower than the server,
text that has already come leaves in one chunk: whoever is late gains nothing from a chunk a token,
and pays for each. Nothing ever waits for more to come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from core_302.endpoints.chat_delta import ChatDelta
from core_302.endpoints.chat_stream import ChatStream
from core_302.errors import AI302Error
from core_302.http import Reply
from core_302.messages.think_tags import ThinkStream

LARGEST_CHUNK = 2_000  # characters of a chunk that was merged
SLICE = 16 * 1024  # bytes that are read between two looks at the clock


class StreamReading(NamedTuple):
    """How a stream is read.

    Attributes:
        split_think: Whether `<think>...</think>` is moved out of the text.
        merge_chunks: Whether text that has already come leaves in one chunk.
    """

    split_think: bool = False
    merge_chunks: bool = True


class AnswerChunks:
    """The chunks of one stream. Give it what each read brings, and `finish` it once.

    Text is merged with text, reasoning with reasoning, of one answer. All else leaves as it came:
    tool calls, log-probabilities, images, the end, and the first chunk of each answer, for which a
    user waits.
    """

    def __init__(self, stream: ChatStream, reading: StreamReading) -> None:
        self._stream = stream
        self._think = ThinkStream() if reading.split_think else None
        self._merges = reading.merge_chunks
        self._begun: set[int] = set()
        self._held: ChatDelta | None = None  # the first of those that become one chunk
        self._is_text = False
        self._more: list[str] = []  # what the others add to it
        self._size = 0
        self.heard = False
        """Whether any content has come; set it to False, and ask again."""

    @property
    def done(self) -> bool:
        """True once `[DONE]` was read."""
        return self._stream.done

    def of_read(self, pieces: Iterable[bytes]) -> Iterator[ChatDelta | None]:
        """Yield the chunks of what one read has brought, in `pieces`.

        None stands where the event loop may be let run, though no chunk is complete. What came
        before an error leaves before it. See `ChatStream.feed` for what it raises.
        """
        first = True
        try:
            for piece in pieces:
                for start in range(0, len(piece), SLICE):
                    if not first:
                        yield None
                    first = False
                    deltas, error = self._stream.read(piece[start : start + SLICE])
                    yield from self._leaving(deltas)
                    if error is not None:
                        raise error
        except AI302Error:
            yield from self._flushed()
            raise
        yield from self._flushed()

    def _flushed(self) -> tuple[ChatDelta, ...]:
        """Return what waited for more."""
        held, self._held = self._held, None
        if held is None:
            return ()
        if self._more:
            if self._is_text:
                held.text += "".join(self._more)
            else:
                held.reasoning += "".join(self._more)
            self._more.clear()
        return (held,)

    def finish(self) -> Iterator[ChatDelta]:
        """Yield the last chunks. See `ChatStream.finish` for what it raises."""
        return self._to_the_end(self._stream.finish())

    def read_whole(self, reply: Reply) -> Iterator[ChatDelta]:
        """Yield the chunks of a reply without the label of a stream: `ChatStream.read_whole`."""
        return self._to_the_end(self._stream.read_whole(reply))

    def _to_the_end(self, deltas: Iterable[ChatDelta]) -> Iterator[ChatDelta]:
        try:
            for delta in deltas:
                yield from self._leaving([delta])
        except AI302Error:
            yield from self._flushed()
            raise
        yield from self._flushed()

    def _leaving(self, deltas: list[ChatDelta]) -> list[ChatDelta]:
        """Return the chunks that `deltas` complete."""
        if deltas:
            self.heard = True  # even if all is held back, for it may be the beginning of a tag
        if self._think is not None:
            deltas = self._split(deltas, self._think)
        return self._merged(deltas) if self._merges else deltas

    def _split(self, deltas: list[ChatDelta], think: ThinkStream) -> list[ChatDelta]:
        """Return the deltas with their reasoning out of their text; an end brings what was held."""
        found: list[ChatDelta] = []
        for delta in deltas:
            split = think.split(delta)
            if split.about is not None:
                found += think.finish()
            if split != ChatDelta(split.index):
                found.append(split)
        return found

    # This runs for each token.
    def _merged(self, deltas: list[ChatDelta]) -> list[ChatDelta]:
        leaving: list[ChatDelta] = []
        for delta in deltas:
            piece = delta.plain_text()
            if piece is None or delta.index not in self._begun:
                leaving += self._flushed()
                self._begun.add(delta.index)
                leaving.append(delta)
            elif self._fits(delta, piece):
                self._more.append(piece)
                self._size += len(piece)
            else:
                leaving += self._flushed()
                self._held, self._is_text, self._size = delta, bool(delta.text), len(piece)
        return leaving

    def _fits(self, delta: ChatDelta, piece: str) -> bool:
        held = self._held
        return (
            held is not None
            and held.index == delta.index
            and self._is_text == bool(delta.text)
            and self._size + len(piece) <= LARGEST_CHUNK
        )
