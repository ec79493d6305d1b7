"""Where tests and benchmarks keep what they throw away."""

import tempfile
from pathlib import Path

from dev.scratch import scratch_folder


def test_what_is_thrown_away_stays_in_memory_only_where_there_is_room(tmp_path: Path) -> None:
    elsewhere = Path(tempfile.gettempdir())

    assert scratch_folder(tmp_path, room_bytes=1) == tmp_path
    assert scratch_folder(tmp_path, room_bytes=2**62) == elsewhere
    assert scratch_folder(tmp_path / "missing", room_bytes=1) == elsewhere
