"""How far a download is, from yt-dlp's hooks and from the growth of its files; and whether what
came is within the limits, has room, and is whole.
"""

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from downloader.failures import DownloadFailed, failure
from downloader.messages import DownloadOrder, Failed, Fetching
from downloader.wholeness import is_cut_off

# A report for each hundredth is as fine as a bar can show.
_FRACTION_STEP = 0.01
_PULSE_S = 5.0

Say = Callable[[Fetching], None]


def too_large(size_bytes: int, order: DownloadOrder) -> Failed:
    """Return the failure of a download that is larger than its order allows."""
    return failure("download_too_large", f"{size_bytes} bytes, and the limit is {order.bytes_max}")


def check_room(more_bytes: int, order: DownloadOrder) -> None:
    """Refuse what the disk has no room for; raises DownloadFailed."""
    free_bytes = shutil.disk_usage(order.directory).free
    if more_bytes > free_bytes:
        detail = f"{more_bytes} bytes are to come, and {free_bytes} are free"
        raise DownloadFailed(failure("disk_full", detail))


class DownloadProgress:
    """Turns yt-dlp's hook calls, which are per file, into one fraction that never goes back.

    *fault*: the last error that yt-dlp has reported in words.
    """

    def __init__(self, order: DownloadOrder, say: Say) -> None:
        self._order = order
        self._say = say
        self._bytes_by_file: dict[str, int] = {}
        self._done_by_file: dict[str, float] = {}
        self._announced: dict[str, int] = {}
        self._joined: set[str] = set()
        self._files = 1
        self.said = -1.0
        self.fault = ""

    def expect(self, info: Mapping[str, object]) -> None:
        """Learn in how many files the video comes: usually picture and sound."""
        parts = info.get("requested_formats")
        self._files = len(parts) if isinstance(parts, list) and parts else 1

    def heard(self, call: Mapping[str, object]) -> None:
        """Take one hook call; raises DownloadFailed when it shows that the download has to end."""
        name = str(call.get("filename"))
        read = call.get("downloaded_bytes")
        if isinstance(read, int):
            self._bytes_by_file[name] = read
        if call.get("status") == "finished":
            self._check_whole(name)
        else:
            self._note(name, call)
        self._check_size()
        self._done_by_file[name] = _fraction(call)
        fraction = min(1.0, sum(self._done_by_file.values()) / self._files)
        if fraction >= self.said + _FRACTION_STEP:
            self.said = fraction
            self._say(Fetching(fraction=round(fraction, 4), bytes_read=self._read_bytes()))

    def _read_bytes(self) -> int:
        return sum(self._bytes_by_file.values())

    def _note(self, name: str, call: Mapping[str, object]) -> None:
        """Keep what is said of a file while it comes, which its last call says no more."""
        if isinstance(call.get("fragment_index"), int):
            self._joined.add(name)
        announced, known = call.get("total_bytes"), self._announced.get(name)
        if isinstance(announced, int) and announced != known:
            self._announced[name] = announced
            check_room(announced - self._bytes_by_file.get(name, 0), self._order)

    def _check_size(self) -> None:
        # The size of a direct file is known only with its first bytes.
        announced = max(self._announced.values(), default=0)
        size_bytes = max(self._read_bytes(), announced)
        if size_bytes > self._order.bytes_max:
            raise DownloadFailed(too_large(size_bytes, self._order))

    def _check_whole(self, name: str) -> None:
        path, joined = Path(name), name in self._joined
        announced = self._announced.get(name)
        if not path.is_file() or not is_cut_off(path, joined=joined or announced is None):
            return
        # A site that has kept its word about the length has no more than this.
        code = "download_network" if joined or announced is None else "download_incomplete"
        detail = f"{self._bytes_by_file.get(name, 0)} bytes came, and the container has more"
        raise DownloadFailed(failure(code, detail))


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
