"""A stored version of subtitles: as it is read, and as a file of another kind."""

from app.media.media import SUBTITLES, find_media
from app.media.store import InputRow
from app.media.subtitles import text_document
from app.media.versions import find_version
from app.ports import Ports
from app.web.call import TEXT_BYTES_MAX
from media_jobs.content import Content, disposition, guards
from media_jobs.errors import NotFound, unfit_field
from media_jobs.file_names import file_stem
from media_jobs.http import Reply
from media_jobs.subtitles.decoding import decode
from media_jobs.subtitles.exports import FORMATS, exported
from media_jobs.subtitles.reader import read_subtitles


async def stored_text(media_id: str, input_id: str, ports: Ports) -> dict[str, object]:
    """Return the text of a version, and how it is read.

    Raises Conflict (`unfit`), NotFound (`input_gone`: its object is not there any more).
    """
    item = await find_version(media_id, input_id, ports)
    if item.slot != SUBTITLES:
        raise unfit_field("inputId", "field.subtitles_of_media")
    text = await _text_of(item, "inputId", ports)
    return text_document(text.encode(), None, item.language)


async def export(media_id: str, input_id: str, extension: str, ports: Ports) -> Reply:
    """Return the cues of a version as a file of the format with this *extension*.

    Raises Conflict (`unfit`), NotFound (`input_gone`: its object is not there any more).
    """
    media = await find_media(media_id, ports)
    item = await find_version(media_id, input_id, ports)
    if item.slot != SUBTITLES:
        raise unfit_field("format", "field.format_of")
    text = await _text_of(item, "format", ports)
    to = FORMATS[extension]
    made = exported(read_subtitles(decode(text.encode()).text).cues(), to)
    name = ".".join(filter(None, (file_stem(media.title) or SUBTITLES, item.language, extension)))
    content_type = f"{to.content_type}; charset=utf-8"
    stored = Content(
        key=item.object_key,
        size_bytes=len(made.text.encode()),
        content_type=content_type,
        etag=item.input_id,
    )
    return Reply(
        body=made.text,
        headers={
            "content-type": content_type,
            "content-disposition": disposition(
                {"filename": name, "disposition": "attachment"}, stored
            ),
            "cache-control": "private, no-cache",
            "x-left-out": ", ".join(made.left_out),
            **guards(content_type),
        },
    )


async def _text_of(item: InputRow, field: str, ports: Ports) -> str:
    if item.size_bytes > TEXT_BYTES_MAX:
        raise unfit_field(field, "field.format_of_shorter", most=TEXT_BYTES_MAX)
    text = await ports.objects.text(item.object_key, TEXT_BYTES_MAX)
    if text is None:
        raise NotFound("input_gone")
    return text
