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
    ],
)
def test_a_document_is_of_the_language_that_most_of_it_is_in(text: str, language: str) -> None:
    assert document_language(text) == language


@pytest.mark.parametrize(
    ("text", "language"), [("漢字かな", "ja"), ("한국 漢字", "ko"), ("漢字", "fallback"), ("a", "")]
)
def test_a_line_with_kana_or_hangul_says_itself_what_it_is(text: str, language: str) -> None:
    assert han_language(text, "fallback") == language
