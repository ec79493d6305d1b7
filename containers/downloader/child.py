"""The process that runs yt-dlp: one download, then it ends.

It is a process of its own because yt-dlp can be stopped in no other way while it connects or
merges: the engine kills its group. Connections are refused by address from before yt-dlp is even
imported. Standard output carries reports alone; whatever yt-dlp and its tools print goes to
standard error, which nobody shows to users.
"""

import io
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from downloader import addresses
from downloader.failures import Failure, classify
from downloader.messages import Described, Failed, Fetched, Fetching, Order
from downloader.metadata import metadata_from_info
from downloader.plan import expected_bytes, ytdlp_options

__all__ = ["main"]

_ORDER_BYTES_MAX = 1 << 20
# A report for each hundredth is as fine as a bar can show.
_FRACTION_STEP = 0.01
_PULSE_S = 5.0


class DownloadFailed(Exception):
    """The download ends here, for a reason that was found by this process itself."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def main() -> int:
    """Read the order, download, and report; returns 0 if there is a result."""
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    order = Order.model_validate_json(sys.stdin.buffer.read(_ORDER_BYTES_MAX))
    addresses.install(allow_loopback=order.allow_loopback)
    try:
        _say(reports, _download(order, reports))
    except DownloadFailed as ended:
        failure = ended.failure
    except (Exception, addresses.RefusedAddress) as error:
        # The one door of this process: whatever yt-dlp raised becomes a code.
        failure = classify(error, secrets=order.secrets())
    else:
        return 0
    _say(
        reports,
        Failed(
            code=failure.code,
            message=failure.message,
            detail=failure.detail,
            retryable=failure.retryable,
        ),
    )
    return 1


def _say(reports: TextIO, report: Described | Fetching | Fetched | Failed) -> None:
    reports.write(report.model_dump_json() + "\n")
    reports.flush()


def _download(order: Order, reports: TextIO) -> Fetched:
    # Imported once the guard is up: what it does at import need not be trusted.
    import yt_dlp  # type: ignore[import-untyped]  # It ships no types.

    if urlsplit(order.url).scheme not in {"http", "https"}:
        raise DownloadFailed(Failure.of("download_unsupported", "only http and https URLs"))
    options = ytdlp_options(order)
    progress = _Progress(order, reports)
    options["progress_hooks"] = [progress.heard]
    options["logger"] = _Quiet()
    if order.cookies is not None:
        options["cookiefile"] = io.StringIO(order.cookies)
    with yt_dlp.YoutubeDL(options) as downloader:
        info = _single(downloader.extract_info(order.url, download=False))
        _check_limits(info, order)
        version = yt_dlp.version.__version__
        _say(reports, Described(metadata=metadata_from_info(info, yt_dlp=version)))
        progress.expect(info)
        with _pulsing(order, progress, reports):
            result = downloader.process_ie_result(info, download=True)
    return Fetched(
        file=_result_file(result, order),
        metadata=metadata_from_info(result, yt_dlp=version),
    )


def _single(info: object) -> dict[str, object]:
    """Return the one video that *info* is about: of a page with several, the first."""
    while isinstance(info, dict) and info.get("_type") in {"playlist", "multi_video"}:
        info = next(iter(info.get("entries") or ()), None)
    if not isinstance(info, dict):
        raise DownloadFailed(Failure.of("download_unsupported", "the page holds no video"))
    return info


def _check_limits(info: Mapping[str, object], order: Order) -> None:
    if info.get("is_live") or info.get("live_status") in {"is_live", "is_upcoming"}:
        raise DownloadFailed(Failure.of("download_unsupported", "a live stream has no end yet"))
    duration_s = info.get("duration")
    if isinstance(duration_s, int | float) and duration_s > order.max_duration_s:
        detail = f"{duration_s:.0f} s, and the limit is {order.max_duration_s} s"
        raise DownloadFailed(Failure.of("download_too_long", detail))
    size_bytes = expected_bytes(info)
    if size_bytes is not None and size_bytes > order.max_bytes:
        raise DownloadFailed(_too_large(size_bytes, order))


def _too_large(size_bytes: int, order: Order) -> Failure:
    return Failure.of(
        "download_too_large", f"{size_bytes} bytes, and the limit is {order.max_bytes}"
    )


def _result_file(result: Mapping[str, object], order: Order) -> str:
    downloads = result.get("requested_downloads")
    path = downloads[0].get("filepath") if isinstance(downloads, list) and downloads else None
    if not isinstance(path, str) or not Path(path).is_file():
        raise DownloadFailed(Failure.of("download_failed", "yt-dlp left no file"))
    # Named by the engine, never by the site.
    assert Path(path).parent.samefile(order.directory), path
    return Path(path).name


class _Quiet:
    """yt-dlp's logger: errors arrive as exceptions, and the rest is of no use to a program."""

    def debug(self, message: str) -> None: ...

    def info(self, message: str) -> None: ...

    def warning(self, message: str) -> None: ...

    def error(self, message: str) -> None: ...


class _Progress:
    """Turns yt-dlp's hook calls, which are per file, into one fraction that never goes back."""

    def __init__(self, order: Order, reports: TextIO) -> None:
        self._order = order
        self._reports = reports
        self._bytes_by_file: dict[str, int] = {}
        self._done_by_file: dict[str, float] = {}
        self._files = 1
        self.said = -1.0

    def expect(self, info: Mapping[str, object]) -> None:
        """Learn in how many files the video comes: usually picture and sound."""
        parts = info.get("requested_formats")
        self._files = len(parts) if isinstance(parts, list) and parts else 1

    def heard(self, call: Mapping[str, object]) -> None:
        """Take one hook call; raises DownloadFailed when more came than the limit."""
        name = str(call.get("filename"))
        read = call.get("downloaded_bytes")
        if isinstance(read, int):
            self._bytes_by_file[name] = read
        total_read = sum(self._bytes_by_file.values())
        # A direct file tells its size only with its first bytes.
        announced = call.get("total_bytes")
        size_bytes = max(total_read, announced if isinstance(announced, int) else 0)
        if size_bytes > self._order.max_bytes:
            raise DownloadFailed(_too_large(size_bytes, self._order))
        self._done_by_file[name] = _fraction(call)
        fraction = min(1.0, sum(self._done_by_file.values()) / self._files)
        if fraction >= self.said + _FRACTION_STEP:
            self.said = fraction
            _say(self._reports, Fetching(fraction=round(fraction, 4), bytes_read=total_read))


@contextmanager
def _pulsing(order: Order, progress: _Progress, reports: TextIO) -> Iterator[None]:
    ended = threading.Event()
    pulse = threading.Thread(
        target=_pulse, args=(Path(order.directory), progress, reports, ended), daemon=True
    )
    pulse.start()
    try:
        yield
    finally:
        ended.set()
        pulse.join()


def _pulse(directory: Path, progress: _Progress, reports: TextIO, ended: threading.Event) -> None:
    """Report while files grow, until *ended*: the engine ends a child that shows no progress.

    On a slow line a hundredth takes minutes, and while picture and sound are put together yt-dlp
    calls no hook at all.
    """
    known_bytes = 0
    while not ended.wait(_PULSE_S):
        size_bytes = 0
        for path in directory.iterdir():
            with suppress(FileNotFoundError):  # Renamed after it was listed.
                size_bytes += path.stat().st_size
        if size_bytes != known_bytes:
            known_bytes = size_bytes
            fraction = max(0.0, progress.said)
            _say(reports, Fetching(fraction=round(fraction, 4), bytes_read=known_bytes))


def _fraction(call: Mapping[str, object]) -> float:
    if call.get("status") == "finished":
        return 1.0
    read = call.get("downloaded_bytes")
    total = call.get("total_bytes") or call.get("total_bytes_estimate")
    if isinstance(read, int | float) and isinstance(total, int | float) and total > 0:
        return min(1.0, read / total)
    at, count = call.get("fragment_index"), call.get("fragment_count")
    if isinstance(at, int) and isinstance(count, int) and count > 0:
        return min(1.0, at / count)
    return 0.0


if __name__ == "__main__":
    sys.exit(main())
