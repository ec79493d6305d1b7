"""What the tests of subscriptions share: lists as a downloader's looks find them."""

import json
from collections.abc import Mapping
from typing import Any

from app.subscriptions.attending import attend_to_due
from tests.app.stage import Answered, Stage
from tests.platform.loop import run

CHANNEL = "https://video.test/@channel"
NEW: dict[str, object] = {"url": CHANNEL, "recipe": "download"}
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


def subscribed(stage: Stage, token: str = "token-submit", **more: object) -> str:  # noqa: S107
    answered = stage.send("POST", "/api/subscriptions", {**NEW, **more}, token=token)
    assert answered.status == 201, answered.text
    subscription_id: str = answered.json["subscriptionId"]
    return subscription_id


def seen(stage: Stage, subscription_id: str) -> dict[str, Any]:
    return stage.send("GET", f"/api/subscriptions/{subscription_id}").json


def entries(stage: Stage, subscription_id: str, query: str = "limit=100") -> list[dict[str, Any]]:
    answered = stage.send("GET", f"/api/subscriptions/{subscription_id}/entries?{query}")
    assert answered.status == 200, answered.text
    found: list[dict[str, Any]] = answered.json["items"]
    return found


def states(stage: Stage, subscription_id: str) -> dict[str, str]:
    return {one["siteId"]: one["state"] for one in entries(stage, subscription_id)}


def change(stage: Stage, subscription_id: str, **what: object) -> Answered:
    return stage.send("PATCH", f"/api/subscriptions/{subscription_id}", what)


def cron(stage: Stage, pass_ms: int = 60_000) -> None:
    stage.now_ms += pass_ms
    run(attend_to_due(stage.ports))


def video(name: str, **more: object) -> dict[str, object]:
    return {"id": name, "url": f"https://video.test/watch?v={name}", "title": name, **more}


def listing(*found: str | Mapping[str, object], **more: object) -> dict[str, object]:
    items = [video(one) if isinstance(one, str) else dict(one) for one in found]
    return {
        "kind": "list",
        "id": "UC1",
        "extractor": "YoutubeTab",
        "title": "The channel",
        "hasAudio": False,
        "entries": items,
        "entryCount": len(items),
        "tools": {"ytDlp": "1"},
        **more,
    }


def answer(stage: Stage, subscription_id: str, listed: Mapping[str, object] | str) -> None:
    """Have the job that looks now end with what it has listed, or with an error of this code."""
    job_id = seen(stage, subscription_id)["lookJobId"]
    assert job_id is not None
    if isinstance(listed, str):
        error = {"code": listed, "message": "It failed.", "retryable": False}
        event = stage.event(job_id, 1, "failed", error=error)
    else:
        outputs = stage.outputs(job_id, "metadata.json")
        stage.put(str(outputs["metadata"]["key"]), body=json.dumps(listed))  # type: ignore[index]
        event = stage.event(job_id, 1, "completed", outputs=outputs)
    assert stage.tell(event).status == 200


def look(stage: Stage, subscription_id: str, listed: Mapping[str, object] | str) -> None:
    """Look at once, and let the cron see what was found."""
    if seen(stage, subscription_id)["lookJobId"] is None:
        answered = stage.send("POST", f"/api/subscriptions/{subscription_id}/look")
        assert answered.status == 200, answered.text
    answer(stage, subscription_id, listed)
    cron(stage)


def started(stage: Stage) -> list[str]:
    """Return the videos whose runs were submitted, in that order."""
    ids = [call.message["jobId"] for call in stage.orchestrator.to("/jobs")]
    urls = [
        json.loads(stage.row(job_id)["options"])["url"] for job_id in ids if of_run(stage, job_id)
    ]
    return [url.rpartition("=")[2] for url in urls]


def of_run(stage: Stage, job_id: str) -> bool:
    return bool(stage.database.look("SELECT 1 AS one FROM run_steps WHERE job_id = ?", job_id))


def run_of(stage: Stage) -> list[str]:
    """Return the videos of all runs that are stored."""
    rows = stage.database.look(
        "SELECT m.source_url AS url FROM runs JOIN media AS m USING (media_id)"
    )
    return sorted(row["url"].rpartition("=")[2] for row in rows)
