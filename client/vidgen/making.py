"""Jobs of files: they are looked at, the job is checked, and only then anything is uploaded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidgen import calls, errors, flows
from vidgen.engines import BURNER, DOWNLOADER, REMOTION, TRANSCRIBER, TRANSLATOR
from vidgen.file_kinds import check_comments, check_subtitles, check_video
from vidgen.flows import Progress
from vidgen.models import Job, Media, Page, Subtitles, Version
from vidgen.options import (
    BurnOptions,
    CommentsOptions,
    DownloadOptions,
    TranscribeOptions,
    TranslateOptions,
)
from vidgen.steps import Flow

__all__ = ["burn", "comments", "download", "transcribe", "translate"]


def burn(
    video: Path | str,
    subtitles: Path | None = None,
    options: BurnOptions | None = None,
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
    tracks = [
        _Track("subtitles", subtitles, encoding, language),
        _Track("subtitles-secondary", secondary, None, secondary_language),
    ]
    given = [track for track in tracks if track.path is not None]
    for track in given:
        check_subtitles(track.file)
    media = yield from _checked(BURNER, options, video, [track.slot for track in given])

    def filled() -> Flow[Job]:
        inputs: dict[str, str] = {}
        for track in given:
            stored = yield from _stored(
                media.media_id, track.file, track.encoding, track.language, told
            )
            inputs[track.slot] = stored.input_id
        if secondary is not None and subtitles is None and "subtitles" in media.inputs:
            inputs["subtitles"] = media.inputs["subtitles"].input_id
        if isinstance(video, Path):
            yield from flows.upload(media.media_id, video, told)
        return (
            yield from calls.submit(
                BURNER, options or {}, media_id=media.media_id, inputs=inputs or None
            )
        )

    return (yield from flows.or_discard(media, filled(), new=isinstance(video, Path)))


@dataclass(frozen=True, slots=True)
class _Track:
    """Subtitles for a slot, or none."""

    slot: str
    path: Path | None
    encoding: str | None
    language: str | None

    @property
    def file(self) -> Path:
        assert self.path is not None
        return self.path


def _checked(
    engine: str, options: Mapping[str, Any] | None, video: Path | str, coming: Sequence[str] = ()
) -> Flow[Media]:
    """Return the media that *video* names, or a new one for that file, once the job is checked.

    *coming*: slots that are filled before it. A server that cannot check yet refuses later.
    """
    if isinstance(video, Path):
        check_video(video)
        yield from checked(engine, options)
        return (yield from flows.new_media(video))
    yield from checked(engine, options, media_id=video, coming=coming)
    return (yield from calls.media(video))


def checked(
    engine: str,
    options: Mapping[str, Any] | None,
    *,
    media_id: str | None = None,
    coming: Sequence[str] = (),
) -> Flow[None]:
    """Refuse a job before anything is uploaded for it; raises what `submit` would raise."""
    with suppress(errors.NotFound):  # Of a media, it is raised again; a server may be older.
        yield from calls.check_job(engine, options or {}, media_id=media_id, coming=coming)


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
    options: CommentsOptions | None = None,
    *,
    progress: Progress | None = None,
) -> Flow[Job]:
    """Submit a comments video of *video* and a comments *document*: a JSON file, or its content."""
    if isinstance(document, Path):
        check_comments(document)
        body: bytes | None = document.read_bytes()
    else:
        body = None if document is None else json.dumps(document).encode()
    coming = () if body is None else ("comments-data",)
    media = yield from _checked(REMOTION, options, video, coming)

    def filled() -> Flow[Job]:
        inputs = None
        if body is not None:
            stored = yield from calls.add_comments(media.media_id, body)
            inputs = {"comments-data": stored.input_id}
        if isinstance(video, Path):
            yield from flows.upload(media.media_id, video, progress)
        return (
            yield from calls.submit(REMOTION, options or {}, media_id=media.media_id, inputs=inputs)
        )

    return (yield from flows.or_discard(media, filled(), new=isinstance(video, Path)))


def download(
    url: str, options: DownloadOptions | None = None, *, media_id: str | None = None
) -> Flow[Job]:
    """Submit a download of *url*, into a media of its own unless *media_id* is given."""
    wanted = {**(options or {}), "url": url}
    return (yield from calls.submit(DOWNLOADER, wanted, media_id=media_id))


def transcribe(
    source: Path | str,
    options: TranscribeOptions | None = None,
    *,
    progress: Progress | None = None,
) -> Flow[Job]:
    """Submit a transcript of *source*: a file, the id of a media that has a video, or a URL.

    What is at a URL is downloaded first, into a media of its own. Raises JobFailed if it can't be.
    """
    told = progress or Progress()
    if isinstance(source, str) and flows.is_url(source):
        yield from checked(TRANSCRIBER, options)
        fetched = yield from download(source)
        ended = yield from flows.wait(fetched.job_id, on_job=told.job, on_trouble=told.trouble)
        return (yield from calls.submit(TRANSCRIBER, options or {}, media_id=ended.media_id))
    media = yield from _checked(TRANSCRIBER, options, source)

    def filled() -> Flow[Job]:
        if isinstance(source, Path):
            yield from flows.upload(media.media_id, source, told)
        return (yield from calls.submit(TRANSCRIBER, options or {}, media_id=media.media_id))

    return (yield from flows.or_discard(media, filled(), new=isinstance(source, Path)))


def translate(
    source: Path | str,
    to: str,
    options: TranslateOptions | None = None,
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
    check_subtitles(source)
    yield from checked(TRANSLATOR, wanted)
    media = yield from flows.new_media(source)

    def filled() -> Flow[Job]:
        language = (options or {}).get("from")
        stored = yield from _stored(media.media_id, source, encoding, language, told)
        inputs = {"subtitles": stored.input_id}
        return (yield from calls.submit(TRANSLATOR, wanted, media_id=media.media_id, inputs=inputs))

    return (yield from flows.or_discard(media, filled(), new=True))


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
