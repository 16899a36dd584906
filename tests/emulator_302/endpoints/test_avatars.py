"""Avatars: a photo in seventeen styles or in words, and the page's silent replacements."""

import pytest
from PIL import Image

from emulator_302.rule_model.ocr import read_picture
from tests.emulator_302.caller import data_uri
from tests.emulator_302.gallery import AVATAR, difference, download, opened, png, refusal

SMALL = {"width": 256, "height": 256}


@pytest.fixture
def photo(gateway):
    return f"http://{gateway.file_host}/samples/face.png"


def avatars(caller, photo, **fields):
    body = {"image": photo, "person_type": "female", **fields}
    reply = caller.http.post(AVATAR, json=body)
    assert reply.status_code == 200, reply.text
    return [opened(url) for url in reply.json()["headshot_url_list"]]


def test_an_avatar_is_a_webp_of_the_usual_size(caller, photo):
    (avatar,) = avatars(caller, photo, style=5)
    assert (avatar.format, avatar.size) == ("WEBP", (1024, 768))


def test_every_style_looks_different(caller, photo):
    made = [avatars(caller, photo, style=style, **SMALL)[0] for style in range(1, 18)]
    made.append(opened(photo))
    for place, one in enumerate(made):
        for other in made[place + 1 :]:
            assert difference(one, other) > 6


def test_avatars_of_one_order_differ_a_little(caller, photo):
    made = avatars(caller, photo, style=12, num=4, **SMALL)
    assert len(made) == 4
    assert 0.5 < difference(made[0], made[2]) < 60
    assert len({one.tobytes() for one in made}) == 4


def test_words_of_ones_own_win_over_the_style_and_stand_in_the_picture(caller, photo):
    body = {"image": photo, "person_type": "kid", "custom_prompt": "Captain of a starship"}
    link = caller.http.post(AVATAR, json={**body, "style": 0}).json()["headshot_url_list"][0]
    said = " ".join(read_picture(download(link).content))
    assert "starship" in said
    (styled,) = avatars(caller, photo, style=1)
    assert difference(styled, opened(link)) > 6


@pytest.mark.parametrize("number", [0, 5, -1, 100])
def test_a_number_outside_the_range_is_taken_for_one(caller, photo, number):
    assert len(avatars(caller, photo, num=number, **SMALL)) == 1


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ({"width": 255, "height": 256}, (1024, 256)),
        ({"width": 1036, "height": 1037}, (1036, 1024)),
        ({"height": 300}, (1024, 300)),
    ],
)
def test_a_side_outside_the_range_is_taken_for_1024(caller, photo, given, size):
    assert avatars(caller, photo, **given)[0].size == size


def test_the_photo_may_be_a_data_uri_or_a_file(caller):
    picture = Image.new("RGB", (300, 500), "teal")
    (one,) = avatars(caller, data_uri(picture), style=2, **SMALL)
    assert one.size == (256, 256)
    form = {"person_type": "male", "style": "6", "num": "2", "width": "300", "height": "400"}
    files = {"image": ("me.jpg", png(), "image/jpeg")}
    links = caller.http.post(AVATAR, data=form, files=files).json()["headshot_url_list"]
    assert [opened(link).size for link in links] == [(300, 400)] * 2
    assert all(link.endswith(".webp") for link in links)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"image": None}, "image"),
        ({"person_type": None}, "person_type"),
        ({"person_type": "robot"}, "person_type"),
        ({"person_type": 1}, "person_type"),
        ({"style": 18}, "style"),
        ({"style": "Comic"}, "style"),
        ({"num": "2"}, "num"),
        ({"image": "https://192.0.2.1/photo.png"}, "cannot fetch"),
        ({"custom_promt": "x"}, "custom_promt"),
    ],
)
def test_a_wrong_order_is_refused_by_name(caller, photo, fields, named):
    body = {"image": photo, "person_type": "female", **fields}
    reply = caller.http.post(AVATAR, json={k: v for k, v in body.items() if v is not None})
    status, code, message = refusal(reply)
    assert (status, code) == (422, -10003)
    assert named in message


def test_an_unknown_helping_model_is_unavailable(caller, photo):
    body = {"image": photo, "person_type": "female", "model": "gpt-unheard-of"}
    assert refusal(caller.http.post(AVATAR, json=body))[:2] == (503, -10008)


def test_the_words_and_each_avatar_are_charged(caller, photo):
    costs = []
    for number in (1, 3):
        body = {"image": photo, "person_type": "female", "num": number, **SMALL}
        reply = caller.http.post(AVATAR, json=body)
        path = f"/dashboard/record/{reply.headers['request-id']}"
        costs.append(caller.http.get(path).json()["data"]["cost"])
    assert 0 < costs[0] < costs[1]
