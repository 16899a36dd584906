"""As much of S3 as reading a bucket takes: objects with ranges, and listings. On loopback."""

import hashlib
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

LISTING = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>{bucket}</Name>'
    "<Prefix>{prefix}</Prefix><IsTruncated>false</IsTruncated><KeyCount>{count}</KeyCount>"
    "{found}</ListBucketResult>"
)
ONE = "<Contents><Key>{key}</Key><Size>{size}</Size><ETag>&quot;{tag}&quot;</ETag></Contents>"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        self.server.requests.append((self.command, key, self.headers.get("Range")))
        if not key:
            self.answer(200, self.listing(bucket, parse_qs(parts.query)), "application/xml")
        elif key not in self.server.objects:
            self.answer(404, b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>")
        elif key in self.server.forbidden:
            self.answer(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
        else:
            self.object(self.server.objects[key])

    do_HEAD = do_GET  # noqa: N815 - as http.server calls it

    def object(self, content):
        if asked := self.headers.get("Range"):
            first, last = asked.removeprefix("bytes=").split("-")
            part = content[int(first) : int(last) + 1]
            told = f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}"
            self.answer(206, part, **{"Content-Range": told})
        else:
            self.answer(200, content)

    def listing(self, bucket, query):
        prefix = query.get("prefix", [""])[0]
        found = {k: v for k, v in sorted(self.server.objects.items()) if k.startswith(prefix)}
        if "delimiter" in query:
            found = {k: v for k, v in found.items() if "/" not in k[len(prefix) :]}
        listed = [
            ONE.format(key=key, size=len(content), tag=hashlib.sha256(content).hexdigest())
            for key, content in found.items()
        ]
        told = {"bucket": bucket, "prefix": prefix, "count": len(listed), "found": "".join(listed)}
        return LISTING.format(**told).encode()

    def answer(self, status, content, kind="application/octet-stream", **headers):
        self.send_response(status)
        fixed = {"Content-Type": kind, "Content-Length": len(content), "ETag": '"e"'}
        dated = {"Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT"}
        for name, value in (fixed | dated | headers).items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_):
        pass


@contextmanager
def serving(objects, forbidden=()):
    """Serve objects of any bucket; yield the server, whose `requests` tell what was asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.objects, server.forbidden, server.requests = objects, forbidden, []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
