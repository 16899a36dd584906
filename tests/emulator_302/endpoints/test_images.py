"""Images: what the gateway's own endpoint accepts, what it draws, and in which size."""

import base64
import json

import pytest

from emulator_302.endpoints.image_models import image_models
from emulator_302.rule_model.ocr import read_image
from tests.emulator_302.caller import data_uri
from tests.emulator_302.gallery import (
    GENERATE,
    SKY,
    decoded,
    difference,
    download,
    opened,
    png,
    refusal,
)


def generate(caller, **fields):
    reply = caller.http.post(GENERATE, json={**SKY, **fields})
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_an_image_comes_as_a_link_with_the_vendors_own_object(caller):
    reply = generate(caller)
    picture = opened(reply["image_url"])
    assert (picture.format, picture.size) == ("PNG", (1024, 1024))
    assert json.loads(reply["data"]["output"]) == [reply["image_url"]]
    assert reply["data"]["error"] == ""


def test_the_prompt_can_be_read_in_the_picture(caller):
    prompt = "Seven green parrots discuss philosophy under an umbrella"
    said = " ".join(read_image(download(generate(caller, prompt=prompt)["image_url"]).content))
    for word in prompt.split():
        assert word in said


@pytest.mark.parametrize("prompt", ["w" * 3000, "long " * 800, "\N{FOX FACE} \u4e00", " \n"])
def test_any_prompt_fits_into_a_small_picture(caller, prompt):
    made = generate(caller, prompt=prompt, width=64, height=64)
    assert opened(made["image_url"]).size == (64, 64)


def test_prompts_models_and_wishes_against_something_make_pictures_differ(caller):
    first = opened(generate(caller)["image_url"])
    for change in (
        {"prompt": "a red fox in snow"},
        {"model": "flux-dev-t2i"},
        {"negative_prompt": "clouds"},
    ):
        assert difference(first, opened(generate(caller, **change)["image_url"])) > 3
    assert generate(caller)["image_url"] == generate(caller)["image_url"]


def test_every_model_of_the_page_draws(caller):
    older = {name: model for name, model in image_models().items() if not model.is_newer}
    assert len(older) == 78
    for name, model in older.items():
        shown = {"image": data_uri(decoded(png()))} if model.needs_image else {}
        assert generate(caller, model=name, width=256, height=256, **shown)["image_url"]


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({"width": 640, "height": 480}, (640, 480)),
        ({"aspect_ratio": "16:9"}, (1360, 765)),
        ({"size": "320x256"}, (320, 256)),
        ({"width": 99999}, (1024, 1024)),
        ({"model": "dall-e-3-t2i", "width": 512, "height": 512}, (512, 512)),
        ({"model": "dall-e-3-t2i", "width": 640, "height": 480}, (1024, 1024)),
        ({"model": "stable-sd3-t2i", "aspect_ratio": "2:3", "width": 640}, (836, 1254)),
        ({"model": "stable-sd3-t2i", "aspect_ratio": "4:3"}, (1024, 1024)),
        ({"model": "302ai-flux-v1.1-ultra-t2i", "aspect_ratio": "5:4"}, (1360, 765)),
        ({"model": "ideogram-v2-t2i", "aspect_ratio": "3:1"}, (1773, 591)),
        ({"model": "doubao-v3-t2i", "width": 700, "height": 1024}, (700, 512)),
        ({"model": "cogview-4-t2i", "width": 1440, "height": 720}, (1440, 720)),
        ({"model": "cogview-4-t2i", "width": 1440, "height": 721}, (1024, 1024)),
        ({"model": "gpt-image-1", "size": "1536x1024"}, (1536, 1024)),
    ],
)
def test_a_size_that_a_model_has_not_is_replaced_silently(caller, fields, size):
    assert opened(generate(caller, **fields)["image_url"]).size == size


@pytest.mark.parametrize(
    ("asked", "format_"), [("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WEBP"), ("tiff", "PNG")]
)
def test_the_format_is_the_one_asked_for_or_png(caller, asked, format_):
    link = generate(caller, output_format=asked)["image_url"]
    reply = download(link)
    assert decoded(reply.content).format == format_
    assert reply.headers["content-type"] == f"image/{format_.lower()}"


def test_a_given_picture_is_seen_in_the_result(caller):
    model = {"model": "stable-sd3-i2i", "prompt": "in the rain"}
    given = [data_uri(decoded(png("orange")))]
    given.append(generate(caller, prompt="orange")["image_url"])
    given.append(f"{caller.gateway.base_url}/samples/face.png")
    links = [generate(caller, image=one, **model)["image_url"] for one in given]
    orange = opened(links[0])
    assert orange.size == (200, 160)
    assert orange.convert("RGB").getpixel((100, 40)) == (255, 165, 0)
    face = opened(f"http://{caller.gateway.file_host}/samples/face.png")
    assert difference(opened(links[2]), face) < 40
    assert len(set(links)) == 3


def test_a_form_may_carry_the_picture_and_the_numbers_as_text(gateway, caller):
    fields = {**SKY, "model": "302ai-kolors-i2i", "width": "320", "height": "256"}
    files = {"image": ("photo.png", png(), "image/png")}
    reply = caller.http.post(GENERATE, data=fields, files=files)
    assert opened(reply.json()["image_url"]).size == (320, 256)
    seen = gateway.requests[0].body["image"]
    assert (seen["filename"], seen["content_type"]) == ("photo.png", "image/png")
    assert seen["size"] == len(png())


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"prompt": None}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"model": None}, "model"),
        ({"prompt": 5}, "prompt"),
        ({"width": "640"}, "width"),
        ({"height": 1.5}, "height"),
        ({"aspectRatio": "1:1"}, "aspectRatio"),
        ({"image": 7}, "image"),
        ({"image": "photo.png"}, "image"),
        ({"image": "http://192.0.2.1/photo.png"}, "cannot fetch"),
        ({"image": "http://localhost:1/photo.png"}, "cannot fetch"),
        ({"image": "http://[broken"}, "cannot fetch"),
        ({"image": "data:image/png;base64,@@@"}, "image"),
        ({"image": "data:text/plain;base64,aGVsbG8="}, "image"),
        ({"image": "data:image/png;base64," + base64.b64encode(b"text").decode()}, "image"),
        (
            {"image": "data:image/png;base64," + base64.b64encode(png(size=(4, 4))).decode()},
            "small",
        ),
        ({"model": "stable-sd3-i2i"}, "image"),
    ],
)
def test_a_wrong_field_is_refused_by_name(caller, fields, named):
    given = {**SKY, **fields}
    reply = caller.http.post(GENERATE, json={k: v for k, v in given.items() if v is not None})
    status, code, message = refusal(reply)
    assert (status, code) == (422, -10003)
    assert message.startswith("Parameter error: ")
    assert named in message


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"null"])
def test_a_body_that_is_no_object_is_refused(caller, content):
    assert refusal(caller.http.post(GENERATE, content=content))[:2] == (422, -10003)


def test_a_broken_form_is_refused(caller):
    head = {"content-type": "multipart/form-data; boundary=x"}
    reply = caller.http.post(GENERATE, content=b"--x\r\nno form", headers=head)
    assert refusal(reply)[0] == 422


def test_an_unknown_image_model_is_unavailable(caller):
    reply = caller.http.post(GENERATE, json={**SKY, "model": "dall-e-9"})
    assert refusal(reply)[:2] == (503, -10008)


def test_an_image_costs_what_its_record_says(caller):
    reply = caller.http.post(GENERATE, json=SKY)
    record = caller.http.get(f"/dashboard/record/{reply.headers['request-id']}").json()["data"]
    assert record["model"] == SKY["model"]
    assert record["cost"] == image_models()[SKY["model"]].price
