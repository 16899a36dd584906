"""An IPv6 address that leads inside is not public, on no Python version."""

import pytest

from core_302.base_url import clean_base_url
from core_302.errors import InvalidInputError
from core_302.links import check_link
from core_302.special_addresses import (
    GLOBAL_4,
    GLOBAL_6,
    NOT_GLOBAL_4,
    NOT_GLOBAL_6,
    is_loopback,
    is_public,
)

INSIDE = [
    "::127.0.0.1",  # IPv4-compatible, RFC 4291, 2.5.5.1
    "::ffff:0:127.0.0.1",  # IPv4-translated, RFC 2765
    "::ffff:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::8.8.8.8",  # local-use translation, RFC 8215
    "64:ff9b:1:ffff::1",
    "fec0::1",
    "fe80::1%eth0",
    "fc00::1",
    "fdff::1",
    "ff02::1",
    "::",
    "::1",
    "100::1",
    "100:0:0:1::1",
    "2001::1",
    "2001:0:808:808::f5ff:fffe",  # Teredo: the client's address is 10.0.0.1
    "2001:0:a00:1::f7f7:f7f7",  # Teredo: the server's address is 10.0.0.1
    "2001:2::1",
    "2001:10::1",
    "2001:db8::1",
    "2002:a00:1::1",
    "2002:7f00:1::",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.255.255.255",
    "169.254.169.254",
    "172.31.0.1",
    "192.0.0.8",
    "192.0.0.170",
    "192.88.99.1",
    "192.168.0.1",
    "198.19.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "255.255.255.255",
]
OUTSIDE = [
    "8.8.8.8",
    "172.32.0.1",
    "192.0.0.9",
    "192.31.196.1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2001:1::1",
    "2001:4:112::1",
    "2001:20::1",
    "2001:200::1",
    "2001:0:808:808::f7f7:f7f7",
    "2002:808:808::1",
    "2606:4700::1",
    "2620:4f:8000::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_that_leads_inside_is_not_public(address):
    assert not is_public(address)
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(InvalidInputError):
        check_link(f"https://{host}/1.png")


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_public_internet_is_public(address):
    assert is_public(address)


def test_what_is_no_address_is_neither():
    with pytest.raises(ValueError):
        is_public("example.com")


def test_pythons_own_table_knows_nothing_private_that_ours_takes_for_public():
    """Each edge of Python's blocks, and of ours: where they differ, ours is the stricter one."""
    blocks = [*NOT_GLOBAL_4, *GLOBAL_4, *NOT_GLOBAL_6, *GLOBAL_6]
    for block in blocks:
        for ip in (block[0], block[-1], block[0] - 1 if int(block[0]) else block[0]):
            assert not is_public(str(ip)) or ip.is_global or block in GLOBAL_6, ip


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_known_by_each_of_its_addresses(host):
    assert is_loopback(host)
    written = f"[{host}]" if ":" in host else host
    assert clean_base_url(f"http://{written}:1").startswith("http://")


@pytest.mark.parametrize("host", ["::127.0.0.1", "2002:7f00:1::", "8.8.8.8", "::ffff:8.8.8.8"])
def test_an_address_that_is_not_this_machine_is_not_taken_for_it(host):
    assert not is_loopback(host)
