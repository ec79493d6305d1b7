"""Numbers and initials as people write them."""

import pytest
from remotion.wording import compact, initials


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1K"),
        (1250, "1.2K"),
        (12_345, "12K"),
        (999_999, "999K"),
        (1_000_000, "1M"),
        (21_345_678, "21M"),
        (1_100_000_000, "1.1B"),
    ],
)
def test_counts_are_shortened_and_never_rounded_up(count: int, text: str) -> None:
    assert compact(count) == text


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Emma Johansson", "EJ"),
        ("emma", "E"),
        ("@the_user", "T"),
        ("Anna Maria von Trapp", "AT"),
        ("田中さくら", "田"),
        ("김 민준", "김"),
        ("😂😂", "?"),
        ("  ", "?"),
    ],
)
def test_initials_stand_for_a_name(name: str, letters: str) -> None:
    assert initials(name) == letters
