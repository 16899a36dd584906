"""A deadline is a deadline: twenty ways to drip, and no call outlasts its limit.

The rows run all at once, and each is judged by itself. What drips would do so for a minute.
"""

import asyncio
import concurrent.futures
import contextlib
import os
import re
import socket
import ssl
import threading
import time

import httpcore
import httpx
import pytest
import trustme

from core_302 import (
    AsyncClient,
    Client,
    ConnectionFailedError,
    ImageRequest,
    RequestTimeoutError,
    Settings,
    Timeouts,
)
from core_302.net.asyncio_stream import connect
from core_302.net.blocking_stream import BlockingStream
from core_302.net.connection_pool import ssl_context
from tests.conftest import HELLO, KEY
from tests.scripted_server import chunk

LIMIT = 0.3  # seconds
LATE = 5.0  # seconds that a busy machine may take beyond it; by itself it takes 0.2
PAUSE = 0.03  # seconds between two bytes, each before the limit of any read
PATIENCE = 60.0  # seconds of whatever drips

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
EVENTS = CHUNKED.replace(b"application/json", b"text/event-stream")
CONTENT = chunk("Hel")
BEGUN = EVENTS + b"%x\r\n%s\r\n" % (len(CONTENT), CONTENT)
RECORD = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03"  # the beginning of a ServerHello
CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
PROXIED = ("proxy", "tunnel", "tls proxy", "tls tunnel")
COMMENT = b"3\r\n:p\n\r\n"
UPLOAD = [{"role": "user", "content": "x" * 8_000_000}]


class Row:
    """A way to drip.

    Args:
        first: What the server says at once; a tuple: the second after another read.
        again: What it says after that, again and again.
        kind: What is asked: "chat", "stream", "job", "download".
        at: Where: "direct", "tls" (its handshake), "tls head" (behind it), "proxy", "tunnel" (of
            a proxy), "tls proxy" (the handshake with one), "tls tunnel" (behind that).
        bytewise: Whether `again` goes out byte by byte.
        pause: Seconds after each piece of it.
        reads: How many bytes of the request are read at once, and the pause after; None: its head.
        messages: What is sent.
        timeout: The limit.
    """

    def __init__(self, first=b"", again=b"", *, kind="chat", at="direct", **more):
        self.first, self.again, self.kind, self.at = first, again, kind, at
        self.bytewise = more.pop("bytewise", True)
        self.pause = more.pop("pause", PAUSE)
        self.reads = more.pop("reads", None)
        self.messages = more.pop("messages", HELLO)
        self.timeout = more.pop("timeout", LIMIT)
        assert not more


FIRST_BYTE = Timeouts(total=30, first_byte=LIMIT)
SILENCE = Timeouts(silence=LIMIT)
ROWS = {
    "nothing at all": Row(),
    "the head, byte by byte": Row(again=HEAD + b"X-A: b\r\n" * 1000),
    "header lines": Row(HEAD, b"X-A: b\r\n", bytewise=False),
    "100 Continue": Row(again=b"HTTP/1.1 100 Continue\r\n\r\n", bytewise=False),
    "100 Continue, as fast as it can": Row(
        again=b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, bytewise=False, pause=0.002
    ),
    "103 Early Hints": Row(again=b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", bytewise=False),
    "a body with a length": Row(HEAD + b"Content-Length: 5000\r\n\r\n", b" "),
    "a body until the end of the connection": Row(HEAD + b"\r\n", b" "),
    "a body as fast as it can": Row(CHUNKED, b"1\r\n \r\n" * 4_000, bytewise=False, pause=0.002),
    "the body of a refusal": Row(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 5000\r\n\r\n", b" "),
    "chunks": Row(CHUNKED, b"1\r\n \r\n", bytewise=False),
    "the size of a chunk": Row(CHUNKED, b"0"),
    "chunk extensions": Row(CHUNKED + b"5;", b"a=b;"),
    "trailers": Row(CHUNKED + b"2\r\n{}\r\n0\r\n", b"X-A: b\r\n"),
    "a slow upload": Row(reads=(4096, PAUSE), messages=UPLOAD),
    "an upload that is answered and not read": Row(
        again=b"HTTP/1.1 100 Continue\r\n\r\n", bytewise=False, reads=(0, 0), messages=UPLOAD
    ),
    "a TLS handshake": Row(RECORD, b"\0", at="tls"),
    "a head under TLS": Row(again=HEAD + b"X-A: b\r\n" * 1000, at="tls head"),
    "a head through a proxy": Row(again=HEAD + b"X-A: b\r\n" * 1000, at="proxy"),
    "a slow upload through a proxy": Row(reads=(4096, PAUSE), messages=UPLOAD, at="proxy"),
    "the answer to CONNECT": Row(again=b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 99, at="tunnel"),
    "header lines in the answer to CONNECT": Row(
        b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", bytewise=False, at="tunnel"
    ),
    "a TLS handshake in a tunnel": Row((CONNECTED, RECORD), b"\0", at="tunnel"),
    "a TLS handshake with a proxy": Row(RECORD, b"\0", at="tls proxy"),
    "the answer to CONNECT under TLS": Row(again=CONNECTED[:-4] + b"s" * 99, at="tls tunnel"),
    "a TLS handshake in a TLS tunnel": Row((CONNECTED, RECORD), b"\0", at="tls tunnel"),
    "the head of a stream": Row(
        again=HEAD + b"X-A: b\r\n" * 1000, kind="stream", timeout=FIRST_BYTE
    ),
    "a stream that brings comments": Row(
        BEGUN, COMMENT, bytewise=False, kind="stream", timeout=SILENCE
    ),
    "a stream that brings comments as fast as it can": Row(
        BEGUN, COMMENT * 4_000, bytewise=False, pause=0.002, kind="stream", timeout=SILENCE
    ),
    "a stream that brings chunk extensions": Row(
        BEGUN + b"5;", b"a=b;", kind="stream", timeout=SILENCE
    ),
    "an answer in one piece, where a stream was asked for": Row(
        CHUNKED, b"1\r\n \r\n", bytewise=False, kind="stream"
    ),
    "a paid job": Row(again=HEAD + b"X-A: b\r\n" * 1000, kind="job", timeout=Timeouts(job=LIMIT)),
    "a file": Row(
        again=HEAD + b"X-A: b\r\n" * 1000, kind="download", timeout=Timeouts(download=LIMIT)
    ),
}


class Dripping:
    """A server that does what a row says to each connection, and a client that asks it."""

    def __init__(self, row, server_tls, over):
        self.row, self.tls, self.over = row, server_tls, over
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.threads = [threading.Thread(target=self.accept)]
        self.threads[0].start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.threads.append(threading.Thread(target=self.serve, args=(connection,)))
                self.threads[-1].start()

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(PATIENCE)

    def serve(self, connection):
        with contextlib.suppress(OSError), connection:
            connection.settimeout(PATIENCE)
            if self.row.at in ("tls head", "tls tunnel"):
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection:
                self.answer(connection)

    def answer(self, connection):
        end = time.monotonic() + PATIENCE
        size, pause = self.row.reads or (65536, 0)
        if size and self.row.at not in ("tls", "tls proxy"):
            connection.recv(size)
        while self.row.reads and size and time.monotonic() < end:
            connection.recv(size)
            if self.over.wait(pause):
                return
        first = self.row.first
        if isinstance(first, tuple):
            connection.sendall(first[0])
            connection.recv(65536)
            first = first[1]
        connection.sendall(first)
        if not self.row.again:
            self.over.wait(PATIENCE)
            return
        while time.monotonic() < end:
            for piece in [self.row.again] if not self.row.bytewise else self.row.again:
                connection.sendall(piece if isinstance(piece, bytes) else bytes([piece]))
                if self.over.wait(self.row.pause):
                    return

    def settings(self):
        safe = self.row.at.startswith("tls") or self.row.at == "tunnel"
        url = f"{'https' if safe else 'http'}://{self.address}"
        if self.row.at in PROXIED:
            url = f"{'http' if self.row.at == 'proxy' else 'https'}://gateway.example"
        given = {"api_key": KEY, "base_url": url, "allow_insecure": True, "max_retries": 0}
        return Settings(**given, timeout=self.row.timeout, trusted_hosts=(self.address,))

    def proxies(self):
        if self.row.at not in PROXIED:
            return {}
        return {"all": f"{'https' if self.row.at.startswith('tls') else 'http'}://{self.address}"}

    def asked(self, client):
        if self.row.kind == "stream":
            return client.stream_chat("m", self.row.messages)
        if self.row.kind == "job":
            image = ImageRequest(prompt="a fox", model="302ai-flux-schnell-t2i")
            return client.generate_image(image)
        if self.row.kind == "download":
            return client.download(f"http://{self.address}/1.png")
        return client.chat("m", self.row.messages)

    def blocking(self):
        with Client(self.settings()) as client:
            return ended(lambda: list(self.asked(client)))

    def awaited(self):
        async def ask():
            async with AsyncClient(self.settings()) as client:
                asked = self.asked(client)
                if hasattr(asked, "__aiter__"):
                    return [piece async for piece in asked]
                return await asked

        return ended(lambda: asyncio.run(ask()))


def ended(call):
    """Return the error that a call ends in, and after how many seconds."""
    begun = time.monotonic()
    try:
        call()
    except Exception as error:  # noqa: BLE001 - whoever asks judges it
        return error, time.monotonic() - begun
    return None, time.monotonic() - begun


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """Return the server's side of TLS; the clients trust it."""
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("gateway.example", "127.0.0.1").configure_cert(server)
    file = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    os.environ["SSL_CERT_FILE"] = str(file)
    ssl_context.cache_clear()
    ssl_context()
    yield server
    del os.environ["SSL_CERT_FILE"]
    ssl_context.cache_clear()


@pytest.fixture(scope="module")
def results(certified):
    """Return what each row ended in, by its name and by who asked."""
    over, patch = threading.Event(), pytest.MonkeyPatch()
    running = {name: Dripping(row, certified, over) for name, row in ROWS.items()}
    proxies = threading.local()
    patch.setattr("urllib.request.getproxies", lambda: getattr(proxies, "named", {}))

    def ask(dripping, kind):
        proxies.named = dripping.proxies()
        return getattr(dripping, kind)()

    with concurrent.futures.ThreadPoolExecutor(12) as threads:
        asked = {
            (name, kind): threads.submit(ask, dripping, kind)
            for kind in ("blocking", "awaited")
            for name, dripping in running.items()
        }
        concurrent.futures.wait(asked.values())
    over.set()
    for dripping in running.values():
        dripping.close()
    patch.undo()
    return {row: future.result() for row, future in asked.items()}


@pytest.mark.parametrize("kind", ["blocking", "awaited"])
@pytest.mark.parametrize("row", ROWS)
def test_no_call_outlasts_its_limit(results, row, kind):
    error, seconds = results[row, kind]
    # A busy machine may not even have connected by then.
    assert isinstance(error, (RequestTimeoutError, ConnectionFailedError))
    assert re.search("in time|within|sent no content", str(error))
    assert seconds < LIMIT + LATE


def test_an_awaited_client_of_the_users_own_is_cancelled_at_its_limit():
    row = ROWS["the head, byte by byte"]
    over = threading.Event()
    dripping = Dripping(row, None, over)

    async def ask():
        async with (
            httpx.AsyncClient(trust_env=False) as mine,
            AsyncClient(dripping.settings(), http_client=mine) as client,
        ):
            await client.chat("m", HELLO)

    error, seconds = ended(lambda: asyncio.run(ask()))
    over.set()
    dripping.close()
    assert isinstance(error, RequestTimeoutError)
    assert seconds < LIMIT + LATE


@pytest.mark.parametrize("row", ["a body with a length", "a stream that brings comments", "chunks"])
@pytest.mark.parametrize("kind", ["blocking", "awaited"])
def test_a_client_of_the_users_own_is_stopped_between_the_bytes_of_a_body(row, kind):
    over = threading.Event()
    dripping = Dripping(ROWS[row], None, over)

    async def ask():
        async with (
            httpx.AsyncClient(trust_env=False) as mine,
            AsyncClient(dripping.settings(), http_client=mine) as client,
        ):
            asked = dripping.asked(client)
            return [_ async for _ in asked] if hasattr(asked, "__aiter__") else await asked

    def asked():
        if kind == "awaited":
            return asyncio.run(ask())
        with (
            httpx.Client(trust_env=False) as mine,
            Client(dripping.settings(), http_client=mine) as client,
        ):
            return list(dripping.asked(client))

    error, seconds = ended(asked)
    over.set()
    dripping.close()
    assert isinstance(error, RequestTimeoutError)
    assert seconds < LIMIT + LATE


def test_what_has_come_already_is_not_read_behind_the_deadline():
    async def main():
        with socket.create_server(("127.0.0.1", 0)) as listener:
            stream = await connect(*listener.getsockname(), None, "", LATE)
            server, _ = listener.accept()
            with server:
                server.sendall(b"12")
                assert await stream.read(1, LATE) == b"1"
                with pytest.raises(httpcore.ReadTimeout):
                    await stream.read(1, 0.0)
                assert await stream.read(1, LATE) == b"2"
            await stream.aclose()

    asyncio.run(main())


def test_an_upload_that_is_taken_in_gulps_has_one_limit():
    ours, theirs = socket.socketpair()
    over = threading.Event()

    def gulp():
        while not over.wait(PAUSE):
            theirs.recv(65536)

    reader = threading.Thread(target=gulp)
    reader.start()
    stream = BlockingStream(ours)
    try:
        with pytest.raises(httpcore.WriteTimeout):
            stream.write(b"x" * 8_000_000, LIMIT)
    finally:
        over.set()
        reader.join()
        stream.close()
        theirs.close()
