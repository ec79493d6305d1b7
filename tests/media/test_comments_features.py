"""What options add to a comments video: looked at, and compared with its preview."""

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from tests.media.composing import Composer, Frame, extent, near
from tests.media.pictures import H264, ffmpeg

MAGENTA = (230, 0, 230)

# Scenes begin at 2 s, 4 s and 37 s: 1 s to arrive and 1 s to read, but 32 s for the text that
# scrolls. At 39 s all is read; the end is at 40 s.
OPTIONS: dict[str, object] = {
    "height": 360,
    "fps": 25,
    "coverSeconds": 2,
    "coverTransition": "fade",
    "minCommentSeconds": 1,
    "maxCommentSeconds": 1,
    "maxScrollSeconds": 30,
    "theme": {"scale": 1.5},
    "preset": "ocean",
    "countdown": True,
    "watermark": {"text": "MARK", "opacity": 1, "size": 60, "position": "bottom-left"},
}
LONG = " ".join(f"word{number}" for number in range(120))


def comments(avatar: str) -> dict[str, object]:
    return {
        "video": {"title": "A title", "translatedTitle": "一个标题", "author": "Somebody"},
        "comments": [
            {"id": "a", "author": "Emma", "content": "Hello", "avatarUrl": avatar},
            {"id": "b", "author": "Bo", "content": LONG, "avatarUrl": "http://10.0.0.1/x.png"},
            {"id": "c", "author": "Cem", "content": "An unassigned \U0003fffd one"},
        ],
    }


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a black clip, a magenta avatar, and a file that only claims to be a picture."""
    folder = tmp_path_factory.mktemp("clips")
    ffmpeg("-f", "lavfi", "-i", "color=black:s=320x180:r=25:d=1", *H264, str(folder / "clip.mp4"))
    Image.new("RGB", (300, 200), MAGENTA).save(folder / "avatar.png")
    (folder / "text.png").write_bytes(b"<svg/>")
    return folder


@pytest.fixture(scope="module")
def featured(composes: Composer, clips: Path) -> Composer:
    """The engine in a world that serves comments too, whose avatars it serves."""
    world = composes.world
    world.redirects["inside.png"] = "http://169.254.169.254/latest/meta-data/"
    odd = [
        {"author": name, "content": "Hi", "avatarUrl": world.url(name)}
        for name in ("text.png", "gone.png", "inside.png")
    ]
    documents = {
        "comments.json": comments(world.url("avatar.png")),
        "odd.json": {**comments(""), "comments": odd},
    }
    for name, document in documents.items():
        world.files[name] = clips / name
        world.files[name].write_text(json.dumps(document))
    return composes


SECONDS = [0.2, 0.8, 2.4, 3.4, 4.4, 8.0, 30.0, 36.8, 38.5, 39.9]
"""On the cover, while its line comes, while it fades, in and between the scenes, at the end."""
FURTHER = [5.4, 5.8, 3.96]


@pytest.fixture(scope="module")
def made(featured: Composer) -> dict[float, Frame]:
    """Compose the video once and return its frames at the SECONDS and FURTHER ones, as RGB."""
    end = featured.end_of("job_rich", OPTIONS)
    assert end["status"] == "completed", end
    wanted = SECONDS + FURTHER
    found = featured.frames("job_rich", [round(at_s * 25) for at_s in wanted])
    return dict(zip(wanted, found, strict=True))


def previewed(composes: Composer, at_s: float, document: object, options: object) -> Frame:
    message = {
        "type": "container.preview",
        "document": document,
        "engineOptions": options,
        "atS": at_s,
        "sourceWidth": 320,
        "sourceHeight": 180,
    }
    answer = composes.engine.post("/preview", message)
    assert answer.status_code == 200, answer.text
    still = Image.open(BytesIO(answer.content))
    # The source of these tests is black below what covers it.
    return np.asarray(Image.alpha_composite(Image.new("RGBA", still.size, "black"), still))[..., :3]


def similarity(one: Frame, other: Frame) -> float:
    """Return the structural similarity (Wang 2004) of the luma, over windows of 8 × 8."""

    def windows(frame: Frame) -> npt.NDArray[np.float64]:
        luma = frame.astype(float) @ [0.2126, 0.7152, 0.0722]
        rows, columns = luma.shape[0] // 8, luma.shape[1] // 8
        cut = luma[: rows * 8, : columns * 8].reshape(rows, 8, columns, 8)
        return np.asarray(cut.transpose(0, 2, 1, 3).reshape(-1, 64))

    x, y = windows(one), windows(other)
    mean_x, mean_y = x.mean(axis=1), y.mean(axis=1)
    spread = ((x - mean_x[:, None]) * (y - mean_y[:, None])).mean(axis=1)
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    values = ((2 * mean_x * mean_y + c1) * (2 * spread + c2)) / (
        (mean_x**2 + mean_y**2 + c1) * (x.var(axis=1) + y.var(axis=1) + c2)
    )
    return float(values.mean())


@pytest.mark.parametrize("at_s", SECONDS)
def test_the_video_is_what_its_preview_showed(
    featured: Composer, made: dict[float, Frame], at_s: float
) -> None:
    preview = previewed(featured, at_s, comments(featured.world.url("avatar.png")), OPTIONS)

    assert similarity(made[at_s], preview) > 0.98


def test_a_preview_shows_avatars_and_does_not_wait_for_those_that_do_not_come(
    featured: Composer,
) -> None:
    world = featured.world
    world.files["slow.png"] = world.files["avatar.png"]
    world.stalled.add("slow.png")

    def avatar_is_seen(number: int) -> bool:
        names = (f"avatar.png?{number}", "slow.png")
        said = [{"author": "A", "content": "Hi", "avatarUrl": world.url(name)} for name in names]
        frame = previewed(featured, 3.4, {**comments(""), "comments": said}, OPTIONS)
        return bool(near(frame[:, 420:], MAGENTA, 39).sum() > 300)

    seen = [avatar_is_seen(0), avatar_is_seen(1)]

    # It never comes, and each was drawn all the same; the second did not even ask for it again.
    assert world.asked.count("slow.png") == 1
    # On a busy machine not even a picture from next door comes within the moment that it has.
    assert any(seen) or any(avatar_is_seen(number) for number in range(2, 12))


def test_a_tall_text_moves_up_while_it_is_read(made: dict[float, Frame]) -> None:
    # It arrives until 5 s, rests for 1.2 s, and moves until 35.8 s.
    column = [made[at_s][60:320, 420:620].astype(int) for at_s in (5.4, 5.8, 8.0, 30.0)]
    still, later = np.abs(column[0] - column[1]).mean(), np.abs(column[2] - column[3]).mean()

    assert still < 1
    assert later > 5 * max(still, 0.5)


def test_the_avatar_is_shown_in_its_card(made: dict[float, Frame]) -> None:
    rows, columns = extent(near(made[3.4], MAGENTA, 39))

    assert columns[0] > 420
    # A disc of 24 pixels, and half as much again as all of the card is.
    assert np.ptp(rows) == pytest.approx(35, abs=3)
    assert np.ptp(columns) == pytest.approx(35, abs=3)


@pytest.mark.usefixtures("made")
def test_the_report_tells_times_missing_glyphs_and_missing_pictures(featured: Composer) -> None:
    told = featured.report("job_rich")

    assert told["durationMs"] == 40_000
    assert [(c["id"], c["scrolls"]) for c in told["comments"]] == [
        ("a", False),
        ("b", True),
        ("c", False),
    ]
    assert told["comments"][0]["startMs"] == 2000
    assert told["missingGlyphs"] == ["U+3FFFD"]
    said = [notice["message"] for notice in told["notices"]]
    assert "No font has a glyph for U+3FFFD unnamed; at comment 3." in said
    # The avatar at 10.0.0.1 was refused.
    assert (told["picturesWanted"], told["picturesMissing"]) == (2, 1)


def test_characters_that_no_font_draws_fail_the_job_if_that_is_wished(featured: Composer) -> None:
    end = featured.end_of("job_glyphs", {**OPTIONS, "missingGlyphs": "fail"})

    assert (end["status"], end["error"]["code"]) == ("failed", "glyphs_missing")
    assert "U+3FFFD" in end["error"]["message"]
    assert "job_glyphs/video.mp4" not in featured.world.stored


def test_pictures_that_cannot_be_had_leave_initials(featured: Composer) -> None:
    mark = {"imageUrl": featured.world.url("avatar.png"), "opacity": 1, "size": 40}
    end = featured.end_of(
        "job_odd", {**OPTIONS, "coverSeconds": 0, "watermark": mark}, data="odd.json"
    )

    assert end["status"] == "completed", end
    told = featured.report("job_odd")
    assert (told["picturesWanted"], told["picturesMissing"]) == (4, 3)
    (first,) = featured.frames("job_odd", [0])
    # The watermark, 60 × 40 units, in the upper left.
    assert near(first[12:22, 14:28], MAGENTA, 59).all()
