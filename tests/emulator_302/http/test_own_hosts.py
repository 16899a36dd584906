"""The emulator speaks to its own machine: a web page can neither read its log nor script it."""

import asyncio

import httpx
import pytest

from emulator_302.http.app import Emulator
from tests.emulator_302.caller import CHAT, HELLO

PATHS = [
    "/_emulator/requests",
    "/_emulator",
    "/_emulator/",
    "/_emulator/inspect",
    "/v1/models",
    CHAT,
    "/sample/portrait.png",
]


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8302",
        "localhost.evil.example",
        "10.0.0.1",
        "127.0.0.1.nip.io",
        "",
        "[::",
        "localhost@evil.example",
        "a, localhost",
    ],
)
def test_a_foreign_host_is_refused_on_every_path(gateway, caller, host):
    for path in PATHS:
        reply = caller.http.get(path, headers={"Host": host})
        assert reply.status_code in (400, 421)  # what is no host at all, the HTTP parser refuses
        assert "emulator-key" not in reply.text
    assert gateway.requests == []


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "a.localhost", "127.0.0.9", "[::1]:7"]
)
def test_a_name_of_this_machine_is_served(caller, host):
    assert caller.http.get("/_emulator", headers={"Host": host}).status_code == 200


def test_a_name_that_it_was_given_is_its_own_too():
    emulator = Emulator(hosts=("Emulator.test",))

    async def asked(host):
        transport = httpx.ASGITransport(emulator.app())
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return (await client.get("/_emulator")).status_code

    found = [asyncio.run(asked(host)) for host in ("emulator.test", "other.test")]
    emulator.close()
    assert found == [200, 421]


@pytest.mark.parametrize("path", ["/_emulator/faults", "/_emulator/tasks"])
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_what_a_page_may_send_to_another_site_scripts_nothing(gateway, caller, path, kind):
    """A form, or `fetch` with `text/plain`, is sent by a browser without asking."""
    headers = {"Content-Type": kind}
    reply = caller.http.post(path, content=b'[{"status": 500}]', headers=headers)
    assert reply.status_code == 415
    assert caller.post(HELLO).status_code == 200
    assert len(gateway.requests) == 1
