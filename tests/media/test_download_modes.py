"""What a download makes beside or instead of a video: metadata, lists, subtitles, pictures."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.media.downloading import Downloader
from tests.media.pictures import H264, ffmpeg

CASES = Path(__file__).parents[1] / "vectors/cases"
CUES = "WEBVTT\n\n00:00.500 --> 00:01.500\nHello\n"
PAGE = """<html><head><title>A page</title></head><body>
<video src='clip.mp4' poster='poster.png'>
<track kind='subtitles' src='cues.vtt' srclang='en-GB'></video></body></html>"""
FEED = """<?xml version='1.0'?><rss version='2.0'><channel><title>A feed</title>
<item><title>One</title><link>https://v.example/1</link></item>
<item><title>Two</title><link>https://v.example/2</link></item>
<item><title>Three</title><link>https://v.example/3</link></item></channel></rss>"""


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make 2 s of red film, a page with it, its subtitles and a blue picture, and a feed."""
    folder = tmp_path_factory.mktemp("pages")
    ffmpeg(
        "-f", "lavfi", "-i", "color=0xE00000:s=320x180:r=25:d=2", *H264, str(folder / "clip.mp4")
    )
    Image.new("RGB", (640, 360), (0, 0, 220)).save(folder / "poster.png")
    (folder / "cues.vtt").write_text(CUES)
    (folder / "page.html").write_text(PAGE)
    (folder / "bad.html").write_text(PAGE.replace("cues.vtt", "gone.vtt"))
    (folder / "feed.xml").write_text(FEED)
    (folder / "fast.mp4").symlink_to(folder / "clip.mp4")
    for case in ("pages/latin1-track.html", "subtitles/latin1.vtt"):
        (folder / case.rpartition("/")[2]).write_bytes((CASES / case).read_bytes())
    return folder


def middle(downloads: Downloader, job_id: str) -> tuple[tuple[int, int], tuple[int, ...]]:
    """Return the thumbnail's size and the colour of its middle."""
    picture = Image.open(BytesIO(downloads.body(job_id, "thumbnail.jpg")))
    assert picture.format == "JPEG"
    colour = picture.convert("RGB").getpixel((picture.width // 2, picture.height // 2))
    assert isinstance(colour, tuple)
    return picture.size, tuple(round(part / 40) for part in colour)


def test_metadata_alone_fetches_no_video(downloads: Downloader) -> None:
    end = downloads.end_of("job_meta", "page.html", mode="metadata")

    assert end["status"] == "completed", end
    assert downloads.uploaded("job_meta") == {"metadata.json"}
    document = downloads.metadata("job_meta")
    assert document["title"] == "A page"
    assert document["subtitleLanguages"] == ["en-GB"]
    assert document["tools"]["ytDlp"] and document["tools"]["ffmpeg"]
    assert "clip.mp4" not in downloads.world.asked


def test_subtitles_and_thumbnail_come_with_the_video(downloads: Downloader) -> None:
    wishes = {"subtitles": "any", "subtitleLanguages": ["en"], "thumbnail": True}
    end = downloads.end_of("job_all", "page.html", **wishes)

    assert end["status"] == "completed", end
    assert set(end["outputs"]) == {"video", "metadata", "subtitles", "thumbnail"}
    assert downloads.body("job_all", "subtitles.vtt").decode() == CUES
    assert downloads.world.stored["job_all/subtitles.vtt"].headers["content-type"] == "text/vtt"
    assert middle(downloads, "job_all") == ((640, 360), (0, 0, 6))
    document = downloads.metadata("job_all")
    assert document["subtitles"] == {"language": "en-GB", "automatic": False}
    assert document["notices"] == []


def test_of_a_video_without_a_picture_a_frame_is_the_thumbnail(downloads: Downloader) -> None:
    end = downloads.end_of("job_frame", "clip.mp4", thumbnail=True)

    assert end["status"] == "completed", end
    assert middle(downloads, "job_frame")[1] == (6, 0, 0)


def test_subtitles_that_cannot_be_had_are_a_notice_and_no_failure(downloads: Downloader) -> None:
    end = downloads.end_of("job_gone", "bad.html", mode="metadata", subtitles="manual")

    assert end["status"] == "completed", end
    assert downloads.uploaded("job_gone") == {"metadata.json"}
    assert "not available" in downloads.metadata("job_gone")["notices"][0]["message"]


def test_d21_a_track_that_is_not_utf_8_is_read_and_told(downloads: Downloader) -> None:
    wishes = {"mode": "metadata", "subtitles": "manual"}
    end = downloads.end_of("job_latin", "latin1-track.html", **wishes)

    assert end["status"] == "completed", end
    assert downloads.body("job_latin", "subtitles.vtt").decode() == (
        "WEBVTT\n\n00:00.000 --> 00:01.000\nOù est passée la clé du café ?\n\n"
        "00:01.000 --> 00:02.000\nDéjà vu? elle était là hier\n"
    )
    said = [notice["message"] for notice in downloads.metadata("job_latin")["notices"]]
    assert said == [
        "Of the subtitles fr: The file is WebVTT and not UTF-8, as it must be. It was read as "
        "windows-1252, which is a guess."
    ]


def test_a_feed_is_listed_page_by_page(downloads: Downloader) -> None:
    end = downloads.end_of("job_list", "feed.xml", mode="list", firstEntry=2, maxEntries=2)

    assert end["status"] == "completed", end
    document = downloads.metadata("job_list")
    assert (document["kind"], document["title"]) == ("list", "A feed")
    assert [entry["url"] for entry in document["entries"]] == [
        "https://v.example/2",
        "https://v.example/3",
    ]


def test_the_urls_that_a_download_needs_are_those_of_its_mode(downloads: Downloader) -> None:
    def order(job_id: str, slot: str, **options: str) -> Any:
        url = downloads.world.url(f"{job_id}/{slot}.json")
        return downloads.engine.render(
            downloads.world,
            job_id,
            engine="media-downloader",
            options={"url": downloads.world.url("feed.xml"), **options},
            **{f"output{slot}PutUrl": url},
        )

    listed = order("job_needed", "Metadata", mode="list")
    refused = order("job_lacking", "Metadata")

    assert (listed.status_code, downloads.world.end_of("job_needed")["status"]) == (
        202,
        "completed",
    )
    assert refused.status_code == 400
    assert [e["field"] for e in refused.json()["details"]["errors"]] == ["outputVideoPutUrl"]


def test_a_video_without_comments_fails_a_download_of_comments(downloads: Downloader) -> None:
    end = downloads.end_of("job_mute", "page.html", mode="comments")

    assert (end["status"], end["error"]["code"]) == ("failed", "download_no_comments")
    assert end["error"]["retryable"] is False
    assert downloads.uploaded("job_mute") == set()
