"""What ffmpeg is told for each kind of input, as lists (M2, M10, M11)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from burner.checks import check_output, check_source
from burner.encoding import hardware_for
from burner.plan import (
    Burn,
    added_moments,
    burn_argv,
    burned_share,
    picture_of,
    watermark_argv,
)
from burner.stills import Stills
from burner.styles import Frame
from engine_kit.colours import BT709, Colours
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.hardware import HardwareEncoder
from engine_kit.probe import ProbeResult
from engine_kit.timeline import Timeline

from media_jobs.engines.burner.options import BurnOptions, ImageWatermark
from tests.engine_kit.streams import AUDIO, SLIDES, SOURCE, TIMELINE, VIDEO, steady

TAGS = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
"""What frames are told of themselves."""


def with_video(**changes: object) -> ProbeResult:
    """Return the usual source with another video stream."""
    return replace(SOURCE, videos=(replace(VIDEO, **changes),))  # type: ignore[arg-type]  # By name.


def argv_of(
    source: ProbeResult, options: Mapping[str, object] | None = None, **more: Any
) -> list[str]:
    """Return the command for *source*; *options* as on the wire, *more*: fields of the burn."""
    return burn_argv(burn_of(source, options, **more))


def burn_of(
    source: ProbeResult = SOURCE, options: Mapping[str, object] | None = None, **more: Any
) -> Burn:
    """Return a burn of *source*, of which all frames can be read."""
    given = {"timeline": TIMELINE, **more}
    return Burn(source=source, options=BurnOptions.model_validate(options or {}), **given)


def option(argv: list[str], name: str) -> str:
    """Return the value of an option that occurs once."""
    assert argv.count(name) == 1, f"{name} occurs {argv.count(name)} times"
    return argv[argv.index(name) + 1]


def test_the_whole_command_of_an_ordinary_video() -> None:
    assert argv_of(SOURCE) == [
        "-protocol_whitelist",
        "file",
        "-format_whitelist",
        "mov,matroska,mpegts,mpeg,avi,flv,asf,mxf,rm,dv,gif,apng,mp3,aac,wav,ogg,flac",
        "-i",
        "input.video",
        *("-map", "0:0", "-vf", f"format=yuv420p,{TAGS},ass=subtitles.ass"),
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


def test_of_more_channels_than_can_be_encoded_the_first_two_are_taken() -> None:
    audio = replace(AUDIO, codec="pcm_s24le", channels=16)

    argv = argv_of(replace(SOURCE, audios=(audio,)))

    assert option(argv, "-af") == "pan=stereo|c0=c0|c1=c1,aresample=async=1:first_pts=0"
    assert option(argv, "-b:a") == "160k"


def test_sound_with_holes_is_filled_instead_of_copied() -> None:
    argv = argv_of(SOURCE, timeline=replace(TIMELINE, sound_has_holes=True))

    assert (option(argv, "-c:a"), option(argv, "-af")) == ("aac", "aresample=async=1:first_pts=0")


def test_default_tracks_are_taken() -> None:
    videos = (replace(VIDEO, index=0), replace(VIDEO, index=2, is_default=True))
    audios = (AUDIO, replace(AUDIO, index=3, is_default=True))

    argv = argv_of(replace(SOURCE, videos=videos, audios=audios))

    assert [argv[i + 1] for i, word in enumerate(argv) if word == "-map"] == ["0:2", "0:3"]


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


def test_a_gap_keeps_the_frames_own_times_whatever_the_header_says() -> None:
    gap = replace(TIMELINE, frames_s=[*TIMELINE.frames_s[:30], 9.9])

    assert option(argv_of(SOURCE, timeline=gap), "-bf") == "0"


@pytest.mark.parametrize(
    "rate", [24000 / 1001, 25.0, 30000 / 1001, 30.0, 50.0, 60000 / 1001, 120.0]
)
def test_a_usual_frame_rate_needs_none_of_that(rate: float) -> None:
    video = with_video(average_rate=rate, base_rate=rate)

    assert "-enc_time_base" not in argv_of(video, timeline=steady(rate))


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


def test_progress_is_counted_in_frames() -> None:
    assert burned_share(burn_of(), frame=75) == 0.25
    assert burned_share(burn_of(), frame=400) == 1.0
    assert burned_share(burn_of(timeline=SLIDES, added_s=(1.0,)), frame=2) == 0.5


def test_a_header_that_promises_what_cannot_be_read_shows_that_the_input_was_cut_off() -> None:
    check_source(SOURCE, TIMELINE)
    cut = replace(TIMELINE, frames_s=TIMELINE.frames_s[:186], end_s=6.2)

    with pytest.raises(EngineFailure) as caught:
        check_source(SOURCE, cut)

    assert (caught.value.code, caught.value.retryable) == (FailureCode.INPUT_UNREADABLE, False)
    assert "6.20 s of 10.00 s" in caught.value.message


def made(last: int = 299, end_s: float = 10.0) -> Timeline:
    """Return what came out: the frames up to the one with the number *last*."""
    return Timeline(frames_s=[n / 30 for n in range(last + 1)], end_s=end_s)


@pytest.mark.parametrize("last", [298, 299, 300])
def test_an_output_that_ends_with_its_input_is_accepted(last: int) -> None:
    check_output(burn_of(), SOURCE, made(last, (last + 1) / 30), errors="")


def test_a_last_frame_that_is_held_while_the_sound_goes_on_is_accepted() -> None:
    burn = burn_of(timeline=SLIDES, added_s=(1.0, 11.0))

    check_output(burn, SOURCE, Timeline(frames_s=[0.0, 1.0, 4.0, 8.0, 11.0], end_s=12.0), errors="")


def test_an_output_that_ends_early_shows_that_the_input_could_not_be_decoded() -> None:
    with pytest.raises(EngineFailure) as caught:
        check_output(burn_of(), SOURCE, made(186, 6.2), errors="Invalid data found")

    assert (caught.value.code, caught.value.retryable) == (FailureCode.INPUT_UNREADABLE, False)
    assert "6.20 s of 9.97 s" in caught.value.message
    # Packets without a picture of their own are no fault: ffmpeg has decoded all of them.
    check_output(burn_of(), SOURCE, made(280, 9.3), errors="")


@pytest.mark.parametrize(
    ("output", "timeline"),
    [
        (SOURCE, made(310, 10.37)),
        (SOURCE, made(299, 12.0)),
        (SOURCE, made(186, 6.2)),
        (with_video(width=1280), made()),
        (with_video(color_space="bt2020nc"), made()),
        (with_video(pixel_format="yuv420p10le"), made()),
        (with_video(color_range="pc"), made()),
        (with_video(color_space="smpte170m"), made()),
        (with_video(color_transfer="unknown"), made()),
        (replace(SOURCE, audios=()), made()),
        (replace(SOURCE, videos=()), made()),
    ],
)
def test_an_output_that_is_wrong_otherwise_is_worth_another_attempt(
    output: ProbeResult, timeline: Timeline
) -> None:
    with pytest.raises(EngineFailure) as caught:
        check_output(burn_of(), output, timeline, errors="")

    assert (caught.value.code, caught.value.retryable) == (FailureCode.OUTPUT_INVALID, True)


EVENT = "Dialogue: 0,0:00:01.50,0:00:06.00,Primary,,0,0,0,,Hello"


def test_frames_are_added_where_the_text_changes_and_none_is_near() -> None:
    assert added_moments(burn_of(), [EVENT]) == []
    assert added_moments(burn_of(timeline=SLIDES), [EVENT]) == [1.501, 6.001]


def test_frames_are_added_for_segments_and_stills_of_slides() -> None:
    stills = Stills(poster_s=3.0, sheet_s=(3.0, 11.0))
    segments = [{"startS": 1, "endS": 2, "effect": "black"}]

    burn = burn_of(SOURCE, {"segments": segments}, timeline=SLIDES, poster=stills, sheet=stills)

    assert added_moments(burn, []) == [1, 2, 3, 11]


def test_added_frames_come_from_a_clock_below_the_picture() -> None:
    argv = argv_of(SOURCE, timeline=SLIDES, added_s=(1.5, 11.0))

    assert [argv[i + 1] for i, word in enumerate(argv) if word == "-i"] == [
        "input.video",
        "clock.ffconcat",
    ]
    assert option(argv, "-filter_complex") == (
        f"[0:0]format=yuv420p,{TAGS}[source];[1:v]format=yuv420p,{TAGS}[clock];"
        f"[source][clock]xstack=inputs=2:layout=0_0|0_h0,crop=1920:1080:0:0,{TAGS}[filled];"
        "[filled]ass=subtitles.ass[video]"
    )
    assert (option(argv, "-enc_time_base"), option(argv, "-bf")) == ("1/90000", "0")
    # Whichever frame is the last stands until the sound ends, at 12 s.
    assert option(argv, "-bsf:v") == "setts=duration='max(1,1080000-PTS)'"


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


NVENC = HardwareEncoder(name="h264_nvenc")
VAAPI = HardwareEncoder(name="hevc_vaapi", device="/dev/dri/renderD128")


def test_the_fastest_is_the_hosts_encoder_of_the_jobs_codec() -> None:
    def chosen(colours: Colours = BT709, **wanted: object) -> HardwareEncoder | None:
        return hardware_for(BurnOptions.model_validate(wanted), colours, [NVENC, VAAPI])

    assert chosen(speed="fastest") == NVENC
    assert chosen(speed="fastest", codec="hevc") == VAAPI
    assert chosen(speed="fastest", codec="av1") is None
    assert chosen() is None
    hdr = replace(BT709, transfer="smpte2084")
    assert chosen(hdr, speed="fastest", codec="hevc") is None


def test_hardware_takes_the_place_of_the_software_alone() -> None:
    software = argv_of(SOURCE, {"speed": "fastest", "quality": "high"}, looked_at_s=(3.0,))
    hardware = argv_of(
        SOURCE, {"speed": "fastest", "quality": "high"}, looked_at_s=(3.0,), hardware=NVENC
    )

    at, until = software.index("-c:v"), software.index("-pix_fmt") + 2
    assert software[at:until] == [
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-profile:v", "high"),
        *("-pix_fmt", "yuv420p"),
    ]
    assert hardware == [
        *software[:at],
        *NVENC.arguments("high"),
        *("-pix_fmt", "nv12"),
        *software[until:],
    ]


def test_va_api_gets_frames_in_the_memory_of_its_device() -> None:
    plain = argv_of(SOURCE, hardware=VAAPI)
    stills = argv_of(SOURCE, hardware=VAAPI, poster=Stills(poster_s=1.0, sheet_s=()))

    assert plain[:2] == ["-vaapi_device", "/dev/dri/renderD128"]
    assert option(plain, "-vf").endswith(",ass=subtitles.ass,format=nv12,hwupload")
    assert "[video]format=nv12,hwupload[uploaded]" in option(stills, "-filter_complex")
    maps = [stills[at + 1] for at, word in enumerate(stills) if word == "-map"]
    assert maps == ["[uploaded]", "0:1", "[poster]"]
    assert "-pix_fmt" not in stills


HDR10: dict[str, object] = {
    "pixel_format": "yuv420p10le",
    "color_space": "bt2020nc",
    "color_primaries": "bt2020",
    "color_transfer": "smpte2084",
    "mastering": (13250, 34500, 7500, 3000, 34000, 16000, 15635, 16450, 10_000_000, 50),
    "light_level": (1000, 400),
}
KEEP = {"dynamicRange": "keep"}


def test_kept_high_dynamic_range_is_hevc_with_what_hdr10_says_of_it() -> None:
    argv = argv_of(with_video(**HDR10), KEEP)

    assert (option(argv, "-c:v"), option(argv, "-preset")) == ("libx265", "superfast")
    assert (option(argv, "-pix_fmt"), option(argv, "-tag:v")) == ("yuv420p10le", "hvc1")
    tags = "setparams=range=tv:colorspace=bt2020nc:color_primaries=bt2020:color_trc=smpte2084"
    assert option(argv, "-vf") == f"format=yuv420p10le,{tags},ass=subtitles.ass"
    assert option(argv, "-x265-params") == (
        "log-level=error:master-display="
        "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50):max-cll=1000,400"
    )


def test_without_the_wish_to_keep_it_or_without_it_nothing_changes() -> None:
    assert option(argv_of(with_video(**HDR10)), "-c:v") == "libx264"
    assert argv_of(SOURCE, KEEP) == argv_of(SOURCE)


def test_a_kept_range_without_its_tags_or_metadata_is_worth_another_attempt() -> None:
    burn = burn_of(with_video(**HDR10), KEEP)

    check_output(burn, with_video(**HDR10), made(), errors="")
    for lost in ("mastering", "light_level"):
        with pytest.raises(EngineFailure, match="HDR10") as caught:
            check_output(burn, with_video(**{**HDR10, lost: None}), made(), errors="")
        assert caught.value.code is FailureCode.OUTPUT_INVALID


def test_a_watermark_lies_on_the_picture_and_below_the_subtitles() -> None:
    mark = {"position": "bottom-left", "margin": 54}

    argv = argv_of(with_video(height=540, width=960), {"watermarkImage": mark}, watermark=True)

    assert [argv[i + 1] for i, word in enumerate(argv) if word == "-i"] == [
        "input.video",
        "watermark.png",
    ]
    assert option(argv, "-filter_complex") == (
        f"[0:0]format=yuv420p,{TAGS}[source];[1:v]scale=out_color_matrix=bt709:out_range=tv"
        ":flags=bicubic+accurate_rnd+full_chroma_int,format=yuva420p[watermark];"
        "[source][watermark]overlay=27:H-h-27[marked];[marked]ass=subtitles.ass[video]"
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

    assert option(argv, "-vf") == f"format=yuv420p,{TAGS},ass=subtitles.ass,ass=overlay.ass"
