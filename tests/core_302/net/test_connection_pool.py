"""ConnectionPool of our own: how they send, wait, pause and end, over real sockets."""

import asyncio
import concurrent.futures
import contextlib
import math
import signal
import socket
import ssl
import sys
import threading
import time
import traceback

import httpcore
import httpx
import pytest
import trustme
import uvloop

from core_302 import AsyncClient, Client, ConnectionFailedError, Settings
from core_302.net import asyncio_stream, pool_state
from core_302.net.connection_pool import route_of, ssl_context
from core_302.net.deadline import Deadline
from core_302.net.transports import AsyncPooledTransport, PooledTransport
from tests.conftest import HELLO, KEY
from tests.scripted_server import DONE, Stall, chunk, completion, reply, stream

SECONDS = 5.0


@contextlib.contextmanager
def listening(serve):
    """Run `serve(socket)` for the first connection; yield the port and the thread's result."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        results = []

        def accept():
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(SECONDS)
                    results.append(serve(connection))

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield listener.getsockname()[1], results
        finally:
            with contextlib.suppress(OSError):
                socket.create_connection(listener.getsockname(), 0.1).close()
            thread.join(SECONDS)


class Loop:
    """One of the two event loops that programs run in."""

    def __init__(self, run):
        self.run = run

    def connected(self, port, use):
        """Return what `use`, an async function, makes of a connection to `port`."""

        async def connected():
            stream = await asyncio_stream.connect("127.0.0.1", port, None, "", SECONDS)
            try:
                return await use(stream)
            finally:
                await stream.aclose()

        return self.run(connected())


@pytest.fixture(params=[asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def loop(request):
    return Loop(request.param)


def test_a_long_body_arrives_whole_and_in_order(loop):
    parts = [bytes([number]) * 300_000 for number in range(10)]

    def serve(connection):
        size = sum(map(len, parts))
        got = b""
        while len(got) < size:
            got += connection.recv(65536)
        connection.sendall(b"ok")
        return got

    async def use(stream):
        for part in parts:
            await stream.write(part, SECONDS)
        return await stream.read(10, SECONDS)

    with listening(serve) as (port, got):
        assert loop.connected(port, use) == b"ok"
    assert got == [b"".join(parts)]


def test_a_writer_waits_for_a_server_that_takes_nothing_yet_and_goes_on():
    parts = [bytes([number]) * 300_000 for number in range(100)]
    waited = threading.Event()

    def serve(connection):
        assert waited.wait(SECONDS)
        got = 0
        while got < sum(map(len, parts)):
            got += len(connection.recv(65536))
        connection.sendall(b"ok")

    async def write(stream):
        for part in parts:
            await stream.write(part, SECONDS)
        return await stream.read(10, SECONDS)

    async def use():
        stream = await asyncio_stream.connect("127.0.0.1", port, None, "", SECONDS)
        writing = asyncio.ensure_future(write(stream))
        await asyncio.wait({writing}, timeout=0.05)  # by now the network holds no more
        assert not writing.done()
        waited.set()
        try:
            return await writing
        finally:
            await stream.aclose()

    with listening(serve) as (port, _):
        assert asyncio.run(use()) == b"ok"


def test_a_handshake_that_is_never_answered_ends_in_a_time_out_of_connecting():
    over = threading.Event()

    async def use():
        try:
            await asyncio_stream.connect("127.0.0.1", port, ssl_context(), "host", 0.05)
        finally:
            over.set()

    with (
        listening(lambda _: over.wait(SECONDS)) as (port, _),
        pytest.raises(httpcore.ConnectTimeout),
    ):
        asyncio.run(use())


def test_a_server_that_takes_nothing_ends_in_a_time_out_of_writing(loop):
    over = threading.Event()

    async def use(stream):
        try:
            for _ in range(200):
                await stream.write(b"x" * 300_000, 0.05)
        finally:
            over.set()

    with (
        listening(lambda _: over.wait(SECONDS)) as (port, _),
        pytest.raises(httpcore.WriteTimeout),
    ):
        loop.connected(port, use)


def test_writing_to_a_connection_that_broke_is_an_error_of_writing(loop):
    async def use(stream):
        for _ in range(200):
            await stream.write(b"x" * 300_000, SECONDS)

    with listening(lambda _: None) as (port, _), pytest.raises(httpcore.WriteError):
        loop.connected(port, use)


def test_what_came_before_a_connection_broke_can_still_be_read(loop):
    def serve(connection):
        connection.recv(10)
        connection.sendall(b"too large")

    async def use(stream):
        await stream.write(b"x" * 20_000, SECONDS)
        while not stream._received:  # noqa: ASYNC110 - the loop tells nobody of its rounds
            await asyncio.sleep(0)
        with contextlib.suppress(httpcore.WriteError):
            for _ in range(20):
                await stream.write(b"x" * 300_000, SECONDS)
        return await stream.read(100, SECONDS)

    with listening(serve) as (port, _):
        assert loop.connected(port, use) == b"too large"


def test_a_server_that_says_nothing_ends_in_a_time_out_of_reading(loop):
    over = threading.Event()

    async def use(stream):
        try:
            await stream.read(10, 0.05)
        finally:
            over.set()

    with listening(lambda _: over.wait(SECONDS)) as (port, _), pytest.raises(httpcore.ReadTimeout):
        loop.connected(port, use)


def test_a_reset_is_an_error_of_reading(loop):
    def serve(connection):
        connection.recv(10)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    async def use(stream):
        await stream.write(b"head", SECONDS)
        await stream.read(10, SECONDS)

    with listening(serve) as (port, _), pytest.raises(httpcore.ReadError):
        loop.connected(port, use)


def test_nobody_listening_is_an_error_of_connecting(loop):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    async def use(stream):
        return stream

    with pytest.raises(httpcore.ConnectError):
        loop.connected(port, use)


def test_what_waits_to_be_read_is_seen_before_the_loop_has_told_of_it(loop):
    """A server that closed while the program was busy must not be sent a paid request."""
    closed = threading.Event()

    def serve(connection):
        connection.close()
        closed.set()

    async def use(stream):
        assert closed.wait(SECONDS)  # blocks the loop, as a busy program does
        deadline = time.monotonic() + SECONDS
        while not stream.is_readable():
            assert time.monotonic() < deadline
        await stream.aclose()
        await asyncio.sleep(0)
        return stream.is_readable()

    with listening(serve) as (port, _):
        assert loop.connected(port, use), "a closed connection counts as readable"


def test_a_flood_that_nobody_reads_is_not_kept_in_memory():
    flood = b"x" * 20_000_000

    def serve(connection):
        connection.sendall(flood)

    async def use():
        stream = await asyncio_stream.connect("127.0.0.1", port, None, "", SECONDS)
        for _ in range(10_000):  # rounds of the loop, in which it may receive
            await asyncio.sleep(0)
        held = len(stream._received)
        got = 0
        while piece := await stream.read(65536, SECONDS):
            got += len(piece)
        await stream.aclose()
        return held, got

    with listening(serve) as (port, _):
        held, got = asyncio.run(use())
    assert held <= asyncio_stream.MOST_UNREAD + 256 * 1024
    assert got == len(flood)


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_name_with_several_addresses_is_tried_at_each(run):
    """`localhost` is ::1 and 127.0.0.1 on most machines, and the server has only one of them."""

    async def use():
        stream = await asyncio_stream.connect("localhost", port, None, "", SECONDS)
        address = stream._transport.get_extra_info("peername")[0]
        await stream.aclose()
        return address

    with listening(lambda _: None) as (port, _):
        assert run(use()) == "127.0.0.1"


def certified(name):
    """Return the two sides of TLS: a server that is `name`, and a client that trusts it."""
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return server, client


def test_a_server_is_read_and_written_under_its_certificate(loop):
    server, client = certified("gateway.example")

    def serve(connection):
        with server.wrap_socket(connection, server_side=True) as safe:
            got = b""
            while len(got) < 600_000:
                got += safe.recv(65536)
            safe.sendall(got[::-1])
        return got

    async def use():
        stream = await asyncio_stream.connect("127.0.0.1", port, client, "gateway.example", SECONDS)
        for part in (b"a" * 300_000, b"b" * 300_000):
            await stream.write(part, SECONDS)
        answer = b""
        while piece := await stream.read(65536, SECONDS):
            answer += piece
        await stream.aclose()
        return answer

    with listening(serve) as (port, _):
        assert loop.run(use()) == b"b" * 300_000 + b"a" * 300_000


def test_a_connection_can_be_encrypted_later_as_behind_a_proxy(loop):
    server, client = certified("gateway.example")

    def serve(connection):
        connection.sendall(b"go on")
        with server.wrap_socket(connection, server_side=True) as safe:
            got = safe.recv(100)
            safe.sendall(got[::-1])
        return got

    async def use(stream):
        assert await stream.read(100, SECONDS) == b"go on"
        safe = await stream.encrypted(client, "gateway.example", SECONDS)
        await safe.write(b"secret", SECONDS)
        answer = await safe.read(100, SECONDS)
        await safe.aclose()
        return answer

    with listening(serve) as (port, got):
        assert loop.connected(port, use) == b"terces"
    assert got == [b"secret"]


def test_a_certificate_of_somebody_else_behind_a_proxy_is_an_error_of_connecting(loop):
    server, client = certified("somebody.example")

    def serve(connection):
        with contextlib.suppress(ssl.SSLError):
            server.wrap_socket(connection, server_side=True)

    async def use(stream):
        await stream.encrypted(client, "gateway.example", SECONDS)

    with listening(serve) as (port, _), pytest.raises(httpcore.ConnectError, match="not valid for"):
        loop.connected(port, use)


def test_a_handshake_behind_a_proxy_that_is_never_answered_ends_in_a_time_out(loop):
    over = threading.Event()

    async def use(stream):
        try:
            await stream.encrypted(ssl_context(), "host", 0.05)
        finally:
            over.set()

    with (
        listening(lambda _: over.wait(SECONDS)) as (port, _),
        pytest.raises(httpcore.ConnectTimeout),
    ):
        loop.connected(port, use)


def test_no_request_begins_while_an_answer_to_another_waits_to_be_read(loop):
    arrived = threading.Event()

    def serve(connection):
        connection.sendall(b"first")
        assert connection.recv(100) == b"seen"
        connection.sendall(b"another")
        arrived.set()
        return connection.recv(100)

    async def use(stream):
        assert await stream.read(100, SECONDS) == b"first"
        await stream.write(b"seen", SECONDS)
        assert arrived.wait(SECONDS)
        await stream.write(b"of the same request: ", SECONDS)
        assert await stream.read(100, SECONDS) == b"another"
        await stream.aclose()
        with pytest.raises(httpcore.ConnectionNotAvailable):
            await stream.write(b"the next", SECONDS)

    with listening(serve) as (port, got):
        loop.connected(port, use)
    assert got == [b"of the same request: "]


def test_a_certificate_of_somebody_else_is_an_error_of_connecting(loop):
    server, client = certified("somebody.example")

    def serve(connection):
        with contextlib.suppress(ssl.SSLError):
            server.wrap_socket(connection, server_side=True)

    with listening(serve) as (port, _), pytest.raises(httpcore.ConnectError, match="not valid for"):
        loop.run(asyncio_stream.connect("127.0.0.1", port, client, "gateway.example", SECONDS))


def test_a_connection_made_for_one_certificate_serves_no_other():
    def way(**extensions):
        request = httpcore.Request("GET", "https://203.0.113.7/a.png", extensions=extensions)
        return route_of(request, proxied=False)

    assert way(sni_hostname="files.example") == way(sni_hostname="files.example")
    assert way(sni_hostname="files.example") != way(sni_hostname="images.example")
    assert way(sni_hostname="files.example") != way()


@pytest.fixture(params=["sync", "async"])
def kind(request):
    return request.param


def test_who_waits_too_long_for_a_connection_is_told_so(kind, server):
    server.answer([Stall])
    limits = {"pool": 0.05, "total": 1.0, "first_byte": 1.0}
    where = {"api_key": KEY, "base_url": server.url}
    settings = Settings(**where, max_connections=1, timeout=limits, max_retries=0)

    async def ask():
        if kind == "async":
            async with AsyncClient(settings) as client:
                return await asyncio.gather(
                    client.chat("m", HELLO), client.chat("m", HELLO), return_exceptions=True
                )
        with Client(settings) as client:
            asked = [asyncio.to_thread(client.chat, "m", HELLO) for _ in range(2)]
            return await asyncio.gather(*asked, return_exceptions=True)

    errors = asyncio.run(ask())
    assert any(isinstance(error, ConnectionFailedError) for error in errors)


def narrow(server):
    """Return the settings of a client that has one connection."""
    return Settings(api_key=KEY, base_url=server.url, max_connections=1)


def test_who_is_cancelled_while_waiting_for_a_connection_takes_none(server):
    server.answer(stream(chunk("x"), chunk(finish="stop"), DONE), reply(200, completion()))

    async def use():
        async with AsyncClient(narrow(server)) as client:
            held = client.stream_chat("m", HELLO)
            await anext(held)
            waiting = asyncio.ensure_future(client.chat("m", HELLO))
            await asyncio.wait({waiting}, timeout=0.05)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            await held.aclose()
            return (await client.chat("m", HELLO)).choices[0].text

    assert asyncio.run(use()) == "Hello"
    assert len(server.seen) == 2


@pytest.fixture
def ctrl_c():
    """Have Ctrl-C raise: what a shell runs in the background inherits that it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def waits_for_a_future(thread):
    """Tell whether a thread waits for what another one has to give it."""
    frames = (frame for frame, _ in traceback.walk_stack(sys._current_frames()[thread]))
    return any(frame.f_code is concurrent.futures.Future.result.__code__ for frame in frames)


@pytest.mark.usefixtures("ctrl_c")
def test_who_is_interrupted_while_waiting_for_a_connection_takes_none(server):
    server.answer(stream(chunk("x"), chunk(finish="stop"), DONE), reply(200, completion()))
    with Client(narrow(server)) as client:
        held = client.stream_chat("m", HELLO)
        next(held)
        main = threading.main_thread().ident

        def interrupt():
            while not waits_for_a_future(main):
                pass
            signal.pthread_kill(main, signal.SIGINT)  # Ctrl-C

        pressing = threading.Thread(target=interrupt)
        pressing.start()
        with pytest.raises(KeyboardInterrupt):
            client.chat("m", HELLO)
        pressing.join()
        held.close()
        assert client.chat("m", HELLO).choices[0].text == "Hello"
    assert len(server.seen) == 2


def limited(pool):
    """Return the deadlines of a request."""
    deadlines = {name: Deadline(SECONDS, math.inf, "") for name in ("connect", "read", "write")}
    return httpx.Timeout(**deadlines, pool=Deadline(pool, math.inf, ""))


def test_a_reply_that_is_closed_twice_gives_its_place_back_once(server):
    server.answer(reply(200, completion()))
    message = {"method": "GET", "url": httpx.URL(server.url), "headers": {}}
    limits, at_once = limited(SECONDS), limited(0.01)
    blocking_way = PooledTransport(1)
    body = blocking_way.send(message, limits).stream
    body.close()
    body.close()
    held = blocking_way.send(message, limits).stream
    with pytest.raises(httpx.PoolTimeout):  # there is one place, not two
        blocking_way.send(message, at_once)
    held.close()
    blocking_way.close()

    async def use():
        way = AsyncPooledTransport(1)
        body = (await way.send(message, limits)).stream
        await body.aclose()
        await body.aclose()
        held = (await way.send(message, limits)).stream
        with pytest.raises(httpx.PoolTimeout):
            await way.send(message, at_once)
        await held.aclose()
        await way.aclose()

    asyncio.run(use())


def test_a_connection_that_waits_for_its_next_use_is_closed_with_the_client(kind, server):
    server.answer(reply(200, completion()))
    settings = Settings(api_key=KEY, base_url=server.url)

    async def ask():
        if kind == "async":
            async with AsyncClient(settings) as client:
                await client.chat("m", HELLO)
        else:
            with Client(settings) as client:
                client.chat("m", HELLO)
        return server.closed.acquire(timeout=SECONDS)

    assert asyncio.run(ask())


def test_a_connection_that_was_unused_for_too_long_is_closed(kind, server, monkeypatch):
    server.answer(reply(200, completion()))
    monkeypatch.setattr(pool_state, "IDLE_SECONDS", -1.0)
    settings = Settings(api_key=KEY, base_url=server.url)

    async def ask_twice():
        if kind == "async":
            async with AsyncClient(settings) as client:
                await client.chat("m", HELLO)
                await client.chat("m", HELLO)
                return await asyncio.to_thread(server.closed.acquire, timeout=SECONDS)
        with Client(settings) as client:
            client.chat("m", HELLO)
            client.chat("m", HELLO)
            return server.closed.acquire(timeout=SECONDS)

    assert asyncio.run(ask_twice())
    assert server.connections == 2


def test_nothing_is_written_when_the_deadline_has_passed(loop):
    async def use(stream):
        await stream.write(b"late", 0.0)

    with (
        listening(lambda connection: connection.recv(10)) as (port, got),
        pytest.raises(httpcore.WriteTimeout),
    ):
        loop.connected(port, use)
    assert got == [b""]
