"""The tools that process one image: ordered once, as the source says, waited for, kept."""

import asyncio

import pytest
from PIL import Image

import llama_index_302
from core_302 import (
    AI302Error,
    BudgetError,
    ConnectionLostError,
    InvalidInputError,
    JobFailedError,
    MalformedReplyError,
    PollPolicy,
)
from core_302.image_parts import LARGEST_INPUT
from core_302.options.image import data_uri
from emulator_302 import Outcome
from tests.both_adapters.tool_faces import EVERY_FACE, broken, told_by, tool_of  # noqa: F401
from tests.drawn import png
from tests.scripted_server import Close, reply
from tests.sent import sent

pytest_plugins = ["emulator_302.pytest_plugin"]

CUT, LARGER, ERASE = "AI302RemoveBackgroundTool", "AI302UpscaleTool", "AI302EraseTool"
LINK = "https://file.example/1.png"
PHOTO, MASK = png(64, 48), png(64, 48, "white")
GIVEN = {
    CUT: {"image": "photo.png"},
    LARGER: {"image": "photo.png"},
    ERASE: {"image": "photo.png", "mask": "mask.png"},
}
# What the server gets, whole: method, path, query, body.
ORDERS = {
    CUT: ("POST", "/302/submit/removebg", {}, [("image", "image.png", "image/png", PHOTO)]),
    LARGER: (
        "POST",
        "/302/submit/upscale-v6",
        {},
        {"image_url": data_uri(PHOTO), "scale_factor": 2},
    ),
    ERASE: (
        "POST",
        "/302/submit/erase",
        {},
        [
            ("image_url", "image_url.png", "image/png", PHOTO),
            ("mask_image_url", "mask_image_url.png", "image/png", MASK),
        ],
    ),
}
ACCEPTS = {CUT: "image/*", LARGER: "application/json", ERASE: "image/*"}
EVERY_TOOL = pytest.mark.parametrize("name", GIVEN)


@pytest.fixture
def photos(tmp_path):
    """Return a folder with a photo and a mask."""
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "photo.png").write_bytes(PHOTO)
    (folder / "mask.png").write_bytes(MASK)
    return folder


@pytest.fixture
def make(tool_of, ai302_emulator, photos):  # noqa: F811
    """Return a function that makes a tool before the emulator."""
    where = {"key": ai302_emulator.api_key, "trusted_hosts": (ai302_emulator.file_host,)}

    def made(name, **settings):
        url = ai302_emulator.base_url
        return tool_of(name, url, **where, **{"allowed_dirs": [photos], **settings})

    return made


@pytest.fixture
def before(tool_of, server, photos):  # noqa: F811
    """Return a function that makes a tool before the scripted server."""
    hosts = (f"localhost:{server.port}",)

    def made(name, **settings):
        usual = {"allowed_dirs": [photos], "trusted_hosts": hosts, "look_up_cost": False}
        return tool_of(name, server.url, **{**usual, **settings})

    return made


@EVERY_FACE
@EVERY_TOOL
def test_an_order_is_what_its_source_says_and_the_file_itself_goes(before, server, name):
    server.answer(reply(200, {"image": {"url": LINK}}, headers={"request-id": "r-1"}))
    text, report = before(name).call(**GIVEN[name])
    (order,) = server.seen
    assert sent(order) == ORDERS[name]
    assert order.headers["accept"] == ACCEPTS[name]
    assert text == f"Made 1 image:\n- {LINK}"
    assert (report["kind"], report["request_id"], report["task_id"]) == ("image", "r-1", None)
    assert report["images"][0]["url"] == LINK


@EVERY_FACE
def test_a_link_goes_as_it_is_to_be_enlarged_and_extra_large_is_asked_for_by_a_number(
    before, server
):
    server.answer(reply(200, {"url": LINK}))
    tool = before(LARGER)
    tool.call(image="https://a.example/1.png", scale=4)
    body = {"image_url": "https://a.example/1.png", "scale_factor": 4}
    assert sent(server.seen[0]) == ("POST", "/302/submit/upscale-v6", {}, body)


@EVERY_FACE
@pytest.mark.parametrize("name", [CUT, ERASE])
def test_an_image_behind_a_link_is_fetched_without_the_key_for_a_form(before, server, name):
    here = f"http://localhost:{server.port}"
    fetched = reply(200, PHOTO, media_type="image/png")
    files = [fetched] * len(GIVEN[name])
    server.answer(*files, reply(200, {"images": [{"url": LINK}]}))
    before(name).call(**{field: f"{here}/{field}.png" for field in GIVEN[name]})
    *gets, order = server.seen
    assert [seen.path for seen in gets] == [f"/{field}.png" for field in GIVEN[name]]
    assert all("authorization" not in seen.headers for seen in gets)
    assert {part[3] for part in sent(order)[3]} == {PHOTO}


@EVERY_FACE
@pytest.mark.parametrize(
    ("name", "size"), [(CUT, (64, 48)), (LARGER, (128, 96)), (ERASE, (64, 48))]
)
def test_the_emulator_works_on_the_pixels_and_what_was_made_is_kept(
    make, ai302_emulator, tmp_path, name, size
):
    tool = make(name, output_dir=tmp_path / "made")
    text, report = tool.call(**GIVEN[name])
    (image,) = report["images"]
    (kept,) = (tmp_path / "made").iterdir()
    assert image["path"] == str(kept)
    assert text == (
        f"Made 1 image:\n- {image['url']}, {size[0]}x{size[1]} image/png, saved as {kept}"
    )
    with Image.open(kept) as made:
        assert made.size == size
        clear = made.convert("RGBA").getpixel((0, 0))[3] == 0
    assert clear == (name == CUT)
    (order,) = [seen for seen in ai302_emulator.requests if seen.method == "POST"]
    assert order.request_id == report["request_id"]
    assert tool.tool.spent == pytest.approx(report["cost"])
    assert report["cost"] > 0
    assert tool.tool.images_made == 1


@EVERY_FACE
@EVERY_TOOL
def test_a_task_is_polled_at_its_familys_address_and_can_be_resumed(make, ai302_emulator, name):
    ai302_emulator.script_task(Outcome(polls=3))
    tool = make(name)
    _, report = tool.call(**GIVEN[name])
    task_id = report["task_id"]
    polls = [seen for seen in ai302_emulator.requests if seen.path.startswith("/302/task/")]
    assert [(seen.method, seen.path) for seen in polls] == [
        ("GET", f"/302/task/{task_id}/fetch")
    ] * 3
    said = [told.status for told in tool.told]
    assert said == ["starting", "starting", "processing", "succeeded"]
    again = tool.resume(task_id)[1]
    assert again["images"] == report["images"]
    assert again["task_id"] == task_id


@EVERY_FACE
@EVERY_TOOL
def test_a_wait_that_ends_badly_names_the_task_and_how_to_resume_it(before, server, name):
    server.answer(reply(200, {"id": "t-1", "status": "starting"}), [Close])
    with pytest.raises(AI302Error, match=r"'t-1' \(tool\.resume\)") as caught:
        before(name, max_retries=0).call(**GIVEN[name])
    assert (caught.value.task_id, caught.value.billed) == ("t-1", "maybe")


@EVERY_FACE
@EVERY_TOOL
def test_an_order_whose_answer_is_lost_is_not_sent_again(before, server, name):
    server.answer([Close])
    with pytest.raises(ConnectionLostError, match="It was not sent again"):
        before(name).call(**GIVEN[name])
    assert len(server.seen) == 1


@EVERY_FACE
@EVERY_TOOL
def test_a_task_that_fails_is_an_error_in_the_gateways_words(make, ai302_emulator, name):
    ai302_emulator.script_task(Outcome.fails("no face was found"))
    with pytest.raises(JobFailedError, match="The task failed: no face was found"):
        make(name).call(**GIVEN[name])


@EVERY_FACE
@pytest.mark.parametrize(
    "answer",
    [
        {"output": LINK},
        {"id": "t-1", "output": f'["{LINK}"]'},
        {"id": 7, "status": "succeeded", "output": [LINK]},
        {"task_id": "t-1", "status": "completed", "image_url": LINK},
        {"data": [{"url": LINK}]},
        {"images": [{"url": LINK}]},
        {"image": {"url": LINK}},
        {"url": LINK},
    ],
)
def test_a_result_is_found_in_every_form_that_was_seen(before, server, answer):
    server.answer(reply(200, answer))
    assert before(CUT).call(image=data_uri(PHOTO))[0] == f"Made 1 image:\n- {LINK}"
    assert len(server.seen) == 1


@EVERY_FACE
def test_an_answer_that_is_the_image_itself_is_kept(before, server, tmp_path):
    server.answer(reply(200, PHOTO, media_type="image/png"))
    _, report = before(ERASE, output_dir=tmp_path / "made").call(**GIVEN[ERASE])
    (kept,) = (tmp_path / "made").iterdir()
    assert kept.read_bytes() == PHOTO
    assert report["images"][0]["path"] == str(kept)


@EVERY_FACE
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"id": True}, MalformedReplyError),
        ({"id": "../x", "status": "starting"}, MalformedReplyError),
        ({"x": 1}, MalformedReplyError),
        ({"detail": "no such image", "status": "failed", "id": "t"}, JobFailedError),
        ({"error": {"message": "Parameter error"}}, AI302Error),
    ],
)
def test_an_answer_without_an_image_or_a_task_is_an_error(before, server, answer, error):
    server.answer(reply(200, answer))
    with pytest.raises(error):
        before(CUT).call(**GIVEN[CUT])
    assert len(server.seen) == 1


LARGE = png(8, 8) + b"\0" * LARGEST_INPUT


@EVERY_FACE
@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        (CUT, {}, "image: Field required"),
        (CUT, {"image": "/etc/passwd"}, "image: there is no image '/etc/passwd'"),
        (CUT, {"image": "file:///etc/passwd"}, "image: only http(s) links and data URIs"),
        (CUT, {"image": "http://169.254.169.254/x"}, "image: the link leads to an internal"),
        (CUT, {"image": "data:text/html;base64,PGh0bWw+"}, "image: it is not an image"),
        (CUT, {"image": "photo.png", "prompt": "x"}, "prompt: unknown"),
        (CUT, {"image": "photo.png", "extra_body": {}}, "extra_body: unknown"),
        (LARGER, {"image": "photo.png", "scale": 5}, "scale: should be less than or equal to 4"),
        (LARGER, {"image": "photo.png", "scale": 0}, "scale: should be greater than or equal"),
        (LARGER, {"image": data_uri(png(6_000, 5_000))}, "6000x5000, 2 times as large, has more"),
        (ERASE, {"image": "photo.png"}, "mask: Field required"),
        (ERASE, {"image": "photo.png", "mask": "../mask.png"}, "mask: there is no image"),
        (ERASE, {"image": "photo.png", "mask": "http://10.0.0.1/a"}, "mask: the link leads"),
    ],
)
def test_what_cannot_be_processed_is_refused_before_anything_is_sent(
    make, ai302_emulator, name, arguments, said
):
    tool = make(name)
    assert said in told_by(tool, **arguments)
    assert ai302_emulator.requests == []


@EVERY_FACE
def test_broken_base64_and_a_link_to_too_much_are_refused_and_nothing_is_ordered(before, server):
    with pytest.raises(InvalidInputError, match="image: the image is not valid base64"):
        before(CUT).call(image=broken(PHOTO))
    server.answer(reply(200, LARGE, media_type="image/png"))
    with pytest.raises(InvalidInputError, match=r"image: has .* bytes: at most 52,428,800"):
        before(CUT).call(image=f"http://localhost:{server.port}/1.png")
    assert [seen.method for seen in server.seen] == ["GET"]


@EVERY_FACE
def test_each_image_counts_and_the_limit_holds(make, ai302_emulator):
    tool = make(CUT, max_images=1)
    tool.call(**GIVEN[CUT])
    with pytest.raises(BudgetError, match="0 are left"):
        tool.call(**GIVEN[CUT])
    assert len([seen for seen in ai302_emulator.requests if seen.method == "POST"]) == 1


@pytest.mark.parametrize("way", ["blocking", "awaited"])
def test_a_program_calls_the_methods_of_the_tool_spec(ai302_emulator, photos, way):
    where = {"api_key": ai302_emulator.api_key, "api_base": ai302_emulator.base_url}
    where["polling"] = PollPolicy(first_wait=0.0)
    spec = llama_index_302.AI302ToolSpec(**where, allowed_dirs=[photos])
    for name, arguments in {
        "erase_from_image": GIVEN[ERASE],
        "edit_image": {"prompt": "at night", "images": ["photo.png"], "size": "64x64"},
    }.items():
        method = getattr(spec, name if way == "blocking" else f"a{name}")
        blocks = method(**arguments)
        blocks = asyncio.run(blocks) if way == "awaited" else blocks
        assert [block.block_type for block in blocks] == ["text", "image"]
    spec.close()
