"""The child's view of what yt-dlp tells: limits, progress, the one video of a page."""

import io

import pytest
from downloader.child import DownloadFailed, _check_limits, _Progress, _single
from downloader.messages import Fetching, Order, read_report


def an_order(**changes: object) -> Order:
    given: dict[str, object] = {
        "url": "https://example.com/v",
        "directory": "/w",
        "ffmpeg": "/ffmpeg",
        "max_height": 720,
        "max_bytes": 1000,
        "max_duration_s": 60,
    }
    return Order.model_validate(given | changes)


@pytest.mark.parametrize(
    ("info", "code"),
    [
        ({"is_live": True}, "download_unsupported"),
        ({"live_status": "is_upcoming"}, "download_unsupported"),
        ({"duration": 61}, "download_too_long"),
        ({"filesize": 1001}, "download_too_large"),
        ({"requested_formats": [{"filesize": 900}, {"filesize": 101}]}, "download_too_large"),
        ({"tbr": 8, "duration": 2}, "download_too_large"),
    ],
)
def test_a_limit_is_checked_before_anything_is_downloaded(
    info: dict[str, object], code: str
) -> None:
    with pytest.raises(DownloadFailed) as refused:
        _check_limits(info, an_order())

    assert refused.value.failure.code == code


def test_what_is_within_the_limits_or_unknown_is_let_through() -> None:
    _check_limits({"duration": 60, "filesize": 1000}, an_order())
    _check_limits({}, an_order())


def test_of_a_page_with_several_videos_the_first_is_taken() -> None:
    assert _single({"_type": "playlist", "entries": [{"id": "1"}, {"id": "2"}]}) == {"id": "1"}
    with pytest.raises(DownloadFailed):
        _single({"_type": "playlist", "entries": []})
    with pytest.raises(DownloadFailed):
        _single(None)


def said(reports: io.StringIO) -> list[float]:
    found = [read_report(line) for line in reports.getvalue().splitlines()]
    return [report.fraction for report in found if isinstance(report, Fetching)]


def test_two_files_are_one_progress_that_never_goes_back() -> None:
    reports = io.StringIO()
    progress = _Progress(an_order(), reports)
    progress.expect({"requested_formats": [{}, {}]})

    for name, read in (("v", 250), ("v", 500), ("a", 10), ("a", 20)):
        total = 500 if name == "v" else 20
        progress.heard({"filename": name, "downloaded_bytes": read, "total_bytes": total})

    assert said(reports) == [0.25, 0.5, 0.75, 1.0]


def test_small_steps_are_not_reported_one_by_one() -> None:
    reports = io.StringIO()
    progress = _Progress(an_order(), reports)

    for read in range(1001):
        progress.heard({"filename": "v", "downloaded_bytes": read, "total_bytes": 1000})

    assert len(said(reports)) <= 101


def test_a_file_whose_announced_size_is_over_the_limit_is_stopped_at_once() -> None:
    progress = _Progress(an_order(), io.StringIO())

    with pytest.raises(DownloadFailed) as refused:
        progress.heard({"filename": "v", "downloaded_bytes": 1, "total_bytes": 1001})

    assert refused.value.failure.code == "download_too_large"


def test_fragments_are_counted_where_bytes_are_not_known() -> None:
    reports = io.StringIO()
    progress = _Progress(an_order(), reports)

    progress.heard({"filename": "v", "fragment_index": 1, "fragment_count": 4})

    assert said(reports) == [0.25]
