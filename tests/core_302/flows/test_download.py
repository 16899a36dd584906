"""Fetching images: what is fetched, what never is, and that file hosts see no key."""

import socket
from urllib.parse import urlsplit

import httpx
import pytest

from core_302 import (
    ConfigurationError,
    ConnectionFailedError,
    InvalidInputError,
    MalformedReplyError,
    NotFoundError,
    ReplyTooLargeError,
    RequestTimeoutError,
    Settings,
    Timeouts,
    UnexpectedRedirectError,
)
from core_302.flows.download import LARGEST_FILE, download_file
from core_302.http import Fetch
from core_302.links import Target, check_link, target_of
from core_302.net.request_encoding import message_of
from tests.conftest import KEY, BothFaces
from tests.drawn import png
from tests.scripted_server import Close, Script, Stall, reply, scripted_server

PNG = png(4, 3)


def file_response(content=PNG, **more):
    return reply(200, content, media_type="image/png", **more)


@pytest.fixture
def files(connect, server):
    """Return a client that trusts the server as a file host, under another name than the API's."""
    host = f"localhost:{server.port}"

    def make(**settings):
        face = connect("http://127.0.0.1:9", trusted_hosts=[host], **settings)
        face.link = f"http://{host}/gpt/imgs/1.png"
        return face

    return make


def test_an_image_is_fetched_without_the_key(files, server):
    server.answer(file_response())
    face = files(default_headers={"x-secret": "canary"}, default_query={"q": "canary"})
    found = face.call("download", face.link)
    assert (found.content, found.media_type, found.width, found.height) == (PNG, "image/png", 4, 3)
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("GET", "/gpt/imgs/1.png")
    assert seen.headers["host"] == f"localhost:{server.port}"
    assert "authorization" not in seen.headers
    assert "canary" not in str(seen)
    assert KEY not in str(seen)
    assert PNG.hex() not in repr(found)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_client_of_yours_is_not_used_for_files_since_it_may_hold_secrets(kind, server):
    server.answer(file_response())
    given = {"headers": {"authorization": "Bearer canary"}}
    mine = httpx.Client(**given) if kind == "sync" else httpx.AsyncClient(**given)
    host = f"localhost:{server.port}"
    face = BothFaces(kind, "http://127.0.0.1:9", http_client=mine, trusted_hosts=[host])
    face.call("download", f"http://{host}/1.png")
    face.close()
    assert "canary" not in str(server.seen)


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("http://file.302.ai/1.png", "must begin with https://, not http://"),
        ("ftp://file.302.ai/1.png", "must begin with https:// and a host"),
        ("file:///etc/passwd", "must begin with https:// and a host"),
        ("https:///1.png", "must begin with https:// and a host"),
        ("https://127.0.0.1/1.png", "internal address"),
        ("https://localhost/1.png", "internal address"),
        ("https://localhost./1.png", "internal address"),
        ("https://router/1.png", "internal address"),
        ("https://db.internal/1.png", "internal address"),
        ("https://printer.local/1.png", "internal address"),
        ("https://2130706433/1.png", "internal address"),
        ("https://0x7f.1/1.png", "internal address"),
        ("https://0177.0.0.1/1.png", "internal address"),
        ("https://\u2460\u2461\u2466.0.0.1/1.png", "internal address"),
        ("https://\uff11\uff12\uff17\u30020\uff610\uff0e1/1.png", "internal address"),
        ("https://10.0.0.1/1.png", "internal address"),
        ("https://172.16.0.1/1.png", "internal address"),
        ("https://192.168.1.1/1.png", "internal address"),
        ("https://169.254.169.254/latest/meta-data", "internal address"),
        ("https://100.64.0.1/1.png", "internal address"),
        ("https://224.0.0.1/1.png", "internal address"),
        ("https://[::1]/1.png", "internal address"),
        ("https://[fe80::1%25eth0]/1.png", "internal address|not a valid URL"),
        ("https://[fc00::1]/1.png", "internal address"),
        ("https://[::ffff:127.0.0.1]/1.png", "internal address"),
        ("https://[::ffff:a00:1]/1.png", "internal address"),
        ("https://[64:ff9b::7f00:1]/1.png", "internal address"),
        ("https://[2002:7f00:1::]/1.png", "internal address"),
        ("https://[2001:0:0:0:0:0:80ff:fffe]/1.png", "internal address"),
        ("https://user:pw@file.302.ai/1.png", "user name"),
        ("https://file.302.ai\\@127.0.0.1/1.png", "not allowed in a link"),
        ("https://file.302.ai/1.png\r\nx: y", "not allowed in a link"),
        ("https://file.302.ai/a b.png", "not allowed in a link"),
        ("https://file.302.ai:99999/1.png", "is not a valid URL"),
        ("https://[broken/1.png", "is not a valid URL"),
        ("https://file.302.ai/" + "x" * 8_000, "too long"),
        ("https://" + "a." * 130 + "example/1.png", "internal address"),
    ],
)
def test_a_link_that_leads_inside_is_refused_before_anything_is_looked_up(
    connect, monkeypatch, link, says
):
    def never(*_args, **_more):
        raise AssertionError("something was looked up")

    face = connect("http://127.0.0.1:9")
    monkeypatch.setattr(socket, "getaddrinfo", never)
    with pytest.raises(InvalidInputError, match=says):
        face.call("download", link)


def test_a_public_link_passes_and_keeps_its_port():
    assert target_of("https://File.302.AI/1.png") == Target("file.302.ai", 443, trusted=False)
    assert target_of("https://8.8.8.8:8443/x") == Target("8.8.8.8", 8443, trusted=False)
    assert target_of("https://[2606:4700::1]/x").host == "2606:4700::1"
    check_link("http://images.example/face.png")
    with pytest.raises(InvalidInputError, match="internal"):
        check_link("http://127.0.0.1/face.png")
    check_link("http://127.0.0.1:7/face.png", ["127.0.0.1:7"])


def names_point_to(monkeypatch, *addresses):
    def answer(host, port, *_args, **_more):
        del host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port)) for found in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("8.8.8.8", "10.0.0.7"), ("::1",)])
def test_a_public_name_with_an_internal_address_is_refused(connect, monkeypatch, addresses):
    names_point_to(monkeypatch, *addresses)
    with pytest.raises(InvalidInputError, match=r"images\.example has the internal address"):
        connect("http://127.0.0.1:9").call("download", "https://images.example/1.png")


def test_a_name_without_any_address_is_refused(connect, monkeypatch):
    names_point_to(monkeypatch)
    with pytest.raises(InvalidInputError, match="has no IP address"):
        connect("http://127.0.0.1:9").call("download", "https://images.example/1.png")


def test_a_name_that_cannot_be_looked_up_is_a_failed_connection(connect):
    with pytest.raises(ConnectionFailedError, match=r"No connection to images\.invalid: "):
        connect("http://127.0.0.1:9", max_retries=0).call(
            "download", "https://images.invalid/1.png"
        )


def test_a_name_that_no_host_can_have_is_a_failed_connection(connect):
    face = connect("http://127.0.0.1:9", max_retries=0)
    with pytest.raises(ConnectionFailedError, match=r"No connection|cannot be used"):
        face.call("download", "https://xn--zzzz.example/1.png")


def test_a_name_that_nobody_can_look_up_is_refused(connect):
    face = connect("http://127.0.0.1:9", max_retries=0)
    with pytest.raises(InvalidInputError, match=r"not a valid host name \(images\.\.example\)"):
        face.call("download", "https://images..example/1.png")


def test_the_address_that_was_judged_is_the_one_that_is_used():
    """So a second look-up of the name cannot answer otherwise (DNS rebinding)."""
    fetch = Fetch("https://file.302.ai:8443/a/1.png?x=1", "203.0.113.9", 1)
    message = message_of(fetch, Settings(api_key=KEY))
    assert str(message["url"]) == "https://203.0.113.9:8443/a/1.png?x=1"
    assert message["headers"]["host"] == "file.302.ai:8443"
    assert message["extensions"] == {"sni_hostname": "file.302.ai"}
    six = message_of(Fetch("https://file.302.ai/1.png", "2606:4700::1", 1), Settings(api_key=KEY))
    assert str(six["url"]) == "https://[2606:4700::1]/1.png"


def test_the_next_address_is_tried_if_the_first_cannot_be_reached(files, server, monkeypatch):
    server.answer(file_response())
    names_point_to(monkeypatch, "127.0.0.2", "127.0.0.1")
    face = files()
    assert face.call("download", face.link).content == PNG


def test_behind_a_proxy_the_name_is_left_to_it(server, monkeypatch):
    server.answer(file_response())
    monkeypatch.setenv("HTTP_PROXY", server.url)
    for kind in ("sync", "async"):
        face = BothFaces(kind, "http://127.0.0.1:9", trusted_hosts=["images.example"])
        assert face.call("download", "http://images.example/1.png").content == PNG
        face.close()
    assert [urlsplit(seen.path).hostname for seen in server.seen] == ["images.example"] * 2


def redirect(to):
    return reply(302, b"", headers={"location": to})


def test_a_redirect_is_followed_and_judged_like_the_first_link(files, server):
    face = files()
    server.answer(redirect("/other/2.png"), file_response())
    assert face.call("download", face.link).content == PNG
    assert [seen.path for seen in server.seen] == ["/gpt/imgs/1.png", "/other/2.png"]


@pytest.mark.parametrize(
    "to", ["http://127.0.0.1:1/x", "https://169.254.169.254/", "file:///etc/passwd"]
)
def test_a_redirect_inside_is_not_followed(files, server, to):
    face = files()
    server.answer(redirect(to))
    with pytest.raises(InvalidInputError):
        face.call("download", face.link)
    assert len(server.seen) == 1


def test_a_redirect_to_no_address_is_no_crash(files, server):
    face = files()
    server.answer(redirect("http://[never-closed/1.png"))
    with pytest.raises(InvalidInputError, match="redirects to what is not a valid URL"):
        face.call("download", face.link)


def test_redirects_without_end_are_left(files, server):
    face = files()
    server.answer(redirect("/again"))
    with pytest.raises(UnexpectedRedirectError, match="more than 3 times"):
        face.call("download", face.link)
    assert len(server.seen) == 4


def test_a_file_that_claims_a_gibibyte_is_left_at_the_limit(files, server):
    face = files()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 1073741824\r\n\r\n"
    server.answer([head, PNG, *[b"\0" * 2**20] * (LARGEST_FILE // 2**20 + 1), Close])
    with pytest.raises(ReplyTooLargeError, match="longer than 67108864 bytes"):
        face.call("download", face.link)


@pytest.mark.parametrize(
    ("content", "seen"), [(b"", "empty"), (b"<html>log in</html>", "HTML"), (b"<svg/>", "other")]
)
def test_what_is_no_image_by_its_bytes_is_refused(files, server, content, seen):
    face = files()
    server.answer(file_response(content))
    with pytest.raises(MalformedReplyError, match=f"at localhost is not an image.*{seen}"):
        face.call("download", face.link)


def test_a_link_that_has_expired_says_so(files, server):
    face = files()
    server.answer(reply(404, b"expired"))
    with pytest.raises(NotFoundError, match="expired"):
        face.call("download", face.link)
    assert len(server.seen) == 1


def test_a_download_has_a_time_limit_of_its_own(files, server):
    face = files(timeout=Timeouts(download=0.5))
    server.answer([Stall])
    with pytest.raises(RequestTimeoutError):
        face.call("download", face.link)


def test_a_download_is_tried_again(files, server):
    face = files()
    server.answer(reply(500, b"busy"), file_response())
    assert face.call("download", face.link).content == PNG
    assert len(server.seen) == 2


@pytest.mark.parametrize("host", ["https://x.example", "user@x.example", " ", "x.example/a"])
def test_a_trusted_host_is_a_host_alone(host):
    with pytest.raises(ConfigurationError, match="pass hosts only"):
        Settings(api_key=KEY, trusted_hosts=(host,))


def test_trusted_hosts_are_a_list_and_can_come_from_the_environment():
    with pytest.raises(ConfigurationError, match="must be a list"):
        Settings(api_key=KEY, trusted_hosts="x.example")
    environ = {"AI302_API_KEY": KEY, "AI302_TRUSTED_HOSTS": "A.example, localhost:8302"}
    settings = Settings.from_env(environ)
    assert settings.trusted_hosts == ("a.example", "localhost:8302")


class Strict(Script):
    """A file host that refuses whoever does not ask for what it has."""

    def next_reply(self, request):
        super().next_reply(request)
        asked = [one.partition(";")[0].strip() for one in request.headers["accept"].split(",")]
        taken = {"*/*", self.has, f"{self.has.partition('/')[0]}/*"} & {*asked}
        return reply(200, PNG, media_type=self.has) if taken else reply(406)


@pytest.mark.parametrize("kind", ["video/mp4", "audio/mpeg", "application/pdf", "image/png"])
def test_a_file_is_asked_for_as_what_it_may_be_so_no_strict_host_refuses_it(connect, kind):
    host = Strict(replies=[[]])
    host.has = kind
    with scripted_server(host):
        face = connect(host.url, trusted_hosts=[f"127.0.0.1:{host.port}"])
        assert face.call("run", download_file(f"{host.url}/1")).content == PNG
        assert face.call("download", f"{host.url}/1").content == PNG
    assert [seen.headers["accept"] for seen in host.seen] == ["*/*", "image/*, */*;q=0.5"]
