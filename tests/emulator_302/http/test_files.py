"""The file host: results under a name of their own, without a key."""

import re
from pathlib import Path

import httpx
import pytest

from emulator_302 import Fault
from tests.emulator_302.gallery import GENERATE, SKY, decoded, difference, download, refusal

PHOTO = Path(__file__).parents[3] / "cookbook" / "images" / "photo.png"


@pytest.fixture
def link(caller):
    return caller.http.post(GENERATE, json=SKY).json()["image_url"]


def test_a_result_is_on_another_host_than_the_api(gateway, link):
    start, _, path = link.removeprefix("http://").partition("/")
    assert start == gateway.file_host
    assert gateway.file_host != gateway.base_url.removeprefix("http://")
    assert re.fullmatch(r"gpt/imgs/\d{8}/[0-9a-f]{32}\.png", path)


def test_a_download_is_recorded_with_its_host(gateway, link):
    assert download(link).status_code == 200
    last = gateway.requests[-1]
    assert (last.method, last.headers["host"]) == ("GET", gateway.file_host)
    assert "authorization" not in last.headers


def test_a_key_shown_to_the_file_host_is_refused_and_recorded(gateway, link):
    for url in (link, f"http://{gateway.file_host}/samples/face.png"):
        status, _, message = refusal(download(url, Authorization="Bearer anything"))
        assert status == 400
        assert "Authorization" in message
    assert gateway.requests[-1].headers["authorization"] == "Bearer anything"


def test_an_unknown_file_is_not_found(gateway):
    url = f"http://{gateway.file_host}/gpt/imgs/20260101/none.png"
    assert refusal(download(url))[:2] == (404, -10010)


def test_faults_spoil_downloads_and_orders(gateway, caller, link):
    gateway.inject(Fault(path="/gpt/imgs", cut_after=100), Fault(path="/302/image", status=500))
    with pytest.raises(httpx.RemoteProtocolError):
        download(link)
    assert caller.http.post(GENERATE, json=SKY).status_code == 500
    assert download(link).status_code == 200
    gateway.inject(Fault(path="/302/image", delay=0.01, headers={"x-late": "yes"}))
    assert caller.http.post(GENERATE, json=SKY).headers["x-late"] == "yes"


def test_only_the_latest_two_hundred_files_are_kept(caller, link):
    small = {"width": 64, "height": 64, "output_format": "jpeg"}
    for number in range(200):
        caller.http.post(GENERATE, json={**SKY, **small, "prompt": f"number {number}"})
    assert download(link).status_code == 404


def test_the_sample_photo_is_the_cookbooks(gateway):
    sample = download(f"http://{gateway.file_host}/samples/face.png")
    assert sample.headers["content-type"] == "image/png"
    assert difference(decoded(sample.content), decoded(PHOTO.read_bytes())) < 1
    assert decoded(sample.content).size == (512, 512)
