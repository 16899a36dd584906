"""The look-up of a host's addresses. It cannot be cancelled: at the deadline it is abandoned.

Each runs in a daemon thread, for which no program waits at its end. Concurrent look-ups of the same
name share one, so that a thousand calls at once need one thread.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import ipaddress
import socket
import threading
import time
from concurrent.futures import Future
from typing import Any

SHARED_SECONDS = 1.0  # an older look-up may be stuck: it is not shared any more

Addresses = list[tuple[Any, ...]]
_lock = threading.Lock()
_under_way: dict[tuple[str, int], tuple[float, Future[Addresses]]] = {}


def is_address(host: str) -> bool:
    """Return whether a host is an IP address already."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def look_up(host: str, port: int, seconds: float) -> Addresses:
    """Return what `socket.getaddrinfo` returns for TCP.

    Raises:
        TimeoutError: It took longer than `seconds`.
        OSError: There is no such host.
        UnicodeError: No host can have that name.
    """
    if is_address(host):
        return _found(host, port)
    try:
        return _asked(host, port).result(min(seconds, threading.TIMEOUT_MAX))
    except concurrent.futures.TimeoutError:
        raise TimeoutError from None  # before Python 3.11 these are two


async def look_up_awaited(host: str, port: int) -> Addresses:
    """Do the same as `look_up`, until it is cancelled."""
    if is_address(host):
        return _found(host, port)
    return await asyncio.wrap_future(_asked(host, port))


def _found(host: str, port: int) -> Addresses:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _asked(host: str, port: int) -> Future[Addresses]:
    key, now = (host, port), time.monotonic()
    with _lock:
        began, asked = _under_way.get(key, (0.0, None))
        if asked is not None and now - began < SHARED_SECONDS:
            return asked
        asked = Future()
        asked.set_running_or_notify_cancel()  # no caller cancels it for the others
        _under_way[key] = (now, asked)
    threading.Thread(target=_ask, args=(key, asked), name="look-up", daemon=True).start()
    return asked


def _ask(key: tuple[str, int], asked: Future[Addresses]) -> None:
    try:
        found = _found(*key)
    except Exception as error:  # noqa: BLE001 - whoever asked is told
        _end(key, asked)
        asked.set_exception(error)
    else:
        _end(key, asked)
        asked.set_result(found)


def _end(key: tuple[str, int], asked: Future[Addresses]) -> None:
    with _lock:
        if _under_way.get(key, (0.0, None))[1] is asked:
            del _under_way[key]
