"""How every class of this package reaches the gateway: the core's way, in LlamaIndex's names.

Time limits are written into dumps as plain values, and read from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AliasChoices, Field, ValidationError, field_serializer, field_validator

import core_302.adapters.client_fields
from core_302 import Timeouts
from core_302.adapters.client_fields import conceal, what_is_wrong


class Connection(core_302.adapters.client_fields.Connection):
    """Where the gateway is, who asks it, and for how long."""

    api_base: Annotated[
        str | None, Field(validation_alias=AliasChoices("api_base", "base_url"))
    ] = None
    """The gateway's address, with or without `/v1`; by default from `AI302_BASE_URL`, or 302.AI."""
    async_http_client: Any = Field(default=None, exclude=True, repr=False)
    """Your own `httpx.AsyncClient`; it is never closed here."""

    _address: ClassVar[str] = "api_base"
    _awaiting_client: ClassVar[str] = "async_http_client"

    _hint: ClassVar[str] = "It is no setting of this class"

    # Type checkers keep the signature that pydantic derives from the fields.
    if not TYPE_CHECKING:  # pragma: no branch

        def __init__(self, **given: Any) -> None:
            conceal(given)
            try:
                super().__init__(**given)
            except ValidationError as error:
                raise what_is_wrong(error, type(self), self._hint) from None

    @field_validator("timeout", mode="before")
    @classmethod
    def _written_timeouts_are_read(cls, value: Any) -> Any:
        return Timeouts(**value) if isinstance(value, Mapping) else value

    @field_serializer("timeout")
    def _write_timeout(self, value: Any) -> Any:
        simple = value is None or isinstance(value, (int, float))
        return value if simple else asdict(Timeouts.of(value))
