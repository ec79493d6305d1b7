"""Characters that were written as codes, or that became question marks."""

import json

import pytest

from media_jobs.errors import InvalidInput
from media_jobs.subtitles.decoding import decode

HEAD = "1\n00:00:01,000 --> 00:00:02,000\n"


def read(text: str) -> tuple[str, list[tuple[str, tuple[str, ...]]]]:
    decoded = decode((HEAD + text).encode())
    return decoded.text.removeprefix(HEAD), [(one.code, one.what) for one in decoded.notices]


@pytest.mark.parametrize(
    ("written", "text", "what"),
    [
        (r"caf\u00e9 d\u00e9j\u00e0 \ud83d\ude00", "café déjà 😀", r"\u"),
        (r"caf\xc3\xa9 d\xc3\xa9j\xc3\xa0", "café déjà", r"\x"),
        ("Caf=C3=A9 d=C3=A9j=C3=A0 =E4=BD=A0", "Café déjà 你", "quoted-printable"),
        ("~{Dc:C#,J@=g!#~}", "你好，世界。", "HZ-GB-2312"),
    ],
)
def test_characters_that_are_written_as_codes_are_read_and_told(
    written: str, text: str, what: str
) -> None:
    assert read(written) == (text, [("characters_unescaped", (what,))])


@pytest.mark.parametrize(
    "text",
    [
        r"It is \u00e9, or \u00e8.",
        r"C:\users\xavier and {\u1}",
        "a=B2 + c=D3 = E4",
        "See https://x.org/%C3%A9%C3%A8%C3%AA?v=1&a=b",
        "~{ hello ~}",
        "Why?Because. Who? What?? How?! e.g. what?no",
        "https://x.org/watch?v=1 https://x.org/a?b=c https://x.org/a?d=e",
        "??? What ???",
    ],
)
def test_what_is_no_code_stays(text: str) -> None:
    assert read(text) == (text, [])


def test_json_keeps_its_codes_for_its_own_reader() -> None:
    text = json.dumps({"srt": "你好，世界。"})

    assert decode(text.encode()).text == text


def test_letters_that_became_question_marks_are_told() -> None:
    text = "Caf? d?j? vu\n? tout ? l?heure, le gar?on"

    assert read(text) == (text, [("text_looks_garbled", ())])


def test_a_text_of_question_marks_alone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="question marks"):
        read("????????, ???? ????\n?????? ok ???")
