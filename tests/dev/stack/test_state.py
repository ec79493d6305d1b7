"""The state folder: locked by one stack, its secrets kept and private."""

import json
import stat
from pathlib import Path

import pytest

from dev.stack.errors import StackError
from dev.stack.stack import folders
from dev.stack.state import StateFolder


def test_a_second_stack_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    with StateFolder(tmp_path), pytest.raises(StackError, match="in use by another running stack"):
        StateFolder(tmp_path).__enter__()


def test_secrets_survive_a_restart_and_only_the_owner_can_read_them(tmp_path: Path) -> None:
    with StateFolder(tmp_path) as folder:
        first = folder.secrets()

    with StateFolder(tmp_path) as folder:
        assert folder.secrets() == first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    values = list(json.loads((tmp_path / "secrets.json").read_text("utf-8")).values())
    assert len(set(values)) == 4
    assert min(map(len, values)) >= 32


def test_fresh_empties_the_folder_and_makes_new_secrets(tmp_path: Path) -> None:
    with StateFolder(tmp_path) as folder:
        first = folder.secrets()
    (tmp_path / "v3" / "d1").mkdir(parents=True)
    (tmp_path / "v3" / "d1" / "rows.sqlite").write_text("rows", "utf-8")

    with StateFolder(tmp_path, fresh=True) as folder:
        assert folder.secrets() != first

    assert not (tmp_path / "v3").exists()


def test_a_damaged_secrets_file_is_a_readable_error(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{", "utf-8")

    with StateFolder(tmp_path) as folder, pytest.raises(StackError, match="--fresh"):
        folder.secrets()


def test_another_folder_is_taken_where_nobody_names_one(tmp_path: Path) -> None:
    unnamed = folders(None)

    names = [next(unnamed).name for _ in range(3)]

    assert names == [".stack", ".stack-2", ".stack-3"]
    assert list(folders(tmp_path)) == [tmp_path]
