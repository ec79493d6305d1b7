"""The FFmpeg of the images runs here, or it is told why not."""

import subprocess
from pathlib import Path

import pytest

from dev import debian, debian_ffmpeg

pytestmark = pytest.mark.programs


def test_it_is_debian_13s() -> None:
    if reason := debian_ffmpeg.why_not():
        pytest.skip(reason)

    for program in (debian_ffmpeg.FFMPEG, debian_ffmpeg.FFMPEG.with_name("ffprobe")):
        printed = subprocess.run([program, "-version"], check=True, capture_output=True, text=True)
        assert f"{program.name} version 7.1." in printed.stdout
        assert "+deb13" in printed.stdout


def test_without_apt_or_root_it_is_told_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(debian_ffmpeg, "FFMPEG", tmp_path / "ffmpeg")
    monkeypatch.setattr(debian, "can_install", lambda: False)

    assert debian_ffmpeg.why_not() == "Debian 13's FFmpeg needs apt and root"


def test_on_another_system_it_is_told_that_this_is_no_debian(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(debian_ffmpeg, "FFMPEG", tmp_path / "ffmpeg")
    monkeypatch.setattr(debian, "can_install", lambda: True)
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: {"ID": "ubuntu"})

    assert "from Debian" in (debian_ffmpeg.why_not() or "")
