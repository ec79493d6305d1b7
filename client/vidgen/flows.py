"""What takes several calls: uploads, waiting, saving results, and whole runs."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from vidgen import calls, errors
from vidgen.engines import BURNER, DOWNLOADER, REMOTION, TRANSCRIBER, TRANSLATOR
from vidgen.models import Artifact, Input, Job, Media, Page, Subtitles, Upload, Version
from vidgen.steps import Answered, Exchange, Flow, Pause, PutFile, SaveFile, Unanswered

if TYPE_CHECKING:
    from vidgen.recipe_models import Run

__all__ = [
    "OnJob",
    "Progress",
    "burn",
    "comments",
    "discard",
    "download",
    "is_url",
    "media_of",
    "save",
    "transcribe",
    "translate",
    "upload",
    "wait",
    "watched",
]

POLL_FIRST_S: Final = 0.4
POLL_MAX_S: Final = 3.0
PARTS_AT_ONCE: Final = 10
TRANSFER_TRIES_MAX: Final = 6


class _Standing(Protocol):
    """What has a status: a job, or a run."""

    @property
    def status(self) -> str: ...


W = TypeVar("W", bound=_Standing)
OnJob = Callable[[Job], None]
OnBytes = Callable[[int, int], None]
OnNotice = Callable[[str], None]


def _nothing(*_: object) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Callbacks for progress: a *job* or a *run* at each change, *sent* and *received* as (done,
    total).

    *notice*: a sentence about the subtitles, such as which encoding was guessed, or the result.
    """

    job: OnJob = _nothing
    run: Callable[[Run], None] = _nothing
    sent: OnBytes = _nothing
    received: OnBytes = _nothing
    notice: OnNotice = _nothing


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
    count = _Count(size, (progress or Progress()).sent)
    if begun.url is not None:
        yield from _put(begun.url, begun.headers, path, 0, size, count)
        return (yield from calls.complete_upload(media_id, begun.upload_id))
    etags = yield from _put_parts(media_id, begun, path, count)
    return (yield from calls.complete_upload(media_id, begun.upload_id, etags))


def _put_parts(media_id: str, begun: Upload, path: Path, count: _Count) -> Flow[dict[int, str]]:
    assert begun.part_size_bytes is not None and begun.part_count is not None
    etags: dict[int, str] = {}
    for first in range(1, begun.part_count + 1, PARTS_AT_ONCE):
        numbers = range(first, min(first + PARTS_AT_ONCE, begun.part_count + 1))
        for part in (yield from calls.part_urls(media_id, begun.upload_id, numbers)):
            offset = (part.part_number - 1) * begun.part_size_bytes
            size = min(begun.part_size_bytes, count.total - offset)
            answer = yield from _put(part.url, part.headers, path, offset, size, count)
            etags[part.part_number] = answer.headers.get("etag", "")
    return etags


def _put(
    url: str, headers: Mapping[str, str], path: Path, offset: int, size: int, count: _Count
) -> Flow[Answered]:
    step = PutFile(
        url=url, headers=headers, path=path, offset=offset, size_bytes=size, sent=count.add
    )
    before = count.done
    for tried in range(1, TRANSFER_TRIES_MAX + 1):
        count.done = before
        try:
            answer: Answered = yield step
            why = f"HTTP {answer.status}"
        except Unanswered as error:
            answer, why = Answered(status=0), str(error)
        if answer.status in (200, 201, 204):
            return answer
        if tried == TRANSFER_TRIES_MAX or (400 <= answer.status < 500 and answer.status != 429):
            raise errors.TransferFailed(f"{path.name} could not be uploaded: {why}")
        yield Pause(calls.delay_s(tried))
    raise AssertionError("the last try returns or raises")


def wait(
    job_id: str, *, timeout_s: float | None = None, check: bool = True, on_job: OnJob | None = None
) -> Flow[Job]:
    """Return the job when it has ended; *on_job* gets it at every change.

    Raises JobFailed unless it is completed (or *check* is false), WaitTimeout.
    """
    found = yield from watched(
        job_id, lambda: calls.job(job_id), lambda job: job.ended, on_job, timeout_s
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
) -> Flow[W]:
    """Read a job or a run again and again until it is *done*, and return it.

    *changed* gets it at every change; *pause_max_s*: the most seconds between two looks where they
    are not 3. Raises WaitTimeout.
    """
    shown: W | None = None
    waited, pause = 0.0, POLL_FIRST_S
    while True:
        found = yield from read()
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


def save(job_id: str, slot: str, path: Path, progress: Progress | None = None) -> Flow[Artifact]:
    """Save one of a job's results as *path*; it appears there only when it is whole.

    An interrupted transfer continues where it was; an expired link is requested again.
    Raises NotFound (`no_such_artifact`), TransferFailed, OSError.
    """
    received = (progress or Progress()).received
    partial = path.with_name(path.name + ".part")
    partial.unlink(missing_ok=True)
    why = ""
    for tried in range(1, TRANSFER_TRIES_MAX + 1):
        found = yield from calls.job(job_id)
        artifact = found.artifacts.get(slot)
        if artifact is None:
            had = ", ".join(sorted(found.artifacts)) or "nothing"
            raise errors.NotFound(404, "no_such_artifact", f"{job_id} has no {slot}; it has {had}.")
        offset = partial.stat().st_size if partial.exists() else 0
        count = _Count(artifact.size_bytes, received, done=offset)
        step = SaveFile(url=artifact.download_url, path=partial, offset=offset, got=count.add)
        try:
            answer: Answered = yield step
            why = f"HTTP {answer.status}"
        except Unanswered as error:
            answer, why = Answered(status=0), str(error)
        if answer.status in (200, 206):
            size = partial.stat().st_size
            if size == artifact.size_bytes:
                partial.replace(path)
                return artifact
            why = f"{size} of {artifact.size_bytes} bytes came"
            if size > artifact.size_bytes:
                partial.unlink()
        if tried < TRANSFER_TRIES_MAX:
            yield Pause(calls.delay_s(tried))
    raise errors.TransferFailed(f"{slot} of {job_id} could not be fetched: {why}")


# --- whole runs ---------------------------------------------------------------------------------


def is_url(source: str) -> bool:
    """Whether *source* is an address; else it is a media's id."""
    return source.startswith(("http://", "https://"))


def media_of(video: Path | str, progress: Progress | None) -> Flow[Media]:
    """Return the media *video* names, or a new one with that file in it."""
    if isinstance(video, str):
        return (yield from calls.media(video))
    made = yield from calls.create_media(video.stem[:300] or "Untitled")
    try:
        yield from upload(made.media_id, video, progress)
    except GeneratorExit:
        raise  # Nobody carries out steps any more.
    except BaseException:
        # Whatever ended it, Ctrl-C above all: a media without a video is useless.
        yield from discard(made.media_id)
        raise
    return made


def discard(media_id: str) -> Flow[None]:
    """Delete a media if one request does it: who has interrupted a run waits for no retries."""
    with suppress(Unanswered):
        yield Exchange(method="DELETE", path=f"/api/media/{media_id}")


def burn(
    video: Path | str,
    subtitles: Path | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    encoding: str | None = None,
    language: str | None = None,
    secondary: Path | None = None,
    secondary_language: str | None = None,
    progress: Progress | None = None,
) -> Flow[Job]:
    """Submit a burn of *subtitles* into *video* (a file, or the id of a media that has one).

    Without *subtitles* the media's newest are burned. *encoding*: that of the file; *language*: its
    language (BCP 47). *secondary*: a second track, which is shown with the first one in the
    `secondaryStyle` of the options, and its language.
    """
    told = progress or Progress()
    media = yield from media_of(video, told)
    inputs: dict[str, str] = {}
    if subtitles is not None:
        stored = yield from _stored(media.media_id, subtitles, encoding, language, told)
        inputs["subtitles"] = stored.input_id
    if secondary is not None:
        if subtitles is None and "subtitles" in media.inputs:
            inputs["subtitles"] = media.inputs["subtitles"].input_id
        stored = yield from _stored(media.media_id, secondary, None, secondary_language, told)
        inputs["subtitles-secondary"] = stored.input_id
    return (
        yield from calls.submit(
            BURNER, options or {}, media_id=media.media_id, inputs=inputs or None
        )
    )


def _stored(
    media_id: str, path: Path, encoding: str | None, language: str | None, told: Progress
) -> Flow[Subtitles]:
    """Store a file of subtitles, and tell what was guessed or changed in it."""
    file = path.read_bytes()
    stored = yield from calls.add_subtitles(media_id, file, encoding=encoding, language=language)
    for notice in stored.notices:
        told.notice(f"{path.name}: {notice.message}")
    if stored.encoding_guessed:
        sample = stored.sample.replace("\n", " / ")
        told.notice(f"{path.name} as {stored.encoding}: {sample}")
    return stored


def comments(
    video: Path | str,
    document: Path | Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    progress: Progress | None = None,
) -> Flow[Job]:
    """Submit a comments video of *video* and a comments *document*: a JSON file, or its content."""
    media = yield from media_of(video, progress)
    inputs = None
    if document is not None:
        if isinstance(document, Path):
            body = document.read_bytes()
        else:
            body = json.dumps(document).encode()
        stored = yield from calls.add_comments(media.media_id, body)
        inputs = {"comments-data": stored.input_id}
    return (
        yield from calls.submit(REMOTION, options or {}, media_id=media.media_id, inputs=inputs)
    )


def download(
    url: str, options: Mapping[str, Any] | None = None, *, media_id: str | None = None
) -> Flow[Job]:
    """Submit a download of *url*, into a media of its own unless *media_id* is given."""
    wanted = {**(options or {}), "url": url}
    return (yield from calls.submit(DOWNLOADER, wanted, media_id=media_id))


def transcribe(
    source: Path | str,
    options: Mapping[str, Any] | None = None,
    *,
    progress: Progress | None = None,
) -> Flow[Job]:
    """Submit a transcript of *source*: a file, the id of a media that has a video, or a URL.

    What is at a URL is downloaded first, into a media of its own. Raises JobFailed if it can't be.
    """
    told = progress or Progress()
    if isinstance(source, str) and is_url(source):
        fetched = yield from download(source)
        media_id = (yield from wait(fetched.job_id, on_job=told.job)).media_id
    else:
        media_id = (yield from media_of(source, told)).media_id
    return (yield from calls.submit(TRANSCRIBER, options or {}, media_id=media_id))


def translate(
    source: Path | str,
    to: str,
    options: Mapping[str, Any] | None = None,
    *,
    version: str | None = None,
    encoding: str | None = None,
    progress: Progress | None = None,
) -> Flow[Job]:
    """Submit a translation of subtitles into *to* (BCP 47).

    *source*: a file, which becomes a media of its own, or the id of a media, of which a *version*
    is taken: unless one is named, the newest that is no translation itself, if there is one, else
    the newest. `from` of the options is the language of the source.
    """
    told = progress or Progress()
    wanted = {**(options or {}), "to": to}
    if isinstance(source, str):
        named = version or (yield from _untranslated(source, told))
        inputs = {"subtitles": named} if named is not None else None
        return (yield from calls.submit(TRANSLATOR, wanted, media_id=source, inputs=inputs))
    media = yield from calls.create_media(source.stem[:300] or "Untitled")
    try:
        language = wanted.get("from")
        stored = yield from _stored(media.media_id, source, encoding, language, told)
        inputs = {"subtitles": stored.input_id}
        return (yield from calls.submit(TRANSLATOR, wanted, media_id=media.media_id, inputs=inputs))
    except errors.ApiError:
        yield from discard(media.media_id)
        raise


def _untranslated(media_id: str, told: Progress) -> Flow[str | None]:
    """Return the newest version that was made of no translation; None where all were."""
    path = f"/api/media/{media_id}/inputs"
    page: Page[Version] = yield from calls.page(Page[Version], path, slot="subtitles")
    known = {version.input_id: version for version in page.items}
    for version in page.items:
        made_of: Version | None = version
        while made_of is not None and made_of.origin != "translation":
            made_of = known.get(made_of.parent or "")
        if made_of is None:
            if not version.current:
                told.notice(f"{version.input_id} is translated: what is newer are translations.")
            return version.input_id
    return None
