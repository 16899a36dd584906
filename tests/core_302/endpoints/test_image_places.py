"""Images in replies: found wherever a vendor puts them, each once; a failure has its own words.

The shapes are those of vendors' documents and of public clients of the gateway, in our own words.
"""

import base64
import json

import pytest

from core_302.endpoints.image_places import MOST_IMAGES
from core_302.endpoints.image_reply import read_images, read_poll, read_task
from core_302.errors import JobFailedError, MalformedReplyError
from core_302.http import Reply
from tests.drawn import image, png

A, B = "https://file.example/a.png", "https://file.example/b.webp"
PNG, JPEG = png(4, 4), image("JPEG")
P, J = (base64.b64encode(content).decode() for content in (PNG, JPEG))
URI = f"data:image/png;base64,{P}"


def read(body, reader=read_images):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return reader(Reply(200, {"request-id": "r-1"}, content))


def seen(job):
    return [image.link or image.content for image in job.images]


OF_THE_GATEWAY = {
    "a list": ({"image_url": [A, B]}, [A, B]),
    "white space around": ({"image_url": f" {A}\n"}, [A]),
    "a scheme in capitals": ({"image_url": "HTTPS://file.example/a.png"}, [A]),
    "no scheme": ({"image_url": "//file.example/a.png"}, [A]),
    "a space in the path": (
        {"image_url": "https://h.example/a b.png"},
        ["https://h.example/a%20b.png"],
    ),
    "an object": ({"image_url": {"url": A}}, [A]),
    "JSON in a text": ({"image_url": json.dumps([A, B])}, [A, B]),
    "base64 alone": ({"image_url": P}, [PNG]),
    "a data URI in capitals": ({"image_url": "DATA:IMAGE/PNG;BASE64," + P}, [PNG]),
    "avatars as a text": ({"headshot_url_list": A}, [A]),
    "avatars below data": ({"data": {"headshot_url_list": [A, B]}}, [A, B]),
    "the image, and copies of it in data": (
        {"image_url": A, "data": {"images": [{"url": B}], "output": B}, "raw_response": {"url": B}},
        [A],
    ),
    "the vendor's answer of a task": (
        {"image_url": "", "image_urls": [], "raw_response": {"data": [{"url": A}, {"url": B}]}},
        [A, B],
    ),
    "the image itself": (PNG, [PNG]),
}
OF_VENDORS = {
    "fal, Recraft, Imagen 4": ({"images": [{"url": A}, {"url": B}]}, [A, B]),
    "texts": ({"images": [A, B]}, [A, B]),
    "one object": ({"image": {"url": A, "width": 64}}, [A]),
    "OpenAI, Seedream, Ideogram": (
        {"data": [{"url": A, "b64_json": ""}, {"b64_json": P}]},
        [A, PNG],
    ),
    "a data URI as b64_json": ({"data": [{"b64_json": URI}]}, [PNG]),
    "OpenAI's Responses": (
        {
            "output": [
                {"type": "image_generation_call", "result": P},
                {"content": [{"text": "Here"}]},
            ]
        },
        [PNG],
    ),
    "SDXL": ({"output": json.dumps([A]), "status": "succeeded"}, [A]),
    "Qwen": ({"output": A, "status": "succeeded"}, [A]),
    "Wan 2.7": (
        {"output": {"choices": [{"message": {"content": [{"type": "image", "image": A}]}}]}},
        [A],
    ),
    "Wan 2.2": (
        {"output": {"task_status": "SUCCEEDED", "results": [{"url": A}, {"url": B}]}},
        [A, B],
    ),
    "Gemini, a link": (
        {"candidates": [{"content": {"parts": [{"text": "Here"}, {"url": A}]}}]},
        [A],
    ),
    "Gemini, data": (
        {
            "candidates": [
                {"content": {"parts": [{"inlineData": {"mimeType": "image/png", "data": P}}]}}
            ]
        },
        [PNG],
    ),
    "Gemini, over Python": (
        {"candidates": [{"content": {"parts": [{"inline_data": {"data": P}}]}}]},
        [PNG],
    ),
    "Gemini, a file": (
        {"candidates": [{"content": {"parts": [{"fileData": {"fileUri": A}}]}}]},
        [A],
    ),
    "Imagen": (
        {"predictions": [{"bytesBase64Encoded": P}, {"bytesBase64Encoded": J}]},
        [PNG, JPEG],
    ),
    "Flux": ({"status": "Ready", "result": {"sample": A, "prompt": "a fox"}}, [A]),
    "Kling": ({"data": {"task_status": "succeed", "task_result": {"images": [{"url": A}]}}}, [A]),
    "MiniMax, links": ({"data": {"image_urls": [A, B]}, "base_resp": {"status_code": 0}}, [A, B]),
    "MiniMax, data": ({"data": {"image_base64": [P]}}, [PNG]),
    "Doubao": ({"data": {"binary_data_base64": [P], "image_urls": None}}, [PNG]),
    "Stability": ({"artifacts": [{"base64": P, "finishReason": "SUCCESS"}]}, [PNG]),
    "Stability 2": ({"image": P, "finish_reason": "SUCCESS"}, [PNG]),
    "Luma": ({"state": "completed", "assets": {"image": A, "video": None}}, [A]),
    "Midjourney": ({"status": "SUCCESS", "imageUrl": A, "buttons": []}, [A]),
    "Higgsfield": ({"jobs": [{"results": {"raw": {"url": A}, "min": {"url": B}}}]}, [A]),
    "Vidu": ({"creations": [{"url": A, "cover_url": B}]}, [A]),
    "Replicate": ({"output": [A], "urls": {"get": B, "url": B}, "input": {"image": B}}, [A]),
    "Hunyuan": ({"Response": {"ResultImage": A}}, [A]),
    "a chat model, in words": (
        {"choices": [{"message": {"content": f"Here:\n![a fox]({A})"}, "finish_reason": "stop"}]},
        [A],
    ),
    "a chat model, in parts": (
        {"choices": [{"message": {"images": [{"image_url": {"url": URI}}]}}]},
        [PNG],
    ),
}


@pytest.mark.parametrize("where", OF_THE_GATEWAY)
def test_an_image_is_found_however_the_gateway_writes_its_own_fields(where):
    body, links = OF_THE_GATEWAY[where]
    assert seen(read(body)) == links


@pytest.mark.parametrize("vendor", OF_VENDORS)
def test_an_image_is_found_where_its_vendor_puts_it_alone_or_beside_the_gateways_fields(vendor):
    body, links = OF_VENDORS[vendor]
    task = {"task_id": "t-1", "status": "completed", "image_url": ""}
    assert seen(read(body)) == links
    assert seen(read({"image_url": "", "data": body})) == links
    assert seen(read({"image_url": None, "data": json.dumps(body)})) == links
    assert seen(read({**task, "raw_response": body, "req": {"image": B}}, read_poll).job) == links


@pytest.mark.parametrize("wrap", ["\n".join, lambda parts: "".join(parts).rstrip("=")])
def test_base64_may_be_wrapped_or_without_its_padding(wrap):
    text = wrap([J[start : start + 64] for start in range(0, len(J), 64)])
    for written in (text, text.replace("+", "-").replace("/", "_")):
        assert seen(read({"data": [{"b64_json": written}]})) == [JPEG]
        assert seen(read({"image_url": written})) == [JPEG]


SVG = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode()
BOMB = base64.b64encode(PNG[:16] + b"\0\0\xff\xff" * 2 + PNG[24:]).decode()


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"b64_json": "!!!"}, "An image in the response is not valid base64."),
        ({"b64_json": SVG}, "is not an image, judging by its first bytes"),
        ({"b64_json": BOMB}, "65535x65535 pixels: too many"),
        ({"url": "data:image/png;base64,!!"}, "not valid base64"),
        ({"error": {"message": "sensitive"}}, "One image was not made: sensitive"),
        ({"code": "DataInspectionFailed", "message": "no"}, "One image was not made: no"),
        ({"raiFilteredReason": "blocked"}, "One image was not made: blocked"),
    ],
)
def test_one_bad_image_among_good_ones_costs_none_of_them_and_says_why(bad, why):
    job = read({"data": [{"url": A}, bad, {"b64_json": P}]})
    assert seen(job) == [A, PNG]
    (problem,) = job.problems
    assert why in problem


def test_a_bad_entry_of_the_gateways_own_list_says_why_too():
    job = read({"image_urls": [A, "javascript:alert(1)", "data:image/png;base64,??"]})
    assert seen(job) == [A]
    assert job.problems == (
        "An entry of the response is neither a link nor an image.",
        "An image in the response is not valid base64.",
    )


def test_a_link_and_data_of_one_entry_are_one_image_and_broken_data_beside_a_link_is_no_loss():
    (both,) = read({"data": [{"url": A, "b64_json": P}]}).images
    assert (both.link, both.content) == (A, PNG)
    job = read({"data": [{"url": A, "b64_json": "!!!"}]})
    assert (seen(job), job.problems) == ([A], ())


def test_a_reply_of_a_million_links_and_faults_is_cut():
    many = [{"url": f"{A}?{n}"} for n in range(300)] + [{"b64_json": "!"}] * 300
    job = read({"data": many})
    assert (len(job.images), len(job.problems)) == (MOST_IMAGES, MOST_IMAGES)


def test_json_in_json_in_json_ends_without_a_crash():
    text = A
    for _ in range(9):
        text = json.dumps([text])
        text = "[" * 80 + text + "]" * 80
    with pytest.raises(MalformedReplyError):
        read({"data": {"output": text}})
    assert seen(read({"data": json.dumps({"output": "[broken", "image": A})})) == [A]


FAILURES = [
    ({"data": {"status": "failed", "error": "NSFW content"}}, "NSFW content"),
    ({"data": {"error": "NSFW"}}, "NSFW"),
    ({"data": {"status": "NSFW"}}, "nsfw"),
    ({"data": "the photo has no face"}, "the photo has no face"),
    ({"status": "failed", "error": {"message": "too dark"}, "image_url": A}, "too dark"),
    ({"status": "error", "message": "busy", "data": {}}, "busy"),
    ({"data": {"images": [], "has_nsfw_concepts": [True]}}, "NSFW content"),
    ({"data": {"output": {"task_status": "FAILED", "message": "green net"}}}, "green net"),
    ({"data": {"status": "Content Moderated", "result": None}}, "content moderated"),
    ({"data": {"data": {"task_status": "failed", "task_status_msg": "risk"}}}, "risk"),
    ({"data": {"state": "failed", "failure_reason": "400 bad"}}, "400 bad"),
    ({"data": {"base_resp": {"status_code": 1026, "status_msg": "sensitive"}}}, "sensitive"),
    ({"data": {"candidates": [{"finishReason": "IMAGE_SAFETY"}]}}, "IMAGE_SAFETY"),
    ({"data": {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}}, "PROHIBITED_CONTENT"),
    ({"data": {"predictions": [{"raiFilteredReason": "a child"}]}}, "a child"),
    ({"data": {"status": "failed"}, "req": {"message": "a fox"}}, "failed"),
    ({"data": {"error": {"retries": 3}}}, '{"retries": 3}'),
    ({"data": {"choices": [[{"finish_reason": "content_filter"}]]}}, "content_filter"),
    ({"data": {"error": [0, 1]}}, "[0, 1]"),
    ({"data": {"blockReason": 3}}, "it does not say why"),
]


@pytest.mark.parametrize(("body", "words"), FAILURES, ids=[words for _, words in FAILURES])
def test_a_job_that_failed_says_so_in_its_vendors_words(body, words):
    with pytest.raises(JobFailedError) as caught:
        read({"image_url": "", **body})
    assert str(caught.value) == f"The job failed: {words} (HTTP 200)."
    assert (caught.value.billed, caught.value.request_id) == ("maybe", "r-1")


def test_the_number_of_a_failure_is_told():
    with pytest.raises(JobFailedError, match=r"no \(HTTP 200, err_code -7\)") as caught:
        read({"status": "failed", "error": {"message": "no", "err_code": -7}})
    assert caught.value.err_code == -7


def test_a_failure_of_200_parts_is_looked_at_no_further():
    deep = {"data": {"steps": [{"n": n} for n in range(300)] + [{"status": "failed"}]}}
    with pytest.raises(MalformedReplyError):
        read(deep)


@pytest.mark.parametrize("word", ["succeed", "SUCCESS", "done", "Finished", "completed", "Ready"])
def test_a_task_is_done_in_any_word_for_it(word):
    body = {"task_id": 7, "status": word, "image_url": A}
    task = read(body, read_poll)
    assert (task.task_id, seen(task.job)) == ("7", [A])
    assert seen(read({"data": {"task_id": "t", "status": word, "output": A}}, read_poll).job) == [A]


@pytest.mark.parametrize(
    "word", ["fail", "FAILED", "Error", "timeout", "timed-out", "cancelled", "canceled", "expired"]
)
def test_a_task_has_failed_in_any_word_for_it(word):
    with pytest.raises(JobFailedError, match="The task failed: a word") as caught:
        read({"task_id": "t-1", "status": word, "message": "a word"}, read_poll)
    assert caught.value.task_id == "t-1"


def test_a_task_without_a_state_has_failed_if_it_tells_of_an_error():
    with pytest.raises(JobFailedError, match="The task failed: gone"):
        read({"task_id": "t-1", "error": "gone"}, read_poll)


@pytest.mark.parametrize("word", ["processing", "queued", "IN_PROGRESS", "dreaming", ""])
def test_a_task_in_any_other_state_goes_on_whatever_the_request_had(word):
    body = {"task_id": "t-1", "status": word, "image_url": "", "raw_response": {"image": B}}
    assert read(body, read_poll).job is None


def test_an_answer_in_one_call_that_is_not_done_names_the_task_to_be_asked_for():
    with pytest.raises(MalformedReplyError) as caught:
        read({"task_id": "t-1", "status": "processing", "image_url": ""})
    assert caught.value.task_id == "t-1"


@pytest.mark.parametrize(
    ("recorded", "ids"),
    [
        (["c-1", "c-2", "", None, 3], ("c-1", "c-2")),
        ("c-1, c-2 ,", ("c-1", "c-2")),
        ("c-1", ("c-1",)),
        (["c-1,c-2"], ("c-1", "c-2")),
        ({"c-1": 1}, ("r-1",)),
        (None, ("r-1",)),
    ],
)
def test_the_cost_of_a_task_is_recorded_under_its_own_ids_or_the_orders_never_a_polls(
    recorded, ids
):
    body = {"task_id": "t-1", "status": "done", "image_url": A, "ai302_cost_request_ids": recorded}
    assert read(body, read_task).job.cost_ids == ids
    job = read(body, read_poll).job
    assert job.cost_ids == tuple(known for known in ids if known != "r-1")
    assert job.request_id is None


def test_long_data_is_cut_out_of_what_is_raw_and_long_words_are_not():
    wrapped = "\n".join([P[:64]] * 9)
    body = {"image_url": A, "data": {"a": P * 9, "b": wrapped, "c": "狐狸" * 200, "d": URI + P * 9}}
    raw = read(body).raw["data"]
    assert raw["c"] == "狐狸" * 200
    assert all(raw[name].endswith("characters)") for name in "abd")
