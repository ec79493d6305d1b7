"""Settings: tokens, webhooks with their deliveries, health and usage."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.api import Api
from tests.browser.axe import AXE, serious
from tests.stack.receiver import Receiver, running_receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A program that takes webhooks."""
    with running_receiver() as running:
        yield running


def test_a_token_is_shown_once_and_revoked(page: Page) -> None:
    page.goto("/#/settings/tokens")
    page.get_by_role("button", name="New token").click()
    page.get_by_label("Name").fill("build server")
    page.get_by_role("button", name="Create token").click()
    assert page.get_by_role("textbox", name="Access token").input_value().startswith("vg_")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("textbox", name="Access token")).to_have_count(0)

    page.get_by_role("button", name="Revoke build server").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()

    expect(page.get_by_role("row", name="build server").get_by_text("Revoked")).to_be_visible()


def test_a_webhook_is_made_tried_and_its_deliveries_are_shown(
    page: Page, receiver: Receiver
) -> None:
    page.goto("/#/settings/webhooks")
    page.get_by_role("button", name="New webhook").click()
    page.get_by_label("Address").fill(receiver.url)
    page.get_by_label("Description").fill("The board")
    page.get_by_role("button", name="Create webhook").click()
    secret = page.get_by_role("textbox", name="Signing secret")
    assert secret.input_value().startswith("whsec_")
    page.get_by_role("button", name="Done").click()
    hook = page.get_by_role("region", name=receiver.url)
    expect(hook).to_contain_text("The board · job.completed, job.failed, job.canceled")

    hook.get_by_role("button", name="Send a test").click()

    # The log looks again by itself while something is on its way.
    delivery = hook.get_by_role("listitem").filter(has_text="webhook.test")
    expect(delivery.get_by_text("Delivered")).to_be_visible()
    expect(delivery).to_contain_text("200")
    expect(delivery).to_contain_text("1 attempt")
    delivery.get_by_role("button", name="Send again").click()
    expect(delivery).to_contain_text("2 attempts")
    # The chart has both, and says them in words and in a table.
    expect(hook.get_by_role("img", name="Tries. 2 tries, 0% failed")).to_be_visible()
    hook.get_by_label("30 days").press("Space")
    hook.get_by_text("As a table").click()
    expect(hook.get_by_role("row").nth(1).get_by_role("cell").first).to_have_text("2")
    page.evaluate(AXE)
    assert serious(page) == []
    tests = [headers["webhook-id"] for headers, body in receiver.got if b'"webhook.test"' in body]
    assert len(tests) == 2
    assert len(set(tests)) == 1
    hook.get_by_role("button", name="New secret").click()
    assert secret.input_value().startswith("whsec_")
    page.get_by_role("button", name="Done").click()
    hook.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(hook).to_have_count(0)


def test_an_address_that_no_webhook_may_have_is_refused_with_the_reason(page: Page) -> None:
    page.goto("/#/settings/webhooks")
    page.get_by_role("button", name="New webhook").click()
    page.get_by_label("Address").fill("http://10.0.0.7/hook")
    page.get_by_role("button", name="Create webhook").click()

    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("url")


def test_a_webhook_that_is_off_is_shown_so_and_can_be_switched_on_again(
    page: Page, api: Api
) -> None:
    body = {"url": "https://hooks.example.com/in", "events": ["job.completed"]}
    made = api.call("POST", "/api/webhooks", body)
    api.call("PATCH", f"/api/webhooks/{made['webhookId']}", {"enabled": False})

    page.goto("/#/settings/webhooks")
    hook = page.get_by_role("region", name="https://hooks.example.com/in")
    expect(hook.get_by_text("Disabled", exact=True)).to_be_visible()
    hook.get_by_role("button", name="Enable").click()

    expect(hook.get_by_text("Active", exact=True)).to_be_visible()
    api.call("DELETE", f"/api/webhooks/{made['webhookId']}")


def test_the_health_of_every_part_is_shown(page: Page) -> None:
    page.goto("/#/settings/health")

    for engine in ("Burn subtitles", "Comments video", "Download"):
        part = page.get_by_role("region", name=engine)
        expect(part.get_by_text("Answers", exact=True)).to_be_visible()
        expect(part.get_by_role("progressbar")).to_be_visible()


def test_usage_is_counted_for_the_span_that_is_chosen(page: Page) -> None:
    page.goto("/#/settings/usage")
    expect(page.get_by_role("img", name="Jobs per day over 30 days")).to_be_visible()

    page.get_by_label("7 days").press("Space")

    expect(page.get_by_role("img", name="Jobs per day over 7 days")).to_be_visible()
