"""The Unicode Bidirectional Algorithm: each line as it is drawn from left to right (UAX #9)."""

import pytest
from engine_kit.text.bidi import base_level, in_visual_order, levels, line_levels
from hypothesis import given
from hypothesis import strategies as st


def drawn(text: str) -> str:
    """Return *text* in the order in which it is drawn, brackets as they are stored."""
    base = base_level(text)
    resolved = line_levels(text, levels(text, base=base), base=base)
    return "".join(c for _, c in in_visual_order(list(zip(resolved, text, strict=True))))


@pytest.mark.parametrize(
    ("stored", "wanted"),
    [
        ("car (one)", "car (one)"),
        ("אבג", "גבא"),
        ("car אבג", "car גבא"),
        # W7, L2: a number within Hebrew reads from left to right.
        ("אבג 12 דהו", "והד 12 גבא"),
        # W2: after Arabic it is an Arabic number, and so is the separator within it (W4).
        ("عر 1,2", "1,2 رع"),
        # N0: brackets take the direction of what they hold.
        ("אב (cd) הו", "וה )cd( בא"),
        ("a (אב) c", "a (בא) c"),
        ("אבג (12)", ")12( גבא"),
        # W5: a sign of currency beside a number belongs to it.
        ("אב $10 הו", "וה $10 בא"),
        # L1: spaces at a line's end stand where the paragraph ends.
        ("אב  ", "  בא"),
        # X2, X7: an embedding that a file writes around its line.
        ("\u202babc!\u202c", "\u202b!abc\u202c"),
        # X5a: an isolate lets nothing out.
        ("\u2067אב\u2069 3", "\u2067בא\u2069 3"),
        # P2: an isolate is passed over when the paragraph's direction is looked for.
        ("\u2067אב\u2069 car", "\u2067בא\u2069 car"),
    ],
)
def test_a_line_is_drawn_in_the_order_of_the_algorithm(stored: str, wanted: str) -> None:
    assert drawn(stored) == wanted


@given(st.text(max_size=30))
def test_every_character_of_any_text_is_drawn_once(text: str) -> None:
    assert sorted(drawn(text)) == sorted(text)
