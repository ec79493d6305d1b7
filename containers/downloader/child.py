"""The process that runs yt-dlp: one download, then it ends.

It is a process of its own because yt-dlp can be stopped in no other way while it connects or
merges: the engine kills its group. It is forked from one that has imported yt-dlp
(`engine_kit.prepared`), in which connections are refused by address from before that. Standard
output carries reports alone; whatever yt-dlp and its tools print goes to standard error, which is
not shown to users.
"""

import io
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from engine_kit import addresses

from downloader.extras import (
    COMMENTS_FILE,
    THUMBNAIL_SOURCE,
    Extras,
    Site,
    fetch_extras,
    write_comments,
)
from downloader.failures import DownloadFailed, classify, failure, in_transit, status_of
from downloader.messages import Described, DownloadOrder, Failed, Fetched, Fetching, Working
from downloader.metadata import DownloadMetadata, list_from_info, metadata_from_info
from downloader.plan import expected_bytes, within_height, ytdlp_options
from downloader.progress import DownloadProgress, check_room, pulsing, too_large
from downloader.promises import Promise, is_open_ended, playlist_promise, site_promise
from media_jobs.cookies import read_cookies, written_cookies
from media_jobs.notices import Notice

_ORDER_BYTES_MAX = 1 << 20
_WORKING_EVERY_S = 2.0
_LISTS = frozenset({"playlist", "multi_video"})
# How a site answers for an address that was good before.
_CANNOT_GO_ON = 416
_REFUSED = frozenset({401, 403, 404, 410, _CANNOT_GO_ON})
# The programs that yt-dlp needs: the merger, and the runtime for a site's own JavaScript.
_PROGRAMS = ("ffmpeg", "ffprobe", "deno")

Info = dict[str, Any]  # yt-dlp's own: checked key by key where it is read.
Say = Callable[[Described | Working | Fetching | Fetched | Failed], None]


def prepare(allow_loopback: str) -> None:
    """Import yt-dlp, once connections are refused: what it does then need not be trusted.

    *allow_loopback*: "1" where this machine's own addresses are no inside ones.
    """
    addresses.install(allow_loopback=allow_loopback == "1", programs=_PROGRAMS)
    import yt_dlp  # type: ignore[import-untyped]  # It ships no types.

    # Each site's pattern of addresses is compiled when it is first asked for.
    for site in yt_dlp.extractor.gen_extractor_classes():
        site.suitable("https://example.com/")


def main() -> int:
    """Read the order, download, and report; returns 0 if there is a result."""
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    order = DownloadOrder.model_validate_json(sys.stdin.buffer.read(_ORDER_BYTES_MAX))

    def say(report: Described | Working | Fetching | Fetched | Failed) -> None:
        reports.write(report.model_dump_json() + "\n")
        reports.flush()

    report = download(order, say)
    say(report)
    return 0 if isinstance(report, Fetched) else 1


def download(order: DownloadOrder, say: Say) -> Fetched | Failed:
    """Do what *order* says, into its directory; return what came of it."""
    try:
        return _download(order, say)
    except (Exception, addresses.RefusedAddress) as error:
        # The boundary of this process: whatever yt-dlp raised becomes a code.
        return classify(error, secrets=order.secrets())


def _download(order: DownloadOrder, say: Say) -> Fetched:
    import yt_dlp

    if urlsplit(order.url).scheme not in {"http", "https"}:
        raise DownloadFailed(failure("download_unsupported", "only http and https URLs"))
    options = ytdlp_options(order)
    progress = DownloadProgress(order, say)
    options["progress_hooks"] = [progress.heard]
    options["logger"] = _Heard(say, progress)
    if cookies := read_cookies(order.cookies or ""):
        options["cookiefile"] = io.StringIO(written_cookies(cookies, order.url))
    with yt_dlp.YoutubeDL(options) as downloader:
        return fetch(downloader, order, progress, say, yt_dlp.version.__version__)


def fetch(
    downloader: Any,  # Any: yt-dlp ships no types.
    order: DownloadOrder,
    progress: DownloadProgress,
    say: Say,
    version: str,
) -> Fetched:
    """Do what *order* says with a YoutubeDL; raises DownloadFailed and what yt-dlp raises."""
    _keep_to_height(downloader, order.max_height)
    info = downloader.extract_info(order.url, download=False)
    if order.mode == "list":
        return Fetched(metadata=_listed(info, version))
    info, notices = _single(info)
    if order.mode == "comments":
        downloader.post_extract(info)
        return _commented(info, order, version)
    site = Site(downloader)
    if order.mode == "metadata":
        return _with_extras(None, info, fetch_extras(info, order, site, notices), version)
    _check_limits(info, order)
    say(Described(metadata=metadata_from_info(info, yt_dlp=version)))
    promises = _promises(info, site)
    with pulsing(order, progress, say):
        result = _downloaded(downloader, info, order, progress)
    file = _result_file(result, order)
    extras = fetch_extras(result, order, site, notices)
    return _with_extras(file, result, extras, version, promises)


def _keep_to_height(downloader: Any, height: int) -> None:  # Any: as above.
    """Have formats above *height* left out before yt-dlp chooses among them.

    Its own filters know width and height, and not which of them is shorter.
    """
    choose = downloader.format_selector

    def choose_within(context: Mapping[str, Any]) -> object:
        return choose({**context, "formats": within_height(context["formats"], height)})

    downloader.format_selector = choose_within


def _downloaded(
    downloader: Any,  # Any: as above.
    info: Info,
    order: DownloadOrder,
    progress: DownloadProgress,
) -> Info:
    """Fetch the video that *info* describes; return what yt-dlp says of it then.

    Addresses of media expire, or are good for one visit: where the site refuses one that it has
    named, its page is asked again, once. What came of one file is kept if the same is chosen again.
    Pieces are fetched anew: where one fails while others are written, yt-dlp's own note of how
    many there are can count one that was not.
    """
    progress.expect(info)
    try:
        try:
            return dict(downloader.process_ie_result(info, download=True))
        except Exception as error:
            status = status_of(_reason(error, progress))
            if status not in _REFUSED:
                raise
        fresh, _ = _single(downloader.extract_info(order.url, download=False))
        if status == _CANNOT_GO_ON or _whole_files(fresh) != _whole_files(info):
            for path in Path(order.directory).iterdir():
                path.unlink()
        return dict(downloader.process_ie_result(fresh, download=True))
    except Exception as error:
        failed = classify(_reason(error, progress), secrets=order.secrets())
        raise DownloadFailed(in_transit(failed, attempt=order.attempt)) from error


def _reason(error: Exception, progress: DownloadProgress) -> Exception:
    """Return what went wrong: a piece that fails closes the file under the thread that joins them,
    so that the error is about that file, and the reason is what was reported before.
    """
    at_the_file = isinstance(error, FileNotFoundError) or type(error) is ValueError
    return RuntimeError(progress.fault) if at_the_file and progress.fault else error


def _promises(info: Info, site: Site) -> tuple[Promise, ...]:
    """Return what the site and the playlists of the chosen formats say of the video's length.

    Raises DownloadFailed(download_live) where more may follow, and the site does not know better.
    """
    promises = [site_promise(info)]
    for chosen in _formats(info):
        is_hls = str(chosen.get("protocol")).startswith("m3u8")
        text = site.playlist(chosen) if is_hls else None
        unknown = info.get("is_live") is None and info.get("live_status") is None
        if text is not None and unknown and is_open_ended(text):
            raise DownloadFailed(failure("download_live"))
        promises.append(playlist_promise(chosen, text))
    return tuple(promise for promise in promises if promise is not None)


def _formats(info: Info) -> list[Info]:
    """Return the formats that yt-dlp has chosen: one, or picture and sound apart."""
    parts = info.get("requested_formats")
    return parts if isinstance(parts, list) and parts else [info]


def _whole_files(info: Info) -> list[object]:
    """Return which formats are chosen, each unlike any other's where it comes in pieces."""
    plain = {"http", "https"}
    return [
        chosen.get("format_id") if chosen.get("protocol") in plain else object()
        for chosen in _formats(info)
    ]


def _listed(info: object, version: str) -> DownloadMetadata:
    if not isinstance(info, dict) or info.get("_type") not in _LISTS:
        raise DownloadFailed(failure("download_one_video"))
    return list_from_info(info, yt_dlp=version)


def _commented(info: Info, order: DownloadOrder, version: str) -> Fetched:
    notices = write_comments(info, order)
    metadata = metadata_from_info(info, yt_dlp=version)
    return Fetched(
        comments=COMMENTS_FILE, metadata=metadata.model_copy(update={"notices": notices})
    )


def _with_extras(
    file: str | None,
    info: Info,
    extras: Extras,
    version: str,
    promises: tuple[Promise, ...] = (),
) -> Fetched:
    metadata = metadata_from_info(info, yt_dlp=version)
    return Fetched(
        file=file,
        subtitles=tuple(extras.files),
        thumbnail=THUMBNAIL_SOURCE if extras.thumbnail else None,
        promises=promises,
        metadata=metadata.model_copy(update=extras.changes()),
    )


def _single(info: object) -> tuple[Info, list[Notice]]:
    """Return the one video that *info* is about; of a page with several the first, and a notice."""
    count = 1
    while isinstance(info, dict) and info.get("_type") in _LISTS:
        said = info.get("playlist_count")
        count = max(count, said if isinstance(said, int) else 1)
        info = next(iter(info.get("entries") or ()), None)
    if not isinstance(info, dict):
        raise DownloadFailed(failure("download_unsupported", "the page holds no video"))
    more = [Notice(code="more_videos_on_page", facts={"count": count})] if count > 1 else []
    return info, more


def _check_limits(info: Mapping[str, object], order: DownloadOrder) -> None:
    if info.get("is_live") or info.get("live_status") in {"is_live", "is_upcoming"}:
        raise DownloadFailed(failure("download_live"))
    if order.mode == "full" and not info.get("requested_formats") and info.get("vcodec") == "none":
        raise DownloadFailed(failure("download_audio_only"))
    duration_s = info.get("duration")
    if isinstance(duration_s, int | float) and duration_s > order.duration_max_s:
        detail = f"{duration_s:.0f} s, and the limit is {order.duration_max_s} s"
        raise DownloadFailed(failure("download_too_long", detail))
    size_bytes = expected_bytes(info)
    if size_bytes is not None and size_bytes > order.bytes_max:
        raise DownloadFailed(too_large(size_bytes, order))
    if size_bytes is not None:
        check_room(size_bytes, order)


def _result_file(result: Mapping[str, object], order: DownloadOrder) -> str:
    downloads = result.get("requested_downloads")
    path = downloads[0].get("filepath") if isinstance(downloads, list) and downloads else None
    if not isinstance(path, str) or not Path(path).is_file():
        raise DownloadFailed(failure("download_failed", "yt-dlp left no file"))
    # Named by the engine, never by the site.
    assert Path(path).parent.samefile(order.directory), path
    return Path(path).name


class _Heard:
    """yt-dlp's logger. Errors arrive as exceptions too, and what else it says is for who watches;
    that it speaks shows that pages still come.
    """

    def __init__(self, say: Say, progress: DownloadProgress) -> None:
        self._say = say
        self._progress = progress
        self._said_at = float("-inf")

    def debug(self, message: str) -> None:
        _tell(message)
        now = time.monotonic()
        if now - self._said_at >= _WORKING_EVERY_S:
            self._said_at = now
            self._say(Working())

    def info(self, message: str) -> None:
        _tell(message)

    def warning(self, message: str) -> None:
        _tell(message)

    def error(self, message: str) -> None:
        _tell(message)
        self._progress.fault = message


def _tell(message: str) -> None:
    """Write what yt-dlp says to standard error, of which an attempt's log has the last lines."""
    if message.strip():
        sys.stderr.write(f"{message.rstrip()}\n")
        sys.stderr.flush()
