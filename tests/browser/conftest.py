"""One page, one browser and one profile for all of these tests; each has a visit of its own.

The page asks an emulator that the tests can spoil. Nothing may leave this machine: the browser
finds no other host, and a request for one fails the test, as does an error on its console.

A visitor's profile is shared, so that the browser keeps the page's files as it does for every user:
to read and compile them anew for each visit took most of the CPU of these tests.
"""

from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright, expect

import emulator_302
from tests.browser.chromium import launched
from tests.browser.served import named, served

PATIENCE = 60_000  # milliseconds that an expectation waits at most, on a machine that is busy
expect.set_options(timeout=PATIENCE)


@dataclass
class Visit:
    """A visitor's tab, and what it did that no test wants."""

    page: Page
    gateway: emulator_302.Gateway
    url: str
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def asked(self):
        """The bodies of the questions so far."""
        return [r.body for r in self.gateway.requests if r.path == "/v1/chat/completions"]

    async def ask(self, words):
        """Write a question, and send it once the last one is answered."""
        await self.box.fill(words)
        await expect(self.page.get_by_role("button", name="Stop")).to_have_count(0)
        await self.box.press("Enter")

    async def choose(self, label, words):
        """Search a dropdown for `words`, and take what it finds."""
        await self.page.get_by_label(label, exact=True).fill(words)
        await self.page.get_by_role("option", name=named(words)).click()

    @property
    def box(self):
        return self.page.get_by_role("textbox", name="Your question")

    @property
    def answers(self):
        return self.page.locator(".bot-row")


@pytest.fixture(scope="package")
def gateway():
    with emulator_302.running() as running:
        yield running


@pytest.fixture(scope="package")
def studio(gateway, tmp_path_factory):
    settings = {
        "AI302_API_KEY": gateway.api_key,
        "AI302_BASE_URL": gateway.base_url,
        "AI302_TRUSTED_HOSTS": gateway.file_host,
    }
    folder = tmp_path_factory.mktemp("studio")
    with served(folder, settings) as page:
        yield page
    # SIGTERM ended it. What was dropped in and drawn is gone.
    assert page.process.returncode == 0
    assert list(folder.iterdir()) == []


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser():
    async with async_playwright() as playwright:
        found = await launched(playwright)
        yield found
        await found.close()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def profile(browser):
    context = await browser.new_context()
    context.set_default_timeout(PATIENCE)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="package")
async def visit(profile, studio, gateway):
    async for one in _visits(profile, studio, gateway, 1280, 860):
        yield one


@pytest_asyncio.fixture(loop_scope="package")
async def narrow_visit(profile, studio, gateway):
    async for one in _visits(profile, studio, gateway, 390, 844):
        yield one


async def _visits(profile, studio, gateway, width, height):
    gateway.reset()
    page = await profile.new_page()
    await page.set_viewport_size({"width": width, "height": height})
    one = Visit(page, gateway, studio.url)

    def note(request):
        forbidden = request.failure == "csp"  # the page's own policy let it not out
        if not forbidden and not request.url.startswith((f"{studio.url}/", "data:", "blob:")):
            one.outside.append(request.url)

    page.on("requestfinished", note)
    page.on("requestfailed", note)
    page.on("pageerror", lambda error: one.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: one.complaints.append(said.text) if said.type == "error" else None,
    )
    await page.goto(studio.url)
    await page.get_by_text("128,000 tokens of context").wait_for()  # the list of models has come
    yield one
    complaints = [*one.complaints]  # the page's own requests end with an error when it is closed
    await page.evaluate("localStorage.clear(); sessionStorage.clear()")
    await profile.clear_cookies()
    await page.close()
    assert one.outside == []
    assert complaints == []
