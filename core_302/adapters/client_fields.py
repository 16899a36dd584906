"""How a class of an adapter reaches the gateway, as fields: the same ones in both frameworks.

Nothing but declarations. A class has them AFTER the framework's class among its bases, so that
pydantic takes this configuration, and the framework's methods stay what they are. What frameworks
call by different names, subclasses add: the address and the asynchronous HTTP client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, InstanceOf, SecretStr

from core_302.config import unshown_values
from core_302.retry import PollPolicy, RetryPolicy

if TYPE_CHECKING:
    from core_302.adapters.connection import LifeCycle
    from core_302.async_client import AsyncClient
    from core_302.client import Client

    # pydantic accepts a string as a secret: the constructor takes either.
    Key = SecretStr | str | Callable[[], str] | None

    class _Fields(LifeCycle, BaseModel):
        """What `connected` gives to a class is known to type checkers from here."""
else:
    Key = SecretStr | Callable[[], str] | None
    Client = AsyncClient = Any  # checked by `Connection`, which imports them on the first call
    _Fields = BaseModel

Secrets = Annotated[Mapping[str, str] | None, AfterValidator(unshown_values)]
"""Names, and values that no repr shows."""


class ClientFields(_Fields):
    """How to reach the gateway: its address, the key, the retries and the time limits."""

    model_config = ConfigDict(
        populate_by_name=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,  # the input of this class holds the key
        protected_namespaces=(),
        # Building a validator takes longer than importing a module: it is built for the first
        # object, and never for base classes that nobody instantiates.
        defer_build=True,
    )

    api_key: Key = Field(default=None, exclude=True, repr=False)
    """The 302.AI key, or a function that returns it; by default from the environment variable
    `AI302_API_KEY`."""
    timeout: Any = None
    """Seconds for a whole call and for a stream's idle timeout, or what `Timeouts.of` takes."""
    max_retries: Annotated[int, Field(ge=0, strict=True)] = 2
    """How often a failed call is retried; 2 means at most 3 requests."""
    retry: InstanceOf[RetryPolicy] | None = Field(default=None, exclude=True, repr=False)
    """Your own retry policy; it wins over `max_retries`."""
    default_headers: Secrets = Field(default=None, exclude=True, repr=False)
    """Headers of every call. Treated as secret."""
    default_query: Secrets = Field(default=None, exclude=True, repr=False)
    """Query parameters of every call. Treated as secret."""
    allow_insecure: bool = False
    """Permit `http://` to a host that is not this machine."""
    trusted_hosts: Sequence[str] | None = None
    """File hosts that may have a private address or no https: yours, or the emulator's."""
    http_client: Any = Field(default=None, exclude=True, repr=False)
    """Your own `httpx.Client`; it is never closed here."""
    client: Client | None = Field(default=None, exclude=True, repr=False)
    """A shared `core_302.Client`: its settings, its connections. Never closed here."""
    async_client: AsyncClient | None = Field(default=None, exclude=True, repr=False)
    """A shared `core_302.AsyncClient`. It is never closed here."""

    _hint: ClassVar[str] = "It is not a setting of this class"
    _first: ClassVar[str | None] = None
    """The field that may be passed by position, where the framework's users do that."""
    _address: ClassVar[str]
    """The name of the field that holds the gateway's address."""
    _async_http_client: ClassVar[str]
    """The name of the field that holds the user's own `httpx.AsyncClient`."""


class TaskFields(ClientFields):
    """The same for a class that orders tasks and waits for them."""

    polling: InstanceOf[PollPolicy] | None = Field(default=None, exclude=True, repr=False)
    """How often a task is polled."""
