"""Two tracks of subtitles in one film: each language at its time, in its style, and nothing jumps.

Looked at in the frames: the first language is red, the second green.
"""

from pathlib import Path

import numpy as np
import pytest

from tests.media.burning import Burner, vtt
from tests.media.pictures import H264, Box, Picture, ffmpeg, frame_at, frames
from tests.media.reading import words_in

FPS = 20
LIGHT = 150
COLOURS: dict[str, object] = {
    "style": {"textColor": "#FF2020", "backgroundOpacity": 0},
    "secondaryStyle": {"textColor": "#20FF20", "backgroundOpacity": 0},
}
RED, GREEN, BLUE = 0, 1, 2
FIRST = vtt((1, 4, "One sentence in one cue"), (5, 7, "Two lines\nof words"), (8, 9, "alone"))
SECOND = vtt(
    *(
        (1.25, 2.4, "一句话"),
        (2.4, 3.8, "两条字幕，第二条比第一条长得多，所以它占了两行，一行是不够的"),
    ),
    *((4.8, 6, "甲"), (6.4, 7.2, "乙"), (10, 11, "独")),
)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "dark.mp4"
    source = f"color=c=0x102030:s=640x360:r={FPS}:d=11.5"
    ffmpeg("-f", "lavfi", "-i", source, *H264, str(path))
    return path


@pytest.fixture(scope="module")
def film(burns: Burner, clip: Path) -> tuple[list[Picture], list[str]]:
    """The frames of FIRST and SECOND burned together, and the notices' sentences."""
    path, metadata = burns.burn_two(clip, FIRST, SECOND, COLOURS, first="en", second="zh")
    assert metadata["secondary"]["cues"] == 5
    assert metadata["secondary"]["language"] == "zh"
    assert (metadata["language"], metadata["cues"]) == ("en", 3)
    tracks = [(one["track"], one["cue"]) for one in metadata["drawn"]]
    assert tracks == [
        *(("subtitles", number) for number in (1, 2, 3)),
        *(("subtitles-secondary", number) for number in range(1, 6)),
    ]
    return [picture for _, picture in frames(path)], [
        notice["message"] for notice in metadata["notices"]
    ]


def ink(picture: Picture, channel: int) -> Box | None:
    """Return where the letters of a language are: light in its channel, dark in the other."""
    lit = (picture[:, :, channel] >= LIGHT) & (picture[:, :, 1 - channel] < LIGHT - 40)
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    if not rows.size:
        return None
    return Box(
        left=int(columns[0]), top=int(rows[0]), right=int(columns[-1]) + 1, bottom=int(rows[-1]) + 1
    )


def shown(pictures: list[Picture], channel: int) -> list[tuple[float, float]]:
    """Return from when until when a language is seen, in seconds."""
    seen = [ink(picture, channel) is not None for picture in pictures]
    edges = np.flatnonzero(np.diff(np.concatenate(([False], seen, [False])).astype(int)))
    return [(a / FPS, b / FPS) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def test_each_language_is_seen_at_the_times_that_both_share(
    film: tuple[list[Picture], list[str]],
) -> None:
    pictures, _ = film

    assert shown(pictures, RED) == [(1, 4), (5, 7), (8, 9)]
    # 甲 ends and 乙 begins far from any bound of the first track; 10 to 11 nobody else speaks.
    assert shown(pictures, GREEN) == [(1, 4), (5, 6), (6.4, 7), (10, 11)]


def test_no_line_moves_while_the_other_language_changes(
    film: tuple[list[Picture], list[str]],
) -> None:
    pictures, _ = film

    for start_s, end_s, channel in ((1, 4, RED), (5, 7, RED), (6.4, 7, GREEN)):
        shown_in = pictures[int(start_s * FPS) : int(end_s * FPS)]
        places = [box for picture in shown_in if (box := ink(picture, channel)) is not None]
        assert len(places) == len(shown_in)
        for sides in zip(*((b.left, b.top, b.right, b.bottom) for b in places), strict=True):
            # A key frame is coded a little otherwise.
            assert max(sides) - min(sides) <= 1
    tops = {box.top for at_s in (1.5, 3) if (box := ink(pictures[int(at_s * FPS)], GREEN))}
    assert max(tops) - min(tops) <= 2  # Other letters reach up to other heights.


def test_the_first_language_stands_above_the_second_and_both_can_be_read(
    film: tuple[list[Picture], list[str]],
) -> None:
    pictures, _ = film
    picture = pictures[int(1.5 * FPS)]

    upper, lower = ink(picture, RED), ink(picture, GREEN)

    assert upper is not None and lower is not None
    assert upper.bottom <= lower.top
    assert lower.top - upper.bottom < 30
    assert words_in(picture) == ["One sentence in one cue", "一句话"]


def test_what_was_moved_is_told_with_its_track(film: tuple[list[Picture], list[str]]) -> None:
    assert film[1] == [
        "Of the subtitles zh: Cues moved by up to 250 ms to begin or end with those of the first "
        "track: 4."
    ]


def test_one_box_stands_behind_both_and_does_not_flicker(burns: Burner, clip: Path) -> None:
    ground = {"backgroundColor": "#0000FF", "backgroundOpacity": 1}
    options = {"style": ground, "secondaryStyle": ground}
    first, second = vtt((1, 4, "One sentence in one cue")), vtt((1, 2, "一"), (2.06, 3.9, "二"))

    path, _ = burns.burn_two(clip, first, second, options)

    blue = [
        int(((picture[:, :, 2] > 200) & (picture[:, :, RED] < 80)).sum()) // 100
        for _, picture in frames(path)[: 5 * FPS]
    ]
    heights = [n > 0 for n in blue]
    assert heights == [FPS <= n < 4 * FPS for n in range(5 * FPS)]
    # 一 and 二 have not the same ink; the box is the same, also in the moment between them.
    boxes = {round(n, -1) for n in blue[FPS : 4 * FPS]}
    assert max(boxes) - min(boxes) <= 30


def test_emoji_of_both_tracks_have_their_colours(burns: Burner, clip: Path) -> None:
    plain = {"textColor": "#FFFFFF", "backgroundOpacity": 0}
    options = {"style": plain, "secondaryStyle": plain}
    path, metadata = burns.burn_two(clip, vtt((1, 2, "a 🍓")), vtt((1, 2, "b 🥝")), options)

    picture = frame_at(path, 1.5)
    drawn = metadata["drawn"]
    for one, (strong, weak) in zip(drawn, ((RED, GREEN), (GREEN, BLUE)), strict=True):
        line = picture[one["box"]["y"] : one["box"]["y"] + one["box"]["height"]]
        coloured = line[:, :, strong] - line[:, :, weak] > 80
        assert coloured.sum() > 20
    assert metadata["notices"] == []


@pytest.mark.parametrize(
    ("language", "family"),
    [
        ("zh-Hant", "Noto Sans CJK TC"),
        ("ja", "Noto Sans CJK JP"),
    ],
)
def test_han_has_the_shapes_of_its_track_s_language(
    burns: Burner, clip: Path, language: str, family: str
) -> None:
    _, metadata = burns.burn_two(
        clip, vtt((1, 2, "骨直角")), vtt((1, 2, "骨直角化")), second=language
    )

    first, second = metadata["drawn"]
    assert family in second["fonts"]
    assert "Noto Sans CJK SC" in first["fonts"]


def test_a_script_in_its_own_styling_is_not_joined(burns: Burner, clip: Path) -> None:
    script = (
        "[Script Info]\nScriptType: v4.00+\n[Events]\nFormat: Layer, Start, End, Style, Text\n"
        "Dialogue: 0,0:00:01.00,0:00:02.00,Default,words\n"
    )

    for first, second in ((script, SECOND), (SECOND, script)):
        job_id = burns.order_two(clip, first, second, {"assStyling": "keep"})
        error = burns.world.end_of(job_id)["error"]
        assert (error["code"], error["retryable"]) == ("subtitles_invalid", False)
        assert "cannot be joined with a second track" in error["message"]
    # Restyled it is.
    burns.burn_two(clip, SECOND, script)


def test_a_track_that_cannot_be_read_is_named(burns: Burner, clip: Path) -> None:
    job_id = burns.order_two(clip, FIRST, "WEBVTT\n\nnothing")

    error = burns.world.end_of(job_id)["error"]
    assert error["code"] == "subtitles_invalid"
    assert error["message"].startswith("Of the subtitles 2: ")
