"""Exceptions of httpx, turned into ours: none of them leaves this project."""

from __future__ import annotations

import re
import socket
import ssl
from typing import TypeGuard
from urllib.parse import urlsplit

import httpcore
import httpx

from core_302.error_replies.from_reply import proxy_error
from core_302.errors import (
    AI302Error,
    CertificateError,
    ConnectionFailedError,
    ConnectionLostError,
    RequestTimeoutError,
    without_userinfo,
)
from core_302.net.deadline import WAIT_LONGER

HTTPCORE = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
)
NOT_CONNECTED = (
    httpx.ConnectError,
    httpx.UnsupportedProtocol,
    socket.gaierror,
)
# What the libraries below raise as well: a UnicodeError for a host name that cannot exist, such as
# "a..b", an OverflowError for an invalid port.
STRANGERS = (
    *HTTPCORE,
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    OSError,
    EOFError,
    ValueError,
    ArithmeticError,
)


class transport_errors:  # noqa: N801 - it is used like a function, as `contextlib.suppress` is
    """Turn every error of httpx into ours, with the original as its cause.

    A class, since each call enters it a few times: a generator costs five times as much.

    Args:
        address: Where the connection leads, so that the error can name its host.
    """

    __slots__ = ("_address",)

    def __init__(self, address: str = "") -> None:
        self._address = address

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        if _is_strange(error):
            raise _ours(error, urlsplit(self._address).hostname) from error


def _is_strange(error: BaseException | None) -> TypeGuard[Exception]:
    """Return whether an error comes from a library below: one, or several in a group."""
    if isinstance(error, AI302Error) or not isinstance(error, Exception):
        return False
    return isinstance(error, STRANGERS) or hasattr(error, "exceptions")


def _ours(error: Exception, host: str | None) -> AI302Error:
    to = f" to {host}" if host else ""
    said = without_userinfo(str(error))
    if isinstance(error, HTTPCORE):  # a body is read without httpx
        error = _as_httpx(error)
    words = f"{said or 'no reason given'} ({type(error).__name__})."
    if isinstance(error, httpx.ProxyError):
        status = re.match(r"\d{3}\b", str(error))
        return proxy_error(int(status[0]) if status else None, words)
    if refused := _certificate_refused(error):
        return CertificateError(
            f"The server's certificate was not accepted: {refused}. Nothing was sent. If your "
            "network has a certificate authority of its own, name its file in SSL_CERT_FILE, or "
            "pass http_client=httpx.Client(verify=...). There is no switch to skip this check."
        )
    # The built-in TimeoutError comes from a look-up only.
    if isinstance(error, (httpx.ConnectTimeout, httpx.PoolTimeout, TimeoutError)):
        return ConnectionFailedError(f"No connection in time{to}: {words} {WAIT_LONGER}")
    if isinstance(error, NOT_CONNECTED):
        return ConnectionFailedError(f"No connection{to}: {words}")
    if isinstance(error, httpx.TimeoutException):
        ours = said.endswith(".")  # see `Deadline.told`
        said = said if ours else f"No response in time: {words}"
        return RequestTimeoutError(f"{said} {WAIT_LONGER}")
    if isinstance(error, (httpx.InvalidURL, UnicodeEncodeError, OverflowError)) or (
        type(error) is UnicodeError
    ):
        return ConnectionFailedError(f"The address cannot be used: {words}")
    return ConnectionLostError(f"The connection broke: {words}")


def _as_httpx(error: Exception) -> Exception:
    """Return an error of httpcore as httpx's of the same name, as httpx itself does."""
    translated: Exception = getattr(httpx, type(error).__name__)(str(error))
    translated.__cause__ = error
    return translated


def _certificate_refused(error: BaseException | None) -> str | None:
    """Return why a certificate was refused, if that is what `error` comes from."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message.rstrip(".")
        error = error.__cause__ or error.__context__  # httpcore raises "from None" on its way
    return None
