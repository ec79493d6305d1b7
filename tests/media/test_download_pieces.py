"""What is not all there, by the real yt-dlp over loopback: missing pieces, files that are cut.

The child's code runs in this process, because a start of the program costs more than the download.
"""

from pathlib import Path

import pytest
from downloader.wholeness import is_cut_off

from tests.media.pictures import ffmpeg
from tests.media.sites import (
    Answer,
    Manner,
    Site,
    a_site,
    broken_off,
    closed,
    emptied,
    gzipped,
    halved,
    refused,
    typed,
)
from tests.media.sourcing import BOTH, WHOLE_S, failed, fetched

PIECES: dict[str, tuple[str, str, Manner, str, tuple[str, ...]]] = {
    "d01 gone": ("hls.m3u8", "h3.ts", refused(404), "download_incomplete", ()),
    "d02 refused": ("hls.m3u8", "h3.ts", refused(403), "download_unavailable", BOTH),
    "d03 broken off": ("hls.m3u8", "h3.ts", broken_off, "download_network", ()),
    "d04 the first is gone": ("hls.m3u8", "h0.ts", refused(404), "download_incomplete", ()),
    "d05 of fragmented MP4": ("f.m3u8", "f4.m4s", refused(404), "download_incomplete", ()),
    "an initialisation": ("f.m3u8", "fi.mp4", refused(404), "download_incomplete", ()),
    "of fragmented MP4, cut": ("f.m3u8", "f2.m4s", closed, "download_network", ()),
    "without a length, cut": ("hls.m3u8", "h2.ts", closed, "download_network", ()),
    "with half its length": ("hls.m3u8", "h5.ts", halved, "download_network", ()),
    "empty": ("hls.m3u8", "h1.ts", emptied, "download_network", ()),
    "a server at its end": ("hls.m3u8", "h3.ts", refused(503), "download_network", ()),
    "too often": ("hls.m3u8", "h3.ts", refused(429), "download_rate_limited", ("needs_proxy",)),
    "of DASH": ("dash.mpd", "d0-3.m4s", refused(404), "download_incomplete", ()),
    "of DASH sound": ("dash.mpd", "d1-2.m4s", refused(410), "download_incomplete", ()),
    "by byte ranges": ("single.m3u8", "single.ts", refused(404), "download_incomplete", ()),
}


@pytest.mark.parametrize("what", PIECES)
def test_d01_to_d05_a_missing_piece_fails_the_download_and_is_worth_another_try(
    site: Site, tmp_path: Path, what: str
) -> None:
    playlist, piece, manner, code, hints = PIECES[what]
    site.manners[piece] = manner

    report = failed(site, playlist, tmp_path / "d")

    assert (report.code, report.retryable, report.hints) == (code, True, hints)
    assert str(tmp_path) not in report.model_dump_json()


@pytest.mark.parametrize("playlist", ["hls.m3u8", "f.m3u8", "single.m3u8", "dash.mpd"])
def test_pieces_that_all_come_are_a_video_with_the_length_that_the_playlist_says(
    site: Site, tmp_path: Path, playlist: str
) -> None:
    report = fetched(site, playlist, tmp_path)

    assert report.file is not None
    promised = [promise.seconds for promise in report.promises if promise.by == "playlist"]
    # Of a DASH manifest the last piece does not count: it may be shorter than it says.
    least = WHOLE_S - 2.1 if playlist == "dash.mpd" else WHOLE_S - 0.1
    assert promised
    assert all(least <= seconds <= WHOLE_S + 0.1 for seconds in promised)


def test_a_piece_is_no_reason_for_a_third_attempt(site: Site, tmp_path: Path) -> None:
    site.manners["h3.ts"] = refused(404)

    assert failed(site, "hls.m3u8", tmp_path, attempt=2).retryable is False


def an_error_page(_: Answer, __: int) -> Answer:
    body = b"<html>Sorry, something went wrong.</html>"
    return Answer(body=body, headers={"content-type": "text/html"})


def test_an_error_page_in_place_of_a_piece_is_no_piece(site: Site, tmp_path: Path) -> None:
    site.manners["h3.ts"] = an_error_page

    assert failed(site, "hls.m3u8", tmp_path).code == "download_network"


def test_d06_a_file_without_a_length_that_is_closed_early_is_a_network_failure(
    site: Site, tmp_path: Path
) -> None:
    site.manners["fast.mp4"] = closed

    report = failed(site, "fast.mp4", tmp_path)

    assert (report.code, report.retryable) == ("download_network", True)


def test_d08_a_file_that_ends_before_its_index_does_is_incomplete(
    site: Site, tmp_path: Path
) -> None:
    body = site.files["fast.mp4"]
    site.files["half.mp4"] = body[: len(body) // 2]

    report = failed(site, "half.mp4", tmp_path)

    assert (report.code, report.retryable) == ("download_incomplete", True)


def test_d09_a_length_that_is_half_the_file_s_makes_no_whole_file(
    site: Site, tmp_path: Path
) -> None:
    site.manners["fast.mp4"] = halved

    assert failed(site, "fast.mp4", tmp_path).code == "download_incomplete"


def test_a_file_that_breaks_off_is_gone_on_with_and_is_whole(site: Site, tmp_path: Path) -> None:
    def first_time(answer: Answer, count: int) -> Answer:
        # The first request looks at what it is.
        return broken_off(answer, count) if count == 2 else answer

    site.manners["fast.mp4"] = first_time

    report = fetched(site, "fast.mp4", tmp_path)

    assert (tmp_path / str(report.file)).read_bytes() == site.files["fast.mp4"]
    assert "Range" in site.asked["fast.mp4"][-1]


def test_a_server_that_cannot_go_on_in_the_middle_is_asked_for_the_whole(
    site: Site, tmp_path: Path
) -> None:
    def no_ranges(answer: Answer, count: int) -> Answer:
        if count == 2:
            return broken_off(answer, count)
        return Answer(status=416) if answer.status == 206 else answer

    site.manners["fast.mp4"] = no_ranges

    report = fetched(site, "fast.mp4", tmp_path)

    assert (tmp_path / str(report.file)).read_bytes() == site.files["fast.mp4"]


@pytest.mark.parametrize(
    "manner", [gzipped, typed("application/octet-stream"), typed("text/plain"), typed("")]
)
def test_a_file_that_is_compressed_or_called_something_else_is_taken(
    site: Site, tmp_path: Path, manner: Manner
) -> None:
    site.manners["fast.mp4"] = manner

    report = fetched(site, "fast.mp4", tmp_path)

    assert (tmp_path / str(report.file)).read_bytes() == site.files["fast.mp4"]


def test_a_playlist_that_is_on_another_host_is_followed(site: Site, tmp_path: Path) -> None:
    with a_site() as other:
        other.files = dict(site.files)
        site.moved["moved.m3u8"] = other.url("hls.m3u8")

        report = fetched(site, "moved.m3u8", tmp_path)

    assert other.counts["h5.ts"] == 1
    assert site.counts["h5.ts"] == 0
    assert [promise.seconds for promise in report.promises if promise.by == "playlist"] == [WHOLE_S]


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of noise as MP3 (with a title, too), Ogg and WMA."""
    folder = tmp_path_factory.mktemp("sounds")
    noise = ("-f", "lavfi", "-i", "anoisesrc=d=1:a=0.5:r=44100:seed=1")
    ffmpeg(
        *(*noise, "-c:a", "libmp3lame", str(folder / "a.mp3")),
        *("-metadata", "title=A" * 90, str(folder / "titled.mp3")),
        *("-c:a", "libvorbis", str(folder / "a.ogg"), "-c:a", "libopus", str(folder / "a.opus")),
        *("-c:a", "wmav2", str(folder / "a.wma")),
    )
    return folder


@pytest.mark.parametrize("name", ["a.mp3", "titled.mp3", "a.ogg", "a.opus", "a.wma"])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_sound_that_is_cut_off_is_told_from_sound_that_is_whole(
    sounds: Path, tmp_path: Path, name: str, share: float
) -> None:
    body = (sounds / name).read_bytes()
    cut = tmp_path / name
    cut.write_bytes(body[: int(len(body) * share)])

    assert is_cut_off(cut, joined=False)
    assert not is_cut_off(sounds / name, joined=False)


def test_a_recording_of_a_stream_states_no_length(sounds: Path, tmp_path: Path) -> None:
    # Without the frame that states it, and with a page of Ogg that is not the last.
    mp3, ogg = (sounds / "a.mp3").read_bytes(), (sounds / "a.ogg").read_bytes()
    at = mp3.index(b"Info") - 36
    frames = mp3[mp3.index(mp3[at : at + 2], at + 100) :]
    for content in (frames[: len(frames) // 2], ogg[: ogg.rindex(b"OggS")]):
        (tmp_path / "cut").write_bytes(content)
        assert not is_cut_off(tmp_path / "cut", joined=False)


def test_a_song_that_the_site_has_half_of_is_incomplete(
    site: Site, sounds: Path, tmp_path: Path
) -> None:
    site.add(sounds)
    site.files["half.mp3"] = site.files["a.mp3"][: len(site.files["a.mp3"]) // 2]

    assert fetched(site, "a.mp3", tmp_path / "whole", mode="audio").file is not None
    assert failed(site, "half.mp3", tmp_path / "d", mode="audio").code == "download_incomplete"
