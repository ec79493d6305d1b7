"""What a burn will look like, asked of the burner before it is made, and the burn itself."""

from io import BytesIO
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from dev.engines.stage import padded
from tests.media.burning import Burner, vtt
from tests.media.cases import case
from tests.media.pictures import (
    DIFFERENT,
    Box,
    Picture,
    difference,
    frame_at,
    mean_difference,
    plain_clip,
)

CASES = Path(__file__).parents[1] / "vectors/cases/subtitles"
WORDS = "<00:00:00.000>one <00:00:00.400>two 😀 <00:00:00.700>three"


@pytest.fixture(scope="module")
def clips(burns: Burner) -> dict[str, Path]:
    """A second of one colour, in three shapes."""
    shapes = ("1920x1080", "1080x1920", "640x360")
    return {shape: plain_clip(burns.folder / f"{shape}.mp4", shape, 1) for shape in shapes}


def previewed(burns: Burner, text: str, **fields: object) -> httpx.Response:
    answer = burns.engine.post(
        "/preview", {"type": "container.preview", "subtitles": text, **fields}
    )
    assert answer.status_code in (200, 202), answer.text
    return answer


def test_both_tracks_stand_in_the_preview_as_they_are_burned(
    burns: Burner, clips: dict[str, Path]
) -> None:
    first, second = vtt((0, 1, "One sentence, 😀")), vtt((0.1, 0.5, "一句"), (0.5, 0.9, "话"))
    path, _ = burns.burn_two(clips["640x360"], first, second, second="zh-Hant")
    languages = {"subtitles-secondary": "zh-Hant"}
    asked = {"subtitlesSecondary": second, "inputLanguages": languages}
    size = {"sourceWidth": 640, "sourceHeight": 360}

    answer = previewed(burns, first, **asked, **size, atS=0, untilS=1)

    ground = frame_at(clips["640x360"], 0)
    drawn = layers(answer, ground)
    assert [time_ms for time_ms, _ in drawn][:2] == [0, 500]
    for time_ms, picture in drawn[:2]:
        assert mean_difference(picture, frame_at(path, time_ms / 1000 + 0.2)) < 1


def numbers(answer: httpx.Response, header: str) -> list[int]:
    return [int(number) for number in answer.headers[header].split(",")]


def layers(answer: httpx.Response, ground: Picture) -> list[tuple[int, Picture]]:
    """Return when each picture of the text begins, and it in its place over a frame."""
    strip = Image.open(BytesIO(answer.content))
    width, height = numbers(answer, "x-layer-size")
    x, y, part_width, part_height = numbers(answer, "x-layer-box")
    *times, _ = numbers(answer, "x-layer-times-ms")
    assert strip.size == (part_width, part_height * len(times))
    found = []
    for number, time_ms in enumerate(times):
        whole = Image.fromarray(ground.astype(np.uint8)).convert("RGBA")
        assert whole.size == (width, height)
        cut = strip.crop((0, number * part_height, part_width, (number + 1) * part_height))
        whole.alpha_composite(cut.convert("RGBA"), (x, y))
        found.append((time_ms, np.asarray(whole.convert("RGB")).astype(np.int16)))
    return found


def apart(one: Box | None, other: Box | None) -> int:
    """Return how many pixels the edges of two boxes are apart at most."""
    assert one is not None
    assert other is not None
    edges = zip(
        (one.left, one.top, one.right, one.bottom),
        (other.left, other.top, other.right, other.bottom),
        strict=True,
    )
    return max(abs(a - b) for a, b in edges)


def disagreement(shown: Picture, burned: Picture, plain: Picture) -> float:
    """Return of how much of what is drawn on *plain* only one of two pictures has."""
    marks = [np.abs(picture - plain).max(axis=2) > DIFFERENT for picture in (shown, burned)]
    return float((marks[0] ^ marks[1]).sum() / (marks[0] | marks[1]).sum())


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        pytest.param(
            "1920x1080", {"watermark": {"text": "Mark", "opacity": 0.3}}, marks=pytest.mark.long
        ),
        ("1080x1920", {"preset": "reels", "hint": {"text": "字幕 hint 😀", "bold": True}}),
    ],
)
def test_u03_the_text_alone_is_what_is_burned(
    burns: Burner, clips: dict[str, Path], shape: str, options: dict[str, object]
) -> None:
    text = (CASES / "chinese-long.vtt").read_text()
    plain = frame_at(clips[shape], 0.5)
    burned = frame_at(burns.burn(clips[shape], text, {**options, "quality": "high"}), 0.5)
    width, height = (int(side) for side in shape.split("x"))
    looks = {"engineOptions": options, "sourceWidth": width, "sourceHeight": height}

    ((_, shown),) = layers(previewed(burns, text, atS=0.5, **looks), plain)

    assert apart(difference(shown, plain), difference(burned, plain)) <= 2
    assert disagreement(shown, burned, plain) < 0.03


def test_each_word_lights_up_in_the_preview_when_it_does_in_the_burn(
    burns: Burner, clips: dict[str, Path]
) -> None:
    text, options = vtt((0, 1, WORDS)), {"preset": "karaoke"}
    burned = burns.burn(clips["640x360"], text, {**options, "quality": "high"})
    size = {"sourceWidth": 640, "sourceHeight": 360}

    answer = previewed(burns, text, atS=0.1, untilS=0.9, engineOptions=options, **size)
    shown = layers(answer, frame_at(clips["640x360"], 0.5))

    assert [time_ms for time_ms, _ in shown] == [0, 400, 700]
    for time_ms, layer in shown:
        assert mean_difference(layer, frame_at(burned, time_ms / 1000 + 0.1)) < 1
        others = [other for at_ms, other in shown if at_ms != time_ms]
        assert all(difference(layer, other) is not None for other in others)


def test_nothing_is_drawn_of_a_time_without_text_which_lasts_until_the_next(
    burns: Burner,
) -> None:
    text = vtt((1, 2, "One"), (4, 5, "Two"))

    answer = previewed(burns, text, atS=3)

    assert numbers(answer, "x-layer-times-ms") == [2000, 4000]
    assert "x-missing-glyphs" not in answer.headers
    assert Image.open(BytesIO(answer.content)).getchannel("A").getextrema() == (0, 0)


def test_the_characters_of_the_whole_text_that_no_font_has_are_named(burns: Burner) -> None:
    answer = previewed(burns, vtt((0, 1, "Seen 见 👩‍🚀"), (2, 3, "\uf8d0 and \uf8d1")), atS=10)

    assert answer.headers["x-missing-glyphs"] == "U+F8D0,U+F8D1"


def test_a_larger_picture_is_drawn_smaller_in_the_same_places(burns: Burner) -> None:
    text = vtt((0, 1, "Where it stands"))

    def box(width: int, height: int) -> list[float]:
        answer = previewed(burns, text, atS=0.5, sourceWidth=width, sourceHeight=height)
        drawn = numbers(answer, "x-layer-size")
        sides = numbers(answer, "x-layer-box")
        return [side / drawn[at % 2] for at, side in enumerate(sides)]

    assert box(3840, 2160) == pytest.approx(box(1920, 1080), abs=0.002)


def test_a_script_in_its_own_styling_is_drawn_in_it(burns: Burner) -> None:
    text = (CASES / "typeset.ass").read_text()

    kept = previewed(burns, text, atS=1.5, engineOptions={"assStyling": "keep"})
    restyled = previewed(burns, text, atS=1.5)

    assert numbers(kept, "x-layer-box") != numbers(restyled, "x-layer-box")


def test_what_can_t_be_drawn_is_refused(burns: Burner) -> None:
    message = {"type": "container.preview", "subtitles": "no subtitles"}

    assert burns.engine.post("/preview", message).status_code == 400
    half = {**message, "subtitles": vtt((0, 1, "x")), "sourceWidth": 640}
    assert burns.engine.post("/preview", half).status_code == 400


@pytest.mark.parametrize(
    ("film", "at_s", "cue", "options"),
    [
        # A frame every ten seconds: the text changes where the burn adds frames.
        ("still01.mp4", 13.0, (12, 14, "Between two frames 😀"), {"preset": "tiktok"}),
        # No index.
        (
            "clip.wmv",
            3.21,
            (3, 4, "Late"),
            {"segments": [{"startS": 3, "endS": 4, "effect": "blur"}]},
        ),
        # Fields, and pixels that are not square.
        pytest.param("interlaced.mpg", 1.1, (1, 2, "Whole"), {}, marks=pytest.mark.long),
        pytest.param("hdr10.mp4", 0.5, (0, 1, "In BT.709"), {}, marks=pytest.mark.long),
        # The first frame comes at 2 s, and is shown from the start.
        ("latevideo.mp4", 1.2, (1, 1.5, "Early"), {}),
    ],
)
def test_a_still_is_the_frame_of_the_burn(
    burns: Burner,
    film: str,
    at_s: float,
    cue: tuple[float, float, str],
    options: dict[str, object],
) -> None:
    path, text = case(film), vtt(cue)

    still = Image.open(BytesIO(still_of(burns, path, text, at_s, options)))

    burned = frame_at(burns.burn(path, text, {**options, "quality": "high"}), at_s)
    stored = (burned.shape[1], burned.shape[0])
    shown = np.asarray(still.convert("RGB").resize(stored)).astype(np.int16)
    assert mean_difference(shown, burned) < 4
    # Where the text is, which makes a difference many times as large.
    box = difference(burned, frame_at(burns.burn(path, vtt((98, 99, "x")), options), at_s))
    assert box is not None
    assert mean_difference(part(shown, box), part(burned, box)) < 9


def part(picture: Picture, box: Box) -> Picture:
    """Return what of a picture is in a box."""
    return picture[box.top : box.bottom, box.left : box.right]


def still_of(
    burns: Burner, path: Path, text: str, at_s: float, options: dict[str, object]
) -> bytes:
    """Return the PNG of a still, asked for until it is there."""
    name = f"source-{path.name}"
    burns.world.files[name] = path
    fields = {
        "kind": "still",
        "engineOptions": options,
        "inputVideoName": name,
        "inputVideoUrl": burns.world.url(name),
        "inputVideoBytes": path.stat().st_size,
    }
    while (answer := previewed(burns, text, atS=at_s, **fields)).status_code == 202:
        assert 0 <= answer.json()["progress"] < 1
    assert answer.headers["content-type"] == "image/png"
    return answer.content


def test_while_the_video_is_fetched_its_progress_is_told_and_it_is_fetched_once(
    burns: Burner, clips: dict[str, Path]
) -> None:
    path, text = padded(clips["640x360"], burns.folder / "slow.mp4", 4 << 20), vtt((0, 1, "x"))
    burns.world.files["slow.mp4"] = path
    burns.world.stalled.add("slow.mp4")
    fields = {
        "kind": "still",
        "inputVideoName": "slow",
        "inputVideoBytes": path.stat().st_size,
        "inputVideoUrl": burns.world.url("slow.mp4"),
        "atS": 0.5,
    }

    answers = [previewed(burns, text, **fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert 0.2 < answers[1].json()["progress"] < 0.5
    assert burns.world.asked.count("slow.mp4") == 1


def test_a_film_that_can_t_be_burned_has_no_still(burns: Burner, tmp_path: Path) -> None:
    path = tmp_path / "letter.mp4"
    path.write_text("Dear Mira, this is no film.")
    burns.world.files[path.name] = path
    message = {
        "type": "container.preview",
        "kind": "still",
        "subtitles": vtt((0, 1, "x")),
        "inputVideoUrl": burns.world.url(path.name),
        "inputVideoName": "letter",
    }

    whole = {**message, "inputVideoBytes": 27}
    while (answer := burns.engine.post("/preview", whole)).status_code == 202:
        pass
    assert answer.status_code == 400
    assert burns.engine.post("/preview", message).status_code == 400
