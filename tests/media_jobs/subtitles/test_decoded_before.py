"""Texts that were read in a wrong encoding before, and saved as UTF-8."""

import json
from pathlib import Path

import pytest

from media_jobs.subtitles.decoding import decode

LANGUAGES = json.loads(
    (Path(__file__).parents[2] / "vectors/encodings/sentences.json").read_text(encoding="utf-8")
)
BY_TAG = {one["language"]: one["sentences"] for one in LANGUAGES}


def subrip(sentences: list[str]) -> str:
    return "".join(
        f"{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\n{sentence}\n\n"
        for n, sentence in enumerate(sentences, start=1)
    )


def misread(data: bytes, codec: str) -> str:
    """Return *data* as a program reads it that keeps bytes of no meaning."""
    return "".join(bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in data)


@pytest.mark.parametrize("codec", ["cp1252", "latin-1", "cp1251", "cp1250", "mac-roman", "cp437"])
@pytest.mark.parametrize("language", ["fr", "de", "ru", "zh-Hans", "ja", "ko", "ar", "th", "vi"])
def test_utf_8_that_was_read_as_something_else_is_put_back_and_told(
    codec: str, language: str
) -> None:
    text = subrip(BY_TAG[language])

    decoded = decode(misread(text.encode(), codec).encode())

    assert decoded.text == text
    assert [notice.code for notice in decoded.notices] == ["decoded_wrongly_before"]
    assert decoded.guessed


def test_one_letter_is_enough_and_a_lost_blank_is_found() -> None:
    assert "Café" in decode(subrip(["CafÃ©"]).encode()).text
    assert "Voilà qui est là." in decode(subrip(["VoilÃ  qui est lÃ ."]).encode()).text
    assert "It’s “so” – good…" in decode(subrip(["Itâ€™s â€œsoâ€\x9d â€“ goodâ€¦"]).encode()).text


@pytest.mark.parametrize(
    ("language", "codec", "name"),
    [
        ("ru", "cp1251", "windows-1251"),
        ("el", "cp1253", "windows-1253"),
        ("zh-Hans", "gb18030", "gb18030"),
        ("ko", "cp949", "EUC-KR"),
        ("th", "cp874", "windows-874"),
    ],
)
def test_other_alphabets_that_were_read_as_latin_1_are_put_back(
    language: str, codec: str, name: str
) -> None:
    text = subrip(BY_TAG[language])

    decoded = decode(misread(text.encode(codec), "cp1252").encode())

    assert decoded.text == text
    assert [(notice.code, notice.what) for notice in decoded.notices] == [
        ("decoded_wrongly_before", (name,))
    ]


@pytest.mark.parametrize("language", sorted(BY_TAG))
def test_what_a_language_writes_is_left_as_it_is(language: str) -> None:
    for sentences in (BY_TAG[language], *([one] for one in BY_TAG[language])):
        decoded = decode(subrip(sentences).encode())
        assert (decoded.text, decoded.notices) == (subrip(sentences), ())


@pytest.mark.parametrize(
    "text",
    [
        "«CAFÉ»",
        "“CAFÉ”",
        "É»",
        "MÃE, NÃO!",
        "IRMÃ TEM",
        "Ô là là",
        "20°C ± 3 £5",
        "ÖÖÖÖÖÖÖ ÄÄÄÄÄÄ",
        "© œ ♪",
    ],
)
def test_signs_beside_capitals_and_shouts_are_no_encoding(text: str) -> None:
    assert decode(subrip([text]).encode()).notices == ()
