"""Where a line may end: Unicode's rules, dictionaries, and never inside a letter."""

import unicodedata

import pytest
from engine_kit.text.breaks import breaks, forced_breaks, graphemes

from media_jobs.subtitles.breaks import Quality


def parts(text: str, language: str = "", worst: Quality = Quality.LETTER) -> list[str]:
    """Return *text* divided wherever it may be."""
    places = [at for at, quality in breaks(text, language).items() if quality <= worst]
    return [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("สวัสดีครับน้ำใจ", ["สวัสดี", "ครับ", "น้ำใจ"]),
        ("ພາສາລາວເປັນພາສາ", ["ພາສາ", "ລາວ", "ເປັນ", "ພາສາ"]),
        ("ភាសាខ្មែរជាភាសា", ["ភាសាខ្មែរ", "ជា", "ភាសា"]),
        ("မြန်မာဘာသာစကားသည်", ["မြန်မာဘာသာ", "စကား", "သည်"]),
        ("བོད་ཡིག", ["བོད་", "ཡིག"]),
        ("https://a.org/b/c", ["https://a.org/", "b/", "c"]),
        ("co-operate\u200bit\u00a0is", ["co-", "operate\u200b", "it\u00a0is"]),
        ("so\u00adft", ["so\u00ad", "ft"]),
    ],
)
def test_words_are_found_in_scripts_with_and_without_spaces(text: str, wanted: list[str]) -> None:
    assert parts(text) == wanted


def test_closing_punctuation_begins_no_line_and_opening_ends_none() -> None:
    assert parts("今天（好），真的。", "zh") == ["今", "天", "（好），", "真", "的。"]


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("今天天气很好", "zh", ["今天", "天气", "很好"]),
        ("公園に行きたい", "ja", ["公園に", "行きたい"]),
        ("한국어 문장", "ko", ["한국어 ", "문장"]),
    ],
)
def test_words_are_better_places_than_letters(text: str, language: str, wanted: list[str]) -> None:
    assert parts(text, language, Quality.WORD) == wanted


def test_a_forced_break_divides_no_letter_and_no_vowel_from_its_letter() -> None:
    # U+0E33 is part of the letter before it, U+0E40 is written before the letter it follows.
    text = "กำเกา"

    places = list(forced_breaks(text, graphemes(text), 0, len(text)))

    assert [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)] == [
        "กำ",
        "เก",
        "า",
    ]


@pytest.mark.parametrize(
    "text", ["コンピューターでしょっちゅう", "ちょっと待って〜ァィゥ", "ラーメン・つけ麺ゃゅょ"]
)
def test_no_japanese_line_begins_with_a_small_kana_or_a_sign_of_length(text: str) -> None:
    assert not {text[place] for place in breaks(text, "ja")} & set("っゃゅょッャュョァィゥー〜・")


def test_a_number_in_digits_of_full_width_is_not_divided() -> None:
    assert parts("５００円です", "ja")[0] == "５００"


@pytest.mark.parametrize(
    "text", ["It is −40 °C.", "It has 12,5 kg.", "It costs 10 €.", "It costs 10 000"]
)
def test_a_line_ends_better_before_a_number_than_before_its_unit(text: str) -> None:
    places = breaks(text, "")
    unit, number = text.rindex(" ") + 1, text.index(" ", text.index(" ") + 1) + 1

    assert places[unit] == Quality.TIED
    assert unit > number


def test_a_long_word_leaves_no_stub_and_ends_at_its_joints() -> None:
    word, address = "Rindfleischetikettierung", "www.example.com/aVeryLong"
    places = forced_breaks(word, graphemes(word), 0, len(word))
    joints = forced_breaks(address, graphemes(address), 0, len(address))

    assert (min(places), max(places)) == (3, len(word) - 3)
    assert [at for at in joints if joints[at] == Quality.LETTER] == [4, 12, 16, 17, 21]


@pytest.mark.parametrize("text", ["ထမင်းစားကြမလဲဆိုတာ", "နေ့ကျွန်တော်တို့", "ထ្ងៃនេះយើងនឹងទៅញ៉ាំ", "ນ້ຳໃຈ"])
def test_no_forced_line_begins_with_a_sign_of_the_letter_before(text: str) -> None:
    for place in forced_breaks(text, graphemes(text), 0, len(text)):
        assert not unicodedata.category(text[place]).startswith("M")


def test_an_emoji_sequence_is_one() -> None:
    text = "👩‍👩‍👧a🇩🇪🇫🇷1️⃣"

    assert graphemes(text) == [5, 6, 8, 10, 13]
    assert parts(text)[0].startswith("👩‍👩‍👧")


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("Wait, he said. Then go", "", ["Wait, ", "he said. ", "Then go"]),
        ("«Warte!» rief sie", "", ["«Warte!» ", "rief sie"]),
        ("大家都睡着了，直到蝴蝶飞来。好", "zh", ["大家都睡着了，", "直到蝴蝶飞来。", "好"]),
        ("ما اسمك؟ قل لي", "", ["ما اسمك؟ ", "قل لي"]),
    ],
)
def test_a_line_ends_best_behind_punctuation(text: str, language: str, wanted: list[str]) -> None:
    assert parts(text, language, Quality.PHRASE) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "in the meadow",
        "auf der Wiese",
        "dans les prés",
        "мы на лугу",
        "ask Mr. Smith",
        "نائمين في المرج",
    ],
)
def test_a_short_word_is_no_good_end_of_a_line(text: str) -> None:
    places = breaks(text, "")

    assert [places[at] for at in sorted(places)][-1] is Quality.TIED


def test_words_of_other_scripts_are_never_too_short() -> None:
    for text, language in (("나는 갈 것이다", "ko"), ("सब सो रहे थे", ""), ("今天 天气", "zh")):
        assert Quality.TIED not in breaks(text, language).values(), text
