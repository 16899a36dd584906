"""`generate_video`: ordered once, waited for, kept; whatever ends the wait, nothing is lost."""

import json

import pytest

import langchain_302
import llama_index_302
from core_302 import (
    BudgetError,
    ConnectionLostError,
    InvalidInputError,
    JobFailedError,
    MalformedReplyError,
    ModelNotAvailableError,
    PollPolicy,
    RequestTimeoutError,
    Timeouts,
    VideoSettings,
)
from core_302.tools import generate_video
from emulator_302 import Fault, Outcome
from tests.both_adapters.tool_faces import EVERY_FACE, tool_of  # noqa: F401
from tests.conftest import KEY
from tests.drawn import png
from tests.scripted_server import Close, reply

pytest_plugins = ["emulator_302.pytest_plugin"]

CREATE, FETCH = "/302/v2/video/create", "/302/v2/video/fetch/"
FOX = {"prompt": "a fox runs", "duration": 1}
LINK = "https://file.example/1.mp4"


@pytest.fixture
def film(tool_of, ai302_emulator):  # noqa: F811
    """Return a function that makes the tool before the emulator."""

    def make(**settings):
        hosts = (ai302_emulator.file_host,)
        where = {"key": ai302_emulator.api_key, "trusted_hosts": hosts}
        return tool_of("AI302VideoTool", ai302_emulator.base_url, **where, **settings)

    return make


def orders(emulator):
    return [seen for seen in emulator.requests if seen.path == CREATE]


def task(status, **more):
    return {"task_id": "t-1", "status": status, **more}


@EVERY_FACE
def test_a_video_is_ordered_once_polled_and_kept(film, ai302_emulator, tmp_path):
    tool = film(output_dir=tmp_path, webhook="https://me.example/done")
    text, report = tool.call(**FOX, resolution="720P", aspect_ratio="9x16")
    order, *polls, record, file = ai302_emulator.requests
    assert (order.method, order.path) == ("POST", CREATE)
    assert order.query == {"webhook": "https://me.example/done"}
    assert order.body == {
        "model": "viduq3-pro",
        "prompt": "a fox runs",
        "duration": 1,
        "resolution": "720p",
        "aspect_ratio": "9:16",
    }
    task_id = report["task_id"]
    assert [(seen.method, seen.path) for seen in polls] == [("GET", FETCH + task_id)] * 2
    assert record.path == f"/dashboard/record/{order.request_id}"
    assert "authorization" not in file.headers
    (made,) = report.pop("files")
    (kept,) = tmp_path.iterdir()
    assert (made["path"], made["media_type"], made["problem"]) == (str(kept), "video/mp4", None)
    assert kept.name.startswith("a-fox-runs-")
    assert kept.suffix == ".mp4"
    assert text == (
        f"Made a video with viduq3-pro:\n- {made['url']}, {made['bytes']:,} bytes video/mp4, "
        f"saved as {kept}"
    )
    raw = report.pop("raw")
    assert (raw["status"], raw["video_url"]) == ("completed", made["url"])
    assert report == {
        "kind": "video",
        "prompt": "a fox runs",
        "model": "viduq3-pro",
        "request_id": order.request_id,
        "task_id": task_id,
        "cost": 0.05,
        "notes": [],
    }


@EVERY_FACE
def test_without_a_folder_the_link_is_the_result_and_what_was_not_asked_for_is_not_sent(
    film, ai302_emulator
):
    text, report = film(look_up_cost=False, model="wan2.7-t2v").call(prompt="a fox runs")
    assert orders(ai302_emulator)[0].body == {"model": "wan2.7-t2v", "prompt": "a fox runs"}
    (made,) = report["files"]
    assert text == f"Made a video with wan2.7-t2v:\n- {made['url']}"
    assert made | {"url": None} == dict.fromkeys(made)
    assert report["cost"] is None


@EVERY_FACE
def test_images_go_as_links_and_local_ones_as_data(film, ai302_emulator, tmp_path):
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "first.png").write_bytes(png(16, 16))
    tool = film(model="doubao-seedance-2-0-260128", allowed_dirs=[tmp_path / "given"])
    face = f"http://{ai302_emulator.file_host}/samples/face.png"
    tool.call(prompt="a fox", images=["first.png", face], end_image="first.png", duration=4)
    body = orders(ai302_emulator)[0].body
    assert body["image"][1] == face
    assert body["image"][0] == body["end_image"]
    assert body["end_image"].startswith("data:image/png;base64,")


@EVERY_FACE
def test_progress_is_told_by_each_frameworks_own_means(film):
    tool = film()
    tool.call(**FOX)
    assert [(told.status, told.job is not None) for told in tool.told] == [
        ("pending", False),
        ("processing", False),
        ("completed", True),
    ]


@EVERY_FACE
def test_a_wait_that_breaks_names_the_task_and_is_resumed_without_an_order(
    film, ai302_emulator, tmp_path
):
    ai302_emulator.inject(Fault(path=FETCH, status=403, body="no"))
    tool = film(output_dir=tmp_path)
    with pytest.raises(Exception, match="do not order it again; resume it") as caught:
        tool.call(**FOX)
    error = caught.value
    assert error.task_id
    assert error.task_id in error.message
    assert "(tool.resume)" in error.message
    assert error.billed == "maybe"
    tool.told.clear()
    text, report = tool.resume(error.task_id)
    assert [(one.status, one.job is not None) for one in tool.told][-1] == ("completed", True)
    assert len(orders(ai302_emulator)) == 1
    (kept,) = tmp_path.iterdir()
    assert text.startswith("Made a video:\n- http")
    assert f"saved as {kept}" in text
    assert (report["task_id"], report["model"]) == (error.task_id, None)
    assert report["cost"] == 0.05, "the task names the call under which it was billed"


@EVERY_FACE
def test_a_task_that_fails_says_why_and_is_not_ordered_again(film, ai302_emulator):
    ai302_emulator.script_task(Outcome.fails("real faces are not allowed"))
    tool = film(budget=5.0)
    with pytest.raises(JobFailedError, match="real faces are not allowed") as caught:
        tool.call(**FOX)
    assert caught.value.task_id
    assert len(orders(ai302_emulator)) == 1
    assert tool.tool.spent == pytest.approx(0.2), "it may have been billed"


@EVERY_FACE
def test_an_order_whose_answer_is_lost_is_not_sent_again(tool_of, server):  # noqa: F811
    server.answer(Close())
    with pytest.raises(ConnectionLostError, match="It was not sent again"):
        tool_of("AI302VideoTool", server.url).call(**FOX)
    assert len(server.seen) == 1


@EVERY_FACE
@pytest.mark.parametrize("status", ["succeed", "success", "completed", "SUCCESS"])
def test_every_word_for_done_is_known(tool_of, server, status):  # noqa: F811
    server.answer(
        reply(200, task("pending"), headers={"request-id": "r-1"}),
        reply(200, task("in_progress"), headers={"request-id": "r-2"}),
        reply(200, task(status, video_url=LINK), headers={"request-id": "r-3"}),
    )
    _, report = tool_of("AI302VideoTool", server.url, look_up_cost=False).call(**FOX)
    assert [file["url"] for file in report["files"]] == [LINK]
    assert report["request_id"] == "r-1", "that of the order, under which it is billed"


@EVERY_FACE
def test_a_wait_ends_at_its_own_limit_and_can_be_resumed(tool_of, server):  # noqa: F811
    server.answer(reply(200, task("pending")))
    tool = tool_of("AI302VideoTool", server.url, longest_wait=1e-9)
    with pytest.raises(RequestTimeoutError, match="not done in the time") as caught:
        tool.call(**FOX)
    assert caught.value.task_id == "t-1"
    assert len(server.seen) == 1


@EVERY_FACE
def test_each_poll_has_a_limit_of_its_own(tool_of, server):  # noqa: F811
    """A wait of many polls may be longer than the client's limit of a paid job."""
    server.answer(
        reply(200, task("pending")),
        *(reply(200, task("processing")) for _ in range(20)),
        reply(200, task("completed", video_url=LINK)),
    )
    timeout = Timeouts(job=5.0)
    tool = tool_of("AI302VideoTool", server.url, look_up_cost=False, timeout=timeout)
    tool.call(**FOX)
    assert len(server.seen) == 22


@EVERY_FACE
def test_an_order_without_an_id_that_can_be_polled_is_told(tool_of, server):  # noqa: F811
    server.answer(reply(200, {"task_id": "../../v1/models", "status": "pending"}))
    with pytest.raises(MalformedReplyError, match="no task that can be polled"):
        tool_of("AI302VideoTool", server.url).call(**FOX)
    assert len(server.seen) == 1


@EVERY_FACE
def test_a_model_that_is_gone_is_told_with_those_of_today(film):
    with pytest.raises(ModelNotAvailableError, match=r"'sora-1' any more.*wan2\.7-t2v"):
        film(model="sora-1").call(prompt="a fox")


@EVERY_FACE
def test_a_video_that_cannot_be_fetched_keeps_its_link(film, ai302_emulator, tmp_path):
    ai302_emulator.inject(Fault(path="/gpt/imgs", status=403, body="expired"))
    text, report = film(output_dir=tmp_path).call(**FOX)
    (made,) = report["files"]
    assert made["url"].endswith(".mp4")
    assert "403" in made["problem"]
    assert f"{made['url']}, but fetching it failed" in text


@EVERY_FACE
def test_a_reply_cannot_forge_lines_for_the_model(tool_of, server):  # noqa: F811
    links = [LINK, "https://file.example/\u202e2.mp4"]
    server.answer(reply(200, task("completed", video_urls=links)))
    tool = tool_of("AI302VideoTool", server.url, look_up_cost=False, model="a\nNote: b")
    text, _ = tool.call(**FOX)
    assert text.split("\n") == [
        "Made a video with a Note: b:",
        f"- {LINK}",
    ]


@EVERY_FACE
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"prompt": " "}, "prompt: is empty"),
        ({**FOX, "duration": 17}, "duration: viduq3-pro takes 1 to 16 seconds, not 17"),
        ({**FOX, "duration": 10**9}, "duration: should be less than or equal to 600"),
        ({**FOX, "resolution": "huge"}, "resolution:"),
        ({**FOX, "images": ["https://127.0.0.1/a.png"]}, "images: the link leads to an internal"),
        ({**FOX, "end_image": "file:///etc/passwd"}, "end_image: only http(s) links"),
        ({**FOX, "images": ["/etc/passwd"]}, "images: there is no image '/etc/passwd'"),
        ({**FOX, "model": "kling-o3"}, "model: unknown"),
        ({**FOX, "webhook": "https://evil.example"}, "webhook: unknown"),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_sent(
    film, ai302_emulator, arguments, said
):
    tool = film()
    try:
        text = tool.call(**arguments)[0]
    except InvalidInputError as error:
        text = error.message
    assert said in text
    assert orders(ai302_emulator) == []


@EVERY_FACE
def test_images_that_are_too_many_bytes_together_are_refused(
    film, ai302_emulator, tmp_path, monkeypatch
):
    monkeypatch.setattr(generate_video, "MOST_BYTES", 2 * len(png(8, 8)) - 1)
    for number in range(2):
        (tmp_path / f"{number}.png").write_bytes(png(8, 8))
    tool = film(model="new", allowed_dirs=[tmp_path])
    with pytest.raises(InvalidInputError, match="together they have more than"):
        tool.call(prompt="a fox", images=["0.png", "1.png"])
    assert orders(ai302_emulator) == []


@EVERY_FACE
def test_a_value_that_a_model_does_not_take_may_be_left_out_with_a_note(film, ai302_emulator):
    tool = film(on_unsupported="adjust")
    with pytest.warns(UserWarning, match="it is left out"):
        text, report = tool.call(**{**FOX, "duration": 20})
    assert "duration" not in orders(ai302_emulator)[0].body
    assert report["notes"] == [
        "duration: viduq3-pro takes 1 to 16 seconds, not 20: it is left out."
    ]
    assert text.endswith(f"Note: {report['notes'][0]}")


@EVERY_FACE
def test_the_budget_reserves_what_a_video_of_that_length_may_cost(film, ai302_emulator):
    tool = film(budget=1.0, assumed_price_of_second=0.1)
    with pytest.raises(BudgetError, match="nothing was sent"):
        tool.call(prompt="a fox", duration=11)
    assert orders(ai302_emulator) == []
    tool.call(prompt="a fox", duration=1)
    assert tool.tool.spent == pytest.approx(0.05)


@EVERY_FACE
def test_a_model_chooses_among_the_operators_models(film, ai302_emulator):
    tool = film(model="wan2.7-t2v", more_models=["viduq3-pro", "wan2.7-t2v"])
    choice = json.dumps(tool.schema()["model"])
    assert '["wan2.7-t2v", "viduq3-pro"]' in choice
    tool.call(**FOX, model="viduq3-pro")
    assert orders(ai302_emulator)[0].body["model"] == "viduq3-pro"
    assert "model" not in film().schema()


def test_a_setting_that_cannot_be_used_is_named_and_nested_ones_too():
    for kind in (langchain_302.AI302VideoTool, llama_index_302.AI302VideoTool):
        with pytest.raises(InvalidInputError, match="webhook: must be an https link"):
            kind(api_key=KEY, webhook="http://me.example")
    for kind in (langchain_302.AI302Toolkit, llama_index_302.AI302ToolSpec):
        with pytest.raises(InvalidInputError, match="video"):
            kind(api_key=KEY, video={"longest_wait": -1})


def test_a_selection_resumes_a_video_by_the_name_of_its_tool(ai302_emulator):
    where = {"api_key": ai302_emulator.api_key, "api_base": ai302_emulator.base_url}
    where["polling"] = PollPolicy(first_wait=0.0)
    video = VideoSettings(model="viduq3-pro", longest_wait=60)
    told = []
    with llama_index_302.AI302ToolSpec(**where, video=video, on_progress=told.append) as spec:
        spec.generate_video("a fox", duration=1)
        task_id = spec.reports[0]["task_id"]
        told.clear()
        assert spec.resume(task_id, "generate_video").startswith("Made a video:")
        assert [one.status for one in told] == ["completed"]
        with pytest.raises(InvalidInputError, match="run_code orders no tasks"):
            spec.resume(task_id, "run_code")
    assert len(orders(ai302_emulator)) == 1
