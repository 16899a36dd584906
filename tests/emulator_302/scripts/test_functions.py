"""A function in another process is asked on this machine and nowhere else."""

import httpx
import pytest

from emulator_302 import Conversation
from emulator_302.scripts.functions import FunctionFailed, RemoteFunction, from_wire
from emulator_302.testing.function_server import FunctionServer


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:80/a/b",
        "http://127.0.0.1@example.com:80/a",
        "http://localhost:80/a",
        "https://127.0.0.1:80/a",
        "file:///etc/passwd",
        5,
    ],
)
def test_no_other_address_is_asked(gateway, url):
    with pytest.raises(ValueError, match="a function is at"):
        from_wire({"say": [{"$function": url}]})
    given = [{"answers": [{"say": {"$function": url}}]}]
    reply = httpx.post(gateway.base_url + "/_emulator/scripts", json=given, trust_env=False)
    assert reply.status_code == 400


def test_a_function_is_called_at_its_address_only():
    server = FunctionServer()
    try:
        address = server.address_of(lambda chat: chat.text)
        asked = Conversation({"prompt": "fox"})
        assert RemoteFunction(address)(asked) == "fox"
        with pytest.raises(FunctionFailed, match="there is no such function"):
            RemoteFunction(address + "0")(asked)
        failing = server.address_of(lambda _: object())
        with pytest.raises(FunctionFailed, match="not JSON serializable"):
            RemoteFunction(failing)(asked)
    finally:
        server.close()
        server.close()
