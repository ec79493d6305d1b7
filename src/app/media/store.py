"""Media and their inputs: reads, and writes as statements for a batch."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from app.store import UNFINISHED, Row, Statement, Store, Value, insert
from media_jobs.engines import ENGINES, INPUT_SLOTS, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRow:
    """A media. *site*: what the site says of its video, as JSON (`app.media.site`).

    *upload_id*: the upload that it was made for, until that is complete.
    *trashed_ms*: when it was put into the trash, if it is there.
    """

    media_id: str
    title: str
    source_url: str | None
    created_ms: int
    site: str | None = None
    upload_id: str | None = None
    trashed_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRow:
    """One version of an input; one that is not *ready* is an upload, good until *expires_ms*.

    *multipart_id*, *part_size_bytes*: of an upload in parts, its name in the bucket and the size of
    each part but the last. *language*: of subtitles, where it is known (BCP 47). *origin*: where
    they come from, and *parent_id* the version that they were made of. *duration_ms*: how long a
    video is, where that is known.
    """

    input_id: str
    media_id: str
    slot: str
    object_key: str
    content_type: str
    size_bytes: int
    ready: bool
    created_ms: int
    expires_ms: int | None = None
    aborted: bool = False
    multipart_id: str | None = None
    part_size_bytes: int | None = None
    language: str | None = None
    origin: Origin | None = None
    parent_id: str | None = None
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A version and how many jobs have read it."""

    item: InputRow
    jobs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCounts:
    """How many jobs a media has, and how many of them have not ended."""

    total: int = 0
    unfinished: int = 0


DOWNLOADED = f"/{ENGINES['media-downloader'].folder}/"
"""Stands in the keys of what was downloaded, before the id of the job that did it."""

MEDIA_COLUMNS = ", ".join(MediaRow.__slots__)
_INPUT = ", ".join(InputRow.__slots__)
_SLOTS = json.dumps(INPUT_SLOTS)
_LIVE = "EXISTS (SELECT 1 FROM media WHERE media_id = ? AND deleted_ms IS NULL)"


async def select_media(store: Store, media_id: str) -> MediaRow | None:
    """Return one media."""
    where = f"media_id = ? AND deleted_ms IS NULL{store.and_owned()}"
    sql = f"SELECT {MEDIA_COLUMNS} FROM media WHERE {where}"
    return await store.one(lambda row: MediaRow(**row), sql, media_id, *store.owned)


async def select_inputs(store: Store, media_id: str) -> dict[str, InputRow]:
    """Return the newest ready version of each of a media's inputs, by slot."""
    return (await select_inputs_of(store, [media_id]))[media_id]


async def select_inputs_of(
    store: Store, media_ids: Sequence[str]
) -> dict[str, dict[str, InputRow]]:
    """Return the newest ready version of each input of each media, by slot."""
    rows = await store.rows(
        f"SELECT {_INPUT} FROM json_each(?) AS m CROSS JOIN json_each(?) AS s"
        " CROSS JOIN inputs WHERE input_id = ("
        "SELECT n.input_id FROM inputs AS n"
        " WHERE n.media_id = m.value AND n.slot = s.value AND n.ready = 1"
        " ORDER BY n.created_ms DESC, n.input_id DESC LIMIT 1)",
        json.dumps(list(media_ids)),
        _SLOTS,
    )
    found: dict[str, dict[str, InputRow]] = {media_id: {} for media_id in media_ids}
    for row in rows:
        found[row["media_id"]][row["slot"]] = _input(row)
    return found


async def select_job_counts(store: Store, media_ids: Sequence[str]) -> dict[str, JobCounts]:
    """Return how many jobs each media has."""
    rows = await store.rows(
        "SELECT m.value AS media_id,"
        " (SELECT count(*) FROM jobs WHERE media_id = m.value) AS total,"
        f" (SELECT count(*) FROM jobs WHERE media_id = m.value AND {UNFINISHED})"
        " AS unfinished FROM json_each(?) AS m",
        json.dumps(list(media_ids)),
    )
    return {
        row["media_id"]: JobCounts(total=row["total"], unfinished=row["unfinished"]) for row in rows
    }


async def select_input(store: Store, media_id: str, input_id: str) -> InputRow | None:
    """Return one version or upload."""
    sql = f"SELECT {_INPUT} FROM inputs WHERE input_id = ? AND media_id = ?{store.and_owned()}"
    return await store.one(_input, sql, input_id, media_id, *store.owned)


async def select_versions(
    store: Store, media_id: str, slot: str | None, before: tuple[int, str], limit: int
) -> list[VersionRow]:
    """Return ready versions, of one slot or of all, newest first.

    They come after *before*: when the last one shown was created, and its id.
    """
    in_slot = "slot = ? AND" if slot is not None else ""
    rows = await store.rows(
        f"SELECT {_INPUT},"
        " (SELECT count(*) FROM job_inputs AS j WHERE j.input_id = inputs.input_id) AS jobs"
        f" FROM inputs WHERE media_id = ? AND {in_slot} ready = 1"
        " AND (created_ms, input_id) < (?, ?)"
        " ORDER BY created_ms DESC, input_id DESC LIMIT ?",
        media_id,
        *((slot,) if slot is not None else ()),
        *before,
        limit,
    )
    return [VersionRow(jobs=row.pop("jobs"), item=_input(row)) for row in rows]


async def select_uploads_to_drop(store: Store, now_ms: int, limit: int) -> list[InputRow]:
    """Return uploads that can no longer be completed, those that ended first.

    Also versions that were replaced, unless a job reads one or another version has its object.
    """
    rows = await store.rows(
        f"SELECT {_INPUT} FROM inputs WHERE ready = 0 AND expires_ms <= ?"
        " AND NOT EXISTS (SELECT 1 FROM job_inputs AS j WHERE j.input_id = inputs.input_id)"
        " AND NOT EXISTS (SELECT 1 FROM inputs AS o WHERE o.object_key = inputs.object_key"
        " AND o.input_id <> inputs.input_id)"
        " ORDER BY expires_ms LIMIT ?",
        now_ms,
        limit,
    )
    return [_input(row) for row in rows]


async def select_uploads_in_parts(store: Store, media_id: str, limit: int) -> list[InputRow]:
    """Return a media's multipart uploads that are neither complete nor dropped."""
    rows = await store.rows(
        f"SELECT {_INPUT} FROM inputs WHERE media_id = ? AND ready = 0"
        " AND multipart_id IS NOT NULL LIMIT ?",
        media_id,
        limit,
    )
    return [_input(row) for row in rows]


async def select_inputs_made_by(store: Store, media_id: str, job_id: str) -> set[str]:
    """Return the keys of a media's inputs that are outputs of one of its jobs."""
    rows = await store.rows(
        "SELECT object_key FROM inputs WHERE media_id = ? AND ready = 1"
        " AND instr(object_key, ?) > 0",
        media_id,
        f"/{job_id}/",
    )
    return {row["object_key"] for row in rows}


async def select_source_pixels(store: Store, job_id: str) -> int | None:
    """Return how many pixels a picture of a job's video has; None: it was not downloaded."""
    rows = await store.rows(
        "SELECT json_extract(made.outputs, '$.video.width')"
        " * json_extract(made.outputs, '$.video.height') AS pixels"
        " FROM job_inputs AS j JOIN inputs AS i ON i.input_id = j.input_id"
        " JOIN jobs AS made ON made.job_id"
        f" = substr(i.object_key, instr(i.object_key, '{DOWNLOADED}') + ?, ?)"
        f" WHERE j.job_id = ? AND j.slot = 'video' AND instr(i.object_key, '{DOWNLOADED}') > 0",
        len(DOWNLOADED),
        len(job_id),
        job_id,
    )
    return int(rows[0]["pixels"]) if rows and rows[0]["pixels"] else None


def insert_media(store: Store, media: MediaRow) -> Statement:
    """Add a media."""
    return insert("media", {**asdict(media), "owner_id": store.home})


def delete_unused_media(media_id: str) -> Statement:
    """Take back a new media whose first job, before this in a batch, was not added."""
    return (
        "DELETE FROM media WHERE media_id = ?"
        " AND NOT EXISTS (SELECT 1 FROM jobs WHERE media_id = ?)",
        (media_id, media_id),
    )


def rename_media(store: Store, media_id: str, title: str) -> Statement:
    """Give a media another title."""
    return (
        f"UPDATE media SET title = ? WHERE media_id = ? AND deleted_ms IS NULL{store.and_owned()}",
        (title, media_id, *store.owned),
    )


def insert_input(item: InputRow) -> Statement:
    """Add a version of an input, or an upload, of the media's owner.

    Changes nothing where the media was deleted.
    """
    source = "FROM media WHERE media_id = ? AND deleted_ms IS NULL"
    return insert("inputs", input_values(item), source, item.media_id)


def input_values(item: InputRow) -> dict[str, Value]:
    """Return *item* by column."""
    return {**asdict(item), "ready": int(item.ready), "aborted": int(item.aborted)}


def set_language(store: Store, item: InputRow, language: str | None) -> Statement:
    """Say which language a version is in; None: it is not known."""
    return (
        f"UPDATE inputs SET language = ? WHERE input_id = ? AND media_id = ?{store.and_owned()}",
        (language, item.input_id, item.media_id, *store.owned),
    )


def complete_upload(item: InputRow, duration_ms: int | None, now_ms: int) -> list[Statement]:
    """Make an upload a version, created now, unless it was aborted or its media deleted.

    A media that was made for it stands for itself from now on.
    """
    completed = (
        "UPDATE inputs SET ready = 1, created_ms = ?, expires_ms = NULL, multipart_id = NULL,"
        " duration_ms = ?"
        f" WHERE input_id = ? AND ready = 0 AND aborted = 0 AND {_LIVE}",
        (now_ms, duration_ms, item.input_id, item.media_id),
    )
    shown = (
        "UPDATE media SET upload_id = NULL WHERE media_id = ? AND upload_id = ?"
        " AND EXISTS (SELECT 1 FROM inputs WHERE input_id = ? AND ready = 1)",
        (item.media_id, item.input_id, item.input_id),
    )
    return [completed, shown]


def abort_upload(item: InputRow, drop_ms: int) -> Statement:
    """End an upload that is not complete; the sweeper drops what there is of it at *drop_ms*."""
    return (
        "UPDATE inputs SET aborted = 1, expires_ms = ? WHERE input_id = ? AND ready = 0",
        (drop_ms, item.input_id),
    )


def replace_version(media_id: str, input_id: str, by: str, drop_ms: int) -> Statement:
    """Let the version *by*, before this in a batch, take the place of *input_id*.

    Changes nothing where their parents differ, a job has read it, or another version was made of
    it. It is left to the sweeper at *drop_ms*, like an upload that was aborted.
    """
    return (
        "UPDATE inputs SET ready = 0, aborted = 1, expires_ms = ?"
        " WHERE input_id = ? AND media_id = ? AND ready = 1 AND EXISTS"
        " (SELECT 1 FROM inputs AS n WHERE n.input_id = ? AND n.media_id = inputs.media_id"
        " AND n.slot = inputs.slot AND n.parent_id IS inputs.parent_id)"
        " AND NOT EXISTS (SELECT 1 FROM job_inputs AS j WHERE j.input_id = inputs.input_id)"
        " AND NOT EXISTS (SELECT 1 FROM inputs AS c WHERE c.media_id = inputs.media_id"
        " AND c.slot = inputs.slot AND c.ready = 1 AND c.parent_id = inputs.input_id)",
        (drop_ms, input_id, media_id, by),
    )


def delete_upload(item: InputRow) -> Statement:
    """Forget an upload that is not complete."""
    return ("DELETE FROM inputs WHERE input_id = ? AND ready = 0", (item.input_id,))


def _input(row: Row) -> InputRow:
    return InputRow(**{**row, "ready": bool(row["ready"]), "aborted": bool(row["aborted"])})
