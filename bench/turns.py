"""Runs the benchmark of the tree in the current folder, one round at each command.

Started by its path, by `bench.against`. The tree may be of any commit whose `bench.__main__` has
`main` and `measure(measured, rounds=, warm_up_rounds=, tell=)`, which calls `tell` at the beginning
of each round: that is where a round waits for its turn; and, there or in `bench.running`, `Stack`.

Writes lines of JSON: {"start": seconds of CPU of workerd until the stack was ready, "imports": by
Worker}, then {"round": what begins now} before each round, at last {"routes": milliseconds of CPU
per request, one for each counted round, by route}. A line on standard input begins the round.
"""

import contextlib
import dataclasses
import importlib
import json
import re
import sys
from typing import Any

CHEAP_TIMES = 5


def finer(scenario: Any) -> Any:
    """Return *scenario* with more requests a round where one costs less than a tick or so.

    CPU time is reported in ticks of 10 ms, and some routes take a dozen of them a round.
    """
    if not re.search(r"\bGET\b", scenario.name):
        return scenario
    return dataclasses.replace(scenario, requests=scenario.requests * CHEAP_TIMES)


def main() -> None:
    """Run the tree's benchmark with the arguments of this program."""
    subject: Any = importlib.import_module("bench.__main__")
    cpu_s = importlib.import_module("bench.cpu").cpu_s
    channel = sys.stdout
    stacks: list[Any] = []
    measure = subject.measure

    def write(document: dict[str, object]) -> None:
        print(json.dumps(document), file=channel, flush=True)

    def turn(text: str) -> None:
        write({"round": text})
        if not sys.stdin.readline():
            raise SystemExit("The benchmark that gives the turns has ended.")

    starting: Any = subject
    if not hasattr(subject, "Stack"):
        starting = importlib.import_module("bench.running")

    class Watched(starting.Stack):  # type: ignore[misc]  # Whichever the tree has.
        def __enter__(self) -> Any:
            stacks.append(self)
            return super().__enter__()

    def taking_turns(measured: Any, *, rounds: int, warm_up_rounds: int, tell: Any) -> Any:
        write({"start": cpu_s(measured[0][0]), "imports": stacks[0].import_times_s()})
        measured = [(pid, finer(scenario)) for pid, scenario in measured]
        found = measure(measured, rounds=rounds, warm_up_rounds=warm_up_rounds, tell=turn)
        write({"routes": {item.name: item.rounds_ms for item in found}})
        sys.stdin.read()  # A stack that ends would disturb the other's last round.
        raise SystemExit(0)  # Its own table and document are not wanted.

    starting.Stack = Watched
    subject.measure = taking_turns
    with contextlib.redirect_stdout(sys.stderr):
        subject.main()


if __name__ == "__main__":
    main()
