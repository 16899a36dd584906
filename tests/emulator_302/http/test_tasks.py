"""Image tasks take polls, not seconds, and go as a test says."""

import httpx
import pytest

from emulator_302 import Outcome
from tests.emulator_302.gallery import SKY, TASK, opened, png, refusal


def start(caller, body=SKY, **query):
    reply = caller.http.post(TASK, json=body, params={"run_async": "true", **query})
    assert reply.status_code == 200, reply.text
    return reply


def poll(caller, task_id):
    return caller.http.get(f"/302/v2/image/fetch/{task_id}")


def states(caller, polls):
    task_id = start(caller).json()["task_id"]
    return [poll(caller, task_id).json()["status"] for _ in range(polls)]


def test_a_task_is_pending_then_processing_then_completed(caller):
    accepted = start(caller).json()
    assert set(accepted) == {"task_id", "status", "created_at"}
    assert accepted["status"] == "pending"
    first, last = (poll(caller, accepted["task_id"]).json() for _ in range(2))
    assert (first["status"], first["image_url"], first["image_urls"]) == ("processing", "", [])
    assert (last["status"], last["task_type"]) == ("completed", "image")
    assert last["image_urls"] == [last["image_url"]]
    assert opened(last["image_url"]).size == (1024, 1024)
    assert last["req"] == SKY
    assert last["raw_response"]["status"] == "succeeded"


def test_without_async_the_reply_is_the_finished_task(caller):
    for query in ({}, {"run_async": "false"}):
        done = caller.http.post(TASK, json=SKY, params=query).json()
        assert done["status"] == "completed"
        assert done["image_url"]
        assert done["completed_at"]


def test_a_webhook_makes_a_task_and_is_only_kept(caller):
    hook = "http://192.0.2.1/hook"
    accepted = caller.http.post(TASK, json=SKY, params={"webhook": hook}).json()
    assert accepted["status"] == "pending"
    assert poll(caller, accepted["task_id"]).json()["webhook"] == hook


def test_a_task_takes_as_many_polls_as_scripted(gateway, caller):
    gateway.script_task(Outcome(polls=4), Outcome(polls=1))
    assert states(caller, 4) == ["pending", "pending", "processing", "completed"]
    assert states(caller, 2) == ["completed", "completed"]
    assert states(caller, 2) == ["processing", "completed"]


def test_a_task_may_fail_with_an_error_object(gateway, caller):
    gateway.script_task(Outcome.fails("The prompt was refused", polls=1))
    reply = start(caller)
    failed = poll(caller, reply.json()["task_id"]).json()
    assert (failed["status"], failed["image_url"]) == ("failed", "")
    assert failed["error"]["message"] == "The prompt was refused"
    assert {"error", "error_type", "attempts", "is_network_error"} <= set(failed["error"])
    assert caller.http.get(f"/dashboard/record/{reply.headers['request-id']}").status_code == 404


def test_a_task_may_hang_for_ever(gateway, caller):
    gateway.script_task(Outcome.hangs())
    assert set(states(caller, 20)) == {"processing"}


def test_a_task_may_vanish(gateway, caller):
    gateway.script_task(Outcome.disappears(polls=2))
    task_id = start(caller).json()["task_id"]
    assert poll(caller, task_id).status_code == 200
    assert refusal(poll(caller, task_id))[:2] == (404, -10010)


def test_a_task_may_end_in_a_word_nobody_knows_or_without_a_link(gateway, caller):
    gateway.script_task(Outcome(polls=1, status="archived"), Outcome(polls=1, has_url=False))
    assert states(caller, 1) == ["archived"]
    done = poll(caller, start(caller).json()["task_id"]).json()
    assert (done["status"], done["image_url"], done["image_urls"]) == ("completed", "", [])


def test_an_outcome_holds_for_a_call_that_waits_too(gateway, caller):
    gateway.script_task(Outcome.fails("No"), Outcome.disappears())
    assert caller.http.post(TASK, json=SKY).json()["status"] == "failed"
    assert caller.http.post(TASK, json=SKY).status_code == 404


def test_outcomes_can_be_scripted_over_http(gateway, caller):
    control = gateway.base_url + "/_emulator/tasks"
    given = [{"polls": 1, "status": "failed", "error": {"message": "No"}}]
    assert httpx.post(control, json=given, trust_env=False).json() == {"tasks": 1}
    assert states(caller, 1) == ["failed"]
    for wrong in ([{"pols": 1}], [{"polls": 0}], [{"status": 5}], {"polls": 1}, [1]):
        assert httpx.post(control, json=wrong, trust_env=False).status_code == 400


def test_an_unknown_task_is_not_found_and_reset_forgets_tasks(gateway, caller):
    assert refusal(poll(caller, "unseen"))[:2] == (404, -10010)
    gateway.script_task(Outcome.hangs())
    task_id = start(caller).json()["task_id"]
    gateway.script_task(Outcome.hangs())
    gateway.reset()
    assert poll(caller, task_id).status_code == 404
    assert states(caller, 2)[-1] == "completed"


def test_a_task_names_the_request_that_is_charged(caller):
    reply = start(caller)
    task = poll(caller, reply.json()["task_id"]).json()
    assert task["ai302_cost_request_ids"] == [reply.headers["request-id"]]
    path = f"/dashboard/record/{reply.headers['request-id']}"
    assert caller.http.get(path).json()["data"]["cost"] > 0


def test_several_pictures_a_mask_and_fields_of_vendors_pass(caller):
    files = [("image", png("red")), ("image", png("blue")), ("mask_image", png("white"))]
    form = {**SKY, "model": "gemini-2.5-flash-image", "seed": "7"}
    done = caller.http.post(TASK, data=form, files=files).json()
    assert done["status"] == "completed"
    assert len(done["req"]["image"]) == 2
    assert done["req"]["seed"] == "7"


@pytest.mark.parametrize(
    ("query", "body", "named"),
    [
        ({"run_async": "yes"}, SKY, "run_async"),
        ({}, {**SKY, "run_async": True}, "run_async"),
        ({}, {**SKY, "webhook": "http://192.0.2.1/"}, "webhook"),
        ({}, {"model": "gpt-image-1"}, "prompt"),
        ({}, {**SKY, "width": "640"}, "width"),
        ({}, {**SKY, "image": [5]}, "image"),
        ({}, {**SKY, "model": "stable-sd3-i2i", "image": []}, "image"),
        ({}, [], "body"),
    ],
)
def test_a_wrong_task_is_refused_by_name(caller, query, body, named):
    status, code, message = refusal(caller.http.post(TASK, json=body, params=query))
    assert (status, code) == (422, -10003)
    assert named in message
