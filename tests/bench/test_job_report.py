"""The tables of a whole job's cost."""

from bench.job_report import FLOOR, beside_floor, table
from bench.prices import dollars_per_thousand

COUNTS = {
    "app: requests": 3.0,
    "orchestrator: requests": 7.0,
    "orchestrator: RenderJobDO DO requests": 10.0,
    "orchestrator: RenderJobDO DO rows written": 40.0,
    "app: D1 rows written": 20.0,
    "app: R2 class A": 2.0,
    "app: D1 calls": 9.0,
    "CPU ms": 100.0,
}


def test_a_thousand_jobs_cost_what_the_list_says() -> None:
    # Per million: 10 requests × 0.30, 100 ms × 0.02, 10 × 0.15, 60 rows × 1.00, 2 × 4.50.
    assert round(dollars_per_thousand(COUNTS), 6) == round((3 + 2 + 1.5 + 60 + 9) / 1000, 6)


def test_beside_another_tree_each_count_is_a_multiple_and_of_time_the_median_of_the_rounds() -> (
    None
):
    twice = {name: 2 * value for name, value in COUNTS.items()}
    counts = {("here", "burner"): COUNTS, ("b4d736d", "burner"): {**twice, "gone": 1.0}}
    # The third round of both was disturbed; the ratio of the medians would be 0.5.
    spent = {("here", "burner"): [100, 90, 400], ("b4d736d", "burner"): [200, 100, 300]}

    rows = table(("here", "b4d736d"), ("burner",), counts, spent).splitlines()

    assert "| one job | here | b4d736d | × |" in rows
    assert "| app: D1 calls | 9 | 18 | 0.50 |" in rows
    assert "| gone | 0 | 1 | 0.00 |" in rows
    assert "| **their rows written**, $1 a million | 40 | 80 | 0.50 |" in rows
    assert "| CPU ms | 100 | 200 | 0.90 |" in rows


def test_each_tree_s_time_is_a_multiple_of_the_javascript_worker_s() -> None:
    spent = {("here", "burner"): [30.0, 90.0, 50.0], (FLOOR, "burner"): [10.0, 10.0, 25.0]}

    assert beside_floor(spent).splitlines()[2:] == ["| burner, here | 50.0 | 10.0 | 3.00 |"]
