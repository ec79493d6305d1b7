"""A container goes down and comes back: a signed alert for each, and one of each."""

from __future__ import annotations

import re
from typing import Any

from standardwebhooks.webhooks import Webhook

from dev.stack.stack import Stack
from tests.stack.api_client import ApiClient, eventually
from tests.stack.fake_container import FakeContainers
from tests.stack.receiver import Receiver


def test_a_signed_alert_comes_when_a_container_is_down_and_another_when_it_is_back(
    client: ApiClient, containers: FakeContainers, own_stack: Stack, receiver: Receiver
) -> None:
    document = {"url": receiver.url, "events": ["alert.container_down"]}
    made = client.api("POST", "/api/webhooks", document).json()

    def checked(times: int) -> None:
        for _ in range(times):
            own_stack.trigger_cron()

    def received(count: int) -> list[dict[str, Any]]:
        eventually(lambda: len(receiver.got) >= count, f"{count} alerts")
        return [Webhook(made["secret"]).verify(body, headers) for headers, body in receiver.got]

    containers.down.add("remotion")
    try:
        checked(3)  # The second one in a row opens it, the third changes nothing.
        (opened,) = received(1)
        health = {
            c["engine"]: c["ok"] for c in client.api("GET", "/api/health").json()["containers"]
        }
    finally:
        containers.down.clear()
    checked(2)
    _, over = received(2)
    status = client.api("GET", "/api/status").json()
    client.api("DELETE", f"/api/webhooks/{made['webhookId']}")

    assert opened["type"] == "alert.container_down"
    assert opened["data"]["engine"] == "renderer-remotion"
    # It has several hosts there, and the one is named.
    assert re.fullmatch(r"127\.0\.0\.1:\d+: HTTP 503", opened["data"]["details"]["error"])
    assert health["renderer-remotion"] is False
    assert over["type"] == "alert.container_down.resolved"
    assert over["data"]["alertId"] == opened["data"]["alertId"]
    assert over["data"]["resolvedAt"] >= opened["data"]["openedAt"]
    assert len(receiver.got) == 2
    assert status["alerts"][0] == over["data"]


def test_the_status_page_has_an_address_that_people_can_type(
    client: ApiClient, own_stack: Stack
) -> None:
    answer = client.http.get(f"{own_stack.app_url}/status")

    assert (answer.status_code, answer.headers["location"]) == (302, "/#/status")
