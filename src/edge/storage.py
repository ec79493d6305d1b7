"""A job's storage in its Durable Object: SQLite.

The statements of one `save` run without an await between them, and so does setting the alarm: the
runtime writes them as one transaction and holds back every answer until it is on disk (output
gate). Only text and integers are bound; an int into an INTEGER column stays an int (platform: ints
bind as REAL).
"""

from typing import Any

from edge.convert import unwrap
from media_jobs.record import JobRecord
from media_jobs.signing import TOLERANCE_MS

SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS job (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS nonce (
  nonce TEXT PRIMARY KEY,
  seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""


class SqlJobStore:
    """The one job of a Durable Object.

    The last document read or written is kept in memory: a Durable Object is its storage's only
    writer.
    """

    def __init__(self, ctx: Any) -> None:
        storage = unwrap(ctx.storage)
        self._storage = storage
        self._sql = storage.sql
        self._job: JobRecord | None = None
        self._loaded = False
        self._saves = 0

    def load(self) -> JobRecord | None:
        """Return the job, or None where there is none."""
        if not self._loaded:
            tables = "SELECT count(*) AS n FROM sqlite_master WHERE name = 'job'"
            if self._sql.exec(tables).one().n:
                rows = self._sql.exec("SELECT document FROM job").toArray()
                if rows.length:
                    self._job = JobRecord.model_validate_json(rows[0].document)
            self._loaded = True
        return self._job

    def save(self, job: JobRecord, nonce: str | None = None) -> None:
        """Store *job*, and the nonce of the message that changed it."""
        if self._job is None:
            self._sql.exec(_SCHEMA)
        self._loaded = False
        self._sql.exec(
            "INSERT INTO job (id, schema_version, document) VALUES (1, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET document = excluded.document,"
            " schema_version = excluded.schema_version",
            SCHEMA_VERSION,
            job.model_dump_json(exclude_none=True),
        )
        if nonce is not None:
            self._sql.exec(
                "INSERT INTO nonce (nonce, seen_ms) VALUES (?, ?)", nonce, job.updated_ms
            )
            self._forget_old_nonces(job.updated_ms)
        self._job = job
        self._loaded = True

    def _forget_old_nonces(self, now_ms: int) -> None:
        """Drop, now and then, nonces of messages that are too old to be accepted again."""
        self._saves += 1
        if self._saves % 64 == 0:
            self._sql.exec("DELETE FROM nonce WHERE seen_ms < ?", now_ms - 2 * TOLERANCE_MS)

    def has_seen(self, nonce: str) -> bool:
        """Whether the message with this nonce has changed the job before."""
        if self.load() is None:
            return False  # Nor is there a table of nonces before the first save.
        rows = self._sql.exec("SELECT 1 FROM nonce WHERE nonce = ?", nonce).toArray()
        return bool(rows.length)

    async def forget(self) -> None:
        """Delete everything, the alarm included."""
        self._storage.deleteAlarm()
        await self._storage.deleteAll()
        self._job, self._loaded = None, False
