"""From bytes to text: files in every encoding that people have, with and without a hint."""

import json
from pathlib import Path
from typing import Any

import pytest

from media_jobs.errors import InvalidInput
from media_jobs.subtitles.decoding import Decoded, decode
from media_jobs.subtitles.encodings import encoding_named

VECTORS = Path(__file__).parents[2] / "vectors"
CASES = VECTORS / "cases/subtitles"
LANGUAGES = json.loads((VECTORS / "encodings/sentences.json").read_text(encoding="utf-8"))


def subrip(sentences: list[str], cues: int) -> str:
    """Return a file of so many cues, a sentence in each."""
    return "".join(
        f"{n + 1}\r\n00:{n // 60:02}:{n % 60:02},000 --> 00:{n // 60:02}:{n % 60:02},900\r\n"
        f"{sentences[n % len(sentences)]}\r\n\r\n"
        for n in range(cues)
    )


def sentences_in(encoding: str) -> list[str]:
    found: list[str] = next(one["sentences"] for one in LANGUAGES if encoding in one["encodings"])
    return found


# --- each of the ways in which a file may say its encoding ----------------------------------------

GREETING = "1\n00:00:01,000 --> 00:00:02,000\n你好，Γειά σου 👋\n"


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16LE"),
        ("utf-32", "UTF-32LE"),
    ],
)
def test_a_byte_order_mark_or_utf_8_needs_no_guess(codec: str, name: str) -> None:
    assert decode(GREETING.encode(codec)) == Decoded(text=GREETING, encoding=name)


@pytest.mark.parametrize(
    ("codec", "mark"), [("utf-16-be", b"\xfe\xff"), ("utf-32-be", b"\0\0\xfe\xff")]
)
def test_a_mark_of_the_other_byte_order_is_one_too(codec: str, mark: bytes) -> None:
    decoded = decode(mark + GREETING.encode(codec))

    assert decoded.text == GREETING
    assert not decoded.guessed


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("language", ["zh-Hans", "ja", "ru", "he", "fr"])
def test_utf_16_and_utf_32_are_known_by_their_zero_bytes(codec: str, language: str) -> None:
    sentences = next(one["sentences"] for one in LANGUAGES if one["language"] == language)
    text = subrip(sentences, 3)

    decoded = decode(text.encode(codec))

    assert (decoded.text, decoded.guessed) == (text, True)
    assert decoded.encoding == encoding_named(codec.replace("-le", "le").replace("-be", "be")).name


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("gbk.srt", "gb18030"),
        ("cp1252.srt", "windows-1252"),
        ("cp1251.srt", "windows-1251"),
        ("utf16le-bom.srt", None),
        ("utf16le-nobom.srt", "UTF-16LE"),
        ("utf16be-nobom.srt", "UTF-16BE"),
    ],
)
def test_the_cases_are_read_and_a_guess_is_told(name: str, encoding: str | None) -> None:
    decoded = decode((CASES / name).read_bytes())

    assert decoded.text.startswith("1\n00:00:00,000 --> 00:00:01,000\n")
    assert decoded.guessed == (encoding is not None)
    assert [(notice.code, notice.what) for notice in decoded.notices] == (
        [("encoding_guessed", (encoding,))] if encoding else []
    )


# --- guesses --------------------------------------------------------------------------------------

FILES = [
    pytest.param(one, encoding, id=f"{one['language']} in {encoding}")
    for one in LANGUAGES
    for encoding in one["encodings"]
]


@pytest.mark.heavy
@pytest.mark.parametrize(("language", "encoding"), FILES)
@pytest.mark.parametrize("cues", [8, 60])
def test_a_file_in_its_language_s_encoding_is_read_without_a_hint(
    language: dict[str, Any], encoding: str, cues: int
) -> None:
    text = subrip(language["sentences"], cues)

    decoded = decode(text.encode(encoding_named(encoding).codec))

    assert decoded.text == text
    assert decoded.guessed
    assert [notice.code for notice in decoded.notices] == ["encoding_guessed"]


@pytest.mark.parametrize(("language", "encoding"), FILES)
def test_three_cues_are_enough_where_the_language_is_known(
    language: dict[str, Any], encoding: str
) -> None:
    text = subrip(language["sentences"][2:], 3)

    assert (
        decode(text.encode(encoding_named(encoding).codec), hint=language["language"]).text == text
    )


@pytest.mark.parametrize(
    ("sentence", "codec", "hint", "without"),
    [
        ("Hadi, gidiyoruz şimdi.", "cp1254", "tr-TR", "Hadi, gidiyoruz þimdi."),
    ],
)
def test_a_hint_decides_where_a_line_alone_says_too_little(
    sentence: str, codec: str, hint: str, without: str
) -> None:
    data = subrip([sentence], 1).encode(codec)

    assert sentence in decode(data, hint=hint).text
    assert sentence not in decode(data).text


@pytest.mark.parametrize(
    ("codec", "sentences"),
    [
        ("cp1254", ["KAÇ!", "İzlediğiniz için teşekkürler!", "Bu iş göründüğü kadar basit değil."]),
        ("cp1252", ["Ya te lo dije", "Perdón, no fue a propósito. ¡Lo siento!", "¡CORRE!"]),
        ("cp1252", ["Perché no?", "Non è semplice.", "Aspetta un minuto, non c’è più."]),
        ("cp1257", ["Aš tau jau sakiau", "Atsiprašau, netyčia.", "BĖK!"]),
        ("cp1250", ["Már mondtam neked", "Várj egy percet.", "Ő is tudja, őrült ötlet."]),
        ("mac-roman", ["Je te l'ai déjà dit", "Désolé, ce n’est pas exprès.", "À bientôt !"]),
        ("mac-roman", ["Schönen Gruß!", "Danke fürs Zuschauen", "Überhaupt nicht, heiß hier."]),
        ("iso8859-6", ["لقد أخبرتك من قبل", "آسف، لم أقصد ذلك.", "الأمر ليس بهذه البساطة."]),
        ("cp932", ["もう言ったでしょう", "すみません、わざとじゃないんです"]),
        ("euc_jp", ["すみません、わざとじゃないんです", "逃げろ！"]),
    ],
)
def test_a_text_of_a_few_cues_is_in_one_language_and_its_words_are_whole(
    codec: str, sentences: list[str]
) -> None:
    text = subrip(sentences, len(sentences))

    assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize(
    ("codec", "word"),
    [
        ("cp1251", "Привет!"),
        ("koi8-r", "Спасибо"),
        ("cp1253", "Αθήνα"),
        ("cp1250", "Dvořák"),
        ("cp1252", "Muñoz"),
        ("cp874", "สวัสดีครับ"),
        ("cp932", "ありがとう"),
        ("big5", "再見！"),
        ("cp949", "감사합니다"),
    ],
)
def test_one_foreign_word_in_english_is_made_of_letters_that_are_used(
    codec: str, word: str
) -> None:
    text = subrip([f"They say: {word}"], 1)

    assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize("hint", [None, "en"])
@pytest.mark.parametrize(
    "sentences",
    [
        ["Sir, the fiancée – Zoë – has left.", "The El Niño façade, señor…", "“Déjà vu,” he said."],
        ["It’s a naïve café.", "“Don’t,” she said…"],
        ["Può darsi, perché no?", "È vero, però è così."],
        ["Què vols? Això és així.", "Bona nit, però demà no."],
    ],
)
def test_a_few_letters_with_accents_are_those_of_western_europe(
    sentences: list[str], hint: str | None
) -> None:
    text = subrip(sentences, len(sentences))

    assert decode(text.encode("cp1252"), hint=hint).text == text


@pytest.mark.parametrize("hint", [None, "ko"])
@pytest.mark.parametrize("word", ["됬어요", "쫒아가", "똠양꿍", "펲시", "찦차", "햏"])
def test_korean_has_syllables_that_are_microsoft_s_own(word: str, hint: str | None) -> None:
    sentences = ["안녕하세요, 여러분.", "내일 봐요!", "같이 가요.", word]
    text = subrip(sentences, len(sentences))

    assert decode(text.encode("cp949"), hint=hint).text == text


@pytest.mark.parametrize("hint", ["en", "zh-CN", "zh-TW", "ja", "fr", "x-klingon"])
def test_a_wrong_hint_does_not_decide_against_the_text(hint: str) -> None:
    text = subrip(sentences_in("windows-1251"), 3)

    assert decode(text.encode("cp1251"), hint=hint).text == text


@pytest.mark.parametrize(
    "sentence",
    ["I don’t know… maybe.", "“Stop!” – he said.", "It costs £5.", "Fiancée", "Señor Muñoz"],
)
def test_english_with_a_sign_or_a_foreign_word_is_windows_1252(sentence: str) -> None:
    decoded = decode(subrip([sentence], 1).encode("cp1252"))

    assert sentence in decoded.text
    assert decoded.encoding == "windows-1252"


def test_iso_2022_jp_is_known_by_its_escapes() -> None:
    text = subrip(sentences_in("Shift_JIS"), 3)

    decoded = decode(text.encode("iso2022_jp"))

    assert (decoded.text, decoded.encoding, decoded.guessed) == (text, "ISO-2022-JP", True)


def test_a_letter_late_in_a_long_file_is_looked_at() -> None:
    text = subrip(["Plain words."], 3000) + subrip(sentences_in("windows-1252"), 8)

    assert decode(text.encode("cp1252")).text == text


TTML = """<?xml version="1.0" encoding='{}'?>
<tt xmlns="http://www.w3.org/ns/ttml"><body><div>
<p begin="1s" end="2s">{}</p></div></body></tt>
"""


def test_what_xml_declares_is_no_guess() -> None:
    text = TTML.format("windows-1254", "Bugün öğle yemeğini nerede yiyeceğiz?")

    assert decode(text.encode("cp1254")) == Decoded(text=text, encoding="windows-1254")


@pytest.mark.parametrize("label", ["UTF-8", "klingon", "windows-1254"])
def test_a_wrong_declaration_of_xml_does_not_count_against_the_bytes(label: str) -> None:
    text = TTML.format(label, "Где мы сегодня будем обедать? " * 3)

    assert decode(text.encode()).text == text
    if label != "windows-1254":
        assert decode(text.encode("cp1251")).text == text


# --- an encoding that is named --------------------------------------------------------------------


def test_a_named_encoding_is_no_guess() -> None:
    text = subrip(sentences_in("gb18030"), 3)

    decoded = decode(text.encode("gbk"), "GB2312")

    assert decoded == Decoded(text=text, encoding="GBK")


def test_a_byte_order_mark_goes_before_the_named_encoding() -> None:
    assert decode(GREETING.encode("utf-8-sig"), "gbk").text == GREETING
    assert decode(GREETING.encode("utf-16"), "gbk").text == GREETING


def test_a_file_that_is_not_in_the_named_encoding_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not in UTF-8") as refused:
        decode(subrip(sentences_in("windows-1251"), 8).encode("cp1251"), "utf-8")

    assert refused.value.details["errors"][0]["field"] == "encoding"  # type: ignore[index]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Latin1", "windows-1252"),
        ("us-ascii", "windows-1252"),
        ("iso-8859-9", "windows-1254"),
        ("tis-620", "windows-874"),
        ("x-sjis", "Shift_JIS"),
        ("windows-31j", "Shift_JIS"),
        ("ks_c_5601-1987", "EUC-KR"),
        ("x-gbk", "GBK"),
        ("big5-hkscs", "Big5"),
        (" KOI8 ", "KOI8-R"),
        ("unicode", "UTF-16LE"),
        ("866", "IBM866"),
    ],
)
def test_labels_are_those_of_the_standard(label: str, name: str) -> None:
    assert encoding_named(label).name == name


@pytest.mark.parametrize(
    "label", ["klingon", "", "rot13", "../ascii", "\0", "é", "idna", "a" * 10_000]
)
def test_an_unknown_label_is_refused(label: str) -> None:
    with pytest.raises(InvalidInput, match="must be the label of an encoding"):
        decode(GREETING.encode("utf-16"), label)
