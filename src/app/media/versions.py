"""Versions of a media's inputs: listed, read, and made the newest again."""

from dataclasses import replace

from app.media.media import SUBTITLES, add_input, find_media, input_document
from app.media.store import (
    InputRow,
    VersionRow,
    select_input,
    select_inputs,
    select_versions,
    set_language,
)
from app.ports import Ports
from media_jobs.content import Content, serve
from media_jobs.errors import NotFound, unfit_field
from media_jobs.file_names import file_stem
from media_jobs.http import Reply, Request
from media_jobs.ids import new_input_id
from media_jobs.languages import LanguageTag
from media_jobs.strict import Strict
from media_jobs.subtitles.kinds import SUBTITLE_KINDS

_EXTENSIONS = {
    **{kind.content_type: kind.extension for kind in SUBTITLE_KINDS},
    "application/json": "json",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
}


_NAMED_BY_KIND = frozenset({"video", SUBTITLES})
"""Slots that a file's extension names."""


class VersionChange(Strict):
    """What of a version may be changed: of subtitles their language, null for none."""

    language: LanguageTag | None


async def list_versions(
    media_id: str, slot: str | None, before: tuple[int, str], limit: int, ports: Ports
) -> list[tuple[VersionRow, bool]]:
    """Return versions, newest first, after *before*, and whether each is the media's own."""
    await find_media(media_id, ports)
    current = {item.input_id for item in (await select_inputs(ports.store, media_id)).values()}
    rows = await select_versions(ports.store, media_id, slot, before, limit)
    return [(row, row.item.input_id in current) for row in rows]


async def find_version(media_id: str, input_id: str, ports: Ports) -> InputRow:
    """Return a version; raises NotFound."""
    await find_media(media_id, ports)
    item = await select_input(ports.store, media_id, input_id)
    if item is None or not item.ready:
        raise NotFound("not_found.input", input=input_id)
    return item


async def content(
    request: Request, media_id: str, input_id: str, disposition: str, ports: Ports
) -> Reply:
    """Answer a GET or HEAD for the bytes of a version, or for one range of them.

    *disposition*: `inline` or `attachment`. Raises NotFound (`input_gone`: its object is not there
    any more).
    """
    item = await find_version(media_id, input_id, ports)
    found = await ports.objects.head(item.object_key)
    if found is None:
        raise NotFound("input_gone")
    stored = Content(
        key=item.object_key,
        size_bytes=found.size_bytes,
        content_type=item.content_type,
        etag=found.etag,
    )
    name = _file_name(item, (await find_media(media_id, ports)).title)
    return await serve(
        request, stored, ports.objects, {"filename": name, "disposition": disposition}
    )


def _file_name(item: InputRow, title: str) -> str:
    """Return the name of a version as it is saved: after its media, with its language."""
    stem = file_stem(title)
    kind = item.slot if stem is None or item.slot not in _NAMED_BY_KIND else ""
    extension = _EXTENSIONS.get(item.content_type)
    return ".".join(filter(None, (stem, item.language, kind, extension)))


async def restore(media_id: str, input_id: str, ports: Ports) -> InputRow:
    """Make the content of a version the newest: a new version with the same object."""
    item = await find_version(media_id, input_id, ports)
    now_ms = ports.now_ms()
    again = replace(
        item,
        input_id=new_input_id(item.slot, now_ms, ports.entropy(10)),
        created_ms=now_ms,
    )
    await add_input(again, ports)
    return again


async def change_version(
    media_id: str, input_id: str, body: VersionChange, ports: Ports
) -> InputRow:
    """Change what is said of a version; jobs that have it keep what was said then.

    Raises InvalidInput, NotFound.
    """
    item = await find_version(media_id, input_id, ports)
    if item.slot != SUBTITLES:
        raise unfit_field("language", "field.language_of")
    await ports.store.batch([set_language(ports.store, item, body.language)])
    return replace(item, language=body.language)


def version_document(row: VersionRow, current: bool) -> dict[str, object]:
    """Return what the API shows of a version in a list."""
    return {**input_document(row.item), "current": current, "usedByJobs": row.jobs}
