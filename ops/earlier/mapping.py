"""What becomes of one media of the earlier system here: its row, versions, jobs and objects. Pure.

Every id follows from an id there, so that an import that is run again makes the same of the same.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from pydantic import ValidationError

from media_jobs.comments import CommentsDocument
from media_jobs.engines import Origin
from media_jobs.file_names import UNTITLED
from media_jobs.ids import new_id
from media_jobs.keys import comments_key, subtitles_key, video_key
from media_jobs.options import URL_CHARS_MAX, http_url
from media_jobs.redaction import without_grants
from media_jobs.subtitles.kinds import WEBVTT
from media_jobs.validation import FieldRefused
from ops.earlier.bucket_index import BucketIndex
from ops.earlier.dump import MS, EarlierMedia, EarlierTask
from ops.earlier.history import HistoricJob, jobs_of
from ops.earlier.tracks import CHINESE, ENGLISH, Track, one_track, two_tracks

TITLE_CHARS_MAX = 300
WITH_COMMENTS = ("translated_title", "view_count", "like_count")
"""What is said of a video in its comments document alone."""
SITE_NAMES = frozenset({"title", "channel", "webpageUrl", "durationS"})
"""What is known of a media's site; a download here finds more."""
TRANSCRIPTS = ("optimized_transcription", "transcription")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of an input, whose content is *text*, or a copy of the object *copied_from*."""

    input_id: str
    slot: str
    key: str
    content_type: str
    created_ms: int
    text: str | None = None
    copied_from: str | None = None
    size_bytes: int = 0
    language: str | None = None
    origin: Origin | None = None
    parent_id: str | None = None
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A media as it is here. *unnamed*: what it is called where it has no title.

    *picture_url*: where its picture is; *picture_id*: of its version.

    *missing*: keys that it names and the bucket has not. *left*: what of it finds no place, by
    reason. *there*: how many of its texts are here already, by slot.
    """

    media_id: str
    title: str
    unnamed: str
    source_url: str | None
    site: str | None
    created_ms: int
    versions: tuple[Version, ...]
    jobs: tuple[HistoricJob, ...]
    picture_url: str | None
    picture_id: str
    missing: tuple[str, ...]
    left: Mapping[str, int] = field(default_factory=dict)
    there: Mapping[str, int] = field(default_factory=dict)


def stable_id(prefix: str, at_ms: int, *of: str) -> str:
    """Return the id that always follows from *of*; it sorts by *at_ms* (Unix)."""
    digest = hashlib.sha256("\0".join(of).encode("utf-8", "surrogatepass")).digest()
    return new_id(prefix, at_ms, digest[:10])


def bring(
    media: EarlierMedia,
    tasks: Sequence[EarlierTask],
    bucket: BucketIndex,
    as_of_ms: int,
    known: Set[str] = frozenset(),
) -> Brought:
    """Return what *media* and its *tasks* become; *as_of_ms*: when the dump was made.

    Texts are versions of that time, so that a later dump's are newer. Those among the versions that
    are *known* here (by id) are not made again, as reading them is most of the work.
    """
    return _Mapping(media, bucket, as_of_ms, known).brought(tasks)


class _Mapping:
    def __init__(
        self, media: EarlierMedia, bucket: BucketIndex, as_of_ms: int, known: Set[str]
    ) -> None:
        self.media = media
        self.known = known
        self.bucket = bucket
        self.as_of_ms = as_of_ms
        self.created_ms = media.created_at * MS
        self.media_id = stable_id("med", self.created_ms, "media", media.id)
        self.left: Counter[str] = Counter()
        self.there: Counter[str] = Counter()

    def brought(self, tasks: Sequence[EarlierTask]) -> Brought:
        media = self.media
        history = jobs_of(media, tasks, self.media_id, self.bucket, self._job_id)
        self.left.update(history.left)
        subtitles, comments = [*self._subtitles()], [*self._comments()]
        source_url = _address(media.url)
        if media.url and source_url is None:
            self.left["media.url that is no address"] += 1
        return Brought(
            media_id=self.media_id,
            title=self._named() or _unnamed(source_url),
            unnamed=_unnamed(source_url),
            source_url=source_url,
            site=self._site(source_url),
            created_ms=self.created_ms,
            versions=(*self._video(history.jobs), *subtitles, *comments),
            jobs=history.jobs,
            picture_url=_address(media.thumbnail),
            picture_id=self._version_id("thumbnail", media.thumbnail or ""),
            missing=self._missing(),
            left={reason: count for reason, count in self.left.items() if count},
            there=dict(self.there),
        )

    def _job_id(self, at_ms: int, kind: str, earlier_id: str) -> str:
        return stable_id("job", at_ms, kind, earlier_id)

    def _version_id(self, slot: str, *content: str) -> str:
        return stable_id(slot[:3], self.created_ms, slot, self.media.id, *content)

    def _named(self) -> str:
        return " ".join((self.media.title or "").split())[:TITLE_CHARS_MAX]

    def _site(self, source_url: str | None) -> str | None:
        """Return what the site says of the video, as `app.media.site` stores it."""
        media = self.media
        said = {
            "title": self._named(),
            "channel": " ".join((media.author or "").split())[:TITLE_CHARS_MAX],
            "webpageUrl": source_url,
            "durationS": media.duration_seconds,
        }
        told = {name: value for name, value in said.items() if value}
        return json.dumps(told, ensure_ascii=False) if told else None

    def _missing(self) -> tuple[str, ...]:
        media = self.media
        keys = (
            media.remote_video_key,
            media.remote_audio_source_key,
            media.remote_audio_processed_key,
            media.remote_metadata_key,
        )
        return tuple(key for key in keys if key and self.bucket.find(key) is None)

    def _video(self, jobs: Sequence[HistoricJob]) -> Iterator[Version]:
        """Yield the video, which is an output of its download where that is known."""
        found = self.bucket.find(self.media.remote_video_key)
        if found is None:
            return
        input_id = self._version_id("video", found.key)
        outputs = (
            (output.key, job.finished_ms)
            for job in jobs
            for output in job.outputs.values()
            if output.copied_from == found.key
        )
        as_upload = (video_key(self.media_id, input_id), self.created_ms)
        key, created_ms = next(outputs, as_upload)
        seconds = self.media.duration_seconds
        yield Version(
            input_id=input_id,
            slot="video",
            key=key,
            content_type="video/mp4",
            created_ms=created_ms,
            copied_from=found.key,
            size_bytes=found.size_bytes,
            duration_ms=round(seconds * MS) if seconds else None,
        )

    def _is_there(self, slot: str, *ids: str) -> bool:
        """Whether one of *ids* is known: what is made of one text is written at once."""
        found = self.known & set(ids)
        self.there[slot] += len(found)
        return bool(found)

    def _subtitles(self) -> Iterator[Version]:
        """Yield what was heard, then what was said in English, and its translation: the newest."""
        for name in TRANSCRIPTS:
            heard: str | None = getattr(self.media, name)
            if not heard:
                continue
            input_id = self._version_id("subtitles", name, heard)
            if self._is_there("subtitles", input_id):
                break
            if track := self._read(f"media.{name} that is no subtitles", heard):
                yield self._version(track, input_id, self.as_of_ms, "transcript", None)
                break
        if translation := self.media.translation:
            yield from self._translation(translation)

    def _translation(self, text: str) -> Iterator[Version]:
        ids = {one: self._version_id("subtitles", one, text) for one in (ENGLISH, CHINESE)}
        if self._is_there("subtitles", *ids.values()):
            return
        try:
            tracks = two_tracks(text)
        except ValueError:
            self.left["media.translation that is no subtitles"] += 1
            return
        parent = None
        for number, track in enumerate(tracks, 1):
            language = track.language or ENGLISH
            origin: Origin = "transcript" if language == ENGLISH else "translation"
            input_id = ids[language]
            yield self._version(track, input_id, self.as_of_ms + number, origin, parent)
            parent = input_id

    def _read(self, otherwise: str, text: str) -> Track | None:
        try:
            return one_track(text)
        except ValueError:
            self.left[otherwise] += 1
            return None

    def _version(
        self, track: Track, input_id: str, created_ms: int, origin: Origin, parent_id: str | None
    ) -> Version:
        return _text_version(
            "subtitles",
            input_id,
            subtitles_key(self.media_id, input_id),
            WEBVTT.content_type,
            track.text,
            created_ms,
            language=track.language,
            origin=origin,
            parent_id=parent_id,
        )

    def _comments(self) -> Iterator[Version]:
        if not self.media.comments or self.media.comments == "[]":
            for name in WITH_COMMENTS:
                self.left[f"media.{name} of media without comments"] += bool(
                    getattr(self.media, name)
                )
            return
        input_id = self._version_id("comments-data", self.media.comments)
        if self._is_there("comments-data", input_id):
            return
        document, total = comments_document(self.media)
        if document is None:
            self.left["media.comments that cannot be read"] += 1
            return
        if dropped := total - len(document.comments):
            self.left["comments that cannot be shown, or beyond the 500 most liked"] += dropped
        downloaded_at = self.media.comments_downloaded_at
        yield _text_version(
            "comments-data",
            input_id,
            comments_key(self.media_id, input_id),
            "application/json",
            document.model_dump_json(by_alias=True, exclude_none=True),
            downloaded_at * MS if downloaded_at else self.as_of_ms,
        )


def _unnamed(source_url: str | None) -> str:
    return (without_grants(source_url or "") or UNTITLED)[:TITLE_CHARS_MAX]


def _text_version(
    slot: str,
    input_id: str,
    key: str,
    content_type: str,
    text: str,
    created_ms: int,
    *,
    language: str | None = None,
    origin: Origin | None = None,
    parent_id: str | None = None,
) -> Version:
    return Version(
        input_id=input_id,
        slot=slot,
        key=key,
        content_type=content_type,
        created_ms=created_ms,
        text=text,
        size_bytes=len(text.encode()),
        language=language,
        origin=origin,
        parent_id=parent_id,
    )


def comments_document(media: EarlierMedia) -> tuple[CommentsDocument | None, int]:
    """Return the document of a media's comments, None where they can't be read, and their number.

    Its video has what the earlier system says of the media.
    """
    try:
        rows = json.loads(media.comments or "")
    except ValueError:
        return None, 0
    if isinstance(rows, dict):
        rows = rows.get("comments")
    if not isinstance(rows, list):
        return None, 0
    video = {
        "title": media.title or UNTITLED,
        "translatedTitle": media.translated_title,
        "author": media.author,
        "viewCount": media.view_count,
        "likeCount": media.like_count,
    }
    comments = [_comment(row) if isinstance(row, dict) else row for row in rows]
    try:
        return CommentsDocument.model_validate({"video": video, "comments": comments}), len(rows)
    except ValidationError:
        return None, len(rows)


def _comment(row: Mapping[str, object]) -> dict[str, object]:
    """Return a comment by our names; an empty translation is none."""
    avatar = row.get("avatarUrl") or row.get("authorThumbnail")
    return {**row, "avatarUrl": avatar, "translatedContent": row.get("translatedContent") or None}


def _address(value: str | None) -> str | None:
    try:
        return http_url(value) if value and len(value) <= URL_CHARS_MAX else None
    except FieldRefused:
        return None
