"""Drawing on the page, in a real browser."""

import re

import pytest
from playwright.async_api import expect

from emulator_302 import Fault

pytestmark = pytest.mark.asyncio(loop_scope="package")


@pytest.fixture
def gallery(visit):
    return visit.page.locator(".gallery .thumbnail-item")


async def open_drawing(visit):
    await visit.page.get_by_role("tab", name="Draw").click()


async def order(visit):
    await visit.page.get_by_role("button", name="Draw", exact=True).click()


async def check_seen(images):
    """Check that the browser has the images, and not only their frames."""
    for image in await images.locator("img").all():
        await expect(image).to_have_js_property("complete", value=True)
        assert await image.evaluate("img => img.naturalWidth") > 0


async def test_a_image_that_was_drawn_appears_in_the_gallery(visit, gallery):
    await open_drawing(visit)
    await visit.page.get_by_label("What to draw").fill("a lighthouse at dusk")
    await order(visit)
    await expect(gallery).to_have_count(1)
    await check_seen(gallery)
    await expect(gallery).to_contain_text("a lighthouse at dusk")
    told = visit.page.get_by_text(re.compile(r"1 image · 0\.\d+ PTC · request emulator-"))
    await expect(told).to_be_visible()


async def test_the_newest_image_comes_first_and_is_looked_at_in_full(visit, gallery):
    await open_drawing(visit)
    for words in ("a lighthouse", "a forest"):
        await visit.page.get_by_label("What to draw").fill(words)
        await order(visit)
        await expect(gallery.first).to_contain_text(words)
    await expect(gallery).to_have_count(2)
    await gallery.first.press("Enter")
    await expect(visit.page.get_by_role("button", name="Download")).to_be_visible()


async def test_the_sizes_offered_are_those_of_the_model(visit):
    await open_drawing(visit)
    await visit.choose("Image model", "dall-e-3-t2i")
    await visit.page.get_by_label("Size or shape").click()
    await expect(visit.page.get_by_role("option")).to_have_text(
        [re.compile(size) for size in ("The model's own", "256x256", "512x512", "1024x1024")]
    )


async def test_avatars_of_the_sample_appear_in_place_of_the_empty_gallery(visit, gallery):
    await open_drawing(visit)
    await visit.page.get_by_label("Avatars").check()
    await visit.choose("Style", "Cyberpunk")
    empty = visit.page.get_by_text("Your images appear here")
    await expect(empty).to_be_visible()
    await expect(visit.page.get_by_text("Price: the language model's tokens")).to_be_visible()
    await visit.page.get_by_role("button", name="Use a sample photo").click()
    await expect(visit.page.locator(".photo img")).to_be_visible()
    await order(visit)
    await expect(gallery).to_have_count(2)
    await expect(empty).to_be_hidden()
    await check_seen(gallery)
    body = next(r.body for r in visit.gateway.requests if r.path == "/302/headshot/generate")
    assert (body["style"], body["num"], body["person_type"]) == (6, 2, "female")


async def test_avatars_without_a_photo_cost_nothing(visit, gallery):
    await open_drawing(visit)
    await visit.page.get_by_label("Avatars").check()
    await order(visit)
    await expect(visit.page.get_by_role("alert")).to_contain_text("There is no photo yet.")
    await expect(gallery).to_have_count(0)
    assert [r for r in visit.gateway.requests if r.method == "POST"] == []


async def test_what_cannot_be_drawn_is_said_where_it_was_ordered(visit, gallery):
    await open_drawing(visit)
    await order(visit)
    apology = visit.page.get_by_role("alert")
    await expect(apology).to_contain_text("This cannot")
    await expect(apology).not_to_contain_text("Traceback")
    assert [r for r in visit.gateway.requests if r.method == "POST"] == []


async def test_a_refused_image_is_said_kindly_and_may_be_ordered_again(visit, gallery):
    visit.gateway.inject(Fault.error(402, -10004, "the balance is used up"))
    await open_drawing(visit)
    await visit.page.get_by_label("What to draw").fill("a lighthouse")
    await order(visit)
    apology = visit.page.get_by_role("alert")
    await expect(apology).to_contain_text("Top up")
    await expect(apology).to_contain_text("request emulator-")
    await order(visit)
    await expect(gallery).to_have_count(1)
    await expect(apology).to_have_count(0)
