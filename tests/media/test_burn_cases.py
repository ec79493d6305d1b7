"""Pictures, times and sound of files that people really have come out right (P01-P14, S01, S02)."""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from engine_kit.ffmpeg import find_ffmpeg
from PIL import Image

from tests.media.burning import Burner, vtt
from tests.media.cases import SUBTITLES, case, made, picture, tone
from tests.media.pictures import Planes, frame_at, frames, planes_at

FIRST = vtt((0.0, 0.03, "In the first frame"))
"""Subtitles that are gone when a test looks at the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Burned:
    """What a burn has handed over."""

    video: Path
    report: dict[str, Any]  # JSON, as it came.
    slots: dict[str, bytes]

    @property
    def notices(self) -> str:
        """All of them in one text."""
        return " ".join(notice["message"] for notice in self.report["notices"])


def burned(
    burns: Burner, source: Path, subtitles: str | bytes = FIRST, options: object = None
) -> Burned:
    """Burn with all extras at the first attempt."""
    name = f"{source.stem}-{len(burns.world.stored)}"
    slots = ("Poster", "ContactSheet", "Metadata")
    fields = {f"output{slot}PutUrl": burns.world.url(f"{name}/{slot}") for slot in slots}
    job_id = burns.order(source, subtitles, options or {}, **fields)  # type: ignore[arg-type]  # JSON.
    end = burns.world.end_of(job_id)
    assert end["status"] == "completed", end
    stored = burns.world.stored
    video = burns.folder / f"{job_id}.mp4"
    video.write_bytes(stored[f"out/{job_id}.mp4"].body)
    return Burned(
        video=video,
        report=json.loads(stored[f"{name}/Metadata"].body),
        slots={slot: stored[f"{name}/{slot}"].body for slot in slots if f"{name}/{slot}" in stored},
    )


def subtitles(name: str) -> bytes:
    return (SUBTITLES / name).read_bytes()


def near(one: tuple[int, ...], other: tuple[int, ...], within: int) -> bool:
    return all(abs(a - b) <= within for a, b in zip(one, other, strict=True))


BT709, BT601 = (1, 1, 1), (6, 6, 6)


def is_limited(frame: Planes) -> bool:
    return frame.format == "yuv420p" and not frame.full


def test_p01_full_range_becomes_limited_and_keeps_its_tags(burns: Burner) -> None:
    frame = planes_at(burned(burns, case("fullrange.mp4")).video, 1)

    assert is_limited(frame)
    assert frame.tags == BT709
    assert near((frame.at(20, 20)[0], frame.at(60, 20)[0]), (16, 235), 2)


@pytest.mark.parametrize("name", ["gray.mp4", "mjpeg.mov", "grey-alpha.mov", "bits.mov"])
def test_p02_greys_and_pictures_in_a_row_become_limited(burns: Burner, name: str) -> None:
    frame = planes_at(burned(burns, case(name)).video, 0.1)

    assert is_limited(frame)
    assert near((frame.at(20, 20)[0], frame.at(60, 20)[0]), (16, 235), 3)
    assert near(frame.at(60, 20)[1:], (128, 128), 3)


def shows_text(burned_video: Path, source: Path, *times_s: float) -> list[bool]:
    """Return for each time whether the lower quarter differs from the source's."""
    found = []
    for time_s in times_s:
        picture, ground = frame_at(burned_video, time_s), frame_at(source, time_s)
        lower = picture.shape[0] * 3 // 4
        changed = np.abs(picture[lower:] - ground[lower:]).max(axis=2) > 60
        found.append(bool(changed.mean() > 0.004))
    return found


def test_p03_cues_stand_at_their_times_where_a_recorder_wrote_no_frames(burns: Burner) -> None:
    source = case("gap.mp4")

    result = burned(burns, source, subtitles("five-cues.vtt"))

    seen = shows_text(result.video, source, 2.0, 3.1, 4.0, 5.2, 6.5, 9.0, 10.5, 11.5)
    assert seen == [True, False, True, False, True, True, False, True]
    # One frame for each change, not for each moment.
    assert len(frames(result.video)) < len(frames(source)) + 20


def test_p04_cues_stand_at_their_times_on_slides(burns: Burner) -> None:
    source = case("still1.mp4")

    result = burned(burns, source, subtitles("brief.vtt"))

    times = (1.0, 1.1, 1.5, 1.9, 2.0, 2.1, 3.55, 3.7, 5.15, 5.25, 5.4)
    seen = shows_text(result.video, source, *times)
    assert seen == [False, True, True, True, False, False, False, True, True, False, False]


def test_cues_over_the_one_picture_of_a_podcast_stand_at_their_times(burns: Burner) -> None:
    source = case("oneframe.mp4")

    result = burned(burns, source, subtitles("five-cues.vtt"))

    seen = shows_text(result.video, source, 0.5, 2.0, 3.1, 4.0, 9.0, 10.5, 11.5, 11.95)
    assert seen == [False, True, False, True, True, False, True, False]
    with av.open(str(result.video)) as container:
        assert container.duration is not None
        assert container.duration / av.time_base == pytest.approx(12, abs=0.1)


def test_frames_are_added_in_av1_too(burns: Burner) -> None:
    source = case("oneframe.mp4")

    result = burned(burns, source, subtitles("five-cues.vtt"), {"codec": "av1"})

    seen = shows_text(result.video, source, 0.5, 2.0, 3.1, 4.0, 9.0, 10.5, 11.5)
    assert seen == [False, True, False, True, True, False, True]


def test_the_first_picture_stands_from_the_start_where_sound_begins_before_it(
    burns: Burner,
) -> None:
    source = case("latevideo.mp4")
    cues = vtt((0.5, 1.0, "Before the picture"), (3.0, 3.5, "Over it"))

    result = burned(burns, source, cues)

    first = frames(source)[0][1]
    seen = []
    for at_s in (0.2, 0.7, 1.5):
        changed = np.abs(frame_at(result.video, at_s) - first).max(axis=2) > 60
        seen.append(bool(changed.mean() > 0.004))
    assert seen == [False, True, False]
    assert shows_text(result.video, source, 2.5, 3.2, 3.7) == [False, True, False]


def test_cues_before_the_first_picture_of_a_cut_broadcast_are_drawn_over_it(
    burns: Burner, tmp_path: Path
) -> None:
    """Its packets begin amid pictures that nobody can decode any more."""
    coding = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "50", "-bf", "0", "-c:a", "aac")
    inputs = (*picture("320x180", seconds=4), *tone(seconds=4))
    whole = made(tmp_path)("whole.ts", *inputs, *coding)
    data = whole.read_bytes()
    source = tmp_path / "cut.ts"
    source.write_bytes(data[len(data) // 12 // 188 * 188 :])
    cues = vtt((0.2, 0.9, "Before the picture"), (2.2, 2.8, "Over it"))

    result = burned(burns, source, cues)

    first, *rest = (picture for _, picture in frames(source))
    assert len(rest) == 49
    times = (0.1, 0.5, 1.2)
    changed = [np.abs(frame_at(result.video, at_s) - first).max(axis=2) > 60 for at_s in times]
    assert [bool(each.mean() > 0.004) for each in changed] == [False, True, False]


def test_a_recording_that_was_cut_out_of_another_is_burned(burns: Burner) -> None:
    result = burned(burns, case("cutout.mkv"), vtt((0.5, 1.0, "From its own start")))

    assert len(frames(result.video)) == 50
    assert pitch(result.video) == pytest.approx(440, abs=2)


def with_pictures_not_coded(path: Path, source: Path, first: int) -> Path:
    """Write *source*, MPEG-4, with pictures that are not coded from number *first* on."""
    with av.open(str(source)) as old, av.open(str(path), "w") as new:
        stream = old.streams.video[0]
        written = new.add_stream_from_template(stream)
        for number, packet in enumerate(packet for packet in old.demux(stream) if packet.size):
            kept: av.Packet[Any] = packet
            if number >= first:
                # A predicted picture, its 25th of the second, not coded; then stuffing.
                bits = "01" + "0" + "1" + f"{number % 25:05b}" + "1" + "0" + "11111"
                kept = av.Packet(b"\0\0\1\xb6" + int(bits, 2).to_bytes(2, "big"))
                kept.pts, kept.dts, kept.duration = packet.pts, packet.dts, packet.duration
                kept.time_base = packet.time_base
            kept.stream = written
            new.mux(kept)
    return path


def test_a_cue_stands_over_pictures_that_are_not_coded(burns: Burner, tmp_path: Path) -> None:
    moving = made(tmp_path)("moving.mp4", *picture(seconds=4), "-c:v", "mpeg4", "-q:v", "3")
    source = with_pictures_not_coded(tmp_path / "still.mp4", moving, 50)

    result = burned(burns, source, vtt((2.5, 3.0, "Over a picture that stands")))

    assert shows_text(result.video, source, 2.3, 2.6, 2.9, 3.2) == [False, True, True, False]


def test_text_that_moves_moves_where_there_are_no_frames(burns: Burner) -> None:
    hint = {"text": "HINT", "position": "bottom", "startS": 4, "endS": 6, "animation": "fade"}

    result = burned(burns, case("still01.mp4"), FIRST, {"hint": hint})

    times = [at_s for at_s, _ in frames(result.video)]
    moving = [at_s for at_s in times if 4 <= at_s <= 4.41 or 5.59 <= at_s <= 6.01]
    assert len(moving) >= 20
    assert len(times) < 40


@pytest.mark.parametrize(("name", "last_s"), [("clip.wmv", 3.97), ("clip.mpg", 9.97)])
def test_p05_p06_containers_that_estimate_their_length_are_burned(
    burns: Burner, name: str, last_s: float
) -> None:
    result = burned(burns, case(name), subtitles("short.vtt"))

    assert frames(result.video)[-1][0] == pytest.approx(last_s, abs=0.07)


@pytest.mark.parametrize(("name", "last_s"), [("tail.mkv", 7.95), ("lastheld.mkv", 9.9)])
def test_p07_frames_after_a_gap_keep_their_times(burns: Burner, name: str, last_s: float) -> None:
    result = burned(burns, case(name), subtitles("short.vtt"))

    times = [at_s for at_s, _ in frames(result.video)]
    assert (times[0], times[-1]) == pytest.approx((0, last_s), abs=0.01)
    with av.open(str(result.video)) as container:
        stream = container.streams.video[0]
        assert stream.duration is not None
        assert stream.time_base is not None
        assert float(stream.duration * stream.time_base) == pytest.approx(last_s, abs=0.11)


def test_p08_the_poster_of_a_slide_is_the_slide_with_its_text(burns: Burner) -> None:
    source = case("still01.mp4")

    result = burned(burns, source, subtitles("last-slide.vtt"))

    assert set(result.slots) == {"Poster", "ContactSheet", "Metadata"}
    assert shows_text(result.video, source, 21, 23, 27, 29) == [False, True, True, False]


@pytest.mark.parametrize("name", ["hdr10.mp4", "hlg.mp4", "silent-codec.mkv"])
def test_p09_high_dynamic_range_becomes_bt709(
    burns: Burner, ffmpeg_env: Mapping[str, str], name: str
) -> None:
    if ffmpeg_env and name == "silent-codec.mkv":
        pytest.skip("FFmpeg 7 forgets what the container says where the codec is silent")
    result = burned(burns, case(name))

    frame, shown = planes_at(result.video, 0.2), frame_at(result.video, 0.2)
    assert is_limited(frame)
    assert frame.tags == BT709
    red = shown[20, 100]
    assert red[0] > 150
    assert max(red[1], red[2]) < 0.3 * red[0]
    # 203 cd/m², the white of paper, is bright, and leaves room for what is brighter.
    assert 190 <= frame.at(60, 20)[0] <= 230
    assert frame.at(20, 20)[0] == pytest.approx(16, abs=3)
    assert "high dynamic range" in result.notices


def test_what_the_container_alone_says_is_said_in_the_result(
    burns: Burner, ffmpeg_env: Mapping[str, str]
) -> None:
    if ffmpeg_env:
        pytest.skip("FFmpeg 7 forgets what the container says where the codec is silent")

    assert planes_at(burned(burns, case("container-says.mkv")).video, 0.5).tags == BT709


def test_p10_rgb_becomes_bt709_and_the_poster_has_its_colours(burns: Burner) -> None:
    result = burned(burns, case("rgb.mkv"))

    frame = planes_at(result.video, 0.2)
    assert near(frame.at(30, 30), (63, 102, 240), 3)
    assert (is_limited(frame), frame.tags) == (True, BT709)
    with Image.open(BytesIO(result.slots["Poster"])) as poster:
        red = poster.convert("RGB").getpixel((30, 30))
    assert isinstance(red, tuple)
    assert near(red, (255, 0, 0), 12)


@pytest.mark.parametrize(
    ("name", "box", "tags"),
    [
        # R'G'B' 200, 0, 0 by each matrix: ITU-R BT.709-6 item 3, BT.601-7 section 2.5.
        ("untagged.mp4", (53, 109, 216), BT709),
        ("untagged-small.mp4", (67, 98, 216), BT601),
        ("reserved.mp4", (53, 109, 216), BT709),
        ("derived.mp4", (53, 109, 216), BT709),
    ],
)
def test_p11_a_silent_file_is_drawn_on_as_players_show_it(
    burns: Burner, name: str, box: tuple[int, int, int], tags: tuple[int, int, int]
) -> None:
    style = {"fontSize": 72, "backgroundColor": "#C80000", "backgroundOpacity": 1}

    result = burned(burns, case(name), vtt((0, 1, "WWWWWW")), {"style": style})

    frame = planes_at(result.video, 0.5)
    drawn = np.argwhere(frame.cr > 200)
    row, column = (int(number) * 2 for number in drawn[len(drawn) // 2])
    inside = [frame.at(x, y) for y, x in drawn * 2 if abs(y - row) < 60 and abs(x - column) < 200]
    middle = tuple(int(number) for number in np.median(np.array(inside), axis=0))
    assert near(middle, box, 3)
    assert frame.tags == tags


@pytest.mark.parametrize("name", ["alpha.mov", "alpha.webm"])
def test_p12_what_is_transparent_is_black(burns: Burner, name: str) -> None:
    shown = frame_at(burned(burns, case(name)).video, 0.2)

    assert shown[300, 500].max() < 12
    assert shown[100, 200][0] > 230
    assert shown[100, 200][1:].max() < 25


def test_p13_fields_become_whole_pictures(burns: Burner) -> None:
    result = burned(burns, case("interlaced.mpg"))

    looked = subprocess.run(
        [find_ffmpeg(), "-i", str(result.video), "-vf", "idet", "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    # It prints a row of zeros first.
    *_, found = re.findall(
        r"Multi frame detection: TFF: *(\d+) BFF: *(\d+) Progressive: *(\d+)", looked.stderr
    )
    top, bottom, progressive = (int(number) for number in found)
    count = len(frames(case("interlaced.mpg")))
    assert top + bottom + progressive >= 0.9 * count
    assert progressive >= 0.8 * count
    assert len(frames(result.video)) == count


@pytest.mark.parametrize("name", ["loop.gif", "loop.apng", "loop.avif"])
def test_p14_pictures_that_move_are_videos(burns: Burner, name: str) -> None:
    result = burned(burns, case(name), vtt((0.2, 0.6, "In a GIF")))

    assert shows_text(result.video, case("loop.gif"), 0.1, 0.3, 0.7) == [False, True, False]


@pytest.mark.parametrize("name", ["camera.mxf", "tape.dv", "older.rm"])
def test_containers_of_cameras_and_of_older_days_are_burned(burns: Burner, name: str) -> None:
    result = burned(burns, case(name), vtt((0.2, 0.6, "On a tape")))

    times = [at_s for at_s, _ in frames(result.video)]
    assert (len(times), times[0]) == (25, 0)
    assert times[-1] == pytest.approx(0.96, abs=0.002)
    assert pitch(result.video) == pytest.approx(440, abs=2)


def pitch(path: Path) -> float:
    """Return the frequency (Hz) that is strongest in the sound."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        blocks = [frame.to_ndarray()[0] for frame in container.decode(stream)]
        samples, rate = np.concatenate(blocks).astype(float), stream.rate
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.argmax(spectrum) * rate / len(samples))


def test_s01_of_sixteen_channels_the_first_two_are_heard(burns: Burner) -> None:
    result = burned(burns, case("sixteen.mov"))

    assert result.report["output"]["audioChannels"] == 2
    assert pitch(result.video) == pytest.approx(440, abs=2)
    assert "16 channels" in result.notices


def test_s02_the_default_tracks_are_taken(burns: Burner) -> None:
    result = burned(burns, case("deflang.mkv"))

    assert pitch(result.video) == pytest.approx(900, abs=2)
    assert burned(burns, case("default-video.mkv")).report["output"]["width"] == 640


def test_sound_with_a_hole_stays_in_step(burns: Burner) -> None:
    result = burned(burns, case("hole.mkv"))

    with av.open(str(result.video)) as container:
        blocks = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
        rate = container.streams.audio[0].rate
    # Counted in samples, as what reads no timestamps does.
    samples = np.concatenate(blocks)
    assert len(samples) / rate == pytest.approx(4, abs=0.1)
    loud = [float(np.abs(samples[int(rate * s) : int(rate * (s + 0.2))]).max()) for s in (0.5, 1.4)]
    assert loud[0] > 0.05 > 0.001 > loud[1]


def test_t15_cues_after_the_end_are_told(burns: Burner) -> None:
    result = burned(burns, case("fullrange.mp4"), subtitles("past-the-end.vtt"))

    assert "(0:00:02.00): 1, the first at 0:00:02.50" in result.notices
