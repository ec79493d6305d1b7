"""Texts that were read in a wrong encoding before, and saved as UTF-8."""

import json
from pathlib import Path

import pytest

from media_jobs.errors import InvalidInput
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


def codes(text: str) -> list[str]:
    return [notice.code for notice in decode(text.encode()).notices]


@pytest.mark.parametrize(
    ("language", "codec", "read_as"),
    [
        # Latin letters that are others' letters and signs: Czeœæ, Øekni, þimdi, Õrült.
        *[("pl", "cp1250", one) for one in ("cp1252", "latin-1", "cp1251", "mac-roman")],
        *[("cs", "cp1250", one) for one in ("cp1252", "latin-1", "cp1251", "cp850")],
        *[("hr", "cp1250", "cp1252"), ("ro", "cp1250", "cp1252"), ("tr", "cp1254", "cp1252")],
        *[("hu", "cp1250", "cp1252"), ("lt", "cp1257", "cp1252"), ("pl", "iso8859-2", "latin-1")],
        *[("fr", "cp1252", one) for one in ("cp1250", "cp1251", "cp850", "mac-roman", "cp1253")],
        *[("es", "cp1252", "cp1251"), ("sv", "cp850", "cp1252"), ("fr", "cp850", "cp1252")],
        *[("de", "mac-roman", "cp1252"), ("is", "cp1252", "cp1250"), ("pt", "cp1252", "cp1251")],
        # Cyrillic that is Cyrillic.
        *[("ru", "koi8-r", "cp1251"), ("ru", "cp1251", "koi8-r"), ("ru", "cp866", "cp1251")],
        *[("ru", "cp1251", "cp866"), ("uk", "koi8-u", "cp1251"), ("bg", "cp1251", "koi8-r")],
        *[("ru", "cp1251", "iso8859-5"), ("ru", "iso8859-5", "cp1251")],
        # Other alphabets, on systems of others.
        *[("el", "cp1253", "cp1251"), ("he", "cp1255", "cp1251"), ("ar", "cp1256", "cp1251")],
        *[("th", "cp874", "cp1251"), ("ru", "cp1251", "cp1253"), ("zh-Hans", "gbk", "cp1251")],
        *[("ja", "cp932", "cp1251"), ("ko", "cp949", "cp1250")],
    ],
)
def test_what_can_be_no_text_as_it_is_is_put_back_into_what_it_was(
    language: str, codec: str, read_as: str
) -> None:
    text = subrip(BY_TAG[language])

    decoded = decode(misread(text.encode(codec), read_as).encode())

    assert decoded.text == text
    assert [notice.code for notice in decoded.notices] == ["decoded_wrongly_before"]


@pytest.mark.parametrize(
    ("language", "codec", "read_as"),
    [("ja", "cp932", "gb18030"), ("ko", "cp949", "gb18030"), ("zh-Hant", "big5", "gb18030")],
)
def test_characters_of_another_east_asian_encoding_are_put_back(
    language: str, codec: str, read_as: str
) -> None:
    text = subrip(BY_TAG[language])
    wrong = text.encode(codec).decode(read_as, "ignore")

    decoded = decode(wrong.encode())

    assert [notice.code for notice in decoded.notices][:1] == ["decoded_wrongly_before"]
    assert BY_TAG[language][0] in decoded.text


@pytest.mark.parametrize("lost", ["?", "\ufffd", ""])
@pytest.mark.parametrize(
    ("language", "read_as"),
    [("zh-Hans", "gbk"), ("fr", "gbk"), ("ru", "gbk"), ("fr", "cp1252"), ("ru", "cp1251")],
)
def test_bytes_of_utf_8_that_were_lost_on_the_way_are_told_or_refused(
    language: str, read_as: str, lost: str
) -> None:
    text = subrip(BY_TAG[language] + ["“Ça va,” À Ý"] * (language == "fr"))
    wrong = text.encode().decode(read_as, "replace").replace("\ufffd", lost)

    try:
        decoded = decode(wrong.encode())
    except InvalidInput as refused:
        assert refused.key == "bad_request.subtitles_replaced"
        return
    told = [notice.code for notice in decoded.notices]
    assert told[0] == "decoded_wrongly_before"
    assert decoded.text == text or told[1:] == ["characters_left_out"]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("Р?РІР°РЅ, РїСЂРёРІРµС‚!", "Иван, привет!"),
        ("Itâ€™s â€œsoâ€? â€“ goodâ€¦", "It’s “so” – good…"),
        ("Itâ€™s â€œsoâ€ again", "It’s “so” again"),
        ("ItÃ¢â‚¬â„¢s CafÃƒÂ©", "It’s Café"),
    ],
)
def test_a_lost_byte_is_found_where_it_can_be_one_alone(wrong: str, right: str) -> None:
    assert right in decode(subrip([wrong]).encode()).text


def test_a_few_lines_that_were_misread_are_put_back_and_the_others_stay() -> None:
    right = ["Où êtes-vous ?", "Ça va très bien.", "Été ! “CAFÉ” à Łódź"] * 9

    decoded = decode(subrip([*right, "Je suis dÃ©solÃ©, câ€™est Ã moi."]).encode())

    assert decoded.text.startswith(subrip(right))
    assert "Je suis désolé, c’est" in decoded.text
    assert [notice.code for notice in decoded.notices] == ["decoded_wrongly_before"]


@pytest.mark.parametrize(
    ("codec", "read_as", "language"),
    [("gbk", "cp949", "zh-Hans"), ("gbk", "cp932", "zh-Hans"), ("cp1252", "koi8-r", "de")],
)
def test_what_is_no_text_and_cannot_be_put_back_is_told(
    codec: str, read_as: str, language: str
) -> None:
    text = subrip(BY_TAG[language])
    wrong = text.encode(codec).decode(read_as, "ignore")

    assert codes(wrong)[0] in ("text_looks_garbled", "decoded_wrongly_before")


@pytest.mark.parametrize(
    "sentences",
    [
        ["Zoë, Søren and señor Dvořák", "met Ångström at Łódź", "for a café façade in Malmö."],
        ["Wait—what?", "It’s “fine”—really…", "I was—no, we were—late."],
        ["Où es-tu, Dvořák?", "À Paris – ça va!", "Grüße aus Köln, mein Schatz."],
        ["Tūwehe Katatānga", "Kīngitanga Kotahi", "Āe, ka pai te mahi tō."],
        ["Komara Giravên Marşal", "Şahiyetî ya Belçîka", "Ji bo hişyariya tê bikaranîn"],
        ["O staliañ ar pakadoù", "Adloc’hit an urzhiataer", "evit echuiñ ar vremanaat."],
        ["Қазақстан Республикасы", "Сәлеметсіз бе, қалайсыз?", "Мен жақсымын, рахмет."],
        ["Би Монгол хүн", "Сайн байна уу, та хаанаас?", "Өнөөдөр цаг агаар сайхан."],
        ["МЧС, ФСБ и МВД", "В США — iPhone и YouTube.", "10 кВт·ч, ПК на Windows"],
        ["使用者是否可以分離工具列", "TIFF 圖片的尺寸太大", "在SSL認證的名稱"],
        ["在LATERAL引用里", "使用“help”来列出选择", "我用iPhone看YouTube"],
        ["한국어 漢字 병용", "大韓民國의 國民", "우리나라 만세"],
        ["私はUTF-8が好きだ", "ＡＢＣとｱｲｳ", "①②③㈱"],
        ["నేను URIలు చూశాను", "यह USBका है", "ใช้Facebookไหม"],
        ["x² + y³ = ½ ± √2", "5 µm × 3 Å", "a → b ⇒ c ∀ε>0"],
        ["[ˈzoʊ.i] [ʃøːn]", "( ͡° ͜ʖ ͡°)", "¯\\_(ツ)_/¯ ♪♫ ★ 👍🏽"],
        ["¿Qué? ¡No!", "1º, 2ª y 3er", "mañana, pingüino"],
        ["ÉTÉ À L’ÎLE…", "«CAFÉ»", "ÇA VA, ÔTE-TOI !"],
        ["Đặng Thị Ngọc", "Nguyễn Văn Ổn", "Cà phê sữa đá"],
    ],
)
def test_a_right_text_is_neither_changed_nor_called_garbled(sentences: list[str]) -> None:
    for text in (subrip(sentences), subrip(sentences * 20), *(subrip([one]) for one in sentences)):
        decoded = decode(text.encode())
        assert (decoded.text, decoded.notices) == (text, ())
