"""What the page says when it starts, whom it answers, and what is left when it ends."""

import os
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import httpx
import pytest

from tests.browser.served import PAGE, served
from tests.drawn import png


def test_a_page_of_this_machine_is_answered_and_may_open_nothing_outside(studio):
    reply = httpx.get(studio.url)
    assert reply.status_code == 200
    policy = reply.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert reply.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/upload", "/gradio_api/queue/join"])
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"host": ""},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:1"},  # another program of this machine
        {"origin": "null"},
    ],
    ids=str,
)
def test_another_website_is_refused(studio, headers, path):
    reply = httpx.post(studio.url + path, headers=headers, json={})
    assert reply.status_code == 403
    assert reply.text == "This page answers its own machine only."


def test_its_own_origin_is_answered(studio):
    reply = httpx.get(f"{studio.url}/config", headers={"origin": studio.url})
    assert reply.status_code == 200


def test_pages_of_an_api_are_not_served(studio):
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert httpx.get(studio.url + path).status_code == 404


def test_with_a_key_it_says_who_answers_and_that_it_costs_money(studio, gateway):
    assert f"Gateway: {urlsplit(gateway.base_url).netloc}." in studio.said
    assert "cost money" in studio.said


def test_without_a_key_it_says_so_and_leaves_no_file_behind(tmp_path):
    with served(tmp_path, {}) as page:
        assert "Local emulator. Not 302.AI" in page.said
        assert page.url.startswith("http://127.0.0.1:")
        sent = {"files": ("mine.png", png(), "image/png")}
        httpx.post(f"{page.url}/gradio_api/upload", files=sent).raise_for_status()
        assert [found.name for found in tmp_path.rglob("*.png")] == ["mine.png"]
        page.process.send_signal(signal.SIGINT)  # SIGTERM ends the page of all other tests
        assert page.process.wait(timeout=30) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_cannot_be_used_is_said_in_one_line(tmp_path):
    wrong = {"AI302_API_KEY": "any", "AI302_BASE_URL": "nowhere", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(PAGE)],
        env={**os.environ, **wrong},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("ConfigurationError: ")
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
