"""Each image model is asked where it is served: whole requests, edits as tasks, gone models."""

import base64
import json

import pytest

import emulator_302
from core_302 import (
    AI302Error,
    Client,
    ImageRequest,
    InvalidInputError,
    ModelNotAvailableError,
    NotFoundError,
    OpenAIImageRequest,
    PollPolicy,
    Settings,
)
from core_302.options.image import LARGEST_INPUT
from tests.core_302.flows.test_image_jobs import LINK, PNG, form_parts, task
from tests.drawn import png
from tests.scripted_server import reply

URI = "data:image/png;base64," + base64.b64encode(PNG).decode()
PENDING = {"content_type": "", "data": None, "err": "result pending", "status_code": 0}
EDITED = {"content_type": "json", "err": "", "status_code": 200, "data": {"data": [{"url": LINK}]}}
DONE = task("completed", image_url=LINK)


def asked(model, **more):
    return ImageRequest(prompt="a fox", model=model, **more)


def paths(server):
    return [(seen.method, seen.path) for seen in server.seen]


@pytest.mark.parametrize(
    ("model", "as_task", "path"),
    [
        ("flux-dev-t2i", None, "/302/image/generate"),
        ("flux-dev-t2i", False, "/302/image/generate"),
        ("flux-dev-t2i", True, "/302/v2/image/generate?run_async=true"),
        ("wan2.7-image", None, "/302/v2/image/generate?run_async=true"),
        ("wan2.7-image", False, "/302/v2/image/generate?run_async=false"),
        ("not-listed", None, "/302/v2/image/generate?run_async=true"),
        ("not-listed", False, "/302/v2/image/generate?run_async=false"),
        ("gpt-image-1", None, "/v1/images/generations?response_format=url"),
    ],
)
def test_a_model_is_asked_where_it_is_served(connect, server, model, as_task, path):
    server.answer(reply(200, DONE))
    job = connect(server.url).call("generate_image", asked(model), as_task=as_task)
    assert paths(server) == [("POST", path)]
    assert server.seen[0].json == {"prompt": "a fox", "model": model}
    assert job.images[0].link == LINK


def test_a_model_of_2026_is_asked_in_its_own_words_and_waited_for(connect, server):
    server.answer(reply(200, task("pending")), reply(200, DONE))
    request = ImageRequest(
        prompt="a fox",
        model="doubao-seedream-5-0-260128",
        images=[LINK, PNG],
        size="2560x1440",
        n=3,
        extra_body={"watermark": False},
    )
    told = []
    connect(server.url).call("generate_image", request, on_progress=told.append)
    assert paths(server) == [
        ("POST", "/302/v2/image/generate?run_async=true"),
        ("GET", "/302/v2/image/fetch/t-1"),
    ]
    assert server.seen[0].json == {
        "prompt": "a fox",
        "model": "doubao-seedream-5-0-260128",
        "width": 2560,
        "height": 1440,
        "n": 3,
        "sequential_image_generation": "auto",
        "image": [LINK, URI],
        "watermark": False,
    }
    assert [item.status for item in told] == ["pending", "completed"]


def test_an_edit_is_a_form_and_a_task_and_its_cost_is_that_of_the_order(connect, server):
    server.answer(
        reply(200, {"task_id": "e-1"}, headers={"request-id": "order-1"}),
        reply(200, PENDING, headers={"request-id": "poll-1"}),
        reply(200, EDITED, headers={"request-id": "poll-2"}),
    )
    request = ImageRequest(
        prompt="at night",
        model="gpt-image-2",
        images=[PNG, URI],
        mask=PNG,
        size="1024x1536",
        n=2,
        quality="low",
        background="opaque",
        output_format="webp",
        extra_body={"input_fidelity": "high"},
    )
    job = connect(server.url).call("generate_image", request)
    assert paths(server) == [
        ("POST", "/v1/images/edits?async=true&response_format=url"),
        ("GET", "/async_result?task_id=e-1"),
        ("GET", "/async_result?task_id=e-1"),
    ]
    assert form_parts(server.seen[0]) == [
        ("prompt", None, None, b"at night"),
        ("model", None, None, b"gpt-image-2"),
        ("size", None, None, b"1024x1536"),
        ("n", None, None, b"2"),
        ("quality", None, None, b"low"),
        ("background", None, None, b"opaque"),
        ("output_format", None, None, b"webp"),
        ("input_fidelity", None, None, b"high"),
        ("image", "image.png", "image/png", PNG),
        ("image", "image.png", "image/png", PNG),
        ("mask", "mask.png", "image/png", PNG),
    ]
    assert (job.images[0].link, job.task_id) == (LINK, "e-1")
    assert (job.request_id, job.cost_ids) == ("order-1", ("order-1",))


def test_an_edit_may_be_asked_for_in_one_call_and_a_generation_as_a_task(connect, server):
    face = connect(server.url)
    server.answer(reply(200, {"data": [{"url": LINK}]}))
    face.call("generate_image", asked("gpt-image-2", images=PNG), as_task=False)
    server.answer(reply(200, {"task_id": "e-1"}), reply(200, EDITED))
    job = face.call("generate_image", asked("gpt-image-2"), as_task=True)
    assert [path for _, path in paths(server)] == [
        "/v1/images/edits?response_format=url",
        "/v1/images/generations?async=true&response_format=url",
        "/async_result?task_id=e-1",
    ]
    assert (job.request_id, job.cost_ids) == (None, ())


@pytest.mark.parametrize("model", ["gpt-image-2", "wan2.7-image"])
def test_an_order_that_is_answered_at_once_is_not_asked_for(connect, server, model):
    server.answer(reply(200, {"data": [{"url": LINK}]}))
    job = connect(server.url).call("generate_image", asked(model, images=PNG))
    assert job.images[0].link == LINK
    assert len(server.seen) == 1


def test_a_result_is_looked_for_at_the_documents_other_address_too(connect, server):
    missing = reply(404, {"error": {"err_code": -10010, "message": "no such path"}})
    server.answer(reply(200, {"task_id": "e-1"}), missing, reply(200, EDITED))
    job = connect(server.url).call("generate_image", asked("gpt-image-2", images=PNG))
    assert [path for _, path in paths(server)][1:] == [
        "/async_result?task_id=e-1",
        "/v1/async_result?task_id=e-1",
    ]
    assert job.images[0].link == LINK


def test_a_task_that_is_named_by_its_id_alone_is_looked_for_everywhere(connect, server):
    missing = reply(404, {"error": {"err_code": -10010, "message": "no such task"}})
    face = connect(server.url)
    server.answer(missing, missing, reply(200, EDITED))
    assert face.call("resume_image", "e-1").images[0].link == LINK
    server.answer(missing, reply(200, PENDING))
    assert face.call("image_task", "e-1").status == "processing"
    server.answer(missing, missing, missing)
    with pytest.raises(NotFoundError, match="no such task"):
        face.call("image_task", "e-1")
    assert {path.partition("?")[0].partition("/e-1")[0] for _, path in paths(server)} == {
        "/302/v2/image/fetch",
        "/async_result",
        "/v1/async_result",
    }


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("generate_image", asked("302ai-flux-schnell-t2i")),
        ("generate_image", asked("wan2.7-image")),
        ("generate_image", asked("gpt-image-1", images=PNG)),
        ("generate_image_v2", asked("not-listed")),
        ("generate_image_task", asked("not-listed")),
        ("start_image", asked("not-listed")),
        ("generate_openai_image", OpenAIImageRequest(prompt="a fox", model="dall-e-2")),
    ],
)
def test_a_model_that_is_gone_is_said_with_models_of_today(connect, server, method, request_):
    body = {"error": {"err_code": -10008, "message": "No available models currently"}}
    server.answer(reply(503, body))
    with pytest.raises(ModelNotAvailableError) as caught:
        connect(server.url).call(method, request_)
    said = str(caught.value)
    assert f"does not offer {request_.model!r} any more, or never did" in said
    today = said.partition("Image models of today: ")[2].rstrip(".").split(", ")
    assert "gemini-3-pro-image" in today
    assert request_.model not in today
    assert (caught.value.billed, len(server.seen)) == ("no", 1)


def test_a_linked_image_is_fetched_without_the_key_for_a_form(connect, server):
    server.answer(
        reply(200, PNG, headers={"content-type": "image/png"}),
        reply(200, {"task_id": "e-1"}),
        reply(200, EDITED),
    )
    link = f"{server.url}/photo.png"
    host = server.url.partition("://")[2]
    face = connect(server.url, trusted_hosts=(host,))
    face.call("generate_image", asked("gpt-image-2", images=link))
    assert paths(server)[0] == ("GET", "/photo.png")
    assert "authorization" not in server.seen[0].headers
    assert form_parts(server.seen[1])[-1] == ("image", "image.png", "image/png", PNG)


def test_an_image_that_is_too_large_for_a_form_is_said_and_nothing_is_ordered(connect, server):
    large = png(8, 8) + b"\0" * LARGEST_INPUT
    server.answer(reply(200, large, headers={"content-type": "image/png"}))
    host = server.url.partition("://")[2]
    face = connect(server.url, trusted_hosts=(host,))
    with pytest.raises(InvalidInputError, match=r"images: has .* bytes: at most 52,428,800"):
        face.call("generate_image", asked("gpt-image-2", images=f"{server.url}/photo.png"))
    assert len(server.seen) == 1


def test_an_edit_whose_result_is_lost_is_named_so_that_it_is_not_paid_twice(connect, server):
    server.answer(reply(200, {"task_id": "e-1"}), reply(200, {**PENDING, "err": "out of memory"}))
    with pytest.raises(AI302Error, match="out of memory") as caught:
        connect(server.url).call("generate_image", asked("gpt-image-2", images=PNG))
    assert (caught.value.task_id, caught.value.billed) == ("e-1", "maybe")
    assert "do not order it again" in str(caught.value)


def test_the_emulator_serves_every_way(tmp_path):
    with emulator_302.running() as gateway:
        settings = Settings(
            api_key=gateway.api_key,
            base_url=gateway.base_url,
            trusted_hosts=(gateway.file_host,),
        )
        with Client(settings, polling=PollPolicy(first_wait=0.0)) as client:
            first = client.generate_image(asked("wan2.7-image", n=2, size="320x256"))
            assert len({image.link for image in first.images}) == 2
            link = first.images[0].link
            assert client.download(link).width == 320
            edited = client.generate_image(asked("gpt-image-2", images=link))
            assert client.resume_image(edited.task_id).images == edited.images
            assert client.record(edited.request_id).cost
            older = client.generate_image(asked("302ai-flux-schnell-t2i", size="64x64"))
            assert client.download(older.images[0].link).width == 64
    posts = [(r.path, dict(r.query)) for r in gateway.requests if r.method == "POST"]
    assert posts == [
        ("/302/v2/image/generate", {"run_async": "true"}),
        ("/v1/images/edits", {"async": "true", "response_format": "url"}),
        ("/302/image/generate", {}),
    ]
    assert json.dumps(gateway.requests[0].body["n"]) == "2"
