"""Subtitles as immutable versions: read as the burner will read them, before they are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.media.media import SUBTITLES, add_text, find_media, notice_document
from app.media.store import InputRow, replace_version, select_input
from app.ports import Ports
from app.store import Statement
from app.translation.learning import learned
from app.translation.lesson_store import teach
from app.web.call import TEXT_BYTES_MAX
from media_jobs.errors import InvalidInput, field_fault, unfit_field
from media_jobs.keys import subtitles_key
from media_jobs.notices import Notice
from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.decoding import Decoded, decode
from media_jobs.subtitles.kinds import WEBVTT
from media_jobs.subtitles.reader import SubtitleFile, read_subtitles
from media_jobs.subtitles.webvtt import place_of

if TYPE_CHECKING:
    from media_jobs.subtitles.editing import Edited

REPLACED_KEEP_MS = 86_400_000
"""How long the object of a replaced version stays: a job may just have been given its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """A file of subtitles as it was handed in, and what is said of it.

    *hint*: its probable language, where that is not known. *parent*: the version of the media that
    it is an edit of. *replaces*: one with the same parent that it takes the place of, if nothing
    was made of that. *format_of*: the version whose kind of file it becomes, with all that was not
    edited (`media_jobs.subtitles.editing`).
    """

    data: bytes
    encoding: str | None
    language: str | None
    hint: str | None
    parent: str | None
    replaces: str | None
    format_of: str | None


async def add_subtitles(
    media_id: str, given: HandedIn, token_id: str | None, ports: Ports
) -> tuple[InputRow, dict[str, object]]:
    """Store a new version of a media's subtitles, as UTF-8.

    Of an edit of a translation, *token_id* has taught what it says otherwise. Return the version,
    and what the API says of how it was read. Raises Conflict (`unfit`), InvalidInput, NotFound.
    """
    await find_media(media_id, ports)
    language, parent = given.language, given.parent
    if parent is not None:
        await _find_subtitles(media_id, parent, "parent", ports)
    decoded, file = _read(given.data, given.encoding, language or given.hint)
    lost: tuple[Notice, ...] = ()
    if given.format_of is not None:
        edited = await _put_back(media_id, file, given.format_of, ports)
        decoded, file = _read(edited.text.encode(), None, language or given.hint)
        lost = edited.notices
    kind = file.kind

    def key_of(version_id: str) -> str:
        return subtitles_key(media_id, version_id, kind.extension)

    taught = None
    if parent is not None:
        taught = await learned(media_id, parent, file.timed, language, token_id, ports)

    def following(version_id: str) -> Sequence[Statement]:
        lessons = teach(taught, version_id) if taught else []
        if given.replaces is None:
            return lessons
        drop_ms = ports.now_ms() + REPLACED_KEEP_MS
        return [*lessons, replace_version(media_id, given.replaces, version_id, drop_ms)]

    item = await add_text(
        media_id,
        SUBTITLES,
        decoded.text,
        kind.content_type,
        key_of,
        ports,
        language=language,
        origin="upload" if parent is None else "edit",
        parent=parent,
        following=following,
    )
    learned_count = len(taught.lessons) if taught else 0
    reading = _reading_document(decoded, file, lost)
    return item, {**reading, "pairsLearned": learned_count}


async def _find_subtitles(media_id: str, input_id: str, field: str, ports: Ports) -> InputRow:
    item = await select_input(ports.store, media_id, input_id)
    if item is None or not item.ready or item.slot != SUBTITLES:
        raise unfit_field(field, "field.subtitles_of_media")
    return item


async def _put_back(media_id: str, edit: SubtitleFile, format_of: str, ports: Ports) -> "Edited":
    """Return the file of the version *format_of* with the cues of *edit*."""
    # Here, because few edits are of such a file.
    from media_jobs.subtitles.editing import KEPT_KINDS, edited_into

    item = await _find_subtitles(media_id, format_of, "formatOf", ports)
    text = await ports.objects.text(item.object_key, TEXT_BYTES_MAX)
    file = None if text is None else read_subtitles(text)
    if file is None or file.kind not in KEPT_KINDS:
        raise unfit_field("formatOf", "field.format_kept")
    if edit.kind is not WEBVTT:
        raise unfit_field("formatOf", "field.format_of_edit")
    return edited_into(file, edit)


def text_document(data: bytes, encoding: str | None, hint: str | None) -> dict[str, object]:
    """Return the text of a subtitle file, and how it was read; raises InvalidInput."""
    decoded, file = _read(data, encoding, hint)
    return {
        "text": decoded.text,
        "kind": file.kind.id,
        "cues": None if file.is_plain else [_cue_document(cue) for cue in file.timed],
        **_reading_document(decoded, file),
    }


def _cue_document(cue: TimedText) -> dict[str, object]:
    return {
        "startMs": cue.start_ms,
        "endMs": cue.end_ms,
        "text": cue.text,
        "settings": place_of(cue),
        "sign": cue.sign,
        "line": cue.line,
    }


def _read(data: bytes, encoding: str | None, hint: str | None) -> tuple[Decoded, SubtitleFile]:
    try:
        decoded = decode(data, encoding, hint)
        return decoded, read_subtitles(decoded.text)
    except InvalidInput as refused:
        if refused.details:
            raise
        key, values = refused.key, refused.values
        fault = field_fault("body", key, values)
        raise InvalidInput(key, details={"errors": [fault]}, **values) from None


def _reading_document(
    decoded: Decoded, file: SubtitleFile, lost: tuple[Notice, ...] = ()
) -> dict[str, object]:
    return {
        "encoding": decoded.encoding,
        "encodingGuessed": decoded.guessed,
        "sample": decoded.sample,
        "notices": [notice_document(notice) for notice in (*decoded.notices, *lost, *file.notices)],
    }
