"""The process that runs yt-dlp: one download, then it ends.

It is a process of its own because yt-dlp can be stopped in no other way while it connects or
merges: the engine kills its group. Connections are refused by address from before yt-dlp is even
imported. Standard output carries reports alone; whatever yt-dlp and its tools print goes to
standard error, which is not shown to users.
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
    SUBTITLES_FILE,
    THUMBNAIL_SOURCE,
    Site,
    fetch_extras,
    write_comments,
)
from downloader.failures import DownloadFailed, classify, failure
from downloader.messages import Described, DownloadOrder, Failed, Fetched, Fetching, Working
from downloader.metadata import DownloadMetadata, list_from_info, metadata_from_info
from downloader.plan import expected_bytes, ytdlp_options
from downloader.progress import DownloadProgress, pulsing, too_large

_ORDER_BYTES_MAX = 1 << 20
_WORKING_EVERY_S = 2.0
# The programs that yt-dlp needs: the merger, and the runtime for a site's own JavaScript.
_PROGRAMS = ("ffmpeg", "ffprobe", "deno")

Info = dict[str, Any]  # yt-dlp's own: checked key by key where it is read.
Say = Callable[[Described | Working | Fetching | Fetched | Failed], None]


def main() -> int:
    """Read the order, download, and report; returns 0 if there is a result."""
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    order = DownloadOrder.model_validate_json(sys.stdin.buffer.read(_ORDER_BYTES_MAX))
    addresses.install(allow_loopback=order.allow_loopback, programs=_PROGRAMS)

    def say(report: Described | Working | Fetching | Fetched | Failed) -> None:
        reports.write(report.model_dump_json() + "\n")
        reports.flush()

    try:
        report: Fetched | Failed = _download(order, say)
    except DownloadFailed as ended:
        report = ended.failure
    except (Exception, addresses.RefusedAddress) as error:
        # The boundary of this process: whatever yt-dlp raised becomes a code.
        report = classify(error, secrets=order.secrets())
    say(report)
    return 0 if isinstance(report, Fetched) else 1


def _download(order: DownloadOrder, say: Say) -> Fetched:
    # Imported once the guard is up: what it does at import need not be trusted.
    import yt_dlp  # type: ignore[import-untyped]  # It ships no types.

    if urlsplit(order.url).scheme not in {"http", "https"}:
        raise DownloadFailed(failure("download_unsupported", "only http and https URLs"))
    options = ytdlp_options(order)
    progress = DownloadProgress(order, say)
    options["progress_hooks"] = [progress.heard]
    options["logger"] = _Heard(say)
    if order.cookies is not None:
        options["cookiefile"] = io.StringIO(order.cookies)
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
    info = downloader.extract_info(order.url, download=False)
    if order.mode == "list":
        return Fetched(metadata=_listed(info, version))
    info = _single(info)
    if order.mode == "comments":
        downloader.post_extract(info)
        return _commented(info, order, version)
    site = Site(downloader)
    if order.mode == "metadata":
        return _with_extras(None, info, order, site, version)
    _check_limits(info, order)
    say(Described(metadata=metadata_from_info(info, yt_dlp=version)))
    progress.expect(info)
    with pulsing(order, progress, say):
        result = downloader.process_ie_result(info, download=True)
    return _with_extras(_result_file(result, order), result, order, site, version)


def _listed(info: object, version: str) -> DownloadMetadata:
    if not isinstance(info, dict) or info.get("_type") not in {"playlist", "multi_video"}:
        raise DownloadFailed(
            failure("download_unsupported", "the URL is one video, and not a list of them")
        )
    return list_from_info(info, yt_dlp=version)


def _commented(info: Info, order: DownloadOrder, version: str) -> Fetched:
    missing = write_comments(info, order)
    if missing is not None:
        raise DownloadFailed(missing)
    return Fetched(comments=COMMENTS_FILE, metadata=metadata_from_info(info, yt_dlp=version))


def _with_extras(
    file: str | None, info: Info, order: DownloadOrder, site: Site, version: str
) -> Fetched:
    extras = fetch_extras(info, order, site)
    metadata = metadata_from_info(info, yt_dlp=version)
    return Fetched(
        file=file,
        subtitles=SUBTITLES_FILE if extras.subtitles else None,
        thumbnail=THUMBNAIL_SOURCE if extras.thumbnail else None,
        metadata=metadata.model_copy(update=extras.changes()),
    )


def _single(info: object) -> Info:
    """Return the one video that *info* is about: of a page with several, the first."""
    while isinstance(info, dict) and info.get("_type") in {"playlist", "multi_video"}:
        info = next(iter(info.get("entries") or ()), None)
    if not isinstance(info, dict):
        raise DownloadFailed(failure("download_unsupported", "the page holds no video"))
    return info


def _check_limits(info: Mapping[str, object], order: DownloadOrder) -> None:
    if info.get("is_live") or info.get("live_status") in {"is_live", "is_upcoming"}:
        raise DownloadFailed(failure("download_unsupported", "a live stream has no end yet"))
    duration_s = info.get("duration")
    if isinstance(duration_s, int | float) and duration_s > order.duration_max_s:
        detail = f"{duration_s:.0f} s, and the limit is {order.duration_max_s} s"
        raise DownloadFailed(failure("download_too_long", detail))
    size_bytes = expected_bytes(info)
    if size_bytes is not None and size_bytes > order.bytes_max:
        raise DownloadFailed(too_large(size_bytes, order))


def _result_file(result: Mapping[str, object], order: DownloadOrder) -> str:
    downloads = result.get("requested_downloads")
    path = downloads[0].get("filepath") if isinstance(downloads, list) and downloads else None
    if not isinstance(path, str) or not Path(path).is_file():
        raise DownloadFailed(failure("download_failed", "yt-dlp left no file"))
    # Named by the engine, never by the site.
    assert Path(path).parent.samefile(order.directory), path
    return Path(path).name


class _Heard:
    """yt-dlp's logger. Errors arrive as exceptions and the rest is of no use to a program, but that
    it speaks shows that pages still come.
    """

    def __init__(self, say: Say) -> None:
        self._say = say
        self._said_at = float("-inf")

    def debug(self, message: str) -> None:
        now = time.monotonic()
        if now - self._said_at >= _WORKING_EVERY_S:
            self._said_at = now
            self._say(Working())

    def info(self, message: str) -> None: ...

    def warning(self, message: str) -> None: ...

    def error(self, message: str) -> None: ...


if __name__ == "__main__":
    sys.exit(main())
