"""The gateway's address: how it may be written, and which addresses the environment's key goes to.

Nothing here does I/O. An address that would leak the key is refused before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from core_302.errors import ConfigurationError
from core_302.special_addresses import is_loopback

KEY_VARIABLE = "AI302_API_KEY"
URL_VARIABLE = "AI302_BASE_URL"
DEFAULT_BASE_URL = "https://api.302.ai"
# Endpoints whose full address people copy from a page; their ends, without `/v1`.
ENDPOINTS = ("/chat/completions", "/completions", "/embeddings", "/rerank")
# Of 302.AI's own documents: the default, and two for China.
OFFICIAL_HOSTS = frozenset({"api.302.ai", "api.302ai.com", "api.302ai.cn"})


def clean_base_url(url: str, *, allow_insecure: bool = False) -> str:
    """Return `url` without `/v1` and trailing slashes.

    Raises:
        ConfigurationError: It has no scheme, user and password, a query, `/v1` twice, or it would
            send the key unencrypted to another machine.
    """
    if not isinstance(url, str) or not url.strip():
        raise ConfigurationError(f"base_url is empty. Omit it to use {DEFAULT_BASE_URL}.")
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        (parts.hostname or "").encode("idna")  # "a..b" is not a host name
    except ValueError as error:
        raise ConfigurationError(f"base_url is not a valid URL: {error}.") from None
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(
            "base_url holds a user name or password. Pass the key as api_key=..., and the address "
            f"alone, such as {DEFAULT_BASE_URL}."
        )
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(
            f"base_url {url!r} must start with https:// and a host, such as {DEFAULT_BASE_URL}."
        )
    if parts.query or parts.fragment:
        raise ConfigurationError("base_url must end after its path; use default_query=... instead.")
    if parts.scheme == "http" and not allow_insecure and not _is_this_machine(parts.hostname):
        raise ConfigurationError(
            f"base_url {url!r} would send the key unencrypted. Use https://, or pass "
            "allow_insecure=True if you trust every machine on the way."
        )
    path = re.sub(r"/{2,}", "/", parts.path).rstrip("/")
    path = path.removesuffix("/v1")
    if (last := _end_of_an_endpoint(path)) is not None:
        shown = f"{parts.scheme}://{parts.netloc}{path[:last]}"
        raise ConfigurationError(
            f"base_url {url!r} is longer than the gateway's address: drop what follows /v1, as in "
            f"{shown + '/v1'!r}."
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{path}"


def _end_of_an_endpoint(path: str) -> int | None:
    """Return where the path of an endpoint begins, or the second `/v1`; None where neither does."""
    if "/v1" in path:
        return path.index("/v1")
    ending = next((ending for ending in ENDPOINTS if path.endswith(ending)), None)
    return None if ending is None else len(path) - len(ending)


def check_home_of_the_key(values: Mapping[str, Any], environ: Mapping[str, str]) -> None:
    """Check that the environment's key goes to an address that may have it.

    An address can come from a configuration that somebody else wrote: a dump, a pickle, a form. A
    key that was not passed together with it goes only to 302.AI, to this machine, or to the address
    that the environment itself names.

    Raises:
        ConfigurationError: The key would go elsewhere.
    """
    insecure = bool(values.get("allow_insecure"))
    address = clean_base_url(values["base_url"], allow_insecure=insecure)
    host = urlsplit(address).hostname or ""
    if host in OFFICIAL_HOSTS or _is_this_machine(host):
        return
    named = environ.get(URL_VARIABLE)
    if not named or clean_base_url(named, allow_insecure=insecure) != address:
        raise ConfigurationError(
            f"The key in {KEY_VARIABLE} is not sent to {host!r}, which is not a host of 302.AI: "
            f"pass api_key=... together with the address, or set the address in {URL_VARIABLE}."
        )


def leads_to_this_machine(address: str) -> bool:
    """Tell whether an address that was cleaned is this machine's own."""
    return _is_this_machine(urlsplit(address).hostname or "")


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return is_loopback(host)
    except ValueError:
        return False
