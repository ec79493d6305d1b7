"""An import, a few hundred media at a time: their objects first, then their rows in one step.

It keeps no notes. What is there already, database and bucket say; so one that was broken off
anywhere is simply run again, and does what is left.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import httpx

from ops.earlier.bucket import S3
from ops.earlier.bucket_index import BucketIndex, Stored
from ops.earlier.dump import EarlierDump, EarlierMedia, EarlierTask
from ops.earlier.known import Database, Known
from ops.earlier.mapping import Brought, bring
from ops.earlier.pictures import is_public_host
from ops.earlier.pieces import PieceWriter, Written, pieces_of
from ops.earlier.progress import Progress
from ops.earlier.renewal import renewal
from ops.earlier.rows import job_statements, media_statement, version_statement
from ops.earlier.tally import Tally, size
from ops.resources import BUCKET

CHUNK_MEDIA = 500
CONNECTIONS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of an import. *source*: the earlier system's bucket.

    *is_allowed*: which hosts pictures are fetched from.
    """

    source: str = BUCKET
    workspace: str = "ws_default"
    pictures: bool = True
    dry_run: bool = False
    is_allowed: Callable[[str], bool] = is_public_host


class Import:
    """One run; *report* takes a line now and then. Raises ToolFailed, ConfigurationError."""

    def __init__(
        self,
        dump: EarlierDump,
        database: Database,
        s3: S3,
        wanted: Wanted,
        report: Callable[[str], object],
    ) -> None:
        self._dump = dump
        self._database = database
        self._s3 = s3
        self._wanted = wanted
        self._progress = Progress(report)
        self._tally = Tally()
        self._used: set[str] = set()
        self._done = 0

    def run(self) -> Tally:
        """Bring along what is not here yet; return what was found, new, and left behind."""
        self._known = Known.read(self._database)
        self._index, self._there = self._buckets()
        self._as_of_ms, self._total = self._dump.as_of_ms(), self._dump.media_count
        tasks, wanted = self._dump.tasks(), self._wanted
        with ExitStack() as stack:
            http = stack.enter_context(httpx.Client())
            pool = stack.enter_context(ThreadPoolExecutor(CONNECTIONS))
            stack.callback(pool.shutdown, wait=False, cancel_futures=True)
            self._writer = PieceWriter(
                self._s3, wanted.source, pool, http, self._tally, self._tell, wanted.is_allowed
            )
            for chunk in _chunks(self._dump.media()):
                self._import([*self._brought(chunk, tasks)])
        self._count_what_is_left(tasks)
        return self._tally

    def _buckets(self) -> tuple[BucketIndex, Mapping[str, Stored]]:
        """Return what there is to be brought along, and what is here, by key."""
        source = [*self._listed(self._wanted.source)]
        here = source if self._wanted.source == BUCKET else [*self._listed(BUCKET, "media/")]
        return BucketIndex(source), {one.key: one for one in here}

    def _listed(self, bucket: str, prefix: str = "") -> Iterator[Stored]:
        for number, one in enumerate(self._s3.listed(bucket, prefix), 1):
            self._progress.tick(f"{bucket}: {number:,} objects listed")
            yield one

    def _brought(
        self, chunk: Sequence[EarlierMedia], tasks: dict[str, list[EarlierTask]]
    ) -> Iterator[Brought]:
        """Yield what the media of a chunk become, and take their tasks."""
        known, index, as_of_ms = self._known.inputs, self._index, self._as_of_ms
        for media in chunk:
            made = bring(media, tasks.pop(media.id, ()), index, as_of_ms, known)
            self._done += 1
            self._tell()
            self._count(made)
            if made.media_id in self._known.gone:
                self._tally.left["media that were deleted here"] += 1
            else:
                yield made

    def _count(self, made: Brought) -> None:
        found = self._tally.found
        found["media"] += 1
        found.update(made.there)
        found.update(version.slot for version in made.versions)
        found["thumbnail"] += made.picture_url is not None
        found["jobs"] += len(made.jobs)
        found["outputs"] += sum(len(job.outputs) for job in made.jobs)
        self._tally.left.update(made.left)
        self._tally.missing += made.missing
        self._used |= {one.copied_from for one in made.versions if one.copied_from}
        self._used |= {one.copied_from for job in made.jobs for one in job.outputs.values()}

    def _tell(self) -> None:
        verb = "to copy" if self._wanted.dry_run else "copied"
        self._progress.tick(
            f"{self._done:,} of {self._total:,} media; {self._tally.objects:,} objects {verb}, "
            f"{size(self._tally.copied_bytes)}",
            self._done / max(self._total, 1),
        )

    # --- one chunk --------------------------------------------------------------------------------

    def _import(self, chunk: Sequence[Brought]) -> None:
        pieces = {one.key: one for media in chunk for one in pieces_of(media, self._known)}
        there = {
            key: self._there[key].etag
            for key, one in pieces.items()
            if key in self._there and self._there[key].size_bytes == one.size_bytes
        }
        missing = [one for key, one in pieces.items() if key not in there]
        pictures = [media for media in chunk if self._wants_picture(media)]
        if self._wanted.dry_run:
            self._tally.objects += len(missing)
            self._tally.copied_bytes += sum(one.size_bytes for one in missing)
            self._tally.new["thumbnail"] += len(pictures)
            self._statements(chunk, Written(etags=dict.fromkeys(pieces, "")))
            return
        written = self._writer.write(missing, pictures)
        written.etags.update(there)
        if script := self._statements(chunk, written):
            self._execute(script)

    def _wants_picture(self, media: Brought) -> bool:
        is_there = media.picture_id in self._known.inputs
        return self._wanted.pictures and media.picture_url is not None and not is_there

    def _statements(self, chunk: Sequence[Brought], written: Written) -> list[str]:
        """Return the statements of all rows that are new, and count these."""
        script, new, workspace = list[str](), self._tally.new, self._wanted.workspace
        for media in chunk:
            here = self._known.media.get(media.media_id)
            if here is None:
                script.append(media_statement(media, workspace))
                new["media"] += 1
            elif renewed := renewal(media, here):
                script.append(renewed)
                self._tally.renewed += 1
            picture = written.pictures.get(media.media_id)
            for version in (*media.versions, *((picture,) if picture else ())):
                if version.input_id not in self._known.inputs and version.key in written.etags:
                    script.append(version_statement(version, media.media_id, workspace))
                    new[version.slot] += 1
            for job in media.jobs:
                if job.job_id not in self._known.jobs:
                    script += job_statements(job, media.media_id, workspace, written.etags)
                    new["jobs"] += 1
                    new["outputs"] += sum(one.key in written.etags for one in job.outputs.values())
        return script

    def _execute(self, script: Sequence[str]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "rows.sql"
            file.write_text("\n".join(script) + "\n", encoding="utf-8", newline="")
            self._database.run(file)

    # --- what is left -----------------------------------------------------------------------------

    def _count_what_is_left(self, tasks: Mapping[str, Sequence[EarlierTask]]) -> None:
        left = self._tally.left
        for task in (task for of_target in tasks.values() for task in of_target):
            of = "media that are gone" if task.target_type == "media" else task.target_type
            left[f"tasks for {of or 'nothing'}"] += 1
        for name, count in self._dump.other_tables().items():
            left[f"rows of {name}"] += count
        for name, count in self._dump.other_columns().items():
            left[f"values of {name}"] += count
        if (owners := self._dump.owners()) > 1:
            left[f"owners of media (all goes to {self._wanted.workspace})"] += owners
        self._tally.objects_left = self._index.left(self._used)


def _chunks(media: Iterator[EarlierMedia]) -> Iterator[list[EarlierMedia]]:
    while chunk := [*islice(media, CHUNK_MEDIA)]:
        yield chunk
