"""Each image model is asked in its own words; what a source says it does not take is refused."""

import warnings

import pytest
from pydantic import ValidationError

from core_302 import ImageRequest
from core_302.endpoints.images import unified_body
from core_302.options.chat import explain

LINK = "https://images.example/1.png"
MASK = "https://images.example/mask.png"
TOOL = "Source: cli-302ai 1.0.5, 2026-11-26."


def body(model, **given):
    """Return what is sent beside the prompt and the model."""
    sent = unified_body(ImageRequest(prompt="a fox", model=model, **given))
    assert (sent.pop("prompt"), sent.pop("model")) == ("a fox", model)
    return sent


def refusal(model, **given):
    with pytest.raises(ValidationError) as caught:
        ImageRequest(prompt="a fox", model=model, **given)
    return explain(caught.value, ImageRequest)


@pytest.mark.parametrize(
    ("model", "given", "sent"),
    [
        ("wan2.7-image", {"aspect_ratio": "16:9"}, {"width": 1360, "height": 768}),
        ("wan2.7-image", {"size": "2k"}, {"size": "2K"}),
        ("wan2.7-image", {"size": "640x480", "n": 3}, {"width": 640, "height": 480, "n": 3}),
        (
            "wan2.7-image",
            {"size": "2K", "aspect_ratio": "16:9"},
            {"width": 2720, "height": 1536},
        ),
        (
            "doubao-seedream-5-0-260128",
            {"n": 4, "size": "2560x1440"},
            {
                "width": 2560,
                "height": 1440,
                "n": 4,
                "sequential_image_generation": "auto",
            },
        ),
        ("doubao-seedream-5-0-260128", {"n": 1, "size": "2K"}, {"size": "2K"}),
        ("doubao-seedream-5-0-260128", {"width": 2048}, {"width": 2048}),
        (
            "qwen-image-3.0-pro",
            {"aspect_ratio": "16:9", "seed": 3, "negative_prompt": "people"},
            {"size": "1664*928", "seed": 3, "negative_prompt": "people"},
        ),
        ("qwen-image-3.0-pro", {"size": "1328x1328"}, {"size": "1328*1328"}),
        ("qwen-image-3.0-pro", {"size": "1000x1000"}, {"width": 1000, "height": 1000}),
        (
            "gemini-3-pro-image",
            {"size": "2K", "aspect_ratio": "21:9", "images": [LINK, LINK + "?2"]},
            {"size": "2K", "aspect_ratio": "21:9", "image": [LINK, LINK + "?2"]},
        ),
        ("gpt-image-1.5-t2i", {"aspect_ratio": "3:2"}, {"size": "1536x1024"}),
        (
            "gpt-image-2-i2i",
            {"images": LINK, "mask": MASK, "quality": "low", "background": "opaque", "n": 1},
            {
                "image": LINK,
                "mask": MASK,
                "quality": "low",
                "background": "opaque",
                "n": 1,
            },
        ),
        ("gpt-image-1", {"width": 1536, "height": 1024}, {"size": "1536x1024"}),
        ("gpt-image-1", {"height": 1024}, {"size": "1024x1024"}),
        ("luma-t2i", {"size": "640x480", "n": 1}, {"width": 640, "height": 480}),
        (
            "not-listed",
            {
                "images": [LINK, LINK],
                "mask": MASK,
                "size": "9K",
                "aspect_ratio": "7:3",
                "quality": "best",
                "background": "blue",
                "n": 5,
                "seed": 1,
                "extra_body": {"seed": 2, "style": "x"},
            },
            {
                "image": [LINK, LINK],
                "mask_image": MASK,
                "size": "9K",
                "aspect_ratio": "7:3",
                "quality": "best",
                "background": "blue",
                "n": 5,
                "seed": 2,
                "style": "x",
            },
        ),
    ],
)
def test_a_request_is_spelled_as_its_model_spells_it(model, given, sent):
    assert body(model, **given) == sent


@pytest.mark.parametrize(
    ("model", "given", "says"),
    [
        (
            "wan2.7-image-pro",
            {"size": "4K", "images": LINK},
            f"size: wan2.7-image-pro takes 1K or 2K, or WIDTHxHEIGHT, not 4K. {TOOL}",
        ),
        (
            "wan2.7-image",
            {"size": "3K", "aspect_ratio": "16:9"},
            "size: wan2.7-image takes 1K or 2K, or WIDTHxHEIGHT, not 3K.",
        ),
        (
            "doubao-seedream-5-0-260128",
            {"size": "1024x1024"},
            f"doubao-seedream-5-0-260128 draws at least 3,686,400 pixels, not 1024x1024. {TOOL}",
        ),
        (
            "doubao-seedream-5-0-260128",
            {"n": 15, "seed": 4},
            f"seed: doubao-seedream-5-0-260128 takes none, not 4. {TOOL}",
        ),
        ("qwen-image-3.0-pro", {"n": 2}, f"n: qwen-image-3.0-pro takes none, not 2. {TOOL}"),
        ("gemini-2.5-flash-image", {"size": "640x480"}, "size: gemini-2.5-flash-image takes none"),
        (
            "gpt-image-1.5-t2i",
            {"aspect_ratio": "16:9"},
            "aspect_ratio: gpt-image-1.5-t2i takes 1:1, 3:2 or 2:3, not 16:9.",
        ),
        (
            "gpt-image-1.5-t2i",
            {"width": 640, "height": 480},
            "makes 1024x1024, 1536x1024 or 1024x1536 (width x height), not 640x480.",
        ),
        (
            "gpt-image-2-t2i",
            {"size": "2K"},
            "size: gpt-image-2-t2i takes a width and a height, such as 1024x768, not 2K.",
        ),
        (
            "gpt-image-2-t2i",
            {"images": LINK},
            "images: gpt-image-2-t2i takes none (gpt-image-2-i2i does).",
        ),
        ("gpt-image-2-i2i", {}, "images: gpt-image-2-i2i works on an image: give one."),
        (
            "gpt-image-2-i2i",
            {"images": LINK, "quality": "best"},
            "quality: gpt-image-2-i2i takes auto, low, medium or high, not best.",
        ),
        ("gpt-image-2", {"n": 11}, "n: gpt-image-2 takes 1 to 10, not 11."),
        (
            "gpt-image-1",
            {"aspect_ratio": "2:3", "size": "2K"},
            "size: gpt-image-1 takes 1024x1024, 1536x1024, 1024x1536 or auto, not 2K.",
        ),
        ("flux-2-pro", {"images": [LINK] * 9}, "images: flux-2-pro takes at most 8, not 9."),
        ("luma-t2i", {"images": [LINK] * 2}, "images: luma-t2i takes at most 1, not 2."),
        ("luma-t2i", {"n": 2}, "n: luma-t2i takes none, not 2. 302.AI would silently ignore it."),
        ("dall-e-3-t2i", {"size": "800x600"}, "302.AI would silently make 1024x1024."),
        ("wan2.7-image", {"mask": MASK, "images": LINK}, "mask: wan2.7-image takes none."),
        ("not-listed", {"mask": MASK}, "mask: it masks an image: give that in images."),
    ],
)
def test_what_a_source_says_a_model_does_not_take_is_refused_with_what_it_takes(model, given, says):
    assert says in refusal(model, **given)


@pytest.mark.parametrize(
    ("model", "given", "sent"),
    [
        ("qwen-image-3.0-pro", {"n": 2, "seed": 1}, {"seed": 1}),
        ("gemini-3-pro-image", {"size": "3K"}, {}),
        ("doubao-seedream-5-0-260128", {"size": "640x480"}, {}),
        ("gpt-image-1.5-t2i", {"width": 640}, {}),
        ("dall-e-3-t2i", {"size": "800x600"}, {"width": 1024, "height": 1024}),
    ],
)
def test_a_value_may_be_replaced_as_documented_or_left_out_with_a_warning(model, given, sent):
    with pytest.warns(UserWarning, match=r"it is left out|302\.AI will make 1024x1024"):
        assert body(model, **given, on_unsupported="adjust") == sent


def test_an_input_image_is_never_left_out():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for given in ({"images": LINK}, {"images": LINK, "mask": MASK}):
            with pytest.raises(ValidationError, match="takes none"):
                body("gpt-image-2-t2i", **given, on_unsupported="adjust")


def test_extra_body_sends_what_the_catalogue_would_refuse():
    assert body("gemini-3-pro-image", extra_body={"n": 99})["n"] == 99
