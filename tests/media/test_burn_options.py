"""What a job may ask for beside plain subtitles, looked at and listened to (M7, M8, M9)."""

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.media.burning import Burner, vtt
from tests.media.pictures import (
    H264,
    Box,
    difference,
    ffmpeg,
    frame_at,
    frames,
    mean_difference,
    plain_clip,
    rows_near,
)

CUE = vtt((0.0, 1.0, "Hello"))
AFTER = vtt((2.2, 3.0, "After the end"))
"""Subtitles that a film of two seconds has no frame for."""
"""Subtitles that are never seen, for tests of what stands beside them."""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of one colour."""
    return plain_clip(tmp_path_factory.mktemp("plain") / "plain.mp4", "640x360", 2)


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of a detailed picture with a tone."""
    path = tmp_path_factory.mktemp("talking") / "talking.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=6"),
        *("-f", "lavfi", "-i", "sine=440:d=6:r=48000"),
        *(*H264, "-crf", "10"),
        *("-c:a", "aac", str(path)),
    )
    return path


def where(burns: Burner, clip: Path, subtitles: str, options: Mapping[str, object]) -> Box:
    """Return where the frame at one second differs from its source."""
    box = difference(frame_at(burns.burn(clip, subtitles, options), 1.0), frame_at(clip, 1.0))
    assert box is not None, "nothing was drawn"
    return box


def loudness(path: Path) -> Callable[[float, float], float]:
    """Return a function that tells the loudest sample (0..1) from one second to another."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        parts: list[NDArray[np.float32]] = []
        for frame in container.decode(stream):
            samples = frame.to_ndarray().astype(np.float32)
            parts.append(np.abs(samples).max(axis=0))
        rate = stream.rate
    sound = np.concatenate(parts)
    return lambda start, end: float(sound[int(start * rate) : int(end * rate)].max())


def test_m7_all_segments_are_muted_blackened_and_blurred_and_nothing_between_them(
    burns: Burner, talking: Path
) -> None:
    segments = [
        {"startS": 1.0, "endS": 2.0, "effect": "mute"},
        {"startS": 4.0, "endS": 5.0, "effect": "mute"},
        {"startS": 0.4, "endS": 0.8, "effect": "black"},
        {"startS": 3.0, "endS": 3.4, "effect": "black"},
        {"startS": 1.6, "endS": 2.0, "effect": "blur"},
        {"startS": 4.2, "endS": 4.6, "effect": "blur"},
    ]

    output = burns.burn(talking, vtt((6.2, 7.0, "After the end")), {"segments": segments})

    before, after = frames(talking), frames(output)
    assert len(after) == len(before) == 150
    black = [n for n, (_, picture) in enumerate(after) if picture.max() < 24]
    # 25 frames a second: 0.4 s is frame 10, 3 s is frame 75.
    assert black == [*range(10, 20), *range(75, 85)]
    changed = [
        n
        for n, ((_, was), (_, now)) in enumerate(zip(before, after, strict=True))
        if n not in black and mean_difference(was, now) > 12
    ]
    assert changed == [*range(40, 50), *range(105, 115)]
    assert steepest(after[45][1]) < 40 < 120 < steepest(before[45][1])
    loudest = loudness(output)
    # Sound is coded in windows that reach a few hundredths of a second beyond a cut.
    assert [round(loudest(at, at + 0.9), 2) for at in (1.05, 4.05)] == [0.0, 0.0]
    assert min(loudest(at, at + 0.9) for at in (0.05, 2.05, 3.05, 5.05)) > 0.1


def steepest(picture: NDArray[np.int16]) -> float:
    """Return the largest step in brightness between neighbours in a row."""
    return float(np.abs(np.diff(picture.mean(axis=2), axis=1)).max())


def test_a_preset_is_seen_and_an_explicit_field_stands_above_it(burns: Burner, plain: Path) -> None:
    contrast = frame_at(burns.burn(plain, CUE, {"preset": "contrast"}), 0.5)
    own = {"preset": "contrast", "style": {"textColor": "#00FF00"}}
    overridden = frame_at(burns.burn(plain, CUE, own), 0.5)

    assert rows_near(contrast, (255, 255, 0))
    assert rows_near(contrast, (0, 0, 0), within=12)
    assert not rows_near(overridden, (255, 255, 0))
    assert rows_near(overridden, (0, 255, 0))
    assert rows_near(overridden, (0, 0, 0), within=12)


@pytest.fixture(scope="module")
def ignored(burns: Burner, plain: Path) -> Box:
    """Where a cue stands whose own place is not followed."""
    return where(burns, plain, CUE.replace("00:01.000", "00:02.000 line:0 align:left"), {})


@pytest.mark.parametrize(
    ("settings", "where_x", "where_y"),
    [
        ("line:0", 0.5, 0.1),
        ("line:-1 align:left", 0.1, 0.9),
        ("line:50% position:80% size:20%", 0.8, 0.55),
        ("line:100% align:end", 0.9, 0.9),
    ],
)
def test_the_place_that_a_cue_brings_is_followed_when_asked(
    burns: Burner, plain: Path, ignored: Box, settings: str, where_x: float, where_y: float
) -> None:
    subtitles = CUE.replace("00:01.000", f"00:02.000 {settings}")

    box = where(burns, plain, subtitles, {"cueSettings": "follow"})

    assert (box.left + box.right) / 2 / 640 == pytest.approx(where_x, abs=0.12)
    assert (box.top + box.bottom) / 2 / 360 == pytest.approx(where_y, abs=0.09)
    assert box.left >= 4
    assert box.right <= 636
    assert box.bottom <= 356
    assert (ignored.left + ignored.right) / 2 / 640 == pytest.approx(0.5, abs=0.02)
    assert ignored.top > 270


SCRIPT = r"""[Script Info]
PlayResX: 640
PlayResY: 360
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BorderStyle, Outline, Alignment
Style: Default,Arial,40,&H0000FFFF,&H00000000,1,2,7
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.00,0:00:02.00,Default,,0,0,0,,Styled
"""


def test_an_ass_file_is_drawn_in_the_jobs_style_or_in_its_own(burns: Burner, plain: Path) -> None:
    restyled = burns.burn(plain, SCRIPT, {"style": {"textColor": "#00FF00"}})
    kept = burns.burn(plain, SCRIPT, {"assStyling": "keep", "style": {"textColor": "#00FF00"}})

    pictures = [frame_at(path, 1.0) for path in (restyled, kept)]
    green, yellow = ([rows_near(p, rgb) for p in pictures] for rgb in ((0, 255, 0), (255, 255, 0)))
    assert green[0]
    assert min(green[0]) > 270
    assert not green[1]
    assert not yellow[0]
    assert yellow[1]
    assert max(yellow[1]) < 80


def test_m9_a_hint_is_drawn_literally_in_its_time_place_and_colours(
    burns: Burner, plain: Path
) -> None:
    hint = {
        "text": "It's {\\an2\\fs90}: 'a',[b];drawbox=c=red\n%{pts} \\N",
        "startS": 0.4,
        "endS": 1.2,
        "position": "top-left",
        "backgroundColor": "#00A000",
        "backgroundOpacity": 1,
        "fontSize": 40,
    }

    output = burns.burn(plain, AFTER, {"hint": hint})

    ground = frame_at(plain, 0)
    boxes = [difference(picture, ground) for _, picture in frames(output)]
    assert [n for n, box in enumerate(boxes) if box] == [*range(10, 30)]
    box = boxes[20]
    assert box is not None
    # 60 of 1080 lines from the top, 96 from the left; two lines of 40.
    assert abs(box.left - 32) <= 3
    assert abs(box.top - 20) <= 3
    # From the top of Han letters to the foot of a g, 1.2 ems between the lines, and the padding.
    assert abs(box.height - (0.88 + 1.2 + 0.26 + 2 * 0.16) * 40 / 3) <= 3
    edge = frame_at(output, 0.8)[box.top + 3 : box.bottom - 3, box.left + 2]
    assert np.abs(edge.mean(axis=0) - np.array((0, 160, 0))).max() <= 6


def test_a_hint_fades_in_and_out(burns: Burner, plain: Path) -> None:
    hint = {"text": "Fade", "endS": 1.6, "animation": "fade", "backgroundOpacity": 1}

    output = burns.burn(plain, AFTER, {"hint": hint})

    ground = frame_at(plain, 0)
    seen = [mean_difference(frame_at(output, at), ground) for at in (0.04, 0.2, 0.8, 1.4, 1.56)]
    assert seen[0] < seen[1] < seen[2] > seen[3] > seen[4]
    assert seen[1] == pytest.approx(seen[2] / 2, rel=0.25)


def test_a_hint_slides_in_from_its_edge(burns: Burner, plain: Path) -> None:
    hint = {"text": "Slide", "animation": "slide", "position": "bottom"}

    output = burns.burn(plain, AFTER, {"hint": hint})

    ground = frame_at(plain, 0)
    tops = [difference(frame_at(output, at), ground) for at in (0.24, 0.32, 0.4, 1.0)]
    assert all(tops)
    heights = [box.top for box in tops if box]
    assert heights[0] > heights[1] > heights[2] == pytest.approx(heights[3], abs=1)


def test_a_text_watermark_is_there_from_the_first_frame_to_the_last(
    burns: Burner, plain: Path
) -> None:
    mark = {"text": "© {X}", "position": "bottom-right", "opacity": 0.5, "fontSize": 72}

    output = burns.burn(plain, AFTER, {"watermark": mark})

    ground = frame_at(plain, 0)
    boxes = [difference(picture, ground) for _, picture in frames(output)]
    assert all(boxes)
    assert all(box.left > 320 and box.top > 180 for box in boxes if box)
    brightest = frame_at(output, 1.0).max(axis=(0, 1))
    # Half of white over 64, 96, 128.
    assert np.abs(brightest - np.array((160, 176, 192))).max() <= 16


@pytest.fixture(scope="module")
def red(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A red image twice as wide as high."""
    path = tmp_path_factory.mktemp("red") / "red.png"
    Image.new("RGBA", (200, 100), (255, 0, 0, 255)).save(path)
    return path


def test_a_watermark_image_lies_at_its_place_in_its_size_and_opacity(
    burns: Burner, plain: Path, red: Path
) -> None:
    burns.world.files["red.png"] = red
    mark = {"position": "top-left", "widthShare": 0.25, "opacity": 0.5, "margin": 54}

    job_id = burns.order(
        plain,
        AFTER,
        {"watermarkImage": mark},
        inputWatermarkUrl=burns.world.url("red.png?X-Amz-Signature=secret"),
    )

    assert burns.world.end_of(job_id)["status"] == "completed"
    path = burns.folder / "marked.mp4"
    path.write_bytes(burns.world.stored[f"out/{job_id}.mp4"].body)
    picture = frame_at(path, 1.9)
    box = difference(picture, frame_at(plain, 1.9))
    assert box is not None
    measured = np.array((box.left, box.top, box.width, box.height))
    assert np.abs(measured - np.array((18, 18, 160, 80))).max() <= 3
    inside = picture[40:70, 60:140].mean(axis=(0, 1))
    assert np.abs(inside - np.array((160, 48, 64))).max() <= 8


@pytest.mark.parametrize(
    "content", [b"no image", b"\x89PNG\r\n\x1a\n broken", b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"]
)
def test_a_watermark_that_is_no_image_is_refused_for_good(
    burns: Burner, plain: Path, tmp_path: Path, content: bytes
) -> None:
    burns.world.files["broken.png"] = tmp_path / "broken.png"
    burns.world.files["broken.png"].write_bytes(content)

    job_id = burns.order(plain, AFTER, inputWatermarkUrl=burns.world.url("broken.png"))

    error = burns.world.end_of(job_id)["error"]
    assert (error["code"], error["retryable"]) == ("input_unsupported", False)
    assert "watermark" in error["message"]


def extra_outputs(burns: Burner, clip: Path, subtitles: str, **options: object) -> dict[str, Any]:
    """Burn with a URL for every output; return the outputs' bodies by slot, and the claims."""
    fields = {"outputPosterPutUrl": "p", "outputContactSheetPutUrl": "s"}
    fields["outputMetadataPutUrl"] = "m"
    job_id = burns.order(
        clip,
        subtitles,
        options,
        outputPosterKey="a/poster.jpg",
        **{field: burns.world.url(f"{name}/{field}") for field, name in fields.items()},
    )
    end = burns.world.end_of(job_id)
    assert end["status"] == "completed", end
    stored = burns.world.stored
    kinds = {"p": "image/jpeg", "s": "image/jpeg", "m": "application/json"}
    bodies: dict[str, Any] = {"claims": end["outputs"]}
    bodies["video"] = stored[f"out/{job_id}.mp4"].body
    for field, name in fields.items():
        if (object_ := stored.pop(f"{name}/{field}", None)) is not None:
            assert object_.headers["content-type"] == kinds[name]
            bodies[name] = object_.body
    return bodies


def test_poster_contact_sheet_and_metadata_are_made_where_they_have_a_url(
    burns: Burner, talking: Path
) -> None:
    cues = vtt(*((n, n + 0.9, f"Cue {n}") for n in range(6)), (70, 71, "after the end"))

    style = {"backgroundColor": "#8040C0", "backgroundOpacity": 1, "fontSize": 72}

    made = extra_outputs(burns, talking, cues, style=style)

    claims = made["claims"]
    assert set(claims) == {"video", "poster", "contactSheet", "metadata"}
    assert claims["poster"]["key"] == "a/poster.jpg"
    assert claims["poster"]["sizeBytes"] == len(made["p"])
    poster, sheet = (Image.open(io.BytesIO(made[name])) for name in "ps")
    assert (poster.format, poster.size) == ("JPEG", (320, 180))
    # Six pictures of 320×180 in two rows of four, with four pixels around each.
    assert (sheet.format, sheet.size) == ("JPEG", (4 * 324 + 4, 2 * 184 + 4))
    sources = [frame_at(talking, number + 0.45) for number in range(6)]
    drawn = np.asarray(sheet.convert("RGB")).astype(np.int16)
    for number in range(6):
        column, row = number % 4, number // 4
        tile = drawn[4 + row * 184 : 184 + row * 184, 4 + column * 324 : 324 + column * 324]
        above = [mean_difference(tile[:90], source[:90]) for source in sources]
        assert above.index(min(above)) == number
        assert len(rows_near(tile[120:], (128, 64, 192), within=24)) > 10, "no box of the words"
    metadata = json.loads(made["m"])
    assert (metadata["cues"], metadata["subtitles"]) == (7, "webvtt")
    assert metadata["output"]["durationMs"] == pytest.approx(6000, abs=40)
    assert metadata["source"]["audioCodec"] == metadata["output"]["audioCodec"] == "aac"


def test_the_metadata_says_where_the_letters_of_each_cue_are_seen(
    burns: Burner, plain: Path
) -> None:
    style = {"backgroundOpacity": 0, "outlineWidth": 0, "textColor": "#FFFFFF", "fontSize": 72}
    cues = vtt((0, 1, "Hallo"), (1, 2, "Two of\nthese lines"))

    made = extra_outputs(burns, plain, cues, style=style)

    burned = burns.folder / "drawn.mp4"
    burned.write_bytes(made["video"])
    facts = json.loads(made["m"])["drawn"]
    for fact, time_s in zip(facts, (0.5, 1.5), strict=True):
        seen = difference(frame_at(burned, time_s), frame_at(plain, time_s))
        assert seen is not None
        box = fact["box"]
        told = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
        assert told == pytest.approx((seen.left, seen.top, seen.right, seen.bottom), abs=2)
    assert [(fact["cue"], fact["startMs"], fact["lines"]) for fact in facts] == [
        (1, 0, 1),
        (2, 1000, 2),
    ]
    assert [fact["fonts"] for fact in facts] == [["Noto Sans"]] * 2
    # 72 of 1080 lines, of 360.
    assert [fact["size"] for fact in facts] == [24.0] * 2
    assert not any(fact["atEdge"] for fact in facts)


def test_a_script_in_its_own_styling_is_measured_too(burns: Burner, plain: Path) -> None:
    style = "Style: Default,Noto Sans,40,&H00FFFFFF,&H00FFFFFF,1,0,2"
    script = SCRIPT.replace(SCRIPT[SCRIPT.index("Style: D") : SCRIPT.index("[Ev")], style + "\n")
    script = script.replace("Styled", "HHHH")
    sign = script.splitlines()[-1].replace("HHHH", "{\\pos(0,90)}Half a sign")

    made = extra_outputs(burns, plain, f"{script}{sign}\n", assStyling="keep")

    burned = burns.folder / "kept.mp4"
    burned.write_bytes(made["video"])
    seen = difference(frame_at(burned, 1)[200:], frame_at(plain, 1)[200:])
    assert seen is not None
    metadata = json.loads(made["m"])
    first, second = metadata["drawn"]
    box = first["box"]
    told = (box["x"], box["y"] - 200, box["x"] + box["width"], box["y"] + box["height"] - 200)
    assert told == pytest.approx((seen.left, seen.top, seen.right, seen.bottom), abs=2)
    # The capitals of Noto Sans are 0.714 of its em.
    assert first["size"] == pytest.approx(box["height"] / 0.714, abs=2)
    assert (first["lines"], first["fonts"], first["atEdge"]) == (1, ["Noto Sans"], False)
    assert second["atEdge"]
    assert [notice["code"] for notice in metadata["notices"]] == ["events_at_edge"]


def test_a_word_is_golden_while_it_is_said(burns: Burner, plain: Path) -> None:
    style = {"highlight": "word", "backgroundOpacity": 0, "outlineWidth": 0, "bold": True}
    text = vtt((0, 2, "leftmost <00:01.000>rightmost"))

    burned = burns.burn(plain, text, {"style": style})

    def golden(time_s: float) -> NDArray[np.intp]:
        near = np.abs(frame_at(burned, time_s) - (0xFF, 0xD6, 0x0A)).max(axis=2) < 40
        return np.flatnonzero(near.any(axis=0))

    first, second = golden(0.5), golden(1.5)
    assert min(first.size, second.size) > 20
    assert first[-1] < second[0]


def test_a_word_on_a_box_is_black_on_gold_and_white_again_after_it(
    burns: Burner, plain: Path
) -> None:
    style = {"highlight": "box", "backgroundOpacity": 0, "outlineWidth": 4, "bold": True}
    text = vtt((0, 2, "leftmost <00:01.000>rightmost"))

    burned = burns.burn(plain, text, {"style": style})

    for time_s in (0.5, 1.5):
        picture = frame_at(burned, time_s).astype(int)
        gold = np.abs(picture - (0xFF, 0xD6, 0x0A)).max(axis=2) < 40
        rows, columns = (np.flatnonzero(gold.any(axis=axis)) for axis in (1, 0))
        word = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        rest = np.delete(
            picture[rows[0] : rows[-1] + 1], range(columns[0], columns[-1] + 1), axis=1
        )
        # Letters are about a fifth of the box.
        assert 0.1 < (word.max(axis=2) < 60).mean() < 0.4
        assert (word.min(axis=2) > 200).mean() < 0.01
        assert (rest.min(axis=2) > 200).any()


def test_without_a_cue_inside_the_video_there_is_a_poster_and_no_sheet(
    burns: Burner, plain: Path
) -> None:
    made = extra_outputs(burns, plain, AFTER)

    assert set(made["claims"]) == {"video", "poster", "metadata"}


def test_m8_one_character_without_a_glyph_is_told_and_fails_no_film(
    burns: Burner, plain: Path
) -> None:
    cues = vtt((0, 1, "plain"), (1, 2, "rare 𒾐"))

    metadata = json.loads(extra_outputs(burns, plain, cues, hint={"text": "𒾐", "endS": 1})["m"])

    assert metadata["missingGlyphs"] == [
        {"codePoint": "U+12F90", "name": "CYPRO-MINOAN SIGN CM001"}
    ]
    assert [notice["message"] for notice in metadata["notices"]] == [
        "No font has a glyph for U+12F90 CYPRO-MINOAN SIGN CM001; at 0:00:01.00, hint."
    ]


@pytest.mark.parametrize("codec", ["hevc", "av1"])
def test_other_codecs_keep_every_frame(burns: Burner, talking: Path, codec: str) -> None:
    output = burns.burn(talking, CUE, {"codec": codec})

    with av.open(str(output)) as container:
        video = container.streams.video[0]
        assert video.codec_context.codec.canonical_name == codec
        assert video.codec_context.pix_fmt == "yuv420p"
        if codec == "hevc":
            assert video.codec_context.codec_tag == "hvc1"
    before, after = frames(talking), frames(output)
    assert [round(at, 3) for at, _ in after] == [round(at, 3) for at, _ in before]
    assert mean_difference(after[100][1], before[100][1]) < 8
