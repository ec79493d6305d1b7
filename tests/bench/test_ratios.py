"""The table of this tree's figures and another commit's."""

from bench.measure import Measurement
from bench.ratios import ratios


def measured(name: str, *rounds_ms: float) -> dict[str, Measurement]:
    return {name: Measurement(name=name, requests=1, rounds_ms=rounds_ms)}


def test_a_ratio_is_the_median_of_the_ratios_of_each_round() -> None:
    # The third round of both was disturbed; the ratio of the medians would be 1.1.
    table = ratios("b4d736d", [measured("a", 1.0, 1.1, 9.0), measured("a", 1.0, 1.0, 10.0)])

    assert table.splitlines()[-1] == "| a | 1.000 | 0.900 | 1.100 | 1.000 | 1.10 | 1.00 |"
    assert "× b4d736d" in table.splitlines()[0]


def test_what_one_side_alone_has_is_listed_without_a_ratio() -> None:
    table = ratios("b4d736d", [measured("new", 2.0), measured("gone", 3.0)])

    assert table.splitlines()[2:] == [
        "| new |  |  |  |  | 2.00 |  |",
        "| gone |  |  |  |  |  | 3.00 |",
    ]
