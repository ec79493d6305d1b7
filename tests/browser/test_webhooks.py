"""The view of outgoing webhooks."""

import httpx
from playwright.sync_api import Page

from dev.stack import Stack


def test_a_webhook_that_is_off_is_shown_so_and_can_be_switched_on_again(
    page: Page, stack: Stack
) -> None:
    headers = {"authorization": f"Bearer {stack.admin_token}"}
    with httpx.Client(base_url=stack.app_url, headers=headers, trust_env=False) as api:
        body = {"url": "https://hooks.example.com/in", "events": ["job.completed"]}
        made = api.post("/api/webhooks", json=body).json()
        api.patch(f"/api/webhooks/{made['webhookId']}", json={"enabled": False})

    page.goto("/#/settings/webhooks")
    hook = page.get_by_role("region", name="https://hooks.example.com/in")
    hook.wait_for()
    hook.get_by_text("Disabled", exact=True).wait_for()
    hook.get_by_role("button", name="Enable").click()

    hook.get_by_text("Active", exact=True).wait_for()
