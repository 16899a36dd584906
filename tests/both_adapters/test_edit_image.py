"""`edit_image` changes given images; `generate_image` draws from words, and takes none."""

import pytest

from core_302 import InvalidInputError
from core_302.options.image import data_uri
from tests.both_adapters.tool_faces import EVERY_FACE, broken, told_by, tool_of  # noqa: F401
from tests.drawn import png
from tests.scripted_server import reply
from tests.sent import sent

pytest_plugins = ["emulator_302.pytest_plugin"]

DRAW, EDIT = "AI302ImageTool", "AI302EditImageTool"
LINK = "https://file.example/1.png"
FIRST, SECOND = png(64, 48), png(48, 64)
DONE = {"task_id": "t-1", "status": "completed", "image_url": LINK}


@pytest.fixture
def tool(tool_of, server, tmp_path):  # noqa: F811
    """Return a function that makes a tool before the scripted server."""
    (tmp_path / "first.png").write_bytes(FIRST)
    (tmp_path / "second.png").write_bytes(SECOND)

    def make(name, **settings):
        usual = {"allowed_dirs": [tmp_path], "look_up_cost": False}
        return tool_of(name, server.url, **{**usual, **settings})

    return make


@EVERY_FACE
def test_several_images_go_in_order_in_one_task(tool, server):
    server.answer(reply(200, DONE))
    both = ["first.png", data_uri(SECOND)]
    text, report = tool(EDIT).call(prompt="side by side", images=both, aspect_ratio="1:1")
    assert sent(server.seen[0]) == (
        "POST",
        "/302/v2/image/generate",
        {"run_async": "true"},
        {
            "prompt": "side by side",
            "model": "wan2.7-image",
            "image": [data_uri(FIRST), data_uri(SECOND)],
            "width": 1024,
            "height": 1024,
        },
    )
    assert text == f"Made 1 image with wan2.7-image:\n- {LINK}"
    assert (report["kind"], report["task_id"]) == ("image", "t-1")


@EVERY_FACE
def test_a_mask_and_the_images_go_as_files_where_the_model_takes_a_form(tool, server):
    edited = {"status_code": 200, "data": {"data": [{"url": LINK}]}}
    server.answer(reply(200, {"task_id": "e-1"}), reply(200, edited))
    editing = tool(EDIT, model="gpt-image-2")
    editing.call(prompt="a hat", images="first.png", mask="second.png", n=2)
    method, path, query, parts = sent(server.seen[0])
    assert (method, path) == ("POST", "/v1/images/edits")
    assert query == {"async": "true", "response_format": "url"}
    assert parts == [
        ("prompt", None, None, b"a hat"),
        ("model", None, None, b"gpt-image-2"),
        ("n", None, None, b"2"),
        ("image", "image.png", "image/png", FIRST),
        ("mask", "mask.png", "image/png", SECOND),
    ]


@EVERY_FACE
def test_a_model_that_is_not_listed_gets_a_mask_under_the_general_name(tool, server):
    server.answer(reply(200, DONE))
    editing = tool(EDIT, model="newest")
    editing.call(prompt="a hat", images=[LINK], mask="second.png")
    assert sent(server.seen[0])[3] == {
        "prompt": "a hat",
        "model": "newest",
        "image": LINK,
        "mask_image": data_uri(SECOND),
    }


@EVERY_FACE
@pytest.mark.parametrize(
    ("models", "most", "mask"),
    [
        (["wan2.7-image"], 9, False),
        (["qwen-image-3.0-pro"], 3, False),
        (["gpt-image-2-t2i", "gpt-image-2-i2i"], 16, True),
        (["qwen-image-3.0-pro", "gpt-image-2"], 16, True),
        (["gemini-3-pro-image"], 16, False),
        (["newest"], 16, True),
    ],
)
def test_how_many_images_and_whether_a_mask_is_what_the_catalogue_says(tool, models, most, mask):
    schema = tool(EDIT, model=models[0], more_models=models[1:]).schema()
    assert schema["images"]["maxItems"] == most
    assert ("mask" in schema) == mask


@EVERY_FACE
def test_each_tool_offers_the_models_that_can_do_what_it_is_for(tool, server):
    both = {"model": "gpt-image-2-t2i", "more_models": ["gpt-image-2-i2i", "newest"]}
    drawing, editing = tool(DRAW, **both), tool(EDIT, **both)
    assert "'gpt-image-2-t2i', 'newest'" in str(drawing.schema()["model"])
    assert "'gpt-image-2-i2i', 'newest'" in str(editing.schema()["model"])
    assert "images" not in drawing.schema()
    server.answer(reply(200, DONE))
    drawing.call(prompt="a fox")
    editing.call(prompt="at night", images="first.png")
    assert [seen.json["model"] for seen in server.seen] == ["gpt-image-2-t2i", "gpt-image-2-i2i"]


@EVERY_FACE
def test_a_model_that_cannot_do_it_is_told_and_nothing_is_sent(tool, server):
    with pytest.raises(InvalidInputError, match=r"draws nothing from words alone.*\(edit_image\)"):
        tool(DRAW, model="gpt-image-2-i2i").call(prompt="a fox")
    with pytest.raises(InvalidInputError, match=r"takes none \(gpt-image-2-i2i does\)"):
        tool(EDIT, model="gpt-image-2-t2i").call(prompt="at night", images="first.png")
    assert server.seen == []


@EVERY_FACE
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "images: Field required"),
        ({"images": []}, "images: "),
        ({"images": ["first.png"] * 17}, "at most 16"),
        ({"images": "/etc/passwd"}, "images: there is no image"),
        ({"images": "first.png", "mask": "/etc/passwd"}, "mask: there is no image"),
        ({"images": "first.png", "mask": "http://10.0.0.1/a"}, "mask: the link leads"),
    ],
)
def test_what_cannot_be_edited_is_refused_before_anything_is_sent(tool, server, arguments, said):
    editing = tool(EDIT, model="gpt-image-2")
    assert said in told_by(editing, prompt="at night", **arguments)
    assert server.seen == []


@EVERY_FACE
def test_broken_base64_for_a_form_is_an_error_of_ours(tool, server):
    with pytest.raises(InvalidInputError, match="images: the image is not valid base64"):
        tool(EDIT, model="gpt-image-2").call(prompt="x", images=broken(FIRST))
    assert server.seen == []
