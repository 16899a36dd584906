"""Blocking connections: how they break, and TLS inside of TLS, over real sockets."""

import contextlib
import socket
import ssl
import threading

import httpcore
import pytest

from core_302 import ConnectionFailedError
from core_302.net.blocking_stream import BlockingNetwork
from tests.core_302.net.test_connection_pool import certified, listening

SECONDS = 5.0


@contextlib.contextmanager
def connected(serve):
    with listening(serve) as (port, results):
        stream = BlockingNetwork().connect_tcp("127.0.0.1", port, SECONDS)
        try:
            yield stream, results
        finally:
            stream.close()


def reset(connection):
    connection.recv(10)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def test_a_reset_is_an_error_of_reading():
    with connected(reset) as (stream, _):
        stream.write(b"head", SECONDS)
        with pytest.raises(httpcore.ReadError):
            stream.read(10, SECONDS)


def test_writing_to_a_connection_that_broke_is_an_error_of_writing():
    with connected(lambda _: None) as (stream, _), pytest.raises(httpcore.WriteError):
        stream.write(b"x" * 30_000_000, SECONDS)


def test_a_limit_is_no_more_than_a_number_for_whoever_has_no_deadline():
    over = threading.Event()
    with connected(lambda _: over.wait(SECONDS)) as (stream, _):
        with pytest.raises(httpcore.ReadTimeout, match="It took too long"):
            stream.read(10, 0.01)
        over.set()


def test_a_host_without_an_address_is_no_connection(connect, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: [])
    with pytest.raises(ConnectionFailedError, match="No connection to gateway"):
        connect("https://gateway.example", max_retries=0).chat()


def test_the_next_address_is_tried_where_the_first_refuses(monkeypatch):
    def found(_, port, *_given, **_more):
        addresses = [("127.0.0.2", port), ("127.0.0.1", port)]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with listening(lambda connection: connection.sendall(b"ok")) as (port, _):
        stream = BlockingNetwork().connect_tcp("gateway.example", port, SECONDS)
        assert stream.read(10, SECONDS) == b"ok"
        stream.close()


@pytest.mark.parametrize(
    ("name", "said"), [("gateway.example", b"terces"), ("somebody.example", None)]
)
def test_what_is_encrypted_can_be_encrypted_once_more(name, said):
    outer, trusts_outer = certified("proxy.example")
    inner, trusts_inner = certified(name)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()

    def serve(connection):
        tls = inner.wrap_bio(incoming, outgoing, server_side=True)
        with outer.wrap_socket(connection, server_side=True) as safe:
            while True:
                try:
                    got = tls.read(100) if tls.version() else tls.do_handshake()
                except ssl.SSLWantReadError:
                    safe.sendall(outgoing.read())
                    if not (received := safe.recv(65536)):
                        return
                    incoming.write(received)
                    continue
                if got:
                    tls.write(got[::-1])
                    safe.sendall(outgoing.read())
                    return

    def served(connection):
        with contextlib.suppress(ssl.SSLError):
            serve(connection)

    with connected(served) as (stream, _):
        safe = stream.start_tls(trusts_outer, "proxy.example", SECONDS)
        if said is None:
            with pytest.raises(httpcore.ConnectError, match="not valid for"):
                safe.start_tls(trusts_inner, "gateway.example", SECONDS)
            return
        safest = safe.start_tls(trusts_inner, "gateway.example", SECONDS)
        safest.write(b"secret", SECONDS)
        assert safest.read(100, SECONDS) == said
        assert safest.read(100, SECONDS) == b""
        assert safest.get_extra_info("is_readable")
        assert safest.get_extra_info("nothing") is None
        safest.close()


def test_a_port_that_is_none_leaves_no_socket_open(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 99999))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_more: found)
    with pytest.raises(httpcore.ConnectError, match="port must be"):
        BlockingNetwork().connect_tcp("127.0.0.1", 99999, SECONDS)
