"""Outgoing webhooks: what is told to whom, how often it is tried, and what stops it."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from standardwebhooks.webhooks import Webhook

from app.settings import AppSettings
from app.webhooks.deliver import DeliveryPorts, deliver_due
from app.webhooks.messages import sweep_webhooks
from app.webhooks.store import select_webhook
from media_jobs.errors import UpstreamError
from media_jobs.keyring import Keyring
from media_jobs.ports import PeerAnswer
from media_jobs.webhooks import FAILING_DAYS_MAX
from tests.app.stage import SECRET, Stage
from tests.platform.loop import run
from tests.platform.network import answering

URL = "https://hooks.example.com/in"
SECOND_MS, DAY_MS = 1000, 24 * 3600 * 1000
Receiver = Callable[[bytes], PeerAnswer]


class FakeCourier:
    """Endpoints of others: *answer* decides, everything that is posted is kept."""

    def __init__(self, answer: Receiver) -> None:
        self.answer = answer
        self.posts: list[tuple[str, bytes, dict[str, str]]] = []

    async def post(
        self, url: str, body: bytes, headers: dict[str, str], timeout_ms: int
    ) -> PeerAnswer:
        assert timeout_ms > 0
        self.posts.append((url, body, headers))
        await asyncio.sleep(0)
        return self.answer(body)


def always(status: int, text: str = "") -> Receiver:
    return lambda body: PeerAnswer(status=status, text=text)


def deaf(body: bytes) -> PeerAnswer:
    raise UpstreamError("upstream_failed", part="hooks.example.com", why="not within 15000 ms")


def delivery_ports(stage: Stage, courier: FakeCourier) -> DeliveryPorts:
    return DeliveryPorts(
        store=stage.store,
        courier=courier,
        now_ms=lambda: stage.now_ms,
        log=stage.log.append,
        allow_loopback=lambda: stage.settings.webhook_allow_loopback,
    )


def send_due(stage: Stage, webhook_id: str, courier: FakeCourier) -> int | None:
    return run(deliver_due(webhook_id, delivery_ports(stage, courier)))


def deliveries(stage: Stage, webhook_id: str, query: str = "") -> list[dict[str, Any]]:
    answered = stage.send("GET", f"/api/webhooks/{webhook_id}/deliveries{query}")
    assert answered.status == 200, answered.text
    items: list[dict[str, Any]] = answered.json["items"]
    return items


def ended(stage: Stage, status: str = "completed") -> str:
    job_id = stage.job()
    assert stage.tell(stage.event(job_id, 1, status)).status == 200
    return job_id


def test_the_secret_is_shown_once_and_stored_nowhere_in_the_log(stage: Stage) -> None:
    made = stage.webhook()

    one = stage.send("GET", f"/api/webhooks/{made['webhookId']}")
    assert made["secret"].startswith("whsec_")
    assert "secret" not in one.json
    assert {**one.json, "secret": made["secret"]} == made
    assert made["secret"] not in repr(stage.log)
    assert made["secret"] not in repr(run(select_webhook(stage.store, made["webhookId"])))


def test_this_machine_may_be_told_by_an_explicit_setting_alone(stage: Stage) -> None:
    stage.settings = AppSettings(
        keys=Keyring((SECRET,)), orchestrator_url="https://orch.test", webhook_allow_loopback=True
    )
    document = {"url": "http://127.0.0.1:9/", "events": ["job.failed"]}

    made = stage.send("POST", "/api/webhooks", document)
    stage.send("POST", f"/api/webhooks/{made.json['webhookId']}/test")
    stage.settings = AppSettings(keys=Keyring((SECRET,)), orchestrator_url="https://orch.test")
    courier = FakeCourier(always(200))
    send_due(stage, made.json["webhookId"], courier)

    assert made.status == 201
    assert courier.posts == []
    (delivery,) = deliveries(stage, made.json["webhookId"])
    (attempt,) = delivery["attempts"]
    assert attempt["error"] == "The URL must begin with https://."
    assert attempt["messageValues"] == {"reason": "field.url_https"}


def test_only_what_was_asked_for_is_told_and_each_event_once(stage: Stage) -> None:
    failures, starts = stage.webhook("job.failed"), stage.webhook("job.started")
    job_id = stage.job()
    for seq, status in enumerate(("queued", "preparing", "running", "running"), 1):
        assert stage.tell(stage.event(job_id, seq, status)).status == 200
    last = stage.event(job_id, 5, "failed", error={"code": "tool_failed", "message": "No."})
    stage.tell(last)
    stage.tell(last)

    (failed,) = deliveries(stage, failures["webhookId"])
    (started,) = deliveries(stage, starts["webhookId"])

    assert (failed["type"], failed["status"], failed["tries"]) == ("job.failed", "pending", 0)
    assert failed["payload"]["type"] == "job.failed"
    assert failed["payload"]["data"]["jobId"] == job_id
    assert failed["payload"]["data"]["error"]["code"] == "tool_failed"
    assert started["payload"]["data"]["status"] == "preparing"
    assert set(stage.senders.woken) == {failures["webhookId"], starts["webhookId"]}


def test_an_event_that_is_refused_is_told_to_nobody(stage: Stage) -> None:
    made = stage.webhook("job.completed", "job.canceled")
    job_id = ended(stage, "canceled")

    assert stage.tell(stage.event(job_id, 2, "completed")).status == 409

    assert [item["type"] for item in deliveries(stage, made["webhookId"])] == ["job.canceled"]


def test_a_job_that_ends_without_the_orchestrator_is_told_too(stage: Stage) -> None:
    made = stage.webhook("job.canceled")
    job_id = stage.job()
    stage.orchestrator.script = answering(404, {"error": "not_found"})

    stage.send("POST", f"/api/jobs/{job_id}/cancel")

    (delivery,) = deliveries(stage, made["webhookId"])
    assert delivery["payload"]["data"]["jobId"] == job_id


def test_what_is_sent_verifies_with_an_independent_library(stage: Stage) -> None:
    made = stage.webhook()
    job_id = ended(stage)
    courier = FakeCourier(always(204))
    stage.now_ms = _real_now_ms()

    assert send_due(stage, made["webhookId"], courier) is None

    ((url, body, headers),) = courier.posts
    assert url == URL
    assert Webhook(made["secret"]).verify(body, headers)["data"]["jobId"] == job_id
    (delivery,) = deliveries(stage, made["webhookId"], "?status=delivered")
    assert delivery["messageId"] == headers["webhook-id"]


def _real_now_ms() -> int:
    """Return this machine's time: the library refuses messages of another."""
    return int(time.time() * 1000)


def test_a_refused_delivery_is_tried_on_the_schedule_under_one_id_and_then_given_up(
    stage: Stage,
) -> None:
    made = stage.webhook()
    ended(stage)
    courier = FakeCourier(always(503, "busy " * 500))
    waits = []
    while (due_ms := send_due(stage, made["webhookId"], courier)) is not None:
        waits.append((due_ms - stage.now_ms) // SECOND_MS)
        stage.now_ms = due_ms - 1
        send_due(stage, made["webhookId"], courier)
        stage.now_ms = due_ms

    # https://github.com/standard-webhooks/standard-webhooks, "Deliverability and reliability".
    hours = [hour * 3600 for hour in (2, 5, 10, 14, 20, 24)]
    assert waits == [5, 300, 1800, *hours]
    assert len(courier.posts) == 10
    assert len({headers["webhook-id"] for _, _, headers in courier.posts}) == 1
    (delivery,) = deliveries(stage, made["webhookId"], "?status=failed")
    assert [attempt["status"] for attempt in delivery["attempts"]] == [503] * 10
    assert len(delivery["attempts"][0]["answer"]) == 500


def test_an_endpoint_that_does_not_answer_is_tried_again_with_the_reason_logged(
    stage: Stage,
) -> None:
    made = stage.webhook()
    ended(stage)

    due_ms = send_due(stage, made["webhookId"], FakeCourier(deaf))

    assert due_ms == stage.now_ms + 5 * SECOND_MS
    (delivery,) = deliveries(stage, made["webhookId"])
    assert "did not answer" in delivery["attempts"][0]["error"]
    assert delivery["attempts"][0]["messageKey"] == "upstream_failed"
    assert delivery["attempts"][0]["status"] is None


def test_gone_disables_the_endpoint_until_it_is_switched_on_again(stage: Stage) -> None:
    made = stage.webhook()
    path = f"/api/webhooks/{made['webhookId']}"
    ended(stage)
    ended(stage)
    courier = FakeCourier(always(410))

    send_due(stage, made["webhookId"], courier)
    ended(stage)

    assert len(courier.posts) == 1
    off = stage.send("GET", path).json
    assert "410" in off["disabledReason"]
    assert off["messageKey"] == "webhook_off.gone"
    assert [item["status"] for item in deliveries(stage, made["webhookId"])] == ["failed"] * 2
    refused = stage.send("POST", f"{path}/test").json
    assert refused["detail"] == f"The webhook is disabled. {off['disabledReason']}"
    assert refused["messageValues"] == {"why": "webhook_off.gone"}
    assert stage.send("PATCH", path, {"enabled": True}).json["enabled"] is True
    assert stage.send("POST", f"{path}/test").status == 202


def test_an_endpoint_that_accepts_nothing_for_five_days_is_disabled(stage: Stage) -> None:
    made = stage.webhook()
    path = f"/api/webhooks/{made['webhookId']}"
    reasons = []
    for answer, days in ((500, 3), (200, 3), (500, 4), (500, 1), (500, 0)):
        ended(stage)
        send_due(stage, made["webhookId"], FakeCourier(always(answer)))
        reasons.append(stage.send("GET", path).json["disabledReason"])
        stage.now_ms += days * DAY_MS

    # The success in between clears the record: its days are counted from the failure after it.
    assert reasons[:4] == [None] * 4
    assert reasons[4] == f"The endpoint accepted nothing for {FAILING_DAYS_MAX} days."


def test_during_a_rotation_both_secrets_verify_and_after_a_day_the_new_one_alone(
    stage: Stage,
) -> None:
    made = stage.webhook()
    path = f"/api/webhooks/{made['webhookId']}"
    stage.now_ms = _real_now_ms()
    rotated = stage.send("POST", f"{path}/secret").json
    signatures = []
    for _ in range(2):
        stage.send("POST", f"{path}/test")
        courier = FakeCourier(always(200))
        send_due(stage, made["webhookId"], courier)
        ((_, body, headers),) = courier.posts
        signatures.append(headers["webhook-signature"].split())
        if len(signatures) == 1:
            for secret in (made["secret"], rotated["secret"]):
                assert Webhook(secret).verify(body, headers)["type"] == "webhook.test"
        stage.now_ms += DAY_MS

    assert rotated["secret"] != made["secret"]
    assert rotated["formerSecretUntil"] == stage.now_ms - DAY_MS
    assert [len(found) for found in signatures] == [2, 1]


def test_a_delivery_is_replayed_under_its_id_with_its_log(stage: Stage) -> None:
    made = stage.webhook()
    path = f"/api/webhooks/{made['webhookId']}/deliveries"
    ended(stage)
    courier = FakeCourier(always(200))
    send_due(stage, made["webhookId"], courier)
    (sent,) = deliveries(stage, made["webhookId"])

    again = stage.send("POST", f"{path}/{sent['deliveryId']}/replay")
    send_due(stage, made["webhookId"], courier)

    assert (again.status, again.json["status"]) == (202, "pending")
    assert courier.posts[0][2]["webhook-id"] == courier.posts[1][2]["webhook-id"]
    assert len(deliveries(stage, made["webhookId"])[0]["attempts"]) == 2
    assert stage.send("POST", f"{path}/dlv_none/replay").status == 404


def test_the_log_tells_of_each_try_when_it_was_how_long_it_took_and_what_came_of_it(
    stage: Stage,
) -> None:
    made = stage.webhook()
    ended(stage)
    began_ms = stage.now_ms

    def slow(body: bytes) -> PeerAnswer:
        stage.now_ms += 1234
        return PeerAnswer(status=202, text="thank you")

    send_due(stage, made["webhookId"], FakeCourier(slow))

    (delivery,) = deliveries(stage, made["webhookId"])
    assert delivery["attempts"] == [
        {"at": began_ms, "status": 202, "durationMs": 1234, "answer": "thank you", "error": None}
    ]
    assert (delivery["status"], delivery["nextTryAt"]) == ("delivered", None)


def test_a_changed_endpoint_is_told_what_it_wants_now_where_it_is_now(stage: Stage) -> None:
    made = stage.webhook("job.completed")
    path = f"/api/webhooks/{made['webhookId']}"
    moved = {"url": "https://hooks.example.com/new", "events": ["job.failed", "job.failed"]}

    changed = stage.send("PATCH", path, moved).json
    ended(stage, "completed")
    ended(stage, "failed")
    courier = FakeCourier(always(200))
    send_due(stage, made["webhookId"], courier)

    assert (changed["url"], changed["events"]) == (moved["url"], ["job.failed"])
    assert changed["description"] == made["description"]
    assert [url for url, _, _ in courier.posts] == [moved["url"]]


def test_what_waits_for_an_endpoint_that_is_switched_off_is_given_up(stage: Stage) -> None:
    made = stage.webhook()
    ended(stage)
    path = f"/api/webhooks/{made['webhookId']}"

    off = stage.send("PATCH", path, {"enabled": False}).json
    courier = FakeCourier(always(200))
    send_due(stage, made["webhookId"], courier)
    on = stage.send("PATCH", path, {"enabled": True}).json

    assert (off["enabled"], off["disabledReason"]) == (False, "It was switched off.")
    assert (off["messageKey"], "messageKey" in on) == ("webhook_off.by_hand", False)
    assert (on["enabled"], on["disabledReason"]) == (True, None)
    assert courier.posts == []
    assert [item["status"] for item in deliveries(stage, made["webhookId"])] == ["failed"]


def test_a_deleted_endpoint_is_sent_nothing(stage: Stage) -> None:
    made = stage.webhook()
    ended(stage)
    courier = FakeCourier(always(200))

    assert stage.send("DELETE", f"/api/webhooks/{made['webhookId']}").status == 204

    assert send_due(stage, made["webhookId"], courier) is None
    assert courier.posts == []
    assert stage.send("GET", f"/api/webhooks/{made['webhookId']}").status == 404


def test_the_sweeper_wakes_what_waits_and_forgets_what_is_a_month_old(stage: Stage) -> None:
    made = stage.webhook()
    ended(stage)
    stage.senders.woken.clear()

    run(sweep_webhooks(stage.ports))
    assert stage.senders.woken == [made["webhookId"]]

    stage.now_ms += 31 * DAY_MS
    run(sweep_webhooks(stage.ports))
    assert deliveries(stage, made["webhookId"]) == []


def test_the_list_of_endpoints_is_paged(stage: Stage) -> None:
    made = [stage.webhook()["webhookId"] for _ in range(5)]

    first = stage.send("GET", "/api/webhooks?limit=3").json
    rest = stage.send("GET", f"/api/webhooks?limit=3&cursor={first['nextCursor']}").json
    listed = [item["webhookId"] for item in (*first["items"], *rest["items"])]
    assert sorted(listed) == sorted(made)
    assert rest["nextCursor"] is None
