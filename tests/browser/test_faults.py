"""What a visitor reads when the gateway fails: what happened, what to do, the id to ask with."""

import re
from dataclasses import replace

import pytest
from playwright.async_api import expect

from emulator_302 import Fault

pytestmark = pytest.mark.asyncio(loop_scope="package")

CHAT = "/v1/chat/completions"


async def check_kind(apology, *words):
    for said in (*words, re.compile(r"request emulator-[0-9a-f]")):
        await expect(apology).to_contain_text(said)
    await expect(apology).not_to_contain_text(re.compile(r"Traceback|File \""))


@pytest.mark.parametrize(
    ("status", "code", "happened", "to_do"),
    [
        (401, -10005, "does not know this key", "dash.302.ai"),
        (402, -10004, "is used up", "Top up"),
        (429, -10003, "Too many questions", "Wait"),
        (500, -1, "has a fault", "ask again in a moment"),
    ],
)
async def test_a_refusal_is_said_kindly(visit, status, code, happened, to_do):
    fault = replace(Fault.error(status, code, "the gateway's own words"), path=CHAT)
    visit.gateway.inject(fault, fault, fault)
    await visit.ask("Hello")
    await check_kind(visit.page.get_by_role("alert"), happened, to_do, "the gateway's own words")


async def test_an_answer_that_breaks_off_is_never_shown_as_a_whole_one(visit):
    visit.gateway.inject(Fault(path=CHAT, cut_after=4000))
    await visit.ask("Count from 1 to 60")
    await check_kind(visit.page.get_by_role("alert"), "broke off before its end", "Ask again")
    await expect(visit.answers).to_contain_text("1, 2, 3")
    await expect(visit.page.locator(".bill .note")).to_have_count(0)


async def test_after_a_fault_the_conversation_goes_on(visit):
    visit.gateway.inject(replace(Fault.error(402, -10004, "used up"), path=CHAT))
    await visit.ask("My name is Ada.")
    await expect(visit.page.get_by_role("alert")).to_be_visible()
    await visit.ask("Say exactly: it works again")
    await expect(visit.answers.last).to_contain_text("it works again")


async def test_a_list_of_models_that_does_not_come_is_said_where_it_is_missed(visit):
    fault = replace(Fault.error(401, -10005, "Credential expired"), path="/v1/models")
    visit.gateway.inject(fault)
    await visit.page.reload()
    apology = visit.page.locator(".about").get_by_role("alert")
    await check_kind(apology, "does not know this key", "start the page again")


async def test_words_of_a_model_are_never_run_by_the_browser(visit):
    broken = '<img src="data:," onerror="window.ran = true">'
    await visit.ask(f"Say exactly: {broken}<script>window.ran = true</script> and no more")
    await expect(visit.answers).to_contain_text("and no more")
    assert await visit.page.evaluate("window.ran") is None


async def test_a_image_elsewhere_that_a_model_names_is_never_opened(visit):
    """Its address could carry the conversation to somebody. `outside` stays empty, as always."""
    await visit.ask("Say exactly: ![seen](https://elsewhere.example/seen.png) and no more")
    await expect(visit.answers).to_contain_text("and no more")
    assert visit.complaints
    for refusal in visit.complaints:
        assert "elsewhere.example" in refusal
        assert "Content Security Policy" in refusal
    visit.complaints.clear()
