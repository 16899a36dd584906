"""The emulator's own page: requests as chats, and the next fault at the press of a button."""

import httpx
import pytest
from playwright.async_api import expect

import emulator_302

pytestmark = pytest.mark.asyncio(loop_scope="package")


@pytest.fixture
def gateway():
    """An emulator of its own: pages of the Studio still ask the shared one for costs."""
    with emulator_302.running() as running:
        yield running


MARKUP = "<img src=https://elsewhere.example/a.png onerror=alert(1)>"


async def test_requests_are_chats_that_run_nothing_and_a_button_orders_the_next_fault(
    profile, gateway
):
    gateway.scope("other").reset()
    gateway.when("order").call("lookup_order", order_id="A-17")
    page, outside, complaints = await profile.new_page(), [], []
    page.on("request", lambda request: outside.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text))
    await page.goto(f"{gateway.base_url}/_emulator/")
    await expect(page.get_by_text("No request yet")).to_be_visible()
    headers = {"Authorization": f"Bearer {gateway.api_key}"}
    tool = {"type": "function", "function": {"name": "lookup_order", "parameters": {}}}
    body = {"model": "gpt-4o", "tools": [tool]}
    body["messages"] = [{"role": "user", "content": f"Where is my order? {MARKUP}"}]
    async with httpx.AsyncClient(base_url=gateway.base_url, headers=headers) as http:
        await http.post("/v1/chat/completions", json=body)
        await expect(page.locator(".turn.user")).to_contain_text(MARKUP)
        called = 'lookup_order({"order_id": "A-17"})'
        await expect(page.locator(".turn.answer")).to_contain_text(called)
        await expect(page.locator(".who")).to_contain_text("200 by script")
        await page.get_by_role("button", name="429, wait 1 s").click()
        await expect(page.get_by_text("1 waiting")).to_be_visible()
        refused = await http.post("/v1/chat/completions", json=body)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    await expect(page.get_by_label("Requests, the newest first").get_by_text("429")).to_be_visible()
    await page.get_by_label("Scope").select_option("other")
    await expect(page.get_by_text("No request yet")).to_be_visible()
    await page.get_by_label("Scope").select_option("")
    await page.get_by_role("button", name="Forget the requests").click()
    await expect(page.get_by_text("No request yet")).to_be_visible()
    assert gateway.requests == []
    await page.close()
    assert all(url.startswith((gateway.base_url, "data:")) for url in outside)
    assert complaints == []


async def test_it_opens_nothing_by_its_own_policy(gateway):
    async with httpx.AsyncClient(base_url=gateway.base_url) as http:
        first, second = [await http.get("/_emulator/") for _ in range(2)]
        known = (await http.get("/_emulator/inspect")).json()["stamp"]
        again = await http.get("/_emulator/inspect", params={"known": known})
        wrong = await http.get("/_emulator/inspect", params={"scope": "a b"})
    policy = first.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert policy != second.headers["content-security-policy"]
    assert again.json() == {"stamp": known}
    assert wrong.status_code == 400
