"""Images and avatars: what is sent, what is read, and that a paid job is sent once."""

import asyncio
import base64
import json
import re

import pytest

from core_302 import (
    AI302Error,
    AvatarRequest,
    ConnectionFailedError,
    ConnectionLostError,
    GatewayError,
    ImageRequest,
    InvalidInputError,
    InvalidRequestError,
    JobFailedError,
    MalformedReplyError,
    NotFoundError,
    OpenAIImageRequest,
    PollPolicy,
    QuotaError,
    RateLimitError,
    RequestTimeoutError,
    Timeouts,
)
from core_302.flows.cost import records_of
from tests.conftest import BothFaces
from tests.drawn import png
from tests.scripted_server import Close, Reset, Stall, reply

PHOTO = "https://images.example/face.png"
LINK = "https://file.example/1.png"
PNG = png(4, 4)
BASE64 = base64.b64encode(PNG).decode()
DRAW = ImageRequest(prompt="a fox", model="flux-dev-t2i")
PORTRAY = AvatarRequest(image=PHOTO, person_type="female", style="Watercolor", num=2)


def image_reply(**more):
    return reply(200, {"image_url": LINK, "data": {}, **more}, headers={"request-id": "r-1"})


def task(status, **more):
    return {"task_id": "t-1", "status": status, "created_at": "2026-11-21T00:00:00Z", **more}


def form_parts(seen):
    """Return the parts of a form as (name, filename, media type, content)."""
    boundary = seen.headers["content-type"].partition("boundary=")[2].encode()
    parts = []
    for part in seen.content.split(b"--" + boundary)[1:-1]:
        head, _, content = part.strip(b"\r\n").partition(b"\r\n\r\n")
        found = re.search(rb'name="([^"]+)"(?:; filename="([^"]+)")?', head)
        kind = re.search(rb"Content-Type: (\S+)", head)
        names = [g.decode() if g else None for g in (*found.groups(), kind and kind[1])]
        parts.append((*names, content))
    return parts


def test_an_image_is_asked_for_as_the_page_spells_it(connect, server):
    server.answer(image_reply())
    asked = ImageRequest(
        prompt="sky city",
        model="luma-t2i",
        width=640,
        height=480,
        negative_prompt="people",
        aspect_ratio="4:3",
        output_format="webp",
        images=PHOTO,
        extra_body={"size": "1K"},
    )
    job = connect(server.url).call("generate_image", asked)
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/302/image/generate")
    assert seen.json == {
        "prompt": "sky city",
        "model": "luma-t2i",
        "width": 640,
        "height": 480,
        "negative_prompt": "people",
        "aspect_ratio": "4:3",
        "output_format": "webp",
        "image": PHOTO,
        "size": "1K",
    }
    assert [image.link for image in job.images] == [LINK]
    assert (job.request_id, job.cost_ids, job.task_id) == ("r-1", ("r-1",), None)


def test_what_was_not_set_is_not_sent(connect, server):
    server.answer(image_reply())
    connect(server.url).call("generate_image", DRAW)
    assert server.seen[0].json == {"prompt": "a fox", "model": "flux-dev-t2i"}


def test_bytes_go_as_a_form(connect, server):
    server.answer(image_reply())
    asked = ImageRequest(prompt="größer", model="flux-dev-t2i", width=512, images=PNG)
    connect(server.url).call("generate_image", asked)
    (seen,) = server.seen
    assert seen.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert form_parts(seen) == [
        ("prompt", None, None, "größer".encode()),
        ("model", None, None, b"flux-dev-t2i"),
        ("width", None, None, b"512"),
        ("image", "image.png", "image/png", PNG),
    ]


def test_avatars_are_asked_for_as_the_page_spells_it(connect, server):
    server.answer(reply(200, {"headshot_url_list": [LINK, LINK + "?2"]}))
    asked = AvatarRequest(
        image=PHOTO, person_type="male", style=17, num=2, width=256, height=1036, model="gpt-4o"
    )
    job = connect(server.url).call("generate_avatars", asked)
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/302/headshot/generate")
    assert seen.json == {
        "image": PHOTO,
        "person_type": "male",
        "style": 17,
        "num": 2,
        "width": 256,
        "height": 1036,
        "model": "gpt-4o",
    }
    assert [image.link for image in job.images] == [LINK, LINK + "?2"]


def test_a_photo_in_bytes_and_a_look_in_words_go_as_a_form(connect, server):
    server.answer(reply(200, {"headshot_url_list": [LINK]}))
    asked = AvatarRequest(image=PNG, person_type="kid", custom_prompt="as a pirate")
    connect(server.url).call("generate_avatars", asked)
    assert form_parts(server.seen[0]) == [
        ("image", "image.png", "image/png", PNG),
        ("person_type", None, None, b"kid"),
        ("custom_prompt", None, None, b"as a pirate"),
        ("num", None, None, b"1"),
    ]


def test_openai_images_are_asked_for_with_the_format_in_the_query(connect, server):
    server.answer(reply(200, {"data": [{"url": "", "b64_json": BASE64}], "usage": USAGE}))
    asked = OpenAIImageRequest(
        prompt="a fox", model="gpt-image-1", size="1024x1024", n=1, response_format="b64_json"
    )
    job = connect(server.url).call("generate_openai_image", asked)
    (seen,) = server.seen
    assert seen.path == "/v1/images/generations?response_format=b64_json"
    assert seen.json == {"prompt": "a fox", "model": "gpt-image-1", "size": "1024x1024", "n": 1}
    assert [(image.link, image.content) for image in job.images] == [(None, PNG)]
    assert (job.usage.input_tokens, job.usage.output_tokens) == (13, 272)
    assert BASE64 not in repr(job)


USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "input_tokens": 13, "output_tokens": 272}


def test_openai_edits_send_each_image_as_image(connect, server):
    server.answer(reply(200, {"data": [{"url": LINK, "b64_json": ""}]}))
    asked = OpenAIImageRequest(prompt="both", model="gpt-image-1", images=(PNG, PNG), mask=PNG)
    connect(server.url).call("generate_openai_image", asked)
    (seen,) = server.seen
    assert seen.path == "/v1/images/edits"
    names = [(name, filename) for name, filename, _, _ in form_parts(seen)]
    assert names[-3:] == [("image", "image.png"), ("image", "image.png"), ("mask", "mask.png")]


def test_the_second_version_in_one_call(connect, server):
    server.answer(reply(200, task("completed", image_url=LINK, image_urls=[LINK, LINK + "?2"])))
    asked = ImageRequest(prompt="a fox", model="m", images=PNG)
    job = connect(server.url).call("generate_image_v2", asked)
    (seen,) = server.seen
    assert seen.path == "/302/v2/image/generate?run_async=false"
    assert seen.json["image"] == f"data:image/png;base64,{BASE64}"
    assert [image.link for image in job.images] == [LINK, LINK + "?2"]
    assert job.task_id == "t-1"


@pytest.mark.parametrize(
    ("body", "links"),
    [
        ({"image_url": LINK, "data": {}}, [LINK]),
        ({"image_url": "", "image_urls": [LINK]}, [LINK]),
        ({"image_url": "", "data": {"output": f'["{LINK}"]'}}, [LINK]),
        ({"image_url": None, "data": {"output": LINK}}, [LINK]),
        ({"image_url": "", "data": {"output": [LINK]}}, [LINK]),
        ({"image_url": "", "data": {"data": [{"url": LINK}]}}, [LINK]),
        ({"image_url": LINK, "data": {"output": f'["{LINK}?raw"]'}}, [LINK]),
        ({"data": [{"url": LINK, "b64_json": BASE64}]}, [LINK]),
        ({"data": [{"url": LINK}, {"url": ""}, {}]}, [LINK]),
        ({"headshot_url_list": [LINK, LINK]}, [LINK]),
        ({"image_url": f"data:image/png;base64,{BASE64}"}, [PNG]),
        ({"data": [{"b64_json": BASE64}]}, [PNG]),
    ],
)
def test_an_image_is_found_wherever_the_reply_has_it(connect, server, body, links):
    server.answer(reply(200, body))
    job = connect(server.url).call("generate_image", DRAW)
    assert [image.link or image.content for image in job.images] == links


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"image_url": "", "data": {}}, "is not a response with an image's link or data"),
        ({"image_url": "", "data": {"output": "[broken"}}, "link or data"),
        ({"image_url": "javascript:alert(1)"}, "link or data"),
        ({"image_url": "file:///etc/passwd", "data": []}, "link or data"),
        ({"data": [{"url": "", "b64_json": ""}]}, "link or data"),
        ({"data": [{"b64_json": "!!!"}]}, "is not valid base64"),
        ({"data": [{"b64_json": base64.b64encode(b"<svg/>").decode()}]}, "is not an image"),
        ({}, "link or data"),
        ([], "is not a response with an image"),
        (b"<html>login</html>", "is not a response with an image"),
    ],
)
def test_a_reply_without_an_image_says_that_it_may_have_been_billed(connect, server, body, says):
    server.answer(reply(200, body))
    with pytest.raises(MalformedReplyError, match=says) as caught:
        connect(server.url).call("generate_image", DRAW)
    assert caught.value.billed == "maybe"
    assert "may have run and been billed" in str(caught.value)
    assert len(server.seen) == 1


def test_an_image_of_too_many_pixels_is_refused(connect, server):
    huge = PNG[:16] + b"\x00\x00\xff\xff\x00\x00\xff\xff" + PNG[24:]
    server.answer(reply(200, {"data": [{"b64_json": base64.b64encode(huge).decode()}]}))
    with pytest.raises(MalformedReplyError, match="65535x65535 pixels: too many"):
        connect(server.url).call("generate_image", DRAW)


def test_base64_is_not_kept_twice_in_what_is_raw(connect, server):
    long = base64.b64encode(png(90, 90) + b"\0" * 500).decode()
    server.answer(reply(200, {"data": [{"b64_json": long}], "note": "a text " * 60}))
    job = connect(server.url).call("generate_image", DRAW)
    assert long not in json.dumps(job.raw)
    assert job.raw["note"].startswith("a text")
    assert f"({len(long)} characters)" in job.raw["data"][0]["b64_json"]


CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"
FAULTS = {
    "500": (reply(500, {"error": {"err_code": -1, "message": "boom"}}), 1, GatewayError, "maybe"),
    "502": (reply(502, b"bad gateway"), 1, GatewayError, "maybe"),
    "504": (reply(504, b"too slow"), 1, GatewayError, "maybe"),
    "reset": ([Reset], 1, ConnectionLostError, "maybe"),
    "closed": ([Close], 1, ConnectionLostError, "maybe"),
    "cut": ([CUT, Close], 1, ConnectionLostError, "maybe"),
    "429": (reply(429, {"error": {"message": "slow"}}), 3, RateLimitError, "no"),
    "422": (reply(422, {"error": {"message": "no"}}), 1, InvalidRequestError, "no"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    ("method", "asked"),
    [
        ("generate_image", DRAW),
        ("generate_image_v2", DRAW),
        ("generate_image_task", DRAW),
        ("start_image", DRAW),
        ("generate_openai_image", OpenAIImageRequest(prompt="a fox", model="gpt-image-1")),
        ("generate_avatars", PORTRAY),
    ],
)
def test_a_paid_job_is_sent_once_unless_nothing_was_done(connect, server, fault, method, asked):
    answer, requests, kind, billed = FAULTS[fault]
    server.answer(answer)
    with pytest.raises(kind) as caught:
        connect(server.url, max_retries=2).call(method, asked)
    assert len(server.seen) == requests
    assert (caught.value.billed, caught.value.attempts) == (billed, requests)
    assert ("It was not sent again" in str(caught.value)) == (billed == "maybe")


def test_a_paid_job_without_an_answer_in_time_is_sent_once(connect, server):
    server.answer([Stall])
    with pytest.raises(RequestTimeoutError, match="It was not sent again"):
        connect(server.url, timeout=0.5).call(
            "generate_image", DRAW
        )  # sent by then, on any machine
    assert len(server.seen) == 1


def test_a_refused_connection_is_tried_again_since_nothing_was_sent(connect):
    with pytest.raises(ConnectionFailedError) as caught:
        connect("http://127.0.0.1:1", max_retries=2).call("generate_image", DRAW)
    assert (caught.value.attempts, caught.value.billed) == (3, "no")


def test_jobs_have_a_time_limit_of_their_own(connect, server):
    server.answer([Stall])
    limits = Timeouts(total=60, job=0.05)
    with pytest.raises(RequestTimeoutError):
        connect(server.url, timeout=limits).call("generate_avatars", PORTRAY)
    assert Timeouts().job == 300.0


def test_a_task_is_ordered_once_and_asked_for_until_it_is_done(connect, server):
    server.answer(
        reply(200, task("pending")),
        reply(200, task("pending")),
        reply(500, {"error": {"message": "hiccup"}}),
        reply(200, task("processing")),
        reply(200, task("completed", image_url=LINK, ai302_cost_request_ids=["c-1", "c-2"])),
    )
    told = []
    face = connect(server.url)
    job = face.call("generate_image_task", DRAW, on_progress=told.append)
    assert [(seen.method, seen.path) for seen in server.seen] == [
        ("POST", "/302/v2/image/generate?run_async=true"),
        *[("GET", "/302/v2/image/fetch/t-1")] * 4,
    ]
    assert [item.status for item in told] == ["pending", "pending", "processing", "completed"]
    assert (job.task_id, job.cost_ids) == ("t-1", ("c-1", "c-2"))


def test_a_task_that_is_done_at_once_is_not_asked_for(connect, server):
    server.answer(reply(200, task("completed", image_url=LINK)))
    assert connect(server.url).call("generate_image_task", DRAW).images[0].link == LINK
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "answer",
    [
        reply(200, {"data": [{"b64_json": base64.b64encode(PNG).decode()}]}),
        reply(200, PNG, media_type="image/png"),
    ],
)
def test_images_that_come_in_place_of_a_task_are_kept(connect, server, answer):
    """They were paid for: a gateway that does not wait needs no id."""
    server.answer(answer)
    assert connect(server.url).call("generate_image_task", DRAW).images[0].content == PNG
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (
            reply(200, task("failed", error={"message": "the model refused", "err_code": -7})),
            JobFailedError,
            "The task failed: the model refused",
        ),
        (reply(200, task("completed")), MalformedReplyError, "link or data"),
        (reply(404, {"error": {"err_code": -10010, "message": "gone"}}), NotFoundError, "gone"),
        (reply(500, b"boom"), GatewayError, "boom"),
        (reply(200, {"status": "pending"}), MalformedReplyError, "a task with an id"),
        ([Reset], ConnectionLostError, "broke"),
    ],
)
def test_a_task_that_comes_to_nothing_is_named_so_that_it_is_not_paid_twice(
    connect, server, answer, kind, says
):
    server.answer(reply(200, task("pending")), answer)
    with pytest.raises(kind, match=says) as caught:
        connect(server.url, max_retries=1).call("generate_image_task", DRAW)
    assert (caught.value.task_id, caught.value.billed) == ("t-1", "maybe")
    assert "do not order it again; resume it by its id, 't-1'" in str(caught.value)
    assert sum(seen.method == "POST" for seen in server.seen) == 1


def test_a_task_that_fails_in_the_first_answer_is_named_too(connect, server):
    server.answer(reply(200, task("failed", error="no credit")))
    with pytest.raises(JobFailedError, match="no credit") as caught:
        connect(server.url).call("start_image", DRAW)
    assert caught.value.task_id == "t-1"


@pytest.mark.parametrize("status", ["processing", "dreaming", ""])
def test_a_task_that_never_ends_is_left_at_the_time_limit(connect, server, status):
    server.answer(reply(200, task(status), headers={"retry-after": "30"}))
    with pytest.raises(RequestTimeoutError, match="at its time limit") as caught:
        connect(server.url, timeout=5).call("generate_image_task", DRAW)
    assert caught.value.task_id == "t-1"
    assert sum(seen.method == "POST" for seen in server.seen) == 1


def test_a_task_can_be_started_looked_at_and_resumed(connect, server):
    face = connect(server.url)
    server.answer(reply(200, task("pending"), headers={"retry-after": "2"}))
    started = face.call("start_image", DRAW, webhook="https://me.example/hook")
    assert (started.task_id, started.job, started.retry_after) == ("t-1", None, 2.0)
    assert "webhook=https%3A%2F%2Fme.example%2Fhook" in server.seen[0].path
    server.answer(reply(200, task("processing")))
    assert face.call("image_task", "t-1").status == "processing"
    server.answer(reply(200, task("success", image_url=LINK)))
    assert face.call("resume_image", "t-1").images[0].link == LINK
    assert sum(seen.method == "POST" for seen in server.seen) == 1


BAD_IDS = ["..", ".", "", " ", "a/b", "a\\b", "a b", "a\n", "a\x00", "\ud800", "x" * 513]


@pytest.mark.parametrize("bad", BAD_IDS)
def test_what_is_no_id_is_refused_before_anything_is_sent(connect, server, bad):
    face = connect(server.url)
    for method in ("image_task", "resume_image", "record"):
        with pytest.raises(InvalidInputError, match=r"^(task|request)_id "):
            face.call(method, bad)
    assert server.seen == []


@pytest.mark.parametrize("bad", BAD_IDS[:-1])
def test_an_id_of_a_reply_that_is_none_is_not_asked_for(connect, server, bad):
    server.answer(reply(200, {**task("pending"), "task_id": bad}), reply(404))
    with pytest.raises(MalformedReplyError) as caught:
        connect(server.url).call("generate_image_task", DRAW)
    assert caught.value.billed == "maybe"
    assert len(server.seen) == 1
    done = {**task("completed", image_url=LINK), "task_id": bad or ".."}
    server.answer(reply(200, done))
    assert connect(server.url).call("generate_image_task", DRAW).images[0].link == LINK


def test_a_task_is_asked_for_by_the_id_that_was_ordered(connect, server):
    other = {**task("pending"), "task_id": "../.."}
    server.answer(reply(200, task("pending")), reply(200, other), reply(200, b"broken"))
    with pytest.raises(MalformedReplyError) as caught:
        connect(server.url).call("generate_image_task", DRAW)
    assert [seen.path for seen in server.seen[1:]] == ["/302/v2/image/fetch/t-1"] * 2
    assert caught.value.task_id == "t-1"


def test_what_cannot_be_a_webhook_is_refused(connect, server):
    with pytest.raises(InvalidInputError, match="webhook must be"):
        connect(server.url).call("start_image", DRAW, webhook="me")
    assert server.seen == []


def test_an_asynchronous_client_may_be_told_of_progress_by_a_coroutine(server):
    server.answer(reply(200, task("pending")), reply(200, task("completed", image_url=LINK)))
    told = []

    async def tell(item):
        told.append(item.status)

    BothFaces("async", server.url).call("generate_image_task", DRAW, on_progress=tell)
    assert told == ["pending", "completed"]


def test_pauses_between_questions_grow_have_jitter_and_obey_the_server():
    policy = PollPolicy(jitter=lambda: 0.0)
    waits = [policy.wait_before(poll, None) for poll in range(8)]
    assert waits[:3] == [1.0, 1.5, 2.25]
    assert waits[-1] == 10.0
    assert PollPolicy(jitter=lambda: 1.0).wait_before(0, None) == 1.25
    assert policy.wait_before(0, 30.0) == 30.0
    assert policy.wait_before(10_000, None) == 10.0


class Stop(BaseException):
    """What ends a program from outside, as Ctrl-C does."""


def test_a_task_that_is_left_by_ctrl_c_is_named_in_the_log(server, caplog):
    def stop(_):
        raise Stop

    server.answer(reply(200, task("pending")))
    with pytest.raises(Stop):
        BothFaces("sync", server.url).call("generate_image_task", DRAW, on_progress=stop)
    (record,) = [record for record in caplog.records if record.name == "ai302.tasks"]
    assert record.levelname == "WARNING"
    assert "resume it by its id, 't-1' (client.resume_image)" in record.getMessage()


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ([reply(200, task("pending")), [Stall]], "resume it by its id, 't-1'"),
        ([[Stall]], "A paid job was left before its answer came. The job may have run"),
    ],
)
async def test_a_job_that_is_cancelled_is_told_in_the_log(server, caplog, answers, says):
    server.answer(*answers)
    client = BothFaces("async", server.url).client
    running = asyncio.create_task(client.generate_image_task(DRAW))
    for _ in answers:
        await asyncio.to_thread(server.asked.acquire)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    (record,) = [record for record in caplog.records if record.name == "ai302.tasks"]
    assert record.levelname == "WARNING"
    assert says in record.getMessage()
    await client.aclose()


def test_a_task_costs_what_its_order_is_recorded_under_never_a_poll(connect, server):
    server.answer(
        reply(200, task("pending"), headers={"request-id": "order"}),
        reply(200, task("done", image_url=LINK), headers={"request-id": "poll"}),
    )
    job = connect(server.url).call("generate_image_task", DRAW)
    assert (job.request_id, job.cost_ids) == ("order", ("order",))
    job = connect(server.url).call("resume_image", "t-1")
    assert (job.request_id, job.cost_ids) == (None, ())


def test_an_error_under_200_is_the_error_that_it_says(connect, server):
    server.answer(reply(200, {"error": {"err_code": -10004, "message": "no balance"}}))
    with pytest.raises(QuotaError):
        connect(server.url).call("generate_image", DRAW)


def test_the_key_is_never_in_what_a_job_says(connect, server):
    server.answer(reply(500, {"error": {"message": "key test-key-not-real is bad"}}))
    with pytest.raises(AI302Error) as caught:
        connect(server.url).call("generate_image", DRAW)
    assert "test-key-not-real" not in f"{caught.value!r} {caught.value.body}"


def test_a_cost_id_of_a_reply_that_is_none_has_no_record():
    """And costs nobody the images that were paid for."""
    with pytest.raises(StopIteration) as end:
        next(records_of(BAD_IDS))
    assert end.value.value == {}
