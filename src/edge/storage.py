"""A job's storage in its Durable Object: SQLite.

The statements of one `save` run without an await between them, and so does setting the alarm: the
runtime writes them as one transaction and holds back every answer until it is on disk (output
gate). Only text and integers are bound; an int into an INTEGER column stays an int (platform: ints
bind as REAL).

Rows written are what Cloudflare bills, and each costs a call across the language border. So the
nonce of a report is in the row of the job that it changed; once there are more than `RECENT_MAX` of
them, they become one row of `nonce`, which is dropped once they are too old to be accepted again.
"""

from typing import Any

from edge.convert import unwrap
from media_jobs.record import JobRecord
from media_jobs.signing import TOLERANCE_MS

SCHEMA_VERSION = 1
RECENT_MAX = 32
_SCHEMA = """
CREATE TABLE job (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version INTEGER NOT NULL,
  document TEXT NOT NULL,
  recent TEXT
) STRICT;
CREATE TABLE nonce (
  nonce TEXT PRIMARY KEY,
  seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""
"""*recent*: nonces with a space between them, as in a row of `nonce`. Releases before 0.7 have no
such column and a row for each nonce; they find their way in these tables after a rollback.
"""


class SqlJobStore:
    """The one job of a Durable Object.

    The last document read or written is kept in memory, and so are the nonces: a Durable Object is
    its storage's only writer.
    """

    def __init__(self, ctx: Any) -> None:
        storage = unwrap(ctx.storage)
        self._storage = storage
        # Looked up once: reading an attribute of a JavaScript object makes a new proxy each time.
        self._exec = storage.sql.exec
        self._forget_memory()

    def _forget_memory(self) -> None:
        self._job: JobRecord | None = None
        self._recent: list[str] = []
        self._seen: set[str] | None = None
        self._loaded = self._kept = False
        self._made = ""

    def load(self) -> JobRecord | None:
        """Return the job, or None where there is none."""
        if not self._loaded:
            made = self._exec("SELECT sql FROM sqlite_master WHERE name = 'job'").toArray()
            if made.length:
                self._made = str(made[0].sql)
                recent = "recent" if "recent" in self._made else "NULL AS recent"
                rows = self._exec(f"SELECT document, {recent} FROM job").toArray()  # noqa: S608
                if rows.length:
                    self._job = JobRecord.model_validate_json(rows[0].document)
                    self._recent = str(rows[0].recent or "").split()
            self._loaded = True
        return self._job

    def save(self, job: JobRecord, nonce: str | None = None) -> None:
        """Store *job*, and the nonce of the message that changed it."""
        self.load()
        self._prepare()
        recent = self._recent
        if nonce is not None:
            recent = [*recent, nonce]
            if len(recent) > RECENT_MAX:
                self._turn_page(recent, job.updated_ms)
                recent = []
        self._loaded = False
        self._exec(
            "INSERT INTO job (id, schema_version, document, recent) VALUES (1, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET document = excluded.document,"
            " schema_version = excluded.schema_version, recent = excluded.recent",
            SCHEMA_VERSION,
            job.model_dump_json(exclude_none=True),
            " ".join(recent),
        )
        if nonce is not None and self._seen is not None:
            self._seen.add(nonce)
        self._job, self._recent = job, recent
        self._loaded, self._kept = True, False

    def keep(self, job: JobRecord) -> None:
        """Take *job* as it is from now on; it is stored by the next `save` or `flush`."""
        self._job, self._kept = job, True

    def flush(self) -> None:
        """Store what was only kept."""
        if self._kept and self._job is not None:
            self.save(self._job)

    def _prepare(self) -> None:
        """Make the tables; those of an older release get the column that they lack."""
        if "recent" in self._made:
            return
        self._exec("ALTER TABLE job ADD COLUMN recent TEXT" if self._made else _SCHEMA)
        self._made = _SCHEMA

    def _turn_page(self, nonces: list[str], now_ms: int) -> None:
        """Put *nonces* into a row of their own, and drop rows that are too old to be needed."""
        self._exec("DELETE FROM nonce WHERE seen_ms < ?", now_ms - 2 * TOLERANCE_MS)
        insert = "INSERT INTO nonce (nonce, seen_ms) VALUES (?, ?)"
        self._exec(insert, " ".join(nonces), now_ms)
        self._seen = None

    def has_seen(self, nonce: str) -> bool:
        """Whether the message with this nonce has changed the job before."""
        if self.load() is None:
            return False  # Nor is there a table of nonces before the first save.
        if self._seen is None:
            self._seen = self._read_nonces()
        return nonce in self._seen

    def _read_nonces(self) -> set[str]:
        rows = self._exec("SELECT nonce FROM nonce").toArray()
        return set(self._recent).union(*(str(row.nonce).split() for row in rows))

    async def forget(self) -> None:
        """Delete everything, the alarm included."""
        self._storage.deleteAlarm()
        await self._storage.deleteAll()
        self._forget_memory()
        self._loaded = True
