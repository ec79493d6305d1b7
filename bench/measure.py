"""Rounds of all scenarios, interleaved, and what they come to."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.cpu import cpu_s, wait_until_idle
from bench.scenarios import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """CPU milliseconds per request of one scenario, one figure per round."""

    name: str
    requests: int
    rounds_ms: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        return statistics.median(self.rounds_ms)

    def ratio_to(self, base: "Measurement") -> float:
        """Return the median of the rounds' own ratios: what disturbs a round disturbs both."""
        pairs = zip(self.rounds_ms, base.rounds_ms, strict=True)
        return statistics.median(own / other for own, other in pairs)


def measure(
    measured: Sequence[tuple[int, Scenario]],
    *,
    rounds: int,
    warm_up_rounds: int,
    tell: Callable[[str], None],
) -> list[Measurement]:
    """Run every scenario once per round, in order, and count the CPU time of its process."""
    figures: list[list[float]] = [[] for _ in measured]
    for number in range(-warm_up_rounds, rounds):
        tell("warming up" if number < 0 else f"round {number + 1} of {rounds}")
        for (pid, scenario), rounds_ms in zip(measured, figures, strict=True):
            spent_ms = _one(pid, scenario)
            if number >= 0:
                rounds_ms.append(spent_ms)
    return [
        Measurement(name=scenario.name, requests=scenario.requests, rounds_ms=tuple(rounds_ms))
        for (_, scenario), rounds_ms in zip(measured, figures, strict=True)
    ]


def _one(pid: int, scenario: Scenario) -> float:
    run = scenario.prepare(scenario.requests)
    wait_until_idle(pid)
    before_s = cpu_s(pid)
    run()
    spent_s = cpu_s(pid) - before_s
    scenario.clean()
    return spent_s * 1000 / scenario.requests
