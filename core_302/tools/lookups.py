"""What a tool finds out by one chat call: the web, or the words on a picture. As flows.

A model chooses the words and the picture; the operator chooses the models and the services.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from core_302.endpoints.chat_reply import Completion, read_completion
from core_302.endpoints.chat_request import chat_request
from core_302.errors import InvalidInputError, MalformedReplyError
from core_302.flow import Flow, ask
from core_302.image_parts import image_part
from core_302.messages.parts import Part, text_part
from core_302.options.chat import ChatOptions, WebSearch
from core_302.options.image import check_image, data_uri

DEFAULT_MODEL = "gpt-4o-mini"
READ_ALL = "Write down all words on this picture, and say in one sentence what it shows."


@dataclass(frozen=True)
class Lookups:
    """How a tool looks something up.

    Attributes:
        model: The language model that answers.
        search: How the web is searched.
        ocr: How pictures are read; see `ChatOptions`.
    """

    model: str = DEFAULT_MODEL
    search: WebSearch = field(default_factory=WebSearch)
    ocr: bool | str = "auto"

    def on_the_web(self, query: str) -> Flow[str]:
        """Search the web; return the answer with its sources.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        if not query.strip():
            raise InvalidInputError("query: is empty: say what to search for. Nothing was sent.")
        options = ChatOptions(web_search=self.search)
        return (yield from self._ask([text_part(query)], options))

    def on_a_picture(self, image: str | bytes, question: str | None) -> Flow[str]:
        """Read a picture, from where it may be read; return what it says.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        try:
            check_image(image)
        except ValueError as error:
            raise InvalidInputError(f"image: {error}. Nothing was sent.") from None
        address = data_uri(image) if isinstance(image, bytes) else image
        content = [text_part(question or READ_ALL), image_part(address, "image")]
        return (yield from self._ask(content, ChatOptions(ocr=self.ocr)))

    def _ask(self, content: list[Part], options: ChatOptions) -> Flow[str]:
        request = chat_request(self.model, [{"role": "user", "content": content}], options)
        completion = yield from ask(request, read_completion)
        return answer_in_words(completion)


def answer_in_words(completion: Completion) -> str:
    """Return an answer and its sources as text, for a model to read.

    Raises:
        MalformedReplyError: It says nothing.
    """
    first = completion.choices[0]
    text = first.text or first.refusal or ""
    if not text.strip():
        raise MalformedReplyError("The answer has no text.")
    # A title comes from a stranger's page: it must not pass for lines of ours.
    titled = [(" ".join((c.title or "").split()), c.url) for c in completion.about.citations]
    sources = [f"- {title}: {url}" if title else f"- {url}" for title, url in titled]
    return "\n".join([text, "", "Sources:", *sources]) if sources else text
