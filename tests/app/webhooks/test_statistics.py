"""How an endpoint's deliveries went, by the hour and by the day."""

from media_jobs.ports import PeerAnswer
from tests.app.stage import Stage
from tests.app.webhooks.test_webhooks import FakeCourier, always, ended, send_due

HOUR_MS = 3_600_000


def test_tries_are_counted_by_the_hour_and_by_the_day_with_what_they_took(stage: Stage) -> None:
    webhook_id = stage.webhook()["webhookId"]
    path = f"/api/webhooks/{webhook_id}/statistics"

    def after(ms: int, status: int) -> FakeCourier:
        def answer(body: bytes) -> PeerAnswer:
            stage.now_ms += ms
            return PeerAnswer(status=status, text="")

        return FakeCourier(answer)

    stage.now_ms = stage.now_ms // (24 * HOUR_MS) * 24 * HOUR_MS
    ended(stage)
    send_due(stage, webhook_id, after(300, 500))
    stage.now_ms += 10_000
    send_due(stage, webhook_id, after(100, 204))
    began = stage.now_ms // HOUR_MS * HOUR_MS
    stage.now_ms += 2 * HOUR_MS
    ended(stage)
    send_due(stage, webhook_id, FakeCourier(always(200)))

    by_hour = stage.send("GET", path).json
    by_day = stage.send("GET", f"{path}?span=month").json

    first = {"at": began, "delivered": 1, "failed": 1, "averageMs": 200, "longestMs": 300}
    second = {"delivered": 1, "failed": 0, "averageMs": 0, "longestMs": 0}
    assert by_hour["items"] == [first, {"at": began + 2 * HOUR_MS, **second}]
    assert (by_hour["stepMs"], by_hour["steps"]) == (HOUR_MS, 24)
    assert by_hour["since"] == began - 21 * HOUR_MS
    day = {"at": began, "delivered": 2, "failed": 1, "averageMs": 133, "longestMs": 300}
    assert by_day["items"] == [day]
    stage.now_ms += 24 * HOUR_MS
    assert stage.send("GET", path).json["items"] == []
    assert stage.send("GET", f"{path}?span=year").status == 400
