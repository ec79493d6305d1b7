"""When a script changes what it draws."""

import pytest
from burner.moments import clock_text, moments_of


def event(text: str, start: str = "0:00:01.00", end: str = "0:00:02.00") -> str:
    return f"Dialogue: 0,{start},{end},Primary,,0,0,0,,{text}"


def rounded(script: str, until_s: float = 10) -> list[float]:
    return sorted(round(moment_s, 3) for moment_s in moments_of(script, until_s))


def test_text_comes_and_goes_with_its_event() -> None:
    script = "\n".join([event("one"), event("two", "0:00:02.00", "0:01:02.34")])

    assert rounded(script, 70) == [1.001, 2.001, 62.341]
    assert rounded(script, 30) == [1.001, 2.001]
    assert rounded("Comment: 0,0:00:01.00,0:00:02.00,,,0,0,0,,no") == []


@pytest.mark.parametrize(
    ("tags", "from_s", "to_s"),
    [
        (r"{\fad(200,0)}", 1.0, 1.2),
        (r"{\fad(0,200)}", 1.8, 2.0),
        (r"{\move(0,0,9,9)}", 1.0, 2.0),
        (r"{\move(0,0,9,9,100,300)}", 1.1, 1.3),
        (r"{\t(500,700,\fs20)}", 1.5, 1.7),
        (r"{\t(\fs20)}", 1.0, 2.0),
        (r"{\fade(255,0,255,100,300,500,700)}", 1.1, 1.7),
        (r"{\kf40}", 1.0, 1.4),
    ],
)
def test_what_moves_is_drawn_25_times_a_second_while_it_moves(
    tags: str, from_s: float, to_s: float
) -> None:
    moving = [at_s for at_s in rounded(event(f"{tags}text")) if from_s < at_s < to_s]

    assert len(moving) == pytest.approx((to_s - from_s) * 25, abs=1)
    others = [at_s for at_s in rounded(event(f"{tags}text")) if not from_s < at_s <= to_s + 0.002]
    assert set(others) <= {1.001, 2.001}


def test_words_that_are_lit_one_after_another_are_moments_of_their_own() -> None:
    assert rounded(event(r"{\k20}one {\k30}two {\k10}three")) == [1.001, 1.201, 1.501, 2.001]


def test_a_text_that_stands_for_ever_costs_no_frames() -> None:
    script = event(r"{\fad(400,400)}hint", "0:00:00.00", "99:00:00.00")

    assert max(moments_of(script, 3600)) < 0.5


def test_the_clock_lists_its_frames_by_how_long_each_stands() -> None:
    assert clock_text([1.501, 6.001]) == (
        "ffconcat version 1.0\nfile clock.mkv\nduration 1.501\nfile clock.mkv\nduration 4.500\n"
        "file clock.mkv\n"
    )
