"""Rows N1 to N16: what goes wrong before, below and around an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.faults.row import (
    ALL,
    API,
    ASKED,
    CHAT,
    FILES,
    GOOD,
    GOOD_FOR,
    JOBS,
    STREAM,
    Expect,
    Row,
    served,
)
from tests.faults.scenes import (
    BadUploads,
    BrokenHandshake,
    Certified,
    FullBacklog,
    Localhost,
    Nowhere,
    Proxied,
    Redirects,
)
from tests.scripted_server import Close, Every, Reset, Stall

Expected = Mapping[tuple[str, ...], Expect]
ONCE = "It was not sent again"
SHORT = 0.3  # seconds


def lasting(seconds: float) -> dict[str, Any]:
    """Return settings with every whole limit and every silence at `seconds`."""
    names = ("total", "job", "download", "first_byte", "silence")
    return {"timeout": dict.fromkeys(names, seconds)}


def lost() -> Expected:
    """Return what a connection that breaks after the request means: all but jobs ask again."""
    return {
        ASKED: Expect("ConnectionLostError", 3, billed="maybe", retryable=True),
        JOBS: Expect("ConnectionLostError", 1, says=ONCE, billed="maybe"),
        FILES: Expect("ConnectionLostError", 3),
    }


def never_sent(error: str, **more: Any) -> Expected:
    """Return what is seen when no request leaves, and asking again cannot change that."""
    return {ALL: Expect(error, 0, attempts=1, billed="no", retryable=False, **more)}


UNREACHABLE = (
    Row(
        "N1-refused",
        "nobody listens at the port",
        Nowhere(),
        {ALL: Expect("ConnectionFailedError", 0, attempts=3, billed="no", retryable=True)},
    ),
    Row(
        "N1-name",
        "the host's name cannot be looked up",
        Nowhere(named=True),
        {ALL: Expect("ConnectionFailedError", 0, attempts=3, billed="no", says="No connection")},
    ),
    Row(
        "N2-connect",
        "the server takes no connection within the limit for connecting (0.2 s)",
        FullBacklog(),
        {
            ALL: Expect(
                "ConnectionFailedError",
                0,
                attempts=2,
                billed="no",
                says="No connection in time",
                within=(0.4, 5),
            )
        },
        {"timeout": {"connect": 0.2}, "max_retries": 1},
    ),
    Row(
        "N2-whole",
        "the server takes no connection within the limit for the whole call (0.3 s)",
        FullBacklog(),
        {ALL: Expect("ConnectionFailedError", 0, attempts=1, billed="no", within=(SHORT, 5))},
        lasting(SHORT),
    ),
)

CERTIFICATES = (
    Row(
        "N3-trusted",
        "control: the certificate's authority is named in SSL_CERT_FILE",
        Certified(),
        {ALL: Expect(connections=1)},
    ),
    Row(
        "N3-unknown",
        "the certificate is of an authority that this machine does not know",
        Certified(known=False),
        never_sent("CertificateError", says="name its file in SSL_CERT_FILE", connections=1),
    ),
    Row(
        "N3-host",
        "the certificate is another host's",
        Certified(names=("other.example",)),
        never_sent("CertificateError", says="ostname mismatch", connections=1),
    ),
    Row(
        "N3-expired",
        "the certificate has run out",
        Certified(expired=True),
        never_sent("CertificateError", says="certificate has expired", connections=1),
    ),
    *(
        Row(
            f"N3-{'reset' if resets else 'closed'}",
            f"the connection is {'reset' if resets else 'closed'} in the TLS handshake",
            BrokenHandshake(resets=resets),
            {
                ALL: Expect(
                    "ConnectionFailedError", 0, attempts=3, billed="no", retryable=True, doors=3
                )
            },
        )
        for resets in (False, True)
    ),
    Row(
        "N3-no-file",
        "SSL_CERT_FILE names a file that is not there",
        Certified(files="/nowhere/ca.pem"),
        never_sent("ConfigurationError", says="SSL_CERT_FILE", connections=0),
    ),
)

BROKEN = (
    Row(
        "N4",
        "the server takes the request and says nothing (limit 0.3 s)",
        served([Stall]),
        {
            ASKED: Expect("RequestTimeoutError", billed="maybe", within=(SHORT, 5)),
            JOBS: Expect("RequestTimeoutError", says=ONCE, billed="maybe", within=(SHORT, 5)),
            FILES: Expect("RequestTimeoutError", within=(SHORT, 5)),
        },
        lasting(SHORT),
    ),
    Row("N5", "the server closes after the request, without a byte", served([Close]), lost()),
    Row("N6", "the connection is reset after the request", served([Reset]), lost()),
    Row(
        "N5-once",
        "the server closes once after the request, then answers",
        served([Close], GOOD),
        {(*ASKED, *FILES): Expect(requests=2), JOBS: Expect("ConnectionLostError", says=ONCE)},
    ),
    Row(
        "N7",
        "the server closes an idle connection, then the next call comes",
        served([*GOOD, Close]),
        {ALL: Expect(requests=2, connections=2)},
        times=2,
        settled=True,
    ),
    Row(
        "N8-stalled",
        "the server stops reading in the middle of an upload of 20 MB (a piece: 0.3 s)",
        BadUploads(resets=False),
        {
            (CHAT,): Expect("RequestTimeoutError", billed="maybe", within=(SHORT, 5)),
            JOBS: Expect("RequestTimeoutError", says=ONCE, billed="maybe", within=(SHORT, 5)),
        },
        {"timeout": {"write": SHORT}},
        large=True,
    ),
    Row(
        "N8-reset",
        "the connection is reset in the middle of an upload of 20 MB",
        BadUploads(resets=True),
        {
            (CHAT,): Expect("ConnectionLostError", 3, billed="maybe"),
            JOBS: Expect("ConnectionLostError", 1, says=ONCE, billed="maybe"),
        },
        large=True,
    ),
    Row(
        "N10",
        "a body comes byte by byte for ever, each before a read's limit (whole call 0.4 s)",
        served([b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", Every(b" ", 0.05)]),
        {
            (CHAT, STREAM): Expect(
                "RequestTimeoutError", says="No complete response", billed="maybe", within=(0.4, 5)
            ),
            JOBS: Expect("RequestTimeoutError", says=ONCE, billed="maybe", within=(0.4, 5)),
            FILES: Expect("RequestTimeoutError", within=(0.4, 5)),
        },
        lasting(0.4),
    ),
)


@dataclass(frozen=True)
class _Lied:
    """The way's good answer with a wrong length: `by` bytes more, or fewer, than there are."""

    by: int

    def for_way(self, way: str) -> list[object]:
        """Return the answer of `way`, which must have a length."""
        whole = GOOD_FOR[CHAT if way == STREAM else way][0]
        head, _, body = whole.partition(b"\r\n\r\n")
        told = f"Content-Length: {len(body)}".encode()
        wrong = f"Content-Length: {len(body) + self.by}".encode()
        return [head.replace(told, wrong) + b"\r\n\r\n" + body, Close]


LENGTHS = (
    Row(
        "N11-long",
        "the reply's length promises more than comes",
        served(_Lied(7)),
        {
            (CHAT,): Expect("ConnectionLostError", 3, billed="maybe"),
            (STREAM,): Expect("StreamInterruptedError", 1, billed="maybe"),
            JOBS: Expect("ConnectionLostError", 1, says=ONCE),
            FILES: Expect("ConnectionLostError", 3),
        },
    ),
    Row(
        "N11-short",
        "the reply's length is shorter than its JSON",
        served(_Lied(-7)),
        {
            ASKED: Expect("MalformedReplyError", says="It begins", billed="maybe"),
            JOBS: Expect("MalformedReplyError", says=ONCE, billed="maybe"),
        },
    ),
)

NO_TUNNEL = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
WHO = b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n"
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"

PROXIES = (
    Row(
        "N13-through",
        "HTTPS_PROXY names a proxy",
        Proxied(),
        {ALL: Expect(doors=1)},
    ),
    Row(
        "N13-bypass",
        "... and NO_PROXY names the gateway",
        Proxied(bypassed=True),
        {ALL: Expect(doors=0)},
    ),
    Row(
        "N13-407",
        "the proxy does not take the user and the password (407)",
        Proxied(refusal=WHO),
        never_sent("ProxyError", says="HTTP 407", status=407, doors=1),
    ),
    Row(
        "N13-403",
        "the proxy forbids the gateway (403)",
        Proxied(refusal=FORBIDDEN),
        never_sent("ProxyError", says="NO_PROXY", status=403, doors=1),
    ),
    Row(
        "N13-502",
        "the proxy does not reach the gateway (502)",
        Proxied(refusal=NO_TUNNEL),
        {ALL: Expect("ProxyError", 0, attempts=3, status=502, billed="no", doors=3)},
    ),
)

PLACES = (
    *(
        Row(
            f"N14-{status}-{'other' if other else 'same'}",
            f"HTTP {status} sends the caller to {'another host' if other else 'the same host'}",
            Redirects(status, other_host=other),
            {API: Expect("UnexpectedRedirectError", status=status, billed="no", doors=0)},
        )
        for status in (301, 302, 307, 308)
        for other in (False, True)
    ),
    Row(
        "N16",
        "the name of the host has an IPv6 address too, where nobody listens",
        Localhost(),
        {ALL: Expect(connections=1)},
    ),
)

ROWS = (*UNREACHABLE, *CERTIFICATES, *BROKEN, *LENGTHS, *PROXIES, *PLACES)
