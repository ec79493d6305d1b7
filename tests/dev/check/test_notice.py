import json
from pathlib import Path

import pytest

from dev.check.notice import notice_faults

HASH = "--hash=sha256:" + "0" * 64


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder in ("requirements", "dev/browser"):
        (tmp_path / folder).mkdir(parents=True)
    lock = f"httpx==1.0 \\\n    {HASH}\nyt-dlp==2.0 \\\n    {HASH}\n"
    (tmp_path / "requirements" / "downloader.txt").write_text(lock)
    paths = ("", "node_modules/ws", "node_modules/a/node_modules/@esbuild/linux")
    packages = json.dumps({"packages": {path: {} for path in paths}})
    (tmp_path / "package-lock.json").write_text(packages)
    (tmp_path / "dev/browser/package-lock.json").write_text(json.dumps({"packages": {"": {}}}))
    (tmp_path / "NOTICE").write_text(
        "FFmpeg   GPL, in words.\n\n  httpx  BSD-3-Clause\n  yt-dlp  Unlicense\n"
        "  ws  MIT\n  @esbuild/*  MIT\n"
    )
    return tmp_path


def lines(tree: Path) -> list[str]:
    return [fault.line() for fault in notice_faults(tree)]


def test_a_notice_that_names_all_has_no_fault(tree: Path) -> None:
    assert lines(tree) == []


@pytest.mark.parametrize(
    ("entry", "package", "lock"),
    [
        ("  yt-dlp  Unlicense\n", "yt-dlp", "requirements/downloader.txt"),
        ("  @esbuild/*  MIT\n", "@esbuild/linux", "package-lock.json"),
    ],
)
def test_a_locked_package_that_is_not_named_is_told(
    tree: Path, entry: str, package: str, lock: str
) -> None:
    text = (tree / "NOTICE").read_text()
    (tree / "NOTICE").write_text(text.replace(entry, ""))

    (line,) = lines(tree)
    assert line.startswith(f"NOTICE: does not name {package}, which {lock} has.")


def test_a_name_without_its_licence_names_nothing(tree: Path) -> None:
    text = (tree / "NOTICE").read_text()
    (tree / "NOTICE").write_text(text.replace("  httpx  BSD-3-Clause\n", "  httpx\n"))

    assert len(lines(tree)) == 1


def test_what_is_no_longer_installed_is_told(tree: Path) -> None:
    with (tree / "NOTICE").open("a") as notice:
        notice.write("  mutagen  GPL-2.0-or-later\n")

    assert lines(tree) == ["NOTICE: names mutagen, which no lock has. Fix: remove it."]
