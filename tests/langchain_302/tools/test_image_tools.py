"""The image and the avatar tool: what a model may say, what it is told, what is kept."""

import asyncio
import base64
import copy
import json
import pickle
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.load import dumps
from langchain_core.tools import ToolException
from PIL import Image

import emulator_302
import langchain_302
from core_302 import AI302Error, ConfigurationError, InvalidInputError, PollPolicy
from emulator_302 import Fault, Outcome
from langchain_302 import AI302AvatarTool, AI302EditImageTool, AI302ImageTool, AI302Toolkit
from tests.conftest import KEY
from tests.drawn import png
from tests.scripted_server import Reset, Stall

IMAGES = Path(__file__).parents[3] / "cookbook" / "images"
FOX = {"prompt": "a red fox in snow"}
ONCE = "302ai-flux-schnell-t2i"  # by one call, whose reply can be scripted
FACE = {"image": "photo.png", "person_type": "female", "style": "Comic"}


@pytest.fixture(scope="module")
def running():
    with emulator_302.running() as gateway:
        yield gateway


@pytest.fixture
def gateway(running):
    running.reset()
    return running


class Both:
    """Calls a tool as an agent does, by its blocking or by its asynchronous method."""

    def __init__(self, kind, tool):
        self.kind = kind
        self.tool = tool

    def call(self, callbacks=(), **arguments):
        call = {"type": "tool_call", "id": "c-1", "name": self.tool.name, "args": arguments}
        config = {"callbacks": list(callbacks)}
        if self.kind == "sync":
            return self.tool.invoke(call, config)
        return asyncio.run(self.tool.ainvoke(call, config))


@pytest.fixture(params=["sync", "async"])
def tools(request, gateway):
    """Return a function that makes a tool on the emulator, of the kind at hand."""
    made = []

    def make(kind=AI302ImageTool, **given):
        given = {
            "api_key": gateway.api_key,
            "base_url": gateway.base_url,
            "trusted_hosts": (gateway.file_host,),
            "polling": PollPolicy(first_wait=0.0),
            **given,
        }
        made.append(kind(**given))
        return Both(request.param, made[-1])

    yield make
    for tool in made:
        tool.close()


def sent(gateway, path="/302/"):
    return [r for r in gateway.requests if r.method == "POST" and r.path.startswith(path)]


def test_an_image_is_told_in_words_and_kept_as_plain_values(tools, gateway):
    message = tools().call(**FOX, size="640x480")
    assert message.status == "success"
    (link,) = re.findall(r"http://\S+\.png", message.content)
    assert message.content == f"Made 1 image with wan2.7-image:\n- {link}"
    (image,) = message.artifact["images"]
    assert image["url"] == link
    assert image["path"] is None
    assert message.artifact["prompt"] == FOX["prompt"]
    assert message.artifact["request_id"].startswith("emulator-")
    assert message.artifact["cost"] == 0.03
    assert message.artifact["raw"]["image_url"] == link
    assert json.loads(json.dumps(message.artifact)) == message.artifact
    assert len(sent(gateway)) == 1


def test_an_image_is_fetched_without_the_key_and_measured(tools, gateway, tmp_path):
    message = tools(output_dir=tmp_path / "out").call(**FOX, size="640x480")
    (image,) = message.artifact["images"]
    path = Path(image["path"])
    assert path.parent == tmp_path / "out"
    assert path.name.startswith("a-red-fox-in-snow-")
    assert image["bytes"] == path.stat().st_size
    assert (image["media_type"], image["width"], image["height"]) == ("image/png", 640, 480)
    with Image.open(path) as image:
        assert image.size == (640, 480)
    assert f"640x480 image/png, saved as {path}" in message.content
    (fetched,) = [r for r in gateway.requests if r.path.startswith("/gpt/imgs/")]
    assert fetched.headers["host"] == gateway.file_host
    assert "authorization" not in fetched.headers


def test_several_avatars_come_back_as_several(tools, tmp_path):
    tool = tools(AI302AvatarTool, allowed_dirs=[IMAGES], output_dir=tmp_path)
    message = tool.call(**FACE, num=3, width=256, height=300)
    images = message.artifact["images"]
    assert len({image["path"] for image in images}) == 3
    assert {(image["width"], image["height"]) for image in images} == {(256, 300)}
    assert message.content.startswith("Made 3 avatars:\n- http://")
    assert tool.tool.images_made == 3


def test_a_local_photo_goes_as_a_form(tools, gateway):
    tools(AI302AvatarTool, allowed_dirs=[IMAGES]).call(**FACE)
    (request,) = sent(gateway)
    assert request.headers["content-type"].startswith("multipart/form-data")


def test_a_link_and_a_data_uri_go_as_they_are(tools, gateway):
    photo = (IMAGES / "photo.png").read_bytes()
    uri = "data:image/png;base64," + base64.b64encode(photo).decode()
    tool = tools(AI302AvatarTool)
    for image in (f"http://{gateway.file_host}/samples/face.png", uri):
        assert tool.call(**{**FACE, "image": image}).status == "success"
    assert [request.body["image"][:5] for request in sent(gateway)] == ["http:", "data:"]


def test_an_image_that_was_made_can_be_edited_by_its_name(tools, tmp_path):
    both = {"model": "luma-t2i", "more_models": ("302ai-kolors-i2i",), "output_dir": tmp_path}
    name = Path(tools(**both).call(**FOX).artifact["images"][0]["path"]).name
    edit = tools(AI302EditImageTool, **both)
    again = edit.call(prompt="the same at night", images=[name])
    assert again.status == "success", again.content


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"prompt": ""}, "prompt: is empty: describe what to draw"),
        ({"prompt": " "}, "prompt: is empty"),
        ({"prompt": "x" * 100_000}, "prompt: has 100000 characters: shorten it to 32000"),
        ({"prompt": "a\x00b"}, "prompt: contains control characters"),
        ({**FOX, "n": 0}, "n: should be greater than or equal to 1"),
        ({**FOX, "n": 1000}, "n: should be less than or equal to 15"),
        ({**FOX, "base_url": "https://x"}, "base_url: unknown: this tool takes no such argument"),
        ({**FOX, "api_key": "x"}, "api_key: unknown: this tool"),
        ({**FOX, "headers": {}}, "headers: unknown: this tool"),
        ({**FOX, "size": "big/small"}, "size: String should match pattern"),
        ({**FOX, "output_dir": "/tmp"}, "output_dir: unknown"),
        ({**FOX, "promt": "x"}, "promt: unknown: did you mean 'prompt'?"),
        ({**FOX, "output_format": "exe"}, "output_format: should be 'png', 'jpeg' or 'webp'"),
        ({**FOX, "model": "dall-e-3-t2i"}, "model: "),
        ({}, "prompt: Field required"),
    ],
)
def test_wrong_arguments_are_told_to_the_model_and_nothing_is_sent(tools, gateway, arguments, says):
    message = tools().call(**arguments)
    assert message.status == "error"
    assert says in message.content
    assert "Nothing was sent: correct this and try again." in message.content
    assert gateway.requests == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"num": 0}, "num: 1 to 4 avatars can be made at once, not 0"),
        ({"num": 5}, "num: 1 to 4 avatars can be made at once, not 5"),
        ({"num": "two"}, "num: should be a valid integer"),
        ({"width": 255}, "width: 256 to 1036 pixels, not 255"),
        ({"height": 1037}, "height: 256 to 1036 pixels, not 1037"),
        ({"style": 18}, "style: 18 is not a style"),
        ({"style": "Watercolour"}, "Did you mean 'Watercolor'?"),
        ({"person_type": "robot"}, "person_type: should be 'female', 'male' or 'kid'"),
        ({"style": None}, "style: give a style, or describe the look in custom_prompt"),
        ({"style": 0}, "style: 0 is not a style"),
        ({"image": "/etc/passwd"}, "image: there is no image '/etc/passwd' that may be read"),
        ({"image": "file:///etc/passwd"}, "image: only http(s) links and data URIs"),
        ({"image": "http://169.254.169.254/x"}, "image: the link leads to an internal address"),
        ({"image": "http://2130706433/x"}, "internal address"),
        ({"image": "data:image/png;base64," + "A" * 80_000_000}, "at most 52,428,800"),
        ({"image": "data:image/svg+xml;base64,PHN2Zz48L3N2Zz4="}, "image: it is not an image"),
        ({"image": "data:text/html;base64,PGh0bWw+"}, "image: it is not an image"),
    ],
)
def test_an_avatar_that_cannot_be_made_is_told_and_nothing_is_sent(tools, gateway, arguments, says):
    message = tools(AI302AvatarTool, allowed_dirs=[IMAGES]).call(**{**FACE, **arguments})
    assert message.status == "error"
    assert says in message.content
    assert "Traceback" not in message.content
    assert gateway.requests == []


def test_what_a_model_reads_holds_names_not_numbers_and_nothing_of_the_operators():
    tool = AI302AvatarTool(api_key=KEY)
    schema = json.dumps(tool.tool_call_schema.model_json_schema())
    assert '"Low Poly"' in schema
    assert '"kid"' in schema
    image = AI302ImageTool(api_key=KEY, model="a-t2i", more_models=("b-t2i", "a-t2i"))
    fields = image.args_schema.model_json_schema()["properties"]
    assert fields["model"]["enum"] == ["a-t2i", "b-t2i"]
    assert "model" not in AI302ImageTool(api_key=KEY).args
    edit = AI302EditImageTool(api_key=KEY).args_schema.model_json_schema()["properties"]
    assert "file" not in edit["images"]["description"]
    operators = {"api_key", "base_url", "timeout", "output_dir", "max_images", "budget"}
    assert not operators & (set(fields) | set(tool.args))


def test_the_choice_among_models_is_the_operators(tools, gateway):
    tool = tools(model="flux-dev-t2i", more_models=("luma-t2i",))
    tool.call(**FOX)
    tool.call(**FOX, model="luma-t2i", aspect_ratio="16:9")
    assert [request.body["model"] for request in sent(gateway)] == ["flux-dev-t2i", "luma-t2i"]
    refused = tool.call(**FOX, model="luma-t2i", aspect_ratio="5:4")
    assert "luma-t2i takes 16:9, 9:16" in refused.content
    assert len(sent(gateway)) == 2


def test_an_unsupported_value_may_be_adjusted_with_a_warning(tools, gateway):
    tool = tools(model="luma-t2i", on_unsupported="adjust")
    with pytest.warns(UserWarning, match="302.AI will use 1:1"):
        tool.call(**FOX, aspect_ratio="5:4")
    assert sent(gateway)[0].body["aspect_ratio"] == "1:1"


class Listener(BaseCallbackHandler):
    def __init__(self):
        self.told = []

    def on_custom_event(self, name, data, **_):
        self.told.append((name, data["status"], data["done"]))


def test_progress_of_a_task_is_told_to_callbacks(tools, gateway):
    listener = Listener()
    message = tools(as_task=True).call(callbacks=[listener], **FOX)
    assert message.artifact["task_id"]
    assert [status for _, status, _ in listener.told][-1] == "completed"
    assert {name for name, _, _ in listener.told} == {"ai302_progress"}
    assert [done for _, _, done in listener.told].count(True) == 1
    assert len(sent(gateway)) == 1


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        (Outcome.fails("the model is busy"), "The task failed: the model is busy"),
        (Outcome(vanishes=True), "task"),
        (Outcome(has_url=False), "link or data"),
    ],
)
def test_a_task_that_comes_to_nothing_is_told_with_its_id(tools, gateway, outcome, says):
    gateway.script_task(outcome)
    message = tools(as_task=True, max_retries=0).call(**FOX)
    assert message.status == "error"
    assert says in message.content
    assert "do not order it again; resume it by its id" in message.content
    assert len(sent(gateway)) == 1


def test_a_task_that_was_left_can_be_resumed_for_nothing(tools, gateway, tmp_path):
    gateway.inject(Fault(path="/302/v2/image/fetch", status=500, body="hiccup"))
    face = tools(as_task=True, max_retries=0, output_dir=tmp_path)
    message = face.call(**FOX)
    task_id = re.search(r"its id, '([^']+)'", message.content)[1]
    gateway.inject(*[Fault(path="/302/v2/image/fetch", body=DONE, status=200)])
    if face.kind == "sync":
        content, report = face.tool.resume(task_id)
    else:
        content, report = asyncio.run(face.tool.aresume(task_id))
    assert "Made 1 image" in content
    assert report["images"][0]["problem"].startswith("fetching it failed")
    assert len(sent(gateway)) == 1


DONE = {"task_id": "t", "status": "completed", "image_url": "https://file.invalid/1.png"}


def test_a_download_that_fails_loses_nothing_that_was_paid_for(tools, gateway, tmp_path):
    gateway.inject(Fault(path="/gpt/imgs", status=403, body="expired"))
    message = tools(output_dir=tmp_path).call(**FOX)
    (image,) = message.artifact["images"]
    assert message.status == "success"
    assert image["url"] in message.content
    assert "but fetching it failed: expired (HTTP 403)" in message.content
    assert image["path"] is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("http://127.0.0.1:9/1.png", "must begin with https://"),
        ("https://127.0.0.1/1.png", "leads to an internal address"),
        ("https://[::ffff:127.0.0.1]/1.png", "leads to an internal address"),
        ("https://2130706433/1.png", "leads to an internal address"),
    ],
)
def test_a_link_of_the_reply_that_leads_inside_is_given_but_not_followed(
    tools, gateway, tmp_path, link, says
):
    gateway.inject(Fault(path="/302/image", status=200, body={"image_url": link, "data": {}}))
    message = tools(model=ONCE, output_dir=tmp_path).call(**FOX)
    assert message.artifact["images"][0]["url"] == link
    assert f"but it was not fetched: the link {says.removeprefix('the link ')}" in message.content


def test_an_image_that_came_as_base64_is_kept_and_not_put_into_the_message(tools, gateway):
    data = base64.b64encode(png(30, 20)).decode()
    body = {"data": [{"url": "", "b64_json": data}]}
    gateway.inject(Fault(path="/302/image", status=200, body=body))
    message = tools(model=ONCE).call(**FOX)
    path = Path(message.artifact["images"][0]["path"])
    assert path.read_bytes() == png(30, 20)
    assert f"30x20 image/png, saved as {path}" in message.content
    assert data not in str(message)
    path.unlink()
    path.parent.rmdir()


def test_a_base64_image_is_kept_elsewhere_if_the_folder_fails(tools, gateway, tmp_path):
    folder = tmp_path / "out"
    tool = tools(model=ONCE, output_dir=folder)
    folder.write_text("somebody put a file here")
    body = {"data": [{"b64_json": base64.b64encode(png()).decode()}]}
    gateway.inject(Fault(path="/302/image", status=200, body=body))
    image = tool.call(**FOX).artifact["images"][0]
    assert Path(image["path"]).read_bytes() == png()
    assert "cannot be saved in" in image["problem"]
    Path(image["path"]).unlink()
    Path(image["path"]).parent.rmdir()


def test_a_linked_image_that_cannot_be_kept_is_still_given(tools, tmp_path):
    folder = tmp_path / "out"
    tool = tools(output_dir=folder)
    folder.write_text("somebody put a file here")
    message = tool.call(**FOX)
    assert "but The image cannot be saved in" in message.content
    assert message.artifact["images"][0]["width"] == 1024


def test_images_are_shown_to_the_model_on_request(tools, gateway):
    tool = tools(model=ONCE, show_images_to_model=True)
    text, block = tool.call(**FOX).content
    assert text["type"] == "text"
    assert block["type"] == "image"
    assert block["url"].startswith(f"http://{gateway.file_host}/")
    body = {"data": [{"b64_json": base64.b64encode(png()).decode()}]}
    gateway.inject(Fault(path="/302/image", status=200, body=body))
    _, block = tool.call(**FOX).content
    assert base64.b64decode(block["base64"]) == png()
    assert block["mime_type"] == "image/png"


def test_an_image_that_is_nowhere_is_not_shown(tools, gateway, tmp_path, monkeypatch):
    def broken(*_args):
        raise ConfigurationError("disk full")

    monkeypatch.setattr("core_302.tools.image_tool.save_image", broken)
    body = {"data": [{"b64_json": base64.b64encode(png()).decode()}]}
    gateway.inject(Fault(path="/302/image", status=200, body=body))
    message = tools(model=ONCE, show_images_to_model=True, output_dir=tmp_path).call(**FOX)
    assert [block["type"] for block in message.content] == ["text"]
    assert "disk full" in message.content[0]["text"]


@pytest.mark.parametrize(
    ("fault", "requests"),
    [
        (Fault.error(500, -1, "boom"), 1),
        (Fault.error(502, -1, "boom"), 1),
        (Fault.error(504, -1, "boom"), 1),
        (Fault(cut_after=10), 1),
        (Fault.error(429, -1, "slow down"), 2),
        (Fault.error(503, -10008, "no channel"), 1),
    ],
)
def test_a_paid_job_is_sent_once_unless_nothing_was_done(tools, gateway, fault, requests):
    gateway.inject(fault)
    message = tools().call(**FOX)
    assert len(sent(gateway)) == requests
    assert (message.status == "success") == (requests == 2)


@pytest.mark.parametrize("steps", [[Stall], [Reset]])
def test_a_lost_answer_is_told_as_maybe_billed(server, steps):
    server.answer(steps)
    with AI302ImageTool(api_key=KEY, base_url=server.url, timeout=0.5) as tool:
        with pytest.raises(ToolException, match="may have run and been billed") as caught:
            tool._run(**FOX)
        assert isinstance(caught.value.__cause__, AI302Error)
        assert tool.images_made == 1
        assert len(server.seen) == 1


def test_the_number_of_images_is_limited(tools, gateway):
    tool = tools(max_images=2)
    messages = [tool.call(**FOX) for _ in range(3)]
    assert [message.status for message in messages] == ["success", "success", "error"]
    assert "This tool may make 2 images, and 0 are left" in messages[-1].content
    assert len(sent(gateway)) == 2


def test_a_refused_job_gives_its_share_back(tools, gateway):
    gateway.inject(Fault.error(422, -10003, "Parameter error"))
    tool = tools(max_images=1)
    assert tool.call(**FOX).status == "error"
    assert tool.call(**FOX).status == "success"


def test_money_is_limited_also_under_parallel_calls(gateway):
    with AI302ImageTool(
        api_key=gateway.api_key,
        base_url=gateway.base_url,
        model=ONCE,
        budget=0.3,
        assumed_price=0.1,
    ) as tool:
        call = {"type": "tool_call", "id": "1", "name": "generate_image", "args": FOX}
        with ThreadPoolExecutor(8) as pool:
            messages = list(pool.map(lambda _: tool.invoke(dict(call)), range(8)))
        made = sum(message.status == "success" for message in messages)
        assert len(sent(gateway)) == made
        assert tool.spent <= 0.3
        # The records have said what the images really cost, so more can be made now.
        assert tool.spent == pytest.approx(0.003 * made)

        async def many():
            return await asyncio.gather(*(tool.ainvoke(dict(call)) for _ in range(8)))

        later = asyncio.run(many())
        assert sum(message.status == "success" for message in later) <= 3
        asyncio.run(tool.aclose())


def test_the_cost_is_unknown_where_the_record_is_closed(tools, gateway):
    gateway.inject(Fault(path="/dashboard", status=403, body="no permission"))
    message = tools().call(**FOX)
    assert message.artifact["cost"] is None
    assert message.status == "success"


def test_the_cost_is_not_asked_for_if_not_wanted(tools, gateway):
    assert tools(model=ONCE, look_up_cost=False).call(**FOX).artifact["cost"] is None
    assert len(gateway.requests) == 1


def test_errors_can_be_raised_instead_of_told(tools, gateway):
    gateway.inject(Fault.error(401, -10005, "Credential expired"))
    with pytest.raises(ToolException, match="Credential expired"):
        tools(handle_tool_error=False).call(**FOX)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"allowed_dirs": ["/nowhere/at/all"]}, "allowed_dirs: there is no folder"),
        ({"output_dir": "/proc/version"}, "output_dir: '/proc/version' is not a writable folder"),
        ({"trusted_hosts": ("https://x.example",)}, "pass hosts only"),
        ({"base_url": "api.302.ai"}, "must start with https://"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_when_the_tool_is_made(given, says):
    with pytest.raises(ConfigurationError, match=re.escape(says)):
        AI302ImageTool(api_key=KEY, **given)


@pytest.mark.parametrize("kind", [AI302ImageTool, AI302AvatarTool, AI302Toolkit])
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"max_images": 0}, "max_images: should be greater than or equal to 1"),
        ({"budget": -1}, "budget: should be greater than 0"),
        ({"assumed_price": 0}, "assumed_price: should be greater than 0"),
        ({"on_unsupported": "ignore"}, "on_unsupported: should be 'error' or 'adjust'"),
    ],
)
def test_a_setting_out_of_its_bounds_is_named_when_the_tool_is_made(kind, given, says):
    with pytest.raises(InvalidInputError, match=re.escape(says)):
        kind(api_key=KEY, **given)


def test_a_tool_without_a_key_says_so():
    with pytest.raises(ConfigurationError, match="AI302_API_KEY"):
        AI302ImageTool()


@pytest.mark.parametrize("kind", [AI302ImageTool, AI302AvatarTool])
def test_a_tool_shows_no_key_and_survives_copies_and_pickles(kind, monkeypatch):
    tool = kind(api_key="canary-1", max_images=3, default_headers={"x": "canary-2"})
    for text in (repr(tool), str(tool), dumps(tool), str(tool.model_dump())):
        assert "canary" not in text
    packed = pickle.dumps(tool)
    assert b"canary" not in packed
    monkeypatch.setenv("AI302_API_KEY", "from-environment")
    again = pickle.loads(packed)
    assert again.args == tool.args
    assert again._context.budget.most_images == 3
    assert again._gateway.settings.api_key == "from-environment"
    same = copy.deepcopy(tool)
    assert same._context.budget is tool._context.budget
    assert same.api_key == tool.api_key
    assert copy.copy(tool)._context.budget is tool._context.budget


def test_a_tool_is_a_context_manager_in_both_worlds(gateway):
    async def use():
        async with AI302ImageTool(api_key=gateway.api_key, base_url=gateway.base_url) as tool:
            return await tool.ainvoke(FOX)

    assert "Made 1 image" in asyncio.run(use())


def test_a_task_needs_no_one_to_tell_its_progress_to(gateway):
    given = {"api_key": gateway.api_key, "base_url": gateway.base_url, "as_task": True}
    with AI302ImageTool(**given, polling=PollPolicy(first_wait=0.0)) as tool:
        assert tool._run(**FOX)[1]["task_id"]
        assert asyncio.run(tool._arun(**FOX))[1]["task_id"]


def test_the_package_loads_its_tools_when_they_are_asked_for():

    assert langchain_302.AI302ImageTool is AI302ImageTool
    assert sorted(dir(langchain_302)) == sorted(langchain_302.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = langchain_302.Nothing
