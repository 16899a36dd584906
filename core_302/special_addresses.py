"""Which IP addresses are on the public internet, by IANA's own tables.

Python's `ipaddress` knows these tables too, but another edition with each version, and reads some
IPv6 forms that carry an IPv4 address as public. So the tables stand here, and say the same on every
Python. An IPv6 address is public only if IANA has given it out as global unicast (2000::/3).

Sources: IANA's "IPv4 Special-Purpose Address Registry", "IPv6 Special-Purpose Address Registry" and
"Internet Protocol Version 6 Address Space", editions of 2025.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network

# Blocks whose "Globally Reachable" is not True; below, those inside of them for which it is.
NOT_GLOBAL_4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network, RFC 791
        "10.0.0.0/8",  # private use, RFC 1918
        "100.64.0.0/10",  # shared address space of carriers, RFC 6598
        "127.0.0.0/8",  # loopback, RFC 1122
        "169.254.0.0/16",  # link local, RFC 3927: also where clouds tell their secrets
        "172.16.0.0/12",  # private use, RFC 1918
        "192.0.0.0/24",  # IETF protocol assignments, RFC 6890
        "192.0.2.0/24",  # documentation, RFC 5737
        "192.88.99.0/24",  # relays to 6to4, deprecated by RFC 7526
        "192.168.0.0/16",  # private use, RFC 1918
        "198.18.0.0/15",  # benchmarking, RFC 2544
        "198.51.100.0/24",  # documentation, RFC 5737
        "203.0.113.0/24",  # documentation, RFC 5737
        "224.0.0.0/4",  # multicast, RFC 5771
        "240.0.0.0/4",  # reserved, RFC 1112, and the limited broadcast
    )
)
GLOBAL_4 = tuple(IPv4Network(block) for block in ("192.0.0.9/32", "192.0.0.10/32"))

GLOBAL_UNICAST = IPv6Network("2000::/3")  # the only part of IPv6 that is given out
NOT_GLOBAL_6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # IETF protocol assignments, RFC 2928
        "2001:db8::/32",  # documentation, RFC 3849
        "3fff::/20",  # documentation, RFC 9637
    )
)
GLOBAL_6 = tuple(
    IPv6Network(block)
    for block in (
        "2001:1::1/128",  # Port Control Protocol anycast, RFC 7723
        "2001:1::2/128",  # TURN anycast, RFC 8155
        "2001:1::3/128",  # DNS-SD service registration anycast, RFC 9665
        "2001:3::/32",  # AMT, RFC 7450
        "2001:4:112::/48",  # AS112, RFC 7535
        "2001:20::/28",  # ORCHIDv2, RFC 7343
        "2001:30::/28",  # drone remote identification, RFC 9374
    )
)

# IPv6 forms that carry IPv4 addresses to which a kernel or a gateway may connect: judged by those.
MAPPED = IPv6Network("::ffff:0:0/96")  # RFC 4291, 2.5.5.2
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052; its local-use sibling 64:ff9b:1::/48 is not global
TEREDO = IPv6Network("2001::/32")  # RFC 4380
SIX_TO_FOUR = IPv6Network("2002::/16")  # RFC 3056
LOW_32 = 0xFFFF_FFFF


def is_public(address: str) -> bool:
    """Tell whether an IP address is on the public internet, also if an IPv6 one carries it.

    Raises:
        ValueError: It is not an IP address.
    """
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv4Address):
        return _is_public_4(ip)
    carried = list(_carried(ip))
    if carried:
        return all(map(_is_public_4, carried))
    return ip in GLOBAL_UNICAST and (_is_in(GLOBAL_6, ip) or not _is_in(NOT_GLOBAL_6, ip))


def is_loopback(address: str) -> bool:
    """Tell whether an IP address is this machine, also if an IPv6 one carries it.

    Raises:
        ValueError: It is not an IP address.
    """
    ip = ip_address(address)
    if isinstance(ip, IPv6Address) and ip in MAPPED:
        ip = IPv4Address(int(ip) & LOW_32)
    return ip.is_loopback


def _is_public_4(ip: IPv4Address) -> bool:
    return _is_in(GLOBAL_4, ip) or not _is_in(NOT_GLOBAL_4, ip)


def _is_in(blocks: Iterable[Network], ip: IPv4Address | IPv6Address) -> bool:
    return any(ip in block for block in blocks)


def _carried(ip: IPv6Address) -> Iterator[IPv4Address]:
    """Yield the IPv4 addresses that an IPv6 one carries; Teredo's are a server's and a client's."""
    bits = int(ip)
    if ip in MAPPED or ip in NAT64:
        yield IPv4Address(bits & LOW_32)
    elif ip in SIX_TO_FOUR:
        yield IPv4Address(bits >> 80 & LOW_32)
    elif ip in TEREDO:
        yield IPv4Address(bits >> 64 & LOW_32)
        yield IPv4Address(~bits & LOW_32)
