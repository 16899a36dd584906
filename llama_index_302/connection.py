"""How `AI302` reaches the gateway: its fields, its checks and its life cycle.

The key goes nowhere but into the core's settings: it is in no repr, dump, pickle, event or error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_serializer,
    field_validator,
    model_validator,
)

from core_302 import AI302Error, AsyncClient, Client, Settings, Timeouts
from core_302.errors import InvalidInputError
from core_302.options import explain

if TYPE_CHECKING:
    from typing_extensions import Self

SECRETS = frozenset({"api_key", "default_headers", "http_client", "async_http_client"})


class Connection(BaseModel):
    """Where the gateway is, who asks it, and for how long."""

    model_config = ConfigDict(
        populate_by_name=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,  # the input of this class holds the key
        protected_namespaces=(),
    )

    api_key: SecretStr | None = Field(default=None, exclude=True, repr=False)
    """The 302.AI key; by default from the environment variable `AI302_API_KEY`."""
    api_base: Annotated[
        str | None, Field(validation_alias=AliasChoices("api_base", "base_url"))
    ] = None
    """The gateway's address, with or without `/v1`; by default from `AI302_BASE_URL`, or 302.AI."""
    timeout: Any = None
    """Seconds for a whole call and for a stream's silence, or an `httpx.Timeout` for its phases."""
    max_retries: Annotated[int, Field(ge=0, strict=True)] = 2
    """How often a failed call is repeated; 2 means at most 3 requests."""
    default_headers: Mapping[str, str] | None = Field(default=None, exclude=True, repr=False)
    """Headers of every call. Treated as secret."""
    default_query: Mapping[str, str] | None = None
    """Query parameters of every call."""
    allow_insecure: bool = False
    """Permit `http://` to a host that is not this machine."""
    http_client: Any = Field(default=None, exclude=True, repr=False)
    """Your own `httpx.Client`; it is never closed here."""
    async_http_client: Any = Field(default=None, exclude=True, repr=False)
    """Your own `httpx.AsyncClient`; it is never closed here."""

    _client: Client | None = PrivateAttr(default=None)
    _async_client: AsyncClient | None = PrivateAttr(default=None)

    @field_validator("timeout", mode="before")
    @classmethod
    def _written_timeouts_are_read(cls, value: Any) -> Any:
        return Timeouts(**value) if isinstance(value, Mapping) else value

    @field_serializer("timeout")
    def _write_timeout(self, value: Any) -> Any:
        simple = value is None or isinstance(value, (int, float))
        return value if simple else asdict(Timeouts.of(value))

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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _settings(self) -> Settings:
        given: dict[str, Any] = {
            "api_key": self.api_key.get_secret_value() if self.api_key is not None else None,
            "base_url": self.api_base,
            "timeout": self.timeout,
            "max_retries": self.max_retries,
            "default_headers": self.default_headers,
            "default_query": self.default_query,
            "allow_insecure": self.allow_insecure,
        }
        return Settings.from_env(**given)

    def _blocking(self) -> Client:
        if self._client is None:
            self._client = Client(self._settings(), http_client=self.http_client)
        return self._client

    def _awaiting(self) -> AsyncClient:
        if self._async_client is None:
            self._async_client = AsyncClient(self._settings(), http_client=self.async_http_client)
        return self._async_client

    def __getstate__(self) -> dict[Any, Any]:
        """A pickle carries no key, no headers and no connections."""
        state = super().__getstate__()
        fields = {k: None if k in SECRETS else v for k, v in state["__dict__"].items()}
        private = {**(state["__pydantic_private__"] or {}), "_client": None, "_async_client": None}
        return {**state, "__dict__": fields, "__pydantic_private__": private}

    def __copy__(self) -> Self:
        """A copy has connections of its own: its address or key may be changed next."""
        copy = super().__copy__()
        copy._client = copy._async_client = None  # noqa: SLF001 - its own class
        return copy

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """A deep copy keeps the key, and shares your own HTTP clients."""
        memo = {} if memo is None else memo
        for mine in (self._client, self._async_client):
            memo[id(mine)] = None
        for yours in (self.http_client, self.async_http_client):
            memo[id(yours)] = yours
        return super().__deepcopy__(memo)


def what_is_wrong(error: ValidationError, kind: type[BaseModel], hint: str) -> AI302Error:
    """Return our own error if a validator raised one, else one that names each wrong argument."""
    for detail in error.errors(include_url=False, include_input=False):
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, AI302Error):
            return cause
    return InvalidInputError(explain(error, kind, hint=hint))
