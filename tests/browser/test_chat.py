"""Chatting on the page, in a real browser."""

import base64
import re
import threading

import pytest
from playwright.async_api import expect

from emulator_302 import Fault
from tests.browser.conftest import PATIENCE
from tests.browser.served import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="package")

RECEIPT = ROOT / "cookbook" / "images" / "receipt.png"
CHAT = "/v1/chat/completions"
WATCH = """(words) => {
  window.cameBack = false;
  const look = () => { window.cameBack ||= document.body.innerText.includes(words); };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""
DROP = """(box, data) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], "receipt.png", { type: "image/png" }));
  box.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true }));
}"""


async def test_an_answer_is_seen_while_it_still_comes_and_can_be_stopped(visit):
    visit.gateway.inject(Fault(path=CHAT, stall_after=4000))
    await visit.ask("Count from 1 to 60")
    await expect(visit.answers).to_contain_text("1, 2, 3")
    await visit.page.get_by_role("button", name="Stop").click()
    await expect(visit.answers).to_contain_text("Stopped.")
    await expect(visit.answers).not_to_contain_text("60")

    await visit.ask("Say exactly: after the stop")
    await expect(visit.answers.last).to_contain_text("after the stop")
    assert [message["role"] for message in visit.asked[-1]["messages"]] == ["user"]


async def test_a_question_written_while_an_answer_comes_stays_in_the_box(visit):
    visit.gateway.inject(Fault(path=CHAT, stall_after=4000))
    await visit.ask("Count from 1 to 60")
    await expect(visit.answers).to_contain_text("1, 2, 3")
    await visit.box.fill("Say exactly: the next one")
    await visit.box.press("Enter")
    toast = visit.page.get_by_text("The last answer is still coming")
    await expect(toast).to_be_visible()
    head = await visit.page.locator(".masthead").bounding_box()
    assert (await toast.bounding_box())["y"] >= head["y"] + head["height"]
    await visit.page.get_by_role("button", name="Stop").click()
    await expect(visit.answers).to_contain_text("Stopped.")
    await expect(visit.box).to_have_value("Say exactly: the next one")
    await visit.box.press("Enter")
    await expect(visit.answers.last).to_contain_text("the next one")
    assert len(visit.asked) == 2


async def test_a_image_that_is_dropped_in_is_read_for_a_model_that_cannot_see(visit):
    await visit.choose("Model", "deepseek-chat")
    await expect(visit.page.locator(".about .note")).to_contain_text("Cannot see images")
    data = base64.b64encode(RECEIPT.read_bytes()).decode()
    await visit.page.locator(".box .full-container").evaluate(DROP, data)
    await expect(visit.page.locator(".box img")).to_be_visible()
    await visit.ask("What is the total on this receipt?")
    await expect(visit.answers).to_contain_text("32.10")
    await expect(visit.page.locator(".user-row img")).to_be_visible()
    assert visit.asked[0]["ocr_model"]
    assert visit.asked[0]["model"] == "deepseek-chat"


@pytest.mark.parametrize(("choice", "reads"), [("Auto", False), ("On", True), ("Off", False)])
async def test_a_model_that_sees_looks_itself_unless_ocr_is_switched_on(visit, choice, reads):
    await visit.page.get_by_label(choice, exact=True).check()
    await visit.page.locator(".box input[type=file]").set_input_files(RECEIPT)
    await expect(visit.page.locator(".box img")).to_be_visible()
    await visit.ask("What is the total?")
    await expect(visit.answers).to_contain_text("32.10")
    assert ("ocr_model" in visit.asked[0]) is reads


async def test_thoughts_are_folded_away_and_opened_by_the_keyboard(visit):
    await visit.choose("Model", "deepseek-r1")
    await visit.ask("What is 12 * 7?")
    await expect(visit.answers).to_contain_text("= 84")
    thoughts = visit.page.get_by_text("The user asks")
    await expect(thoughts).to_be_hidden()
    await visit.page.get_by_role("button", name=re.compile("Thoughts")).press("Enter")
    await expect(thoughts).to_be_visible()


async def test_a_question_goes_with_what_the_visitor_has_set(visit):
    page = visit.page
    await page.get_by_label("Let DeepSeek-R1 think first").check()
    await page.get_by_role("button", name="System prompt and temperature").click()
    await page.get_by_label("System prompt", exact=True).fill("Answer in one sentence.")
    await visit.choose("Temperature", "0.2")
    await expect(page.locator(".tags")).to_contain_text("System promptTemperature 0.2")
    await visit.ask("What is 12 * 7?")
    await expect(visit.answers).to_contain_text("Thoughts")
    asked = visit.asked[0]
    assert (asked["r1-fusion"], asked["temperature"]) == (True, 0.2)
    assert asked["messages"][0] == {"role": "system", "content": "Answer in one sentence."}
    await visit.choose("Temperature", "The model's own")
    await expect(page.locator(".tags")).not_to_contain_text("Temperature")


async def test_sources_are_cards_that_lead_to_the_web(visit):
    await visit.page.get_by_label("Search the web").check()
    await visit.choose("Search service", "tavily")
    await visit.page.get_by_role("spinbutton", name=re.compile("Results")).fill("3")
    await visit.page.keyboard.press("Tab")
    await visit.ask("What is in the news about AI today?")
    cards = visit.page.get_by_role("navigation", name="Sources").get_by_role("link")
    await expect(cards.first).to_be_visible()
    for card in await cards.all():
        address = await card.get_attribute("href")
        assert address.startswith("https://")
        assert address.split("/")[2] in await card.inner_text()
        assert "noopener" in await card.get_attribute("rel")
    asked = visit.asked[0]
    assert (asked["web-search"], asked["search-service"], asked["search-results"]) == (
        True,
        "tavily",
        3,
    )


async def test_each_answer_says_its_tokens_its_cost_and_the_lines_that_ask_it(visit):
    late = Fault(path="/dashboard/record/", status=404, body={"error": {"err_code": -10010}})
    visit.gateway.inject(late)
    await visit.ask("Say exactly: it works")
    figures = visit.page.locator(".figures")
    await expect(figures).to_contain_text(re.compile(r"gpt-4o\d+ tokens in, \d+ out[\d.]+ s"))
    await expect(figures).to_contain_text(re.compile(r"0\.\d+ PTC"))
    await expect(visit.page.locator(".bill .note")).to_contain_text(
        re.compile(r"1 answer, 0\.\d+ PTC")
    )
    await visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await visit.page.get_by_text("Code", exact=True).click()
    copy = visit.page.get_by_role("button", name="Copy the LlamaIndex lines")
    await copy.click()
    await expect(copy).to_have_class(re.compile("copied"))
    copied = await visit.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("from llama_index.core.llms import ChatMessage\n")
    assert copied.endswith("print(answer.message.content)\n")


async def test_a_question_is_asked_again_and_in_other_words_and_formulas_are_set(visit):
    await visit.ask(r"Say exactly: \( x^2 \) costs $5 or $6")
    await expect(visit.answers.locator(".katex")).to_have_count(1)
    await expect(visit.answers).to_contain_text("costs $5 or $6")
    await visit.page.get_by_role("button", name="Retry").click()
    await expect(visit.page.locator(".bill .note")).to_contain_text("1 answer,")
    await visit.page.get_by_role("button", name="Edit").click()
    await visit.page.locator(".user-row textarea").fill("Say exactly: other words")
    await visit.page.locator(".chat").get_by_role("button", name="Submit").click()
    await expect(visit.answers).to_contain_text("other words")
    await expect(visit.answers).not_to_contain_text("costs")
    assert [[said["content"] for said in body["messages"]] for body in visit.asked] == [
        [r"Say exactly: \( x^2 \) costs $5 or $6"],
        [r"Say exactly: \( x^2 \) costs $5 or $6"],
        ["Say exactly: other words"],
    ]


async def test_the_conversation_goes_on_and_a_new_one_forgets_it(visit):
    await visit.ask("Hello, my name is Ada.")
    await expect(visit.answers).to_contain_text("Hello, Ada")
    await visit.ask("What is my name?")
    await expect(visit.answers.last).to_contain_text("Your name is Ada.")
    # Gradio's own script fails to cancel what has only begun, such as the look-up of a cost.
    await expect(visit.page.locator(".bill .note")).to_contain_text("2 answers,")
    await visit.page.get_by_role("button", name="New conversation").click()
    await expect(visit.answers).to_have_count(0)
    await expect(visit.page.locator(".bill .note")).to_have_count(0)
    await visit.ask("What is my name?")
    await expect(visit.answers).to_contain_text("You have not told me your name.")


async def test_a_conversation_that_was_left_does_not_come_back_with_its_costs(visit):
    """The gateway answers nobody until it is told: the record comes with the second answer."""
    told = threading.Event()
    visit.gateway.inject(
        Fault(
            path="/dashboard/record/",
            headers={"x-held": "yes"},
            when=lambda _: told.wait(PATIENCE / 1000),
        )
    )
    try:
        await visit.ask("Say exactly: the first")
        await expect(visit.page.locator(".figures")).to_contain_text("cost not recorded yet")
        await visit.page.get_by_role("button", name="New conversation").click()
        await expect(visit.answers).to_have_count(0)
        await visit.page.evaluate(WATCH, "the first")
        await visit.ask("Say exactly: the second")
        await expect(visit.answers).to_contain_text("Asking…")
    finally:
        told.set()
    await expect(visit.answers).to_contain_text("the second")
    await expect(visit.answers).to_have_count(1)
    await expect(visit.page.locator(".bill .note")).to_contain_text("1 answer,")
    assert await visit.page.evaluate("window.cameBack") is False


async def test_an_example_is_sent_with_its_own_options_and_the_visitors_stay(visit):
    tags = visit.page.locator(".tags")
    visit.gateway.inject(Fault(path=CHAT, stall_after=600))
    await visit.page.get_by_text("What is in the news about AI today?").click()
    await expect(tags).to_have_text("This question:deepseek-chatWeb search")
    await visit.page.get_by_role("button", name="Stop").click()
    await expect(tags).to_have_text("gpt-4o")
    await expect(visit.page.get_by_label("Search the web")).not_to_be_checked()
    assert (visit.asked[0]["model"], visit.asked[0]["web-search"]) == ("deepseek-chat", True)


async def test_five_lines_leave_the_button_in_view_and_a_phone_reaches_the_options(narrow_visit):
    page = narrow_visit.page
    await narrow_visit.box.fill("\n".join(["line"] * 5))
    for width, height in ((390, 844), (1280, 720), (1366, 768), (1440, 900)):
        await page.set_viewport_size({"width": width, "height": height})
        await expect(page.locator(".box .submit-button")).to_be_in_viewport(ratio=1)
        await expect(page.locator(".box")).to_be_in_viewport(ratio=1)
    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(page.get_by_text("Costs money.")).to_be_in_viewport(ratio=1)
    await page.locator(".tags").get_by_role("link", name="gpt-4o").click()
    await expect(page.get_by_label("Model", exact=True)).to_be_in_viewport()


async def test_the_page_is_used_by_the_keyboard_alone(visit):
    for _ in range(20):
        await visit.page.keyboard.press("Tab")
        if await visit.box.evaluate("box => box === document.activeElement"):
            break
    await visit.page.keyboard.type("Say exactly: typed by hand")
    await visit.page.keyboard.press("Enter")
    await expect(visit.answers).to_contain_text("typed by hand")


async def test_every_control_has_a_name_in_chat(visit):
    await visit.page.get_by_label("Search the web").check()
    await visit.page.get_by_label("Let DeepSeek-R1 think first").check()
    await visit.page.locator(".box input[type=file]").set_input_files(RECEIPT)
    await expect(visit.page.locator(".box img")).to_be_visible()
    await check_names(visit)
    visit.gateway.inject(Fault(path=CHAT, stall_after=600))
    await visit.ask("What is the total?")
    await expect(visit.page.get_by_role("button", name="Stop")).to_be_visible()
    await check_names(visit)


@pytest.mark.parametrize("kind", ["An image", "Avatars"])
async def test_every_control_has_a_name_in_drawing(visit, kind):
    await visit.page.get_by_role("tab", name="Draw").click()
    await visit.page.get_by_role("radio", name=kind).check()
    await expect(visit.page.get_by_label("Style")).to_be_visible(visible=kind == "Avatars")
    await check_names(visit)


async def check_names(visit):
    seen = await visit.page.locator("body").aria_snapshot()
    controls = re.findall(
        r"- (?:textbox|button|combobox|slider|radio|checkbox|spinbutton|tab|link)\b.*", seen
    )
    assert len(controls) > 6
    assert [control for control in controls if '"' not in control] == []


async def test_a_narrow_page_never_scrolls_sideways(narrow_visit):
    page = narrow_visit.page
    await page.get_by_label("Search the web").check()
    await narrow_visit.ask("What is in the news about AI today?")
    await expect(page.get_by_role("link").first).to_be_visible()
    await expect(narrow_visit.answers.last).to_contain_text("tokens in")  # it is complete
    await page.get_by_label("Search the web").uncheck()
    await narrow_visit.ask(f"Say exactly: {'long' * 60}")
    await expect(narrow_visit.answers.last).to_contain_text("longlong")
    for tab in ("Chat", "Draw"):
        await page.get_by_role("tab", name=tab).click()
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
