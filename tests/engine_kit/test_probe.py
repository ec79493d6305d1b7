"""ffprobe's report becomes typed facts."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.probe import FORMATS, ProbeReport, ProbeResult, probe, result_of
from engine_kit.probe_child import report
from engine_kit.probe_work import FORKS
from engine_kit.source_notices import source_notices

from dev.fixtures.clip import clip_path
from tests.media.cases import AAC, X264, made, picture, tone

T = TypeVar("T")

REPORT = """
{"streams": [
  {"index": 0, "codec_name": "mjpeg", "codec_type": "video", "width": 600, "height": 600,
   "avg_frame_rate": "0/0", "r_frame_rate": "90000/1", "time_base": "1/90000",
   "disposition": {"default": 0, "attached_pic": 1}},
  {"index": 1, "codec_name": "hevc", "codec_type": "video", "width": 1440, "height": 1080,
   "pix_fmt": "yuv420p10le", "color_space": "bt709",
   "sample_aspect_ratio": "4:3", "avg_frame_rate": "30000/1001",
   "r_frame_rate": "30/1", "time_base": "1/600", "duration": "12.345000",
   "disposition": {"attached_pic": 0},
   "side_data_list": [{"side_data_type": "Display Matrix", "rotation": -90}]},
  {"index": 2, "codec_name": "aac", "codec_type": "audio", "channels": 6, "sample_rate": "48000",
   "duration": "12.4"},
  {"index": 3, "codec_type": "data"},
  {"index": 4, "codec_name": "opus", "codec_type": "audio", "channels": 2, "sample_rate": "48000",
   "tags": {"DURATION": "01:02:03.500000000"}}
 ],
 "format": {"format_name": "mov,mp4", "duration": "12.400000", "size": "123456"}}
"""


def test_streams_are_typed_and_cover_pictures_are_no_video() -> None:
    result = result_of(ProbeReport.model_validate_json(REPORT))

    assert (result.format_name, result.duration_s, result.size_bytes) == ("mov,mp4", 12.4, 123456)
    (video,) = result.videos
    assert (video.index, video.codec, video.pixel_format) == (1, "hevc", "yuv420p10le")
    assert (video.rotation, video.shown_size, video.sample_aspect) == (270, (1080, 1440), 4 / 3)
    assert (video.average_rate, video.base_rate) == (30000 / 1001, 30.0)
    assert (video.time_base, video.duration_s) == ((1, 600), 12.345)
    assert video.color_space == "bt709"
    assert [(a.index, a.codec, a.channels, a.sample_rate) for a in result.audios] == [
        (2, "aac", 6, 48000),
        (4, "opus", 2, 48000),
    ]


def test_matroskas_duration_is_read_from_its_tag() -> None:
    result = result_of(ProbeReport.model_validate_json(REPORT))

    assert result.audios[1].duration_s == 3723.5


def test_what_a_file_does_not_say_is_none() -> None:
    report = ProbeReport.model_validate_json('{"streams": [{"index": 0, "codec_type": "video"}]}')

    (video,) = result_of(report).videos

    assert (video.duration_s, video.average_rate, video.rotation, video.sample_aspect) == (
        None,
        None,
        0,
        1.0,
    )
    assert video.color_space == "unknown"


def test_what_headers_do_not_tell_the_first_frame_does() -> None:
    report = ProbeReport.model_validate_json(
        """{"streams": [{"index": 0, "codec_type": "video", "color_range": "tv"}],
        "frames": [{"media_type": "audio", "stream_index": 1},
                   {"media_type": "video", "stream_index": 0, "interlaced_frame": 1,
                    "color_space": "bt709", "color_range": "pc"}]}"""
    )

    (video,) = result_of(report).videos

    assert (video.color_space, video.color_range, video.interlaced) == ("bt709", "tv", True)
    assert video.color_primaries == "unknown"


HDR10 = """{"streams": [{"index": 0, "codec_type": "video", "side_data_list": [
  {"side_data_type": "DOVI configuration record", "dv_profile": 8,
   "dv_bl_signal_compatibility_id": COMPATIBLE}]}],
 "frames": [{"stream_index": 0, "side_data_list": [
  {"side_data_type": "Mastering display metadata",
   "red_x": "34000/50000", "red_y": "16000/50000", "green_x": "13250/50000",
   "green_y": "34500/50000", "blue_x": "7500/50000", "blue_y": "3000/50000",
   "white_point_x": "15635/50000", "white_point_y": "16450/50000",
   "min_luminance": "0/10000", "max_luminance": "10000000/10000"},
  {"side_data_type": "Content light level metadata", "max_content": 1000, "max_average": 400},
  {"side_data_type": "HDR Dynamic Metadata SMPTE2094-40 (HDR10+)"}]}]}"""


def test_what_a_film_in_high_dynamic_range_says_of_its_light_is_read() -> None:
    report = ProbeReport.model_validate_json(HDR10.replace("COMPATIBLE", "1"))

    (video,) = result_of(report).videos

    # Green, blue, red, white; the most and the least light: ITU-T H.265, D.3.28.
    assert video.mastering == (13250, 34500, 7500, 3000, 34000, 16000, 15635, 16450, 10_000_000, 0)
    assert video.light_level == (1000, 400)
    assert video.dynamic_metadata == ("Dolby Vision", "HDR10+")
    assert not video.is_dolby_alone


def test_dolby_vision_without_a_compatible_layer_is_known() -> None:
    report = ProbeReport.model_validate_json(HDR10.replace("COMPATIBLE", "0"))

    assert result_of(report).videos[0].is_dolby_alone


def test_a_unit_of_time_is_no_rate_of_frames() -> None:
    report = ProbeReport.model_validate_json(
        """{"streams": [{"index": 0, "codec_type": "video", "avg_frame_rate": "60000/1",
            "r_frame_rate": "25/1", "time_base": "1/60000"}]}"""
    )

    assert result_of(report).videos[0].average_rate == 25


def test_a_single_picture_beside_a_film_is_its_cover() -> None:
    def videos(*counts: str) -> list[int]:
        streams = ",".join(
            f'{{"index": {n}, "codec_type": "video"{count}}}' for n, count in enumerate(counts)
        )
        report = ProbeReport.model_validate_json(f'{{"streams": [{streams}]}}')
        return [video.index for video in result_of(report).videos]

    one, many = ', "nb_frames": "1"', ', "nb_frames": "10"'
    assert videos(one, many) == [1]
    assert videos(one, "") == [1]
    assert videos(one) == [0]
    assert videos(many, many) == [0, 1]
    matroska = ', "avg_frame_rate": "25/1", "tags": {{"DURATION": "00:00:{}"}}'
    assert videos(matroska.format("00.04"), matroska.format("04.00")) == [1]


@pytest.mark.programs
@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "it is PNG"),
        (b"RIFF\x40\0\0\0WEBPVP8X" + bytes(64), "it is WebP"),
        (b"%PDF-1.7\n" + bytes(64), "it is PDF"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "it is HTML"),
        (b"nothing that is known", "read\\.$"),
    ],
)
def test_a_file_that_is_no_film_is_told_by_what_it_is(
    tmp_path: Path, data: bytes, name: str
) -> None:
    path = tmp_path / "input.video"
    path.write_bytes(data)

    with pytest.raises(EngineFailure, match=name) as caught:
        asyncio.run(probe(path, ffprobe=None))

    assert caught.value.code is FailureCode.INPUT_UNREADABLE


@pytest.fixture
def stuck(tmp_path: Path) -> Path:
    """A file that nobody writes to: opening it waits for ever."""
    path = tmp_path / "input.video"
    os.mkfifo(path)
    return path


def children_of(server: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == server:
                found.append(int(stat.parent.name))
    return found


def once(look: Callable[[], T]) -> T:
    """Return what *look* finds, once it finds something."""
    until = time.monotonic() + 10
    while not (found := look()):
        assert time.monotonic() < until
        time.sleep(0.01)
    return found


async def begun(path: Path) -> tuple["asyncio.Task[ProbeResult]", int]:
    """Begin to examine *path*; return that, and the process that does it."""
    server = await FORKS.run(os.getppid)
    await asyncio.to_thread(once, lambda: not children_of(server))
    work = asyncio.create_task(probe(path, ffprobe=None))
    (child,) = await asyncio.to_thread(once, lambda: children_of(server))
    return work, child


@pytest.mark.programs
def test_a_file_that_crashes_what_reads_it_fails_alone(stuck: Path) -> None:
    async def both() -> ProbeResult:
        work, child = await begun(stuck)
        beside = asyncio.create_task(probe(clip_path(), ffprobe=None))
        # It has no first bytes to be told by, either.
        await asyncio.to_thread(stuck.unlink)
        await asyncio.to_thread(stuck.touch)
        os.kill(child, signal.SIGSEGV)
        with pytest.raises(EngineFailure) as caught:
            await work
        assert caught.value.code is FailureCode.INPUT_UNREADABLE
        return await beside

    assert asyncio.run(both()).video is not None


@pytest.mark.programs
def test_what_hangs_on_a_file_is_killed_when_nobody_waits_for_it(stuck: Path) -> None:
    async def given_up() -> int:
        work, child = await begun(stuck)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        return child

    child = asyncio.run(given_up())

    once(lambda: not Path(f"/proc/{child}").exists())


def sounds(*told: dict[str, object]) -> ProbeResult:
    """Return the result of a file with a sound of each of these flags and tags."""
    streams = [
        {"index": number, "codec_type": "audio", "codec_name": "aac", "channels": 2, **one}
        for number, one in enumerate(told)
    ]
    return result_of(ProbeReport.model_validate({"streams": streams}))


PLAIN: dict[str, object] = {}
DEFAULT = {"disposition": {"default": 1}}


@pytest.mark.parametrize(
    ("told", "taken", "codes"),
    [
        ([PLAIN, PLAIN], 0, []),
        ([PLAIN, DEFAULT], 1, []),
        ([{"disposition": {"visual_impaired": 1}}, PLAIN], 1, ["sound_passed_over"]),
        ([{"disposition": {"default": 1, "descriptions": 1}}, PLAIN], 1, ["sound_passed_over"]),
        ([{"disposition": {"comment": 1}}, PLAIN, DEFAULT], 2, []),
        ([{"tags": {"title": "English (Audio Description)"}}, PLAIN], 1, ["sound_passed_over"]),
        ([{"tags": {"handler_name": "AD Deutsch"}}, PLAIN], 1, ["sound_passed_over"]),
        ([{"tags": {"TITLE": "口述影像"}}, PLAIN], 1, ["sound_passed_over"]),
        ([{"tags": {"title": "Director's Commentary"}}, PLAIN], 1, ["sound_passed_over"]),
        ([{"tags": {"title": "Ad-free mix"}}, PLAIN], 0, []),
        # Of a match: the stadium alone is the other one.
        ([{**DEFAULT, "tags": {"title": "Commentary"}}, PLAIN], 0, []),
        ([{"disposition": {"visual_impaired": 1}}], 0, ["sound_is_aside"]),
        ([], None, []),
    ],
)
def test_a_description_for_the_blind_is_not_taken_for_the_film_s_sound_and_that_is_told(
    told: list[dict[str, object]], taken: int | None, codes: list[str]
) -> None:
    source = sounds(*told)

    assert (source.audio.index if source.audio else None) == taken
    notices = source_notices(source, None)
    assert [notice.code for notice in notices] == codes
    if codes == ["sound_passed_over"]:
        assert notices[0].facts == {"taken": 2, "passed": 1}


@pytest.mark.programs
def test_what_a_sound_is_for_is_read_from_files(tmp_path: Path) -> None:
    flagged = made(tmp_path)(
        "described.mkv",
        *(*picture("64x64"), *tone(200), *tone(900), "-map", "0", "-map", "1", "-map", "2"),
        *(*X264, *AAC, "-disposition:a:0", "visual_impaired", "-disposition:a:1", "0"),
    )

    source = result_of(ProbeReport.model_validate(report(str(flagged), FORMATS)))

    assert [one.is_aside for one in source.audios] == [True, False]
    assert source.audio is source.audios[1]
