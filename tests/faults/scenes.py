"""Places where more goes wrong than an answer: closed ports, certificates, proxies, redirects."""

from __future__ import annotations

import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from tests.faults.row import GOOD, Place, served
from tests.scripted_server import Script, reply, scripted_server

PASSWORD = "canary-proxy-word"


@dataclass(frozen=True)
class Nowhere:
    """An address at which nobody answers: its port is closed, or its name is not known."""

    named: bool = False

    @contextmanager
    def at(self, way: str) -> Iterator[Place]:
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
            port = held.getsockname()[1]
            host = f"localhost:{port}" if self.named else f"127.0.0.1:{port}"
            yield Place(f"http://{host}", Script(), unknown=self.named)


@dataclass(frozen=True)
class FullBacklog:
    """A server that takes no more connections: packets that ask for one are dropped."""

    @contextmanager
    def at(self, way: str) -> Iterator[Place]:
        with ExitStack() as stack:
            door = stack.enter_context(socket.socket())
            door.bind(("127.0.0.1", 0))
            door.listen(0)
            for _ in range(4):
                guest = stack.enter_context(socket.socket())
                guest.setblocking(False)
                guest.connect_ex(door.getsockname())
            yield Place(f"http://127.0.0.1:{door.getsockname()[1]}", Script())


@dataclass(frozen=True)
class BadUploads:
    """A server that reads the head of a request, and resets the connection or stops reading."""

    resets: bool

    @contextmanager
    def at(self, way: str) -> Iterator[Place]:
        script = Script()
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            door.listen(16)
            thread = threading.Thread(target=self._answer, args=(door, script), daemon=True)
            thread.start()
            try:
                yield Place(f"http://127.0.0.1:{door.getsockname()[1]}", script)
            finally:
                script.over.set()
                _shut(door)
                thread.join()

    def _answer(self, door: socket.socket, script: Script) -> None:
        while True:
            try:
                connection, _ = door.accept()
            except OSError:
                return
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(65536)
                script.seen.append(head)
                if not self.resets:
                    script.over.wait(30)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


@dataclass(frozen=True)
class BrokenHandshake:
    """A server that takes the beginning of a TLS handshake, and closes or resets."""

    resets: bool

    @contextmanager
    def at(self, way: str) -> Iterator[Place]:
        taken: list[bytes] = []
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            door.listen(16)
            thread = threading.Thread(target=self._answer, args=(door, taken), daemon=True)
            thread.start()
            port = door.getsockname()[1]
            try:
                yield Place(f"https://127.0.0.1:{port}", Script(), doors=lambda: len(taken))
            finally:
                _shut(door)
                thread.join()

    def _answer(self, door: socket.socket, taken: list[bytes]) -> None:
        while True:
            try:
                connection, _ = door.accept()
            except OSError:
                return
            with connection:
                taken.append(connection.recv(65536))
                if self.resets:
                    connection.setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0"
                    )


@dataclass(frozen=True)
class Localhost:
    """A server on IPv4 under a name that has addresses of both kinds, IPv6 first."""

    @contextmanager
    def at(self, way: str) -> Iterator[Place]:
        with served(GOOD).at(way) as place:
            yield Place(place.url.replace("127.0.0.1", "localhost"), place.script)


@dataclass(frozen=True)
class Redirects:
    """A gateway that sends its callers elsewhere: to a second server, or to itself."""

    status: int
    other_host: bool

    @contextmanager
    def at(self, way: str) -> Iterator[Place]:
        with scripted_server() as script, scripted_server() as other:
            other.answer(*served(GOOD).for_way(way))
            target = other.url if self.other_host else script.url
            where = {"Location": f"{target}/elsewhere"}
            script.answer(reply(self.status, b"", headers=where), *served(GOOD).for_way(way))
            yield Place(script.url, script, doors=lambda: len(other.seen))


@dataclass(frozen=True)
class Certified:
    """A gateway behind TLS with a certificate of a private authority.

    Attributes:
        names: What its certificate is for.
        expired: Whether its certificate has run out.
        known: Whether the caller was told of the authority (SSL_CERT_FILE).
        files: What SSL_CERT_FILE names in place of the authority's file, if anything.
    """

    names: tuple[str, ...] = ("localhost",)
    expired: bool = False
    known: bool = True
    files: str | None = None

    @contextmanager
    def at(self, way: str) -> Iterator[Place]:
        with tempfile.TemporaryDirectory() as folder:
            server, ca = _certificates(self.names, expired=self.expired, folder=folder)
            with scripted_server(tls=server) as script:
                script.answer(*served(GOOD).for_way(way))
                named = self.files or (ca if self.known else None)
                environ = {"SSL_CERT_FILE": named} if named else {}
                yield Place(f"https://localhost:{script.port}", script, environ)


def _certificates(
    names: tuple[str, ...], *, expired: bool, folder: str
) -> tuple[ssl.SSLContext, str]:
    import trustme  # noqa: PLC0415 - rivals have it not

    authority = trustme.CA()
    until = datetime(2001, 1, 1, tzinfo=timezone.utc) if expired else None
    begun = datetime(2000, 1, 1, tzinfo=timezone.utc) if expired else None
    certificate = authority.issue_cert(*names, not_after=until, not_before=begun)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    file = Path(folder) / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return context, str(file)


@dataclass(frozen=True)
class Proxied:
    """A gateway behind TLS, a proxy on the way to it, and an environment that names the proxy.

    Attributes:
        refusal: What the proxy answers to CONNECT in place of a tunnel.
        wants_password: Whether it asks for a user and a password, which the environment has.
        bypassed: Whether NO_PROXY names the gateway.
    """

    refusal: bytes | None = None
    wants_password: bool = False
    bypassed: bool = False

    @contextmanager
    def at(self, way: str) -> Iterator[Place]:
        with Certified().at(way) as place, _proxy(self.refusal) as (port, seen):
            proxy = f"http://user:{PASSWORD}@127.0.0.1:{port}"
            environ = {**place.environ, "HTTPS_PROXY": proxy}
            if self.bypassed:
                environ["NO_PROXY"] = "localhost"
            yield Place(place.url, place.script, environ, doors=lambda: len(seen))


@contextmanager
def _proxy(refusal: bytes | None) -> Iterator[tuple[int, list[bytes]]]:
    """Run a proxy that knows CONNECT, and yield its port and what it was asked."""
    seen: list[bytes] = []
    with socket.socket() as door, ExitStack() as stack:
        door.bind(("127.0.0.1", 0))
        door.listen(16)

        def serve() -> None:
            while True:
                try:
                    caller, _ = door.accept()
                except OSError:
                    return
                tunnel = threading.Thread(target=_tunnel, args=(caller, refusal, seen), daemon=True)
                tunnel.start()
                stack.callback(tunnel.join)
                stack.callback(_shut, caller)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield door.getsockname()[1], seen
        finally:
            _shut(door)
            thread.join()


def _tunnel(caller: socket.socket, refusal: bytes | None, seen: list[bytes]) -> None:
    with caller:
        head = b""
        while b"\r\n\r\n" not in head:
            received = caller.recv(65536)
            if not received:
                return
            head += received
        seen.append(head)
        if refusal is not None:
            caller.sendall(refusal)
            return
        port = int(head.split()[1].rpartition(b":")[2])
        with socket.create_connection(("127.0.0.1", port)) as gateway:
            caller.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_copy, args=(gateway, caller), daemon=True)
            back.start()
            _copy(caller, gateway)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    _shut(target)


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
