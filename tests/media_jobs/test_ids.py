import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_jobs.ids import is_id, new_id


def test_an_id_is_its_prefix_and_a_ulid() -> None:
    # https://github.com/ulid/spec: 1469918176385 ms is 01ARYZ6S41 in the specification's example.
    assert new_id("job", 1_469_918_176_385, bytes(10)) == "job_01ARYZ6S410000000000000000"
    assert new_id("job", 0, b"\xff" * 10) == "job_0000000000ZZZZZZZZZZZZZZZZ"
    assert new_id("med", (1 << 48) - 1, b"\xff" * 10) == "med_7ZZZZZZZZZZZZZZZZZZZZZZZZZ"


@given(st.integers(min_value=0, max_value=(1 << 48) - 2), st.binary(min_size=10, max_size=10))
def test_new_ids_are_ids_and_sort_by_time(now_ms: int, entropy: bytes) -> None:
    earlier, later = new_id("job", now_ms, entropy), new_id("job", now_ms + 1, bytes(10))

    assert is_id(earlier)
    assert earlier < later


@pytest.mark.parametrize("value", ["a", "job_1", "550e8400-e29b-41d4-a716-446655440000", "x" * 64])
def test_ids_of_the_earlier_system_are_ids(value: str) -> None:
    assert is_id(value)


@pytest.mark.parametrize(
    "value",
    [
        *("", ".", "..", "../x", "a/b", "a\\b", "a%2Fb", "a b", "a\n", "\n", "a\x00", "_a", "-a"),
        *("ä", "٣", "～a", "a.json", "x" * 65, "a?b", "a#b"),
    ],
)
def test_d6_nothing_else_is_an_id(value: str) -> None:
    assert not is_id(value)
