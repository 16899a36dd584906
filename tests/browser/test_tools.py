"""The tools of agents on the page, in a real browser: each form is that of its declaration."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.served import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="package")

PHOTO = ROOT / "cookbook" / "images" / "photo.png"


async def choose(visit, name):
    await visit.page.get_by_role("tab", name="Tools").click()
    await visit.page.get_by_label("Tool", exact=True).click()
    await visit.page.get_by_role("option", name=name).click()


async def run(visit):
    await visit.page.get_by_role("button", name="Run", exact=True).click()


async def test_code_is_run_with_its_price_before_and_its_cost_and_program_after(visit):
    await choose(visit, "Run code")
    await expect(visit.page.get_by_text("Price: 0.001 PTC a second")).to_be_visible()
    await run(visit)
    await expect(visit.page.get_by_text("Code is missing.")).to_be_visible()
    await visit.page.get_by_label("The whole program").fill("print(6 * 7)")
    await run(visit)
    await expect(visit.page.locator(".result")).to_contain_text("42")
    await expect(visit.page.get_by_text(re.compile(r"^0\.\d+ PTC$"))).to_be_visible()
    await visit.page.locator(".code summary").last.click()
    await expect(visit.page.locator(".code pre").last).to_contain_text("tools.run_code(code=")


async def test_a_file_is_given_and_an_image_comes_back_on_a_phone(narrow_visit):
    page = narrow_visit.page
    await choose(narrow_visit, "Upscale image")
    await page.locator(".given input[type=file]").set_input_files(PHOTO)
    await expect(page.get_by_role("cell", name="photo.png")).to_be_visible()
    await run(narrow_visit)
    await expect(page.locator(".gallery .thumbnail-item:visible")).to_have_count(1)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_a_text_is_read_aloud_and_a_wrong_number_is_refused_unpaid(visit):
    await choose(visit, "Speak")
    await visit.page.get_by_label("What is said").fill("Good morning.")
    await visit.page.get_by_label("How fast").fill("9")
    await run(visit)
    await expect(visit.page.get_by_role("alert")).to_contain_text("speed")
    assert not [one for one in visit.gateway.requests if "audio" in one.path]
    await visit.page.get_by_label("How fast").fill("")
    await run(visit)
    await expect(visit.page.locator(".result")).to_contain_text("Read aloud by")
    await expect(visit.page.get_by_label("Play", exact=True)).to_be_visible()
