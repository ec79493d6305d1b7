"""The earlier system as it is found: a dump as `wrangler d1 export` writes it, and a bucket."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from media_jobs.status import Status
from ops.earlier.history import HistoricJob
from ops.earlier.rows import job_statements

SCHEMA = """PRAGMA defer_foreign_keys=TRUE;
CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT, nickname TEXT, role TEXT, status TEXT,
  created_at INTEGER);
CREATE TABLE media (id TEXT PRIMARY KEY NOT NULL, user_id TEXT, title TEXT, translated_title TEXT,
  author TEXT, source TEXT, quality TEXT, thumbnail TEXT, duration_seconds INTEGER,
  view_count INTEGER, like_count INTEGER, url TEXT, transcription TEXT,
  optimized_transcription TEXT, transcription_words TEXT, translation TEXT, comments TEXT,
  comments_downloaded_at INTEGER, download_status TEXT, download_job_id TEXT,
  remote_video_key TEXT, remote_audio_source_key TEXT, remote_audio_processed_key TEXT,
  remote_metadata_key TEXT, {renders}, created_at INTEGER NOT NULL);
CREATE UNIQUE INDEX media_by_url ON media (user_id, url);
CREATE TABLE tasks (id TEXT PRIMARY KEY, user_id TEXT, kind TEXT, engine TEXT, target_type TEXT,
  target_id TEXT, job_id TEXT, status TEXT, progress INTEGER, error TEXT, payload TEXT,
  created_at INTEGER, started_at INTEGER, finished_at INTEGER);
CREATE TABLE point_accounts (user_id TEXT, balance INTEGER);
CREATE TABLE threads (id TEXT, title TEXT);
CREATE TABLE proxies (id TEXT, password TEXT);
"""
RENDERS = {
    "E": "video_with_subtitles_path TEXT, video_with_info_path TEXT",
    "H": "render_subtitles_job_id TEXT, render_comments_job_id TEXT",
}
AT = 1_750_000_000
"""When the first of it was made (Unix, s)."""
TRANSLATION = (
    "WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.500\nIt's a <i>start</i> & more\n这是开始\n\n"
    "2\n00:00:02.000 --> 00:00:03.000\nThe end\n结束\n"
)
_ANN = {"author": "Ann", "authorThumbnail": "https://a.test/a.jpg", "content": "Nice\n!"}
COMMENTS = json.dumps(
    [
        {"id": "c1", **_ANN, "likes": 3, "replyCount": 1, "translatedContent": "不错"},
        {"id": "c2", "author": "王", "content": "好", "likes": 0, "translatedContent": ""},
    ],
    ensure_ascii=False,
)


def quoted(value: object) -> str:
    r"""Return a value as D1's export writes it: with line breaks as `\n`."""
    if value is None:
        return "NULL"
    if not isinstance(value, str):
        return str(value)
    text = value.replace("'", "''")
    if "\n" not in text:
        return f"'{text}'"
    return "replace('" + text.replace("\n", "\\n") + "','\\n',char(10))"


def inserted(table: str, row: Mapping[str, object]) -> str:
    """Return the line that adds *row*."""
    names = ",".join(f'"{name}"' for name in row)
    values = ",".join(quoted(value) for value in row.values())
    return f'INSERT INTO "{table}" ({names}) VALUES({values});\n'


def media(number: int, **more: object) -> dict[str, object]:
    """Return a media with its video downloaded, and a name in another script."""
    media_id = f"m-{number}"
    root = f"media/{media_id}-影片-{number}/downloads/d{number}"
    row: dict[str, object] = {
        "id": media_id,
        "user_id": "u1",
        "title": f'影片 {number}: it\'s "odd"',
        "author": "A channel",
        "source": "youtube",
        "duration_seconds": 61,
        "url": f"https://video.test/watch?v={number}",
        "download_job_id": f"d{number}",
        "remote_video_key": f"{root}/video.mp4",
        "remote_metadata_key": f"{root}/metadata.json",
        "created_at": AT + number,
    }
    return {**row, **more}


def download(number: int, **more: object) -> dict[str, object]:
    """Return the task that has downloaded `media(number)`."""
    row: dict[str, object] = {
        "id": f"t{number}",
        "user_id": "u1",
        "kind": "download",
        "engine": "media-downloader",
        "target_type": "media",
        "target_id": f"m-{number}",
        "job_id": f"d{number}",
        "status": "completed",
        "progress": 100,
        "payload": '{"proxy": {"password": "secret"}}',
        "created_at": AT + number,
        "started_at": AT + number + 2,
        "finished_at": AT + number + 60,
    }
    return {**row, **more}


def burn(number: int, **more: object) -> dict[str, object]:
    """Return the task that has burned subtitles into `media(number)`."""
    made: dict[str, object] = {"id": f"b{number}", "kind": "render", "engine": "burner-ffmpeg"}
    return download(number, **made, job_id=f"r{number}", **more)


def dump(
    rows: Sequence[tuple[str, Mapping[str, object]]], state: str = "E", extra: str = ""
) -> str:
    """Return the whole text; *rows* are of tables, *state* E or H."""
    schema = SCHEMA.replace("{renders}", RENDERS[state])
    return schema + "".join(inserted(table, row) for table, row in rows) + extra


def objects_of(rows: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[tuple[str, bytes]]:
    """Yield what the jobs of *rows* have written."""
    for table, row in rows:
        if table == "media" and row.get("remote_video_key"):
            yield str(row["remote_video_key"]), f"video of {row['id']}".encode()
            yield str(row["remote_metadata_key"]), b'{"title": "as the site has it"}'
        if table == "tasks" and row["engine"] != "media-downloader":
            number = str(row["target_id"]).removeprefix("m-")
            root = f"media/m-{number}-older-title/outputs/{row['job_id']}"
            yield f"{root}/video.mp4", f"result of {row['job_id']}".encode()


IMPORTED_JOB = "job_01JXWZM7G0EARERSYSTEM00000"


def imported_job(media_id: str) -> list[str]:
    """Return the statements by which an import adds IMPORTED_JOB, a burn that had failed."""
    job = HistoricJob(
        job_id=IMPORTED_JOB,
        engine="burner-ffmpeg",
        status=Status.FAILED,
        progress=0.4,
        error="ffmpeg ended with 1",
        created_ms=AT * 1000,
        started_ms=AT * 1000 + 2000,
        finished_ms=AT * 1000 + 60_000,
        outputs={},
    )
    return [*job_statements(job, media_id, "ws_default", {})]
