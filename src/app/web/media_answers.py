"""The API's responses about media, inputs and uploads, as models; see `app.web.answers`."""

from typing import Annotated, Literal

from pydantic import Field

from app.web.refusals import Answer, Notice
from media_jobs.engines import Origin
from media_jobs.ids import Id

__all__ = [
    "Deleting",
    "Input",
    "Media",
    "NewSubtitles",
    "NewText",
    "PreviewProgress",
    "SubtitleText",
    "Upload",
    "UploadParts",
    "Version",
    "VideoUpload",
]

UnixMs = Annotated[int, Field(ge=0, description="Unix time in milliseconds")]
Bytes = Annotated[int, Field(ge=0)]


class Input(Answer):
    """One immutable version of a media's video, subtitles or comments.

    Of subtitles: `language`, BCP 47, null where nobody has said it; `origin`, where they come from;
    `parent`, the version that they were made of.
    """

    input_id: Id
    slot: str
    content_type: str
    size_bytes: Bytes
    created_at: UnixMs
    language: str | None
    origin: Origin | None
    parent: Id | None


class NewText(Input):
    """A stored text, with notices on what of it is left out or not drawn."""

    notices: list[Notice]


class PreviewProgress(Answer):
    """How much of the video has been fetched, 0 to 1: ask again."""

    progress: Annotated[float, Field(ge=0, le=1)]


class SubtitleReading(Answer):
    """How a subtitle file was read, with notices on what of it is left out or not drawn.

    *encoding*: its name in the Encoding Standard; *encodingGuessed*: whether the file does not say
    so. *sample*: up to three lines that would look otherwise in another encoding.
    """

    encoding: str
    encoding_guessed: bool
    sample: str
    notices: list[Notice]


class NewSubtitles(Input, SubtitleReading):
    """Stored subtitles, and how they were read. `pairsLearned`: how many texts of a translation an
    edit says otherwise, which the translation memory has learned.
    """

    pairs_learned: Annotated[int, Field(ge=0)]


class ShownCue(Answer):
    """A cue in WebVTT's terms: its text has WebVTT's tags. `sign`: it belongs to the picture.

    `line`: of its times in the file, counted from 1, where the file has such lines.
    """

    start_ms: Annotated[int, Field(ge=0)]
    end_ms: Annotated[int, Field(ge=0)]
    text: str
    settings: str
    sign: bool
    line: int | None


class SubtitleText(SubtitleReading):
    """The text of a subtitle file, and how it was read.

    `kind`: webvtt, subrip, ass, … `cues`: what is shown, in the file's order; null where that is
    what the text says as WebVTT.
    """

    text: str
    kind: str
    cues: list[ShownCue] | None


class Version(Input):
    """A version in the list: whether it is the current one, and how many jobs have read it."""

    current: bool
    used_by_jobs: Annotated[int, Field(ge=0)]


class JobCounts(Answer):
    """How many jobs there are, and how many have not ended."""

    total: Annotated[int, Field(ge=0)]
    unfinished: Annotated[int, Field(ge=0)]


class Chapter(Answer):
    """A part of a video, as its site names it; seconds from its beginning."""

    title: str
    start_s: Annotated[float, Field(ge=0)]
    end_s: Annotated[float, Field(ge=0)] | None = None


class MediaSite(Answer):
    """What the site says of a downloaded video; what it does not say is left out."""

    title: str | None = None
    channel: str | None = None
    webpage_url: str | None = None
    duration_s: Annotated[float, Field(ge=0)] | None = None
    upload_date: str | None = None
    chapters: list[Chapter] | None = None


class Media(Answer):
    """A media with the newest version of each of its inputs, by slot.

    `site`: once something was downloaded into it. `durationS`: of its video, where it is known.
    `trashedAt`: when it was put into the trash, and
    `deletesAt`: when it will be deleted for good.
    """

    media_id: Id
    title: str
    source_url: str | None
    created_at: UnixMs
    inputs: dict[str, Input]
    jobs: JobCounts
    tags: list[str]
    trashed_at: UnixMs | None
    deletes_at: UnixMs | None
    site: MediaSite | None = None
    duration_s: Annotated[float, Field(ge=0)] | None = None


class Changed(Answer):
    """How many of what was named were changed."""

    changed: Annotated[int, Field(ge=0)]


class TagCount(Answer):
    """A tag, and how many media of the library have it."""

    tag: str
    media: Annotated[int, Field(ge=1)]


class Deleting(Answer):
    """The media is gone for callers; its objects are still being deleted."""

    deleting: Literal[True]


class Upload(Answer):
    """An upload. In parts: `partSizeBytes` and `partCount`. Else, when it begins: where to PUT the
    video, with exactly these headers. `expiresAt`: of that URL, or else of the upload.
    """

    upload_id: Id
    state: Literal["open", "complete", "aborted", "expired"]
    content_type: str
    size_bytes: Bytes
    expires_at: UnixMs | None
    part_size_bytes: Bytes | None = None
    part_count: Annotated[int, Field(ge=1)] | None = None
    method: str | None = None
    url: str | None = None
    headers: dict[str, str] | None = None


class VideoUpload(Upload):
    """An upload with the media that was made for it."""

    media_id: Id


class UploadPart(Answer):
    """Where to PUT one part, with exactly these headers."""

    part_number: Annotated[int, Field(ge=1)]
    method: str
    url: str
    headers: dict[str, str]


class UploadParts(Answer):
    """Where to PUT parts, until `expiresAt`."""

    parts: list[UploadPart]
    expires_at: UnixMs
