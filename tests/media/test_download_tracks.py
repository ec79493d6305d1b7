"""Cookies, formats and subtitles, as people have them and as sites offer them."""

from pathlib import Path

import pytest

from media_jobs.cookies import read_cookies
from tests.media.sites import (
    Site,
)
from tests.media.sourcing import CASES, failed, fetched


@pytest.mark.parametrize("name", ["good.txt", "crlf.txt", "bom.txt", "export.json", "header.txt"])
def test_d22_to_d24_cookies_work_as_people_have_them(site: Site, tmp_path: Path, name: str) -> None:
    site.cookies["fast.mp4"] = "session=letmein"
    text = (CASES / "cookies" / name).read_bytes().decode()

    fetched(site, "fast.mp4", tmp_path, cookies=text)


def test_d25_an_empty_file_is_as_no_cookies(site: Site, tmp_path: Path) -> None:
    text = (CASES / "cookies" / "empty.txt").read_text()

    fetched(site, "fast.mp4", tmp_path / "free", cookies=text)
    site.cookies["fast.mp4"] = "session=letmein"
    report = failed(site, "fast.mp4", tmp_path / "closed", cookies=text)

    assert read_cookies(text) == ()
    assert (report.code, report.hints) == ("download_login_required", ("needs_cookies",))


def test_d11_upright_picture_and_sound_that_come_apart_are_put_together(
    site: Site, tmp_path: Path
) -> None:
    # The same playlist stands for both sizes: under two names it is seen which is chosen.
    small, large = (site.files["sv.m3u8"].replace(b"sv", name) for name in (b"small", b"large"))
    text = site.files["vertical-separate.m3u8"].replace(b"sv.m3u8", b"small.m3u8", 1)
    site.files |= {"apart.m3u8": text.replace(b"sv.m3u8", b"large.m3u8")}
    site.files |= {"small.m3u8": small, "large.m3u8": large}
    for number in range(6):
        site.files[f"large{number}.ts"] = site.files[f"sv{number}.ts"]

    report = fetched(site, "apart.m3u8", tmp_path)

    assert [site.counts[f"{name}5.ts"] for name in ("small", "large", "sa")] == [0, 1, 1]
    by_playlist = [promise for promise in report.promises if promise.by == "playlist"]
    assert [promise.stream for promise in by_playlist] == ["video", "audio"]


def test_several_languages_of_subtitles_are_taken_and_missing_ones_told(
    site: Site, tmp_path: Path
) -> None:
    tracks = "".join(
        f"<track kind='subtitles' src='{name}.vtt' srclang='{name}'>"
        for name in ("en", "de", "fr", "nl")
    )
    page = f"<html><head><title>T</title></head><body><video src='fast.mp4'>{tracks}</video></body>"
    site.files["tracks.html"] = page.encode()
    for name in ("en", "de", "nl"):
        site.files[f"{name}.vtt"] = f"WEBVTT\n\n00:01.000 --> 00:02.000\n{name}\n".encode()
    wishes = {"subtitles": "any", "subtitle_languages": ["de", "fr", "en"], "subtitle_tracks": 3}

    report = fetched(site, "tracks.html", tmp_path, mode="metadata", **wishes)

    texts = [(tmp_path / name).read_text() for name in report.subtitles]
    assert [text.splitlines()[-1] for text in texts] == ["de", "en"]
    taken = report.metadata.subtitle_tracks or ()
    assert [track.language for track in taken] == ["de", "en"]
    assert report.metadata.subtitles == taken[0]
    assert [notice for notice in report.metadata.notices if "(fr)" in notice.message]
