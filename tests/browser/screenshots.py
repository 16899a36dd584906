"""Takes the images of the page for the documents: `make screenshots`.

The emulator answers, and the page says so in each of them.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.chromium import launched
from tests.browser.served import ROOT, named, served

IMAGES = ROOT / "docs" / "images"
RECEIPT = ROOT / "cookbook" / "images" / "receipt.png"
PHOTO = ROOT / "cookbook" / "images" / "photo.png"
DRAWN = ("mountains at night", "a lighthouse at dusk", "a forest in the snow", "a boat at sunrise")
AVATARS, STYLE = 2, "Cartoon Illustration"
MOST_BYTES = 300_000
PATIENCE = 20_000  # milliseconds: the models of OCR are loaded then, and an image is a task


@dataclass(frozen=True)
class View:
    """One image to take."""

    name: str
    width: int
    height: int
    dark: bool = False
    sharpness: float = 1.5  # pixels of the file for one of the page


VIEWS = (
    View("studio-wide", 1280, 1120),
    View("studio-narrow", 390, 900),
    View("studio-dark", 1280, 1020, dark=True, sharpness=1),
)


async def take(browser: Browser, url: str, view: View) -> Path:
    """Take one image, and return where it is."""
    context = await browser.new_context(
        viewport={"width": view.width, "height": view.height},
        device_scale_factor=view.sharpness,
        color_scheme="dark" if view.dark else "light",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    await page.goto(url)
    await page.get_by_text("128,000 tokens of context").wait_for()
    if view.dark:
        await draw(page)
    else:
        await talk(page)
    path = IMAGES / f"{view.name}.png"
    await page.evaluate("scrollTo(0, 0)")
    await page.mouse.move(0, 0)
    taken = Image.open(io.BytesIO(await page.screenshot()))
    await context.close()
    taken.convert("RGB").save(path, optimize=True)
    return path


async def talk(page: Page) -> None:
    """Have a receipt read, then ask for the news."""
    await choose(page, "deepseek-chat")
    await page.locator(".box input[type=file]").set_input_files(RECEIPT)
    await expect(page.locator(".box img")).to_be_visible()
    await ask(page, "What is the total on this receipt?", 1)
    await choose(page, "deepseek-r1")
    await page.get_by_label("Search the web").check()
    await ask(page, "What is in the news about AI today?", 2)


async def choose(page: Page, model: str) -> None:
    """Choose a model."""
    await page.get_by_label("Model", exact=True).fill(model)
    await page.get_by_role("option", name=named(model)).click()


async def ask(page: Page, words: str, answers: int) -> None:
    """Ask, and wait until the answer and its cost are there."""
    box = page.get_by_role("textbox", name="Your question")
    await box.fill(words)
    await box.press("Enter")
    costs = page.locator(".figures").filter(has_text="PTC")
    await expect(costs).to_have_count(answers, timeout=PATIENCE)
    await box.blur()


async def draw(page: Page) -> None:
    """Draw images, and make avatars of a drawn face."""
    await page.get_by_role("tab", name="Draw").click()
    gallery = page.locator(".gallery .thumbnail-item")
    for number, words in enumerate(DRAWN, start=1):
        await page.get_by_label("What to draw").fill(words)
        await page.get_by_role("button", name="Draw", exact=True).click()
        await expect(gallery).to_have_count(number, timeout=PATIENCE)
    await page.get_by_label("Avatars").check()
    await page.get_by_label("Style").fill(STYLE)
    await page.get_by_role("option", name=STYLE).click()
    await page.get_by_role("spinbutton").fill(str(AVATARS))
    await page.locator(".photo input[type=file]").set_input_files(PHOTO)
    await expect(page.locator(".photo img")).to_be_visible()
    await page.get_by_role("button", name="Draw", exact=True).click()
    await expect(gallery).to_have_count(len(DRAWN) + AVATARS, timeout=PATIENCE)
    for image in await gallery.locator("img").all():
        await expect(image).to_have_js_property("complete", value=True)


async def main(url: str) -> None:
    """Take all of them.

    Raises:
        ValueError: An image is too large for the repository.
    """
    async with async_playwright() as playwright:
        browser = await launched(playwright)
        for view in VIEWS:
            path = await take(browser, url, view)
            size = path.stat().st_size
            if size > MOST_BYTES:
                raise ValueError(f"{path.name} has {size:,} bytes; {MOST_BYTES:,} are allowed")
            print(f"{path.relative_to(ROOT)}: {size:,} bytes")
        await browser.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), {}) as page:
        asyncio.run(main(page.url))
