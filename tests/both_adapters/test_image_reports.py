"""What a paid job brought is told alike by the tools of both frameworks: nothing paid is lost."""

import asyncio
import base64
import tempfile
import warnings

import pytest

from core_302 import PollPolicy
from langchain_302 import tools as of_langchain
from llama_index_302 import tools as of_llama_index
from tests.conftest import KEY
from tests.drawn import png
from tests.scripted_server import Stall, completion, reply

PHOTO = "https://images.example/face.png"
FACE = {"image": PHOTO, "person_type": "Female", "style": "17"}
FOX = {"prompt": "a fox"}
DRAW, PORTRAY = "AI302ImageTool", "AI302AvatarTool"
P, Q = (base64.b64encode(png(side, side)).decode() for side in (3, 4))
SVG = base64.b64encode(b"<svg/>").decode()
BOMB = base64.b64encode(png()[:16] + b"\0\0\xff\xff" * 2 + png()[24:]).decode()


class Tool:
    """A tool of one framework before a scripted server, blocking or awaited."""

    def __init__(self, framework, way, server):
        self._module = of_langchain if framework == "LangChain" else of_llama_index
        self._way, self._server, self._made = way, server, []

    def make(self, name, **given):
        address = "base_url" if self._module is of_langchain else "api_base"
        where = {"api_key": KEY, address: self._server.url, "max_retries": 0}
        trusted = (f"localhost:{self._server.port}",)
        given = {"trusted_hosts": trusted, "polling": PollPolicy(first_wait=0.0), **given}
        self._made.append(getattr(self._module, name)(**where, **given))
        return self._made[-1]

    def call(self, tool, **said):
        """Return what the model reads and what the program gets."""
        if self._module is of_langchain:
            call = {"type": "tool_call", "id": "1", "name": tool.name, "args": said}
            done = tool.invoke(call) if self._way == "sync" else asyncio.run(tool.ainvoke(call))
            text = done.content if isinstance(done.content, str) else done.content[0]["text"]
            return text, done.artifact
        done = tool(**said) if self._way == "sync" else asyncio.run(tool.acall(**said))
        return done.blocks[0].text, done.raw_output

    def close(self):
        for tool in self._made:
            tool.close()


@pytest.fixture(params=["sync", "async"])
def tools(request, framework, server):
    tools = Tool(framework, request.param, server)
    yield tools
    tools.close()


def test_a_custom_prompt_wins_over_a_style_and_that_is_a_note_for_model_and_program(tools, server):
    server.answer(reply(200, {"headshot_url_list": [PHOTO]}))
    tool = tools.make(PORTRAY, look_up_cost=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text, report = tools.call(tool, **{**FACE, "style": 0}, custom_prompt="as a pirate")
    assert server.seen[0].json == {
        "image": PHOTO,
        "person_type": "female",
        "custom_prompt": "as a pirate",
        "num": 1,
    }
    said = "style: custom_prompt replaces it, so '0' is ignored, as 302.AI does."
    assert report["notes"] == [said]
    assert text == f"Made 1 avatar:\n- {PHOTO}\nNote: {said}"


def test_what_models_fill_with_empty_texts_is_not_given(tools, server):
    server.answer(reply(200, {"headshot_url_list": [PHOTO]}))
    tool = tools.make(PORTRAY, look_up_cost=False)
    tools.call(tool, **FACE, custom_prompt="", num=None, width="", height=" ")
    assert server.seen[-1].json == {
        "image": PHOTO,
        "person_type": "female",
        "style": 17,
        "num": 1,
    }
    server.answer(reply(200, {"image_url": PHOTO}))
    tool = tools.make(DRAW, look_up_cost=False, model="a-new-model", as_task=False)
    optional = dict.fromkeys(("aspect_ratio", "output_format"), "")
    tools.call(tool, **FOX, **optional)
    assert server.seen[-1].json == {"prompt": "a fox", "model": "a-new-model"}
    server.answer(reply(200, completion("32.10")))
    tools.call(tools.make("AI302ReadImageTool"), image=PHOTO, question=" ")
    (asked, _) = server.seen[-1].json["messages"][0]["content"]
    assert asked["text"].startswith("Write down all words")


def test_what_models_write_in_forms_of_their_own_is_understood(tools, server):
    server.answer(reply(200, {"image_url": PHOTO}))
    tool = tools.make(DRAW, look_up_cost=False, model="luma-t2i", as_task=False)
    tools.call(tool, **FOX, aspect_ratio="16x9", output_format=".JPG")
    body = server.seen[-1].json
    assert (body["aspect_ratio"], body["output_format"]) == ("16:9", "jpeg")
    server.answer(reply(200, {"headshot_url_list": [PHOTO]}))
    tool = tools.make(PORTRAY, look_up_cost=False)
    tools.call(tool, **{**FACE, "image": f" HTTPS{PHOTO[5:]}\n"})
    assert server.seen[-1].json["image"] == PHOTO


def test_a_value_that_is_replaced_if_that_is_wanted_is_a_note_for_model_and_program(tools, server):
    server.answer(reply(200, {"image_url": PHOTO}))
    given = {"model": "luma-t2i", "on_unsupported": "adjust", "as_task": False}
    tool = tools.make(DRAW, look_up_cost=False, **given)
    with pytest.warns(UserWarning, match="302.AI will use 1:1"):
        text, report = tools.call(tool, **FOX, aspect_ratio="wide")
    assert server.seen[-1].json["aspect_ratio"] == "1:1"
    (note,) = report["notes"]
    assert note.endswith("not wide: 302.AI will use 1:1.")
    assert text.endswith(f"Note: {note}")


OF_BOTH = pytest.mark.parametrize(("name", "said"), [(DRAW, FOX), (PORTRAY, {**FACE, "num": 4})])


@OF_BOTH
def test_one_bad_image_costs_none_of_the_good_ones_and_says_why(
    tools, server, tmp_path, name, said
):
    entries = [{"b64_json": data} for data in (P, "!!!", SVG, Q, BOMB)]
    server.answer(reply(200, {"data": entries}))
    given = {"as_task": False} if name == DRAW else {}
    tool = tools.make(name, output_dir=tmp_path, look_up_cost=False, **given)
    text, report = tools.call(tool, **said)
    kept = [image for image in report["images"] if image["path"]]
    assert [image["width"] for image in kept] == [3, 4]
    assert len([*tmp_path.iterdir()]) == 2
    problems = [image["problem"] for image in report["images"] if not image["path"]]
    assert ["base64" in problems[0], "not an image" in problems[1], "pixels" in problems[2]] == [
        True
    ] * 3
    assert all(problem in text for problem in problems)
    assert text.startswith("Made 2 ")
    assert text.count(" cannot be used: ") == 3
    assert tool.images_made == 5  # all were made, and billed


@OF_BOTH
def test_links_that_cannot_be_fetched_are_given_beside_images_that_can(
    tools, server, tmp_path, name, said
):
    host = f"http://localhost:{server.port}"
    links = [f"{host}/1.png", "http://[broken/2.png", f"{host}/3.png", f"{host}/4.png"]
    server.answer(
        reply(200, {"headshot_url_list": links}),
        reply(200, png(3, 3), media_type="image/png"),
        reply(404, b"gone"),
        reply(200, b"<html>", media_type="image/png"),
    )
    given = {"as_task": False} if name == DRAW else {}
    tool = tools.make(name, output_dir=tmp_path, look_up_cost=False, **given)
    text, report = tools.call(tool, **said)
    assert [image["url"] for image in report["images"]] == links
    assert [bool(image["path"]) for image in report["images"]] == [True, False, False, False]
    assert report["images"][0]["problem"] is None
    assert all(link in text for link in links)
    assert text.count(", but ") == 3


def test_data_beside_a_link_is_kept_without_a_download(tools, server, tmp_path):
    server.answer(reply(200, {"data": [{"url": PHOTO, "b64_json": P}]}))
    tool = tools.make(DRAW, output_dir=tmp_path, look_up_cost=False, as_task=False)
    _, report = tools.call(tool, **FOX)
    (image,) = report["images"]
    assert (image["url"], image["width"]) == (PHOTO, 3)
    assert len(server.seen) == 1
    tool = tools.make(DRAW, look_up_cost=False, as_task=False)
    _, report = tools.call(tool, **FOX)
    assert (report["images"][0]["url"], report["images"][0]["path"]) == (PHOTO, None)


def test_an_image_that_can_be_kept_nowhere_is_told_with_the_others(tools, server, monkeypatch):
    def full(**_):
        raise OSError("no space left")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    server.answer(reply(200, {"data": [{"b64_json": P}, {"url": PHOTO}]}))
    tool = tools.make(DRAW, look_up_cost=False, as_task=False)
    text, report = tools.call(tool, **FOX)
    assert [image["url"] for image in report["images"]] == [None, PHOTO]
    assert "but The image cannot be saved: no space left" in text


@pytest.mark.parametrize("cost", [-5, "NaN", "inf", 10**9])
def test_an_absurd_cost_is_unknown_and_changes_no_budget(tools, server, cost):
    image = reply(200, {"image_url": PHOTO}, headers={"request-id": "r-1"})
    server.answer(image, reply(200, {"data": {"cost": cost}}))
    tool = tools.make(DRAW, budget=0.1, assumed_price=0.1, as_task=False)
    _, report = tools.call(tool, **FOX)
    assert report["cost"] is None
    assert tool.spent == 0.1


async def test_a_tool_that_is_left_after_its_job_was_paid_tells_its_images_in_the_log(
    framework, server, tmp_path, caplog
):
    link = f"http://localhost:{server.port}/1.png"
    server.answer(reply(200, {"image_url": link}), [Stall])
    tool = Tool(framework, "async", server).make(DRAW, output_dir=tmp_path, as_task=False)
    running = asyncio.create_task(
        tool._arun(**FOX) if framework == "LangChain" else tool.acall(**FOX)
    )
    for _ in range(2):
        await asyncio.to_thread(server.asked.acquire)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    (record,) = [record for record in caplog.records if record.name == "ai302.tasks"]
    assert record.levelname == "WARNING"
    assert record.getMessage().endswith(f"Its images: {link}")
    await tool.aclose()
