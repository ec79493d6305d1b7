"""All SQL of the app. Rows come out as frozen dataclasses; writes are statements for a batch."""

from app.store.access import (
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
from app.store.events import apply_event
from app.store.jobs import (
    JobReads,
    end_here,
    insert_idempotency,
    insert_job,
    note_dead_letters,
    note_handover,
    restart,
)
from app.store.live import LiveReads
from app.store.media import MediaReads, insert_input, insert_media
from app.store.rows import InputRow, JobRow, MediaRow, PresetRow, TokenRow

__all__ = [
    "InputRow",
    "JobRow",
    "LiveReads",
    "MediaRow",
    "PresetRow",
    "Store",
    "TokenRow",
    "apply_event",
    "delete_expired_sessions",
    "delete_preset",
    "delete_session",
    "end_here",
    "insert_idempotency",
    "insert_input",
    "insert_job",
    "insert_media",
    "insert_preset",
    "insert_session",
    "insert_token",
    "note_dead_letters",
    "note_handover",
    "note_use",
    "restart",
    "revoke_token",
    "update_preset",
]


class Store(AccessReads, MediaReads, JobReads, LiveReads):
    """All reads."""
