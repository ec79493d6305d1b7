"""What a download brings beside the video: subtitles, a thumbnail, comments.

Runs in the child, through yt-dlp's own connections, so that cookies, proxy and the guard of
addresses hold. What the site lacks is a notice, not a failure: the video is worth having without.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from engine_kit.addresses import RefusedAddress

from downloader.comments import document_from_info
from downloader.failures import DownloadFailed, classify, failure
from downloader.messages import DownloadOrder
from downloader.metadata import SubtitleTrack
from downloader.subtitles import OfferedTrack, several, to_webvtt
from media_jobs.errors import InvalidInput
from media_jobs.messages import Value
from media_jobs.notices import Notice
from media_jobs.subtitles.decoding import decode

THUMBNAIL_SOURCE = "thumbnail.picture"
COMMENTS_FILE = "comments.json"

_SUBTITLES_BYTES_MAX = 16 << 20
_THUMBNAIL_BYTES_MAX = 16 << 20
_THUMBNAIL_TRIES = 3
_PLAYLIST_BYTES_MAX = 16 << 20


def subtitles_file(index: int) -> str:
    """Return the name of the file of subtitles number *index*, from 0 on."""
    return f"subtitles-{index + 1}.vtt"


class Site:
    """yt-dlp's connections, with the job's cookies and proxy."""

    def __init__(self, downloader: Any) -> None:  # Any: yt-dlp ships no types.
        self._downloader = downloader

    def read(self, url: str, headers: Mapping[str, str], bytes_max: int) -> bytes:
        """Return what is at *url*; raises ValueError when it is more than *bytes_max*."""
        # Not before the guard of addresses is up: see `downloader.child`.
        from yt_dlp.networking import Request  # type: ignore[import-untyped]  # As above.

        if urlsplit(url).scheme not in {"http", "https"}:
            raise ValueError("no web address")
        with self._downloader.urlopen(Request(url, headers=dict(headers))) as response:
            data: bytes = response.read(bytes_max + 1)
        if len(data) > bytes_max:
            raise ValueError("too large")
        return data

    def playlist(self, chosen: Mapping[str, object]) -> str | None:
        """Return the playlist of a format's pieces, or None where it can't be had."""
        try:
            data = self.read(str(chosen.get("url")), _headers(chosen), _PLAYLIST_BYTES_MAX)
        except Exception:
            # The download reads it again, and says what is wrong with it.
            return None
        return data.decode("utf-8", "replace")

    def save(self, source: Mapping[str, object], path: Path) -> None:
        """Fetch what comes in pieces, such as subtitles in a playlist, into *path*."""
        self._downloader.dl(str(path), dict(source), subtitle=True)


class Extras:
    """Names of the files that were made, and notices about those that could not be."""

    def __init__(self, notices: Sequence[Notice] = ()) -> None:
        self.files: list[str] = []
        self.tracks: list[SubtitleTrack] = []
        self.thumbnail = False
        self.notices = list(notices)

    def changes(self) -> dict[str, object]:
        """Return what they change in the metadata."""
        return {
            "subtitles": self.tracks[0] if self.tracks else None,
            "subtitle_tracks": tuple(self.tracks) or None,
            "notices": tuple(notice.document for notice in self.notices),
        }


def fetch_extras(
    info: Mapping[str, object], order: DownloadOrder, site: Site, notices: Sequence[Notice] = ()
) -> Extras:
    """Fetch the subtitles and the thumbnail that *order* wants into its directory.

    *notices*: those that there are already.
    """
    extras = Extras(notices)
    folder = Path(order.directory)
    if order.subtitles != "none":
        tracks = several(
            info,
            kind=order.subtitles,
            languages=order.subtitle_languages,
            count_max=order.subtitle_tracks or 1,
        )
        if not tracks:
            extras.notices.append(Notice(code="subtitles_not_offered"))
        for track in tracks:
            _take_subtitles(track, folder, order, site, extras)
    if order.thumbnail:
        extras.thumbnail = _take_thumbnail(info, folder, site)
        if not extras.thumbnail:
            extras.notices.append(Notice(code="thumbnail_not_offered"))
    return extras


def _why(error: BaseException, order: DownloadOrder) -> Mapping[str, Value]:
    """Return the key of what is wrong with subtitles, and its values."""
    if isinstance(error, InvalidInput):
        return {"why": error.key, **error.values}
    if isinstance(error, ValueError):
        return {"why": "bad_request.subtitles_empty"}
    return {"why": f"failure.{classify(error, secrets=order.secrets()).code}"}


def _take_subtitles(
    track: OfferedTrack, folder: Path, order: DownloadOrder, site: Site, extras: Extras
) -> None:
    try:
        data = _subtitle_bytes(track.source, folder, site)
        decoded = decode(data, hint=track.language, guess_webvtt=True)
        document, found = to_webvtt(decoded.text)
    except (Exception, RefusedAddress) as error:
        # Whatever went wrong with them, the video is not at fault.
        facts = {"language": track.language, **_why(error, order)}
        extras.notices.append(Notice(code="subtitles_not_available", facts=facts))
        return
    extras.notices += [
        replace(notice, track=track.language) for notice in (*decoded.notices, *found)
    ]
    name = subtitles_file(len(extras.files))
    (folder / name).write_text(document, encoding="utf-8")
    extras.files.append(name)
    extras.tracks.append(SubtitleTrack(language=track.language, automatic=track.automatic))


def _subtitle_bytes(source: Mapping[str, object], folder: Path, site: Site) -> bytes:
    inline = source.get("data")
    if isinstance(inline, str):
        return inline.encode()
    protocol = source.get("protocol")
    if isinstance(protocol, str) and not protocol.startswith("http"):
        path = folder / "subtitles.pieces"
        site.save(source, path)
        data = path.read_bytes()
        path.unlink()
        if len(data) > _SUBTITLES_BYTES_MAX:
            raise ValueError("too large")
        return data
    return site.read(str(source.get("url")), _headers(source), _SUBTITLES_BYTES_MAX)


def _take_thumbnail(info: Mapping[str, object], folder: Path, site: Site) -> bool:
    """Take the best one that the site has: of those it names, not all exist."""
    given = info.get("thumbnails")
    items = [item for item in given if isinstance(item, Mapping)] if isinstance(given, list) else []
    if not items and isinstance(info.get("thumbnail"), str):
        items = [{"url": info["thumbnail"]}]
    for item in list(reversed(items))[:_THUMBNAIL_TRIES]:
        try:
            data = site.read(str(item.get("url")), _headers(item), _THUMBNAIL_BYTES_MAX)
        except (Exception, RefusedAddress):  # noqa: S112  A named thumbnail that is not there: try the next.
            continue
        (folder / THUMBNAIL_SOURCE).write_bytes(data)
        return True
    return False


def _headers(source: Mapping[str, object]) -> Mapping[str, str]:
    given = source.get("http_headers")
    if not isinstance(given, Mapping):
        return {}
    return {str(name): str(value) for name, value in given.items()}


def write_comments(info: Mapping[str, object], order: DownloadOrder) -> tuple[str, ...]:
    """Write the comments document; return what to tell of it. Raises DownloadFailed without any."""
    document = document_from_info(info, count_max=order.max_comments)
    if document is None:
        raise DownloadFailed(failure("download_no_comments"))
    text = document.model_dump_json(by_alias=True, exclude_none=True, indent=1)
    (Path(order.directory) / COMMENTS_FILE).write_text(text, encoding="utf-8")
    return tuple(notice.message for notice in document.notices)
