"""Whether letters are in a frame is told from the frame, whatever the picture behind them is."""

import pytest
from burner.seen import Drawn, contrast, seen_share
from PIL import Image, ImageDraw, ImageFilter

SIZE = (200, 60)


def letters(ground: Image.Image, ink: int = 235, rim: int | None = None) -> Image.Image:
    """Return *ground* with bars as thin as letters."""
    picture = ground.copy()
    draw = ImageDraw.Draw(picture)
    for x in range(20, 180, 12):
        if rim is not None:
            draw.rectangle((x - 2, 13, x + 5, 47), fill=rim)
        draw.rectangle((x, 15, x + 3, 45), fill=ink)
    return picture


def plain(luma: int) -> Image.Image:
    """Return a picture of one brightness."""
    return Image.new("L", SIZE, luma)


def drawn(ink: int = 235, rim: int | None = None, opacity: float = 1.0) -> Drawn:
    """Return what a layer of *letters* is alone."""
    grounds = plain(16), plain(235)
    over = [Image.blend(ground, letters(ground, ink, rim), opacity) for ground in grounds]
    stacked = Image.new("L", (SIZE[0], 3 * SIZE[1]))
    for number, part in enumerate((*over, letters(plain(16)))):
        stacked.paste(part, (0, number * SIZE[1]))
    made = Drawn.of(stacked)
    assert made is not None
    return made


def noise() -> Image.Image:
    """Return a picture of much detail."""
    return Image.effect_noise(SIZE, 90)


@pytest.mark.parametrize("ground", [plain(16), plain(120), plain(235), noise()])
def test_letters_are_seen_on_any_picture(ground: Image.Image) -> None:
    assert seen_share(letters(ground), drawn(), opaque=True) == 1.0


@pytest.mark.parametrize("ground", [plain(16), plain(120), noise().point(lambda v: v // 2)])
def test_letters_that_are_not_there_are_missed(ground: Image.Image) -> None:
    share = seen_share(ground, drawn(), opaque=True)

    assert share is not None
    assert share < 0.1


def test_half_of_the_letters_is_half() -> None:
    frame = letters(plain(60))
    frame.paste(60, (100, 0, *SIZE))

    assert seen_share(frame, drawn(), opaque=True) == pytest.approx(0.5, abs=0.06)


def test_an_encoder_may_blur_letters() -> None:
    frame = letters(plain(120)).filter(ImageFilter.GaussianBlur(0.7))

    share = seen_share(frame, drawn(), opaque=True)

    assert share is not None
    assert share > 0.9


def test_letters_that_fade_are_told_only_where_they_have_to_be_opaque() -> None:
    faded = drawn(opacity=0.3)

    assert seen_share(plain(120), faded, opaque=False) is None
    assert seen_share(plain(120), faded, opaque=True) == 0.0


def test_of_a_dozen_pixels_nothing_is_told() -> None:
    few = Image.new("L", (SIZE[0], 3 * SIZE[1]), 16)
    few.paste(235, (10, 2 * SIZE[1] + 10, 14, 2 * SIZE[1] + 13))

    made = Drawn.of(few)

    assert made is not None
    assert seen_share(plain(120), made, opaque=True) is None


def test_where_no_letter_is_drawn_there_is_nothing_to_see() -> None:
    assert Drawn.of(Image.new("L", (SIZE[0], 3 * SIZE[1]), 16)) is None


@pytest.mark.parametrize("ground", [plain(16), plain(120), plain(235)])
def test_a_picture_without_letters_has_no_contrast_in_their_shape(ground: Image.Image) -> None:
    assert contrast(ground, drawn()) == 0
    assert contrast(letters(ground, rim=16), drawn()) == pytest.approx(219, abs=1)


def test_detail_of_a_picture_is_hardly_any_contrast() -> None:
    assert abs(contrast(noise(), drawn())) < 12
