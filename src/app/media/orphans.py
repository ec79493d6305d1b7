"""The orphan report: objects that no row names, and objects that rows name but do not exist.

It only reports. One page looks at a bounded number of objects or rows; the cursor says how far the
report has come. What is younger than an hour is left out: an object is stored before its row.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from app.media.orphan_store import (
    JobObjects,
    select_input_ids_among,
    select_input_keys_among,
    select_inputs_after,
    select_objects_of_jobs,
    select_objects_of_jobs_after,
)
from app.ports import Ports
from media_jobs.engines import FOLDERS
from media_jobs.errors import invalid_field
from media_jobs.ids import ID, first_id
from media_jobs.keys import (
    MANIFEST_PREFIX,
    MEDIA_PREFIX,
    RECEIPT_PREFIX,
    manifest_key,
    peaks_key,
)

OBJECTS_PER_PAGE = 500
ROWS_PER_PAGE = 100
"""Each row is one question to the bucket."""
YOUNG_MS = 3600_000
STAGES = ("manifests", "receipts", "media", "inputs", "jobs")

_OF_JOB = re.compile(rf"(?:{MANIFEST_PREFIX}|{RECEIPT_PREFIX})({ID})\.json", re.ASCII)
_MADE = re.compile(rf"{MEDIA_PREFIX}({ID})/(?:{'|'.join(FOLDERS)})/({ID})/.+", re.ASCII)
_GIVEN = re.compile(rf"{MEDIA_PREFIX}({ID})/inputs/({ID})/.+", re.ASCII)

Found = list[dict[str, object]]
Look = Callable[[str, Ports], Awaitable[tuple[Found, str | None]]]


async def orphans(cursor: str | None, ports: Ports) -> tuple[Found, str | None]:
    """Return one page of the report and the cursor of the next, None after the last.

    A page may be empty although others follow. Raises InvalidInput, UpstreamError.
    """
    stage, _, after = (cursor or STAGES[0]).partition(":")
    if stage not in STAGES or len(after) > 1024 or not after.isprintable():
        raise invalid_field("cursor", "field.cursor")
    looks: dict[str, Look] = {
        "manifests": partial(_of_jobs, MANIFEST_PREFIX),
        "receipts": partial(_of_jobs, RECEIPT_PREFIX),
        "media": _media,
        "inputs": _inputs,
        "jobs": _jobs,
    }
    found, last = await looks[stage](after, ports)
    if last is not None:
        return found, f"{stage}:{last}"
    following = STAGES[STAGES.index(stage) + 1 :]
    return found, following[0] if following else None


# --- objects that no row names --------------------------------------------------------------------


async def _of_jobs(prefix: str, after: str, ports: Ports) -> tuple[Found, str | None]:
    keys = await ports.objects.keys(prefix, after, OBJECTS_PER_PAGE)
    job_ids = {key: match[1] for key in keys if (match := _OF_JOB.fullmatch(key))}
    jobs = {job.job_id for job in await select_objects_of_jobs(ports.store, list(job_ids.values()))}
    found = [
        _object(key, job_id=job_ids.get(key))
        for key in keys
        if job_ids.get(key) not in jobs and not _young(job_ids.get(key), ports.now_ms())
    ]
    return found, _last(keys)


async def _media(after: str, ports: Ports) -> tuple[Found, str | None]:
    keys = await ports.objects.keys(MEDIA_PREFIX, after, OBJECTS_PER_PAGE)
    given = await select_input_keys_among(ports.store, keys) | await _peaks_among(keys, ports)
    made = {key: match for key in keys if (match := _MADE.fullmatch(key))}
    job_ids = sorted({match[2] for match in made.values()})
    jobs = {job.job_id: job for job in await select_objects_of_jobs(ports.store, job_ids)}
    found: Found = []
    for key in keys:
        if key in given:
            continue
        match = made.get(key) or _GIVEN.fullmatch(key)
        owner = match[2] if match else None
        job = jobs.get(owner or "") if key in made else None
        if job is not None and (not job.ended or key in job.keys):
            continue
        if job is None and _young(owner, ports.now_ms()):
            continue
        found.append(
            _object(
                key,
                media_id=match[1] if match else None,
                job_id=owner if key in made else None,
            )
        )
    return found, _last(keys)


async def _peaks_among(keys: Sequence[str], ports: Ports) -> set[str]:
    """Return those of *keys* that are the peaks of an input that there is."""
    inputs = {
        match[2]: key
        for key in keys
        if (match := _GIVEN.fullmatch(key)) and key == peaks_key(match[1], match[2])
    }
    there = await select_input_ids_among(ports.store, list(inputs)) if inputs else set()
    return {inputs[input_id] for input_id in there}


def _last(keys: Sequence[str]) -> str | None:
    # R2 may list fewer than it was asked for, so only an empty page is the last.
    return keys[-1] if keys else None


def _young(owner: str | None, now_ms: int) -> bool:
    """Whether the job or input was created in the last hour, according to its id."""
    prefix, mark, _ = (owner or "").partition("_")
    return bool(mark) and (owner or "") >= first_id(prefix, now_ms - YOUNG_MS)


def _object(
    key: str, *, media_id: str | None = None, job_id: str | None = None
) -> dict[str, object]:
    return _item("object_without_row", key, media_id=media_id, job_id=job_id, input_id=None)


# --- rows whose object is gone --------------------------------------------------------------------


async def _inputs(after: str, ports: Ports) -> tuple[Found, str | None]:
    rows = await select_inputs_after(ports.store, after, ROWS_PER_PAGE)
    found = [
        _item(
            "row_without_object",
            row.object_key,
            media_id=row.media_id,
            job_id=None,
            input_id=row.input_id,
        )
        for row in rows
        if row.ready and await ports.objects.head(row.object_key) is None
    ]
    return found, rows[-1].input_id if len(rows) == ROWS_PER_PAGE else None


async def _jobs(after: str, ports: Ports) -> tuple[Found, str | None]:
    rows = await select_objects_of_jobs_after(ports.store, after, ROWS_PER_PAGE)
    found = [
        _item("row_without_object", key, media_id=row.media_id, job_id=row.job_id, input_id=None)
        for row in rows
        for key in await _gone(row, ports)
    ]
    return found, rows[-1].job_id if len(rows) == ROWS_PER_PAGE else None


async def _gone(job: JobObjects, ports: Ports) -> list[str]:
    """Return the keys of a job that are not there: its manifest until it ends, then its outputs."""
    if not job.ended:
        key = manifest_key(job.job_id)
        return [] if await ports.objects.head(key) else [key]
    # The outputs of one attempt are in one folder.
    folders = {key.rpartition("/")[0] + "/" for key in job.keys}
    there = {key for folder in sorted(folders) for key in await ports.objects.keys(folder)}
    return [key for key in job.keys if key not in there]


def _item(
    kind: str, key: str, *, media_id: str | None, job_id: str | None, input_id: str | None
) -> dict[str, object]:
    return {"kind": kind, "key": key, "mediaId": media_id, "jobId": job_id, "inputId": input_id}
