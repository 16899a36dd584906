"""Tables from scans on the page, in a real browser."""

import csv

import pytest
from playwright.async_api import expect

from tests.browser.served import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="package")

RECEIPT = ROOT / "cookbook" / "images" / "receipt.png"


async def test_a_table_of_a_scan_is_shown_with_its_cost_and_downloaded(visit, tmp_path):
    page = visit.page
    broken = tmp_path / "broken.png"
    broken.write_bytes(RECEIPT.read_bytes()[:3000])
    await page.get_by_role("tab", name="Extract").click()
    await page.get_by_role("button", name="Extract", exact=True).click()
    await expect(page.get_by_text("There is nothing to extract yet.")).to_be_visible()
    await page.locator(".given:visible input[type=file]").set_input_files([RECEIPT, broken])
    await expect(page.get_by_role("cell", name="broken.png")).to_be_visible()
    await page.get_by_label("Columns").fill("name, price: number")
    await page.get_by_label("A row for each item").check()
    await page.get_by_role("button", name="Extract", exact=True).click()
    await expect(page.get_by_text("Rows: 4. Pages read: 1.")).to_be_visible()
    await expect(page.get_by_text("Not read: broken.png")).to_be_visible()
    await expect(page.get_by_role("gridcell", name="Cardamom bun")).to_be_visible()
    async with page.expect_download() as awaited:
        await page.get_by_role("button", name="Download as CSV").click()
    saved = await (await awaited.value).path()
    rows = list(csv.reader(saved.read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["file", "page", "name", "price"]
    assert ["receipt.png", "1", "Cardamom bun", "3.2"] in rows
