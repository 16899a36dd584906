"""The way to an address: direct, or through the proxy that the environment names for it.

One function decides, for the look-up of a file host's addresses and for the connection alike: a
host that is left to a proxy to look up can then never be connected to directly.
"""

from __future__ import annotations

import base64
import ipaddress
import urllib.parse
import urllib.request

from core_302.config import Settings
from core_302.errors import AI302Error, ConfigurationError
from core_302.links import PORTS
from core_302.net.handshakes import Proxy


def any_proxy() -> bool:
    """Return whether the environment names a proxy for anything."""
    return bool(urllib.request.getproxies().keys() - {"no"})


def proxy_of(scheme: str, host: str, port: int | None) -> Proxy | None:
    """Return the proxy of the environment for an address, or None.

    It obeys HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, and NO_PROXY beside them, in either case.

    Raises:
        ConfigurationError: It is not the address of a usable proxy.
    """
    proxies = urllib.request.getproxies()
    address = proxies.get(scheme) or proxies.get("all")
    if address is None:
        return None
    host = host.rstrip(".")
    asked = f"{host}:{port or PORTS[scheme]}"
    if urllib.request.proxy_bypass(asked) or _in_a_network(host, proxies.get("no", "")):
        return None
    try:
        return Proxy.of(address if "://" in address else f"http://{address}")
    except ValueError:  # its text may contain the proxy's password
        raise ConfigurationError(
            "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names a proxy that cannot be used: http://, "
            "https:// and socks5:// work. NO_PROXY names hosts to be reached without it."
        ) from None


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


def shown(settings: Settings, text: str) -> str:
    """Return `text` as it may be logged: without what `secrets_of` returns."""
    return AI302Error(text).redact(*secrets_of(settings)).message
