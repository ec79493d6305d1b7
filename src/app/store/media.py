"""Media and their inputs: reads, and writes as statements for a batch."""

from typing import Any

from app.ports import Database, Statement
from app.store.rows import InputRow, MediaRow

__all__ = ["MediaReads", "insert_input", "insert_media"]


class MediaReads:
    """Reads of media and inputs."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def media(self, media_id: str) -> MediaRow | None:
        """Return one media."""
        rows = await self.database.rows(
            "SELECT media_id, title, source_url, created_ms FROM media WHERE media_id = ?", media_id
        )
        return MediaRow(**rows[0]) if rows else None

    async def media_page(self, before: str | None, limit: int) -> list[MediaRow]:
        """Return media, newest first, after the cursor *before*."""
        rows = await self.database.rows(
            "SELECT media_id, title, source_url, created_ms FROM media"
            " WHERE media_id < ? ORDER BY media_id DESC LIMIT ?",
            before or "~",
            limit,
        )
        return [MediaRow(**row) for row in rows]

    async def inputs(self, media_id: str) -> dict[str, InputRow]:
        """Return the newest ready version of each of a media's inputs, by slot."""
        rows = await self.database.rows(
            "SELECT * FROM inputs WHERE media_id = ? ORDER BY slot, ready, created_ms, input_id",
            media_id,
        )
        return {row["slot"]: _input(row) for row in rows if row["ready"]}

    async def input(self, media_id: str, input_id: str) -> InputRow | None:
        """Return one version."""
        rows = await self.database.rows(
            "SELECT * FROM inputs WHERE input_id = ? AND media_id = ?", input_id, media_id
        )
        return _input(rows[0]) if rows else None


def insert_media(media: MediaRow) -> Statement:
    """Add a media."""
    return (
        "INSERT INTO media (media_id, title, source_url, created_ms) VALUES (?, ?, ?, ?)",
        (media.media_id, media.title, media.source_url, media.created_ms),
    )


def insert_input(item: InputRow) -> Statement:
    """Add a version of an input, or complete one that was begun."""
    return (
        "INSERT INTO inputs (input_id, media_id, slot, object_key, content_type, size_bytes, ready,"
        " created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (input_id) DO UPDATE SET"
        " ready = excluded.ready, size_bytes = excluded.size_bytes",
        (
            item.input_id,
            item.media_id,
            item.slot,
            item.object_key,
            item.content_type,
            item.size_bytes,
            int(item.ready),
            item.created_ms,
        ),
    )


def _input(row: dict[str, Any]) -> InputRow:
    return InputRow(**{**row, "ready": bool(row["ready"])})
