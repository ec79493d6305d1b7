"""The tables of `python -m bench jobs`."""

import statistics
from collections.abc import Mapping, Sequence

from bench.prices import PRICES, dollars_per_thousand

CPU = "CPU ms"
FLOOR = "JavaScript"
"""What bench/floor.mjs is called beside the trees."""


def table(
    trees: Sequence[str],
    engines: Sequence[str],
    counts: Mapping[tuple[str, str], Mapping[str, float]],
    spent_ms: Mapping[tuple[str, str], Sequence[float]],
) -> str:
    """Return, for each engine, what one job costs: what was counted, and what is billed.

    *counts* of one job and *spent_ms*, one figure for each round, are by tree and engine. With two
    trees, the last column is the first's figure as a multiple of the second's; of CPU time it is
    the median of the rounds' own ratios.
    """
    return "\n\n".join(
        f"**{engine}**\n\n"
        + _of_engine(
            trees,
            [counts[tree, engine] for tree in trees],
            [spent_ms.get((tree, engine), ()) for tree in trees],
        )
        for engine in engines
    )


def beside_floor(spent_ms: Mapping[tuple[str, str], Sequence[float]]) -> str:
    """Return the CPU time of each tree's jobs as a multiple of the JavaScript Worker's.

    A ratio is the median of the rounds' own.
    """
    rows = [f"| CPU of one job | ms | {FLOOR}, ms | × |", "|---|---:|---:|---:|"]
    for (tree, engine), own in spent_ms.items():
        if tree != FLOOR:
            floor = spent_ms[FLOOR, engine]
            ratio = statistics.median(mine / its for mine, its in zip(own, floor, strict=True))
            medians = f"{statistics.median(own):.1f} | {statistics.median(floor):.1f}"
            rows.append(f"| {engine}, {tree} | {medians} | {ratio:.2f} |")
    return "\n".join(rows)


def _of_engine(
    trees: Sequence[str],
    counts: Sequence[Mapping[str, float]],
    spent_ms: Sequence[Sequence[float]],
) -> str:
    names = sorted({name for one in counts for name in one} - {CPU})
    rows = [f"| one job | {' | '.join(trees)} |{' × |' if len(trees) > 1 else ''}"]
    rows.append("|---|" + "---:|" * (len(trees) + (len(trees) > 1)))
    for name in names:
        rows.append(_row(name, [one.get(name, 0) for one in counts]))
    if all(spent_ms):
        ratio = None
        if len(trees) > 1:
            pairs = zip(*spent_ms, strict=True)
            ratio = statistics.median(own / other for own, other in pairs)
        rows.append(_row(CPU, [one[CPU] for one in counts], ratio))
    for price in PRICES:
        values = [price.counted(one) for one in counts]
        if any(values):
            rows.append(_row(f"**{price.name}**, ${price.dollars:g} a million", values))
    rows.append(_row("**$ for 1,000 jobs**", [dollars_per_thousand(one) for one in counts]))
    return "\n".join(rows)


def _row(name: str, values: Sequence[float], ratio: float | None = None) -> str:
    cells = [f"{value:.4g}" for value in values]
    if len(values) > 1:
        ratio = ratio or (values[0] / values[1] if values[1] else None)
        cells.append("" if ratio is None else f"{ratio:.2f}")
    return f"| {name} | {' | '.join(cells)} |"
