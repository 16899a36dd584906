"""Videos are tasks; the file is a real one, of the length and the shape that were asked for."""

import cv2
import httpx
import pytest

from emulator_302.drawing import moving
from emulator_302.endpoints.videos import video_models
from emulator_302.http.tasks import Outcome
from tests.emulator_302.caller import data_uri
from tests.emulator_302.gallery import decoded, png, refusal

CREATE, FETCH = "/302/v2/video/create", "/302/v2/video/fetch/"
FOX = {"prompt": "a fox runs", "model": "viduq3-pro", "duration": 1}
RED, BLUE = (data_uri(decoded(png(colour))) for colour in ("red", "blue"))


def create(caller, **fields):
    reply = caller.http.post(CREATE, json=fields)
    assert reply.status_code == 200, reply.text
    return reply


def fetched(caller, task_id):
    return caller.http.get(FETCH + task_id).json()


def film_of(caller, tmp_path, **fields):
    """Order a film, and return it as OpenCV opens it: an independent reader."""
    task_id = create(caller, **fields).json()["task_id"]
    assert fetched(caller, task_id)["status"] == "processing"
    done = fetched(caller, task_id)
    assert done["status"] == "completed"
    file = httpx.get(done["video_url"], trust_env=False)
    assert file.headers["content-type"] == "video/mp4"
    path = tmp_path / "film.mp4"
    path.write_bytes(file.content)
    return cv2.VideoCapture(str(path))


def frames_of(film):
    frames = []
    while (read := film.read())[0]:
        frames.append(read[1])
    return frames


def test_a_film_has_the_length_and_the_shape_that_were_asked_for(caller, tmp_path):
    film = film_of(caller, tmp_path, **{**FOX, "duration": 3, "aspect_ratio": "9:16"})
    assert (film.get(cv2.CAP_PROP_FRAME_WIDTH), film.get(cv2.CAP_PROP_FRAME_HEIGHT)) == (90, 160)
    assert len(frames_of(film)) == 3 * moving.RATE == 3 * film.get(cv2.CAP_PROP_FPS)


def test_a_film_goes_from_its_first_image_to_its_last(caller, tmp_path):
    first, *_, last = frames_of(film_of(caller, tmp_path, **FOX, image=RED, end_image=BLUE))
    (blue, _, red), (blue_at_the_end, _, red_at_the_end) = first[4, 4], last[4, 4]
    assert red > 150 > blue
    assert blue_at_the_end > 150 > red_at_the_end


def test_a_film_is_billed_by_the_second_under_its_orders_id(caller):
    order = create(caller, **{**FOX, "duration": 2})
    record = caller.http.get(f"/dashboard/record/{order.headers['request-id']}").json()["data"]
    assert record["cost"] == pytest.approx(2 * video_models()["viduq3-pro"].price)


def test_a_task_of_a_film_goes_as_it_is_scripted_and_is_found_at_its_own_address(caller):
    caller.gateway.script_task(Outcome.fails("no people", polls=1))
    order = create(caller, **FOX)
    task_id = order.json()["task_id"]
    done = fetched(caller, task_id)
    assert (done["status"], done["video_url"], done["error"]["message"]) == (
        "failed",
        "",
        "no people",
    )
    assert caller.http.get(f"/302/v2/image/fetch/{task_id}").status_code == 404
    assert caller.gateway.balance == 100.0


def test_the_query_names_the_webhook(caller):
    reply = caller.http.post(CREATE, json=FOX, params={"webhook": "https://hook.example/1"})
    assert fetched(caller, reply.json()["task_id"])["webhook"] == "https://hook.example/1"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"prompt": "", "model": "viduq3-pro"}, "prompt is missing"),
        ({**FOX, "duration": 17}, "duration: viduq3-pro takes"),
        ({**FOX, "duration": "5"}, "'duration' has the wrong type"),
        ({**FOX, "resolution": "4K"}, "resolution: viduq3-pro takes"),
        ({**FOX, "negative_prompt": "people"}, "takes no negative_prompt"),
        ({**FOX, "image": RED, "aspect_ratio": "1:1"}, "aspect_ratio: viduq3-pro takes"),
        ({**FOX, "image": [RED, BLUE]}, "image: viduq3-pro takes"),
        ({**FOX, "image": "https://images.example/1.png"}, "cannot fetch"),
        ({**FOX, "model": "wan2.7-t2v"}, "duration: wan2.7-t2v takes"),
        ({"prompt": "a", "model": "wan2.7-i2v"}, "image is missing: wan2.7-i2v needs one"),
    ],
)
def test_what_a_model_does_not_take_is_refused(caller, fields, said):
    status, code, words = refusal(caller.http.post(CREATE, json=fields))
    assert (status, code) == (422, -10003)
    assert said in words
    assert caller.gateway.balance == 100.0


def test_a_model_that_is_not_served_and_a_codec_that_is_not_there_are_told(caller, monkeypatch):
    assert refusal(caller.http.post(CREATE, json={**FOX, "model": "kling-o3"}))[:2] == (503, -10008)
    monkeypatch.setattr(moving, "CODEC", "zzzz")
    assert "does not write zzzz" in refusal(caller.http.post(CREATE, json=FOX))[2]


@pytest.mark.parametrize("model", video_models().values(), ids=video_models().keys())
def test_the_usual_length_is_one_that_the_model_takes(model):
    image = {"image": RED} if model.needs_image else {}
    length = {"duration": model.seconds({})} if "duration" in model.takes else {}
    assert model.refusal_of({"prompt": "a", "model": model.id, **image, **length}) is None
