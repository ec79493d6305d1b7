"""Sentences of thirty languages in every encoding that they are written in, a few cues at a time.

All of them for a run without hurry; each thirteenth for every run, from the fifth on.
"""

import json
from pathlib import Path

import pytest

from media_jobs.errors import InvalidInput
from media_jobs.subtitles.decoding import decode
from media_jobs.subtitles.encodings import encoding_named

LANGUAGES = json.loads(
    (Path(__file__).parents[2] / "vectors/encodings/sentences.json").read_text(encoding="utf-8")
)
PAIRS = [(one, encoding) for one in LANGUAGES for encoding in one["encodings"]]
CUES = 3
SEED, STRIDE = 5, 13

File = tuple[str, str, str | None, str]
"""A language, an encoding, a hint, and a text."""


def subrip(sentences: list[str], first: int, cues: int) -> str:
    return "".join(
        f"{n + 1}\r\n00:{n // 60:02}:{n % 60:02},000 --> 00:{n // 60:02}:{n % 60:02},900\r\n"
        f"{sentences[(first + n) % len(sentences)]}\r\n\r\n"
        for n in range(cues)
    )


def files() -> list[File]:
    return [
        (one["language"], encoding, hint, subrip(one["sentences"], first, CUES))
        for one, encoding in PAIRS
        for hint in (None, one["language"])
        for first in range(len(one["sentences"]))
    ]


def misread(chosen: list[File]) -> list[File]:
    """Return those of the files that are read otherwise than they were written, or untold."""
    wrong = []
    for language, encoding, hint, text in chosen:
        data = text.encode(encoding_named(encoding).codec)
        decoded = decode(data, hint=hint)
        told = [notice.code for notice in decoded.notices]
        if decoded.text != text or told != ([] if data.isascii() else ["encoding_guessed"]):
            wrong.append((language, encoding, hint, decoded.encoding))
    return wrong


def test_three_cues_are_enough_for_most_a_sample() -> None:
    assert misread(files()[SEED::STRIDE]) == []


@pytest.mark.heavy
def test_three_cues_are_enough_for_all() -> None:
    assert misread(files()) == []


@pytest.mark.long
@pytest.mark.parametrize(("one", "encoding"), PAIRS)
def test_a_wrong_hint_does_not_make_a_file_of_some_length_wrong(
    one: dict[str, list[str]], encoding: str
) -> None:
    text = subrip(one["sentences"], 0, 40)
    hints = ["en", "zh-CN", "ja", "ru", "fr", "ar"]

    for hint in hints:
        assert decode(text.encode(encoding_named(encoding).codec), hint=hint).text == text


# --- what encodings have beyond their standards ---------------------------------------------------


@pytest.mark.parametrize("cues", [3, 40])
@pytest.mark.parametrize(
    ("encoding", "language", "sign", "written"),
    [
        ("gb18030", "zh-Hans", "€", b"5\x80"),
        ("Big5", "zh-Hant", "€", b"5\xa3\xe1"),
        ("EUC-JP", "ja", "①㈱", b"\xad\xa1\xad\xea"),
        ("EUC-JP", "ja", "髙", b"\xfc\xe2"),
        ("EUC-JP", "ja", "№", b"\xad\xe2"),
    ],
)
def test_signs_that_windows_has_added_do_not_change_what_a_file_is_taken_for(
    encoding: str, language: str, sign: str, written: bytes, cues: int
) -> None:
    sentences = next(one["sentences"] for one in LANGUAGES if one["language"] == language)
    text = subrip(sentences, 0, cues)
    data = text.encode(encoding_named(encoding).codec) + written + b"\r\n"

    for hint in (None, language):
        decoded = decode(data, hint=hint)
        assert decoded.encoding == encoding
        assert decoded.text.startswith(text)
        assert sign in decoded.text


@pytest.mark.parametrize(
    ("codec", "language", "name"), [("iso2022_kr", "ko", "ISO-2022-KR"), ("iso2022_jp", "ja", None)]
)
def test_seven_bits_are_known_by_their_escapes(codec: str, language: str, name: str | None) -> None:
    sentences = next(one["sentences"] for one in LANGUAGES if one["language"] == language)
    text = subrip(sentences, 0, CUES)

    decoded = decode(text.encode(codec))

    assert (decoded.text, decoded.encoding) == (text, name or "ISO-2022-JP")


def test_half_width_kana_and_numbers_in_circles_are_read_in_seven_bits() -> None:
    decoded = decode(b'1\n00:00:01,000 --> 00:00:02,000\n\x1b(I1234\x1b$B$"-!\x1b(B\n')

    assert "ｱｲｳｴあ①" in decoded.text


@pytest.mark.parametrize(
    "data",
    [
        # ISO 2022 for Chinese, and Korean whose beginning is lost.
        b"\x1b$)A\x0eDc:C#,JA@gO2;6\x0f " * 9,
        b'\x0e0!\x0f \x1b$ \x0e1!2"\x0f' * 9,
    ],
)
def test_what_would_be_full_of_control_characters_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        decode(b"1\n00:00:01,000 --> 00:00:02,000\n" + data)


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        # A name of another language, an ellipsis behind a letter, a sign of money.
        ("cp1252", "Öffnen Sie für Raška die Tür. Über allem: Grüße!\nSchöne Änderung.\n" * 9),
        ("cp1252", "Wait… what? It’s “fine” — and £5…\n" * 3),
        ("cp1250", "Kolor tła akapitu: błąd. Przekroczono limit czasu.\n"),
        ("big5", "警告：格式末尾出現反斜線\n遺漏「endef」，未終止的「define」\n應用 選項\n"),
        ("gbk", "不合并名为“节”的输入节\nfree: 检测到下溢；magic8 损坏\n工具栏显示不下\n"),
        ("cp850", "Miss\u00e4 sy\u00f6mme? \u00c4l\u00e4 huolehdi, kaikki j\u00e4rjestyy.\n"),
        ("mac-roman", "La libreria è compilata.\nNon è in modalità. Perché no? Così è.\n"),
    ],
)
def test_few_and_foreign_letters_are_read_as_they_were_written(codec: str, text: str) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\n" + text

    assert decode(text.encode(codec)).text == text
