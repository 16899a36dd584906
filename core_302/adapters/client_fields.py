"""How every class of an adapter reaches the gateway: the same fields, checks and life cycle.

A pydantic base for classes of any framework. What frameworks call by different names, its
subclasses add: the address and the asynchronous client.

The key goes nowhere but into the core's settings: it is in no repr, dump, pickle or error.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    model_validator,
)

from core_302.adapters.assignment import checked
from core_302.config import Settings, Unshown
from core_302.errors import AI302Error, InvalidInputError
from core_302.lazy_imports import OnDemand
from core_302.options.chat import explain

if TYPE_CHECKING:
    from typing_extensions import Self

    from core_302 import async_client, client
    from core_302.async_client import AsyncClient
    from core_302.client import Client

    # pydantic takes a text as a secret: who calls the constructor may give either.
    Key = SecretStr | str | None
else:
    Key = SecretStr | None
    # What speaks HTTP is imported with the first call.
    async_client = OnDemand("core_302.async_client")
    client = OnDemand("core_302.client")

# Threads that share an object must share its connections too. One lock for all: a lock in the
# object could be neither pickled nor copied, and making a client takes no time.
MAKING = threading.Lock()


def conceal(given: dict[str, Any]) -> None:
    """Make the key among a constructor's arguments one that no repr shows.

    Crash reports show the variables of every frame, and a constructor that refuses has them all.
    """
    if isinstance(given.get("api_key"), str):
        given["api_key"] = SecretStr(given["api_key"])


class Connection(BaseModel):
    """Where the gateway is, who asks it, and for how long."""

    model_config = ConfigDict(
        populate_by_name=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,  # the input of this class holds the key
        protected_namespaces=(),
        # Building a validator takes longer than importing a module. Of the classes that a model is
        # put together from, nobody makes an object; a model's own class says False.
        defer_build=True,
    )

    api_key: Key = Field(default=None, exclude=True, repr=False)
    """The 302.AI key; by default from the environment variable `AI302_API_KEY`."""
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
    timeout: Any = None
    """Seconds for a whole call and for a stream's silence, or what `Timeouts.of` takes."""

    _address: ClassVar[str]
    """The name of the field that holds the gateway's address."""
    _awaiting_client: ClassVar[str]
    """The name of the field that holds the user's own `httpx.AsyncClient`."""
    _client: Client | None = PrivateAttr(default=None)
    _async_client: AsyncClient | None = PrivateAttr(default=None)

    # Type checkers keep the signature that pydantic derives from the fields.
    if not TYPE_CHECKING:  # pragma: no branch

        def __init__(self, **given: Any) -> None:
            conceal(given)
            super().__init__(**given)

        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, checked(type(self), name, value))

    @model_validator(mode="after")
    def _check_the_connection(self) -> Self:
        settings = self._settings()  # raises if there is no key, rather than at the first call
        if self.api_key is None:
            self.api_key = SecretStr(settings.api_key or "")
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
        key = self.api_key
        given: dict[str, Any] = {
            "api_key": Unshown(key.get_secret_value()) if isinstance(key, SecretStr) else key,
            "base_url": getattr(self, self._address),
            "timeout": self.timeout,
            "max_retries": self.max_retries,
            "default_headers": self.default_headers,
            "default_query": self.default_query,
            "allow_insecure": self.allow_insecure,
        }
        return Settings.from_env(**given)

    def _blocking(self) -> Client:
        if self._client is None:
            with MAKING:
                self._client = self._client or self._make_client()
        return self._client

    def _make_client(self) -> Client:
        return client.Client(self._settings(), http_client=self.http_client)

    def _awaiting(self) -> AsyncClient:
        if self._async_client is None:
            with MAKING:
                self._async_client = self._async_client or self._make_async_client()
        return self._async_client

    def _make_async_client(self) -> AsyncClient:
        given = getattr(self, self._awaiting_client)
        return async_client.AsyncClient(self._settings(), http_client=given)

    def __getstate__(self) -> dict[Any, Any]:
        """A pickle carries no key, no headers and no connections."""
        state = super().__getstate__()
        dropped = {"api_key", "default_headers", "http_client", self._awaiting_client}
        fields = {k: None if k in dropped else v for k, v in state["__dict__"].items()}
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
        for yours in (self.http_client, getattr(self, self._awaiting_client)):
            memo[id(yours)] = yours
        return super().__deepcopy__(memo)


def what_is_wrong(error: ValidationError, kind: type[BaseModel], hint: str) -> AI302Error:
    """Return our own error if a validator raised one, else one that names each wrong argument."""
    for detail in error.errors(include_url=False, include_input=False):
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, AI302Error):
            return cause
    return InvalidInputError(explain(error, kind, hint=hint))
