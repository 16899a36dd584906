"""How every class of this package reaches the gateway: the core's fields, in LlamaIndex's names.

Time limits are written into dumps as plain values, and read from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, ClassVar

from pydantic import AliasChoices, BeforeValidator, Field, PlainSerializer, PrivateAttr

import core_302.adapters.client_fields
import core_302.adapters.connected
from core_302 import Timeouts
from core_302.adapters.client_fields import TaskFields
from core_302.adapters.connection import Connection

connected = core_302.adapters.connected.connected()


def _read(timeout: Any) -> Any:
    return Timeouts(**timeout) if isinstance(timeout, Mapping) else timeout


def _written(timeout: Any) -> Any:
    simple = timeout is None or isinstance(timeout, (int, float))
    return timeout if simple else asdict(Timeouts.of(timeout))


class ClientFields(core_302.adapters.client_fields.ClientFields):
    """How to reach the gateway: its address, the key, the retries and the time limits."""

    api_base: Annotated[
        str | None, Field(validation_alias=AliasChoices("api_base", "base_url"))
    ] = None
    """The gateway's address, with or without `/v1`; by default from `AI302_BASE_URL`, or 302.AI."""
    timeout: Annotated[Any, BeforeValidator(_read), PlainSerializer(_written)] = None
    """Seconds for a whole call and for a stream's idle timeout, or what `Timeouts.of` takes."""
    async_http_client: Any = Field(default=None, exclude=True, repr=False)
    """Your own `httpx.AsyncClient`; it is never closed here."""

    _address: ClassVar[str] = "api_base"
    _async_http_client: ClassVar[str] = "async_http_client"


@connected
class ClientParameters(ClientFields, TaskFields):
    """The same for a class that is not a pydantic class, and lists them in its signature."""

    _connection: Connection | None = PrivateAttr(default=None)

    def connection(self) -> Connection:
        """Return a connection with these settings."""
        return self._gateway
