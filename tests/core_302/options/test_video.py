"""Each video model is asked in its own words; what a source says it does not take is refused."""

import json
import warnings

import pytest
from pydantic import ValidationError

from core_302 import InvalidInputError, VideoRequest
from core_302.endpoints.videos import fetch_request, video_request
from core_302.options.chat import explain
from tests.drawn import png

LINK = "https://images.example/1.png"
OTHER = "https://images.example/2.png"
PNG = png(4, 4)
INLINE = VideoRequest(prompt="a", model="new", images=PNG)
TOOL = "Source: cli-302ai 1.0.5, 2026-11-26."


def body(model, **given):
    """Return what is sent beside the prompt."""
    request = video_request(VideoRequest(prompt="a fox runs", model=model, **given))
    assert (request.method, request.path) == ("POST", "/302/v2/video/create")
    assert not request.repeatable
    sent = json.loads(request.content)
    assert sent.pop("prompt") == "a fox runs"
    return sent


def refusal(model, **given):
    with pytest.raises(ValidationError) as caught:
        VideoRequest(prompt="a fox runs", model=model, **given)
    return explain(caught.value, VideoRequest)


def test_what_was_not_set_is_not_sent():
    assert body("viduq3-pro") == {"model": "viduq3-pro"}


def test_everything_goes_as_the_tool_spells_it():
    given = {
        "images": [LINK, OTHER],
        "end_image": OTHER,
        "duration": 7,
        "resolution": "720p",
        "aspect_ratio": "16x9",
        "negative_prompt": "people",
        "fps": 24,
        "extra_body": {"seed": 7, "fps": "30"},
    }
    assert body("a-newer-model", **given) == {
        "model": "a-newer-model",
        "image": [LINK, OTHER],
        "end_image": OTHER,
        "duration": 7,
        "resolution": "720p",
        "aspect_ratio": "16:9",
        "negative_prompt": "people",
        "fps": "30",
        "seed": 7,
    }


def test_bytes_go_as_data_uris():
    sent = body("viduq3-pro", images=PNG, end_image=PNG)
    assert sent["image"] == sent["end_image"]
    assert sent["image"].startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    ("model", "given", "sent"),
    [
        ("kling-o3", {"images": LINK}, {"model": "kling-v3-omni", "image": LINK}),
        ("wan2.7-t2v", {"resolution": "720p"}, {"model": "wan2.7-t2v", "resolution": "720P"}),
        ("viduq3-pro", {"resolution": "720P"}, {"model": "viduq3-pro", "resolution": "720p"}),
        ("minimax-h3", {"resolution": "2k"}, {"model": "minimax-h3", "resolution": "2K"}),
        ("minimax-hailuo-02", {"duration": 6}, {"model": "minimax-hailuo-02", "duration": 6}),
        ("wan2.7-t2v", {"fps": 24}, {"model": "wan2.7-t2v", "fps": "24"}),
        (
            "minimax-h3",
            {"images": LINK, "aspect_ratio": "adaptive"},
            {"model": "minimax-h3", "image": LINK, "aspect_ratio": "adaptive"},
        ),
    ],
)
def test_a_model_is_asked_in_its_own_words(model, given, sent):
    assert body(model, **given) == sent


@pytest.mark.parametrize(
    ("model", "given", "said"),
    [
        ("viduq3-pro", {"duration": 17}, "duration: viduq3-pro takes 1 to 16 seconds, not 17"),
        ("minimax-hailuo-02", {"duration": 7}, "minimax-hailuo-02 takes 6 or 10, not 7"),
        ("viduq3-pro", {"resolution": "4K"}, "takes 540p, 720p or 1080p, not 4K"),
        ("viduq3-pro", {"negative_prompt": "people"}, "negative_prompt: viduq3-pro takes none"),
        ("minimax-h3", {"aspect_ratio": "adaptive"}, "takes 16:9, 9:16"),
        (
            "viduq3-pro",
            {"images": LINK, "aspect_ratio": "1:1"},
            "aspect_ratio: viduq3-pro takes none where images are given",
        ),
        ("happyhorse-1.0-i2v", {"images": LINK, "aspect_ratio": "1:1"}, "takes none"),
    ],
)
def test_what_a_model_does_not_take_is_refused_with_the_source(model, given, said):
    text = refusal(model, **given)
    assert said in text
    assert TOOL in text


@pytest.mark.parametrize("on_unsupported", ["error", "adjust"])
@pytest.mark.parametrize(
    ("model", "given", "said"),
    [
        (
            "wan2.7-t2v",
            {"images": LINK},
            "images: wan2.7-t2v takes none (wan2.7-i2v, wan2.7-r2v can)",
        ),
        (
            "wan2.7-i2v",
            {},
            "images: wan2.7-i2v works on an image: give one (without one: wan2.7-t2v)",
        ),
        ("kling-o3", {}, "images: kling-o3 works on an image: give one."),
        ("viduq3-pro", {"images": [LINK, OTHER]}, "images: viduq3-pro takes at most 1, not 2"),
        ("runway-gen4", {"images": LINK, "end_image": OTHER}, "end_image: runway-gen4 takes none"),
    ],
)
def test_an_image_is_never_dropped(model, given, said, on_unsupported):
    assert said in refusal(model, **given, on_unsupported=on_unsupported)


def test_what_a_model_does_not_take_may_be_left_out_with_a_note():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asked = VideoRequest(
            prompt="a",
            model="viduq3-pro",
            images=LINK,
            aspect_ratio="1:1",
            duration=20,
            negative_prompt="people",
            on_unsupported="adjust",
        )
    sent = json.loads(video_request(asked).content)
    assert sent == {"prompt": "a", "model": "viduq3-pro", "image": LINK}
    assert asked.notes == (
        "duration: viduq3-pro takes 1 to 16 seconds, not 20: it is left out.",
        "aspect_ratio: viduq3-pro takes none where images are given: it is left out.",
        "negative_prompt: viduq3-pro takes none: it is left out.",
    )
    assert [str(one.message) for one in caught] == [*asked.notes]


@pytest.mark.parametrize(
    "given",
    [
        {"prompt": " "},
        {"duration": 0},
        {"duration": 601},
        {"duration": "long"},
        {"resolution": "large"},
        {"aspect_ratio": "wide"},
        {"fps": 0},
        {"images": "/etc/passwd"},
        {"images": [LINK] * 31},
        {"end_image": "data:text/plain;base64,YQ=="},
        {"size": "1024x768"},
    ],
)
def test_what_no_model_takes_is_refused_before_anything_is_paid(given):
    with pytest.raises(ValidationError):
        VideoRequest(**{"prompt": "a", "model": "new", **given})


def test_the_webhook_goes_into_the_query_and_is_a_secure_link():
    asked = VideoRequest(prompt="a", model="new")
    assert video_request(asked, webhook="https://me.example/a").query == {
        "webhook": "https://me.example/a"
    }
    for webhook in ("http://me.example", "me.example", ""):
        with pytest.raises(InvalidInputError, match="https link"):
            video_request(asked, webhook=webhook)


def test_a_task_is_polled_at_its_address():
    request = fetch_request("t-1")
    assert (request.method, request.path) == ("GET", "/302/v2/video/fetch/t-1")
    assert request.repeatable
    with pytest.raises(InvalidInputError, match="not an id"):
        fetch_request("../t-1")
