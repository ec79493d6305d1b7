"""Lives of jobs up to a moment at which something is stored, for `dev.stored_state`.

Each scene is one job, told by the events that the machine takes, with the outbox as its Durable
Object keeps it: what was done is taken out of it, what failed is put off. The names of scenes are
what tests know them by, in every version's fixtures; a name keeps its meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from media_jobs.engines import EngineId
from media_jobs.machine import (
    CancelRequested,
    ClockTicked,
    Event,
    OutputsVerified,
    Reported,
    SlotGranted,
    StartAnswered,
    StartDeferred,
    Submitted,
    advance,
)
from media_jobs.record import (
    TELL_TRIES_MAX,
    Clocks,
    JobRecord,
    PartedUpload,
    next_generation,
    postpone,
    remove_entry,
    with_effects,
    with_upload,
)
from media_jobs.status import Status
from media_jobs.wire import ErrorReport, OutputClaim, OutputObject

__all__ = ["SCENES", "T0", "Life", "scene"]

T0 = 1_790_000_000_000
"""When each job was submitted (Unix, ms)."""

PART_BYTES = 8 * 1024 * 1024
VIDEO_BYTES = 20 * 1024 * 1024
"""The size of each video that was uploaded in parts."""
MD5 = "9a0364b9e99bb480dd25e1f0284c8555"
"""Of the content of a video that was uploaded at once: the seven bytes `content`."""


@dataclass
class Life:
    """One job and the nonces of its callbacks. Each step takes a second."""

    job: JobRecord
    now_ms: int = T0
    nonces: list[tuple[str, int]] = field(default_factory=list)

    def on(self, *events: Event) -> Life:
        """Take events; those of a container bring their nonce."""
        for event in events:
            decision = advance(self.job, event, self.now_ms)
            assert decision.refused is None, f"{event} was refused: {decision.refused}"
            self.job = with_effects(decision.job, decision.effects, self.now_ms)
            if isinstance(event, Reported):
                self.nonces.append((f"nonce-{len(self.nonces) + 1:04d}", self.now_ms))
            self.now_ms += 1000
        return self

    def done(self, *kinds: str) -> Life:
        """Do what the outbox asks for, all of it or these kinds alone."""
        for entry in self.job.outbox:
            if not entry.dead and (not kinds or entry.effect.kind in kinds):
                self.job = remove_entry(self.job, entry, self.now_ms)
        self.now_ms += 1000
        return self

    def failing(self, kind: str, error: str, tries: int = 1) -> Life:
        """Fail to do the oldest entry of a kind, so often."""
        for _ in range(tries):
            entry = next(e for e in self.job.outbox if e.effect.kind == kind and not e.dead)
            self.job = postpone(self.job, entry, self.now_ms, error, 60_000)
        return self

    def upload(self) -> Life:
        """Begin to upload the video in parts."""
        upload = PartedUpload(
            key=self.key("video.mp4"),
            upload_id="r2-upload-1",
            size_bytes=VIDEO_BYTES,
            part_bytes=PART_BYTES,
        )
        self.job = with_upload(self.job, "video", upload)
        return self

    def again(self) -> Life:
        """Start the job anew, as its second generation."""
        fresh = new_job(self.job.job_id, self.job.engine, generation=2, now_ms=self.now_ms)
        self.job = next_generation(self.job, fresh)
        return self.on(Submitted(token=token(len(self.job.attempts) + 1)))

    def key(self, file: str) -> str:
        """Return the key of an output of the latest attempt."""
        job = self.job
        folder = "downloads" if job.engine is EngineId.DOWNLOADER else "outputs"
        attempt = f"{job.generation}-{len(job.attempts)}"
        return f"media/{job.media_id}/{folder}/{job.job_id}/{attempt}/{file}"


def token(number: int) -> str:
    """Return the token of an attempt; one that fits no attempt is not used."""
    return f"token-{number}"


def new_job(job_id: str, engine: EngineId, generation: int = 1, now_ms: int = T0) -> JobRecord:
    """Return a job that nothing has happened to, with one option that an engine has."""
    inputs = {
        EngineId.BURNER: ("video", "subtitles"),
        EngineId.REMOTION: ("video", "comments-data"),
        EngineId.DOWNLOADER: (),
    }[engine]
    options: dict[EngineId, dict[str, object]] = {
        EngineId.BURNER: {"bilingual": True, "style": {"fontSize": 48}},
        EngineId.REMOTION: {"template": "vertical"},
        EngineId.DOWNLOADER: {"url": "https://video.test/watch?v=字幕'1'"},
    }
    minute_ms = 60_000
    return JobRecord(
        job_id=job_id,
        media_id="med_1",
        engine=engine,
        generation=generation,
        request_id=f"request-{generation:032d}",
        inputs={slot: f"media/med_1/inputs/in_1/{slot}" for slot in inputs},
        options=options[engine],
        clocks=Clocks(
            queue_ms=360 * minute_ms,
            start_ms=2 * minute_ms,
            heartbeat_ms=45_000,
            no_progress_ms=15 * minute_ms,
            total_ms=720 * minute_ms,
        ),
        max_attempts=2,
        caller="caller-1",
        head_start_s=60,
        running_max=4,
        created_ms=T0,
        queued_ms=now_ms,
        updated_ms=now_ms,
    )


SCENES: dict[str, Callable[[], Life]] = {}
"""What is stored, by name; the job of scene *x* is `job_x`."""


def scene(tell: Callable[[], Life]) -> Callable[[], Life]:
    """Add a scene under its function's name."""
    SCENES[tell.__name__] = tell
    return tell


def _submitted(name: str, engine: EngineId = EngineId.BURNER) -> Life:
    return Life(new_job(f"job_{name}", engine)).on(Submitted(token=token(1)))


def _starting(name: str, engine: EngineId = EngineId.BURNER) -> Life:
    return _submitted(name, engine).done().on(SlotGranted(attempt=1))


def _working(name: str, engine: EngineId = EngineId.BURNER) -> Life:
    return _starting(name, engine).done().on(StartAnswered(attempt=1)).done()


def _report(status: Status, progress: float | None = None, attempt: int = 1) -> Reported:
    return Reported(attempt=attempt, status=status, progress=progress, phase=status.value)


def _failure(attempt: int = 1, *, retryable: bool) -> Reported:
    error = ErrorReport(
        code="ffmpeg_failed",
        message="ffmpeg ended with status 1.",
        retryable=retryable,
        hints=["needs_cookies"],
        tool_tail="Conversion failed!",
    )
    return Reported(attempt=attempt, status=Status.FAILED, error=error)


def _claim(life: Life) -> Reported:
    """Return the report that the video was uploaded at once."""
    claim = OutputClaim(
        key=life.key("video.mp4"), size_bytes=7, content_type="video/mp4", md5=MD5, width=640
    )
    number = len(life.job.attempts)
    return Reported(attempt=number, status=Status.COMPLETED, claims={"video": claim})


def _verified(life: Life) -> OutputsVerified:
    video = OutputObject(
        key=life.key("video.mp4"),
        size_bytes=7,
        content_type="video/mp4",
        etag=MD5,
        duration_ms=5000,
        width=640,
        height=360,
    )
    return OutputsVerified(attempt=len(life.job.attempts), outputs={"video": video})


# --- a job that waits for its turn --------------------------------------------------------------


@scene
def submitted() -> Life:
    return _submitted("submitted")


@scene
def waiting() -> Life:
    return _submitted("waiting", EngineId.REMOTION).done()


@scene
def starting() -> Life:
    return _starting("starting")


@scene
def deferred() -> Life:
    return _starting("deferred").on(StartDeferred(attempt=1, wait_ms=5000)).done("start_attempt")


# --- a job that is worked on --------------------------------------------------------------------


@scene
def fetching_metadata() -> Life:
    started = StartAnswered(attempt=1)
    return _starting("fetching_metadata", EngineId.DOWNLOADER).done().on(started)


@scene
def preparing() -> Life:
    return _working("preparing", EngineId.REMOTION)


@scene
def running() -> Life:
    life = _working("running").on(_report(Status.RUNNING, 0.25)).done()
    life.on(_report(Status.RUNNING, 0.5)).failing("tell_app", "app: HTTP 503", tries=3)
    return life.on(_report(Status.RUNNING, 0.75))


@scene
def silent() -> Life:
    life = _working("silent").on(_report(Status.RUNNING, 0.5)).done()
    life.now_ms += 31_000
    return life.on(ClockTicked(token=token(2)))


@scene
def uploading() -> Life:
    return _working("uploading").on(_report(Status.UPLOADING, 0.9)).done().upload()


@scene
def verifying() -> Life:
    life = _working("verifying").on(_report(Status.UPLOADING, 0.9)).done().upload()
    video = OutputClaim(
        key=life.key("video.mp4"),
        size_bytes=VIDEO_BYTES,
        content_type="video/mp4",
        part_etags=["etag-1", "etag-2", "etag-3"],
        duration_ms=5000,
    )
    return life.on(Reported(attempt=1, status=Status.COMPLETED, claims={"video": video}))


# --- a job whose attempt has ended ----------------------------------------------------------------


@scene
def retrying() -> Life:
    return _working("retrying").on(_failure(retryable=True))


@scene
def given_up() -> Life:
    life = _working("given_up").on(_report(Status.UPLOADING, 0.9)).done().upload()
    life.now_ms += 46_000
    return life.on(ClockTicked(token=token(2)))


@scene
def second_attempt() -> Life:
    life = _working("second_attempt").on(_failure(retryable=True)).done()
    life.now_ms += 120_000
    life.on(ClockTicked(token=token(2))).done().on(SlotGranted(attempt=2)).done()
    return life.on(StartAnswered(attempt=2), _report(Status.RUNNING, 0.1, attempt=2))


# --- a job that has ended -------------------------------------------------------------------------


@scene
def completed() -> Life:
    life = _working("completed").on(_report(Status.RUNNING, 0.5)).done()
    life.on(_claim(life)).done("verify_outputs")
    return life.on(_verified(life))


@scene
def completed_and_told() -> Life:
    life = _working("completed_and_told").on(_report(Status.RUNNING, 0.5))
    life.on(_claim(life)).done("verify_outputs")
    return life.on(_verified(life)).done()


@scene
def failed() -> Life:
    return _working("failed").on(_failure(retryable=False))


@scene
def canceled() -> Life:
    return _working("canceled").upload().on(CancelRequested(reason="canceled by the user"))


@scene
def dead_letters() -> Life:
    life = _working("dead_letters").on(_report(Status.RUNNING, 0.5))
    life.failing("tell_app", "app: HTTP 500", TELL_TRIES_MAX)
    life.on(_claim(life)).done("verify_outputs")
    life.on(_verified(life)).done("release_slot", "verify_outputs")
    return life.failing("tell_app", "app: HTTP 500", 2 * TELL_TRIES_MAX)


@scene
def second_generation() -> Life:
    life = _working("second_generation").on(_failure(retryable=False)).done("release_slot")
    life.failing("tell_app", "app: HTTP 500", TELL_TRIES_MAX).again().done()
    return life.on(SlotGranted(attempt=2)).done().on(StartAnswered(attempt=2)).done()
