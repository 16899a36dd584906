"""The page speaks the browser's language: Chinese, or else English."""

import re

import pytest
import pytest_asyncio
from playwright.async_api import expect

from emulator_302 import Fault
from tests.browser.conftest import PATIENCE, Visit

pytestmark = pytest.mark.asyncio(loop_scope="package")

CHAT = "/v1/chat/completions"
# Texts that are seen, names for screen readers, and what boxes show, but for what models, tools,
# sources and visitors say. A closed list shows another text than its program reads.
SEEN = r"""() => {
  const theirs = "pre, script, style, textarea, .source, .user-row, .title";
  const seen = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { data, parentElement } = walk.currentNode;
    if (!parentElement.closest(theirs) && parentElement.checkVisibility()) seen.push(data);
  }
  const names = ["aria-label", "placeholder", "title", "alt"];
  const shown = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").get;
  for (const one of document.querySelectorAll("body *")) {
    if (!one.checkVisibility()) continue;
    for (const name of names) seen.push(one.getAttribute(name) ?? "");
    if (one.matches("input[role=combobox]")) seen.push(shown.call(one));
  }
  return seen;
}"""
# Names are not translated, nor who says what something costs, nor what a program is told.
NAMES = re.compile(
    r"302(\.AI| Studio)|DeepSeek|PTC|PDF|CSV|EPUB|Markdown|Word|Excel|PowerPoint|Markitdown|MinerU"
    r"|AI|API|URI|https?|tokens?|data|[: ]number|answer_model|crawl_results|/302/[\w/-]+"
    r"|（[^）]*, 20\d\d-\d\d-\d\d）|id|python|bash|java|例如 en"
    r"|[a-z]+-?[a-z]*\d[\w.-]*"  # a model
)


async def english(page):
    """Return the English that is seen."""
    seen = [one.strip() for one in await page.evaluate(SEEN)]
    return sorted({one for one in seen if re.search("[A-Za-z]{2}", NAMES.sub("", one))})


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


@pytest.mark.parametrize("width", [1280, 390])
async def test_a_chinese_visitor_finds_no_english_of_ours(chinese, width):
    page = chinese.page
    await page.set_viewport_size({"width": width, "height": 860})
    await expect(page.locator("html")).to_have_attribute("lang", "zh")
    for tab in ("对话", "比较", "绘图", "提取", "工具"):
        await page.get_by_role("tab", name=tab).click()
        await expect(page.get_by_role("tabpanel")).to_be_visible()
        assert await english(page) == []
    await page.get_by_role("tab", name="绘图").click()
    await page.get_by_label("头像", exact=True).check()
    await expect(page.get_by_text("照片上是谁")).to_be_visible()
    assert await english(page) == []


async def test_the_form_of_each_tool_is_chinese(chinese):
    page = chinese.page
    await page.get_by_role("tab", name="工具").click()
    tool = page.get_by_role("combobox", name="工具")
    await tool.click()
    names = await page.get_by_role("option").all_inner_texts()
    assert len(names) == 11
    for name in names[1:]:  # the first one is shown
        before = await page.locator(".note:visible").first.inner_text()
        await tool.blur()
        await tool.click()
        await page.get_by_role("option", name=name, exact=True).click()
        await expect(page.locator(".note:visible").first).not_to_have_text(before)
        await expect(page.get_by_text("价格：")).to_be_visible()
        assert await english(page) == []


async def test_what_a_closed_list_shows_in_chinese_is_sent_as_the_program_has_it(chinese):
    page = chinese.page
    await page.get_by_role("tab", name="工具").click()
    await page.get_by_role("combobox", name="工具").click()
    await page.get_by_role("option", name="联网搜索").click()
    await page.get_by_label("搜索内容").fill("tides")
    await page.get_by_role("combobox", name="类别").click()
    await page.get_by_role("option", name="新闻").click()
    await page.get_by_role("button", name="运行").click()
    await expect(page.locator(".result")).to_be_visible()
    [request] = [r for r in chinese.gateway.requests if r.path == "/302/general/search"]
    assert request.body["query"] == "tides"
    assert "news" in str(request.body)


async def test_a_model_of_which_little_is_known_is_told_of_in_chinese(chinese):
    model = chinese.page.get_by_role("combobox", name="模型")
    await model.fill("gpt-4-turbo")
    await model.press("Enter")
    await expect(chinese.page.locator(".prose.about")).to_have_text(
        re.compile("^[^A-Z]*token 的上下文。$")
    )


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
    await expect(page.get_by_role("cell", name="receipt.png")).to_be_visible()
    await page.locator("textarea:visible").fill("Cost, Time")
    await page.get_by_role("button", name="提取", exact=True).click()
    await expect(page.get_by_text("读取页数：1")).to_be_visible()
    await expect(page.locator(".extracted")).to_contain_text("Cost")
    await expect(page.locator(".extracted")).to_contain_text("Time")


async def test_any_other_visitor_reads_english(visit):
    await expect(visit.page.get_by_role("tab", name="Compare")).to_be_visible()
    assert await visit.page.locator("html").get_attribute("lang") != "zh"
