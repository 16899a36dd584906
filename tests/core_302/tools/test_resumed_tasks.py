"""Whatever tool ordered a task, an error names the task and how a tool asks for it again."""

import base64
from pathlib import Path

import pytest

from core_302 import AI302Error, Client, PollPolicy, RetryPolicy, Settings
from core_302.tools.capabilities import CAPABILITIES
from core_302.tools.context import ToolContext
from emulator_302 import Fault

pytest_plugins = ["emulator_302.pytest_plugin"]

PHOTO = Path(__file__).parents[3] / "cookbook" / "images" / "photo.png"
IMAGE = f"data:image/png;base64,{base64.b64encode(PHOTO.read_bytes()).decode()}"
FETCH = "/302/v2/image/fetch/"
ORDERS = {
    "generate_image": ({"prompt": "a tram"}, FETCH),
    "edit_image": ({"prompt": "at night", "images": [IMAGE]}, FETCH),
    "generate_video": ({"prompt": "a tram"}, "/302/v2/video/fetch/"),
    "speak": ({"text": "Good morning!"}, "/302/v2/audio/fetch/"),
    "upscale_image": ({"image": IMAGE}, "/302/task/"),
}
NO = {"error": {"message": "no"}}
RESUMABLE = [one for one in CAPABILITIES if one.resume is not None]
ORDERED = [one for one in CAPABILITIES if one.name in ORDERS]


@pytest.fixture
def gateway(ai302_emulator):
    where = {"api_key": ai302_emulator.api_key, "base_url": ai302_emulator.base_url}
    never = RetryPolicy(max_retries=0)
    with Client(Settings(**where), retry=never, polling=PollPolicy(first_wait=0.0)) as client:
        yield client


def broken(gateway, flow):
    with pytest.raises(AI302Error) as caught:
        gateway.run(flow)
    return caught.value


@pytest.mark.parametrize("capability", RESUMABLE, ids=lambda one: one.name)
def test_a_resumed_task_whose_poll_breaks_is_resumed_by_the_tool(
    gateway, ai302_emulator, capability
):
    ai302_emulator.inject(Fault(status=400, body=NO, times=None))
    settings = capability.settings()
    flow = capability.resumed(ToolContext.of(settings), settings, "t-1")
    assert "'t-1' (tool.resume)" in broken(gateway, flow).message


@pytest.mark.parametrize("capability", ORDERED, ids=lambda one: one.name)
def test_a_new_task_whose_poll_breaks_is_resumed_by_the_tool(gateway, ai302_emulator, capability):
    arguments, polled = ORDERS[capability.name]
    ai302_emulator.inject(Fault(path=polled, status=400, body=NO))
    settings = capability.settings()
    flow = capability.run(ToolContext.of(settings), settings, arguments)
    error = broken(gateway, flow)
    assert error.task_id
    assert f"{error.task_id!r} (tool.resume)" in error.message
