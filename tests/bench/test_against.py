"""Two trees' benchmarks take turns, each as its own tree has it."""

from pathlib import Path

import pytest

from bench.against import interleaved, starts

pytestmark = pytest.mark.programs

# A benchmark that notes in the folder of both trees what it does.
BENCHMARK = """
import argparse
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

NAME = Path.cwd().name

def note(what):
    with (Path.cwd().parent / "notes").open("a") as notes:
        print(NAME, what, file=notes)

@dataclass
class Scenario:
    name: str = "GET /"
    requests: int = 3

class Stack:
    def __enter__(self):
        note("starts")
        return self

    def __exit__(self, *_):
        note("stops")

    def import_times_s(self):
        return {"app": 0.5}

def measure(measured, *, rounds, warm_up_rounds, tell):
    for number in range(-warm_up_rounds, rounds):
        tell(f"round {number}")
        note(f"round {number}")
    (_, scenario), = measured
    return [SimpleNamespace(name=scenario.name, rounds_ms=[float(scenario.requests)] * rounds)]

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--warm-up", type=int)
    parser.add_argument("--only")
    given = parser.parse_args()
    print("what it prints is not the figures")
    if given.only == "wrong":
        raise RuntimeError("no such route")
    with Stack():
        measure([(1, Scenario())], rounds=given.rounds, warm_up_rounds=given.warm_up, tell=print)
"""


@pytest.fixture
def trees(tmp_path: Path) -> list[Path]:
    folders = [tmp_path / "here", tmp_path / "there"]
    for folder in folders:
        (folder / "bench").mkdir(parents=True)
        (folder / "bench" / "__init__.py").touch()
        (folder / "bench" / "__main__.py").write_text(BENCHMARK)
        (folder / "bench" / "cpu.py").write_text("cpu_s = float\n")
    # The other's is of a commit that starts its stack in a module of its own.
    there = folders[1] / "bench"
    (there / "running.py").write_text(BENCHMARK)
    elsewhere = BENCHMARK.replace("class Stack:", "class _Unused:")
    elsewhere = elsewhere.replace("with Stack()", "with running.Stack()")
    (there / "__main__.py").write_text(f"from bench import running\n{elsewhere}")
    return folders


def notes(trees: list[Path]) -> list[str]:
    return (trees[0].parent / "notes").read_text().splitlines()


def test_both_stacks_are_up_while_rounds_alternate_and_each_side_begins_every_other(
    trees: list[Path],
) -> None:
    here, there = interleaved(trees, rounds=2, warm_up=1, only="", tell=lambda _: None)

    assert notes(trees) == [
        *("here starts", "there starts"),
        *("there round -1", "here round -1"),
        *("here round 0", "there round 0"),
        *("there round 1", "here round 1"),
        *("there stops", "here stops"),
    ]
    assert len(here["GET /"].rounds_ms) == len(there["GET /"].rounds_ms) == 2


def test_a_route_that_costs_little_has_five_times_the_requests_a_round(trees: list[Path]) -> None:
    (side,) = interleaved(trees[:1], rounds=1, warm_up=0, only="", tell=lambda _: None)

    assert side["GET /"].rounds_ms == (15.0,)


def test_stacks_are_started_one_after_the_other_in_turns(trees: list[Path]) -> None:
    here, there = starts(trees, 2, lambda _: None)

    begun = [note for note in notes(trees) if note.endswith("starts")]
    assert begun == ["here starts", "there starts", "there starts", "here starts"]
    assert notes(trees)[1] == "here stops"
    assert here["import: app"].rounds_ms == there["import: app"].rounds_ms == (500.0, 500.0)
    assert here["start of the stack"].rounds_ms == (1000.0, 1000.0)


def test_a_benchmark_that_fails_is_told_of_with_what_it_printed(trees: list[Path]) -> None:
    with pytest.raises(RuntimeError, match="no such route"):
        interleaved(trees, rounds=1, warm_up=0, only="wrong", tell=lambda _: None)
