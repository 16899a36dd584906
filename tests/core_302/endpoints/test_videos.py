"""The replies about a video's task, in every form that they may have."""

import json

import pytest

from core_302 import ApiError, JobFailedError, MalformedReplyError
from core_302.endpoints.videos import read_video_order, read_video_poll
from core_302.http import Reply

LINK = "https://file.example/1.mp4"


def reply(headers=(), **body):
    headers = {"request-id": "r-1", **dict(headers)}
    return Reply(200, headers, json.dumps({"task_id": "t-1", **body}).encode())


def test_an_order_brings_a_task():
    task = read_video_order(reply(status="pending", created_at="2026-11-26T00:00:00Z"))
    assert (task.task_id, task.status, task.job, task.request_id) == ("t-1", "pending", None, "r-1")
    inside = Reply(200, {}, b'{"data": {"task_id": 7, "status": "Submitted"}}')
    assert (read_video_order(inside).task_id, read_video_order(inside).status) == ("7", "submitted")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"task_id": None, "error": {"err_code": -10008, "message": "no model"}}, ApiError),
        ({"task_id": "", "status": "pending"}, MalformedReplyError),
    ],
)
def test_an_order_without_a_task_is_an_error(body, kind):
    with pytest.raises(kind):
        read_video_order(reply(**body))


@pytest.mark.parametrize("status", ["pending", "processing", "queued", "IN_PROGRESS", None, ""])
def test_a_task_that_is_not_done_has_no_result(status):
    task = read_video_poll(reply({"retry-after": "3"}, status=status, video_url=""))
    assert (task.job, task.retry_after, task.request_id) == (None, 3.0, None)


@pytest.mark.parametrize(
    ("body", "links"),
    [
        *(
            ({"status": status, "video_url": LINK}, [LINK])
            for status in ("completed", "succeed", "success", "SUCCESS", "finished")
        ),
        ({"video_url": LINK}, [LINK]),
        ({"status": "done", "video_urls": [LINK, LINK + "?2"]}, [LINK, LINK + "?2"]),
        ({"status": "completed", "raw_response": {"output": {"video_url": LINK}}}, [LINK]),
        ({"status": "completed", "data": {"videos": [{"url": LINK}, {"url": LINK}]}}, [LINK]),
        (
            {
                "status": "completed",
                "video_url": "javascript:alert(1)",
                "req": {"url": "https://images.example/0.mp4"},
                "data": {"url": LINK, "cover_url": {"url": "https://file.example/c.mp4"}},
                "output": "https://file.example/1.PNG",
            },
            [LINK],
        ),
    ],
)
def test_a_result_is_read_wherever_its_link_stands(body, links):
    job = read_video_poll(reply(**body)).job
    assert [*job.links] == links
    assert (job.task_id, job.request_id, job.cost_ids) == ("t-1", None, ())
    assert read_video_order(reply(**body)).job.cost_ids == ("r-1",)


@pytest.mark.parametrize("ids", [["r-7", "r-8"], "r-7, r-8"])
def test_a_result_names_the_calls_under_which_it_was_billed(ids):
    body = {"status": "completed", "video_url": LINK, "ai302_cost_request_ids": ids}
    assert read_video_poll(reply(**body)).job.cost_ids == ("r-7", "r-8")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"status": "failed", "error": {"error": "FAILED", "message": "no people"}}, "no people"),
        ({"status": "error", "error": "no people"}, "no people"),
        ({"status": "", "error": {"message": "no people"}}, "no people"),
        ({"status": "FAILED"}, "failed"),
        ({"status": "completed", "error": {"message": "no people"}}, "no people"),
        (
            {
                "status": "failed",
                "error": None,
                "raw_response": {"output": {"message": "upstream"}},
            },
            "failed: upstream",
        ),
    ],
)
def test_a_task_that_failed_says_why(body, said):
    with pytest.raises(JobFailedError, match=f"The task failed: {said}") as caught:
        read_video_poll(reply(**body))
    error = caught.value
    assert (error.task_id, error.billed, error.request_id) == ("t-1", "maybe", "r-1")


def test_a_task_that_is_done_and_names_no_video_is_told_with_its_id():
    with pytest.raises(MalformedReplyError, match="a task with a video") as caught:
        read_video_poll(reply(status="completed", video_url=""))
    assert caught.value.task_id == "t-1"
    with pytest.raises(MalformedReplyError):
        read_video_poll(Reply(200, {}, b"[]"))


def test_what_a_reply_repeats_of_an_image_is_not_kept():
    image = "data:image/png;base64," + "A" * 1000
    job = read_video_poll(reply(status="done", video_url=LINK, req={"image": image})).job
    assert len(job.raw["req"]["image"]) < 100
