"""Which pictures of the burner's the page has, and which it lacks."""

from typing import Any

import pytest

from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs

STRIPS = "[{times: [1000, 1500, 2000]}, {times: [2000, 5000]}, {times: [7000, 9000]}]"


@pytest.mark.parametrize(
    ("at_ms", "found"),
    [(999, None), (1000, [0, 0]), (1499, [0, 0]), (1500, [0, 1]), (2000, [1, 0]), (5000, None)],
)
def test_a_picture_stands_from_its_time_until_the_next(at_ms: int, found: list[int] | None) -> None:
    program = f"""(strips => {{
      const found = m.pictureAt(strips, {at_ms});
      return found && [strips.indexOf(found.strip), found.index];
    }})({STRIPS})"""

    assert evaluate("layers.js", program) == found


@pytest.mark.parametrize(
    ("from_ms", "until_ms", "lacks"),
    [(0, 0, 0), (1200, 1300, None), (1200, 4999, None), (1200, 5000, 5000), (1200, 9000, 5000)],
)
def test_what_is_lacking_is_the_first_time_that_no_answer_has(
    from_ms: int, until_ms: int, lacks: int | None
) -> None:
    assert evaluate("layers.js", f"m.uncovered({STRIPS}, {from_ms}, {until_ms})") == lacks


def test_the_places_of_pictures_are_read_from_the_answer() -> None:
    headers = (
        "new Headers({'x-layer-times-ms': '0,10', 'x-layer-box': '1,2,3,4',"
        " 'x-layer-size': '1920,1080'})"
    )

    places: dict[str, Any] = evaluate("layers.js", f"m.placesOf({headers})")

    assert places == {
        "times": [0, 10],
        "box": {"x": 1, "y": 2, "width": 3, "height": 4},
        "size": [1920, 1080],
    }
