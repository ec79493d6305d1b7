"""A dispatcher's storage in its Durable Object: tickets and what is known of the hosts.

Like `edge.storage`: a copy in memory, written statement by statement without an await between, so
that the runtime makes one transaction of an operation, its alarm included.
"""

from typing import Any

from edge.convert import unwrap
from media_jobs.dispatch import DispatchState, Ticket

_SCHEMA = """
CREATE TABLE IF NOT EXISTS ticket (job_id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  document TEXT NOT NULL
) STRICT;
"""


class SqlTicketStore:
    """The tickets of one engine."""

    def __init__(self, ctx: Any) -> None:
        storage = unwrap(ctx.storage)
        self._sql = storage.sql
        self._tickets: dict[str, Ticket] | None = None
        self._state: DispatchState | None = None

    def tickets(self) -> dict[str, Ticket]:
        """Return all tickets by job."""
        if self._tickets is None:
            self._sql.exec(_SCHEMA)
            rows = self._sql.exec("SELECT document FROM ticket").toArray()
            tickets = [Ticket.model_validate_json(row.document) for row in rows]
            self._tickets = {ticket.job_id: ticket for ticket in tickets}
        return self._tickets

    def state(self) -> DispatchState:
        """Return what is known of the engine and its hosts."""
        if self._state is None:
            self._sql.exec(_SCHEMA)
            rows = self._sql.exec("SELECT document FROM state").toArray()
            self._state = (
                DispatchState.model_validate_json(rows[0].document)
                if rows.length
                else DispatchState()
            )
        return self._state

    def put(self, ticket: Ticket) -> None:
        """Store a ticket in place of its job's earlier one."""
        tickets = self.tickets()
        self._sql.exec(
            "INSERT INTO ticket (job_id, document) VALUES (?, ?)"
            " ON CONFLICT (job_id) DO UPDATE SET document = excluded.document",
            ticket.job_id,
            ticket.model_dump_json(exclude_none=True),
        )
        tickets[ticket.job_id] = ticket

    def delete(self, job_id: str) -> None:
        """Forget a job's ticket."""
        tickets = self.tickets()
        self._sql.exec("DELETE FROM ticket WHERE job_id = ?", job_id)
        tickets.pop(job_id, None)

    def put_state(self, state: DispatchState) -> None:
        """Store what is known of the engine and its hosts."""
        self.state()
        self._sql.exec(
            "INSERT INTO state (id, document) VALUES (1, ?)"
            " ON CONFLICT (id) DO UPDATE SET document = excluded.document",
            state.model_dump_json(exclude_none=True),
        )
        self._state = state
