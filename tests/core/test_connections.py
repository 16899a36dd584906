"""Connections of our own: how they send, wait, pause and end, over real sockets."""

import asyncio
import contextlib
import signal
import socket
import threading
import time

import httpcore
import httpx
import pytest
import uvloop

from core_302 import AsyncClient, Client, ConnectionFailedError, Settings, asyncio_stream
from core_302 import blocking_stream as blocking
from core_302.connections import Way, ssl_context
from core_302.pools import AsyncPooledTransport, PooledTransport
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


class Both:
    """One of the two streams behind the same words, for tests that claim the same of both."""

    def __init__(self, kind):
        self.kind = kind

    def run(self, port, use):
        """Return what `use`, an async function, makes of a connection to `port`."""

        async def connected():
            if self.kind != "sync":
                stream = await asyncio_stream.connect("127.0.0.1", port, None, "", SECONDS)
            else:
                stream = Waited(blocking.connect("127.0.0.1", port, None, "", SECONDS))
            try:
                return await use(stream)
            finally:
                await stream.aclose()

        return self.loop(connected())

    @property
    def loop(self):
        return uvloop.run if self.kind == "uvloop" else asyncio.run


class Waited:
    """A blocking stream with the asynchronous one's words."""

    def __init__(self, stream):
        self.stream = stream

    async def read(self, *given):
        return self.stream.read(*given)

    async def write(self, *given):
        self.stream.write(*given)

    async def aclose(self):
        self.stream.close()

    def get_extra_info(self, info):
        return self.stream.get_extra_info(info)


@pytest.fixture(params=["sync", "async", "uvloop"])
def both(request):
    return Both(request.param)


def read_all(connection):
    pieces = []
    with contextlib.suppress(OSError):
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def test_the_head_of_a_request_and_a_short_body_leave_in_one_packet(both):
    def serve(connection):
        first = connection.recv(65536)
        connection.sendall(b"ok")
        return first

    async def use(stream):
        for part in (b"head\r\n\r\n", b"body", b""):
            await stream.write(part, SECONDS)
        return await stream.read(10, SECONDS)

    with listening(serve) as (port, first):
        assert both.run(port, use) == b"ok"
    assert first == [b"head\r\n\r\nbody"]


def test_a_long_body_arrives_whole_and_in_order(both):
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
        assert both.run(port, use) == b"ok"
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


def test_a_server_that_takes_nothing_ends_in_a_time_out_of_writing(both):
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
        both.run(port, use)


def test_writing_to_a_connection_that_broke_is_an_error_of_writing(both):
    async def use(stream):
        assert await stream.read(10, SECONDS) == b""
        for _ in range(200):
            await stream.write(b"x" * 300_000, SECONDS)

    with listening(lambda _: None) as (port, _), pytest.raises(httpcore.WriteError):
        both.run(port, use)


def test_what_came_before_a_connection_broke_can_still_be_read(both):
    def serve(connection):
        connection.recv(10)
        connection.sendall(b"too large")

    async def use(stream):
        await stream.write(b"x" * 20_000, SECONDS)
        answer = await stream.read(100, SECONDS)
        with contextlib.suppress(httpcore.WriteError, httpcore.ReadError):
            for _ in range(20):
                await stream.write(b"x" * 300_000, SECONDS)
        return answer

    with listening(serve) as (port, _):
        assert both.run(port, use) == b"too large"


def test_a_short_request_to_a_connection_that_broke_ends_in_reading(both):
    """httpcore reads after a failed write, for the server may have answered; so do we."""

    async def use(stream):
        assert await stream.read(10, SECONDS) == b""
        await stream.write(b"head", SECONDS)
        with contextlib.suppress(httpcore.ReadError):
            assert await stream.read(10, SECONDS) == b""
        return "ended"

    with listening(lambda _: None) as (port, _):
        assert both.run(port, use) == "ended"


def test_a_server_that_says_nothing_ends_in_a_time_out_of_reading(both):
    over = threading.Event()

    async def use(stream):
        try:
            await stream.read(10, 0.05)
        finally:
            over.set()

    with listening(lambda _: over.wait(SECONDS)) as (port, _), pytest.raises(httpcore.ReadTimeout):
        both.run(port, use)


def test_a_reset_is_an_error_of_reading(both):
    def serve(connection):
        connection.recv(10)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    async def use(stream):
        await stream.write(b"head", SECONDS)
        await stream.read(10, SECONDS)

    with listening(serve) as (port, _), pytest.raises(httpcore.ReadError):
        both.run(port, use)


def test_nobody_listening_is_an_error_of_connecting(both):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    async def use(stream):
        return stream

    with pytest.raises(httpcore.ConnectError):
        both.run(port, use)


def test_what_waits_to_be_read_is_seen_before_the_loop_has_told_of_it(both):
    """A server that closed while the program was busy must not be sent a paid request."""
    closed = threading.Event()

    def serve(connection):
        connection.close()
        closed.set()

    async def use(stream):
        assert closed.wait(SECONDS)  # blocks the loop, as a busy program does
        deadline = time.monotonic() + SECONDS
        while not stream.get_extra_info("is_readable"):
            assert time.monotonic() < deadline
        await stream.aclose()
        await asyncio.sleep(0)
        return stream.get_extra_info("is_readable")

    with listening(serve) as (port, _):
        assert both.run(port, use), "a closed connection counts as readable"


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
        address = stream.get_extra_info("peername")[0]
        await stream.aclose()
        return address

    with listening(lambda _: None) as (port, _):
        assert run(use()) == "127.0.0.1"


def test_a_connection_made_for_one_certificate_serves_no_other():
    def way(**extensions):
        request = httpcore.Request("GET", "https://203.0.113.7/a.png", extensions=extensions)
        return Way.of(request)

    assert way(sni_hostname="files.example") == way(sni_hostname="files.example")
    assert way(sni_hostname="files.example") != way(sni_hostname="pictures.example")
    assert way(sni_hostname="files.example") != way()


def test_who_waits_too_long_for_a_connection_is_told_so(both, server):
    server.answer([Stall])
    limits = {"pool": 0.05, "total": 1.0, "first_byte": 1.0}
    settings = Settings(api_key=KEY, base_url=server.url, max_connections=1, timeout=limits)

    async def ask():
        if both.kind != "sync":
            async with AsyncClient(settings) as client:
                return await asyncio.gather(
                    client.chat("m", HELLO), client.chat("m", HELLO), return_exceptions=True
                )
        with Client(settings) as client:
            asked = [asyncio.to_thread(client.chat, "m", HELLO) for _ in range(2)]
            return await asyncio.gather(*asked, return_exceptions=True)

    errors = both.loop(ask())
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


def test_who_is_interrupted_while_waiting_for_a_connection_takes_none(server):
    server.answer(stream(chunk("x"), chunk(finish="stop"), DONE), reply(200, completion()))
    with Client(narrow(server)) as client:
        held = client.stream_chat("m", HELLO)
        next(held)
        places = client._own._pool._places

        def interrupt():
            while not places._waiting:
                pass
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)  # Ctrl-C

        pressing = threading.Thread(target=interrupt)
        pressing.start()
        with pytest.raises(KeyboardInterrupt):
            client.chat("m", HELLO)
        pressing.join()
        held.close()
        assert client.chat("m", HELLO).choices[0].text == "Hello"
    assert len(server.seen) == 2


def test_a_reply_that_is_closed_twice_gives_its_place_back_once(server):
    server.answer(reply(200, completion()))
    message = {"method": "GET", "url": httpx.URL(server.url), "headers": {}}
    limits = httpx.Timeout(SECONDS)
    blocking_way = PooledTransport(2)
    body = blocking_way.send(message, limits).stream
    body.close()
    body.close()
    assert blocking_way._pool._places.busy == 0
    blocking_way.close()

    async def use():
        way = AsyncPooledTransport(2)
        body = (await way.send(message, limits)).stream
        await body.aclose()
        await body.aclose()
        assert way._pool._places.busy == 0
        await way.aclose()

    asyncio.run(use())


def test_a_connection_that_waits_for_its_next_use_is_closed_with_the_client(both, server):
    server.answer(reply(200, completion()))
    settings = Settings(api_key=KEY, base_url=server.url)

    async def ask():
        if both.kind != "sync":
            async with AsyncClient(settings) as client:
                await client.chat("m", HELLO)
        else:
            with Client(settings) as client:
                client.chat("m", HELLO)
        return server.closed.acquire(timeout=SECONDS)

    assert both.loop(ask())
