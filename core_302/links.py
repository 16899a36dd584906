"""Which addresses a link may lead to: links come from models and from strangers.

The defence against server-side request forgery (SSRF).

A link is checked twice: as it is written, before anything is looked up, and by the IP addresses
that its host resolves to. The connection is then made to the checked address, so that a second
look-up cannot answer differently (DNS rebinding).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from core_302.errors import InvalidInputError
from core_302.special_addresses import is_public

LONGEST_LINK = 8_000  # characters
LONGEST_HOST = 253  # characters, RFC 1035
PORTS = {"http": 80, "https": 443}
LOCAL_NAMES = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa")
# What `inet_aton` accepts as an address: 2130706433, 0x7f.1, 0177.0.0.1.
NUMERIC_HOST = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}\.?")


@dataclass(frozen=True)
class Target:
    """Where a link leads: its host, port and scheme, and whether the operator trusts them."""

    host: str
    port: int
    trusted: bool
    scheme: str = "https"

    def reachable(self, addresses: Sequence[str] | None) -> Sequence[str | None]:
        """Return the addresses to connect to, one of them None if a proxy looks it up.

        Raises:
            InvalidInputError: An address is not on the public internet. One is enough: a host with
                both kinds is how rebinding begins.
        """
        if addresses is None:
            return (None,)
        for address in addresses:
            if not self.trusted and not is_public(address):
                raise InvalidInputError(f"{self.host} has the internal address {address}.")
        if not addresses:
            raise InvalidInputError(f"{self.host} has no IP address.")
        return addresses


def target_of(link: str, trusted_hosts: Collection[str] = ()) -> Target:
    """Return where `link` leads, if it may be followed.

    Args:
        link: An `https` link; `http` only to a trusted host.
        trusted_hosts: See `Settings.trusted_hosts`.

    Raises:
        InvalidInputError: It is not such a link, or leads to an internal address.
    """
    parts = split_link(link)
    host = (parts.hostname or "").rstrip(".").lower()
    port = parts.port or PORTS[parts.scheme]
    trusted = bool({host, f"{host}:{port}"} & set(trusted_hosts))
    if not trusted:
        if parts.scheme != "https":
            raise InvalidInputError(f"the link must begin with https://, not {parts.scheme}://.")
        check_public_name(host)
    return Target(host, port, trusted, parts.scheme)


def check_link(link: str, trusted_hosts: Collection[str] = ()) -> None:
    """Check a link that the gateway, not this machine, will follow, by how it is written.

    Raises:
        InvalidInputError: It is not an http(s) link, or names an internal address.
    """
    parts = split_link(link)
    host = (parts.hostname or "").rstrip(".").lower()
    port = parts.port or PORTS[parts.scheme]
    if not {host, f"{host}:{port}"} & set(trusted_hosts):
        check_public_name(host)


def is_web_link(address: Any) -> bool:
    """Return whether an address that came with an answer can be shown to people as a link.

    Any other scheme (`javascript:`, `data:`, `file:`) does something else when it is opened, and
    an address with a line break in it can pass for separate lines in what a model reads.
    """
    return (
        isinstance(address, str)
        and address[:8].lower().startswith(("http://", "https://"))
        and len(address) <= LONGEST_LINK
        and address.isprintable()
        and " " not in address
    )


def split_link(link: str) -> SplitResult:
    """Return the parts of an http(s) link.

    Raises:
        InvalidInputError: It is not one, is too long, or contains a user name or control
            characters.
    """
    if len(link) > LONGEST_LINK or not link.isprintable() or " " in link or "\\" in link:
        raise InvalidInputError(
            "the link is too long, or contains characters that are not allowed in a link."
        )
    try:
        parts = urlsplit(link)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        raise InvalidInputError("the link is not a valid URL.") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise InvalidInputError("the link must begin with https:// and a host.")
    if "@" in parts.netloc:
        raise InvalidInputError("the link contains a user name.")
    return parts


def check_public_name(host: str) -> None:
    """Check that a host's name, as written, is not one of this machine or of its network.

    Raises:
        InvalidInputError: It is, or no resolver can read it.
    """
    try:
        # As resolvers read it: circled and wide digits are digits, some characters are ignored.
        host = host.encode("idna").decode().rstrip(".")
        inside = not is_public(host.partition("%")[0])
    except UnicodeError:
        raise InvalidInputError(
            f"the link's host is not a valid host name ({host[:80]})."
        ) from None
    except ValueError:
        inside = (
            "." not in host
            or len(host) > LONGEST_HOST
            or host.endswith(LOCAL_NAMES)
            or NUMERIC_HOST.fullmatch(host) is not None
        )
    if inside:
        raise InvalidInputError(f"the link leads to an internal address ({host[:80]}).")


def addresses_in(found: Sequence[tuple[Any, ...]]) -> tuple[str, ...]:
    """Return the IP addresses in what `getaddrinfo` found, in its order, each once."""
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
