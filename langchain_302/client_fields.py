"""How every class of this package reaches the gateway: the core's fields, under LangChain's names.

Errors of a constructor are LangChain's classes too.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import AliasChoices, Field

import core_302.adapters.client_fields
import core_302.adapters.connected
from langchain_302.errors import as_langchain

connected = core_302.adapters.connected.connected(as_langchain)


class ClientFields(core_302.adapters.client_fields.ClientFields):
    """How to reach the gateway: its address, the key, the retries and the time limits."""

    base_url: str | None = None
    """The gateway's address, with or without `/v1`; by default from `AI302_BASE_URL`, or 302.AI."""
    timeout: Any = Field(default=None, validation_alias=AliasChoices("timeout", "request_timeout"))
    """Seconds for a whole call and for a stream's idle timeout, or what `Timeouts.of` takes."""
    http_async_client: Any = Field(default=None, exclude=True, repr=False)
    """Your own `httpx.AsyncClient`; it is never closed here."""

    _address: ClassVar[str] = "base_url"
    _async_http_client: ClassVar[str] = "http_async_client"
