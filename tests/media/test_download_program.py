"""What the downloader finds out after yt-dlp is done, and what its guard of addresses refuses."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from downloader.holes import read_tracks

from tests.media.downloading import Downloader
from tests.media.pictures import H264, ffmpeg
from tests.media.sites import (
    Answer,
    Site,
    a_site,
    half_at_a_packet,
    without_ranges,
)
from tests.media.sourcing import CASES


def page_of(site: Site, name: str, duration: str) -> bytes:
    """Return a page that says how long the video *name* is (https://schema.org/VideoObject)."""
    said = (
        '{"@context": "https://schema.org", "@type": "VideoObject", "name": "A talk",'
        f' "duration": "{duration}", "contentUrl": "{site.url(name)}"}}'
    )
    head = f'<title>A talk</title><script type="application/ld+json">{said}</script>'
    return f"<!doctype html><html><head>{head}</head><body></body></html>".encode()


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nothing: these sources are on a site of their own."""
    return tmp_path_factory.mktemp("none")


@pytest.fixture(scope="module")
def served(sources: Path) -> Iterator[Site]:
    with a_site() as site:
        site.add(sources)
        site.add(CASES / "pages")
        for width, height in ((360, 640), (480, 854), (720, 1280), (1080, 1920)):
            name = f"v{width}x{height}"
            ffmpeg(
                *("-f", "lavfi", "-i", f"testsrc2=s={width}x{height}:r=10:d=1"),
                *("-f", "lavfi", "-i", "sine=440:d=1", *H264, "-c:a", "aac", "-f", "hls"),
                *("-hls_time", "2", "-hls_playlist_type", "vod", str(sources / f"{name}.m3u8")),
            )
            site.add(sources, f"{name}.m3u8", f"{name}0.ts")
        body = site.files["clip.ts"]
        # A whole number of packets: nothing but its length tells that it is not all.
        site.files["short.ts"] = body[: 188 * (len(body) // 376)]
        site.files["said.html"] = page_of(site, "short.ts", "PT12S")
        site.files["hole.m3u8"] = site.files["hls.m3u8"].replace(b"h3.ts", b"part.ts")
        site.files["ranges.m3u8"] = site.files["single.m3u8"].replace(b"single.", b"whole.")
        site.files["whole.ts"] = site.files["single.ts"]
        site.manners["whole.ts"] = without_ranges(site.files["single.ts"])
        site.files["part.ts"] = half_at_a_packet(Answer(body=site.files["h3.ts"]), 1).body
        whole = site.files["fast.mp4"]
        site.files["unwritten.mp4"] = whole[: len(whole) // 2].ljust(len(whole), b"\0")
        middle = len(whole) // 2
        site.files["skipped.mp4"] = b"%b%b%b" % (
            *(whole[:middle], bytes(len(whole) // 10)),
            whole[middle + len(whole) // 10 :],
        )
        # An advertisement whose times are its own, in the middle; and half of a piece before it.
        ffmpeg(
            *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", "-f", "lavfi", "-i"),
            *("sine=880:d=2:r=48000", *H264, "-c:a", "aac", str(sources / "advert.ts")),
        )
        site.add(sources, "advert.ts")
        piece = b"#EXTINF:2.000000,\nh3.ts"
        mark = b"#EXT-X-DISCONTINUITY\n"
        advert = mark + b"#EXTINF:2.000000,\nadvert.ts\n" + mark + piece
        site.files["advert.m3u8"] = site.files["hls.m3u8"].replace(piece, advert)
        site.files["half.m3u8"] = site.files["advert.m3u8"].replace(b"h3.ts", b"part.ts")
        yield site


ORDERS: dict[str, tuple[str, dict[str, object]]] = {
    "vertical": ("vertical.m3u8", {"maxHeight": 1080}),
    "said": ("said.html", {}),
    "hole": ("hole.m3u8", {}),
    "private": ("private-track.html", {"subtitles": "any"}),
    "audio": ("sound.m4a", {"mode": "audio"}),
    "no_ranges": ("ranges.m3u8", {}),
    "part_gone": ("gone.m3u8", {}),
    "advert": ("advert.m3u8", {}),
    "half": ("half.m3u8", {}),
    "unwritten": ("unwritten.mp4", {}),
    "skipped": ("skipped.mp4", {}),
}


@pytest.fixture(scope="module")
def ordered(downloads: Downloader, served: Site) -> None:
    """Order all of these at once: mostly they wait for a program to start."""
    served.files["gone.m3u8"] = served.files["f.m3u8"].replace(b"f4.m4s", b"no.m4s")
    for name, (file, options) in ORDERS.items():
        answer = downloads.render(f"job_{name}", served.url(file), options)
        while answer.status_code == 503:
            threading.Event().wait(0.05)
            answer = downloads.render(f"job_{name}", served.url(file), options)
        assert answer.status_code == 202, answer.text


@pytest.mark.usefixtures("ordered")
def test_d10_the_height_of_an_upright_video_is_its_shorter_side(downloads: Downloader) -> None:
    end = downloads.world.end_of("job_vertical")

    assert end["status"] == "completed", end
    video = end["outputs"]["video"]
    assert (video["width"], video["height"]) == (1080, 1920)


@pytest.mark.usefixtures("ordered")
def test_d07_a_stream_that_is_shorter_than_its_page_says_is_not_all(
    downloads: Downloader,
) -> None:
    end = downloads.world.end_of("job_said")

    assert (end["status"], end["error"]["code"]) == ("failed", "download_network")
    assert end["error"]["retryable"] is True
    assert downloads.uploaded("job_said") == set()


@pytest.mark.usefixtures("ordered")
def test_half_a_piece_that_looks_whole_leaves_a_hole_that_is_found(downloads: Downloader) -> None:
    end = downloads.world.end_of("job_hole")

    assert (end["status"], end["error"]["code"]) == ("failed", "download_incomplete")
    assert "nothing came from 7.0" in end["error"]["toolTail"]


@pytest.mark.usefixtures("ordered")
def test_times_that_begin_anew_at_an_advertisement_go_on_in_the_film(
    downloads: Downloader, tmp_path: Path
) -> None:
    end = downloads.world.end_of("job_advert")

    assert end["status"] == "completed", end
    (tmp_path / "video.mp4").write_bytes(downloads.body("job_advert", "video.mp4"))
    assert [track.gaps for track in read_tracks(tmp_path / "video.mp4")] == [(), ()]
    assert downloads.metadata("job_advert")["durationS"] == pytest.approx(14, abs=0.1)
    # A header of 44 bytes, then 16,000 samples of two bytes a second.
    assert (len(downloads.body("job_advert", "audio.wav")) - 44) / 32_000 == pytest.approx(
        14, abs=0.1
    )


@pytest.mark.usefixtures("ordered")
def test_half_a_piece_is_missed_beside_times_that_begin_anew(downloads: Downloader) -> None:
    end = downloads.world.end_of("job_half")

    assert (end["status"], end["error"]["code"]) == ("failed", "download_network")
    assert "came of 14.00 s" in end["error"]["toolTail"]


@pytest.mark.usefixtures("ordered")
@pytest.mark.parametrize("name", ["unwritten", "skipped"])
def test_a_file_that_was_not_written_to_its_end_is_not_all(
    downloads: Downloader, name: str
) -> None:
    end = downloads.world.end_of(f"job_{name}")

    assert (end["status"], end["error"]["code"]) == ("failed", "download_incomplete")
    assert downloads.uploaded(f"job_{name}") == set()


@pytest.mark.usefixtures("ordered")
def test_a_server_that_sends_the_whole_file_for_each_byte_range_makes_no_film(
    downloads: Downloader,
) -> None:
    end = downloads.world.end_of("job_no_ranges")

    assert (end["status"], end["error"]["code"]) == ("failed", "download_failed")
    assert "the playlist says 12.00 s" in end["error"]["toolTail"]


@pytest.mark.usefixtures("ordered")
def test_d05_no_path_of_the_machine_is_in_the_answer(downloads: Downloader) -> None:
    end = downloads.world.end_of("job_part_gone")

    assert (end["status"], end["error"]["code"]) == ("failed", "download_incomplete")
    assert not [text for text in end["error"].values() if "/download/" in str(text)]


@pytest.mark.usefixtures("ordered")
def test_d20_a_track_that_may_not_be_fetched_costs_a_notice(downloads: Downloader) -> None:
    end = downloads.world.end_of("job_private")

    assert end["status"] == "completed", end
    assert set(end["outputs"]) == {"video", "audio", "audioSource", "metadata"}
    said = [notice["message"] for notice in downloads.metadata("job_private")["notices"]]
    assert said == [
        "The subtitles (en) are not available."
        " The URL leads to an address that downloads must not reach."
    ]


@pytest.mark.usefixtures("ordered")
def test_sound_alone_is_downloaded_in_the_mode_for_it(downloads: Downloader) -> None:
    end = downloads.world.end_of("job_audio")

    assert end["status"] == "completed", end
    assert set(end["outputs"]) == {"audio", "audioSource", "metadata"}
    assert end["outputs"]["audio"]["durationMs"] == pytest.approx(12_000, abs=100)
    assert downloads.metadata("job_audio")["hasAudio"] is True
