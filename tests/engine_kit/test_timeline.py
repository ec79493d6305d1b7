"""When the frames of a file stand, and where its sound is."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import pytest
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.ffmpeg import find_ffmpeg
from engine_kit.probe import FORMATS, ProbeReport, ProbeResult, result_of
from engine_kit.probe_child import report
from engine_kit.timeline import (
    Timeline,
    is_uneven,
    missing_s,
    moments_without_frame,
    read_timeline,
    tracks_of,
)

from tests.engine_kit.streams import SLIDES, SOURCE, VIDEO, steady
from tests.media.cases import AAC, X264, case, made, picture, tone
from tests.media.pictures import frames


def probed(format_name: str, video_s: float | None, file_s: float, others: int = 0) -> ProbeResult:
    return replace(
        SOURCE,
        format_name=format_name,
        duration_s=file_s,
        videos=(replace(VIDEO, duration_s=video_s),),
        others=others,
    )


def read(path: Path) -> tuple[Timeline, float]:
    """Return what can be read of a file, and how much of it is missing."""
    result = result_of(ProbeReport.model_validate(report(str(path), FORMATS)))
    timeline = asyncio.run(read_timeline(path, tracks_of(result), ffmpeg=find_ffmpeg()))
    return timeline, missing_s(result, timeline)


def test_a_frame_usually_stands_as_long_as_most_do() -> None:
    held = Timeline(frames_s=[0.0, 0.04, 0.08], end_s=3.08)

    assert (round(held.frame_s, 6), round(held.longest_s, 6)) == (0.04, 3.0)
    assert (SLIDES.frame_s, SLIDES.longest_s, SLIDES.shown_until_s) == (4.0, 4.0, 12.0)


@pytest.mark.parametrize(
    ("moment_s", "added"),
    [
        (-1.0, False),
        (0.0, False),
        (0.001, True),
        (3.9, True),
        (3.97, False),
        (4.0, False),
        (9.0, True),
        (11.9, True),
        (11.97, False),
        (12.0, False),
        (50.0, False),
    ],
)
def test_frames_are_missing_between_slides_and_while_the_last_is_held(
    moment_s: float, added: bool
) -> None:
    assert bool(moments_without_frame(SLIDES, [moment_s], 12.0)) is added


def test_no_frame_is_missing_in_a_moving_picture() -> None:
    moving = Timeline(frames_s=[n / 10 for n in range(100)], end_s=10.0)

    assert moments_without_frame(moving, [n / 100 for n in range(1000)], 10.0) == []


def test_moments_come_once_and_in_order() -> None:
    assert moments_without_frame(SLIDES, [5.0, 1.0, 5.0], 12.0) == [1.0, 5.0]


@pytest.mark.parametrize(
    ("average", "base", "uneven"),
    [
        (30.0, 30.0, False),
        (24000 / 1001, 24000 / 1001, False),
        (120.0, 120.0, False),
        (27.3, 90.0, True),
        (29.2, 30.0, True),
        (43.333, 43.333, True),
        (None, 25.0, True),
    ],
)
def test_unusual_rates_are_taken_for_uneven(
    average: float | None, base: float, uneven: bool
) -> None:
    video = replace(VIDEO, average_rate=average, base_rate=base)

    timeline = steady(average or 25)

    assert is_uneven(video, timeline) is uneven
    assert is_uneven(video, replace(timeline, end_s=20.0)) is True


@pytest.mark.parametrize(
    ("step", "off_s", "uneven"),
    [
        # All frames, all but each third, 23.976 per second that are said to be 25.
        (lambda n: n / 30, 0.0005, False),
        (lambda n: (n * 3 // 2) / 30, 0.0005, True),
        (lambda n: n * 1001 / 24000, 0.0005, True),
        # 30 that are said to be so, in a file whose clock goes wrong by a second in an hour.
        (lambda n: n / 30 * 1.0003, 0.0, True),
    ],
)
def test_frames_that_are_not_where_the_rate_says_are_uneven(
    step: Callable[[int], float], off_s: float, uneven: bool
) -> None:
    """As Matroska has them: at whole milliseconds, at a rate that was meant."""
    frames = [round(step(n) + off_s, 3) for n in range(9000)]
    timeline = Timeline(frames_s=frames, end_s=frames[-1] + 1 / 30)

    assert is_uneven(replace(VIDEO, average_rate=30.0, base_rate=30.0), timeline) is uneven


@pytest.mark.programs
@pytest.mark.parametrize("container", ["mkv", "mp4", "flv"])
def test_a_frame_of_three_that_was_dropped_makes_a_film_uneven(
    tmp_path: Path, container: str
) -> None:
    dropped = made(tmp_path)(
        f"dropped.{container}",
        *(*picture("64x64", "30"), "-vf", "select='mod(n,3)'", "-fps_mode", "vfr", *X264),
    )
    result = result_of(ProbeReport.model_validate(report(str(dropped), FORMATS)))
    assert result.video is not None

    assert is_uneven(result.video, read(dropped)[0])


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        (probed("mov,mp4", 20.0, 20.0), 10.0),
        (probed("mov,mp4", 10.0, 20.0), 0.0),
        (probed("matroska,webm", 20.0, 20.0), 8.0),
        # A tag that the file's own header contradicts, and a stream that ends before the others.
        (probed("matroska,webm", 20.0, 12.0), 0.0),
        (probed("matroska,webm", 10.0, 20.0), 0.0),
        (probed("matroska,webm", None, 20.0), 8.0),
        (probed("matroska,webm", None, 20.0, others=1), 0.0),
        # Estimates.
        (probed("asf", 20.0, 20.0), 0.0),
        (probed("mpeg", 20.0, 20.0), 0.0),
        (probed("mpegts", 20.0, 20.0), 0.0),
        (probed("flv", None, 20.0), 0.0),
    ],
)
def test_only_an_exact_index_shows_that_something_is_missing(
    source: ProbeResult, missing: float
) -> None:
    assert missing_s(source, SLIDES) == missing


@pytest.mark.programs
@pytest.mark.parametrize("sound", [(), (*tone(), "-c:a", "mp3")], ids=["silent", "with sound"])
def test_what_an_avi_lacks_is_known_by_its_frames(tmp_path: Path, sound: tuple[str, ...]) -> None:
    whole = made(tmp_path)("whole.avi", *picture("320x180"), *sound, "-c:v", "mpeg4")
    cut = tmp_path / "cut.avi"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 5])

    assert read(whole)[1] < 0.1
    timeline, missing = read(cut)
    assert timeline.end_s + missing == pytest.approx(2.0, abs=0.05)
    assert missing > 0.9


@pytest.mark.programs
def test_frames_and_sound_are_counted_from_the_start_of_the_file(tmp_path: Path) -> None:
    make = made(tmp_path)
    clip = make("clip.mp4", *picture("64x64"), *tone(), *X264, "-bf", "2", "-g", "10", *AAC)
    names = {
        "late.ts": ("-i", str(clip), "-c", "copy", "-output_ts_offset", "36000"),
        "cutout.mkv": ("-i", str(clip), "-c", "copy", "-output_ts_offset", "5"),
        "packed.avi": ("-i", str(clip), "-c:v", "mpeg4", "-bf", "2", "-c:a", "mp3"),
        "copy.flv": ("-i", str(clip), "-c", "copy"),
    }
    for path in (clip, *(make(name, *arguments) for name, arguments in names.items())):
        timeline, missing = read(path)

        assert len(timeline.frames_s) == 50, path.name
        assert timeline.frames_s[0] == pytest.approx(0, abs=0.11), path.name
        assert timeline.frames_s[-1] - timeline.frames_s[0] == pytest.approx(1.96, abs=0.01)
        assert timeline.frame_s == pytest.approx(0.04, abs=0.002)
        assert timeline.sound_s is not None
        assert timeline.sound_s[1] - timeline.sound_s[0] == pytest.approx(2, abs=0.11)
        assert missing < 0.1


@pytest.mark.programs
def test_what_an_edit_list_leaves_out_is_no_frame(tmp_path: Path) -> None:
    make = made(tmp_path)
    clip = make("clip.mp4", *picture("64x64"), *X264, "-g", "50")
    edited = make("edited.mp4", "-ss", "0.6", "-i", str(clip), "-c", "copy")

    timeline, missing = read(edited)

    assert len(timeline.frames_s) == 35
    assert timeline.frames_s[0] == pytest.approx(0, abs=0.04)
    assert missing < 0.1


@pytest.mark.programs
def test_holes_and_late_beginnings_of_sound_are_seen() -> None:
    whole, late, hole = (read(case(n))[0] for n in ("gap.mp4", "lateaudio.mp4", "hole.mkv"))

    assert (whole.sound_has_holes, late.sound_has_holes, hole.sound_has_holes) == (
        False,
        False,
        True,
    )
    assert late.sound_s is not None
    assert late.sound_s[0] == pytest.approx(3, abs=0.05)
    assert whole.longest_s == pytest.approx(9.1)


@pytest.mark.programs
def test_an_empty_packet_is_no_frame(tmp_path: Path) -> None:
    clip = made(tmp_path)(
        "still.ogv", "-f", "lavfi", "-i", "color=s=64x64:r=15:d=0.6", "-c:v", "libtheora"
    )

    timeline, _ = read(clip)

    assert list(timeline.frames_s) == [0.0]
    assert timeline.end_s == pytest.approx(0.6)


@pytest.mark.programs
@pytest.mark.parametrize("coding", [X264, (*X264, "-bf", "2"), ("-c:v", "mpeg2video", "-bf", "2")])
def test_frames_before_the_first_that_can_be_decoded_are_none(
    tmp_path: Path, coding: tuple[str, ...]
) -> None:
    """As a recording of a broadcast begins: anywhere."""
    make = made(tmp_path)
    whole = make("whole.ts", *picture("320x180", seconds=3), *tone(seconds=3), *coding, "-g", "25")
    data = whole.read_bytes()
    cut = tmp_path / "cut.ts"
    cut.write_bytes(data[len(data) // 10 // 188 * 188 :])

    timeline, _ = read(cut)

    assert len(timeline.frames_s) == len(frames(cut)) < 75
    assert timeline.begins_late
    assert timeline.frames_s[0] == timeline.keys_s[0]


def without_beginning(whole: Path, path: Path) -> Path:
    """Write *whole* to *path* without its first ten packets."""
    with av.open(str(whole)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in [one for one in source.demux() if one.size][10:]:
            packet.stream = stream
            target.mux(packet)
    return path


@pytest.mark.programs
@pytest.mark.parametrize("coding", [("-c:v", "mpeg4"), ("-c:v", "wmv2"), X264])
def test_older_decoders_draw_on_grey_what_came_before_the_first_key_frame(
    tmp_path: Path, coding: tuple[str, ...]
) -> None:
    whole = made(tmp_path)("whole.avi", *picture("320x180", seconds=2), *coding, "-g", "25")
    cut = without_beginning(whole, tmp_path / "cut.avi")

    timeline, _ = read(cut)

    assert len(timeline.frames_s) == len(frames(cut)) == (25 if coding == X264 else 40)


@pytest.mark.programs
@pytest.mark.parametrize("name", ["cut.mp4", "cut.mkv"])
def test_frames_that_were_never_to_be_decoded_are_not_missing(tmp_path: Path, name: str) -> None:
    whole = made(tmp_path)("whole.mp4", *picture("320x180", seconds=2), *X264, "-g", "25")

    timeline, missing = read(without_beginning(whole, tmp_path / name))

    assert len(timeline.frames_s) == 25
    assert missing < 0.05


@pytest.mark.programs
def test_what_is_left_out_may_hold_the_first_key_frame(tmp_path: Path) -> None:
    make = made(tmp_path)
    whole = make("whole.mp4", *picture("320x180", seconds=4), *X264, "-g", "50")
    trimmed = make("trimmed.mp4", "-ss", "1.32", "-i", str(whole), "-c", "copy")

    timeline, _ = read(trimmed)

    assert len(timeline.frames_s) == 67
    assert not timeline.begins_late


@pytest.mark.programs
def test_a_file_without_a_frame_is_unreadable(tmp_path: Path) -> None:
    clip = made(tmp_path)("clip.mp4", *picture("64x64"), *X264, "-movflags", "+faststart")
    data = clip.read_bytes()
    clip.write_bytes(data[: data.index(b"mdat") + 4])

    with pytest.raises(EngineFailure) as caught:
        read(clip)

    assert caught.value.code is FailureCode.INPUT_UNREADABLE
