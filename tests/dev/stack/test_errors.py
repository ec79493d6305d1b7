"""What is missing is said in one sentence, with what to do about it."""

from pathlib import Path

import pytest

from dev.stack.errors import StackError, check_ffmpeg


def test_a_missing_ffmpeg_says_which_setting_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "none"))

    with pytest.raises(StackError, match=r"IMAGEIO_FFMPEG_EXE names .*none"):
        check_ffmpeg()
