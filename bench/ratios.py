"""The table of two commits' figures."""

from collections.abc import Sequence

from bench.measure import Measurement

Figures = dict[str, Measurement]
"""What was measured, by its name."""


def ratios(revision: str, sides: Sequence[Figures]) -> str:
    """Return a Markdown table: what this tree costs as a multiple of what *revision* costs.

    *sides*: this tree's figures and the other's. A ratio is the median of the rounds' own ratios;
    beside it the ratio of each side's least round, which a neighbour disturbs least. What only one
    side has is listed without.
    """
    own, other = sides
    rows = [
        f"| CPU | × {revision} | least | most | of the leasts | here, ms | {revision}, ms |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name in [*own, *(name for name in other if name not in own)]:
        here, there = own.get(name), other.get(name)
        cells = [""] * 4
        if here and there:
            pairs = zip(here.rounds_ms, there.rounds_ms, strict=True)
            each = [mine / theirs for mine, theirs in pairs]
            leasts = min(here.rounds_ms) / min(there.rounds_ms)
            found = (here.ratio_to(there), min(each), max(each), leasts)
            cells = [f"{value:.3f}" for value in found]
        cells += [f"{side.median_ms:.2f}" if side else "" for side in (here, there)]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows)
