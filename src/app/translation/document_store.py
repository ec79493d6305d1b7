"""Which objects the app has written for one generation of a job: statements for a batch."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from app.store import UNFINISHED, Statement, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """An input that was written for one *generation* of a job."""

    job_id: str
    generation: int
    slot: str
    object_key: str
    created_ms: int


_DOCUMENT = ", ".join(DocumentRow.__slots__)


def insert_document(document: DocumentRow) -> Statement:
    """Note an object, if its job was added, before this in a batch or earlier."""
    places = ", ".join("?" * len(DocumentRow.__slots__))
    return (
        f"INSERT OR REPLACE INTO job_documents ({_DOCUMENT}) SELECT {places}"
        " WHERE EXISTS (SELECT 1 FROM jobs WHERE job_id = ?)",
        (*asdict(document).values(), document.job_id),
    )


async def select_documents_to_drop(store: Store, limit: int) -> list[DocumentRow]:
    """Return those whose generation has ended, or was followed by another."""
    rows = await store.rows(
        f"SELECT {_DOCUMENT} FROM job_documents AS d WHERE NOT EXISTS (SELECT 1 FROM jobs AS j"
        f" WHERE j.job_id = d.job_id AND j.generation = d.generation AND j.{UNFINISHED})"
        " LIMIT ?",
        limit,
    )
    return [DocumentRow(**row) for row in rows]


def delete_documents(documents: Sequence[DocumentRow]) -> Statement:
    """Forget objects that were deleted."""
    keys = json.dumps([document.object_key for document in documents])
    return (
        "DELETE FROM job_documents WHERE object_key IN (SELECT value FROM json_each(?))",
        (keys,),
    )
