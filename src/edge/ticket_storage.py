"""A dispatcher's storage in its Durable Object: tickets and what is known of the hosts.

Like `edge.storage`: written statement by statement without an await between, so that the runtime
makes one transaction of an operation, its alarm included.

In memory are the tickets that hold a slot, as many as there are slots, and of those that wait what
`media_jobs.waiting` keeps. Whose turn is next the database knows: a *line* is what waits of one
caller with the same needs, and `head` has the first ticket of each line, with the number of slots
that its caller holds. The index of `head` begins, for each kind of needs, with the next in turn.

The columns of `ticket` are computed from its document, and `head` is kept by triggers. So an older
release, which knows `job_id` and `document` alone, leaves all of it right after a rollback.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pydantic_core import from_json, to_json

from edge.convert import unwrap
from media_jobs.dispatch import DispatchState, First, Held, Ticket
from media_jobs.signing import TOLERANCE_MS
from media_jobs.waiting import Waiting

_STATE = """
CREATE TABLE IF NOT EXISTS state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  document TEXT NOT NULL
) STRICT;
"""
_HANDSHAKES = """
CREATE TABLE IF NOT EXISTS handshake (nonce TEXT PRIMARY KEY, until_ms INTEGER NOT NULL) STRICT;
"""
_NONCE_LIFE_MS = 2 * TOLERANCE_MS
"""As long as a handshake may be used: its `ts` may be ahead, too."""

_TICKET = """
CREATE TABLE ticket (
  job_id TEXT PRIMARY KEY,
  document TEXT NOT NULL,
  held INTEGER AS (json_extract(document, '$.granted_ms') IS NOT NULL),
  caller TEXT AS (coalesce(json_extract(document, '$.caller'), '')),
  needs TEXT AS (coalesce(json_extract(document, '$.needs'), '[]')),
  turn_ms INTEGER AS (
    json_extract(document, '$.since_ms')
    - 1000 * coalesce(json_extract(document, '$.head_start_s'), 0)
  ),
  running_max INTEGER AS (json_extract(document, '$.running_max'))
) STRICT, WITHOUT ROWID;
CREATE INDEX line ON ticket (held, caller, needs, turn_ms, job_id);
CREATE TABLE head (
  caller TEXT NOT NULL,
  needs TEXT NOT NULL,
  turn_ms INTEGER NOT NULL,
  job_id TEXT NOT NULL,
  running_max INTEGER,
  slots INTEGER NOT NULL,
  at_limit INTEGER AS (running_max IS NOT NULL AND slots >= running_max),
  PRIMARY KEY (caller, needs)
) STRICT, WITHOUT ROWID;
CREATE INDEX turn ON head (needs, at_limit, slots, turn_ms, job_id);
"""

_IN_LINE = "held = 0 AND caller = OLD.caller AND needs = OLD.needs"
_WAS_HEAD = "caller = OLD.caller AND needs = OLD.needs AND job_id = OLD.job_id"
_FREED = "UPDATE head SET slots = slots - 1 WHERE OLD.held AND caller = OLD.caller;"
_TAKEN = "UPDATE head SET slots = slots + 1 WHERE NEW.held AND caller = NEW.caller;"
_LEFT = f"""
  DELETE FROM head WHERE {_WAS_HEAD} AND NOT EXISTS (SELECT 1 FROM ticket WHERE {_IN_LINE});
  UPDATE head SET (turn_ms, job_id, running_max) = (
    SELECT turn_ms, job_id, running_max FROM ticket WHERE {_IN_LINE}
    ORDER BY turn_ms, job_id LIMIT 1
  ) WHERE {_WAS_HEAD};
"""  # noqa: S608 - our own text.
_CAME = """
  INSERT INTO head (caller, needs, turn_ms, job_id, running_max, slots)
    SELECT NEW.caller, NEW.needs, NEW.turn_ms, NEW.job_id, NEW.running_max, coalesce(
      (SELECT slots FROM head WHERE caller = NEW.caller LIMIT 1),
      (SELECT count(*) FROM ticket WHERE held = 1 AND caller = NEW.caller)
    ) WHERE NOT NEW.held
    ON CONFLICT (caller, needs) DO UPDATE SET
      turn_ms = excluded.turn_ms, job_id = excluded.job_id, running_max = excluded.running_max
      WHERE (excluded.turn_ms, excluded.job_id) < (head.turn_ms, head.job_id);
"""
_TRIGGERS = f"""
CREATE TRIGGER came AFTER INSERT ON ticket BEGIN {_CAME} {_TAKEN} END;
CREATE TRIGGER gone AFTER DELETE ON ticket BEGIN {_FREED} {_LEFT} END;
CREATE TRIGGER turned AFTER UPDATE ON ticket
  WHEN NOT (OLD.held AND NEW.held AND OLD.caller = NEW.caller)
BEGIN {_FREED} {_LEFT} {_CAME} {_TAKEN} END;
"""
"""In this order: a caller's slots are right before a line that begins reads them."""

_MIGRATION = f"""
ALTER TABLE ticket RENAME TO ticket_before;
{_TICKET} {_TRIGGERS}
INSERT INTO ticket (job_id, document) SELECT job_id, document FROM ticket_before;
DROP TABLE ticket_before;
"""  # noqa: S608 - our own text.
"""From a table with two columns alone, as up to 0.6."""

_FIRST = (
    "SELECT head.slots, ticket.document FROM head JOIN ticket ON ticket.job_id = head.job_id"
    " WHERE head.needs = ? AND at_limit = 0"
    " ORDER BY slots, head.turn_ms, head.job_id LIMIT 1"
)
_LINES = (
    "SELECT caller, json_group_array(turn_ms) AS turns FROM ticket WHERE held = 0 GROUP BY caller"
)


class SqlTicketStore:
    """The tickets of one engine."""

    def __init__(self, ctx: Any) -> None:
        storage = unwrap(ctx.storage)
        # Looked up once: reading an attribute of a JavaScript object makes a new proxy each time.
        self._exec = storage.sql.exec
        self._held: Held | None = None
        self._state: DispatchState | None = None
        self._is_anybody_waiting: bool | None = None
        self._kinds: set[str] | None = None
        self._waiting: Waiting | None = None

    # --- what is read -----------------------------------------------------------------------------

    @property
    def held(self) -> Held:
        """The tickets that hold a slot."""
        if self._held is None:
            self._prepare()
            documents = self._found("SELECT document AS found FROM ticket WHERE held = 1")
            self._held = Held(map(Ticket.model_validate_json, documents))
        return self._held

    def _prepare(self) -> None:
        """Make the tables, or those of an older release into these."""
        made = self._found("SELECT sql AS found FROM sqlite_master WHERE name = 'ticket'")
        if not made:
            self._exec(_STATE + _TICKET + _TRIGGERS)
        elif "turn_ms" not in made[0]:
            self._exec(_MIGRATION)

    def _found(self, sql: str, *params: str) -> Sequence[Any]:
        return [row.found for row in self._exec(sql, *params).toArray()]

    def is_anybody_waiting(self) -> bool:
        """Whether any ticket waits."""
        if self._is_anybody_waiting is None:
            assert self.held is not None
            self._is_anybody_waiting = bool(self._found("SELECT 1 AS found FROM head LIMIT 1"))
        return self._is_anybody_waiting

    def find(self, job_id: str) -> Ticket | None:
        """Return a job's ticket."""
        held = self.held.tickets.get(job_id)
        if held is not None or not self.is_anybody_waiting():
            return held
        found = self._found("SELECT document AS found FROM ticket WHERE job_id = ?", job_id)
        return Ticket.model_validate_json(found[0]) if found else None

    def firsts(self, can_do: Callable[[Sequence[str]], bool]) -> Iterator[First]:
        """Yield the next in turn of each kind of needs that some host *can do* now.

        None is of a caller who has as many slots as it may.
        """
        if not self.is_anybody_waiting():
            return
        for needs in self._kinds_of_needs():
            if can_do(from_json(needs)):
                for row in self._exec(_FIRST, needs).toArray():
                    yield First(int(row.slots), Ticket.model_validate_json(row.document))

    def _kinds_of_needs(self) -> Sequence[str]:
        """Return the needs of all that wait, and perhaps some of those that have waited."""
        if self._kinds is None:
            self._kinds, last = set(), [""]
            while last:
                self._kinds.update(last)
                step = "SELECT needs AS found FROM head WHERE needs > ? ORDER BY needs LIMIT 1"
                last = list(self._found(step, last[0]))
            self._kinds.discard("")
        return sorted(self._kinds)

    def waiting(self) -> Waiting:
        """Return when the turns of those that wait are."""
        if self._waiting is None:
            assert self.held is not None
            rows = self._exec(_LINES).toArray()
            self._waiting = Waiting({str(row.caller): from_json(row.turns) for row in rows})
        return self._waiting

    def state(self) -> DispatchState:
        """Return what is known of the engine and its hosts."""
        if self._state is None:
            assert self.held is not None
            found = self._found("SELECT document AS found FROM state")
            self._state = DispatchState.model_validate_json(found[0]) if found else DispatchState()
        return self._state

    # --- what is written --------------------------------------------------------------------------

    def put(self, ticket: Ticket) -> None:
        """Store a ticket in place of its job's earlier one."""
        before = self.find(ticket.job_id)
        self._exec(
            "INSERT INTO ticket (job_id, document) VALUES (?, ?)"
            " ON CONFLICT (job_id) DO UPDATE SET document = excluded.document",
            ticket.job_id,
            ticket.model_dump_json(exclude_none=True),
        )
        self._forget(before)
        if ticket.granted_ms is not None:
            self.held.put(ticket)
            return
        self._is_anybody_waiting = True
        if self._kinds is not None:
            self._kinds.add(to_json(ticket.needs).decode())
        if self._waiting is not None:
            self._waiting.add(ticket.caller, ticket.turn_ms)

    def delete(self, job_id: str) -> None:
        """Forget a job's ticket."""
        before = self.find(job_id)
        self._exec("DELETE FROM ticket WHERE job_id = ?", job_id)
        self._forget(before)

    def _forget(self, ticket: Ticket | None) -> None:
        """Take from memory what it has of a ticket that was stored."""
        if ticket is None:
            return
        if ticket.granted_ms is not None:
            self.held.remove(ticket.job_id)
            return
        self._is_anybody_waiting = None
        if self._waiting is not None:
            self._waiting.remove(ticket.caller, ticket.turn_ms)

    def put_state(self, state: DispatchState) -> None:
        """Store what is known of the engine and its hosts."""
        assert self.held is not None
        self._exec(
            "INSERT INTO state (id, document) VALUES (1, ?)"
            " ON CONFLICT (id) DO UPDATE SET document = excluded.document",
            state.model_dump_json(exclude_none=True),
        )
        self._state = state

    def is_new(self, nonce: str, now_ms: int) -> bool:
        """Remember the nonce of a handshake; return whether it was not used before."""
        self._exec(_HANDSHAKES)
        self._exec("DELETE FROM handshake WHERE until_ms <= ?", now_ms)
        if self._exec("SELECT 1 FROM handshake WHERE nonce = ?", nonce).toArray().length:
            return False
        until_ms = now_ms + _NONCE_LIFE_MS
        self._exec("INSERT INTO handshake (nonce, until_ms) VALUES (?, ?)", nonce, until_ms)
        return True
