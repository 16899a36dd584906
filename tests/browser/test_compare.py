"""Comparing models on the page, in a real browser."""

import pytest
from playwright.async_api import expect

from emulator_302 import Fault

pytestmark = pytest.mark.asyncio(loop_scope="package")

CHAT = "/v1/chat/completions"


async def opened(visit):
    await visit.page.get_by_role("tab", name="Compare").click()
    await visit.page.get_by_label("Question for all").fill("What is 12 * 7?")


async def compare(visit):
    await visit.page.get_by_role("button", name="Compare", exact=True).click()


def columns(visit):
    return visit.page.locator(".columns .chat:visible")


async def test_models_answer_side_by_side_with_the_fastest_and_the_cheapest_marked(visit):
    visit.gateway.when("12 * 7", model="gpt-4o").say("It is eighty-four.")
    await opened(visit)
    await compare(visit)
    await expect(columns(visit)).to_have_count(2)
    await expect(columns(visit).nth(0)).to_contain_text("It is eighty-four.")
    await expect(columns(visit).nth(1)).to_contain_text("= 84")
    table = visit.page.locator(".compared")
    await expect(table).to_contain_text("fastest")
    await expect(table).to_contain_text("cheapest")
    assert sorted(asked["model"] for asked in visit.asked) == ["deepseek-r1", "gpt-4o"]
    await columns(visit).nth(0).get_by_text("Code", exact=True).click()
    await expect(columns(visit).nth(0)).to_contain_text('ChatAI302(model="gpt-4o"')


async def test_what_is_missing_is_said_and_nothing_is_asked(visit):
    await visit.page.get_by_role("tab", name="Compare").click()
    await compare(visit)
    await expect(visit.page.get_by_text("There is no question yet.")).to_be_visible()
    assert visit.asked == []


async def test_a_model_that_fails_says_so_in_its_column_and_the_other_answers(narrow_visit):
    narrow_visit.gateway.inject(Fault(path=CHAT, model="deepseek-r1", status=400, body="no"))
    await opened(narrow_visit)
    await compare(narrow_visit)
    await expect(columns(narrow_visit).nth(0)).to_contain_text("= 84")
    await expect(columns(narrow_visit).nth(1)).to_contain_text("does not accept this request")
    first, second = [await columns(narrow_visit).nth(place).bounding_box() for place in (0, 1)]
    assert second["y"] >= first["y"] + first["height"] > 0
    assert first["width"] <= 390


async def test_all_answers_are_stopped_at_once(visit):
    for model in ("gpt-4o", "deepseek-r1"):
        visit.gateway.inject(Fault(path=CHAT, model=model, stall_after=400))
    await opened(visit)
    await visit.page.get_by_label("Question for all").fill("Count from 1 to 60")
    await compare(visit)
    await visit.page.get_by_role("button", name="Stop all").click()
    for place in (0, 1):
        await expect(columns(visit).nth(place)).to_contain_text("Stopped.")
