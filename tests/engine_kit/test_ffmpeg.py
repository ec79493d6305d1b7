"""ffmpeg's progress, read as what it is, and which ffmpeg is used."""

import pytest
from engine_kit.ffmpeg import FfmpegProgress, ProgressReader, find_ffmpeg

from media_jobs.errors import SettingError

FIRST = """frame=0
fps=0.00
total_size=48
out_time_us=N/A
out_time_ms=N/A
out_time=N/A
progress=continue"""
SECOND = """frame=75
total_size=4096
out_time_us=2500000
out_time_ms=2500000
out_time=00:00:02.500000
progress=continue"""
LAST = SECOND.replace("continue", "end")


def read(*blocks: str) -> tuple[list[FfmpegProgress], list[bool]]:
    """Return the progress blocks, and for each whether it counted as progress."""
    seen: list[FfmpegProgress] = []
    reader = ProgressReader(seen.append)
    moved = [[reader(line) for line in block.split("\n")][-1] for block in blocks]
    return seen, moved


def test_out_time_is_microseconds_and_unknown_at_first() -> None:
    seen, _ = read(FIRST, SECOND)

    assert seen == [
        FfmpegProgress(frame=0, out_time_s=None, total_size_bytes=48, ended=False),
        FfmpegProgress(frame=75, out_time_s=2.5, total_size_bytes=4096, ended=False),
    ]


def test_a_block_with_the_same_figures_is_no_progress_but_the_end_is() -> None:
    _, moved = read(FIRST, SECOND, SECOND, SECOND, LAST)

    assert moved == [True, True, False, False, True]


def test_a_negative_time_before_the_first_frame_is_zero() -> None:
    seen, _ = read(SECOND.replace("=2500000", "=-40000"))

    assert seen[0].out_time_s == 0


def test_a_chosen_ffmpeg_that_cannot_be_run_is_refused_by_its_settings_name() -> None:
    with pytest.raises(SettingError, match="IMAGEIO_FFMPEG_EXE"):
        find_ffmpeg({"IMAGEIO_FFMPEG_EXE": "/nonexistent/ffmpeg"})


def test_the_chosen_ffmpeg_comes_first() -> None:
    assert find_ffmpeg({"IMAGEIO_FFMPEG_EXE": "/bin/sh", "PATH": "/bin"}) == "/bin/sh"
