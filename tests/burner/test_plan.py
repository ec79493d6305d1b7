"""What ffmpeg is told for each kind of input, as lists (M2, M10, M11)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from burner.plan import (
    Burn,
    burn_argv,
    burned_share,
    check_output,
    picture_of,
    watermark_argv,
)
from burner.styles import Frame
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.probe import AudioStream, ProbeResult, VideoStream

from media_jobs.engines.burner.options import BurnOptions, ImageWatermark

VIDEO = VideoStream(
    index=0,
    codec="h264",
    pixel_format="yuv420p",
    width=1920,
    height=1080,
    rotation=0,
    sample_aspect=1.0,
    average_rate=30.0,
    base_rate=30.0,
    time_base=(1, 15360),
    duration_s=10.0,
)
AUDIO = AudioStream(index=1, codec="aac", channels=2, sample_rate=48000, duration_s=10.0)
SOURCE = ProbeResult(
    format_name="mov", duration_s=10.0, size_bytes=1000, videos=(VIDEO,), audios=(AUDIO,)
)


def with_video(**changes: object) -> ProbeResult:
    """Return the usual source with another video stream."""
    return replace(SOURCE, videos=(replace(VIDEO, **changes),))  # type: ignore[arg-type]  # By name.


def argv_of(
    source: ProbeResult, options: Mapping[str, object] | None = None, **more: Any
) -> list[str]:
    """Return the command for *source*; *options* as on the wire, *more*: fields of the burn."""
    return burn_argv(Burn(source=source, options=BurnOptions.model_validate(options or {}), **more))


def option(argv: list[str], name: str) -> str:
    """Return the value of an option that occurs once."""
    assert argv.count(name) == 1, f"{name} occurs {argv.count(name)} times"
    return argv[argv.index(name) + 1]


def test_the_whole_command_of_an_ordinary_video() -> None:
    assert argv_of(SOURCE) == [
        "-protocol_whitelist",
        "file",
        "-format_whitelist",
        "mov,matroska,mpegts,mpeg,avi,flv,asf,mp3,aac,wav,ogg,flac",
        "-i",
        "input.video",
        *("-map", "0:0", "-vf", "format=yuv420p,ass=subtitles.ass"),
        *("-map", "0:1", "-c:a", "copy"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-profile:v", "high"),
        *("-pix_fmt", "yuv420p", "-fps_mode", "vfr"),
        *("-map_chapters", "-1", "-write_tmcd", "0", "-max_muxing_queue_size", "4096"),
        *("-movflags", "+faststart", "-f", "mp4", "output.mp4"),
    ]


@pytest.mark.parametrize("codec", ["aac", "mp3", "ac3", "eac3", "opus", "flac", "alac"])
def test_audio_that_mp4_holds_is_copied(codec: str) -> None:
    assert option(argv_of(replace(SOURCE, audios=(replace(AUDIO, codec=codec),))), "-c:a") == "copy"


@pytest.mark.parametrize(
    ("codec", "channels", "rate"),
    [("vorbis", 2, "160k"), ("pcm_s16le", 1, "96k"), ("dts", 6, "480k"), ("pcm_s24le", 8, "640k")],
)
def test_other_audio_becomes_aac_with_its_channels(codec: str, channels: int, rate: str) -> None:
    audio = replace(AUDIO, codec=codec, channels=channels)

    argv = argv_of(replace(SOURCE, audios=(audio,)))

    assert (option(argv, "-c:a"), option(argv, "-b:a")) == ("aac", rate)
    assert "-ac" not in argv


def test_a_turned_video_is_drawn_on_upright() -> None:
    source = with_video(width=1921, height=1080, rotation=90, sample_aspect=2.0)

    assert option(argv_of(source), "-vf").startswith("crop=1080:1920:0:0,")
    picture = picture_of(source.videos[0])
    assert (picture.width, picture.height, picture.sample_aspect) == (1080, 1920, 0.5)


@pytest.mark.parametrize(
    ("average", "base"), [(27.3, 90.0), (None, 25.0), (43.333, 43.333), (29.2, 30.0)]
)
def test_a_varying_frame_rate_keeps_the_frames_own_times(
    average: float | None, base: float
) -> None:
    argv = argv_of(with_video(average_rate=average, base_rate=base, time_base=(1, 600)))

    assert (option(argv, "-fps_mode"), option(argv, "-enc_time_base")) == ("vfr", "1/600")
    assert option(argv, "-bf") == "0"


@pytest.mark.parametrize(
    "rate", [24000 / 1001, 25.0, 30000 / 1001, 30.0, 50.0, 60000 / 1001, 120.0]
)
def test_a_usual_frame_rate_needs_none_of_that(rate: float) -> None:
    assert "-enc_time_base" not in argv_of(with_video(average_rate=rate, base_rate=rate))


@pytest.mark.parametrize(
    "source",
    [
        replace(SOURCE, videos=()),
        with_video(width=8, height=8),
        with_video(width=20000, height=100),
    ],
)
def test_what_cannot_be_burned_is_a_permanent_fault_of_the_input(source: ProbeResult) -> None:
    with pytest.raises(EngineFailure) as caught:
        argv_of(source)

    assert (caught.value.code, caught.value.retryable) == (FailureCode.INPUT_UNSUPPORTED, False)


def test_progress_is_counted_in_frames_not_in_the_copied_audios_time() -> None:
    assert burned_share(SOURCE, frame=75, out_time_s=9.0) == 0.25
    assert burned_share(SOURCE, frame=400, out_time_s=9.0) == 1.0
    # In time where the rate is unknown, and not at all where the length is.
    assert burned_share(with_video(average_rate=None), frame=75, out_time_s=5.0) == 0.5
    endless = replace(with_video(duration_s=None), duration_s=None)
    assert burned_share(endless, frame=75, out_time_s=5.0) is None


@pytest.mark.parametrize("duration_s", [9.967, 10.0, 10.033])
def test_an_output_within_one_frame_is_accepted(duration_s: float) -> None:
    check_output(SOURCE, with_video(duration_s=duration_s))


def test_an_output_that_ends_early_shows_that_the_input_does() -> None:
    with pytest.raises(EngineFailure) as caught:
        check_output(SOURCE, with_video(duration_s=6.2))

    assert (caught.value.code, caught.value.retryable) == (FailureCode.INPUT_UNREADABLE, False)
    assert "6.20 s of 10.00 s" in caught.value.message


@pytest.mark.parametrize(
    "output",
    [
        with_video(duration_s=10.2),
        with_video(pixel_format="yuv420p10le"),
        replace(SOURCE, audios=()),
        replace(SOURCE, videos=()),
    ],
)
def test_an_output_that_is_wrong_otherwise_is_worth_another_attempt(output: ProbeResult) -> None:
    with pytest.raises(EngineFailure) as caught:
        check_output(SOURCE, output)

    assert (caught.value.code, caught.value.retryable) == (FailureCode.OUTPUT_INVALID, True)


def test_durations_of_whole_files_are_compared_where_a_stream_does_not_say() -> None:
    source = replace(with_video(duration_s=None), duration_s=10.0)

    check_output(source, replace(SOURCE, duration_s=10.02))
    with pytest.raises(EngineFailure):
        check_output(source, replace(SOURCE, duration_s=9.0))


def test_sound_that_nobody_mutes_is_still_copied() -> None:
    segments = [{"startS": 1, "endS": 2, "effect": "blur"}]

    argv = argv_of(SOURCE, {"segments": segments})

    assert option(argv, "-c:a") == "copy"
    assert "-af" not in argv


@pytest.mark.parametrize(
    ("wanted", "encoder", "preset", "crf"),
    [
        ({}, "libx264", "veryfast", "20"),
        ({"quality": "high", "speed": "slow"}, "libx264", "slow", "16"),
        ({"codec": "hevc"}, "libx265", "superfast", "23"),
        ({"codec": "hevc", "quality": "small", "speed": "medium"}, "libx265", "medium", "29"),
        ({"codec": "av1"}, "libsvtav1", "10", "32"),
        ({"codec": "av1", "quality": "high", "speed": "slow"}, "libsvtav1", "5", "24"),
    ],
)
def test_codec_quality_and_speed_are_the_encoders_own_settings(
    wanted: dict[str, object], encoder: str, preset: str, crf: str
) -> None:
    argv = argv_of(SOURCE, wanted)

    chosen = tuple(option(argv, name) for name in ("-c:v", "-preset", "-crf", "-pix_fmt"))
    assert chosen == (encoder, preset, crf, "yuv420p")
    assert not {"-pass", "-b:v"} & set(argv)


def test_a_watermark_lies_on_the_picture_and_below_the_subtitles() -> None:
    mark = {"position": "bottom-left", "margin": 54}

    argv = argv_of(with_video(height=540, width=960), {"watermarkImage": mark}, watermark=True)

    assert [argv[i + 1] for i, word in enumerate(argv) if word == "-i"] == [
        "input.video",
        "watermark.png",
    ]
    assert option(argv, "-filter_complex") == (
        "[0:0]format=yuv420p[source];[source][1:v]overlay=27:H-h-27[marked];"
        "[marked]ass=subtitles.ass[video]"
    )


@pytest.mark.parametrize(
    ("position", "place"),
    [
        ("top-right", "W-w-40:40"),
        ("top", "(W-w)/2:40"),
        ("left", "40:(H-h)/2"),
        ("center", "(W-w)/2:(H-h)/2"),
        ("bottom-right", "W-w-40:H-h-40"),
    ],
)
def test_a_watermark_stands_at_its_place(position: str, place: str) -> None:
    argv = argv_of(SOURCE, {"watermarkImage": {"position": position}}, watermark=True)

    assert f"overlay={place}[" in option(argv, "-filter_complex")


def test_a_watermark_is_read_as_an_image_only_and_fits_into_the_picture() -> None:
    picture = Frame(width=1440, height=1080, sample_aspect=4 / 3)

    argv = watermark_argv(picture, ImageWatermark(width_share=0.1, opacity=0.25))

    assert option(argv, "-format_whitelist") == "png_pipe,jpeg_pipe,webp_pipe"
    assert option(argv, "-protocol_whitelist") == "file"
    assert int(option(argv, "-max_pixels")) <= 50_000_000
    assert option(argv, "-vf").startswith("scale=192:1080:force_original_aspect_ratio=decrease:")
    assert option(argv, "-vf").endswith("colorchannelmixer=aa=0.2500")


def test_an_overlay_is_drawn_over_a_script_in_its_own_styling() -> None:
    argv = argv_of(SOURCE, scripts=("subtitles.ass", "overlay.ass"))

    assert option(argv, "-vf") == "format=yuv420p,ass=subtitles.ass,ass=overlay.ass"
