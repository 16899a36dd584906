"""Images and avatars: every documented rule is checked before anything is sent."""

import base64
import json

import pytest
from pydantic import ValidationError

from core_302 import AvatarRequest, AvatarStyle, ImageRequest
from core_302.endpoints.avatars import avatar_request
from core_302.image_parts import LARGEST_INPUT, image_part
from core_302.options.avatar import style_of
from core_302.options.chat import explain
from core_302.options.given import is_empty
from core_302.options.image import MOST_INPUTS, OpenAIImageRequest
from tests.drawn import png

PHOTO = "https://images.example/face.png"
MODEL = "flux-dev-t2i"


def refusal(kind, **given):
    with pytest.raises(ValidationError) as caught:
        kind(**given)
    return explain(caught.value, kind)


def drawn(**given):
    return ImageRequest(**{"prompt": "a fox", "model": MODEL, **given})


def avatar(**given):
    return AvatarRequest(**{"image": PHOTO, "person_type": "kid", "style": 5, **given})


@pytest.mark.parametrize(
    ("prompt", "says"),
    [
        ("", "is empty: describe what to draw"),
        (" \n\t", "is empty"),
        ("x" * 32_001, "has 32001 characters: shorten it to 32000"),
        ("a\x00fox", "NUL"),
        ("a fox\ud800", "Unicode|unicode"),
    ],
)
def test_a_prompt_that_cannot_be_drawn_is_refused(prompt, says):
    with pytest.raises(ValidationError, match=says):
        drawn(prompt=prompt)
    if prompt.strip():
        with pytest.raises(ValidationError):
            drawn(negative_prompt=prompt)


def test_a_prompt_may_have_lines_and_any_script():
    text = "狐狸\nна снегу\t🦊 👨‍👩‍👧"
    assert drawn(prompt=text).prompt == text


@pytest.mark.parametrize(
    ("image", "says"),
    [
        ("/etc/passwd", "an image must be an http"),
        ("file:///etc/passwd", "not file:"),
        ("data:text/html;base64,PGh0bWw+", "is not an image"),
        (
            "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmciPjwvc3ZnPg==",
            "is not",
        ),
        ("data:image/png,abc", "must be base64"),
        (b"<html>", "is not an image"),
        (b"", "is not an image"),
        (b"x" * (LARGEST_INPUT + 1), "has 52,428,801 bytes: at most 52,428,800"),
    ],
)
def test_an_image_that_is_none_is_refused(image, says):
    with pytest.raises(ValidationError, match=says):
        drawn(images=[image])
    with pytest.raises(ValidationError, match=says):
        avatar(image=image)


def test_a_data_uri_of_200_mb_is_refused_and_not_repeated():
    huge = "data:image/png;base64," + "A" * 266_000_000
    said = refusal(ImageRequest, prompt="a fox", model=MODEL, images=huge)
    assert "at most 52,428,800" in said
    assert len(said) < 300


def test_an_image_may_be_a_link_a_data_uri_or_bytes():
    content = png(8, 8)
    uri = "data:image/png;base64," + base64.b64encode(content).decode()
    for image in (PHOTO, uri, content):
        assert drawn(images=image).images == drawn(images=[image]).images == (image,)


def test_no_image_may_be_said_as_none():
    assert drawn(images=None).images == ()


def test_a_model_that_is_not_listed_is_sent_as_it_is():
    asked = drawn(model="brand-new-model", width=333, height=777, aspect_ratio="99:1")
    assert (asked.width, asked.height, asked.aspect_ratio) == (333, 777, "99:1")


@pytest.mark.parametrize(
    ("given", "says", "adjusted"),
    [
        (
            {"model": "dall-e-3-t2i", "width": 800, "height": 600},
            (
                "width and height: dall-e-3-t2i makes 256x256, 512x512 or 1024x1024 "
                "(width x height), not 800x600. 302.AI would silently make 1024x1024."
            ),
            {"width": 1024, "height": 1024},
        ),
        (
            {"model": "dall-e-2-t2i", "width": 256},
            (
                "width: dall-e-2-t2i makes 256x256, 512x512 or 1024x1024 (width x height), "
                "not 256 alone. 302.AI would silently make 1024x1024."
            ),
            {"width": 1024, "height": 1024},
        ),
        (
            {"model": "cogview-4-t2i", "width": 1000, "height": 1344},
            "768x1344",
            {"width": 1024, "height": 1024},
        ),
        (
            {"model": "luma-t2i", "aspect_ratio": "5:4"},
            (
                "aspect_ratio: luma-t2i takes 16:9, 9:16, 1:1, 4:3, 3:4, 21:9 or 9:21, not 5:4. "
                "302.AI would silently use 1:1."
            ),
            {"aspect_ratio": "1:1"},
        ),
        (
            {"model": "302ai-flux-v1.1-ultra-t2i", "aspect_ratio": "5:4"},
            "silently use 16:9",
            {"aspect_ratio": "16:9"},
        ),
        (
            {"model": "stable-sd3-i2i", "aspect_ratio": "1:1", "images": PHOTO},
            "aspect_ratio: stable-sd3-i2i takes none, not 1:1. 302.AI would silently ignore it.",
            {"aspect_ratio": None},
        ),
        (
            {"model": "doubao-v3-t2i", "width": 255, "height": 768},
            "width: doubao-v3-t2i takes 256 to 768 pixels, not 255. 302.AI would silently use 512.",
            {"width": 512, "height": 768},
        ),
        (
            {"model": "doubao-v3-t2i", "height": 1024},
            "height: doubao-v3-t2i takes 256 to 768 pixels",
            {"height": 512},
        ),
    ],
)
def test_a_value_that_the_model_would_replace_is_said_or_adjusted(given, says, adjusted):
    given = {"prompt": "a fox", **given}
    assert says in refusal(ImageRequest, **given)
    with pytest.warns(UserWarning, match="302.AI will"):
        asked = ImageRequest(**given, on_unsupported="adjust")
    assert {name: getattr(asked, name) for name in adjusted} == adjusted


@pytest.mark.parametrize(
    "given",
    [
        {"model": "dall-e-3-t2i"},
        {"model": "dall-e-3-t2i", "width": 512, "height": 512},
        {"model": "dall-e-3-t2i", "width": 1024},
        {"model": "luma-t2i", "aspect_ratio": "21:9"},
        {"model": "doubao-v3-t2i", "width": 256, "height": 768},
        {"model": "302ai-kolors-i2i", "images": PHOTO, "aspect_ratio": "7:5"},
    ],
)
def test_what_the_documents_list_passes(given):
    assert ImageRequest(prompt="a fox", **given).model == given["model"]


@pytest.mark.parametrize("model", ["302ai-kolors-i2i", "stable-sd3-turbo-i2i"])
def test_a_model_that_works_on_an_image_wants_one(model):
    said = refusal(ImageRequest, prompt="a fox", model=model)
    assert said == f"images: {model} works on an image: give one."


@pytest.mark.parametrize(
    "given",
    [
        {"width": 0},
        {"height": 99_999},
        {"width": "wide"},
        {"aspect_ratio": "wide"},
        {"aspect_ratio": "1x100"},
        {"aspect_ratio": "0:1"},
        {"aspect_ratio": "16:0"},
        {"output_format": "a b"},
        {"output_format": 5},
        {"aspect_ratio": 16},
        {"size": "a/b"},
        {"size": 5},
        {"n": 0},
        {"n": 16},
        {"seed": -1},
        {"images": [PHOTO] * (MOST_INPUTS + 1)},
        {"images": 7},
        {"mask": PHOTO},
        {"output_format": "../x"},
        {"model": ""},
        {"base_url": "https://evil.example"},
        {"on_unsupported": "ignore"},
    ],
)
def test_other_values_out_of_range_are_refused(given):
    with pytest.raises(ValidationError):
        drawn(**given)


def test_the_17_styles_have_their_names_and_numbers():
    assert len(AvatarStyle) == 17
    assert AvatarStyle.COMIC.number == 1
    assert AvatarStyle.WATERCOLOR.number == 5
    assert AvatarStyle.STEAMPUNK.number == 17


@pytest.mark.parametrize("given", ["Low Poly", "low poly", "LOW_POLY", "lowpoly", 12])
def test_a_style_is_known_by_its_name_in_any_spelling_and_by_its_number(given):
    assert avatar(style=given).style is AvatarStyle.LOW_POLY
    assert avatar(style=AvatarStyle.LOW_POLY).style is AvatarStyle.LOW_POLY


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"style": "Watercolour"},
            "style: 'Watercolour' is not a style. Did you mean 'Watercolor'? The styles are Comic",
        ),
        ({"style": "zzz"}, "style: 'zzz' is not a style. The styles are Comic, "),
        ({"style": 18}, "style: 18 is not a style: use 1 to 17, or a name such as 'Comic'"),
        ({"style": 0}, "0 is not a style"),
        ({"style": True}, "style: "),
        ({"style": 2.5}, "style: "),
        ({"person_type": "robot"}, "person_type: should be 'female', 'male' or 'kid'"),
        ({"num": "two"}, "num: should be a valid integer"),
        ({"style": None}, "style: give a style, or describe the look in custom_prompt"),
        ({"custom_prompt": " ", "style": None}, "style: give a style"),
        ({"style": 0, "custom_prompt": ""}, "style: 0 is not a style"),
        ({"style": "0"}, "style: 0 is not a style"),
    ],
)
def test_an_avatar_that_cannot_be_made_is_refused(given, says):
    with pytest.raises(ValidationError) as caught:
        avatar(**given)
    assert says in explain(caught.value, AvatarRequest)


@pytest.mark.parametrize(
    ("given", "says", "adjusted"),
    [
        ({"num": 0}, "num: 1 to 4 avatars can be made at once, not 0", {"num": 1}),
        ({"num": 5}, "num: 1 to 4 avatars can be made at once, not 5", {"num": 1}),
        ({"width": 255}, "width: 256 to 1036 pixels, not 255", {"width": 1024}),
        ({"height": 1037}, "height: 256 to 1036 pixels, not 1037", {"height": 1024}),
    ],
)
def test_what_the_avatar_maker_would_replace_is_said_or_adjusted(given, says, adjusted):
    with pytest.raises(ValidationError) as caught:
        avatar(**given)
    assert says in explain(caught.value, AvatarRequest)
    with pytest.warns(UserWarning, match="302.AI will"):
        asked = avatar(**given, on_unsupported="adjust")
    assert {name: getattr(asked, name) for name in adjusted} == adjusted


STYLES = [0, 99, "Comic", "comic ", 5, "no such style", True, 2.5, AvatarStyle.COMIC]


@pytest.mark.parametrize("style", STYLES)
def test_a_custom_prompt_wins_over_any_style_with_a_warning(style):
    with pytest.warns(UserWarning, match="custom_prompt replaces it, so .* is ignored"):
        asked = avatar(style=style, custom_prompt="as a samurai")
    assert (asked.style, asked.custom_prompt) == (None, "as a samurai")
    assert len(asked.notes) == 1


def test_the_sample_of_the_avatar_page_is_sendable():
    sample = {
        "image": PHOTO,
        "style": 0,
        "person_type": "female",
        "custom_prompt": "string",
        "num": 1,
        "width": 1024,
        "height": 768,
        "model": "gpt-4.1",
    }
    with pytest.warns(UserWarning, match="so '0' is ignored"):
        request = avatar_request(AvatarRequest(**sample))
    del sample["style"]  # it is ignored there, and no style has that number
    assert json.loads(request.content) == sample


@pytest.mark.parametrize("empty", ["", "  ", None])
def test_an_empty_text_in_an_optional_field_is_not_given(empty):
    names = ("negative_prompt", "aspect_ratio", "output_format", "width", "height", "images")
    names += ("mask", "size", "quality", "background", "n", "seed")
    assert drawn(**dict.fromkeys(names, empty)) == drawn()
    names = ("custom_prompt", "num", "width", "height", "model")
    assert avatar(**dict.fromkeys(names, empty)) == avatar()
    assert OpenAIImageRequest(prompt="a", model="m", size=empty).size is None


@pytest.mark.parametrize(
    ("given", "name", "meant"),
    [
        *(({"style": style}, "style", AvatarStyle.STEAMPUNK) for style in ("17", " 17 ", 17)),
        *(({"person_type": word}, "person_type", "female") for word in ("Female", " FEMALE")),
        ({"num": "3"}, "num", 3),
    ],
)
def test_an_avatar_may_be_asked_for_as_people_write(given, name, meant):
    assert getattr(avatar(**given), name) == meant


RATIOS = ["16:9", "16x9", "16/9", "16\uff1a9", "16 : 9", "16 X 9", "16\u00d79", "16 by 9", "16-9"]


@pytest.mark.parametrize("written", RATIOS)
def test_a_ratio_may_be_written_as_people_do(written):
    assert drawn(model="luma-t2i", aspect_ratio=written).aspect_ratio == "16:9"


@pytest.mark.parametrize(
    "written", ["640x480", "640 X 480", "640*480", "640\u00d7480", " 640x480px "]
)
def test_a_size_may_be_written_as_people_do(written):
    asked = drawn(model="luma-t2i", size=written)
    assert (asked.width, asked.height) == (640, 480)
    assert drawn(model="not-listed", size=written).size == "640x480"


@pytest.mark.parametrize("written", ["jpeg", "jpg", "JPG", ".jpg", "image/jpeg", " Jpeg "])
def test_a_format_may_be_written_as_people_do(written):
    assert drawn(output_format=written).output_format == "jpeg"
    assert OpenAIImageRequest(prompt="a", model="m", output_format=written).output_format == "jpeg"


@pytest.mark.parametrize(
    ("given", "adjusted"),
    [
        ({"model": "doubao-v3-t2i", "width": 0}, {"width": 512}),
        ({"model": "doubao-v3-t2i", "height": 99_999}, {"height": 512}),
        ({"model": "dall-e-3-t2i", "width": -5, "height": 9}, {"width": 1024, "height": 1024}),
        ({"model": "luma-t2i", "aspect_ratio": "wide"}, {"aspect_ratio": "1:1"}),
        ({"model": "luma-t2i", "aspect_ratio": "x" * 9_999}, {"aspect_ratio": "1:1"}),
        ({"model": "stable-sd3-i2i", "aspect_ratio": "?", "images": PHOTO}, {"aspect_ratio": None}),
    ],
)
def test_any_other_value_is_replaced_as_documented_if_that_is_wanted(given, adjusted):
    with pytest.warns(UserWarning, match="302.AI will"):
        asked = drawn(**given, on_unsupported="adjust")
    assert {name: getattr(asked, name) for name in adjusted} == adjusted
    (note,) = asked.notes
    assert len(note) < 300


@pytest.mark.parametrize(
    ("uri", "begins"),
    [
        ("data:application/octet-stream;base64,", "data:image/png;base64,"),
        ("data:image/jpg;base64,", "data:image/png;base64,"),
        ("DATA:Image/PNG;BASE64,", "data:image/png;base64,"),
        ("data:;base64,", "data:image/png;base64,"),
        ("data:image/png;name=a.png;base64,", "data:image/png;base64,"),
    ],
)
def test_a_data_uri_goes_with_the_type_of_its_data(uri, begins):
    data = base64.b64encode(png(8, 8)).decode()
    photo = avatar(image=f" {uri}{data}\n").image
    for image in (*drawn(images=uri + data).images, photo):
        assert image == begins + data
    part = image_part(uri + data, "it", detail="low")
    assert part["image_url"] == {"url": begins + data, "detail": "low"}


def test_a_link_goes_with_its_scheme_in_lower_case_and_without_white_space():
    assert avatar(image=" HTTPS://images.example/A.png\n").image == "https://images.example/A.png"
    assert image_part("HTTP://a.example/b", "it")["image_url"]["url"] == "http://a.example/b"


def test_a_request_that_is_no_object_is_refused():
    with pytest.raises(ValidationError):
        ImageRequest.model_validate(["a fox"])


def test_a_list_of_empty_texts_is_as_empty_as_one():
    assert is_empty(["", None])
    assert not is_empty([])  # somebody says: none
    assert not is_empty(["", "a"])


def test_a_style_reader_leaves_what_it_does_not_know_to_the_check():
    assert style_of(None) is None
    assert style_of([1]) == [1]


def test_an_openai_mask_needs_an_image():
    said = refusal(OpenAIImageRequest, prompt="a fox", model="gpt-image-1", mask=png(4, 4))
    assert said == "mask: it masks an image: pass that image in images."
