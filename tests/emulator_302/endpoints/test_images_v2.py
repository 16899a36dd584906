"""The second version of the image endpoint: models of 2026, each with its own fields, as tasks."""

import pytest

from emulator_302.endpoints.image_models import image_models
from emulator_302.http.tasks import Outcome
from tests.emulator_302.caller import data_uri
from tests.emulator_302.gallery import GENERATE, SKY, decoded, difference, opened, png, refusal

NEWER = "/302/v2/image/generate"
WAN = {"prompt": "a fox", "model": "wan2.7-image"}
SEEDREAM = {"prompt": "a fox", "model": "doubao-seedream-5-0-260128"}


def generate(caller, **fields):
    reply = caller.http.post(NEWER, json=fields)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_every_model_of_2026_draws_here_and_not_at_the_first_version(caller):
    newer = [model for model in image_models().values() if model.is_newer]
    assert len(newer) == 13
    for model in newer:
        image = {"image": data_uri(decoded(png()))} if "image" in model.takes else {}
        sides = {} if model.least_pixels else {"width": 256, "height": 256}
        asked = {"prompt": "a fox", "model": model.id, **image, **sides}
        assert generate(caller, **asked)["image_url"]
        assert refusal(caller.http.post(GENERATE, json=asked))[:2] == (503, -10008)


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        (WAN, (1024, 1024)),
        ({**WAN, "size": "2K"}, (2048, 2048)),
        ({**WAN, "width": 640, "height": 480}, (640, 480)),
        ({**WAN, "width": 9000, "height": 480}, (4096, 480)),
        (SEEDREAM, (2048, 2048)),
        ({**SEEDREAM, "size": "2560x1440"}, (2560, 1440)),
        ({"prompt": "a", "model": "qwen-image-3.0-pro", "size": "1664*928"}, (1664, 928)),
        ({"prompt": "a", "model": "gemini-3-pro-image", "aspect_ratio": "16:9"}, (1360, 765)),
    ],
)
def test_a_size_is_drawn_as_it_is_asked_for(caller, fields, size):
    assert opened(generate(caller, **fields)["image_url"]).size == size


@pytest.mark.parametrize(
    ("fields", "made"),
    [
        ({**WAN, "n": 3}, 3),
        ({**SEEDREAM, "n": 3, "sequential_image_generation": "auto"}, 3),
        ({**SEEDREAM, "n": 3}, 1),
    ],
)
def test_several_images_come_and_are_charged_one_by_one(caller, fields, made):
    reply = caller.http.post(NEWER, json=fields)
    links = reply.json()["image_urls"]
    assert len(set(links)) == made
    record = caller.http.get(f"/dashboard/record/{reply.headers['request-id']}").json()["data"]
    assert record["cost"] == pytest.approx(made * image_models()[fields["model"]].price)


def test_several_images_to_work_on_and_a_seed_are_seen(caller):
    given = [data_uri(decoded(png(colour))) for colour in ("red", "blue")]
    one, two = (generate(caller, **WAN, image=i)["image_url"] for i in (given[0], given))
    assert difference(opened(one), opened(two).resize(opened(one).size)) > 3
    draws = {"prompt": "a fox", "model": "qwen-image-3.0-pro"}
    assert generate(caller, **draws)["image_url"] != generate(caller, **draws, seed=7)["image_url"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({**WAN, "seed": 1}, "takes no seed"),
        ({**WAN, "mask_image": data_uri(decoded(png()))}, "takes no mask_image"),
        ({**WAN, "size": "4K"}, "size: wan2.7-image takes"),
        ({**WAN, "image": [data_uri(decoded(png()))] * 10}, "image: wan2.7-image takes 9"),
        ({**SEEDREAM, "n": 1}, "n: doubao"),
        ({**SEEDREAM, "size": "1024x1024"}, "at least 3686400"),
        ({**SEEDREAM, "width": 1024, "height": 1024}, "at least 3686400"),
        (
            {"prompt": "a", "model": "wan2.7-image-pro", "size": "4K", "image": ["@"]},
            "for edits",
        ),
        ({"prompt": "a", "model": "gpt-image-2-i2i"}, "image is missing"),
        ({"prompt": "a", "model": "gpt-image-2-t2i", "quality": "best"}, "quality"),
    ],
)
def test_what_a_model_does_not_take_is_refused_by_name(caller, fields, says):
    if fields.get("image") == ["@"]:
        fields = {**fields, "image": data_uri(decoded(png()))}
    status, code, message = refusal(caller.http.post(NEWER, json=fields))
    assert (status, code) == (422, -10003)
    assert says in message


def test_an_older_model_is_served_here_too_with_whatever_it_is_told(caller):
    assert generate(caller, **SKY, quality="best")["image_url"]


@pytest.mark.parametrize("path", ["/async_result", "/v1/async_result"])
def test_an_edit_can_be_ordered_and_asked_for_later(gateway, caller, path):
    order = {"async": "true", "response_format": "url"}
    form = {"prompt": "at night", "model": "gpt-image-2"}
    reply = caller.http.post(
        "/v1/images/edits", params=order, data=form, files={"image": png(size=(300, 300))}
    )
    asked = {"task_id": reply.json()["task_id"]}
    states = [caller.http.get(path, params=asked).json() for _ in range(2)]
    assert states[0] == {
        "content_type": "",
        "data": None,
        "err": "result pending",
        "status_code": 0,
    }
    assert (states[1]["status_code"], states[1]["err"]) == (200, "")
    assert opened(states[1]["data"]["data"][0]["url"]).size[0]
    record = caller.http.get(f"/dashboard/record/{reply.headers['request-id']}").json()["data"]
    assert record["cost"] == image_models()["gpt-image-2"].price
    # Tasks of the unified endpoint are asked for elsewhere.
    assert refusal(caller.http.get(f"/302/v2/image/fetch/{asked['task_id']}"))[:2] == (404, -10010)
    assert refusal(caller.http.get(path, params={"task_id": "x"}))[:2] == (404, -10010)


def test_an_edit_that_fails_says_why_and_costs_nothing(gateway, caller):
    gateway.script_task(Outcome.fails("no such style", polls=1), Outcome(polls=1, status="lost"))
    for says in ("no such style", "failed"):
        reply = caller.http.post(
            "/v1/images/generations",
            params={"async": "true", "response_format": "url"},
            json={"prompt": "a fox", "model": "gpt-image-2"},
        )
        task = {"task_id": reply.json()["task_id"]}
        state = caller.http.get("/async_result", params=task).json()
        assert (state["status_code"], state["err"], state["data"]) == (500, says, None)
        record = caller.http.get(f"/dashboard/record/{reply.headers['request-id']}")
        assert record.status_code == 404
