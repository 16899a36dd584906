"""How every class of this package reaches the gateway: the core's connection, in LangChain's words.

Errors of the constructor are LangChain's classes too; a dump holds no key.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import AliasChoices, Field, ValidationError

import core_302.adapters.client_fields
from core_302 import Timeouts
from core_302.adapters.client_fields import conceal, what_is_wrong
from langchain_302.errors import as_langchain


class Connection(core_302.adapters.client_fields.Connection):
    """Where the gateway is, who asks it, and for how long."""

    base_url: str | None = None
    """The gateway's address, with or without `/v1`; by default from `AI302_BASE_URL`, or 302.AI."""
    timeout: Any = Field(default=None, validation_alias=AliasChoices("timeout", "request_timeout"))
    """Seconds for a whole call and for a stream's silence, or what `Timeouts.of` takes."""
    http_async_client: Any = Field(default=None, exclude=True, repr=False)
    """Your own `httpx.AsyncClient`; it is never closed here."""

    _hint: ClassVar[str] = "It is no setting of this class"
    _address: ClassVar[str] = "base_url"
    _awaiting_client: ClassVar[str] = "http_async_client"

    # Type checkers keep the signature that pydantic derives from the fields.
    if not TYPE_CHECKING:  # pragma: no branch

        def __init__(self, **given: Any) -> None:
            conceal(given)
            try:
                super().__init__(**given)
            except ValidationError as error:
                raise as_langchain(what_is_wrong(error, type(self), self._hint)) from None

    @property
    def lc_secrets(self) -> dict[str, str]:
        """Where a serialised object finds its key again."""
        return {"api_key": "AI302_API_KEY"}

    @property
    def lc_attributes(self) -> dict[str, Any]:
        """Values that a serialised object has in another form: plain ones."""
        plain = self.timeout is None or isinstance(self.timeout, (int, float))
        return {} if plain else {"timeout": asdict(Timeouts.of(self.timeout))}
