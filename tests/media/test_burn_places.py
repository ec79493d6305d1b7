"""Where burned text stands, and how large it is: L01 to L12 and L17, files as people have them.

Looked at in the frames: nothing here knows how the burner lays text out.
"""

import importlib.util
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.media.burning import Burner
from tests.media.pictures import H264, Box, Picture, ffmpeg, frame_at

CASES = Path(__file__).parents[1] / "vectors/cases/subtitles"
LIGHT = 150
"""From this on, of 255, in its brightest channel, a pixel is ink: the ground is at most 64."""


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The clips of the cases, as short as their cues."""
    folder = tmp_path_factory.mktemp("clips")
    made = {}
    for name, size, seconds in (
        ("wide", "1280x720", 7),
        ("upright", "1080x1920", 2),
        ("small", "640x360", 12),
        ("strip", "1920x200", 2),
    ):
        made[name] = folder / f"{name}.mp4"
        source = f"color=c=0x203040:s={size}:d={seconds}:r=5"
        ffmpeg("-f", "lavfi", "-i", source, *H264, str(made[name]))
    return made


def case(name: str) -> bytes:
    """Return a file of the cases."""
    return (CASES / name).read_bytes()


def burned(
    burns: Burner,
    clip: Path,
    subtitles: bytes,
    options: Mapping[str, object] | None = None,
    time_s: float = 0.5,
) -> Picture:
    """Burn, and return one frame."""
    return frame_at(burns.burn(clip, subtitles, options), time_s)


def ink_in(picture: Picture) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return which pixels are letters."""
    lit: np.ndarray[tuple[int, int], np.dtype[np.bool_]] = picture.max(axis=2) >= LIGHT
    return lit


def ink_box(picture: Picture) -> Box:
    """Return the rectangle around all letters."""
    lit = ink_in(picture)
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    assert rows.size, "no letters"
    return Box(
        left=int(columns[0]), top=int(rows[0]), right=int(columns[-1]) + 1, bottom=int(rows[-1]) + 1
    )


def lines_in(picture: Picture) -> list[Box]:
    """Return the rectangles around the lines: stretches of rows with letters."""
    lit = ink_in(picture)
    filled = lit.any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], filled, [False])).astype(int)))
    boxes = []
    for top, bottom in zip(edges[::2], edges[1::2], strict=True):
        columns = np.flatnonzero(lit[top:bottom].any(axis=0))
        boxes.append(
            Box(
                left=int(columns[0]),
                top=int(top),
                right=int(columns[-1]) + 1,
                bottom=int(bottom),
            )
        )
    return boxes


def are_within(picture: Picture, left: float, right: float) -> bool:
    """Whether all letters lie between these shares of the width, and off the other edges."""
    height, width, _ = picture.shape
    box = ink_box(picture)
    return (
        box.left >= left * width
        and box.right <= right * width
        and box.top > 0
        and box.bottom < height
    )


BARE = {"style": {"backgroundOpacity": 0}}


def test_l01_a_long_chinese_line_is_two_even_lines_and_nothing_of_it_is_lost(
    burns: Burner, clips: dict[str, Path]
) -> None:
    whole = burned(burns, clips["wide"], case("chinese-long.vtt"))
    text = case("chinese-long.vtt").decode()
    cue = text.split("\n")[-2]
    by_hand = burned(burns, clips["wide"], text.replace(cue, f"{cue[:26]}\n{cue[26:]}").encode())

    assert are_within(whole, 0.05, 0.95)
    first, second = lines_in(whole)
    assert first.width == pytest.approx(second.width, rel=0.1)
    assert ink_in(whole).sum() == pytest.approx(ink_in(by_hand).sum(), rel=0.1)


def test_l02_both_languages_stay_in_an_upright_picture(
    burns: Burner, clips: dict[str, Path]
) -> None:
    options = {"preset": "bold", "bilingual": True}

    assert are_within(
        burned(burns, clips["upright"], case("chinese-everyday.vtt"), options), 0.05, 0.95
    )


@pytest.mark.parametrize("name", ["khmer.vtt", "lao.vtt"])
def test_l03_scripts_without_spaces_are_broken_at_words(
    burns: Burner, clips: dict[str, Path], name: str
) -> None:
    picture = burned(burns, clips["wide"], case(name), BARE)

    assert are_within(picture, 0.05, 0.95)
    # Signs above and below may leave rows between them free: the two lines are those of width.
    widths = [box.width for box in lines_in(picture) if box.width > 640]
    assert len(widths) == 2
    assert min(widths) > 0.8 * max(widths)


def test_l04_a_word_longer_than_a_line_is_broken(burns: Burner, clips: dict[str, Path]) -> None:
    picture = burned(burns, clips["upright"], case("german-word.vtt"))

    assert are_within(picture, 0.05, 0.95)
    assert len(lines_in(picture)) > 1


def test_l05_text_keeps_within_the_margins_that_are_asked_for(
    burns: Burner, clips: dict[str, Path]
) -> None:
    picture = burned(burns, clips["wide"], case("chinese-long.vtt"), {"style": {"marginH": 400}})

    assert are_within(picture, 0.208, 0.792)


@pytest.mark.parametrize("overlay", ["hint", "watermark"])
def test_l06_a_long_hint_or_watermark_stays_in_the_picture(
    burns: Burner, clips: dict[str, Path], overlay: str
) -> None:
    options = {overlay: {"text": "水" * 45}}
    far = b"WEBVTT\n\n00:06.000 --> 00:06.500\nfar\n"

    assert are_within(burned(burns, clips["wide"], far, options), 0.02, 0.98)


def test_l07_a_tall_cue_begins_in_the_picture(burns: Burner, clips: dict[str, Path]) -> None:
    output = burns.burn(clips["wide"], case("twenty-five-lines.vtt"), BARE)

    tall, prose = frame_at(output, 0.5), frame_at(output, 1.4)
    assert are_within(tall, 0.05, 0.95)
    assert len([box for box in lines_in(tall) if box.height > 6]) == 25
    assert are_within(prose, 0.05, 0.95)


@pytest.mark.parametrize("preset", ["default", "bold", "tiktok"])
def test_l08_upright_text_stands_above_the_controls_of_apps(
    burns: Burner, clips: dict[str, Path], preset: str
) -> None:
    picture = burned(burns, clips["upright"], case("short.vtt"), {"preset": preset}, 1.0)

    box = ink_box(picture)
    assert box.bottom <= 0.82 * 1920
    assert box.width <= 0.8 * 1080


def colours_in(picture: Picture) -> set[str]:
    """Return which of white and yellow the letters have."""
    lit = picture[picture.max(axis=2) >= 240]
    blue = lit[:, 2]
    return {
        name
        for name, share in (("white", (blue > 225).mean()), ("yellow", (blue < 170).mean()))
        if share > 0.1
    }


def test_l09_two_lines_of_one_language_have_one_style(
    burns: Burner, clips: dict[str, Path]
) -> None:
    picture = burned(
        burns, clips["wide"], case("two-english-lines.vtt"), {"bilingual": True, **BARE}
    )

    assert colours_in(picture) == {"white"}
    first, second = lines_in(picture)
    assert first.height == pytest.approx(second.height, abs=4)


def test_l10_one_line_of_one_language_and_two_of_the_other_have_a_style_each(
    burns: Burner, clips: dict[str, Path]
) -> None:
    options = {"bilingual": True, "style": {"textColor": "#FFFFFF"}}

    picture = burned(burns, clips["wide"], case("one-and-two.vtt"), options)

    english, *chinese = lines_in(picture)
    assert colours_in(picture[english.top : english.bottom]) == {"white"}
    assert len(chinese) == 2
    for line in chinese:
        assert colours_in(picture[line.top : line.bottom]) == {"yellow"}


SCRIPTS = {
    "العربية": "NotoSansArabic",
    "မြန်မာ": "NotoSansMyanmar",
    "ខ្មែរ": "NotoSansKhmer",
    "ಕನ್ನಡ": "NotoSansKannada",
    "മലയാളം": "NotoSansMalayalam",
    "ລາວ": "NotoSansLao",
}


def drawn_height(text: str, file: str, em: int) -> int:
    """Return the height of *text* by Pillow, in a face of its own at *em* pixels."""
    spec = importlib.util.find_spec("manimgx_fonts")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / f"{file}[wght].ttf"
    font = ImageFont.truetype(path, em, layout_engine=ImageFont.Layout.RAQM)
    image = Image.new("L", (20 * em, 6 * em))
    ImageDraw.Draw(image).text((em, 2 * em), text, fill=255, font=font)
    box = image.point(lambda value: 255 if value >= 128 else 0).getbbox()
    assert box is not None
    return box[3] - box[1]


def test_l11_every_script_has_the_size_of_the_latin_letters(
    burns: Burner, clips: dict[str, Path]
) -> None:
    options = {"style": {"backgroundOpacity": 0, "fontSize": 72}}
    output = burns.burn(clips["wide"], case("script-sizes.vtt"), options)

    shares = {}
    for number, (text, file) in enumerate(SCRIPTS.items()):
        picture = frame_at(output, number + 0.5)
        # The Latin H stands by itself at the left; the word begins behind the first gap.
        columns = np.flatnonzero(ink_in(picture).any(axis=0))
        begin = int(columns[np.flatnonzero(np.diff(columns) > 8)[0] + 1])
        word = ink_box(picture[:, begin:])
        # 72 of 1080 lines are 48 of 720.
        shares[text] = word.height / drawn_height(text, file, 48)
    assert all(0.9 <= share <= 1.15 for share in shares.values()), shares


def test_l12_a_twelfth_script_looks_as_it_does_alone(burns: Burner, clips: dict[str, Path]) -> None:
    text = case("twelve-scripts.vtt").decode()
    cues = [block.split("\n")[1] for block in text.split("\n\n")[1:]]
    assert len(cues) == 12
    output = burns.burn(clips["small"], text.encode(), BARE)

    for number in (9, 10, 11):
        alone = f"WEBVTT\n\n00:00.000 --> 00:01.000\n{cues[number]}\n"
        among = frame_at(output, number + 0.5)
        by_itself = burned(burns, clips["small"], alone.encode(), BARE)
        lit, wanted = ink_in(among), ink_in(by_itself)
        assert (lit ^ wanted).sum() <= 0.15 * wanted.sum(), cues[number]


def test_l17_text_in_a_strip_can_be_read(burns: Burner, clips: dict[str, Path]) -> None:
    picture = burned(burns, clips["strip"], case("short.vtt"), BARE, 1.0)

    assert ink_box(picture).height >= 14


def test_lines_stand_closer_than_the_font_s_own_line_height(
    burns: Burner, clips: dict[str, Path]
) -> None:
    style = {"style": {"backgroundOpacity": 0, "fontSize": 72}}
    picture = burned(burns, clips["wide"], b"WEBVTT\n\n00:00.000 --> 00:01.000\nHxH\nHxH\n", style)

    first, second = lines_in(picture)
    assert (second.bottom - first.bottom) / 48 == pytest.approx(1.2, abs=0.05)
