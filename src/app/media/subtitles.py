"""Subtitles as immutable versions: read as the burner will read them, before they are stored."""

from app.media.media import add_text, find_media
from app.media.store import InputRow
from app.ports import Ports
from media_jobs.errors import InvalidInput, field_fault
from media_jobs.keys import subtitles_key
from media_jobs.subtitles.kinds import SUBTITLE_KINDS
from media_jobs.subtitles.notices import Notice
from media_jobs.subtitles.reader import read_subtitles

REPLACED = "\ufffd"
"""What the runtime, and most editors, put in the place of bytes that are not UTF-8."""


async def add_subtitles(
    media_id: str, text: str, ports: Ports
) -> tuple[InputRow, tuple[Notice, ...]]:
    """Store a new version of a media's subtitles (WebVTT, SubRip or ASS).

    Return it, and the reader's notices. Raises InvalidInput, NotFound.
    """
    await find_media(media_id, ports)
    text = text.removeprefix("\ufeff")
    if REPLACED in text:
        fault = field_fault("body", "field.utf8_replaced", {})
        raise InvalidInput("bad_request.subtitles_replaced", details={"errors": [fault]})
    try:
        file = read_subtitles(text)
    except InvalidInput as refused:
        names = ", ".join(kind.name for kind in SUBTITLE_KINDS)
        fault = field_fault("body", "field.subtitles", {"kinds": names})
        key, values = refused.key, refused.values
        raise InvalidInput(key, details={"errors": [fault]}, **values) from None
    kind = file.kind

    def key_of(version_id: str) -> str:
        return subtitles_key(media_id, version_id, kind.extension)

    item = await add_text(media_id, "subtitles", text, kind.content_type, key_of, ports)
    return item, file.notices


def notice_document(notice: Notice) -> dict[str, object]:
    """Return what the API shows of a notice; `at` is the line of the first cue that it is about."""
    shown: dict[str, object] = {"code": notice.code, "message": notice.message}
    return {**shown, "at": notice.lines[0]} if notice.lines else shown
