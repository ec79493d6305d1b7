"""Removing a subscription with the media of its looks; the runs that it has started stay."""

from app.jobs.accept import cancel_job
from app.media.removal import delete_media
from app.ports import Ports
from app.subscriptions.store import SubscriptionRow, attend_at, delete_subscription
from media_jobs.errors import Conflict, NotFound

AGAIN_MS = 60_000


async def finish_removal(row: SubscriptionRow, ports: Ports) -> None:
    """Cancel a look, delete its media, then the subscription; what can't be yet, with a later cron.

    *ports*: of its workspace. Raises UpstreamError.
    """
    try:
        if row.look_job_id is not None:
            await cancel_job(row.look_job_id, ports)
    except NotFound:
        pass
    try:
        if row.media_id is not None:
            await delete_media(row.media_id, ports)
    except NotFound:
        pass
    except Conflict:  # The look has not ended yet.
        await ports.store.batch([attend_at(row, ports.now_ms() + AGAIN_MS)])
        return
    await ports.store.batch(delete_subscription(row.subscription_id))
    ports.log({"event": "subscription_removed", "subscriptionId": row.subscription_id})
