"""Blocking connections: how they break, and TLS inside of TLS, over real sockets."""

import contextlib
import socket
import ssl
import threading

import httpcore
import pytest

from core_302.net.blocking_stream import connect
from tests.core_302.net.test_connection_pool import certified, listening

SECONDS = 5.0


@contextlib.contextmanager
def connected(serve):
    with listening(serve) as (port, results):
        stream = connect("127.0.0.1", port, SECONDS)
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


def test_a_host_without_an_address_is_no_connection(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: [])
    with pytest.raises(httpcore.ConnectError, match="has no address"):
        connect("gateway.example", 443, SECONDS)


def test_the_next_address_is_tried_where_the_first_refuses(monkeypatch):
    def found(_, port, *_given, **_more):
        addresses = [("127.0.0.2", port), ("127.0.0.1", port)]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with listening(lambda connection: connection.sendall(b"ok")) as (port, _):
        stream = connect("gateway.example", port, SECONDS)
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
        safe = stream.encrypted(trusts_outer, "proxy.example", SECONDS)
        if said is None:
            with pytest.raises(httpcore.ConnectError, match="not valid for"):
                safe.encrypted(trusts_inner, "gateway.example", SECONDS)
            return
        safest = safe.encrypted(trusts_inner, "gateway.example", SECONDS)
        safest.write(b"secret", SECONDS)
        assert safest.read(100, SECONDS) == said
        assert safest.read(100, SECONDS) == b""
        safest.close()


def test_a_port_that_is_none_leaves_no_socket_open(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 99999))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_more: found)
    with pytest.raises(httpcore.ConnectError, match="port must be"):
        connect("127.0.0.1", 99999, SECONDS)


def test_what_waits_behind_two_layers_of_tls_is_found_before_the_next_request():
    outer, trusts_outer = certified("proxy.example")
    inner, trusts_inner = certified("gateway.example")
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    arrived = threading.Event()

    def serve(connection):
        tls = inner.wrap_bio(incoming, outgoing, server_side=True)
        with outer.wrap_socket(connection, server_side=True) as safe:
            while True:
                try:
                    tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    safe.sendall(outgoing.read())
                    incoming.write(safe.recv(65536))
            tls.write(b"first")
            tls.write(b"second")
            safe.sendall(outgoing.read())
            arrived.wait(SECONDS)
            safe.unwrap()

    def served(connection):
        with contextlib.suppress(OSError):
            serve(connection)

    with connected(served) as (stream, _):
        safe = stream.encrypted(trusts_outer, "proxy.example", SECONDS)
        safest = safe.encrypted(trusts_inner, "gateway.example", SECONDS)
        assert safest.read(100, SECONDS) == b"first"
        with pytest.raises(httpcore.ConnectionNotAvailable):
            safest.write(b"the next", SECONDS)
        arrived.set()
        safest.close()


def test_a_broken_record_behind_two_layers_of_tls_is_an_error_of_reading():
    outer, trusts_outer = certified("proxy.example")
    inner, trusts_inner = certified("gateway.example")
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()

    def serve(connection):
        tls = inner.wrap_bio(incoming, outgoing, server_side=True)
        with outer.wrap_socket(connection, server_side=True) as safe:
            while True:
                try:
                    tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    safe.sendall(outgoing.read())
                    incoming.write(safe.recv(65536))
            safe.sendall(outgoing.read() + b"no record of TLS at all")
            safe.recv(100)

    def served(connection):
        with contextlib.suppress(OSError):
            serve(connection)

    with connected(served) as (stream, _):
        safe = stream.encrypted(trusts_outer, "proxy.example", SECONDS)
        safest = safe.encrypted(trusts_inner, "gateway.example", SECONDS)
        with pytest.raises(httpcore.ReadError):
            safest.read(100, SECONDS)
        safest.close()


def test_a_connection_that_was_closed_counts_as_readable():
    with connected(lambda _: None) as (stream, _):
        stream.close()
        assert stream.is_readable()
