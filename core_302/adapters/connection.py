"""Connection: one object's way to the gateway, held by every class of both adapters.

It holds the settings, makes the clients on first use, closes them, and is copied
and pickled without them. `client_fields.py` says what a user can set; `connected.py` ties both to a
class.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from core_302.config import Settings
from core_302.errors import ClosedError, ConfigurationError
from core_302.lazy_imports import OnDemand

if TYPE_CHECKING:
    from typing_extensions import Self

    from core_302 import async_client, client
    from core_302.async_client import AsyncClient
    from core_302.client import Client
    from core_302.retry import PollPolicy, RetryPolicy
else:
    # What speaks HTTP is imported on the first call.
    async_client = OnDemand("core_302.async_client")
    client = OnDemand("core_302.client")

# Threads that share an object must share its connections too. One lock for all: a lock in the
# object could be neither pickled nor copied, and making a client takes no time.
MAKING = threading.Lock()


class Connection:
    """Settings, and the clients that are made from them on first use.

    Args:
        settings: How to reach the gateway; None takes those of a given client.
        client: A shared `Client`; never closed here.
        async_client: Likewise, for awaited calls.
        http_client: The user's own `httpx.Client`; never closed here.
        async_http_client: The user's own `httpx.AsyncClient`; never closed here.
        retry: How failed calls are retried; by default `settings.max_retries` with full jitter.
        polling: How often a task is polled.

    Raises:
        ConfigurationError: `client` or `async_client` is not a client.
    """

    def __init__(
        self,
        settings: Settings | None,
        *,
        client: Client | None = None,
        async_client: AsyncClient | None = None,
        http_client: Any = None,
        async_http_client: Any = None,
        retry: RetryPolicy | None = None,
        polling: PollPolicy | None = None,
    ) -> None:
        _check_clients(client, async_client)
        shared = client or async_client
        if shared is not None:
            settings, retry, polling = shared.settings, shared.retry, shared.polling
        self.settings = settings or Settings.from_env()
        self._shared_clients = {"client": client, "async_client": async_client}
        self._retry, self._polling = retry, polling
        self._http_client = http_client
        self._async_http_client = async_http_client
        self._client = client
        self._async_client = async_client
        self._closed: frozenset[str] = frozenset()

    @property
    def client(self) -> Client:
        """The client of the blocking methods.

        Raises:
            ClosedError: It was closed before its first call.
        """
        if self._client is None:
            self._check_open("client")
            with MAKING:
                self._client = self._client or client.Client(
                    self.settings,
                    http_client=self._http_client,
                    retry=self._retry,
                    polling=self._polling,
                )
        return self._client

    @property
    def async_client(self) -> AsyncClient:
        """The client of the asynchronous methods.

        Raises:
            ClosedError: It was closed before its first call.
        """
        if self._async_client is None:
            self._check_open("async_client")
            with MAKING:
                self._async_client = self._async_client or async_client.AsyncClient(
                    self.settings,
                    http_client=self._async_http_client,
                    retry=self._retry,
                    polling=self._polling,
                )
        return self._async_client

    def close(self) -> None:
        """Close the connections of the blocking methods, if they are not shared."""
        self._closed |= {"client"}
        if self._client is not None and self._client is not self._shared_clients["client"]:
            self._client.close()

    async def aclose(self) -> None:
        """Close the connections of the asynchronous methods, and of the blocking ones."""
        self.close()
        self._closed |= {"async_client"}
        if (
            self._async_client is not None
            and self._async_client is not self._shared_clients["async_client"]
        ):
            await self._async_client.aclose()

    def _check_open(self, name: str) -> None:
        if name in self._closed:
            raise ClosedError("This object was closed; make a new one.")

    def __copy__(self) -> Self:
        """A copy has connections of its own, and shares the clients that were given."""
        copy = type(self).__new__(type(self))
        copy.__dict__.update(vars(self), _client=None, _async_client=None, _closed=frozenset())
        copy.__dict__.update({f"_{name}": shared for name, shared in self._shared_clients.items()})
        return copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.__copy__()

    def __getstate__(self) -> dict[str, Any]:
        """A pickle carries no connections, and no key: `Settings` and clients leave theirs out."""
        return {**vars(self.__copy__()), "_http_client": None, "_async_http_client": None}


class LifeCycle:
    """Closing, which every object that calls the gateway has, also by `with`."""

    _connection: Connection | None

    @property
    def _gateway(self) -> Connection:
        """The object's connection, made from its fields on first use."""
        assert self._connection is not None, "made by the constructor"
        return self._connection

    def close(self) -> None:
        """Close the connections of the blocking methods."""
        self._gateway.close()

    async def aclose(self) -> None:
        """Close the connections of the asynchronous methods, and of the blocking ones."""
        await self._gateway.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _check_clients(blocking: Any, awaiting: Any) -> None:
    if blocking is not None and not isinstance(blocking, client.Client):
        raise ConfigurationError(f"client must be a core_302.Client, not {_named(blocking)}.")
    if awaiting is not None and not isinstance(awaiting, async_client.AsyncClient):
        raise ConfigurationError(
            f"async_client must be a core_302.AsyncClient, not {_named(awaiting)}."
        )


def _named(value: Any) -> str:
    """Return the name of a value's class with its package: httpx has clients of the same names."""
    kind = type(value)
    return f"{kind.__module__.partition('.')[0]}.{kind.__name__}"
