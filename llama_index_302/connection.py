"""How every class of this package reaches the gateway: the same fields, checks and life cycle.

The key goes nowhere but into the core's settings: it is in no repr, dump, pickle or cache key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from llama_index.core.schema import BaseComponent
from pydantic import AliasChoices, Field, PrivateAttr, SecretStr, model_validator

from core_302 import AsyncClient, Client, Settings

if TYPE_CHECKING:
    from typing_extensions import Self

SECRET = ("api_key", "default_headers", "http_client", "async_http_client")


class Connection(BaseComponent):
    """Where the gateway is, who asks it, and for how long."""

    api_key: SecretStr | None = Field(default=None, exclude=True, repr=False)
    """The 302.AI key; by default from the environment variable `AI302_API_KEY`."""
    api_base: str | None = Field(
        default=None, validation_alias=AliasChoices("api_base", "base_url")
    )
    """The gateway's address, with or without `/v1`; by default from `AI302_BASE_URL`, or 302.AI."""
    timeout: Any = None
    """Seconds for a whole call, or an `httpx.Timeout` for its phases."""
    max_retries: Annotated[int, Field(ge=0, strict=True)] = 2
    """How often a failed call is repeated; 2 means at most 3 requests."""
    default_headers: Mapping[str, str] | None = Field(default=None, exclude=True, repr=False)
    """Headers of every call. Treated as secret."""
    allow_insecure: bool = False
    """Permit `http://` to a host that is not this machine."""
    http_client: Any = Field(default=None, exclude=True, repr=False)
    """Your own `httpx.Client`; it is never closed here."""
    async_http_client: Any = Field(default=None, exclude=True, repr=False)
    """Your own `httpx.AsyncClient`; it is never closed here."""

    _client: Client | None = PrivateAttr(default=None)
    _async_client: AsyncClient | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _check_the_connection(self) -> Self:
        if self.api_key is None:
            # Raises if there is none, rather than at the first call.
            self.api_key = SecretStr(Settings.from_env().api_key or "")
        self._settings()
        return self

    def close(self) -> None:
        """Close the connections of the blocking methods."""
        if self._client is not None:
            self._client.close()

    async def aclose(self) -> None:
        """Close the connections of the asynchronous methods, and of the blocking ones."""
        self.close()
        if self._async_client is not None:
            await self._async_client.aclose()

    def _settings(self) -> Settings:
        return Settings.from_env(
            api_key=self.api_key.get_secret_value() if self.api_key is not None else None,
            base_url=self.api_base,
            timeout=self.timeout,
            max_retries=self.max_retries,
            default_headers=self.default_headers,
            allow_insecure=self.allow_insecure,
        )

    def _blocking(self) -> Client:
        if self._client is None:
            self._client = Client(self._settings(), http_client=self.http_client)
        return self._client

    def _awaiting(self) -> AsyncClient:
        if self._async_client is None:
            self._async_client = AsyncClient(self._settings(), http_client=self.async_http_client)
        return self._async_client

    def __getstate__(self) -> dict[str, Any]:
        """A pickle carries no key, no headers and no connections."""
        state: dict[str, Any] = super().__getstate__()
        fields = {name: v for name, v in state["__dict__"].items() if name not in SECRET}
        private = {**(state["__pydantic_private__"] or {}), "_client": None, "_async_client": None}
        return {**state, "__dict__": fields, "__pydantic_private__": private}
