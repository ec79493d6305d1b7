"""Text is set in lines that fit, in the right families, with nothing lost."""

from pathlib import Path

import pytest
from engine_kit.text.block import Block
from engine_kit.text.emoji import emoji_pictures, pictures_in
from engine_kit.text.faces import Families
from engine_kit.text.paragraph import Filling
from engine_kit.text.typesetter import Typesetter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media_jobs.subtitles.text import Span


def set_in(
    setter: Typesetter, text: str, width_max: float, em: float = 10, filling: Filling = "balanced"
) -> Block:
    """Set one paragraph."""
    return setter.block([(Span(text=text),)], em=em, width_max=width_max, filling=filling)


LONG = {
    "English": "The quick brown fox jumps over the lazy dog and then it runs away from all of us",
    "Chinese": "今天天气很好，我们去公园玩吧。你觉得怎么样？我觉得非常好，那么就一起走吧。",
    "Thai": "สวัสดีครับทำไมเธอจึงไม่ไปโรงเรียนน้ำใจดีมากและเราจะไปด้วยกันในวันพรุ่งนี้",
    "German": "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung",
    "URL": "https://example.com/a/very/long/path?with=query&and=more/and/more/and/more",
    "Tamil": "யாமறிந்த மொழிகளிலே தமிழ்மொழி போல் இனிதாவது எங்கும் காணோம்",
    "Korean": "한국어 문장입니다 그리고 더 길게 써 봅니다 끝까지 읽어 주세요 감사합니다",
    "Hebrew": "אני גר בלונדון (London) משנת 2003 יחד עם הכלב שלי ועם החתול של אחותי",
    "letters": "x" * 80,
}


@pytest.mark.parametrize("text", LONG.values(), ids=list(LONG))
def test_no_line_is_wider_than_it_may_be_and_no_letter_is_lost(
    setter: Typesetter, text: str
) -> None:
    block = set_in(setter, text, 200)

    assert len(block.lines) > 1
    assert all(line.width <= 200 for line in block.lines)
    assert "".join(line.text for line in block.lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("text", LONG.values(), ids=list(LONG))
def test_balanced_lines_are_as_few_as_full_ones_and_more_even(
    setter: Typesetter, text: str
) -> None:
    full, even = (set_in(setter, text, 200, filling=filling) for filling in ("full", "balanced"))

    assert len(even.lines) == len(full.lines)
    widths = [line.width for line in even.lines]
    assert max(widths) - min(widths) <= 200 - min(line.width for line in full.lines) + 1


def test_lines_end_where_a_reader_takes_breath(setter: Typesetter) -> None:
    def lines(text: str, ems: float) -> list[str]:
        return [line.text.strip() for line in set_in(setter, text, 10 * ems).lines]

    # Evenest would be: Everyone was asleep in the / meadow until a butterfly came.
    assert lines("Everyone was asleep in the meadow until a butterfly came.", 20) == [
        "Everyone was asleep in the meadow",
        "until a butterfly came.",
    ]
    assert lines("When it rained, everyone slept in the den.", 14) == [
        "When it rained,",
        "everyone slept in the den.",
    ]
    assert lines("草地上大家都睡着了，直到一只蝴蝶飞来。", 14) == [
        "草地上大家都睡着了，",
        "直到一只蝴蝶飞来。",
    ]


def test_an_emoji_stays_with_the_words_before_it(setter: Typesetter) -> None:
    setter = Typesetter(setter.families, emoji=emoji_pictures())

    first, second = set_in(
        setter, "They all slept in the meadow 🐰 until a butterfly came.", 190
    ).lines

    assert first.text.strip().endswith("🐰")
    assert second.text == "until a butterfly came."


def test_a_run_is_of_one_family_and_one_direction(setter: Typesetter) -> None:
    (line,) = set_in(setter, "ab אב ру 漢字", 1000).lines

    assert [(run.text, run.family.name, run.rtl) for run in line.runs] == [
        ("ab ", "Noto Sans", False),
        ("אב", "Noto Sans Hebrew", True),
        (" ", "Noto Sans Hebrew", False),
        ("ру ", "Noto Sans", False),
        ("漢字", "Noto Sans CJK SC", False),
    ]


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("漢字かな", "Noto Sans CJK JP"),
        ("漢字한글", "Noto Sans CJK KR"),
        ("真的……", "Noto Sans CJK SC"),
        ("well…", "Noto Sans"),
    ],
)
def test_han_and_its_punctuation_are_drawn_in_the_family_of_their_language(
    setter: Typesetter, text: str, family: str
) -> None:
    (line,) = set_in(setter, text, 1000).lines

    assert {run.family.name for run in line.runs} == {family}


def test_bold_and_italic_words_are_measured_in_their_own_cuts(setter: Typesetter) -> None:
    plain, bold, italic = (
        setter.block([(Span(text="width", bold=b, italic=i),)], em=100, width_max=9e9).lines[0]
        for b, i in ((False, False), (True, False), (False, True))
    )

    assert bold.width > plain.width * 1.02
    assert italic.runs[0].cut.italic
    assert italic.width < plain.width


def test_a_soft_hyphen_is_seen_where_its_line_ends_and_nowhere_else(setter: Typesetter) -> None:
    text = "extra\u00adordi\u00adnary"

    assert [line.text for line in set_in(setter, text, 1000).lines] == ["extraordinary"]
    assert [line.text for line in set_in(setter, text, 50).lines] == ["extra-", "ordinary"]


def test_a_letter_keeps_three_signs_of_a_stack(setter: Typesetter) -> None:
    (line,) = set_in(setter, "a" + "\u0301" * 20 + "b", 1000).lines

    assert line.text == "a" + "\u0301" * 3 + "b"


def test_a_letter_without_a_glyph_is_told(setter: Typesetter) -> None:
    block = set_in(setter, "a\U000e0fffb\ue000", 1000)

    assert "\ue000" in block.missing


@pytest.mark.heavy
def test_ten_thousand_letters_are_set(setter: Typesetter) -> None:
    for text in ("漢" * 10_000, "x" * 10_000, "word " * 2_000):
        block = set_in(setter, text, 300)

        assert max(line.width for line in block.lines) <= 300


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40), st.integers(min_value=1, max_value=400))
def test_any_text_is_set_at_any_width(setter: Typesetter, text: str, width: int) -> None:
    for line in set_in(setter, text, width).lines:
        assert line.width >= 0
        assert [run.x for run in line.runs] == sorted(run.x for run in line.runs)


def test_the_braille_pattern_without_dots_is_drawn_by_the_font_of_the_others(
    families: Families,
) -> None:
    (line,) = (
        Typesetter(families).block([[Span(text="\u2800\u2800⣠⣤")]], em=10, width_max=500).lines
    )

    assert [(run.text, run.family.name) for run in line.runs] == [
        ("\u2800\u2800⣠⣤", "Noto Sans Symbols2")
    ]


def test_what_follows_a_sequence_that_falls_apart_is_text(families: Families) -> None:
    pictures = pictures_in([Path("1f469.png"), Path("1f52c.png")])

    (line,) = (
        Typesetter(families, pictures)
        .block([[Span(text="👩\u200d🔬ab")]], em=10, width_max=500)
        .lines
    )

    named = [(run.picture.stem if run.picture else run.text) for run in line.runs]
    assert named == ["1f469", "1f52c", "ab"]


def test_bold_han_is_a_weight_of_its_own(setter: Typesetter) -> None:
    (line,) = setter.block([(Span(text="直骨", bold=True),)], em=10, width_max=1000).lines

    (run,) = line.runs
    assert (run.cut.weight, run.cut.variable) == (700, True)
