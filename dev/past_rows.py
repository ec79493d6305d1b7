"""Rows of weeks gone by in a stack's D1: media, jobs that ended, and what webhooks were told.

What the screenshots show beside the real jobs, and what tests of long lists list.
"""

import json
import random
import time
from collections.abc import Mapping, Sequence
from typing import Any

from dev.stack import Stack
from media_jobs.ids import new_id

__all__ = [
    "DAY_MS",
    "FAILED_TITLE",
    "add_deliveries",
    "add_failed_job",
    "add_past_jobs",
    "add_past_media",
]

DAY_MS = 86_400_000
ENDED = ("completed", "failed", "canceled")
ENGINES = ("burner-ffmpeg", "renderer-remotion", "media-downloader")
FAILED_TITLE = "Panel: ten years of open films"
TITLES = (
    FAILED_TITLE,
    "Trailer, final mix",
    "https://videos.example.com/watch/opening-night",
    "https://films.example.org/meadow.mp4",
)
INSERTED_AT_ONCE = 200
FAILURES: tuple[dict[str, Any], ...] = (
    {
        "code": "download_login_required",
        "message": "The site shows this video only to people who are signed in.",
        "retryable": False,
        "hints": ["needs_cookies"],
        "toolTail": (
            "[generic] Extracting URL: https://videos.example.com/watch/panel\n"
            "[videos] panel: Downloading webpage\n"
            "[videos] panel: Downloading player configuration\n"
            "ERROR: [videos] panel: Sign in to confirm that you may watch this video."
        ),
    },
    {
        "code": "glyphs_missing",
        "message": "No font has a glyph for U+0F40 TIBETAN LETTER KA.",
        "retryable": False,
    },
    {
        "code": "download_network",
        "message": "The site did not answer within 30 seconds.",
        "retryable": True,
    },
)


def _insert(stack: Stack, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    names = ", ".join(rows[0])
    values = ", ".join(f"json_extract(value, '$.{name}')" for name in rows[0])
    # Names of tables and columns are constants of this file.
    statement = f"INSERT INTO {table} ({names}) SELECT {values} FROM json_each(?)"  # noqa: S608
    for start in range(0, len(rows), INSERTED_AT_ONCE):
        stack.sql(statement, json.dumps(rows[start : start + INSERTED_AT_ONCE]))


def _chance(seed: int) -> random.Random:
    # It decides how a list looks, and nothing else.
    return random.Random(seed)  # noqa: S311


def add_past_media(stack: Stack) -> dict[str, str]:
    """Add media whose files are long gone; return their ids by title."""
    now_ms, chance = int(time.time() * 1000), _chance(7)
    rows = []
    for days, title in enumerate(TITLES, start=3):
        at_ms = now_ms - days * DAY_MS
        media_id = new_id("med", at_ms, chance.randbytes(10))
        url = title if title.startswith("https") else None
        row = {"media_id": media_id, "title": title, "source_url": url, "created_ms": at_ms}
        rows.append(row)
    _insert(stack, "media", rows)
    return {str(row["title"]): str(row["media_id"]) for row in rows}


def add_past_jobs(stack: Stack, count: int, media_ids: Sequence[str]) -> list[str]:
    """Add *count* jobs that have ended in the last 30 days; return their ids, oldest first."""
    now_ms, chance = int(time.time() * 1000), _chance(11)
    ages = sorted((chance.random() ** 1.4 * 30 * DAY_MS + DAY_MS / 8) for _ in range(count))
    rows = [_past_job(now_ms - round(age), chance, media_ids) for age in reversed(ages)]
    _insert(stack, "jobs", rows)
    return [str(row["job_id"]) for row in rows]


def _past_job(at_ms: int, chance: random.Random, media_ids: Sequence[str]) -> dict[str, Any]:
    engine = chance.choices(ENGINES, (6, 2, 3))[0]
    status = chance.choices(ENDED, (90, 7, 3))[0]
    error = None
    if status == "failed":
        error = FAILURES[1] if engine == "burner-ffmpeg" else FAILURES[2]
    outputs = None
    if status == "completed":
        size_bytes = chance.randint(4_000_000, 240_000_000)
        video = {"key": "gone", "sizeBytes": size_bytes, "contentType": "video/mp4"}
        outputs = json.dumps({"video": video})
    took_ms = chance.randint(9_000, 400_000)
    return {
        "job_id": new_id("job", at_ms, chance.randbytes(10)),
        "media_id": chance.choice(list(media_ids)),
        "engine": engine,
        "generation": 1,
        "options": "{}",
        "status": status,
        "progress": 1 if status == "completed" else 0.4,
        "attempt": 1,
        "error": json.dumps(error) if error else None,
        "outputs": outputs,
        "event_seq": 6,
        "accepted": 1,
        "handover_tries": 1,
        "created_ms": at_ms,
        "updated_ms": at_ms + took_ms,
        "finished_ms": at_ms + took_ms,
    }


def add_failed_job(stack: Stack, media_id: str) -> str:
    """A download that failed twice, with its timeline; one of its events was never delivered."""
    at_ms = int(time.time() * 1000) - 50 * 60_000
    row = _past_job(at_ms, _chance(3), [media_id])
    error, network = FAILURES[0], FAILURES[2]
    row |= {"engine": "media-downloader", "status": "failed", "attempt": 2, "progress": 0.0}
    row |= {"outputs": None, "error": json.dumps(error), "event_seq": 8, "dead_letters": 1}
    row |= {"options": json.dumps({"url": "https://videos.example.com/watch/panel"})}
    row |= {"updated_ms": at_ms + 74_000, "finished_ms": at_ms + 74_000}
    _insert(stack, "jobs", [row])
    events: list[tuple[int, int, str, str, dict[str, Any] | None]] = [
        (0, 0, "queued", "submitted", None),
        (400, 1, "fetching_metadata", "granted", None),
        (900, 1, "fetching_metadata", "started", None),
        (31_200, 1, "queued", "download_network", network),
        (62_000, 2, "fetching_metadata", "retried", None),
        (62_600, 2, "fetching_metadata", "started", None),
        (63_000, 2, "running", "reported", None),
        (74_000, 2, "failed", "download_login_required", error),
    ]
    rows = [
        {
            "job_id": row["job_id"],
            "event_seq": seq,
            "event_id": f"evt_{seq}",
            "attempt": attempt,
            "status": status,
            "progress": 0,
            "cause": cause,
            "error": json.dumps(why) if why else None,
            "at_ms": at_ms + after_ms,
        }
        for seq, (after_ms, attempt, status, cause, why) in enumerate(events, start=1)
    ]
    _insert(stack, "job_events", rows)
    return str(row["job_id"])


def add_deliveries(stack: Stack, webhook_id: str) -> None:
    """Add what an endpoint was told in the last hours: most of it arrived."""
    now_ms = int(time.time() * 1000)
    tries: list[tuple[str, str, list[tuple[int | None, int, str | None]]]] = [
        ("webhook.test", "delivered", [(200, 84, None)]),
        ("job.canceled", "delivered", [(204, 61, None)]),
        ("job.failed", "delivered", [(503, 340, None), (204, 77, None)]),
        ("job.failed", "pending", [(None, 15_000, "It did not answer within 15 s.")]),
    ]
    messages, deliveries = [], []
    for number, (kind, status, attempts) in enumerate(tries):
        at_ms = now_ms - (4 - number) * 2_700_000
        message_id = new_id("msg", at_ms, bytes(10))
        body = json.dumps({"type": kind, "data": {}})
        messages.append({"message_id": message_id, "type": kind, "body": body, "created_ms": at_ms})
        log = [
            {
                "at": at_ms + 5_000 * n,
                "status": code,
                "durationMs": ms,
                "answer": None,
                "error": why,
            }
            for n, (code, ms, why) in enumerate(attempts)
        ]
        deliveries.append(
            {
                "delivery_id": new_id("dlv", at_ms, bytes(10)),
                "message_id": message_id,
                "webhook_id": webhook_id,
                "status": status,
                "tries": len(log),
                "due_ms": now_ms + DAY_MS if status == "pending" else None,
                "attempts": json.dumps(log),
            }
        )
    _insert(stack, "webhook_messages", messages)
    _insert(stack, "webhook_deliveries", deliveries)
