"""Tokens: reads."""

from app.ports import Database
from app.store.rows import TokenRow

__all__ = ["AccessReads"]


class AccessReads:
    """Reads of tokens."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def token(self, token_hash: str) -> TokenRow | None:
        """Return a token that was not revoked, or None."""
        rows = await self.database.rows(
            "SELECT scopes, queued_max, running_max FROM tokens"
            " WHERE token_hash = ? AND revoked_ms IS NULL",
            token_hash,
        )
        if not rows:
            return None
        return TokenRow(**{**rows[0], "scopes": frozenset(rows[0]["scopes"].split())})

    async def unfinished_jobs(self, token_hash: str) -> int:
        """Return how many of a token's jobs have not ended."""
        rows = await self.database.rows(
            "SELECT count(*) AS n FROM jobs WHERE token_hash = ? AND check_ms IS NOT NULL",
            token_hash,
        )
        return int(rows[0]["n"])
