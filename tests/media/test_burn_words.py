"""The words that are burned can be read where and when a cue has them, in two scripts."""

from pathlib import Path

import numpy as np

from tests.media.burning import Burner, vtt
from tests.media.pictures import H264, ffmpeg, frames
from tests.media.reading import words_in

LATIN = ["The quick brown fox", "Harbour"]
HAN = ["敏捷的棕色狐狸", "春天来了"]
WORDS = [word for pair in zip(LATIN, HAN, strict=True) for word in pair]


def test_each_cue_can_be_read_in_its_time_and_nothing_stands_beside_it(
    burns: Burner, tmp_path: Path
) -> None:
    clip = tmp_path / "dark.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", f"color=c=0x102030:s=640x360:r=10:d={len(WORDS)}"),
        *(*H264, str(clip)),
    )
    cues = vtt(*((n + 0.2, n + 0.8, word) for n, word in enumerate(WORDS)))

    pictures = [
        picture for _, picture in frames(burns.burn(clip, cues, {"style": {"fontSize": 60}}))
    ]

    for number, word in enumerate(WORDS):
        before, shown, after = (pictures[number * 10 + at] for at in (1, 5, 9))
        for empty in (before, after):
            assert np.abs(empty - empty[0, 0]).max() < 12, f"something stands beside {word}"
        assert words_in(shown) == [word]


def test_both_languages_of_a_cue_can_be_read_one_below_the_other(
    burns: Burner, tmp_path: Path
) -> None:
    clip = tmp_path / "dark.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=640x360:r=10:d=0.3,eq=brightness=-0.5"),
        *(*H264, str(clip)),
    )

    output = burns.burn(
        clip,
        vtt((0, 1, "Good evening\n晚上好")),
        {
            "bilingual": True,
            "preset": "contrast",
            "style": {"fontSize": 72},
            "secondaryStyle": {"fontSize": 60},
        },
    )

    lines = words_in(frames(output)[1][1])
    assert lines.index("Good evening") < lines.index("晚上好")


def test_cues_that_are_cut_anew_are_read_in_their_new_lines_and_times(
    burns: Burner, tmp_path: Path
) -> None:
    clip = tmp_path / "dark.mp4"
    ffmpeg(*("-f", "lavfi", "-i", "color=c=0x102030:s=640x360:r=5:d=4"), *(*H264, str(clip)))
    cues = vtt((0, 2, "Nobody has ever seen the"), (2, 4, "harbour. Ships are rare here."))

    pictures = [
        picture
        for _, picture in frames(burns.burn(clip, cues, {"recut": {}, "style": {"fontSize": 60}}))
    ]

    said = "Nobody has ever seen the harbour. Ships are rare here."
    assert [" ".join(words_in(pictures[at])) for at in (5, 18)] == [said, said]
