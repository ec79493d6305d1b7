"""yt-dlp's hooks, which speak of files, as the progress of one download."""

import pytest
from downloader.failures import DownloadFailed
from downloader.messages import Fetching
from downloader.progress import DownloadProgress

from tests.downloader.orders import an_order


def fractions(said: list[Fetching]) -> list[float]:
    return [report.fraction for report in said]


def test_two_files_are_one_progress_that_never_goes_back() -> None:
    said: list[Fetching] = []
    progress = DownloadProgress(an_order(), said.append)
    progress.expect({"requested_formats": [{}, {}]})

    for name, read in (("v", 250), ("v", 500), ("a", 10), ("a", 20)):
        total = 500 if name == "v" else 20
        progress.heard({"filename": name, "downloaded_bytes": read, "total_bytes": total})

    assert fractions(said) == [0.25, 0.5, 0.75, 1.0]


def test_small_steps_are_not_reported_one_by_one() -> None:
    said: list[Fetching] = []
    progress = DownloadProgress(an_order(), said.append)

    for read in range(1001):
        progress.heard({"filename": "v", "downloaded_bytes": read, "total_bytes": 1000})

    assert len(fractions(said)) <= 101


def test_a_file_whose_announced_size_is_over_the_limit_is_stopped_at_once() -> None:
    progress = DownloadProgress(an_order(), lambda _: None)

    with pytest.raises(DownloadFailed) as refused:
        progress.heard({"filename": "v", "downloaded_bytes": 1, "total_bytes": 1001})

    assert refused.value.failure.code == "download_too_large"


def test_d15_a_file_that_the_disk_has_no_room_for_is_stopped_at_once() -> None:
    progress = DownloadProgress(an_order(bytes_max=1 << 62), lambda _: None)

    with pytest.raises(DownloadFailed) as refused:
        progress.heard({"filename": "v", "downloaded_bytes": 1, "total_bytes": 1 << 60})

    assert (refused.value.failure.code, refused.value.failure.retryable) == ("disk_full", True)


def test_fragments_are_counted_where_bytes_are_not_known() -> None:
    said: list[Fetching] = []
    progress = DownloadProgress(an_order(), said.append)

    progress.heard({"filename": "v", "fragment_index": 1, "fragment_count": 4})

    assert fractions(said) == [0.25]
