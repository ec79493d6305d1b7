"""Files that are damaged, cut off, mixed or hostile: repaired and told, in bounded time."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_jobs.errors import InvalidInput
from media_jobs.subtitles.decoding import Decoded, decode
from media_jobs.subtitles.encodings import encoding_named

CHINESE = ["我们今天去哪儿吃饭？", "别担心，一切都会好起来的。", "他说他明天早上九点到机场。"]
FRENCH = ["Où est-ce qu'on déjeune ?", "Ne t'inquiète pas, ça ira.", "C'est très bruyant dehors."]
JAPANESE = ["今日はどこで食べようか？", "きっと大丈夫だよ。", "彼は明日の朝着くと言った。"]
KOREAN = ["오늘 어디서 밥 먹을까?", "걱정하지 마, 다 잘될 거야.", "문 좀 닫아 주세요."]
MULTI_BYTE = [
    ("UTF-8", CHINESE),
    ("UTF-16LE", CHINESE),
    ("gb18030", CHINESE),
    (
        "Big5",
        [
            line.translate({0x4EEC: 0x5011, 0x522B: 0x5225})
            for line in ["今天去哪裡吃飯？", "我們走吧。", "他說了。"]
        ],
    ),
    ("Shift_JIS", JAPANESE),
    ("EUC-JP", JAPANESE),
    ("EUC-KR", KOREAN),
]
SIZE = 5 * 1024 * 1024
SECONDS_MAX = 5
"""Of CPU, on any machine: nothing here takes one."""


def subrip(sentences: list[str], cues: int) -> str:
    """Return a file of so many cues, a sentence in the third line of every four."""
    return "".join(
        f"{n + 1}\n00:{n // 60:02}:{n % 60:02},000 --> 00:{n // 60:02}:{n % 60:02},900\n"
        f"{sentences[n % len(sentences)]}\n\n"
        for n in range(cues)
    )


def told(decoded: Decoded) -> list[tuple[str, tuple[int, ...], tuple[str, ...]]]:
    return [(notice.code, notice.at, notice.what) for notice in decoded.notices]


@pytest.mark.parametrize(("encoding", "sentences"), MULTI_BYTE)
def test_a_character_that_is_cut_off_at_the_end_is_left_out_and_told(
    encoding: str, sentences: list[str]
) -> None:
    text = subrip(sentences, 6).rstrip("\n")
    data = (text + sentences[0][0]).encode(encoding_named(encoding).codec)[:-1]

    decoded = decode(data)

    assert decoded.text == text
    assert told(decoded)[-1] == ("characters_left_out", (23,), ())


def test_a_bad_byte_amid_utf_8_is_left_out_and_its_line_told() -> None:
    text = subrip(FRENCH, 6)
    data = text.encode().replace("inquiète".encode(), b"inqui\xff" + "ète".encode(), 1)

    assert decode(data) == Decoded(text=text, encoding="UTF-8", notices=decode(data).notices)
    assert told(decode(data)) == [("characters_left_out", (7,), ())]


@pytest.mark.heavy
@pytest.mark.parametrize("encoding", ["gb18030", "Big5", "Shift_JIS", "EUC-JP", "EUC-KR"])
def test_a_bad_byte_does_not_change_what_a_long_file_is_taken_for(encoding: str) -> None:
    sentences = dict(MULTI_BYTE)[encoding]
    text = subrip(sentences, 100)
    data = text.encode(encoding_named(encoding).codec)
    at = data.index(b"\n\n41\n")

    decoded = decode(data[:at] + b"\xff" + data[at:])

    assert (decoded.text, decoded.encoding) == (text, encoding)
    assert told(decoded)[-1] == ("characters_left_out", (159,), ())


@pytest.mark.parametrize(
    ("codec", "name", "pasted"), [("gbk", "gb18030", CHINESE), ("cp1252", "windows-1252", FRENCH)]
)
def test_lines_that_were_pasted_from_another_encoding_are_read_in_it(
    codec: str, name: str, pasted: list[str]
) -> None:
    first, second = subrip(CHINESE, 6), subrip(pasted, 2)

    decoded = decode(first.encode() + second.encode(codec))

    assert decoded.text == first + second
    assert (decoded.encoding, decoded.guessed) == ("UTF-8", True)
    assert told(decoded) == [("lines_in_other_encoding", (27, 31), (name,))]


def test_a_file_of_which_half_is_in_another_encoding_is_read_line_by_line() -> None:
    first, second = subrip(CHINESE, 3), subrip(CHINESE, 6)

    decoded = decode(first.encode() + second.encode("gbk"))

    assert decoded.text == first + second
    assert [code for code, _, _ in told(decoded)] == ["lines_in_other_encoding"]


@pytest.mark.parametrize("head", ["", "WEBVTT\n\n"])
def test_a_byte_that_is_no_letter_is_damage_also_where_the_rest_is_ascii(head: str) -> None:
    text = head + subrip(["Hello there."], 3)

    decoded = decode(text.encode().replace(b"Hello", b"He\xffllo", 1))

    assert (decoded.text, decoded.encoding) == (text, "UTF-8")
    assert told(decoded) == [("characters_left_out", (3 + head.count("\n"),), ())]


@pytest.mark.parametrize("line", ["联通", "谢谢你", "不知道", "是他", "我们走吧"])
def test_a_line_that_is_also_valid_utf_8_does_not_make_gbk_mixed(line: str) -> None:
    text = subrip([line, *CHINESE], 8)

    assert decode(text.encode("gbk")).text == text


def test_zero_bytes_in_a_named_encoding_are_left_out_and_told() -> None:
    decoded = decode("1\n00:00:01,000 --> 00:00:02,000\n你\0好\n".encode("gbk"), "gbk")

    assert decoded.text == "1\n00:00:01,000 --> 00:00:02,000\n你好\n"
    assert told(decoded) == [("nulls_left_out", (3,), ())]


@pytest.mark.parametrize("codec", ["utf-8", "gbk"])
def test_zero_bytes_are_left_out_and_told(codec: str) -> None:
    text = subrip(CHINESE, 6)

    decoded = decode(text.encode(codec).replace(b"\n\n2\n", b"\0\n\n2\n") + b"\0" * 4096)

    assert decoded.text == text
    assert told(decoded)[-1] == ("nulls_left_out", (3, 25), ())


def test_a_few_characters_that_were_lost_before_are_left_out_and_told() -> None:
    text = subrip(CHINESE, 6)

    decoded = decode(text.replace("饭", "\ufffd", 1).encode())

    assert decoded.text == text.replace("饭", "", 1)
    assert told(decoded) == [("characters_left_out", (3,), ())]


def test_a_file_that_was_decoded_wrongly_before_is_refused() -> None:
    lost = subrip(CHINESE, 6).encode("gbk").decode("utf-8", "replace")

    with pytest.raises(InvalidInput, match="decoded with the wrong encoding before upload"):
        decode(lost.encode())


def test_webvtt_in_another_encoding_is_refused_with_its_line_and_probable_encoding() -> None:
    data = f"WEBVTT\n\n{subrip(FRENCH, 3).replace(',', '.')}".encode("cp1252")

    with pytest.raises(InvalidInput, match=r"line 5 is not.*windows-1252") as refused:
        decode(data)

    assert refused.value.values["encoding"] == "windows-1252"
    assert decode(data, "windows-1252").text.startswith("WEBVTT")


def test_webvtt_in_another_encoding_is_read_with_a_notice_where_that_is_asked_for() -> None:
    text = f"WEBVTT\n\n{subrip(FRENCH, 3).replace(',', '.')}"

    decoded = decode(text.encode("cp1252"), guess_webvtt=True)

    assert (decoded.text, decoded.guessed) == (text, True)
    assert told(decoded) == [("webvtt_not_utf8", (), ("windows-1252",))]


LARGE = {
    "UTF-8": subrip(CHINESE, 60).encode(),
    "GBK": subrip(CHINESE, 60).encode("gbk"),
    "windows-1252": subrip(FRENCH, 60).encode("cp1252"),
    "one byte": b"\xff",
    "half of it broken": b"\xc3\xa9\xff",
    "a third of it broken": b"\xc3\xa9\xc3\xa9\xff\n",
    "zero bytes": b"a\n\0\0\n",
    "empty lines": b"\n",
    "all high bytes": bytes(range(0x80, 0x100)),
    "escapes": b"\x1b$B~~",
    "surrogates": b"\xff\xfe\xd8\xd8",
    "no line end": b"x",
}


@pytest.mark.heavy
@pytest.mark.parametrize("name", LARGE)
def test_a_file_of_5_mb_is_read_or_refused_in_bounded_time(name: str) -> None:
    data = (LARGE[name] * (SIZE // len(LARGE[name]) + 1))[:SIZE] + b"\xe9t\xe9"
    began = time.process_time()

    with suppress(InvalidInput):
        assert "\ufffd" not in decode(data).text

    assert time.process_time() - began < SECONDS_MAX


@given(
    st.sampled_from(
        [b"", b"1\n00:00:01,000 --> 00:00:02,000\n", b"\xff\xfe", b"\xef\xbb\xbf", b"WEBVTT\n"]
    ),
    st.binary(max_size=200) | st.text(max_size=100).map(str.encode),
    st.sampled_from([None, "gbk", "utf-16le", "latin1"]),
)
def test_any_bytes_are_read_without_u_fffd_or_refused(
    head: bytes, data: bytes, encoding: str | None
) -> None:
    try:
        decoded = decode(head + data, encoding)
    except InvalidInput:
        return
    assert "\ufffd" not in decoded.text
    decoded.text.encode()
