"""What the app asks the orchestrator about objects of a media: uploads, previews, peaks, deletion.

Messages as those of `media_jobs.wire`; no job needs them, so no start of the orchestrator does.
"""

from typing import Annotated, Literal

from pydantic import Field

from media_jobs.ids import Id
from media_jobs.keyring import Purpose
from media_jobs.languages import LanguageTag
from media_jobs.parts import PARTS_MAX
from media_jobs.wire import Message, Milliseconds, Nonce, ObjectKey, ObjectSize, Slot

__all__ = [
    "SUBTITLES_CHARS_MAX",
    "DeleteArtifacts",
    "MakePeaks",
    "PresignParts",
    "PresignUpload",
    "PreviewBurn",
    "PreviewComments",
]

SUBTITLES_CHARS_MAX = 300_000
"""Of subtitles in a message: with three bytes each they fit into a body of 1 MiB."""


class DeleteArtifacts(Message):
    """App to orchestrator, `DELETE /artifacts/:jobId`; what is in *keep* stays."""

    type: Literal["artifacts.delete"]
    job_id: Id
    media_id: Id
    keep: Annotated[list[ObjectKey], Field(max_length=100)] | None = None
    ts: Milliseconds
    nonce: Nonce


class PresignUpload(Message):
    """App to orchestrator, `POST /uploads`: a presigned PUT for one input object.

    *size_bytes*: how long it will be, and no longer or shorter; an app of before 0.4 does not say.
    """

    purpose = Purpose.UPLOAD

    type: Literal["upload.presign"]
    media_id: Id
    key: ObjectKey
    size_bytes: ObjectSize | None = None
    content_type: Annotated[str, Field(max_length=100, pattern=r"^[a-z]+/[A-Za-z0-9.+-]+\z")]
    ts: Milliseconds
    nonce: Nonce


class PresignParts(Message):
    """App to orchestrator, `POST /uploads/parts`: presigned PUTs for parts of one input object.

    *upload_id* is the bucket's own name of the multipart upload. *size_bytes*, *part_bytes*: of the
    whole object, and of all its parts but the last; an app of before 0.4 does not say.
    """

    purpose = Purpose.UPLOAD

    type: Literal["upload.parts"]
    media_id: Id
    key: ObjectKey
    size_bytes: ObjectSize | None = None
    part_bytes: ObjectSize | None = None
    upload_id: Annotated[str, Field(min_length=1, max_length=2048, pattern=r"^[\x21-\x7e]+\z")]
    part_numbers: Annotated[
        list[Annotated[int, Field(ge=1, le=PARTS_MAX)]], Field(min_length=1, max_length=100)
    ]
    ts: Milliseconds
    nonce: Nonce


class PreviewComments(Message):
    """App to orchestrator, `POST /preview`: one frame of the comments video of a stored document.

    *source_width*, *source_height*: of the video, as displayed; *at_s*: seconds from the start.
    """

    type: Literal["comments.preview"]
    media_id: Id
    key: ObjectKey
    options: dict[str, object]
    at_s: Annotated[float, Field(ge=0, le=24 * 3600)]
    source_width: Annotated[int, Field(ge=2, le=16384)] | None = None
    source_height: Annotated[int, Field(ge=2, le=16384)] | None = None
    ts: Milliseconds
    nonce: Nonce


class PreviewBurn(Message):
    """App to orchestrator, `POST /preview/burn`: what a burn of subtitles looks like.

    *key*: of a media's subtitles, or *subtitles*, their text; *secondary_key* and
    *subtitles_secondary* likewise of a second track; *languages* of both by slot. A `layer` is the
    text alone, until *until_s* if several times are wanted, for a video of this size as displayed;
    a `still` is the frame of the video at *video_key*.
    """

    type: Literal["burn.preview"]
    kind: Literal["layer", "still"]
    media_id: Id | None = None
    key: ObjectKey | None = None
    subtitles: Annotated[str, Field(max_length=SUBTITLES_CHARS_MAX)] | None = None
    secondary_key: ObjectKey | None = None
    subtitles_secondary: Annotated[str, Field(max_length=SUBTITLES_CHARS_MAX)] | None = None
    languages: dict[Slot, LanguageTag] | None = None
    video_key: ObjectKey | None = None
    options: dict[str, object]
    at_s: Annotated[float, Field(ge=0, le=24 * 3600)]
    until_s: Annotated[float, Field(ge=0, le=24 * 3600)] | None = None
    source_width: Annotated[int, Field(ge=2, le=16384)] | None = None
    source_height: Annotated[int, Field(ge=2, le=16384)] | None = None
    ts: Milliseconds
    nonce: Nonce


class MakePeaks(Message):
    """App to orchestrator, `POST /peaks`: put the peaks of the version at *key* beside it."""

    type: Literal["peaks.make"]
    media_id: Id
    input_id: Id
    key: ObjectKey
    ts: Milliseconds
    nonce: Nonce
