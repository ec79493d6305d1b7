"""Signs and emoji in burned subtitles: each is drawn, as one sign, with its text (L13, L14)."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.media.burning import Burner, vtt
from tests.media.cases import SUBTITLES
from tests.media.pictures import H264, Picture, ffmpeg, frames

BARE = {"fontSize": 72, "backgroundOpacity": 0, "outlineWidth": 0}
"""White letters alone."""
KEYCAP = (59, 136, 195)
"""Twemoji's blue."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A grey video of four seconds, ten frames a second."""
    path = tmp_path_factory.mktemp("signs") / "ground.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "color=c=0x303030:s=640x360:r=10:d=4"),
        *(*H264, "-crf", "4", str(path)),
    )
    return path


def coloured(picture: Picture) -> NDArray[np.bool_]:
    """Return which pixels have a colour: neither letters nor ground have."""
    found: NDArray[np.bool_] = np.ptp(picture, axis=2) > 60
    return found


def signs(picture: Picture) -> list[tuple[int, int]]:
    """Return the columns (begin, end) of each coloured sign; less than four pixels are no gap."""
    columns = np.flatnonzero(coloured(picture).any(axis=0))
    if not columns.size:
        return []
    parts = np.split(columns, np.flatnonzero(np.diff(columns) > 4) + 1)
    return [(int(part[0]), int(part[-1]) + 1) for part in parts]


def has_letters(picture: Picture) -> bool:
    return bool((picture.min(axis=2) > 200).any())


def near(picture: Picture, rgb: tuple[int, int, int]) -> int:
    """Return how many pixels have about this colour."""
    return int((np.abs(picture - np.array(rgb, np.int16)).max(axis=2) < 16).sum())


def test_l14_keycaps_flags_and_people_are_one_coloured_sign_each_while_their_cue_stands(
    burns: Burner, ground: Path
) -> None:
    output = burns.burn(ground, (SUBTITLES / "emoji.srt").read_bytes(), {"style": BARE})

    pictures = [picture for _, picture in frames(output)]
    found = [signs(picture) for picture in pictures]
    assert [len(of_frame) for of_frame in found] == [2] * 30 + [0] * 10
    em = 72 / 3
    for begin, end in (sign for of_frame in found for sign in of_frame):
        assert 0.5 * em < end - begin < 1.3 * em
    # Blue squares with a digit, in both places and for their second alone.
    blue = [near(picture, KEYCAP) for picture in pictures]
    assert min(blue[:10]) > 0.6 * 2 * em**2
    assert max(blue[10:20]) < 20
    # Two emoji and what is between them are centred.
    for of_frame in (found[0], found[10], found[20]):
        middle = (of_frame[0][0] + of_frame[1][1]) / 2
        assert abs(middle - 320) < 4 * em


def test_l13_dingbats_chess_arrows_and_mathematical_letters_have_glyphs(
    burns: Burner, ground: Path
) -> None:
    job_id = burns.order(
        ground,
        (SUBTITLES / "signs.srt").read_bytes(),
        outputMetadataPutUrl=burns.world.url("l13/metadata"),
    )
    end = burns.world.end_of(job_id)

    assert end["status"] == "completed", end
    metadata = json.loads(burns.world.stored["l13/metadata"].body)
    # Tibetan needs Debian's fonts; without them it is told.
    names = [one["name"] for one in metadata["missingGlyphs"]]
    assert all(name.startswith("TIBETAN ") for name in names)
    assert bool(names) == bool(metadata["notices"])
    families = {family for one in metadata["drawn"] for family in one["fonts"]}
    assert {"Noto Sans Symbols2", "Noto Sans Math"} <= families


def test_no_two_signs_look_alike_as_boxes_would(burns: Burner, ground: Path) -> None:
    texts = ["✓", "✗", "♔", "♞", "↴", "⇝", "𝒜", "𝔅", "𝟙", "⠿", "⣤", "╬", "Ⓐ", "₿", "𝄞", "⚀"]
    cues = vtt(*((n * 0.2, n * 0.2 + 0.2, text) for n, text in enumerate(texts)))

    pictures = [picture for _, picture in frames(burns.burn(ground, cues, {"style": BARE}))]

    drawn = [pictures[2 * n] > 128 for n in range(len(texts))]
    for n, one in enumerate(drawn):
        assert one.any(), f"{texts[n]} is not drawn"
        for other in range(n):
            assert (one != drawn[other]).sum() > 60, (texts[n], texts[other])


def test_a_cue_that_stands_between_two_frames_is_seen(burns: Burner, ground: Path) -> None:
    cues = vtt((0.549, 0.551, "between"), (1.5, 1.501, "at once"), (2.04, 2.06, "2 😂"))

    output = burns.burn(ground, cues, {"style": BARE})

    shown = [time_s for time_s, picture in frames(output) if has_letters(picture)]
    assert [round(time_s, 3) for time_s in shown] == [0.6, 1.5, 2.1]


def test_emoji_come_and_go_with_the_frames_of_their_text(burns: Burner, tmp_path: Path) -> None:
    clip = tmp_path / "ntsc.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "color=c=0x303030:s=320x180:r=60000/1001:d=1.8"),
        *(*H264, "-crf", "4", str(clip)),
    )
    times = [(0.1, 0.25), (0.267, 0.4), (0.4, 0.6), (0.901, 0.918), (1.1, 1.399), (1.413, 1.6)]
    cues = vtt(
        *((start, end, f"text {'😂' * (1 + n % 2)}") for n, (start, end) in enumerate(times))
    )

    shown = frames(burns.burn(clip, cues, {"style": BARE}))

    for time_s, picture in shown:
        wanted = [n for n, (start, end) in enumerate(times) if start <= time_s < end - 0.01]
        between = not any(start - 0.02 <= time_s < end + 0.02 for start, end in times)
        assert bool(signs(picture)) == has_letters(picture), time_s
        if wanted:
            width = sum(end - begin for begin, end in signs(picture))
            assert (width > 22) == (wanted[-1] % 2 == 1), time_s
        if between:
            assert not signs(picture)


@pytest.mark.parametrize("size", ["640x360", "1280x720"])
def test_the_colours_of_emoji_are_those_of_their_pictures(
    burns: Burner, tmp_path: Path, size: str
) -> None:
    clip = tmp_path / "untagged.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", f"color=c=0x303030:s={size}:r=10:d=0.3"),
        *(*H264, "-crf", "4", str(clip)),
    )

    output = burns.burn(clip, vtt((0, 1, "1️⃣")), {"style": BARE, "quality": "high"})

    picture = as_players_show(output, size)
    inside = coloured(picture)
    assert np.abs(np.median(picture[inside], axis=0) - KEYCAP).max() <= 6


def as_players_show(path: Path, size: str) -> Picture:
    """Return the first frame as it looks by its tags."""
    width, height = (int(side) for side in size.split("x"))
    raw = path.with_suffix(".raw")
    ffmpeg("-i", str(path), "-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", str(raw))
    data = np.frombuffer(raw.read_bytes(), np.uint8)
    return data.reshape(height, width, 3).astype(np.int16)


def test_emoji_fade_with_their_hint_and_are_faint_in_a_faint_watermark(
    burns: Burner, ground: Path
) -> None:
    options = {
        "style": BARE,
        "hint": {
            "text": "1️⃣",
            "startS": 1,
            "endS": 3,
            "animation": "fade",
            "position": "top-left",
            "fontSize": 72,
            "backgroundOpacity": 0,
        },
        "watermark": {"text": "1️⃣", "opacity": 0.5, "position": "top-right", "fontSize": 60},
    }

    output = burns.burn(ground, vtt((3.5, 3.9, "plain")), options)

    pictures = [picture for _, picture in frames(output)]

    def blueness(picture: Picture) -> float:
        return float((picture[..., 2] - picture[..., 0]).max())

    left = [blueness(picture[:180, :320]) for picture in pictures]
    right = [blueness(picture[:180, 320:]) for picture in pictures]
    whole = KEYCAP[2] - KEYCAP[0]
    assert max(left[:10] + left[30:]) < 12
    assert left[12] == pytest.approx(whole / 2, abs=20)
    assert left[20] == pytest.approx(whole, abs=16)
    assert left[28] == pytest.approx(whole / 2, abs=20)
    assert min(right) == pytest.approx(whole / 2, abs=20)
    assert max(right) == pytest.approx(whole / 2, abs=20)


def test_hundreds_of_cues_with_emoji_are_one_stream(burns: Burner, tmp_path: Path) -> None:
    clip = tmp_path / "long.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "color=c=0x303030:s=320x180:r=25:d=8"),
        *(*H264, "-crf", "4", str(clip)),
    )
    cues = vtt(*((n * 0.04, n * 0.04 + 0.04, f"{n} 😂") for n in range(200)))

    pictures = [picture for _, picture in frames(burns.burn(clip, cues, {"style": BARE}))]

    assert [len(signs(picture)) for picture in pictures] == [1] * 200


def test_emoji_stand_in_a_film_that_changes_seldom(burns: Burner, tmp_path: Path) -> None:
    slides = tmp_path / "slides.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "color=c=0x303030:s=640x360:r=1/4:d=8"),
        *(*H264, "-crf", "4", str(slides)),
    )

    shown = frames(burns.burn(slides, vtt((1, 2, "😂"), (5, 6, "two 😂")), {"style": BARE}))

    by_time = [(at, len(signs(picture))) for at, picture in shown]
    for moment, count in ((0.5, 0), (1.5, 1), (3.0, 0), (5.5, 1), (7.0, 0)):
        assert [n for at, n in by_time if at <= moment][-1] == count, moment
