"""The transport to an address: direct, or through the proxy that the environment names for it.

One function decides, for the look-up of a file host's addresses and for the connection alike: a
host that is left to a proxy to look up can then never be connected to directly.
"""

from __future__ import annotations

import base64
import ipaddress
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import httpx

from core_302.config import Settings
from core_302.errors import ConfigurationError
from core_302.links import PORTS
from core_302.net.transports import AsyncPooledTransport, PooledTransport, plain_request
from core_302.net.tunnels import AsyncTunnelTransport, TunnelTransport

Transport = TypeVar("Transport")


def proxy_for(url: httpx.URL) -> str | None:
    """Return the proxy of the environment for an address, or None.

    It obeys HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, and NO_PROXY beside them, in either case.
    """
    proxies = urllib.request.getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    if proxy is None:
        return None
    host = url.raw_host.decode("ascii").rstrip(".")
    asked = f"{host}:{url.port or PORTS[url.scheme]}"
    if urllib.request.proxy_bypass(asked) or _in_a_network(host, proxies.get("no", "")):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _in_a_network(host: str, no_proxy: str) -> bool:
    """Return whether a host is an IP address of a network in NO_PROXY, such as `10.0.0.0/8`.

    Raises:
        ConfigurationError: One is not a network: a host may be meant that no proxy may hear of.
    """
    networks = [entry.strip() for entry in no_proxy.split(",") if "/" in entry]
    if not networks:
        return False
    try:
        ranges = [ipaddress.ip_network(network, strict=False) for network in networks]
    except ValueError as error:
        raise ConfigurationError(
            f"NO_PROXY names a network that is none: {error}. One looks like 10.0.0.0/8."
        ) from None
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in ranges)


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Return what no error of a call may repeat: its settings' secrets, and its proxies'."""
    secrets = [*settings.secrets()]
    for proxy in urllib.request.getproxies().values():
        userinfo = proxy.rpartition("@")[0].rpartition("//")[2]
        if password := userinfo.partition(":")[2]:
            plain = urllib.parse.unquote(userinfo)
            secrets += [password, urllib.parse.unquote(password)]
            secrets.append(base64.b64encode(plain.encode()).decode())
    return tuple(secrets)


def _proxy_of(request: httpx.Request) -> str | None:
    """Return the proxy for `request`; None for a file whose address was looked up and checked."""
    if "sni_hostname" in request.extensions:
        return None
    return proxy_for(request.url)


class _Tunnels(Generic[Transport]):
    """The connections through each proxy, made on first use."""

    def __init__(self, make: Callable[[str], Transport]) -> None:
        self._make = make
        self._made: dict[str, Transport] = {}

    def to(self, proxy: str) -> Transport:
        """Return the connections through `proxy`.

        Raises:
            ConfigurationError: It is not the address of a usable proxy.
        """
        if proxy not in self._made:
            try:
                parts = urllib.parse.urlsplit(proxy)
                parts.port  # noqa: B018 - reading it is what checks it
                (parts.hostname or "..").encode("idna")
                made = self._make(proxy)
            except (ValueError, ImportError, httpx.InvalidURL) as error:
                # The text of the cause may hold the proxy's password.
                raise ConfigurationError(
                    "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names a proxy that cannot be used: "
                    "http:// and https:// work, socks5:// after `pip install httpx[socks]`. "
                    "NO_PROXY names hosts to be reached without it."
                ) from (error if isinstance(error, ImportError) else None)
            self._made.setdefault(proxy, made)
        return self._made[proxy]

    def all(self) -> list[Transport]:
        """Return the connections through every proxy, to close them."""
        return list(self._made.values())


class ProxiedTransport:
    """Blocking connections, to each address as the environment says."""

    def __init__(self, most_connections: int) -> None:
        self._direct = PooledTransport(most_connections)
        self._tunnels = _Tunnels(lambda proxy: TunnelTransport(proxy, most_connections))

    def send(self, message: Mapping[str, Any], limits: httpx.Timeout) -> httpx.Response:
        """Send a message; see `message_of`. The reply's body is still to be read."""
        request = plain_request(message, limits)
        proxy = _proxy_of(request)
        transport = self._direct if proxy is None else self._tunnels.to(proxy)
        response = transport.handle_request(request)
        response.request = request
        return response

    def close(self) -> None:
        """Close every connection."""
        for transport in (self._direct, *self._tunnels.all()):
            transport.close()


class AsyncProxiedTransport:
    """Asynchronous connections, to each address as the environment says."""

    def __init__(self, most_connections: int) -> None:
        self._direct = AsyncPooledTransport(most_connections)
        self._tunnels = _Tunnels(lambda proxy: AsyncTunnelTransport(proxy, most_connections))

    async def send(self, message: Mapping[str, Any], limits: httpx.Timeout) -> httpx.Response:
        """Send a message, as `ProxiedTransport.send` does."""
        request = plain_request(message, limits)
        proxy = _proxy_of(request)
        transport = self._direct if proxy is None else self._tunnels.to(proxy)
        response = await transport.handle_async_request(request)
        response.request = request
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        for transport in (self._direct, *self._tunnels.all()):
            await transport.aclose()


OwnTransport = PooledTransport | ProxiedTransport
AsyncOwnTransport = AsyncPooledTransport | AsyncProxiedTransport


def transport(most_connections: int) -> OwnTransport:
    """Return our own blocking connections."""
    return (ProxiedTransport if _any_proxy() else PooledTransport)(most_connections)


def async_transport(most_connections: int) -> AsyncOwnTransport:
    """Return our own asynchronous connections."""
    return (AsyncProxiedTransport if _any_proxy() else AsyncPooledTransport)(most_connections)


def _any_proxy() -> bool:
    return bool(urllib.request.getproxies().keys() - {"no"})
