"""The same sources meet the same worlds."""

from pathlib import Path

import pytest

from tests.sim.seeds import seed_of


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "src" / "app").mkdir(parents=True)
    (tmp_path / "src" / "app" / "entry.py").write_text("a = 1\n")
    (tmp_path / "src" / "app" / "jobs.py").write_text("b = 2\n")
    return tmp_path / "src"


def test_the_same_sources_have_the_same_seed_wherever_they_lie(
    sources: Path, tmp_path: Path
) -> None:
    seed = seed_of(sources)

    (sources / "app" / "__pycache__").mkdir()
    (sources / "app" / "__pycache__" / "entry.pyc").write_bytes(b"compiled")
    moved = sources.rename(tmp_path / "other")

    assert seed_of(moved) == seed


def test_a_changed_a_moved_and_a_new_file_each_make_another_seed(sources: Path) -> None:
    seeds = [seed_of(sources)]

    (sources / "app" / "entry.py").write_text("a = 2\n")
    seeds.append(seed_of(sources))
    (sources / "app" / "jobs.py").rename(sources / "app" / "media.py")
    seeds.append(seed_of(sources))
    (sources / "app" / "empty.py").touch()
    seeds.append(seed_of(sources))

    assert len(set(seeds)) == len(seeds)
