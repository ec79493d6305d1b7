"""What a download makes beside or instead of a video: metadata, lists, subtitles, pictures."""

import json
import subprocess
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from engine_kit.ffmpeg import find_ffmpeg
from PIL import Image

from tests.media.engine_stage import RunningEngine, Surroundings, surroundings

SLOTS = {
    "Video": "video.mp4",
    "Metadata": "metadata.json",
    "Comments": "comments.json",
    "Subtitles": "subtitles.vtt",
    "Thumbnail": "thumbnail.jpg",
}
CUES = "WEBVTT\n\n00:00.500 --> 00:01.500\nHello\n"
PAGE = """<html><head><title>A page</title></head><body>
<video src='clip.mp4' poster='poster.png'>
<track kind='subtitles' src='cues.vtt' srclang='en-GB'></video></body></html>"""
FEED = """<?xml version='1.0'?><rss version='2.0'><channel><title>A feed</title>
<item><title>One</title><link>https://v.example/1</link></item>
<item><title>Two</title><link>https://v.example/2</link></item>
<item><title>Three</title><link>https://v.example/3</link></item></channel></rss>"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surroundings]:
    """Serve 2 s of red film, a page with it, its subtitles and a blue picture, and a feed."""
    folder = tmp_path_factory.mktemp("pages")
    red = ("-f", "lavfi", "-i", "color=0xE00000:s=320x180:r=25:d=2")
    h264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    argv = [find_ffmpeg(), "-nostdin", "-v", "error", *red, *h264, str(folder / "clip.mp4")]
    subprocess.run(argv, check=True)
    Image.new("RGB", (640, 360), (0, 0, 220)).save(folder / "poster.png")
    (folder / "cues.vtt").write_text(CUES)
    (folder / "page.html").write_text(PAGE)
    (folder / "bad.html").write_text(PAGE.replace("cues.vtt", "gone.vtt"))
    (folder / "feed.xml").write_text(FEED)
    with surroundings() as here:
        here.files = {path.name: path for path in folder.iterdir()}
        yield here


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    environment = {"DOWNLOADER_ALLOW_LOOPBACK": "1", "CAPACITY": "4"}
    with RunningEngine("downloader", tmp_path_factory.mktemp("work"), environment) as running:
        yield running


def download(
    engine: RunningEngine, world: Surroundings, job_id: str, name: str, **options: object
) -> dict[str, Any]:
    """Order a download and return its last callback."""
    fields = {f"output{slot}PutUrl": world.url(f"{job_id}/{file}") for slot, file in SLOTS.items()}
    answer = engine.render(
        world,
        job_id,
        engine="media-downloader",
        options={"url": world.url(name), **options},
        **fields,
    )
    assert answer.status_code == 202, answer.text
    return world.end_of(job_id)


def stored(world: Surroundings, job_id: str) -> set[str]:
    return {name.rpartition("/")[2] for name in world.stored if name.startswith(f"{job_id}/")}


def metadata(world: Surroundings, job_id: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(world.stored[f"{job_id}/metadata.json"].body)
    return document


def middle(world: Surroundings, job_id: str) -> tuple[tuple[int, int], tuple[int, ...]]:
    """Return the thumbnail's size and the colour of its middle."""
    picture = Image.open(BytesIO(world.stored[f"{job_id}/thumbnail.jpg"].body))
    assert picture.format == "JPEG"
    colour = picture.convert("RGB").getpixel((picture.width // 2, picture.height // 2))
    assert isinstance(colour, tuple)
    return picture.size, tuple(round(part / 40) for part in colour)


def test_metadata_alone_fetches_no_video(engine: RunningEngine, world: Surroundings) -> None:
    end = download(engine, world, "job_meta", "page.html", mode="metadata")

    assert end["status"] == "completed", end
    assert stored(world, "job_meta") == {"metadata.json"}
    document = metadata(world, "job_meta")
    assert document["title"] == "A page (1)"
    assert document["subtitleLanguages"] == ["en-GB"]
    assert document["tools"]["ytDlp"] and document["tools"]["ffmpeg"]
    assert "clip.mp4" not in world.asked


def test_subtitles_and_thumbnail_come_with_the_video(
    engine: RunningEngine, world: Surroundings
) -> None:
    wishes = {"subtitles": "any", "subtitleLanguages": ["en"], "thumbnail": True}
    end = download(engine, world, "job_all", "page.html", **wishes)

    assert end["status"] == "completed", end
    assert set(end["outputs"]) == {"video", "metadata", "subtitles", "thumbnail"}
    assert world.stored["job_all/subtitles.vtt"].body.decode() == CUES
    assert world.stored["job_all/subtitles.vtt"].headers["content-type"] == "text/vtt"
    assert middle(world, "job_all") == ((640, 360), (0, 0, 6))
    document = metadata(world, "job_all")
    assert document["subtitles"] == {"language": "en-GB", "automatic": False}
    assert document["notices"] == []


def test_of_a_video_without_a_picture_a_frame_is_the_thumbnail(
    engine: RunningEngine, world: Surroundings
) -> None:
    end = download(engine, world, "job_frame", "clip.mp4", thumbnail=True)

    assert end["status"] == "completed", end
    assert middle(world, "job_frame")[1] == (6, 0, 0)


def test_subtitles_that_cannot_be_had_are_a_notice_and_no_failure(
    engine: RunningEngine, world: Surroundings
) -> None:
    end = download(engine, world, "job_gone", "bad.html", mode="metadata", subtitles="manual")

    assert end["status"] == "completed", end
    assert stored(world, "job_gone") == {"metadata.json"}
    assert "could not be had" in metadata(world, "job_gone")["notices"][0]


def test_a_feed_is_listed_page_by_page(engine: RunningEngine, world: Surroundings) -> None:
    end = download(engine, world, "job_list", "feed.xml", mode="list", firstEntry=2, maxEntries=2)

    assert end["status"] == "completed", end
    document = metadata(world, "job_list")
    assert (document["kind"], document["title"]) == ("list", "A feed")
    assert [entry["url"] for entry in document["entries"]] == [
        "https://v.example/2",
        "https://v.example/3",
    ]


def test_a_video_without_comments_fails_a_download_of_comments(
    engine: RunningEngine, world: Surroundings
) -> None:
    end = download(engine, world, "job_mute", "page.html", mode="comments")

    assert (end["status"], end["error"]["code"]) == ("failed", "download_unavailable")
    assert end["error"]["retryable"] is False
    assert stored(world, "job_mute") == set()
