"""What is missing is said in one sentence, with what to do about it."""

from pathlib import Path

import pytest

from dev.installation import NotInstalled, check_installation, node_path
from dev.stack.errors import StackError, check_ffmpeg


def installed(root: Path) -> Path:
    for name in ("miniflare", "pyodide", "wrangler"):
        (root / "node_modules" / name).mkdir(parents=True)
    (root / "python_modules" / "workers").mkdir(parents=True)
    for config in ("wrangler.root.jsonc", "wrangler.toml"):
        (root / config).touch()
    return root


def test_a_complete_installation_passes(tmp_path: Path) -> None:
    check_installation(installed(tmp_path))


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ("wrangler.toml", r"config wrangler\.toml is missing"),
        ("node_modules/miniflare", r"node_modules/miniflare is missing: run `make setup`"),
        ("python_modules/workers", r"python_modules/ .* is missing: run `make setup`"),
    ],
)
def test_a_missing_part_is_named(tmp_path: Path, missing: str, says: str) -> None:
    target = installed(tmp_path) / missing
    target.rmdir() if target.is_dir() else target.unlink()

    with pytest.raises(NotInstalled, match=says):
        check_installation(tmp_path)


def test_a_missing_node_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NotInstalled, match="Node is missing: run `make setup`"):
        node_path()


def test_an_old_node_says_which_one_is_needed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v20.1.0\n", "utf-8")
    node.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))

    with pytest.raises(NotInstalled, match=r"Node 22 or newer is needed, .* is v20\.1\.0"):
        node_path()


def test_a_missing_ffmpeg_says_which_setting_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "none"))

    with pytest.raises(StackError, match=r"IMAGEIO_FFMPEG_EXE names .*none"):
        check_ffmpeg()
