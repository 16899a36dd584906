"""The OpenAI form: link or base64, and edits of pictures sent as files."""

import base64

import pytest

from tests.emulator_302.gallery import decoded, difference, opened, png, refusal

PATHS = ("/v1/images/generations", "/302/images/generations")
EDITS = ("/v1/images/edits", "/302/images/edits")
FISH = {"prompt": "a blue fish", "model": "gpt-image-1"}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("where", ["params", "json"])
def test_the_form_not_asked_for_is_an_empty_text(caller, path, where):
    def entry(form):
        sent = {"json": dict(FISH), "params": {}}
        sent[where]["response_format"] = form
        (found,) = caller.http.post(path, **sent).json()["data"]
        return found

    assert entry("url")["b64_json"] == ""
    assert opened(entry("url")["url"]).size == (1024, 1024)
    assert entry("b64_json")["url"] == ""
    assert decoded(base64.b64decode(entry("b64_json")["b64_json"])).size == (1024, 1024)


def test_the_query_wins_over_the_body(caller):
    body = {**FISH, "response_format": "b64_json"}
    reply = caller.http.post(PATHS[0], json=body, params={"response_format": "url"})
    assert reply.json()["data"][0]["url"]


def test_all_options_are_taken(caller):
    options = {
        "size": "1024x1536",
        "n": 2,
        "quality": "low",
        "background": "opaque",
        "moderation": "low",
        "output_format": "jpeg",
        "output_compression": 40,
    }
    reply = caller.http.post(PATHS[0], json={**FISH, **options}).json()
    first, second = (decoded(base64.b64decode(one["b64_json"])) for one in reply["data"])
    assert (first.format, first.size) == ("JPEG", (1024, 1536))
    assert difference(first, second) > 3
    usage = reply["usage"]
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"] > 0
    assert usage["prompt_tokens"] == usage["completion_tokens"] == 0
    assert reply["created"] > 0


@pytest.mark.parametrize("path", EDITS)
def test_an_edit_shows_its_pictures(caller, path):
    files = [("image", png("red", (400, 400))), ("image", png("blue")), ("mask", png("white"))]
    form = {**FISH, "n": "2", "response_format": "url"}
    reply = caller.http.post(path, data=form, files=files)
    first, second = (opened(one["url"]).convert("RGB") for one in reply.json()["data"])
    assert first.getpixel((700, 500)) == (255, 0, 0)
    assert first.getpixel((150, 150)) == (0, 0, 255)
    assert first.size == second.size
    assert reply.json()["usage"]["input_tokens_details"]["image_tokens"] > 0


def test_the_field_of_openais_own_sdk_is_refused(caller):
    files = [("image[]", ("a.png", png(), "image/png"))]
    reply = caller.http.post(EDITS[0], data=FISH, files=files)
    assert refusal(reply) == (403, -10003, "Parameter error")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"n": 0}, "n must"),
        ({"n": 11}, "n must"),
        ({"n": "2"}, "'n'"),
        ({"output_compression": 101}, "output_compression"),
        ({"response_format": "file"}, "response_format"),
        ({"width": 5}, "width"),
        ({"model": ""}, "model"),
        ({"model": "stable-sd3-i2i"}, "image"),
    ],
)
def test_a_wrong_option_is_refused_by_name(caller, fields, named):
    status, code, message = refusal(caller.http.post(PATHS[0], json={**FISH, **fields}))
    assert (status, code) == (422, -10003)
    assert named in message


def test_an_edit_needs_a_form_with_a_file(caller):
    assert refusal(caller.http.post(EDITS[0], json=FISH))[0] == 422
    for files in ({"mask": png()}, {"image": b"no picture"}, {"image": (None, "photo.png")}):
        status, _, message = refusal(caller.http.post(EDITS[0], data=FISH, files=files))
        assert status == 422
        assert "image" in message


def test_each_picture_is_charged(caller):
    costs = []
    for number in (1, 3):
        reply = caller.http.post(PATHS[0], json={**FISH, "n": number})
        path = f"/dashboard/record/{reply.headers['request-id']}"
        costs.append(caller.http.get(path).json()["data"]["cost"])
    assert costs[1] == pytest.approx(3 * costs[0])


def test_an_unknown_model_is_unavailable_here_too(caller):
    assert refusal(caller.http.post(PATHS[0], json={**FISH, "model": "x"}))[:2] == (503, -10008)
