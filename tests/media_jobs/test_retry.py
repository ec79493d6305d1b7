from hypothesis import given
from hypothesis import strategies as st

from media_jobs.retry import Backoff

BACKOFF = Backoff(first_ms=1000, most_ms=8000)


@given(st.text())
def test_delays_double_up_to_the_most_and_are_up_to_a_quarter_shorter(spread: str) -> None:
    for tries, nominal_ms in [(1, 1000), (2, 2000), (3, 4000), (4, 8000), (5, 8000), (999, 8000)]:
        assert nominal_ms * 0.75 <= BACKOFF.delay_ms(tries, spread) <= nominal_ms


def test_a_delay_depends_on_who_waits_and_on_nothing_else() -> None:
    delays = {BACKOFF.delay_ms(4, f"job_{n}") for n in range(50)}

    assert len(delays) > 25
    assert BACKOFF.delay_ms(4, "job_1") == BACKOFF.delay_ms(4, "job_1")
