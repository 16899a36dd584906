"""What a chat model is asked: the options as fields, and what one call makes of them.

Options are checked by `core_302.options.chat`. A call's own words win over the constructor's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from langchain_core.messages import BaseMessage
from pydantic import Field

from core_302 import WebSearch
from core_302.messages.tool_results import mended
from core_302.options.chat import LASTING, OTHER_FIELDS, ChatFields
from core_302.options.chat_call import AnswerFields, ChatCall, chat_call
from core_302.options.declaration import Text
from core_302.options.framework_names import names_of
from langchain_302.connection import Connection
from langchain_302.convert import to_wire


class Asked(ChatCall):
    """What one call asks."""

    __slots__ = ()

    def wire(self, messages: Sequence[BaseMessage]) -> list[dict[str, Any]]:
        """Return the conversation as this model wants it.

        Raises:
            InvalidInputError: It holds what cannot be sent.
        """
        return mended(to_wire(messages, reasoning_back=self.reasoning_back))


class ChatSettings(AnswerFields, ChatFields, Connection):
    """The fields of a chat model."""

    _hint: ClassVar[str] = OTHER_FIELDS

    model: Annotated[Text, Field(validation_alias=names_of("LangChain", "model"))]
    """The model's name. One that is not known here is sent as it is."""
    streaming: bool = False
    """Ask for a stream even in `invoke`, for models that answer only in streams."""
    stop: Annotated[
        str | Sequence[str] | None, Field(validation_alias=names_of("LangChain", "stop"))
    ] = None
    """Texts that end the answer."""

    @property
    def lc_attributes(self) -> dict[str, Any]:
        """Values that a serialised model has in another form: plain ones."""
        if not isinstance(self.web_search, WebSearch):
            return super().lc_attributes
        search = self.web_search.model_dump(mode="json", exclude_none=True)
        return {**super().lc_attributes, "web_search": search}

    def _default_options(self) -> dict[str, Any]:
        """Return the options of the constructor that are set."""
        fields = vars(self)  # not `getattr`: every call comes here twice
        return {name: fields[name] for name in LASTING if fields[name] is not None}

    def _asked(self, stop: list[str] | None, kwargs: Mapping[str, Any]) -> Asked:
        """Return what one call asks."""
        call = {name: value for name, value in kwargs.items() if name != "stream"}
        if stop is not None:
            call["stop"] = stop
        return Asked(*chat_call(self.model, self, self._default_options(), call))

    def _cache_key(self, stop: list[str] | None, kwargs: Mapping[str, Any], *more: Any) -> str:
        """Return a text that is the same for calls with the same answer, and only for them.

        LangChain's own is made of the fields as they were given: it misses the address from the
        environment and the headers, and takes two spellings of one option for two.
        """
        asked, settings = self._asked(stop, kwargs), self._settings()
        headers = sorted((k.lower(), v) for k, v in (self.default_headers or {}).items())
        values = {
            "address": settings.base_url,
            "query": dict(self.default_query or {}),
            # Headers may be secret, and keys of a cache are not.
            "headers": hashlib.sha256(repr(headers).encode()).hexdigest() if headers else None,
            "options": asked.options.model_dump(exclude_none=True),
            "asked": [asked.model, asked.stream_usage, asked.split_think, asked.reasoning_back],
            "more": more,
        }
        return f"ai302 {json.dumps(values, sort_keys=True, default=repr)}"
