"""All SQL of the app. Rows come out as frozen dataclasses; writes are statements for a batch."""

from app.store.access import AccessReads
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
from app.store.media import MediaReads, insert_input, insert_media
from app.store.rows import InputRow, JobRow, MediaRow, TokenRow

__all__ = [
    "InputRow",
    "JobRow",
    "MediaRow",
    "Store",
    "TokenRow",
    "apply_event",
    "end_here",
    "insert_idempotency",
    "insert_input",
    "insert_job",
    "insert_media",
    "note_dead_letters",
    "note_handover",
    "restart",
]


class Store(AccessReads, MediaReads, JobReads):
    """All reads."""
