"""Inputs of every shape come out whole, and damaged ones fail for good (M2, M10, M11, J20)."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median

import av
import numpy as np
import pytest

from tests.media.burning import Burner, vtt
from tests.media.pictures import (
    H264,
    atoms,
    ffmpeg,
    frame_at,
    frames,
    mean_difference,
    packet_digest,
    rows_near,
)

CASES = Path(__file__).parents[1] / "vectors/cases/subtitles"
BOX = {"fontSize": 72, "backgroundColor": "#8040C0", "backgroundOpacity": 1}
CUE = vtt((0.0, 9.0, "Hello"))
PICTURE = ("-f", "lavfi", "-i", "testsrc=s=320x180:r=25:d=2")
TONE = ("-f", "lavfi", "-i", "sine=440:d=2:r=48000")
AAC = ("-c:a", "aac")


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Path]:
    """Make a clip with ffmpeg."""

    def make(name: str, *arguments: str) -> Path:
        ffmpeg(*arguments, str(tmp_path / name))
        return tmp_path / name

    return make


def kinds_of(path: Path) -> list[str]:
    """Return the kinds of the streams."""
    with av.open(str(path)) as container:
        return [stream.type for stream in container.streams]


def video_seconds(path: Path) -> float:
    """Return the duration of the first video stream."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.duration is not None
        assert stream.time_base is not None
        return float(stream.duration * stream.time_base)


def audio_of(path: Path) -> tuple[str, int, int]:
    """Return codec and channels of the first audio stream, and how many there are."""
    with av.open(str(path)) as container:
        audio = container.streams.audio[0]
        return (
            audio.codec_context.codec.canonical_name,
            audio.channels,
            len(container.streams.audio),
        )


def test_the_output_is_a_web_video_of_the_same_length_with_its_audio_untouched(
    burns: Burner, made: Callable[..., Path]
) -> None:
    clip = made("clip.mp4", *PICTURE, *TONE, *H264, *AAC)

    output = burns.burn(clip, CUE)

    with av.open(str(output)) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]
        context = container.streams.video[0].codec_context
        assert (context.codec.canonical_name, context.pix_fmt) == ("h264", "yuv420p")
    assert abs(video_seconds(output) - 2.0) <= 0.04
    assert packet_digest(output, "audio") == packet_digest(clip, "audio")
    names = atoms(output)
    assert names.index("moov") < names.index("mdat")


def test_a_silent_video_stays_silent(burns: Burner, made: Callable[..., Path]) -> None:
    output = burns.burn(made("silent.mp4", *PICTURE, *H264), CUE)

    assert kinds_of(output) == ["video"]


def test_a_varying_frame_rate_keeps_every_frame_and_its_time(
    burns: Burner, made: Callable[..., Path]
) -> None:
    uneven = "select='not(mod(n,3))+lt(n,20)',setpts='PTS+if(gt(N,10),0.013/TB,0)'"
    clip = made("vfr.mp4", *PICTURE, "-vf", uneven, "-fps_mode", "passthrough", *H264)

    output = burns.burn(clip, CUE)

    before, after = ([at_s for at_s, _ in frames(path)] for path in (clip, output))
    assert after == pytest.approx(before, abs=0.001)
    gaps = {round(b - a, 2) for a, b in pairwise(before)}
    assert len(gaps) > 1


@pytest.mark.parametrize(("turn", "size"), [(90, (180, 320)), (180, (320, 180)), (270, (180, 320))])
def test_a_turned_video_comes_out_upright_with_upright_text(
    burns: Burner, made: Callable[..., Path], turn: int, size: tuple[int, int]
) -> None:
    flat = made("flat.mp4", *PICTURE, *H264)
    clip = made("turned.mp4", "-display_rotation", str(turn), "-i", str(flat), "-c", "copy")

    output = burns.burn(clip, CUE, {"style": BOX})

    with av.open(str(output)) as container:
        video = container.streams.video[0]
        assert (video.width, video.height) == size
        assert next(container.decode(video)).rotation == 0
    picture = frame_at(output, 1)
    # The frames helper does not turn; the upper third is the source's own, turned by hand.
    turned = {90: 1, 180: 2, 270: 3}[turn]
    upright = np.rot90(frame_at(clip, 1), turned)
    third = picture.shape[0] // 3
    assert mean_difference(picture[:third], upright[:third]) < 4
    box = rows_near(picture, (128, 64, 192), within=8)
    assert len(box) > 8
    # The test picture has a few such pixels of its own.
    assert median(box) > size[1] * 0.7


@pytest.mark.parametrize(("width", "height"), [(321, 181), (320, 181), (321, 180)])
def test_odd_sides_lose_at_most_one_line_and_nothing_is_stretched(
    burns: Burner, made: Callable[..., Path], width: int, height: int
) -> None:
    clip = made(
        "odd.mp4",
        *("-f", "lavfi", "-i", f"testsrc=s={width}x{height}:r=25:d=0.4"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-qp", "5", "-pix_fmt", "yuv444p"),
    )

    output = burns.burn(clip, CUE)

    picture = frame_at(output, 0.2)
    assert picture.shape[:2] == (height // 2 * 2, width // 2 * 2)
    top = frame_at(clip, 0.2)[: height // 4, : width // 2 * 2]
    assert mean_difference(picture[: height // 4], top) < 6


def test_ten_bit_video_becomes_eight_bit(burns: Burner, made: Callable[..., Path]) -> None:
    clip = made("ten.mp4", *PICTURE, "-c:v", "libx265", "-pix_fmt", "yuv420p10le", *QUIET)

    output = burns.burn(clip, CUE)

    with av.open(str(output)) as container:
        assert container.streams.video[0].codec_context.pix_fmt == "yuv420p"
    assert mean_difference(frame_at(output, 1)[:60], frame_at(clip, 1)[:60]) < 4


QUIET = ("-x265-params", "log-level=error")


def test_of_several_audio_tracks_the_first_is_kept(
    burns: Burner, made: Callable[..., Path]
) -> None:
    other = ("-f", "lavfi", "-i", "sine=880:d=2:r=48000")
    maps = ("-map", "0:v", "-map", "1:a", "-map", "2:a")
    clip = made("tracks.mkv", *PICTURE, *TONE, *other, *maps, *H264, *AAC)

    output = burns.burn(clip, CUE)

    assert audio_of(output) == ("aac", 1, 1)
    assert packet_digest(output, "audio") == packet_digest(clip, "audio")


def test_audio_that_mp4_cannot_hold_becomes_aac_with_all_its_channels(
    burns: Burner, made: Callable[..., Path]
) -> None:
    clip = made(
        "vorbis.webm",
        *PICTURE,
        *("-f", "lavfi", "-i", "anoisesrc=d=2:r=48000:a=0.1", "-af", "aformat=channel_layouts=5.1"),
        *("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libvorbis"),
    )

    output = burns.burn(clip, CUE)

    assert audio_of(output) == ("aac", 6, 1)
    assert abs(video_seconds(output) - 2.0) <= 0.04


@pytest.mark.parametrize("name", ["clip.ts", "clip.avi", "clip.mov", "clip.mkv", "clip.flv"])
def test_every_usual_container_is_read(burns: Burner, made: Callable[..., Path], name: str) -> None:
    output = burns.burn(made(name, *PICTURE, *TONE, *H264, *AAC), CUE)

    assert abs(video_seconds(output) - 2.0) < 0.041
    assert audio_of(output)[0] == "aac"


def test_wide_pixels_stay_wide(burns: Burner, made: Callable[..., Path]) -> None:
    output = burns.burn(made("wide.mp4", *PICTURE, "-vf", "setsar=4/3", *H264), CUE)

    with av.open(str(output)) as container:
        video = container.streams.video[0]
        assert (video.width, video.height, video.sample_aspect_ratio) == (320, 180, Fraction(4, 3))


def test_a_cover_picture_is_not_taken_for_the_video(
    burns: Burner, made: Callable[..., Path]
) -> None:
    flat = made("flat.mp4", *PICTURE, *TONE, *H264, *AAC)
    cover = made("cover.png", "-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1")
    maps = ("-map", "1", "-map", "0", "-c", "copy", "-disposition:v:0", "attached_pic")
    clip = made("covered.mp4", "-i", str(flat), "-i", str(cover), *maps)

    output = burns.burn(clip, CUE)

    with av.open(str(output)) as container:
        assert [(s.type, s.codec_context.width) for s in container.streams.video] == [
            ("video", 320)
        ]


def test_a_video_cut_off_in_the_middle_is_refused_for_good(
    burns: Burner, made: Callable[..., Path], tmp_path: Path
) -> None:
    clip = made("whole.mp4", *PICTURE, *TONE, *H264, *AAC, "-movflags", "+faststart")
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[: clip.stat().st_size * 2 // 3])

    error = burns.failure(cut, CUE)

    assert (error["code"], error["retryable"]) == ("input_unreadable", False)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "input_unreadable"),
        (b"\x00" * 5000, "input_unreadable"),
        (b"<html>404</html>", "input_unreadable"),
        (b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n#EXT-X-ENDLIST\n", "input_unreadable"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "input_unreadable"),
    ],
)
def test_what_is_no_video_is_refused_for_good_and_nothing_else_is_read(
    burns: Burner, tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "not-a-video.mp4"
    path.write_bytes(content)

    error = burns.failure(path, CUE)

    assert (error["code"], error["retryable"]) == (code, False)
    assert "root:" not in str(error)
    assert str(burns.folder) not in str(error)


def test_a_sound_file_is_refused_by_name(burns: Burner, made: Callable[..., Path]) -> None:
    error = burns.failure(made("sound.mp4", *TONE, *AAC), CUE)

    assert error["code"] == "input_unsupported"
    assert error["message"] == "The input has no video stream."


@pytest.mark.parametrize("name", ["gbk.srt", "utf16be-nobom.srt"])
def test_subtitles_in_another_encoding_give_the_frames_of_those_in_utf_8(
    burns: Burner, made: Callable[..., Path], name: str
) -> None:
    """T01, T05."""
    data = (CASES / name).read_bytes()
    clean = data.decode("gbk" if name == "gbk.srt" else "utf-16-be")
    clip = made("clip.mp4", *PICTURE, *H264)

    as_found, as_clean = burns.burn(clip, data), burns.burn(clip, clean)

    for at_s in (0.5, 1.5):
        seen = frame_at(as_found, at_s)
        assert mean_difference(seen, frame_at(as_clean, at_s)) == 0
        assert np.abs(seen - frame_at(clip, at_s)).max() > 100


@pytest.mark.parametrize(
    ("subtitles", "options", "code", "words"),
    [
        (vtt((0, 1, "𒾐")), {"missingGlyphs": "fail"}, "glyphs_missing", "U+12F90"),
        (CUE, {"missingGlyphs": "fail", "hint": {"text": "𒾐"}}, "glyphs_missing", "hint"),
        ("this is no subtitle file", {}, "subtitles_invalid", ""),
        ("\0\0\0 ftypisom\0\0\2\0isomavc1", {}, "subtitles_invalid", "(MP4)"),
        (CUE, {}, "input_missing", ""),
    ],
    ids=["glyphs", "hint", "subtitles", "a film", "video"],
)
def test_subtitles_that_cannot_be_drawn_fail_before_the_video_is_even_fetched(
    burns: Burner,
    tmp_path: Path,
    subtitles: str,
    options: dict[str, object],
    code: str,
    words: str,
) -> None:
    error = burns.failure(tmp_path / "does-not-exist", subtitles, options)

    assert (error["code"], error["retryable"]) == (code, False)
    assert words in error["message"]
