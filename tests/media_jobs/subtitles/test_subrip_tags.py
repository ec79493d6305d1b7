"""Tags of SubRip in the shapes that people and programs leave them in: what they look like."""

import pytest

from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.reader import read_subtitles

TIMES = "1\n00:00:01,000 --> 00:00:02,000\n"


def cue_of(text: str) -> Cue:
    (cue,) = read_subtitles(f"{TIMES}{text}\n").cues()
    return cue


def looks(cue: Cue) -> list[tuple[str, bool, str | None]]:
    """Return text, slant and colour of each span."""
    return [(span.text, span.italic, span.colour) for line in cue.lines for span in line]


@pytest.mark.parametrize(
    "text",
    ["< i >a</ i >b", "< I>a< / i>b", "＜i＞a＜／i＞b", "{ \\I1}a{＼i0}b", "<i>a</ i >b"],
)
def test_spoilt_tags_say_what_they_said(text: str) -> None:
    assert looks(cue_of(text)) == [("a", True, None), ("b", False, None)]


@pytest.mark.parametrize(
    "text",
    [
        '<Font color = "# ffff00">a</ font >b',
        "<FONT COLOR=“##ffff00”>a</FONT>b",
        "< font color=＃ffff00 >a< / font >b",
        "{\\ c & H00FFFF &}a{\\ c}b",
        '<span style="background-color: red; color: yellow">a</span>b',
        "&lt;font color=&quot;yellow&quot;&gt;a&lt;/font&gt;b",
    ],
)
def test_spoilt_colours_are_followed(text: str) -> None:
    assert looks(cue_of(text)) == [("a", False, "#ffff00"), ("b", False, None)]


@pytest.mark.parametrize("text", ["<b>x</b>y", "<p>x</p>y", "<c.loud>x</c>y", "<v Ann>xy"])
def test_known_tags_are_no_text(text: str) -> None:
    assert cue_of(text).text == "xy"
