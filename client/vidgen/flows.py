"""What takes several calls: uploads, waiting, and saving results."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from vidgen import calls, errors
from vidgen.models import Artifact, Input, Job, Media, Upload
from vidgen.steps import Answered, Exchange, Flow, Pause, PutFile, SaveFile, Unanswered

if TYPE_CHECKING:
    from vidgen.recipe_models import Run

__all__ = [
    "OnJob",
    "OnTrouble",
    "Progress",
    "discard",
    "is_url",
    "media_of",
    "new_media",
    "or_discard",
    "save",
    "save_input",
    "upload",
    "wait",
    "watched",
]

POLL_FIRST_S: Final = 0.4
POLL_MAX_S: Final = 3.0
PARTS_AT_ONCE: Final = 10
TRANSFER_TRIES_MAX: Final = 6
TROUBLE_MAX_S: Final = 600.0
TROUBLE_PAUSE_S: Final = 5.0
"""Between two looks for a server that cannot be reached, after the tries of a call."""


class _Standing(Protocol):
    """What has a status: a job, or a run."""

    @property
    def status(self) -> str: ...


W = TypeVar("W", bound=_Standing)
T = TypeVar("T")
OnJob = Callable[[Job], None]
OnBytes = Callable[[int, int], None]
OnNotice = Callable[[str], None]
OnTrouble = Callable[[errors.VidgenError], None]


def _nothing(*_: object) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Callbacks for progress: a *job* or a *run* at each change, *sent* and *received* as (done,
    total).

    *notice*: a sentence about the subtitles, such as which encoding was guessed, or the result.
    *trouble*: why the server could not be asked; it is asked again.
    """

    job: OnJob = _nothing
    run: Callable[[Run], None] = _nothing
    sent: OnBytes = _nothing
    received: OnBytes = _nothing
    notice: OnNotice = _nothing
    trouble: OnTrouble = _nothing


class _Count:
    """Adds up the bytes of one transfer; a try that begins anew takes its own back."""

    def __init__(self, total: int, tell: OnBytes, done: int = 0) -> None:
        self.total = total
        self.tell = tell
        self.done = done

    def add(self, size_bytes: int) -> None:
        self.done += size_bytes
        self.tell(self.done, self.total)


def upload(media_id: str, path: Path, progress: Progress | None = None) -> Flow[Input]:
    """Upload a video, in parts where the server wants them, and make it the media's own.

    Raises TransferFailed, ApiError, ConnectionFailed, OSError.
    """
    size = path.stat().st_size
    kind = mimetypes.guess_type(path.name)[0] or "video/mp4"
    begun = yield from calls.begin_upload(media_id, size, kind if "video/" in kind else "video/mp4")
    sent = _Count(size, (progress or Progress()).sent)
    if begun.url is not None:
        yield from _put(begun.url, begun.headers, path, 0, size, sent)
        return (yield from calls.complete_upload(media_id, begun.upload_id))
    etags = yield from _put_parts(media_id, begun, path, sent)
    return (yield from calls.complete_upload(media_id, begun.upload_id, etags))


def _put_parts(media_id: str, begun: Upload, path: Path, sent: _Count) -> Flow[dict[int, str]]:
    assert begun.part_size_bytes is not None and begun.part_count is not None
    etags: dict[int, str] = {}
    for first in range(1, begun.part_count + 1, PARTS_AT_ONCE):
        numbers = range(first, min(first + PARTS_AT_ONCE, begun.part_count + 1))
        for part in (yield from calls.part_urls(media_id, begun.upload_id, numbers)):
            offset = (part.part_number - 1) * begun.part_size_bytes
            size = min(begun.part_size_bytes, sent.total - offset)
            answer = yield from _put(part.url, part.headers, path, offset, size, sent)
            etags[part.part_number] = answer.headers.get("etag", "")
    return etags


def _put(
    url: str, headers: Mapping[str, str], path: Path, offset: int, size: int, sent: _Count
) -> Flow[Answered]:
    step = PutFile(
        url=url, headers=headers, path=path, offset=offset, size_bytes=size, sent=sent.add
    )
    before = sent.done
    for tried in count(1):
        sent.done = before
        try:
            outcome: Answered | Unanswered = yield step
            why = f"HTTP {outcome.status}" if isinstance(outcome, Answered) else ""
        except Unanswered as error:
            outcome, why = error, str(error)
        status = outcome.status if isinstance(outcome, Answered) else 0
        if isinstance(outcome, Answered) and status in (200, 201, 204):
            return outcome
        refused = 400 <= status < 500 and status != 429
        if refused or tried >= calls.tries_max(outcome, TRANSFER_TRIES_MAX):
            raise errors.TransferFailed(f"{path.name} could not be uploaded: {why}")
        yield Pause(calls.delay_s(tried))
    raise AssertionError("the last try returns or raises")


def wait(
    job_id: str,
    *,
    timeout_s: float | None = None,
    check: bool = True,
    on_job: OnJob | None = None,
    on_trouble: OnTrouble | None = None,
) -> Flow[Job]:
    """Return the job when it has ended; *on_job* gets it at every change.

    A server that cannot be reached, or fails, is asked again for 10 minutes, each time told to
    *on_trouble*. Raises JobFailed unless it is completed (or *check* is false), WaitTimeout.
    """
    found = yield from watched(
        job_id,
        lambda: calls.job(job_id),
        lambda job: job.ended,
        on_job,
        timeout_s,
        on_trouble=on_trouble,
    )
    if check and found.status != "completed":
        raise errors.JobFailed(found)
    return found


def watched(
    name: str,
    read: Callable[[], Flow[W]],
    done: Callable[[W], bool],
    changed: Callable[[W], None] | None,
    timeout_s: float | None,
    pause_max_s: Callable[[W], float | None] = lambda _: None,
    *,
    on_trouble: OnTrouble | None = None,
) -> Flow[W]:
    """Read a job or a run again and again until it is *done*, and return it.

    *changed* gets it at every change; *pause_max_s*: the most seconds between two looks where they
    are not 3. A server that restarts is waited for, and *on_trouble* told. Raises WaitTimeout, and
    what the server's trouble was after 10 minutes of it.
    """
    shown: W | None = None
    waited, pause, troubled = 0.0, POLL_FIRST_S, 0.0
    while True:
        try:
            found = yield from read()
        except (errors.ConnectionFailed, errors.ApiError) as error:
            over = timeout_s is not None and waited >= timeout_s
            if over or troubled >= TROUBLE_MAX_S or not _may_pass(error):
                raise
            if on_trouble is not None:
                on_trouble(error)
            yield Pause(TROUBLE_PAUSE_S)
            waited, troubled = waited + TROUBLE_PAUSE_S, troubled + TROUBLE_PAUSE_S
            continue
        troubled = 0.0
        if found != shown:
            if changed is not None:
                changed(found)
            pause, shown = POLL_FIRST_S, found
        if done(found):
            return found
        if timeout_s is not None and waited >= timeout_s:
            raise errors.WaitTimeout(f"{name} is {found.status} after {waited:.0f} s.")
        yield Pause(pause)
        waited += pause
        pause = min(pause_max_s(found) or POLL_MAX_S, pause * 1.4)


def _may_pass(error: errors.VidgenError) -> bool:
    """Whether a server that is there again may answer otherwise."""
    if isinstance(error, errors.ConnectionFailed):
        return not error.final
    return isinstance(error, errors.RateLimited) or (
        isinstance(error, errors.ApiError) and error.status >= 500
    )


def save(job_id: str, slot: str, path: Path, progress: Progress | None = None) -> Flow[Artifact]:
    """Save one of a job's results as *path*; it appears there only when it is whole.

    An interrupted transfer continues where it was; an expired link is requested again.
    Raises NotFound (`no_such_artifact`), TransferFailed, OSError.
    """

    def link() -> Flow[tuple[str, int, Artifact]]:
        found = yield from calls.job(job_id)
        artifact = found.artifacts.get(slot)
        if artifact is None:
            had = ", ".join(sorted(found.artifacts)) or "nothing"
            raise errors.NotFound(404, "no_such_artifact", f"{job_id} has no {slot}; it has {had}.")
        return artifact.download_url, artifact.size_bytes, artifact

    return (yield from _saved(f"{slot} of {job_id}", link, path, progress))


def save_input(
    media_id: str, path: Path, slot: str = "video", progress: Progress | None = None
) -> Flow[Input]:
    """Save the newest input of a media in a *slot* as *path*, as `save` does it."""

    def link() -> Flow[tuple[str, int, Input]]:
        found = yield from calls.media(media_id)
        newest = found.inputs.get(slot)
        if newest is None:
            had = ", ".join(sorted(found.inputs)) or "nothing"
            raise errors.NotFound(404, "no_such_input", f"{media_id} has no {slot}; it has {had}.")
        own = f"/api/media/{media_id}/inputs/{newest.input_id}/content?disposition=attachment"
        return own, newest.size_bytes, newest

    return (yield from _saved(f"{slot} of {media_id}", link, path, progress))


def _saved(
    what: str,
    link: Callable[[], Flow[tuple[str, int, T]]],
    path: Path,
    progress: Progress | None,
) -> Flow[T]:
    """Save what *link* says the address and the size of, by a partial file, and return the rest."""
    received = (progress or Progress()).received
    partial = path.with_name(path.name + ".part")
    partial.unlink(missing_ok=True)
    for tried in count(1):
        url, size_bytes, found = yield from link()
        offset = partial.stat().st_size if partial.exists() else 0
        got = _Count(size_bytes, received, done=offset).add
        step = SaveFile(url=url, path=partial, offset=offset, got=got)
        try:
            outcome: Answered | Unanswered = yield step
            why = f"HTTP {outcome.status}" if isinstance(outcome, Answered) else ""
        except Unanswered as error:
            outcome, why = error, str(error)
        if isinstance(outcome, Answered) and outcome.status in (200, 206):
            size = partial.stat().st_size
            if size == size_bytes:
                partial.replace(path)
                return found
            why = f"{size} of {size_bytes} bytes came"
            if size > size_bytes:
                partial.unlink()
        if tried >= calls.tries_max(outcome, TRANSFER_TRIES_MAX):
            raise errors.TransferFailed(f"{what} could not be fetched: {why}")
        yield Pause(calls.delay_s(tried))
    raise AssertionError("the last try returns or raises")


# --- whole runs ---------------------------------------------------------------------------------


def is_url(source: str) -> bool:
    """Whether *source* is an address; else it is a media's id."""
    return source.startswith(("http://", "https://"))


def media_of(video: Path | str, progress: Progress | None) -> Flow[Media]:
    """Return the media *video* names, or a new one with that file in it."""
    if isinstance(video, str):
        return (yield from calls.media(video))
    made = yield from new_media(video)
    yield from or_discard(made, upload(made.media_id, video, progress), new=True)
    return made


def new_media(file: Path) -> Flow[Media]:
    return (yield from calls.create_media(file.stem[:300] or "Untitled"))


def or_discard(media: Media, flow: Flow[T], *, new: bool) -> Flow[T]:
    """Carry out a flow that fills a media; what ends it, Ctrl-C above all, discards a *new* one.

    A media without its video, or without a job, is useless.
    """
    try:
        return (yield from flow)
    except GeneratorExit:
        raise  # Nobody carries out steps any more.
    except BaseException:
        if new:
            yield from discard(media.media_id)
        raise


def discard(media_id: str) -> Flow[None]:
    """Delete a media if one request does it: who has interrupted a run waits for no retries."""
    with suppress(Unanswered):
        yield Exchange(method="DELETE", path=f"/api/media/{media_id}")
