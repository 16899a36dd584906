"""The result of a call in OpenAI's form that is answered later, in every form that it may have."""

import json

import pytest

from core_302 import ApiError, InvalidInputError, JobFailedError, MalformedReplyError
from core_302.endpoints.async_results import async_result_request, read_async_result
from core_302.endpoints.image_reply import read_task
from core_302.http import Reply

LINK = "https://file.example/1.png"


def reply(body):
    return Reply(200, {"request-id": "r-9"}, json.dumps(body).encode())


def result(**fields):
    return reply({"content_type": "application/json", "err": "", "status_code": 200, **fields})


@pytest.mark.parametrize(
    "data",
    [
        {"data": [{"url": LINK}], "created": 1},
        [{"url": LINK, "b64_json": ""}],
        {"url": LINK},
        json.dumps({"data": [{"url": LINK}]}),
        LINK,
    ],
)
def test_a_result_is_read_wherever_its_images_stand(data):
    task = read_async_result(result(data=data), "t-1")
    assert (task.task_id, task.status, task.job.task_id) == ("t-1", "completed", "t-1")
    assert [image.link for image in task.job.images] == [LINK]


@pytest.mark.parametrize(
    "fields",
    [
        {"data": None, "err": "result pending", "status_code": 0},
        {"data": None, "status_code": 0},
        {"data": "", "status_code": None},
        {"data": {}},
    ],
)
def test_what_has_no_result_yet_is_processing(fields):
    assert read_async_result(result(**fields), "t-1").status == "processing"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"data": None, "err": "upstream is down", "status_code": 0}, "upstream is down"),
        ({"data": {"error": {"message": "no such size"}}, "status_code": 400}, "no such size"),
        ({"data": None, "status_code": 502}, "no reason was given"),
    ],
)
def test_a_result_that_is_a_failure_says_why(fields, says):
    with pytest.raises(JobFailedError, match=f"The task failed: {says}") as caught:
        read_async_result(result(**fields), "t-1")
    assert (caught.value.request_id, caught.value.billed) == ("r-9", "maybe")


def test_an_error_in_the_place_of_a_result_is_an_error():
    with pytest.raises(ApiError, match="not today"):
        read_async_result(result(data={"error": {"message": "not today"}}), "t-1")
    with pytest.raises(ApiError, match="no such task"):
        read_async_result(reply({"code": -1, "msg": "no such task"}), "t-1")
    with pytest.raises(MalformedReplyError):
        read_async_result(result(data={"created": 1}), "t-1")


def test_an_order_brings_a_task_or_its_images_at_once():
    assert read_task(reply({"task_id": "t-1"})).task_id == "t-1"
    done = read_task(reply({"data": [{"url": LINK}]}))
    assert (done.status, done.request_id, done.job.images[0].link) == ("completed", "r-9", LINK)
    with pytest.raises(ApiError, match="bad"):
        read_task(reply({"error": {"message": "bad"}}))


def test_a_task_without_a_name_is_not_asked_for():
    with pytest.raises(InvalidInputError, match="task_id is empty"):
        async_result_request(" ", "/async_result")
