"""Webhooks from a real Durable Object to a real server, checked with an independent library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from dev.stack.stack import Stack
from tests.stack.api_client import ApiClient, eventually
from tests.stack.fake_container import FakeContainers
from tests.stack.receiver import Receiver


@pytest.fixture
def made(client: ApiClient, receiver: Receiver) -> Iterator[dict[str, Any]]:
    """The receiver's webhook, deleted at the end."""
    document = {"url": receiver.url, "events": ["job.completed"]}
    answer = client.api("POST", "/api/webhooks", document)
    assert answer.status_code == 201, answer.text
    yield answer.json()
    client.api("DELETE", f"/api/webhooks/{answer.json()['webhookId']}")


def _newest(client: ApiClient, webhook_id: str) -> dict[str, Any]:
    answer = client.api("GET", f"/api/webhooks/{webhook_id}/deliveries?limit=1")
    newest: dict[str, Any] = answer.json()["items"][0]
    return newest


def test_an_endpoint_that_fails_twice_is_told_in_the_end_of_a_finished_job(
    client: ApiClient,
    containers: FakeContainers,
    own_stack: Stack,
    receiver: Receiver,
    made: dict[str, Any],
) -> None:
    receiver.statuses = [500, 302, 200]
    job_id = client.new_job()
    assert containers.render(job_id).finish().status_code == 200

    # The first retry is due after 5 s, by the object's own alarm.
    eventually(lambda: len(receiver.got) >= 2, "a retry", 30)
    waiting = eventually(
        lambda: (d := _newest(client, made["webhookId"]))["tries"] == 2 and d, "two tries noted"
    )
    assert waiting["nextTryAt"] - waiting["attempts"][1]["at"] >= 300_000
    # The next in five minutes; the sweeper wakes the sender of what is overdue.
    own_stack.sql("UPDATE webhook_deliveries SET due_ms = 1 WHERE due_ms IS NOT NULL")
    own_stack.trigger_cron()
    done = eventually(
        lambda: (d := _newest(client, made["webhookId"]))["status"] == "delivered" and d,
        "the delivery",
    )

    assert [attempt["status"] for attempt in done["attempts"]] == [500, 302, 200]
    assert done["attempts"][0]["answer"].startswith("answer 1 x")
    assert len(done["attempts"][0]["answer"]) == 500
    for headers, body in receiver.got:
        event = Webhook(made["secret"]).verify(body, headers)
        assert (event["type"], event["data"]["jobId"]) == ("job.completed", job_id)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
