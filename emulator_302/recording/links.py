"""Leads the links to a gateway's files through the emulator, so that files are recorded too.

A cassette holds the gateway's own links. A client gets, in their place,
`http://localhost:PORT/_emulator/files/@SCOPE/https/HOST/...`; where it sends such a link, the
gateway's own is sent on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from emulator_302.recording.json_values import changed_texts

FILES = "/_emulator/files"
OF_SCOPE = re.compile(rf"{FILES}/@(?P<scope>[A-Za-z0-9_.-]*)/(?P<rest>.*)", re.DOTALL)
LINK = re.compile(r"(?P<scheme>https?):(?P<slash>\\?/)\\?/(?P<host>[A-Za-z0-9.-]+(?::\d+)?)\\?/")
HERE = ("localhost", "127.0.0.1")
# 302.AI's own file hosts, by the links in replies of its documents.
KNOWN = ("file.302.ai", "file.302ai.cn")


@dataclass(frozen=True)
class FileHosts:
    """Which hosts have the files of a gateway.

    Attributes:
        upstream: The gateway's address.
        more: Further hosts, with their port if they have one.
    """

    upstream: str
    more: tuple[str, ...] = ()

    def has(self, host: str) -> bool:
        """Return whether a host, with its port, has files of the gateway."""
        given = host.lower()
        if given in KNOWN or given in self.more:
            return True
        parts = urlsplit(self.upstream)
        name, _, port = given.partition(":")
        if parts.hostname in HERE:
            return name in HERE and port == str(parts.port or "")
        domain = (parts.hostname or "").split(".", 1)[-1]
        return name.startswith("file") and bool(domain) and name.endswith(f".{domain}")


@dataclass(frozen=True)
class Links:
    """The links of one recording, at one port of the emulator.

    Attributes:
        hosts: Whose links they are.
        port: Where the emulator listens.
        scope: Whose recording it is: a download names no scope but by its address.
    """

    hosts: FileHosts
    port: int
    scope: str = ""

    def led_here(self, text: str) -> str:
        """Return a text whose links to files lead through the emulator."""

        def here(found: re.Match[str]) -> str:
            if not self.hosts.has(found["host"]):
                return found[0]
            slash = found["slash"]
            path = f"{FILES}/@{self.scope}/{found['scheme']}/{found['host']}/"
            return f"http:{slash}{slash}localhost:{self.port}{path.replace('/', slash)}"

        return LINK.sub(here, text)

    def led_back(self, text: str) -> str:
        """Return a text that has the gateway's own links again."""
        begin = rf"http://(?:localhost|127\.0\.0\.1):{self.port}{FILES}/@[\w.-]*/(https?)/"
        return re.sub(begin, r"\1://", text)

    def value_led_back(self, value: Any) -> Any:
        """Return JSON that has the gateway's own links again."""
        return changed_texts(value, self.led_back)

    def url_of(self, path: str) -> str | None:
        """Return the file's own address that a path of the emulator stands for.

        `None` if it stands for none of the gateway's: nothing else is ever fetched.
        """
        found = OF_SCOPE.fullmatch(path)
        scheme, _, rest = (found["rest"] if found else "").partition("/")
        known = scheme in ("http", "https") and self.hosts.has(rest.partition("/")[0])
        return f"{scheme}://{rest}" if known else None
