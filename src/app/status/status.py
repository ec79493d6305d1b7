"""The state of the system, for the status page: unfinished jobs, dead letters, alerts."""

from app.ports import Ports
from app.status.alerts import alert_document
from app.status.store import select_shown_alerts, select_standing
from app.store import EVERYONE

ALERTS_SHOWN = 20


async def status(ports: Ports) -> dict[str, object]:
    """Return what D1 knows; `health` covers the Workers and containers.

    Alerts are shown to operators only.
    """
    found = await select_standing(ports.store)
    is_operator = ports.store.owner is EVERYONE
    alerts = await select_shown_alerts(ports.store, ALERTS_SHOWN) if is_operator else []
    oldest = None
    if found.oldest_job_id is not None:
        oldest = {"jobId": found.oldest_job_id, "since": found.oldest_since_ms}
    return {
        "jobs": {
            "unfinished": found.unfinished,
            "oldestWaiting": oldest,
            "deadLetters": {"jobs": found.dead_letter_jobs, "events": found.dead_letters},
        },
        "alerts": [alert_document(alert) for alert in alerts],
        "checkedAt": ports.now_ms(),
    }
