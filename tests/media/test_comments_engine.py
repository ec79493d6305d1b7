"""The comments engine as a program: real FFmpeg, over HTTP, with pictures that are looked at."""

import json
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from dev.engines.stage import padded
from tests.media.composing import Composer, Frame, extent, near
from tests.media.pictures import H264, ffmpeg

SMALL = "job_small"
GREEN, CARD = (0, 160, 0), (0xC0, 0x30, 0x60)
# Most tests look at one small video: 2 s of cover, two comments of 1.6 s, and 1 s at the end.
OPTIONS: dict[str, object] = {
    "height": 360,
    "fps": 25,
    "coverSeconds": 2,
    "minCommentSeconds": 1,
    "maxCommentSeconds": 1,
    "backgroundColor": "#102040",
    "cardColor": "#C03060",
    "textColor": "#FFFFFF",
    "accentColor": "#20C080",
}
SHORT = {**OPTIONS, "coverSeconds": 0, "maxComments": 1}
# Above the film's own place and its shadow, over the left half of it; and below it.
UPPER_LEFT, LOWER_LEFT = (slice(4, 14), slice(4, 160)), (slice(330, 352), slice(2, 14))
# 78 % of the background over the green film, and the background itself.
SHADED, BARE = (12, 60, 50), (16, 32, 64)
FRAMES = 50 + 40 + 40 + 25
COMMENTS = {
    "video": {
        "title": "A title: it's [in], {brackets} %{pts}",
        "translatedTitle": "一个标题",
        "author": "Somebody",
        "viewCount": 1234,
        "likeCount": 99,
    },
    "comments": [
        {"id": "1", "author": "Emma", "content": "Hello 👩🏽\u200d🔬 ❤️", "likes": 3},
        {
            "id": "2",
            "author": "أحمد",
            "content": "مرحبا 123",
            "translatedContent": "你好，世界",
            "likes": 1200,
        },
    ],
}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a green 16:9 clip of 1.5 s with a tone, a silent tall one, and one that is turned."""
    folder = tmp_path_factory.mktemp("clips")
    green = ("-f", "lavfi", "-i", "color=0x00A000:s=320x180:r=30:d=1.5")
    tone = ("-f", "lavfi", "-i", "sine=440:d=1.5:r=44100")
    tall = ("-f", "lavfi", "-i", "color=0x0000FF:s=180x320:r=24:d=9")
    ffmpeg(*green, *tone, *H264, "-c:a", "aac", str(folder / "clip.mp4"))
    ffmpeg(*tall, *H264, str(folder / "silent.mp4"))
    turned = ("-display_rotation", "90", "-i", str(folder / "clip.mp4"), "-c", "copy")
    ffmpeg(*turned, str(folder / "turned.mp4"))
    (folder / "broken.mp4").write_bytes(b"not a video at all")
    (folder / "comments.json").write_text(json.dumps(COMMENTS))
    many = [{"author": "A", "content": "word " * (1 + n % 7) * 4} for n in range(100)]
    (folder / "many.json").write_text(json.dumps({**COMMENTS, "comments": many}))
    (folder / "invalid.json").write_text('{"video": {"title": "x"}, "comments": []}')
    return folder


@pytest.fixture(scope="module")
def made(composes: Composer) -> dict[str, Any]:
    """Compose the small video once, and return the job's last callback."""
    end = composes.end_of(SMALL, OPTIONS)
    assert end["status"] == "completed", end
    return end


def share(frame: Frame, colour: tuple[int, int, int], tolerance: int = 14) -> float:
    """Return which share of *frame* has about this colour."""
    return float(near(frame, colour, tolerance).mean())


def loudness(video: bytes, start_s: float, end_s: float) -> float:
    """Return the root mean square of the sound between two times, full scale 1."""
    rate = 48000
    parts = []
    with av.open(BytesIO(video), "r") as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
        for frame in container.decode(audio=0):
            parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
    sound = np.concatenate(parts)[int(start_s * rate) : int(end_s * rate)]
    return float(np.sqrt(np.mean(sound**2)))


def test_the_video_has_the_planned_size_length_and_streams(
    composes: Composer, made: dict[str, Any]
) -> None:
    video = composes.video(SMALL)

    with av.open(BytesIO(video), "r") as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        assert (picture.width, picture.height) == (640, 360)
        assert picture.average_rate == Fraction(25)
        assert picture.codec_context.pix_fmt == "yuv420p"
        assert picture.frames == FRAMES
        assert (sound.codec_context.name, sound.rate) == ("aac", 48000)
        assert container.duration is not None
        assert container.duration / 1e6 == pytest.approx(FRAMES / 25, abs=0.05)
    assert video.index(b"moov") < video.index(b"mdat")
    claim = made["outputs"]["video"]
    assert (claim["width"], claim["height"]) == (640, 360)
    assert claim["durationMs"] == FRAMES * 40
    assert claim["sizeBytes"] == len(video)
    assert claim["key"] == "job_small/video.mp4"


@pytest.mark.usefixtures("made")
def test_the_film_shines_through_the_cover_and_has_its_place_with_cards_after_it(
    composes: Composer,
) -> None:
    first, cover, scene = composes.frames(SMALL, [0, 40, 85])

    for frame in (first, cover):
        assert near(frame[UPPER_LEFT], SHADED, 8).all()
        # Neither the film's place nor a card is seen below it.
        assert share(frame, GREEN) == 0
        assert share(frame, CARD) == 0
        assert near(frame[60:70, 4:200], SHADED, 12).all()
    assert near(scene[UPPER_LEFT], BARE, 8).all()
    # The source fills a box of about a third, the card a third of the height of a third.
    assert 0.25 < share(scene, GREEN) < 0.45
    assert 0.05 < share(scene, CARD) < 0.30


@pytest.mark.usefixtures("made")
def test_the_card_being_read_is_at_the_right_with_its_text_and_the_next_is_dimmed(
    composes: Composer,
) -> None:
    (scene,) = composes.frames(SMALL, [85])
    column = scene[:, 420:620]
    card_rows = near(column, CARD).mean(axis=1)
    bright = np.flatnonzero(card_rows > 0.4)

    # In the middle of the height, and nowhere else: the next card is darker.
    assert abs((bright[0] + bright[-1]) / 2 - 180) < 12
    assert share(scene[bright[0] : bright[-1]], (255, 255, 255), 40) > 0.001
    assert share(scene[:, :400], CARD) == 0


@pytest.mark.usefixtures("made")
def test_each_comment_takes_the_place_of_the_one_before(composes: Composer) -> None:
    first, first_later, moving, second = composes.frames(SMALL, [75, 88, 93, 125])

    def changed(one: Frame, other: Frame) -> float:
        difference = np.abs(one.astype(int) - other.astype(int)).max(axis=2)
        return float((difference[:350, 420:620] > 24).mean())

    assert changed(first, first_later) < 0.005
    assert changed(first, moving) > 0.05
    assert changed(first, second) > 0.02


@pytest.mark.usefixtures("made")
def test_the_sources_corners_are_round(composes: Composer) -> None:
    (scene,) = composes.frames(SMALL, [85])
    green = near(scene, GREEN)
    rows, columns = extent(green)
    top, left = rows[0], columns[0]

    assert not green[top : top + 2, left : left + 2].any()
    assert green[top + 10, left + 10]
    assert (columns[-1] - left) / (rows[-1] - top) == pytest.approx(16 / 9, rel=0.03)


@pytest.mark.usefixtures("made")
def test_the_sound_is_there_from_the_first_second_and_is_repeated_with_the_source(
    composes: Composer,
) -> None:
    video = composes.video(SMALL)

    # It comes over a tenth of a second. The source is 1.5 s long: then it is heard again.
    assert loudness(video, 0, 0.02) < 0.05
    for start_s in (0.2, 1.6, 3.2, 4.6):
        assert loudness(video, start_s, start_s + 0.8) > 0.05


@pytest.mark.usefixtures("made")
def test_the_bar_shows_how_much_has_passed(composes: Composer) -> None:
    early, late = composes.frames(SMALL, [62, 140])

    for frame, expected in ((early, 62 / FRAMES), (late, 140 / FRAMES)):
        row = frame[-2:]
        assert share(row, (0x20, 0xC0, 0x80), 30) == pytest.approx(expected, abs=0.02)


# Of a cover of ten frames: the last on which it stands, one while it leaves, and two when it is
# gone, each at the upper and the lower left; None: not looked at.
Colour = tuple[int, int, int]
LEAVING: dict[str, dict[int, tuple[Colour | None, Colour | None]]] = {
    "slide": {9: (SHADED, None), 12: (None, BARE), 30: (BARE, BARE), 31: (BARE, BARE)},
    # Half of the scene, half of the film; over them half of the 78 %.
    "fade": {9: (SHADED, None), 20: ((11, 71, 44), None), 30: (BARE, BARE), 31: (BARE, BARE)},
    "none": {9: (SHADED, None), 10: (BARE, BARE), 11: (BARE, BARE)},
}


@pytest.mark.parametrize("leaves", LEAVING)
def test_the_film_leaves_together_with_the_cover_and_nothing_of_it_is_left(
    composes: Composer, leaves: str
) -> None:
    options = {**SHORT, "coverSeconds": 0.4, "coverTransition": leaves}
    job_id = f"job_leaves_{leaves}"
    end = composes.end_of(job_id, options)

    assert end["status"] == "completed", end
    expected = LEAVING[leaves]
    frames = composes.frames(job_id, list(expected))
    for (number, (upper, lower)), frame in zip(expected.items(), frames, strict=True):
        for where, colour in ((UPPER_LEFT, upper), (LOWER_LEFT, lower)):
            assert colour is None or near(frame[where], colour, 12).all(), number
        # The film has its own place on the first frame without a cover.
        gone = (upper, lower) == (BARE, BARE)
        assert (share(frame, GREEN) > 0.25) == gone, number


def test_a_tall_silent_source_in_the_vertical_template(composes: Composer) -> None:
    end = composes.end_of("job_tall", {**OPTIONS, "template": "vertical"}, clip="silent.mp4")

    assert end["status"] == "completed", end
    with av.open(BytesIO(composes.video("job_tall")), "r") as container:
        assert [stream.type for stream in container.streams] == ["video"]
        picture = container.streams.video[0]
        assert (picture.width, picture.height) == (360, 640)
    (scene,) = composes.frames("job_tall", [85])
    rows, columns = extent(near(scene, (0, 0, 255)))
    assert (int(np.ptp(columns)) + 1, int(rows[-1]) + 1) == (360, 640)
    # Cards lie over the film, above and to the left of the platforms' controls.
    rows, columns = extent(near(scene, CARD))
    assert rows[0] > 0.45 * 640
    assert rows[-1] <= 480
    assert columns[-1] <= 320


def test_a_hundred_comments_of_different_lengths_make_a_video(composes: Composer) -> None:
    options = {**OPTIONS, "maxComments": 100, "fps": 24, "theme": {"motion": "snappy"}}
    end = composes.end_of("job_many", options, data="many.json")

    assert end["status"] == "completed", end
    # 2 s of cover, a hundred times 1.3 s in whole frames, and 1 s at the end.
    frames_at_24 = 48 + 100 * 32 + 24
    assert end["outputs"]["video"]["durationMs"] == round(frames_at_24 / 24 * 1000)
    (last_card,) = composes.frames("job_many", [frames_at_24 - 1])
    assert share(last_card[:, 420:620], CARD) > 0.05


def test_a_turned_source_is_shown_upright(composes: Composer) -> None:
    end = composes.end_of("job_turned", SHORT, clip="turned.mp4")

    assert end["status"] == "completed", end
    (scene,) = composes.frames("job_turned", [30])
    rows, columns = extent(near(scene, GREEN))
    assert np.ptp(columns) / np.ptp(rows) == pytest.approx(9 / 16, rel=0.05)


@pytest.mark.usefixtures("made")
def test_a_source_of_a_quarter_gib_takes_no_more_memory_than_a_small_one(
    composes: Composer, clips: Path
) -> None:
    composes.world.files["large.mp4"] = padded(clips / "clip.mp4", clips / "large.mp4", 1 << 28)
    before = composes.engine.peak_bytes()

    end = composes.end_of("job_large", SHORT, clip="large.mp4")

    assert end["status"] == "completed", end
    assert composes.engine.peak_bytes() - before < 32_000_000
    assert composes.engine.peak_bytes() < 250_000_000


FAILURES = [
    ("broken.mp4", "comments.json", "input_unreadable"),
    ("clip.mp4", "invalid.json", "comments_invalid"),
    ("clip.mp4", "missing.json", "input_missing"),
]


@pytest.mark.parametrize(("clip", "data", "code"), FAILURES)
def test_an_input_that_cannot_be_used_fails_with_its_reason(
    composes: Composer, clip: str, data: str, code: str
) -> None:
    end = composes.end_of(f"job_{code}", OPTIONS, clip=clip, data=data)

    assert (end["status"], end["error"]["code"], end["error"]["retryable"]) == (
        "failed",
        code,
        False,
    )


def test_a_cancel_ends_the_encode(composes: Composer) -> None:
    long = {"height": 1080, "minCommentSeconds": 30, "maxCommentSeconds": 60}
    composes.order("job_cancel", {**OPTIONS, **long})
    composes.world.wait_for_status("job_cancel", "running")

    answer = composes.engine.cancel("job_cancel")

    assert answer.json() == {"ok": True, "status": "canceled"}
    assert composes.world.end_of("job_cancel")["status"] == "canceled"
    assert composes.engine.children() == []
    assert "job_cancel/video.mp4" not in composes.world.stored
