"""The burner's pictures, looked at: when text is there, where, how large and in which colours."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.media.burning import Burner, vtt
from tests.media.pictures import (
    Box,
    Picture,
    difference,
    ffmpeg,
    frame_at,
    frames,
    plain_clip,
    rows_near,
)
from tests.media.reading import line_in

CUE = vtt((0.0, 1.0, "Hello"))
LITERAL: dict[str, object] = {"style": {"backgroundOpacity": 0, "textColor": "#FFFFFF"}}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Clips of one colour, 25 frames a second, by height."""
    folder = tmp_path_factory.mktemp("plain")
    clips = {}
    for height, seconds in ((360, 2.0), (480, 0.2), (1080, 0.2), (2160, 0.08)):
        size = f"{height * 16 // 9 // 2 * 2}x{height}"
        clips[height] = plain_clip(folder / f"{height}.mp4", size, seconds)
    return clips


def drawn(burns: Burner, clip: Path, subtitles: str, options: Mapping[str, object]) -> Box:
    """Return where the first frame of the burned clip differs from its source."""
    box = difference(frame_at(burns.burn(clip, subtitles, options), 0), frame_at(clip, 0))
    assert box is not None, "nothing was drawn"
    return box


def test_text_is_there_from_its_first_frame_to_its_last_and_in_no_other(
    burns: Burner, plain: dict[int, Path]
) -> None:
    output = burns.burn(plain[360], vtt((0.48, 1.2, "There"), (1.6, 1.8, "Again")))

    ground = frame_at(plain[360], 0)
    shown = [n for n, (_, picture) in enumerate(frames(output)) if difference(picture, ground)]
    # 25 frames a second: 0.48 s is frame 12, 1.2 s is frame 30, 1.6 s is 40, 1.8 s is 45.
    assert shown == [*range(12, 30), *range(40, 45)]


@pytest.mark.parametrize(
    ("opacity", "expected"),
    [
        # 255·o + 64·(1−o), 51·o + 96·(1−o), 0·o + 128·(1−o)
        (1.0, (255, 51, 0)),
        (0.5, (160, 74, 64)),
        (0.25, (112, 85, 96)),
    ],
)
@pytest.mark.parametrize("outline_width", [0, 4])
def test_the_box_has_the_chosen_colour_and_opacity_and_the_text_its_own(
    burns: Burner,
    plain: dict[int, Path],
    opacity: float,
    expected: tuple[int, int, int],
    outline_width: int,
) -> None:
    style = {
        "fontSize": 72,
        "textColor": "#00FF00",
        "outlineColor": "#FFFFFF",
        "outlineWidth": outline_width,
        "backgroundColor": "#FF3300",
        "backgroundOpacity": opacity,
    }

    output = burns.burn(plain[1080], CUE, {"style": style})

    picture = frame_at(output, 0)
    box = difference(picture, frame_at(plain[1080], 0))
    assert box is not None
    # Just inside the box's left edge there is no text.
    edge = picture[box.top + 6 : box.bottom - 6, box.left + 4 : box.left + 8]
    assert np.abs(edge.mean(axis=(0, 1)) - np.array(expected)).max() <= 6
    assert rows_near(picture, (0, 255, 0))
    assert bool(rows_near(picture, (255, 255, 255))) is (outline_width > 0)


def test_text_is_the_same_share_of_the_height_in_every_size(
    burns: Burner, plain: dict[int, Path]
) -> None:
    style: dict[str, object] = {"style": {"fontSize": 72, "backgroundOpacity": 0}}

    shares = {
        height: drawn(burns, plain[height], vtt((0, 1, "HHH")), style).height / height
        for height in (480, 1080, 2160)
    }

    # The capitals of Noto Sans are 0.714 of its em; 72 of 1080 lines is a fifteenth.
    # A row at each edge, and one more where colour is stored for two rows at a time.
    assert shares == {height: pytest.approx(0.714 / 15, abs=3.3 / height) for height in shares}


@pytest.mark.parametrize(("position", "where"), [("top", 0.05), ("center", 0.5), ("bottom", 0.95)])
def test_text_stands_where_it_was_asked_for(
    burns: Burner, plain: dict[int, Path], position: str, where: float
) -> None:
    options: dict[str, object] = {"style": {"position": position, "marginV": 54}}

    box = drawn(burns, plain[480], CUE, options)

    centre = (box.top + box.bottom) / 2 / 480
    nearest = {"top": box.top, "center": (box.top + box.bottom) / 2, "bottom": box.bottom}[position]
    # 54 of 1080 lines is a twentieth of the height.
    assert nearest / 480 == pytest.approx(where, abs=0.012)
    assert abs(centre - where) < 0.1
    assert abs((box.left + box.right) / 2 - 853 / 2) < 8


def test_two_languages_stand_one_below_the_other_in_their_own_colours(
    burns: Burner, plain: dict[int, Path]
) -> None:
    options = {
        "bilingual": True,
        "style": {"textColor": "#FF0000"},
        "secondaryStyle": {"textColor": "#00FF00", "fontSize": 36},
    }

    output = burns.burn(plain[1080], vtt((0, 1, "First line\n第二行\nthird")), options)

    red, green = (rows_near(frame_at(output, 0), rgb) for rgb in ((255, 0, 0), (0, 255, 0)))
    assert red
    assert green
    assert max(red) < min(green)
    # Two lines of 36 are higher than one of 48.
    assert max(green) - min(green) > max(red) - min(red)


def test_boxes_of_cues_at_the_same_time_stand_apart(burns: Burner, plain: dict[int, Path]) -> None:
    style = {"backgroundColor": "#000000", "backgroundOpacity": 0.5}
    output = burns.burn(plain[1080], vtt((0, 1, "one"), (0, 1, "two")), {"style": style})

    picture = frame_at(output, 0)
    box = difference(picture, frame_at(plain[1080], 0))
    assert box is not None
    column = picture[box.top + 4 : box.bottom - 4, box.left + 6].mean(axis=1)
    # Half of 64, 96, 128, the ground itself between them, and nowhere a quarter.
    assert column.min() > 48 - 8
    assert 3 <= (column > 96 - 8).sum() <= 12


HOSTILE = [
    r"{\pos(5,5)}abc",
    r"{\an7}abc",
    r"{\fs200}abc",
    r"a\Nb",
    r"a\nb",
    "{=9}abc",
    r"{\p1}m 0 0 l 100 100",
    r"abc{",
    r"\{\fs200}abc",
    r"\\{\fs200}abc",
    "a%{pts}b",
    "it's: a, [b]; c=d",
    "',drawbox=c=red,'",
    "&lt;b&gt;abc",
    "{\\t(0,1000,\\fs200)}abc",
    "a\\hb",
    "}{\\fad(500,500)}abc",
    "Dialogue: 0,0:23:45.67,0:23:54.76,Primary,,0,0,0,,x",
    "a{\\r}b",
    "-vf drawtext=text=x",
]


def ttml(*cues: tuple[float, float, str]) -> str:
    """Return a TTML file: of all kinds the one whose text means what it says, braces and all."""
    rows = (
        f'<p begin="{start:.3f}s" end="{end:.3f}s">'
        + html.escape(html.unescape(text)).replace("\n", "<br/>")
        + "</p>"
        for start, end, text in cues
    )
    return f'<tt xmlns="http://www.w3.org/ns/ttml"><body><div>{"".join(rows)}</div></body></tt>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The frame with a hostile text, where the text is, and where as many harmless letters are."""

    picture: Picture
    box: Box
    reference: Box


@pytest.fixture(scope="module")
def hostile(burns: Burner, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Drawn]:
    """Each hostile text as it is drawn."""
    clip = tmp_path_factory.mktemp("long") / "long.mp4"
    plain_clip(clip, "852x480", len(HOSTILE) * 0.2)
    harmless = ["Qg|" + re.sub(r"\W", "-", html.unescape(text)) for text in HOSTILE]
    first, second = (
        frames(
            burns.burn(clip, ttml(*((n / 5, n / 5 + 0.2, t) for n, t in enumerate(texts))), LITERAL)
        )
        for texts in (HOSTILE, harmless)
    )
    ground = frame_at(clip, 0)
    texts_drawn = {}
    for n, text in enumerate(HOSTILE):
        picture = first[n * 5 + 2][1]
        box, reference = difference(picture, ground), difference(second[n * 5 + 2][1], ground)
        assert box is not None, text
        assert reference is not None
        texts_drawn[text] = Drawn(picture=picture, box=box, reference=reference)
    return texts_drawn


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_drawn_as_one_line_at_its_place(
    hostile: dict[str, Drawn], text: str
) -> None:
    box, reference = hostile[text].box, hostile[text].reference

    assert box.height <= reference.height + 1
    assert box.bottom <= reference.bottom + 1
    assert box.top >= reference.top - 1
    assert abs((box.left + box.right) / 2 - 852 / 2) < 8


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_can_be_read_literally(hostile: dict[str, Drawn], text: str) -> None:
    read = line_in(hostile[text].picture, hostile[text].box)

    # Upright strokes are taken for each other; every other letter and digit of the markup is there.
    uncertain = r"[\W_1lI]"
    assert re.sub(uncertain, "", read) == re.sub(uncertain, "", html.unescape(text))


def test_markup_of_ass_takes_the_place_of_its_characters(
    burns: Burner, plain: dict[int, Path]
) -> None:
    pairs = [(r"a\Nb", "a\nb"), (r"{\b1}abc", "abc"), (r"a\hb", "a b"), (r"\{abc", "{abc")]
    texts = [text for pair in pairs for text in pair]
    cues = ttml(*((n * 0.2, n * 0.2 + 0.2, text) for n, text in enumerate(texts)))

    pictures = frames(burns.burn(plain[360], cues, LITERAL))

    ground = frame_at(plain[360], 0)
    boxes = [difference(pictures[n * 5 + 2][1], ground) for n in range(len(texts))]
    for literal, interpreted in zip(boxes[::2], boxes[1::2], strict=True):
        assert literal is not None
        assert interpreted is not None
        assert literal.width > interpreted.width + 3


def test_every_script_is_drawn_and_not_as_boxes(burns: Burner, plain: dict[int, Path]) -> None:
    pairs = ["直骨", "한국", "ひら", "ابت", "हिन", "ไทย", "אבג", "😀👍"]
    cues = vtt(*((n * 0.2, n * 0.2 + 0.2, text) for n, text in enumerate(pairs)))

    pictures = frames(burns.burn(plain[360], cues, LITERAL))

    drawn_texts = [pictures[n * 5 + 2][1] for n in range(len(pairs))]
    ground = frame_at(plain[360], 0)
    for n, picture in enumerate(drawn_texts):
        assert difference(picture, ground) is not None, pairs[n]
        # Boxes would look alike; letters of two scripts do not.
        for other in drawn_texts[:n]:
            assert difference(picture, other) is not None


def test_text_in_wide_pixels_keeps_its_shape(burns: Burner, tmp_path: Path) -> None:
    square, wide = tmp_path / "square.mp4", tmp_path / "wide.mp4"
    for path, size, aspect in ((square, "640x360", "1"), (wide, "480x360", "4/3")):
        ffmpeg(
            *("-f", "lavfi", "-i", f"color=c=0x406080:s={size}:r=25:d=0.2"),
            *("-vf", f"setsar={aspect}", "-c:v", "libx264", "-pix_fmt", "yuv420p", str(path)),
        )
    style: dict[str, object] = {"style": {"fontSize": 72, "backgroundOpacity": 0}}

    in_square = drawn(burns, square, vtt((0, 1, "OOOO")), style)
    in_wide = drawn(burns, wide, vtt((0, 1, "OOOO")), style)

    assert in_wide.height == pytest.approx(in_square.height, abs=2)
    assert in_wide.width * 4 / 3 == pytest.approx(in_square.width, abs=4)
