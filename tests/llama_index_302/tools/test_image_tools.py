"""AI302ToolSpec on the emulator: what a model may say, what it gets, what it must not reach."""

import asyncio
import inspect
import pickle
from pathlib import Path

import pytest
from llama_index.core.base.llms.types import ImageBlock, TextBlock
from llama_index.core.tools.tool_spec.base import BaseToolSpec

from core_302 import (
    BudgetError,
    ClosedError,
    ConfigurationError,
    InvalidInputError,
    MalformedReplyError,
    PollPolicy,
)
from core_302.endpoints.chat_reply import About, Choice, Completion
from core_302.tools.answers import answer_in_words
from core_302.tools.capability import ToolResult
from llama_index_302 import AI302ToolSpec
from llama_index_302.tools import TOOLS, blocks_of
from tests.conftest import KEY

pytest_plugins = ["emulator_302.pytest_plugin"]
IMAGES = Path(__file__).parents[3] / "cookbook" / "images"


@pytest.fixture(params=["sync", "async"])
def tools(request, ai302_emulator):
    """Return a function that makes a spec, and calls its tools as an agent does."""
    made = []

    class Tools:
        def __init__(self, **given):
            trusted = (ai302_emulator.file_host,)
            self.spec = AI302ToolSpec(
                api_key=ai302_emulator.api_key,
                api_base=ai302_emulator.base_url,
                **{"trusted_hosts": trusted, "polling": PollPolicy(first_wait=0.0), **given},
            )
            self.tools = {tool.metadata.name: tool for tool in self.spec.to_tool_list()}
            made.append(self.spec)

        def call(self, name, **arguments):
            if request.param == "sync":
                return self.tools[name].call(**arguments)
            return asyncio.run(self.tools[name].acall(**arguments))

        def run(self, name, *given):
            result = getattr(self.spec, name if request.param == "sync" else f"a{name}")(*given)
            return asyncio.run(result) if inspect.isawaitable(result) else result

    yield Tools
    for spec in made:
        spec.close()


def test_the_spec_is_one_of_llama_index_with_pairs_of_functions():
    assert BaseToolSpec in AI302ToolSpec.__mro__
    for blocking, awaiting in AI302ToolSpec.spec_functions:
        assert not inspect.iscoroutinefunction(getattr(AI302ToolSpec, blocking))
        assert inspect.iscoroutinefunction(getattr(AI302ToolSpec, awaiting))


def test_a_model_reads_what_it_may_decide_and_nothing_else(tools):
    found = tools(more_image_models=("flux-dev",)).tools
    assert list(found) == [kind.capability.name for kind in TOOLS]
    for kind in TOOLS:
        tool = found[kind.capability.name]
        schema = tool.metadata.get_parameters_dict()["properties"]
        assert tool.metadata.description == kind.capability.full_description
        hidden = {"api_key", "base_url", "output_dir", "extra_body", "on_unsupported", "ocr"}
        assert not schema.keys() & hidden
    assert "model" in found["generate_image"].metadata.get_parameters_dict()["properties"]
    assert AI302ToolSpec(api_key=KEY).get_metadata_from_fn_name("close") is None


def test_an_image_is_drawn_kept_and_shown(tools, tmp_path):
    mine = tools(output_dir=tmp_path, max_images=2)
    output = mine.call("generate_image", prompt="a red fox")
    text, image = output.blocks
    assert "saved as" in text.text
    assert isinstance(image, ImageBlock)
    assert image.image_mimetype == "image/png"
    assert str(image.url).startswith("http")
    assert len(list(tmp_path.iterdir())) == 1
    assert (mine.spec.images_made, mine.spec.reports[0]["kind"]) == (1, "image")
    assert mine.spec.spent > 0


def test_images_are_only_told_to_a_model_without_eyes(tools):
    output = tools(show_images_to_model=False).call("generate_image", prompt="a red fox")
    assert [type(block) for block in output.blocks] == [TextBlock]


def test_avatars_are_made_from_a_photo_that_was_allowed(tools):
    mine = tools(allowed_dirs=[IMAGES])
    output = mine.call(
        "generate_avatar", image="photo.png", person_type="female", style="comic", num=2
    )
    assert [type(block) for block in output.blocks] == [TextBlock, ImageBlock, ImageBlock]


def test_a_task_tells_its_progress_and_can_be_resumed(tools):
    told = []
    mine = tools(as_task=True, on_progress=told.append)
    mine.call("generate_image", prompt="a red fox")
    task_id = mine.spec.reports[0]["task_id"]
    assert told[-1].task_id == task_id
    assert isinstance(mine.run("resume", task_id)[1], ImageBlock)


def test_the_web_is_searched(tools):
    text = tools().call("web_search", query="AI news").content
    assert text.startswith("1. ")
    assert "\n   https://" in text


def test_an_image_is_read(tools):
    mine = tools(allowed_dirs=[IMAGES])
    said = mine.call("read_image", image="receipt.png", question="What is the total?")
    assert "32.10" in said.content
    assert "TOTAL" in mine.call("read_image", image="receipt.png").content


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("read_image", {"image": "/etc/passwd"}, "no image"),
        ("read_image", {"image": "../../pyproject.toml"}, "no image"),
        ("read_image", {"image": "~/.ssh/id_rsa"}, "no image"),
        ("read_image", {"image": "file:///etc/passwd"}, "only http"),
        ("read_image", {"image": "http://169.254.169.254/"}, "internal address"),
        ("read_image", {"image": "data:text/plain;base64,cm9vdA=="}, "not an image"),
        ("read_image", {}, "image: Field required"),
        ("web_search", {"query": " "}, "is empty"),
        ("web_search", {"query": "x", "extra_body": {}}, "no such argument"),
        ("generate_image", {"prompt": "x", "extra_body": {"a": 1}}, "no such argument"),
        ("generate_image", {"prompt": "x", "images": ["photo.png"]}, "images: unknown"),
        ("edit_image", {"prompt": "x", "images": "/etc/passwd"}, "images: there is no image"),
        ("edit_image", {"prompt": "x", "images": ["photo.png", "file:///x"]}, "images: only"),
        ("edit_image", {"prompt": "x", "images": ["photo.png"] * 10}, "at most 9"),
        ("edit_image", {"prompt": "x", "images": []}, "images: "),
        ("edit_image", {"prompt": "x"}, "images: Field required"),
        ("edit_image", {"prompt": "x", "images": [5]}, "images: "),
        (
            "edit_image",
            {"prompt": "x", "images": "photo.png", "mask": "photo.png"},
            "mask: unknown",
        ),
        ("generate_image", {"prompt": "x", "n": 1000}, "n: should be less than or equal to 15"),
        ("generate_avatar", {"image": "http://10.0.0.1/a", "person_type": "kid"}, "internal"),
        ("generate_avatar", {"image": "photo.png", "person_type": "kid"}, "give a style"),
    ],
)
def test_what_a_model_must_not_say_is_refused_before_anything_is_sent(
    tools, ai302_emulator, name, arguments, says
):
    mine = tools(allowed_dirs=[IMAGES], trusted_hosts=None)
    before = len(ai302_emulator.requests)
    with pytest.raises(InvalidInputError, match=says):
        mine.call(name, **arguments)
    assert len(ai302_emulator.requests) == before


def test_the_limit_of_images_holds(tools):
    mine = tools(max_images=1)
    mine.call("generate_image", prompt="a fox")
    with pytest.raises(BudgetError, match="0 are left"):
        mine.call("generate_image", prompt="a hare")


def test_an_image_without_a_link_is_shown_by_its_file_or_not_at_all(tmp_path):
    (tmp_path / "a.png").write_bytes(b"x")
    made = dict.fromkeys(("url", "path", "media_type", "width", "height", "bytes", "problem"))
    images = [made, {**made, "path": str(tmp_path / "a.png"), "media_type": "image/png"}]
    shown = blocks_of(ToolResult("Made 2 images", images=images), shown=True)
    assert [getattr(block, "path", None) for block in shown] == [None, tmp_path / "a.png"]


def test_an_answer_without_text_is_an_error_for_a_tool():
    with pytest.raises(MalformedReplyError, match="no text"):
        answer_in_words(Completion((Choice(0),), About(), {}))


def test_folders_are_checked_when_the_tools_are_made(tmp_path):
    with pytest.raises(ConfigurationError, match="there is no folder"):
        AI302ToolSpec(api_key=KEY, allowed_dirs=[tmp_path / "missing"])


def test_the_key_is_in_no_repr_and_no_pickle():
    spec = AI302ToolSpec(api_key="canary-1")
    assert "canary-1" not in repr(spec) + str(vars(spec))
    assert b"canary-1" not in pickle.dumps(spec)


def test_what_was_closed_says_so():
    with AI302ToolSpec(api_key=KEY) as spec:
        pass
    with pytest.raises(ClosedError):
        spec.web_search(query="x")

    async def use():
        async with AI302ToolSpec(api_key=KEY) as spec:
            pass
        with pytest.raises(ClosedError):
            await spec.aweb_search(query="x")

    asyncio.run(use())


CHOICES = {
    "generate_video": {"video": {"model": "wan2.7-t2v", "more_models": ["happyhorse-1.0-t2v"]}},
    "speak": {"speech": {"voice": "nova", "more_voices": ["alloy", "echo"]}},
}


@pytest.mark.parametrize("awaited", [False, True], ids=["blocking", "awaited"])
@pytest.mark.parametrize(
    ("name", "said", "sent"),
    [
        (
            "generate_video",
            {"prompt": "a fox", "model": "happyhorse-1.0-t2v"},
            {"model": "happyhorse-1.0-t2v"},
        ),
        ("generate_video", {"prompt": "a fox"}, {"model": "wan2.7-t2v"}),
        ("speak", {"text": "Hello.", "voice": "echo"}, {"voice": "echo"}),
        ("speak", {"text": "Hello."}, {"voice": "nova"}),
    ],
)
def test_a_method_takes_what_the_settings_of_its_spec_let_a_model_say(
    ai302_emulator, name, said, sent, awaited
):
    where = {"api_key": ai302_emulator.api_key, "api_base": ai302_emulator.base_url}
    polling = PollPolicy(first_wait=0.0)
    with AI302ToolSpec(**where, polling=polling, **CHOICES[name]) as spec:
        method = getattr(spec, f"a{name}" if awaited else name)
        told = asyncio.run(method(**said)) if awaited else method(**said)
    assert "http" in told
    order = next(one for one in ai302_emulator.requests if one.method == "POST")
    assert {field: order.body[field] for field in sent} == sent


def test_what_nobody_knows_is_an_error_of_the_language_and_what_was_set_one_of_ours():
    spec = AI302ToolSpec(api_key=KEY, transcription={"language": "en"})
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        spec.transcribe("a.mp3", colour="red")
    with pytest.raises(InvalidInputError, match=r"language: .*no such argument\. It takes audio\."):
        spec.transcribe("a.mp3", language="de")


def test_a_spec_hands_out_only_what_was_chosen_and_knows_the_names():
    where = {"api_key": KEY}
    with AI302ToolSpec(**where, only=["web_search", "speak"]) as spec:
        assert [tool.metadata.name for tool in spec.to_tool_list()] == ["web_search", "speak"]
        (one,) = spec.to_tool_list(["run_code"])
        assert one.metadata.name == "run_code"
    with AI302ToolSpec(**where, only="web_search") as spec:
        assert len(spec.to_tool_list()) == 1
    with pytest.raises(InvalidInputError, match="'web_serch' is not a tool"):
        AI302ToolSpec(**where, only=["web_serch"])
