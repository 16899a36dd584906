"""A certificate that is not accepted, where more than one way leads to the server."""

import socket

import pytest

from core_302 import CertificateError, ConfigurationError
from core_302.net.connection_pool import ssl_context
from tests.faults.scenes import Certified, Proxied


@pytest.fixture(autouse=True)
def _fresh_certificates():
    ssl_context.cache_clear()
    yield
    ssl_context.cache_clear()


def test_a_host_is_not_tried_at_its_next_address(connect, monkeypatch):
    def two(host, port, *_args, **_more):
        addresses = ("127.0.0.1", "127.0.0.2")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    with Certified(known=False).at("download") as place:
        host = place.url.removeprefix("https://")
        client = connect("http://127.0.0.1:9", trusted_hosts=[host])
        monkeypatch.setattr(socket, "getaddrinfo", two)
        with pytest.raises(CertificateError) as caught:
            client.call("download", f"{place.url}/1.png")
    assert (caught.value.attempts, place.script.connections) == (1, 1)


def test_a_tunnel_through_a_proxy_does_not_hide_it(connect, monkeypatch):
    with Proxied().at("chat") as place:
        monkeypatch.setenv("HTTPS_PROXY", place.environ["HTTPS_PROXY"])
        with pytest.raises(CertificateError, match="SSL_CERT_FILE") as caught:
            connect(place.url).chat()
    assert (caught.value.attempts, place.doors(), place.script.seen) == (1, 1, [])


def test_a_file_of_certificates_that_cannot_be_read_is_named(connect, monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with pytest.raises(ConfigurationError, match="SSL_CERT_FILE"):
        connect("https://127.0.0.1:9").chat()
