"""The library: its pages, its tags and its trash; reads, and writes as statements for a batch."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.media.store import MEDIA_COLUMNS, MediaRow
from app.store import UNFINISHED, Statement, Store, Value

Sort = Literal["newest", "oldest", "title"]
Has = Literal["video", "subtitles", "comments-data", "jobs"]
"""What a media is chosen by: an input that it has, or jobs that have not ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFilter:
    """Which media are listed, and in which order; what is empty matches all.

    *words* are in their title. Those in the trash are listed alone, or not at all.
    """

    words: str = ""
    tag: str = ""
    has: Has | None = None
    is_trash: bool = False
    sort: Sort = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class TagCount:
    """A tag, and how many media of the library have it."""

    tag: str
    media: int


async def select_media_page(
    store: Store, wanted: MediaFilter, after: MediaRow | None, limit: int
) -> list[MediaRow]:
    """Return media as *wanted*, after the one that a page has ended with.

    Not those of the subscriptions' looks, which hold nothing to be seen, nor those that were made
    for an upload that is not complete.
    """
    where, params = _where(store, wanted)
    place, order, placed = _place(wanted.sort, after)
    rows = await store.rows(
        f"SELECT {MEDIA_COLUMNS} FROM media WHERE {place} AND {where}"
        " AND NOT EXISTS (SELECT 1 FROM subscriptions AS s WHERE s.media_id = media.media_id)"
        f" ORDER BY {order} LIMIT ?",
        *placed,
        *params,
        limit,
    )
    return [MediaRow(**row) for row in rows]


def _place(sort: Sort, after: MediaRow | None) -> tuple[str, str, list[Value]]:
    """Return the condition of what comes after a media, the order, and the parameters."""
    if sort == "title":
        title = "" if after is None else after.title
        follows = "lower(title) >= lower(?) AND (lower(title) > lower(?) OR media_id > ?)"
        params: list[Value] = [title, title, "" if after is None else after.media_id]
        return follows, "lower(title), media_id", params
    if sort == "oldest":
        return "media_id > ?", "media_id", ["" if after is None else after.media_id]
    return "media_id < ?", "media_id DESC", ["~" if after is None else after.media_id]


def _where(store: Store, wanted: MediaFilter) -> tuple[str, list[Value]]:
    trashed = "IS NOT NULL" if wanted.is_trash else "IS NULL"
    parts = [
        f"deleted_ms IS NULL AND upload_id IS NULL AND trashed_ms {trashed}{store.and_owned()}"
    ]
    params: list[Value] = [*store.owned]
    if wanted.words:
        # Not LIKE: D1 takes no pattern over 50 bytes.
        parts.append("instr(lower(title), lower(?)) > 0")
        params.append(wanted.words)
    if wanted.tag:
        parts.append(
            "EXISTS (SELECT 1 FROM media_tags AS t WHERE t.media_id = media.media_id AND t.tag = ?)"
        )
        params.append(wanted.tag)
    if wanted.has == "jobs":
        parts.append(
            f"EXISTS (SELECT 1 FROM jobs AS j WHERE j.media_id = media.media_id AND j.{UNFINISHED})"
        )
    elif wanted.has is not None:
        parts.append(
            "EXISTS (SELECT 1 FROM inputs AS i"
            " WHERE i.media_id = media.media_id AND i.slot = ? AND i.ready = 1)"
        )
        params.append(wanted.has)
    return " AND ".join(parts), params


async def select_tags_of(store: Store, media_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the tags of each media, by name."""
    rows = await store.rows(
        "SELECT t.media_id, t.tag FROM json_each(?) AS m CROSS JOIN media_tags AS t"
        " WHERE t.media_id = m.value",
        json.dumps(list(media_ids)),
    )
    found: dict[str, list[str]] = {media_id: [] for media_id in media_ids}
    for row in rows:
        found[row["media_id"]].append(row["tag"])
    return found


async def select_tags(store: Store, limit: int) -> list[TagCount]:
    """Return the tags of what is not in the trash, by name."""
    rows = await store.rows(
        f"SELECT tag, count(*) AS media FROM media_tags AS t WHERE tag > ''{store.and_owned()}"
        " AND EXISTS (SELECT 1 FROM media AS m WHERE m.media_id = t.media_id"
        " AND m.trashed_ms IS NULL AND m.deleted_ms IS NULL) GROUP BY tag ORDER BY tag LIMIT ?",
        *store.owned,
        limit,
    )
    return [TagCount(**row) for row in rows]


async def select_media_to_purge(store: Store, trashed_ms: int, limit: int) -> list[str]:
    """Return media that were put into the trash at *trashed_ms* or before, the first ones first.

    Not those of which a job has not ended.
    """
    rows = await store.rows(
        "SELECT media_id FROM media WHERE trashed_ms <= ? AND deleted_ms IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM jobs AS j"
        f" WHERE j.media_id = media.media_id AND j.{UNFINISHED})"
        " ORDER BY trashed_ms LIMIT ?",
        trashed_ms,
        limit,
    )
    return [row["media_id"] for row in rows]


def put_into_trash(store: Store, media_ids: Sequence[str], now_ms: int) -> Statement:
    """Put media into the trash; those that are there keep their time."""
    return (
        "UPDATE media SET trashed_ms = ? WHERE media_id IN (SELECT value FROM json_each(?))"
        f" AND deleted_ms IS NULL AND trashed_ms IS NULL{store.and_owned()}",
        (now_ms, json.dumps(list(media_ids)), *store.owned),
    )


def take_out_of_trash(store: Store, media_ids: Sequence[str]) -> Statement:
    """Put media back into the library."""
    return (
        "UPDATE media SET trashed_ms = NULL WHERE media_id IN (SELECT value FROM json_each(?))"
        f" AND deleted_ms IS NULL AND trashed_ms IS NOT NULL{store.and_owned()}",
        (json.dumps(list(media_ids)), *store.owned),
    )


def add_tags(
    store: Store, media_ids: Sequence[str], tags: Sequence[str], tags_max: int
) -> Statement:
    """Give media *tags*, of their owner; not those that would have more than *tags_max*."""
    added = json.dumps(list(tags))
    return (
        "INSERT OR IGNORE INTO media_tags (media_id, tag, owner_id)"
        " SELECT d.media_id, k.value, d.owner_id FROM json_each(?) AS m"
        " CROSS JOIN media AS d ON d.media_id = m.value CROSS JOIN json_each(?) AS k"
        f" WHERE d.deleted_ms IS NULL{store.and_owned('d.owner_id')}"
        " AND (SELECT count(*) FROM media_tags AS t WHERE t.media_id = d.media_id"
        " AND t.tag NOT IN (SELECT value FROM json_each(?))) + ? <= ?",
        (json.dumps(list(media_ids)), added, *store.owned, added, len(tags), tags_max),
    )


def remove_tags(store: Store, media_ids: Sequence[str], tags: Sequence[str]) -> Statement:
    """Take *tags* off media."""
    return (
        "DELETE FROM media_tags WHERE media_id IN (SELECT value FROM json_each(?))"
        f" AND tag IN (SELECT value FROM json_each(?)){store.and_owned()}",
        (json.dumps(list(media_ids)), json.dumps(list(tags)), *store.owned),
    )
