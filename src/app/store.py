"""All SQL of the app. Rows come out as frozen dataclasses; writes are statements for a batch."""

from app.access.store import (
    AccessReads,
    delete_expired_sessions,
    delete_preset,
    delete_session,
    insert_preset,
    insert_session,
    insert_token,
    note_use,
    revoke_token,
    update_preset,
)
from app.jobs.event_store import apply_event
from app.jobs.store import (
    JobReads,
    end_here,
    expire_outputs,
    insert_idempotency,
    insert_job,
    insert_job_input,
    keep_outputs,
    note_dead_letters,
    note_handover,
    postpone_check,
    postpone_expiry,
    restart,
    tell_end_here,
)
from app.live.store import LiveReads
from app.media.orphan_store import OrphanReads
from app.media.removal_store import delete_jobs, delete_media_rows, mark_deleted, postpone_wipe
from app.media.store import (
    MediaReads,
    abort_upload,
    complete_upload,
    delete_unused_media,
    delete_upload,
    insert_input,
    insert_media,
    rename_media,
)
from app.rows import (
    DeletedMedia,
    InputRow,
    JobCounts,
    JobFilter,
    JobObjects,
    JobRow,
    MediaRow,
    PresetRow,
    Standing,
    TokenRow,
    VersionRow,
)
from app.status.store import AlertReads
from app.webhooks.store import DeliveryRow, WebhookReads, WebhookRow

__all__ = [
    "DeletedMedia",
    "DeliveryRow",
    "InputRow",
    "JobCounts",
    "JobFilter",
    "JobObjects",
    "JobRow",
    "LiveReads",
    "MediaRow",
    "PresetRow",
    "Standing",
    "Store",
    "TokenRow",
    "VersionRow",
    "WebhookReads",
    "WebhookRow",
    "abort_upload",
    "apply_event",
    "complete_upload",
    "delete_expired_sessions",
    "delete_jobs",
    "delete_media_rows",
    "delete_preset",
    "delete_session",
    "delete_unused_media",
    "delete_upload",
    "end_here",
    "expire_outputs",
    "insert_idempotency",
    "insert_input",
    "insert_job",
    "insert_job_input",
    "insert_media",
    "insert_preset",
    "insert_session",
    "insert_token",
    "keep_outputs",
    "mark_deleted",
    "note_dead_letters",
    "note_handover",
    "note_use",
    "postpone_check",
    "postpone_expiry",
    "postpone_wipe",
    "rename_media",
    "restart",
    "revoke_token",
    "tell_end_here",
    "update_preset",
]


class Store(AccessReads, AlertReads, MediaReads, JobReads, LiveReads, OrphanReads, WebhookReads):
    """All reads."""
