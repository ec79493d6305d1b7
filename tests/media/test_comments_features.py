"""What options add to a comments video: looked at, and compared with its preview."""

import json
import subprocess
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from engine_kit.ffmpeg import find_ffmpeg
from PIL import Image

from tests.media.engine_stage import RunningEngine, Surroundings, surroundings

ENGINE = "renderer-remotion"
Frame = npt.NDArray[np.uint8]

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
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surroundings]:
    """Serve a black clip, comments, a magenta avatar, and files that only claim to be pictures."""
    folder = tmp_path_factory.mktemp("clips")
    black = ("-f", "lavfi", "-i", "color=black:s=320x180:r=25:d=1")
    h264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    argv = [find_ffmpeg(), "-nostdin", "-v", "error", *black, *h264, str(folder / "clip.mp4")]
    subprocess.run(argv, check=True)
    Image.new("RGB", (300, 200), (230, 0, 230)).save(folder / "avatar.png")
    (folder / "text.png").write_bytes(b"<svg/>")
    with surroundings() as here:
        (folder / "comments.json").write_text(json.dumps(comments(here.url("avatar.png"))))
        here.redirects["inside.png"] = "http://169.254.169.254/latest/meta-data/"
        odd = [
            {"author": name, "content": "Hi", "avatarUrl": here.url(name)}
            for name in ("text.png", "gone.png", "inside.png")
        ]
        (folder / "odd.json").write_text(json.dumps({**comments(""), "comments": odd}))
        here.files = {path.name: path for path in folder.iterdir()}
        yield here


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    environment = {"CAPACITY": "2", "REMOTION_ALLOW_LOOPBACK": "1"}
    with RunningEngine("remotion", tmp_path_factory.mktemp("work"), environment) as running:
        yield running


def compose(
    engine: RunningEngine, world: Surroundings, job_id: str, data: str, options: dict[str, object]
) -> dict[str, Any]:
    """Order a comments video with its report and return the job's last callback."""
    answer = engine.render(
        world,
        job_id,
        engine=ENGINE,
        options=options,
        inputVideoUrl=world.url("clip.mp4"),
        inputDataUrl=world.url(data),
        outputPutUrl=world.url(f"{job_id}/video.mp4"),
        outputMetadataPutUrl=world.url(f"{job_id}/metadata.json"),
    )
    assert answer.status_code == 202, answer.text
    return world.end_of(job_id)


SECONDS = [0.2, 0.8, 2.4, 3.4, 4.4, 8.0, 30.0, 36.8, 38.5, 39.9]
"""On the cover, while its line comes, while it fades, in and between the scenes, at the end."""
FURTHER = [5.4, 5.8, 3.96]


@pytest.fixture(scope="module")
def made(engine: RunningEngine, world: Surroundings) -> dict[float, Frame]:
    """Compose the video once and return its frames at the SECONDS and FURTHER ones, as RGB."""
    end = compose(engine, world, "job_rich", "comments.json", OPTIONS)
    assert end["status"] == "completed", end
    wanted = {round(at_s * 25): at_s for at_s in SECONDS + FURTHER}
    found: dict[float, Frame] = {}
    with av.open(BytesIO(world.stored["job_rich/video.mp4"].body), "r") as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number in wanted:
                found[wanted[number]] = frame.to_ndarray(format="rgb24").astype(np.uint8)
    return found


def report(world: Surroundings, job_id: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(world.stored[f"{job_id}/metadata.json"].body)
    return document


def previewed(engine: RunningEngine, at_s: float, document: object, options: object) -> Frame:
    message = {
        "type": "container.preview",
        "document": document,
        "engineOptions": options,
        "atS": at_s,
        "sourceWidth": 320,
        "sourceHeight": 180,
    }
    answer = engine.post("/preview", message)
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(BytesIO(answer.content)).convert("RGB"))


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
    engine: RunningEngine, world: Surroundings, made: dict[float, Frame], at_s: float
) -> None:
    preview = previewed(engine, at_s, comments(world.url("avatar.png")), OPTIONS)

    assert similarity(made[at_s], preview) > 0.98


def test_the_preview_takes_less_than_a_second(engine: RunningEngine) -> None:
    many = {**comments("http://a.example/"), "comments": [{"author": "A", "content": LONG}] * 30}
    previewed(engine, 5, many, {})
    began_s = time.monotonic()

    assert previewed(engine, 50, many, {}).shape == (1080, 1920, 3)
    assert time.monotonic() - began_s < 2  # A second of its own; twice that on a busy machine.


def test_a_preview_shows_avatars_and_does_not_wait_for_those_that_do_not_come(
    engine: RunningEngine, world: Surroundings
) -> None:
    world.files["slow.png"] = world.files["avatar.png"]
    world.stalled.add("slow.png")
    said = [
        {"author": "A", "content": "Hi", "avatarUrl": world.url(name)}
        for name in ("avatar.png?new", "slow.png")
    ]
    document = {**comments(""), "comments": said}

    took_s = []
    for _ in range(2):
        began_s = time.monotonic()
        frame = previewed(engine, 3.4, document, OPTIONS)
        took_s.append(time.monotonic() - began_s)

    assert (np.abs(frame[:, 420:].astype(int) - [230, 0, 230]).max(axis=2) < 40).sum() > 300
    # The second did not ask for the slow one again; a second of its own, twice on a busy machine.
    assert world.asked.count("slow.png") == 1
    assert max(took_s) < 2


def test_a_preview_wants_a_signature(engine: RunningEngine, world: Surroundings) -> None:
    answer = engine.post("/preview", {"type": "container.render"})

    assert answer.status_code == 401


def test_a_tall_text_moves_up_while_it_is_read(made: dict[float, Frame]) -> None:
    # It arrives until 5 s, rests for 1.2 s, and moves until 35.8 s.
    column = [made[at_s][60:320, 420:620].astype(int) for at_s in (5.4, 5.8, 8.0, 30.0)]
    still, later = np.abs(column[0] - column[1]).mean(), np.abs(column[2] - column[3]).mean()

    assert still < 1
    assert later > 5 * max(still, 0.5)


def test_the_avatar_is_shown_in_its_card(made: dict[float, Frame]) -> None:
    magenta = np.abs(made[3.4].astype(int) - [230, 0, 230]).max(axis=2) < 40
    rows, columns = np.flatnonzero(magenta.any(axis=1)), np.flatnonzero(magenta.any(axis=0))

    assert columns[0] > 420
    # A disc of 24 pixels.
    assert np.ptp(rows) == pytest.approx(23, abs=3)
    assert np.ptp(columns) == pytest.approx(23, abs=3)


def test_the_report_tells_times_missing_glyphs_and_missing_pictures(
    made: dict[float, Frame], world: Surroundings
) -> None:
    told = report(world, "job_rich")

    assert told["durationMs"] == 40_000
    assert [(c["id"], c["scrolls"]) for c in told["comments"]] == [
        ("a", False),
        ("b", True),
        ("c", False),
    ]
    assert told["comments"][0]["startMs"] == 2000
    assert told["missingGlyphs"] == ["U+3FFFD"]
    # The avatar at 10.0.0.1 was refused.
    assert (told["picturesWanted"], told["picturesMissing"]) == (2, 1)


def test_characters_that_no_font_draws_fail_the_job_if_that_is_wished(
    engine: RunningEngine, world: Surroundings
) -> None:
    options = {**OPTIONS, "missingGlyphs": "fail"}
    end = compose(engine, world, "job_glyphs", "comments.json", options)

    assert (end["status"], end["error"]["code"]) == ("failed", "glyphs_missing")
    assert "U+3FFFD" in end["error"]["message"]
    assert "job_glyphs/video.mp4" not in world.stored


def test_pictures_that_cannot_be_had_leave_initials(
    engine: RunningEngine, world: Surroundings, tmp_path: Path
) -> None:
    mark = {"watermark": {"imageUrl": world.url("avatar.png"), "opacity": 1, "size": 40}}
    options: dict[str, object] = {**OPTIONS, "coverSeconds": 0, **mark}
    end = compose(engine, world, "job_odd", "odd.json", options)

    assert end["status"] == "completed", end
    told = report(world, "job_odd")
    assert (told["picturesWanted"], told["picturesMissing"]) == (4, 3)
    with av.open(BytesIO(world.stored["job_odd/video.mp4"].body), "r") as container:
        first = next(container.decode(video=0)).to_ndarray(format="rgb24")
    # The watermark, 60 × 40 units, in the upper left.
    assert np.abs(first[12:22, 14:28].astype(int) - [230, 0, 230]).max() < 60
