"""Whole requests as a scripted server received them, in a form that tests can compare."""

from email import message_from_bytes
from urllib.parse import parse_qsl, urlsplit


def sent(seen):
    """Return method, path, query and body; a form as its parts: name, filename, type, content."""
    address = urlsplit(seen.path)
    kind = seen.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        body = [_part(part) for part in message_from_bytes(head + seen.content).get_payload()]
    else:
        body = seen.json if seen.content else None
    return seen.method, address.path, dict(parse_qsl(address.query)), body


def _part(part):
    name = part.get_param("name", header="content-disposition")
    kind = part.get_content_type() if part["content-type"] else None
    return name, part.get_filename(), kind, part.get_payload(decode=True)
