"""The page speaks the browser's language: Chinese, or else English."""

import pytest
import pytest_asyncio
from playwright.async_api import expect

from emulator_302 import Fault
from tests.browser.conftest import PATIENCE, Visit

pytestmark = pytest.mark.asyncio(loop_scope="package")

CHAT = "/v1/chat/completions"
# Three words of English in one text that is seen, but for what models, tools and sources say.
ENGLISH = r"""() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { data, parentElement } = walk.currentNode;
    const theirs = parentElement.closest("pre, script, style, .source, .user-row, .title");
    if (!theirs && parentElement.checkVisibility() && /[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}/.test(data))
      found.push(data.trim());
  }
  return found;
}"""


async def english(page):
    """Return the English that is seen. What a source says of a price is quoted as it is."""
    return [one for one in await page.evaluate(ENGLISH) if not one.startswith("价格：")]


@pytest_asyncio.fixture(loop_scope="package")
async def chinese(browser, studio, gateway):
    gateway.reset()
    context = await browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 860})
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    await page.goto(studio.url)
    await page.get_by_text("128,000 个 token 的上下文").wait_for()
    yield Visit(page, gateway, studio.url)
    await context.close()


async def test_a_chinese_visitor_reads_no_english_sentence_of_ours(chinese):
    page = chinese.page
    await expect(page.locator("html")).to_have_attribute("lang", "zh")
    for tab in ("对话", "比较", "绘图", "提取"):
        await page.get_by_role("tab", name=tab).click()
        await expect(page.get_by_role("tabpanel")).to_be_visible()
        assert await english(page) == []
    await page.get_by_role("tab", name="绘图").click()
    await page.get_by_label("头像", exact=True).check()
    await expect(page.get_by_text("照片上是谁")).to_be_visible()
    assert await english(page) == []


async def test_answers_stay_as_they_came_and_what_stands_around_them_is_chinese(chinese):
    page = chinese.page
    box = page.get_by_placeholder("随便问，也可以拖入图片")
    await box.fill("Say exactly: Choose a model.")
    await box.press("Enter")
    answer = page.locator(".bot-row").first
    await expect(answer).to_contain_text("Choose a model.")
    await expect(answer).to_contain_text("个 token，输出")
    await expect(answer).to_contain_text("代码")
    chinese.gateway.inject(Fault(path=CHAT, status=429, body="no", times=None))
    await box.fill("again")
    await box.press("Enter")
    await expect(page.locator(".apology")).to_contain_text("短时间内请求太多。")


async def test_a_table_that_was_extracted_stays_as_it_was_read(chinese):
    page = chinese.page
    await page.get_by_role("tab", name="提取").click()
    await page.get_by_role("button", name="使用示例收据").click()
    await page.locator("textarea:visible").fill("Cost, Time")
    await page.get_by_role("button", name="提取", exact=True).click()
    await expect(page.get_by_text("读取页数：1")).to_be_visible()
    await expect(page.locator(".extracted")).to_contain_text("Cost")
    await expect(page.locator(".extracted")).to_contain_text("Time")


async def test_any_other_visitor_reads_english(visit):
    await expect(visit.page.get_by_role("tab", name="Compare")).to_be_visible()
    assert await visit.page.locator("html").get_attribute("lang") != "zh"
