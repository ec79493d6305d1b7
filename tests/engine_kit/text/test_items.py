"""Whose Han shapes a text is set in."""

import pytest
from engine_kit.text.items import document_language, han_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("直す 漢字", "ja"),
        ("漢字 한국 사람", "ko"),
        ("这部电影的导演叫 박, 他住在首尔, 这是他的第一部电影", "zh"),
        ("hello", "zh"),
        ("他說這件事情沒有那麼簡單吧", "zh-Hant"),
        ("我们说中国话", "zh"),
    ],
)
def test_a_document_is_of_the_language_that_most_of_it_is_in(text: str, language: str) -> None:
    assert document_language(text) == language


def test_a_line_that_japanese_has_not_the_characters_for_is_chinese_in_any_film() -> None:
    assert han_language("他说这是中国", "ja") == "zh"
    assert han_language("他說這沒有", "ko") == "zh-Hant"
    assert han_language("中国会議発表", "ja") == "ja"


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh", "zh"),
        ("zh-Hans-HK", "zh"),
        ("zh-CN", "zh"),
        ("zh-Hant", "zh-Hant"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-HK"),
        ("zh-Hant-HK", "zh-HK"),
        ("yue", "zh-HK"),
        ("ja", "ja"),
        ("ko-KR", "ko"),
        # These say nothing of Han: the text does.
        ("en", "ja"),
        (None, "ja"),
    ],
)
def test_the_language_that_a_text_is_known_to_be_in_decides(tag: str | None, language: str) -> None:
    assert document_language("直す 漢字", tag) == language


@pytest.mark.parametrize(
    ("text", "language"), [("漢字かな", "ja"), ("한국 漢字", "ko"), ("漢字", "fallback"), ("a", "")]
)
def test_a_line_with_kana_or_hangul_says_itself_what_it_is(text: str, language: str) -> None:
    assert han_language(text, "fallback") == language
