"""A tool that is left after its job was paid names in the log what was made, and nothing else."""

import json
import logging

import pytest

from core_302.flow import AskPolicies, AskTime, Fetch, Limit, Pause, Policies, Progress, Resolve
from core_302.http import Reply, Request
from core_302.retry import PollPolicy, RetryPolicy
from core_302.tools.context import ToolContext
from core_302.tools.generate_video import GENERATE_VIDEO
from core_302.tools.made_files import MOST_FILES, TOO_MANY, kept_files
from core_302.tools.run_code import RUN_CODE
from core_302.tools.settings import CodeSettings, SpeechSettings, VideoSettings
from core_302.tools.speak import SPEAK

LINK = "https://file.example/1.mp4"
POLICIES = Policies(RetryPolicy(), PollPolicy(), ())
RUN = {"result": {"stdout": [], "file": {"url": LINK}}, "code": 0}
DONE = {
    "task_id": "t-1",
    "status": "done",
    "video_url": LINK,
    "audio_url": LINK,
    "ai302_cost_request_ids": "r-1",
}


def left_at(flow, answers, kind):
    """Drive a flow by hand up to its first step of a kind that nothing answers, and leave it."""
    answers, step = [*answers], next(flow)
    while True:
        if isinstance(step, kind) and not answers:
            flow.close()
            return step
        result = None
        if isinstance(step, AskPolicies):
            result = POLICIES
        elif isinstance(step, AskTime):
            result = 0.0
        elif isinstance(step, Request):
            result = Reply(200, {"request-id": "r-1"}, json.dumps(answers.pop(0)).encode())
        else:
            assert isinstance(step, (Limit, Pause, Progress, Resolve))
        step = flow.send(result)


def code_tool(context):
    asked = {"code": "1", "download_path": "a.txt"}
    return RUN_CODE.run(context, CodeSettings(), asked)


def video_tool(context):
    return GENERATE_VIDEO.run(context, VideoSettings(), {"prompt": "a fox"})


def resumed_video(context):
    return GENERATE_VIDEO.resumed(context, VideoSettings(), "t-1")


def speech_tool(context):
    return SPEAK.run(context, SpeechSettings(), {"text": "Hi."})


def resumed_speech(context):
    return SPEAK.resumed(context, SpeechSettings(), "t-1")


@pytest.mark.parametrize(
    ("flow", "answers", "said"),
    [
        (code_tool, [RUN], "A program was run and paid when its tool was left"),
        (video_tool, [DONE], "A video was made and paid when its tool was left"),
        (resumed_video, [DONE], "A video was made and paid when its tool was left"),
        (speech_tool, [DONE], "A text was read aloud and paid when its tool was left"),
        (resumed_speech, [DONE], "A text was read aloud and paid when its tool was left"),
    ],
)
@pytest.mark.parametrize("place", [Request, Fetch], ids=["its cost", "its file"])
def test_what_was_made_is_named_wherever_the_tool_is_left(
    flow, answers, said, place, tmp_path, caplog
):
    context = ToolContext(output_dir=tmp_path, look_up_cost=place is Request)
    with caplog.at_level(logging.WARNING, "ai302.tasks"):
        step = left_at(flow(context), answers, place)
    assert (step.path if place is Request else step.url) in ("/dashboard/record/r-1", LINK)
    assert [record.getMessage() for record in caplog.records] == [f"{said}: {LINK}"]


def test_a_program_that_brought_no_file_is_not_named(tmp_path, caplog):
    flow = code_tool(ToolContext(output_dir=tmp_path))
    with caplog.at_level(logging.WARNING, "ai302.tasks"):
        left_at(flow, [{"result": {"stdout": ["a"]}, "code": 0}], Request)
    assert caplog.records == []


def test_of_a_reply_that_names_too_many_files_the_first_are_fetched():
    links = [f"{LINK}?{number}" for number in range(1_000)]
    with pytest.raises(StopIteration) as end:
        next(kept_files(ToolContext(), links, "a"))
    files = end.value.value
    assert [file["url"] for file in files] == links
    assert [file["problem"] for file in files] == [None] * MOST_FILES + [TOO_MANY] * 984
