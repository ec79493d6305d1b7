"""A file that is no subtitles is told by what it is, with what to do (A14)."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile

import pytest

from media_jobs.errors import InvalidInput
from media_jobs.subtitles.decoding import decode
from media_jobs.subtitles.foreign import name_of_no_video
from media_jobs.subtitles.reader import read_subtitles


def zipped(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "1\n00:00:01,000 --> 00:00:02,000\nx\n")
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.srt"))
    return file.getvalue()


ZEROS = bytes(2000)
FILES = {
    "MP4": (b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41\0\0\0\x08free" + ZEROS, "video"),
    "an MP4 without a brand": (b"\0\0\0\x08wide\0\0\1\0mdat" + ZEROS, "video"),
    "Matroska": (b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x23B\x86\x81\x01" + ZEROS, "video"),
    "MPEG-TS": ((b"G\x40\x11\x10" + bytes(184)) * 4, "video"),
    "AVI": (b"RIFF\0\x10\0\0AVI LIST" + ZEROS, "video"),
    "MP3": (b"ID3\x04\0\0\0\0\0\x23TSSE" + ZEROS, "video"),
    "VobSub": (b"\0\0\x01\xbaD\0\x04\0\x04\x01" + ZEROS, "pictures"),
    "its index": (
        b"# VobSub index file, v7 (do not modify this line!)\n#\nsize: 720x576\n",
        "pictures",
    ),
    "PGS": (b"PG\0\0\x01\x02\0\0\0\0\x16\0\x13" + ZEROS, "pictures"),
    "PDF": (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", "document"),
    "RTF": (b"{\\rtf1\\ansi 00:00:01,000 --> 00:00:02,000}", "document"),
    "Word": (zipped("word/document.xml"), "document"),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + ZEROS, "document"),
    "ZIP": (zipped("film.srt"), "archive"),
    "gzip": (gzip.compress(b"1\n00:00:01,000 --> 00:00:02,000\nx\n"), "archive"),
    "bzip2": (bz2.compress(b"x"), "archive"),
    "xz": (lzma.compress(b"x"), "archive"),
    "tar": (tarred(), "archive"),
    "RAR": (b"Rar!\x1a\x07\x01\0" + ZEROS, "archive"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\x04" + ZEROS, "archive"),
    "PNG": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + ZEROS, "a picture"),
    "JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + ZEROS, "a picture"),
    "AVIF": (b"\0\0\0\x1cftypavif\0\0\0\0" + ZEROS, "a picture"),
    "a web page": (b"\n<!DOCTYPE html>\n<html><body>00:01 --> 00:02</body></html>", "web page"),
    "a web page without a type": (b"\xef\xbb\xbf<HTML lang='en'><head>", "web page"),
    "a program": (b"\x7fELF\x02\x01\x01" + ZEROS, "program"),
    "anything": (os.urandom(3000).replace(b"\0", b"\1"), "binary data"),
    "a text full of zeros": (b"a\0\n" * 2000, "binary data"),
}


UNREAD_FILMS = {
    "YUV4MPEG2": b"YUV4MPEG2 W320 H240 F25:1 Ip A1:1 C420jpeg\nFRAME\n",
    "H.264": b"\0\0\0\x01\x67\x64\0\x1f\xac",
    "H.265": b"\0\0\0\x01\x40\x01\x0c\x01\xff",
    "IVF": b"DKIF\0\0\x20\0VP80",
    "NUT": b"nut/multimedia container\0NM",
    "WTV": b"\xb7\xd8\0\x20\x37\x49\xda\x11\xa6\x4e\0\x07\xe9\x5e\xad\x8d",
    "MPEG": b"\0\0\x01\xb3\x14\0\xf0",
}
TEXTS = {
    "SAMI": "<SAMI><BODY>\n<SYNC Start=1000><P>Hi",
    "USF": '<?xml version="1.0"?>\n<USFSubtitles version="1.0">',
    "SCC": "Scenarist_SCC V1.0\n\n00:00:01:00\t9420 9420",
    "EBU STL": "850STL25.010" + " " * 1000,
    "MPL2": "[10][20]Hi|there\n",
    "QRC": "[1000,2000]Hel(1000,500)lo(1500,500)\n",
    "HLS": "#EXTM3U\n#EXTINF:6,\nseg0.vtt\n",
    "JSON": '```json\n[{"name": "Hi", "size": 2}]\n```\n',
    "XML": "<svg><text>Hi</text></svg>",
    "empty": "\ufeff \n\n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_is_not_read_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_subtitles(TEXTS[name])

    assert name in str(refused.value)


@pytest.mark.parametrize("name", UNREAD_FILMS)
def test_a_film_in_a_form_that_is_not_read_is_told_by_its_name(name: str) -> None:
    data = UNREAD_FILMS[name] + ZEROS

    assert name_of_no_video(data) == name
    with pytest.raises(InvalidInput, match=f"video or sound file .{name}."):
        decode(data)


@pytest.mark.parametrize("name", ["MP4", "Matroska", "MPEG-TS", "AVI"])
def test_a_film_that_may_be_read_has_no_such_name(name: str) -> None:
    assert name_of_no_video(FILES[name][0]) is None


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_subtitles_is_refused_with_what_it_is(name: str) -> None:
    data, words = FILES[name]

    with pytest.raises(InvalidInput, match=words):
        decode(data)


def test_what_to_do_stands_in_the_message() -> None:
    with pytest.raises(InvalidInput) as refused:
        decode(FILES["MP4"][0])

    assert refused.value.message == (
        "This is a video or sound file (MP4), not a subtitle file. Subtitles inside it must be "
        "extracted to a file of their own first."
    )


@pytest.mark.parametrize(
    "text",
    [
        "Great song\n",
        "BM: hello\n",
        "PK, he said\n",
        "{1}{50}Hello\n",
        "MZ\n",
        "<b>Bold</b>\n",
        "PG-13\n",
        "[ar:Gerry]".ljust(196, "x") + "G\n",
    ],
)
def test_a_text_that_begins_like_a_signature_is_read(text: str) -> None:
    assert decode(text.encode()).text == text
