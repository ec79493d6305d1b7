"""Subtitles as immutable versions: read as the burner will read them, before they are stored."""

from functools import partial

from app.media.media import SUBTITLES, add_text, find_media, nothing, notice_document
from app.media.store import InputRow, select_input
from app.ports import Ports
from app.translation.learning import learned
from app.translation.lesson_store import teach
from media_jobs.errors import InvalidInput, field_fault, unfit_field
from media_jobs.keys import subtitles_key
from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.decoding import Decoded, decode
from media_jobs.subtitles.reader import SubtitleFile, read_subtitles
from media_jobs.subtitles.webvtt import place_of


async def add_subtitles(
    media_id: str,
    data: bytes,
    encoding: str | None,
    language: str | None,
    hint: str | None,
    parent: str | None,
    token_id: str | None,
    ports: Ports,
) -> tuple[InputRow, dict[str, object]]:
    """Store a new version of a media's subtitles, as UTF-8.

    *hint*: its probable language, where that is not known. *parent*: the version of the media that
    it is an edit of; of a translation, *token_id* has taught what it says otherwise. Return the
    version, and what the API says of how it was read. Raises
    InvalidInput, NotFound.
    """
    await find_media(media_id, ports)
    if parent is not None:
        before = await select_input(ports.store, media_id, parent)
        if before is None or not before.ready or before.slot != SUBTITLES:
            raise unfit_field("parent", "field.subtitles_of_media")
    decoded, file = _read(data, encoding, language or hint)
    kind = file.kind

    def key_of(version_id: str) -> str:
        return subtitles_key(media_id, version_id, kind.extension)

    taught = None
    if parent is not None:
        taught = await learned(media_id, parent, file.timed, language, token_id, ports)
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
        following=partial(teach, taught) if taught else nothing,
    )
    learned_count = len(taught.lessons) if taught else 0
    return item, {**_reading_document(decoded, file), "pairsLearned": learned_count}


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


def _reading_document(decoded: Decoded, file: SubtitleFile) -> dict[str, object]:
    return {
        "encoding": decoded.encoding,
        "encodingGuessed": decoded.guessed,
        "sample": decoded.sample,
        "notices": [notice_document(notice) for notice in (*decoded.notices, *file.notices)],
    }
