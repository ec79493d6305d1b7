"""The symbols' fonts are files that nobody else can exchange."""

from pathlib import Path

from engine_kit.fonts import coverage
from engine_kit.symbol_fonts import unpacked_in


def test_the_fonts_are_unpacked_once_and_hold_their_symbols(tmp_path: Path) -> None:
    folder = unpacked_in(tmp_path)
    written = {path: path.stat().st_mtime_ns for path in folder.iterdir()}

    assert unpacked_in(tmp_path) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == written
    held = frozenset[int]().union(*(coverage(path) for path in written))
    assert {ord(c) for c in "✗♞⇝𝒜𝄞⠿"} <= held


def test_a_folder_that_others_can_write_to_is_not_used(tmp_path: Path) -> None:
    usual = unpacked_in(tmp_path)
    usual.chmod(0o777)

    folder = unpacked_in(tmp_path)

    assert folder != usual
    assert folder.stat().st_mode & 0o077 == 0
