"""Why a download fails: what sites, proxies and disks say, as a code of its own each."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.media.sites import (
    Answer,
    Site,
    closed,
    refused,
    typed,
)
from tests.media.sourcing import BOTH, failed, fetched


def test_d12_an_address_that_is_refused_after_its_page_was_shown_is_worth_one_more_try(
    site: Site, tmp_path: Path
) -> None:
    site.manners["fast.mp4"] = refused(403, after=1)

    first = failed(site, "fast.mp4", tmp_path / "first")
    site.counts.clear()
    second = failed(site, "fast.mp4", tmp_path / "second", attempt=2)

    assert (first.code, first.retryable, first.hints) == ("download_unavailable", True, BOTH)
    assert (second.retryable, second.hints) == (False, BOTH)


def test_d12_an_address_that_has_expired_is_asked_for_anew_once(site: Site, tmp_path: Path) -> None:
    def once(answer: Answer, count: int) -> Answer:
        return refused(403)(answer, count) if count == 2 else answer

    site.manners["fast.mp4"] = once

    fetched(site, "fast.mp4", tmp_path)

    # The page, the refusal, the page anew and the file.
    assert site.counts["fast.mp4"] == 4


@pytest.mark.parametrize("status", [500, 502, 503])
def test_d13_what_a_server_says_with_5xx_is_never_about_the_video(
    site: Site, tmp_path: Path, status: int
) -> None:
    words = "Video unavailable. Sign in. This live event has been removed"
    site.manners["fast.mp4"] = refused(status, after=1, reason=words)

    report = failed(site, "fast.mp4", tmp_path)

    assert (report.code, report.retryable) == ("download_network", True)


@contextmanager
def a_refusing_proxy() -> Iterator[str]:
    """An HTTP proxy that answers everything with 407."""

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(407)
            self.send_header("content-length", "0")
            self.end_headers()

        do_CONNECT = do_GET

        def log_message(self, format: str, *arguments: object) -> None:
            """Keep the output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://me:pass-word@127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_d14_a_proxy_that_wants_another_login_is_told_from_the_site(
    site: Site, tmp_path: Path, scheme: str
) -> None:
    with a_refusing_proxy() as proxy:
        report = failed(site, f"{scheme}://v.example/a.mp4", tmp_path, proxy=proxy)

    assert (report.code, report.retryable) == ("download_proxy_refused", False)
    assert "proxy" in report.message
    assert "pass-word" not in report.model_dump_json()


def test_a_proxy_that_is_not_there_is_told_from_the_site(site: Site, tmp_path: Path) -> None:
    report = failed(site, "http://v.example/a.mp4", tmp_path, proxy="http://127.0.0.1:9")

    assert (report.code, report.retryable) == ("download_proxy_down", True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=24m", "none", str(folder)], capture_output=True
    )
    if not made or made.returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.skipif(os.name != "posix", reason="tmpfs")
def test_d15_a_file_that_has_no_room_is_refused_with_its_first_bytes(
    site: Site, small_disk: Path
) -> None:
    site.files["large.mp4"] = site.files["fast.mp4"] + bytes(42_000_000)

    report = failed(site, "large.mp4", small_disk / "d")

    assert (report.code, report.retryable) == ("disk_full", True)
    assert shutil.disk_usage(small_disk).used < 1_000_000


def test_d15_a_file_of_unknown_length_that_fills_the_disk_says_so(
    site: Site, small_disk: Path
) -> None:
    site.files["large.mp4"] = site.files["fast.mp4"] + bytes(84_000_000)
    site.manners["large.mp4"] = closed

    report = failed(site, "large.mp4", small_disk / "d")

    assert (report.code, report.retryable) == ("disk_full", True)


def test_d15_pieces_that_fill_the_disk_say_so(site: Site, small_disk: Path) -> None:
    null_packet = b"\x47\x1f\xff\x10" + bytes(184)
    for number in range(6):
        site.files[f"h{number}.ts"] = null_packet * 50_000

    report = failed(site, "hls.m3u8", small_disk / "d")

    assert (report.code, report.retryable) == ("disk_full", True)


def test_d16_a_live_stream_has_a_code_of_its_own(site: Site, tmp_path: Path) -> None:
    playlist = site.files["hls.m3u8"].replace(b"#EXT-X-ENDLIST", b"")
    site.files["live.m3u8"] = playlist.replace(b"#EXT-X-PLAYLIST-TYPE:VOD\n", b"")

    report = failed(site, "live.m3u8", tmp_path)

    assert (report.code, report.retryable) == ("download_live", False)
    assert "live" in report.message


def test_d16_a_page_that_plays_a_live_stream_is_told_from_a_film(
    site: Site, tmp_path: Path
) -> None:
    playlist = site.files["hls.m3u8"].replace(b"#EXT-X-ENDLIST", b"")
    site.files["live.m3u8"] = playlist.replace(b"#EXT-X-PLAYLIST-TYPE:VOD\n", b"")
    site.files["live.html"] = b"<html><body><video src='live.m3u8'></video></body></html>"

    assert failed(site, "live.html", tmp_path).code == "download_live"


def test_d17_one_video_is_told_from_a_list(site: Site, tmp_path: Path) -> None:
    report = failed(site, "fast.mp4", tmp_path, mode="list")

    assert (report.code, report.retryable) == ("download_one_video", False)
    assert "one video and not a list" in report.message


def test_d18_entries_of_a_list_keep_their_whole_query(site: Site, tmp_path: Path) -> None:
    entries = fetched(site, "feed.xml", tmp_path, mode="list").metadata.entries

    assert entries is not None
    assert [entry.url for entry in entries] == [
        site.url("fast.mp4?v=1&list=" + "P" * 42),
        site.url("fast.mp4?design=2"),
        site.url("fast.mp4?v=3"),
    ]


def test_d18_the_page_s_address_loses_what_grants_access_and_nothing_else(
    site: Site, tmp_path: Path
) -> None:
    query = "design=2&list=" + "P" * 42
    signed = f"fast.mp4?{query}&X-Amz-Signature=0123&X-Amz-Expires=60"

    metadata = fetched(site, signed, tmp_path, mode="metadata").metadata

    assert metadata.webpage_url == site.url(f"fast.mp4?{query}")


def test_d19_a_page_with_two_videos_says_so(site: Site, tmp_path: Path) -> None:
    report = fetched(site, "two-videos.html", tmp_path)

    (notice,) = report.metadata.notices
    assert notice.message == "The page has 2 videos. This is the first."
    assert site.counts["silent.mp4"] == 0


def test_d18_of_a_page_with_files_each_entry_is_the_address_of_its_own(
    site: Site, tmp_path: Path
) -> None:
    entries = fetched(site, "two-videos.html", tmp_path, mode="list").metadata.entries

    assert entries is not None
    assert [entry.url for entry in entries] == [site.url("fast.mp4"), site.url("silent.mp4")]


def test_sound_alone_is_told_from_a_video(site: Site, tmp_path: Path) -> None:
    site.manners["sound.m4a"] = typed("audio/mp4")

    report = failed(site, "sound.m4a", tmp_path)

    assert (report.code, report.retryable) == ("download_audio_only", False)
    # The first bytes are looked at, and no more is fetched.
    assert site.counts["sound.m4a"] == 1


def test_a_site_that_wants_to_know_the_page_is_told_the_referer(site: Site, tmp_path: Path) -> None:
    fetched(site, "fast.mp4", tmp_path, referer="https://page.example/watch?v=1")

    assert {asked.get("Referer") for asked in site.asked["fast.mp4"]} == {
        "https://page.example/watch?v=1"
    }
