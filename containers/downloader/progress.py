"""How far a download is, from yt-dlp's hooks and from the growth of its files."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from downloader.failures import DownloadFailed, failure
from downloader.messages import DownloadOrder, Failed, Fetching

# A report for each hundredth is as fine as a bar can show.
_FRACTION_STEP = 0.01
_PULSE_S = 5.0

Say = Callable[[Fetching], None]


def too_large(size_bytes: int, order: DownloadOrder) -> Failed:
    """Return the failure of a download that is larger than its order allows."""
    return failure("download_too_large", f"{size_bytes} bytes, and the limit is {order.bytes_max}")


class DownloadProgress:
    """Turns yt-dlp's hook calls, which are per file, into one fraction that never goes back."""

    def __init__(self, order: DownloadOrder, say: Say) -> None:
        self._order = order
        self._say = say
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
        # The size of a direct file is known only with its first bytes.
        announced = call.get("total_bytes")
        size_bytes = max(total_read, announced if isinstance(announced, int) else 0)
        if size_bytes > self._order.bytes_max:
            raise DownloadFailed(too_large(size_bytes, self._order))
        self._done_by_file[name] = _fraction(call)
        fraction = min(1.0, sum(self._done_by_file.values()) / self._files)
        if fraction >= self.said + _FRACTION_STEP:
            self.said = fraction
            self._say(Fetching(fraction=round(fraction, 4), bytes_read=total_read))


@contextmanager
def pulsing(order: DownloadOrder, progress: DownloadProgress, say: Say) -> Iterator[None]:
    ended = threading.Event()
    pulse = threading.Thread(
        target=_pulse, args=(Path(order.directory), progress, say, ended), daemon=True
    )
    pulse.start()
    try:
        yield
    finally:
        ended.set()
        pulse.join()


def _pulse(directory: Path, progress: DownloadProgress, say: Say, ended: threading.Event) -> None:
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
            say(Fetching(fraction=round(fraction, 4), bytes_read=known_bytes))


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
