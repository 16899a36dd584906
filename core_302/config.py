"""Settings: the key, the base URL, the time limits, the retries; checked before anything is sent.

`Settings.from_env` is the one place of the project that reads the environment. No file of the
working directory is ever read: a folder that somebody else filled must not choose where a key goes.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core_302.base_url import (
    DEFAULT_BASE_URL,
    KEY_VARIABLE,
    URL_VARIABLE,
    check_home_of_the_key,
    clean_base_url,
    leads_to_this_machine,
)
from core_302.errors import SHORTEST_SECRET, ConfigurationError
from core_302.timeouts import Timeouts

HOSTS_VARIABLE = "AI302_TRUSTED_HOSTS"
KEYS_REMEMBERED = 8  # keys that a key function has returned
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
FRAMING_HEADERS = frozenset(
    {"connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)
KEY_PAGE = "https://dash.302.ai/apis/list"
MISSING_KEY = (
    f"No 302.AI key. Set the environment variable {KEY_VARIABLE}, or pass api_key=... "
    f"Keys are made at {KEY_PAGE}"
)


@dataclass(frozen=True)
class Settings:
    """How to reach the gateway.

    Attributes:
        api_key: The 302.AI key, or a function that returns it, which is called before each request
            and must not block. None means: read the environment when the first call is made. One
            of fewer than 8 characters goes only to this machine, such as to the emulator.
        base_url: The host, with or without `/v1` and a trailing slash; kept without both.
        timeout: See `Timeouts.of`.
        max_retries: How often a failed call is retried (2: at most 3 requests).
        max_connections: The most connections of one client (and of one event loop).
        default_headers: Sent with every call. Treated as secret: never shown.
        default_query: Query parameters sent with every call. Treated as secret, likewise.
        allow_insecure: Permit `http://` to a host that is not this machine.
        trusted_hosts: File hosts (`host` or `host:port`) that files are fetched from although their
            address is private or their scheme is http: a mirror of yours, or the emulator.

    Raises:
        ConfigurationError: A value cannot be used. The text never repeats the key.
    """

    api_key: str | Callable[[], str] | None = field(default=None, repr=False)
    base_url: str = DEFAULT_BASE_URL
    timeout: Any = None
    max_retries: int = 2
    max_connections: int = 1000
    default_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    default_query: Mapping[str, str] = field(default_factory=dict, repr=False)
    allow_insecure: bool = False
    trusted_hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("default_headers", "default_query"):
            object.__setattr__(self, name, unshown_values(getattr(self, name)))
        if isinstance(self.api_key, str):
            object.__setattr__(self, "api_key", Unshown(self.api_key))
        elif self.api_key is not None and not isinstance(self.api_key, _KeySource):
            object.__setattr__(self, "api_key", _KeySource(self.api_key))
        object.__setattr__(
            self, "base_url", clean_base_url(self.base_url, allow_insecure=self.allow_insecure)
        )
        if isinstance(self.api_key, Unshown):
            check_key(self.api_key)
            _check_length(self.api_key, self.base_url)
        object.__setattr__(self, "timeout", Timeouts.of(self.timeout))
        for name, least in (("max_retries", 0), ("max_connections", 1)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ConfigurationError(f"{name} must be an integer of at least {least}.")
        for header, value in self.default_headers.items():
            _check_header(header, value)
        object.__setattr__(self, "trusted_hosts", _hosts(self.trusted_hosts))

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
        """Settings from arguments and, for those that are missing, from the environment.

        Args:
            environ: The variables; the process environment by default.
            **given: Fields of `Settings`; None counts as missing. An address of a host that is
                not 302.AI's needs a key passed with it: see docs/decisions/0012.

        Raises:
            ConfigurationError: There is no key, or a value cannot be used.
        """
        environ = os.environ if environ is None else environ
        conceal(given)
        values = {name: value for name, value in given.items() if value is not None}
        if "api_key" not in values:
            values["api_key"] = environ.get(KEY_VARIABLE) or None
            if "base_url" in values:
                check_home_of_the_key(values, environ)
        if values["api_key"] is None:
            raise ConfigurationError(MISSING_KEY)
        if "base_url" not in values and environ.get(URL_VARIABLE):
            values["base_url"] = environ[URL_VARIABLE]
        if "trusted_hosts" not in values and environ.get(HOSTS_VARIABLE):
            values["trusted_hosts"] = tuple(environ[HOSTS_VARIABLE].split(","))
        return cls(**values)

    def with_key(self) -> Settings:
        """These settings with a key: their own, or the one from the environment.

        Raises:
            ConfigurationError: There is none, or it cannot be used.
        """
        if isinstance(self.api_key, _KeySource):
            return replace(self, api_key=self.api_key())
        if self.api_key is not None:
            return self
        given = Settings.from_env(base_url=self.base_url, allow_insecure=self.allow_insecure)
        return replace(self, api_key=given.api_key)

    def for_call(self, timeout: Any, headers: Mapping[str, str] | None) -> Settings:
        """These settings with the time limits and the further headers of one call.

        Args:
            timeout: See `Timeouts.of`; None keeps these.
            headers: They win over `default_headers`, in any spelling.

        Raises:
            ConfigurationError: A value cannot be used.
        """
        if timeout is None and not headers:
            return self
        headers = unshown_values(headers or {})
        names = {str(name).lower() for name in headers}
        kept = {n: value for n, value in self.default_headers.items() if n.lower() not in names}
        limits = self.timeout if timeout is None else timeout
        return replace(self, timeout=limits, default_headers={**kept, **headers})

    def secrets(self) -> tuple[str, ...]:
        """Return what no error text may repeat: the key, the user's headers and query."""
        values = [*self.default_headers.values(), *map(Unshown, self.default_query.values())]
        if isinstance(self.api_key, _KeySource):
            return (*self.api_key.used, *values)
        try:
            key = self.with_key().api_key
        except ConfigurationError:
            key = None
        return (key, *values) if isinstance(key, str) else tuple(values)

    def __deepcopy__(self, memo: dict[int, Any]) -> Settings:
        """A copy keeps the key; frozen, so it may be the same object."""
        return self

    def __getstate__(self) -> dict[str, Any]:
        """A pickle carries no key, headers or query: they would outlive the process on a disk."""
        return {**self.__dict__, "api_key": None, "default_headers": {}, "default_query": {}}


class _KeySource:
    """A function that returns the key, and the keys that it has returned: no error repeats them."""

    def __init__(self, function: Any) -> None:
        if not callable(function):
            raise ConfigurationError(
                f"The key must be a string or a function, not {type(function).__name__}."
            )
        self._function = function
        self.used: deque[str] = deque(maxlen=KEYS_REMEMBERED)

    def __call__(self) -> str:
        key = self._function()
        if not isinstance(key, str):
            raise ConfigurationError(
                f"The function passed as api_key returned a {type(key).__name__}, not a string."
            )
        key = Unshown(check_key(key))
        if key not in self.used:
            self.used.append(key)
        return key


def check_key(key: str) -> str:
    """Return `key` if it can be sent as it is.

    Raises:
        ConfigurationError: It cannot. The text says why and never repeats the key.
    """
    if not key.strip():
        raise ConfigurationError(f"The key is empty. Set {KEY_VARIABLE}, or pass api_key=...")
    if key.lower().startswith("bearer "):
        raise ConfigurationError("The key starts with 'Bearer ': pass the key alone.")
    if key != key.strip() or re.search(r"\s", key):
        raise ConfigurationError("The key contains a space or a line break: copy it again.")
    if not key.isascii() or not key.isprintable():
        raise ConfigurationError(
            "The key contains characters that are not allowed in a key: copy it again."
        )
    return key


class Unshown(str):
    """A string whose repr hides it: crash reports show the repr of every variable."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


def unshown_values(given: Any) -> Any:
    """Return a mapping of secrets with values that no repr shows; anything else as it is."""
    if not isinstance(given, Mapping):
        return given
    return {name: Unshown(v) if isinstance(v, str) else v for name, v in given.items()}


def conceal(given: dict[str, Any]) -> None:
    """Replace the secrets among a constructor's arguments by texts that no repr shows.

    Crash reports show the variables of every frame, and a constructor that refuses has them all.
    """
    if isinstance(given.get("api_key"), str):
        given["api_key"] = Unshown(given["api_key"])
    for name in ("default_headers", "default_query", "envs"):
        if name in given:
            given[name] = unshown_values(given[name])


def _check_length(key: str, base_url: str) -> None:
    if len(key) < SHORTEST_SECRET and not leads_to_this_machine(base_url):
        raise ConfigurationError(
            f"The key has fewer than {SHORTEST_SECRET} characters: it is not one of 302.AI, and is "
            "sent to this machine only. Copy it once more."
        )


def _hosts(given: Any) -> tuple[str, ...]:
    if isinstance(given, str):
        raise ConfigurationError(f"trusted_hosts must be a list of hosts, such as [{given!r}].")
    hosts = tuple(str(host).strip().lower() for host in given)
    for host in hosts:
        if not host or "/" in host or "@" in host:
            raise ConfigurationError(
                f"trusted_hosts contains {host!r}: pass hosts only, such as 'localhost:8302'."
            )
    return hosts


def _check_header(name: str, value: Any) -> None:
    if not isinstance(name, str) or not HEADER_NAME.fullmatch(name):
        raise ConfigurationError(f"The header name {name!r} is not a valid one (RFC 9110, 5.6.2).")
    if name.lower() == "authorization":
        raise ConfigurationError("Pass the key as api_key=..., not as an Authorization header.")
    if name.lower() in FRAMING_HEADERS:
        raise ConfigurationError(f"The header {name!r} is set by the connection itself.")
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise ConfigurationError(f"The header {name!r} must be printable ASCII text.")
    if value != value.strip():
        raise ConfigurationError(f"The header {name!r} begins or ends with a space.")
