"""What a file is that is no subtitle text, by its first bytes, and what to do with it.

Signatures: https://www.garykessler.net/library/file_sigs.html, and the formats' own specifications.
"""

import re
from collections.abc import Iterator

from media_jobs.errors import InvalidInput

__all__ = ["name_of_no_video", "refuse_binary", "refuse_foreign", "refuse_unread"]

_HEAD_BYTES = 1024
_BINARY_HEAD_BYTES = 64 * 1024
# Without tabs, line ends, and what ends a file of DOS or begins a sequence of ISO-2022-JP.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b"))
# By message; the more special one comes first, because office documents are ZIP archives, too.
_SIGNATURES: dict[str, tuple[tuple[str, bytes], ...]] = {
    "bad_request.file_video": (
        ("MP4", rb".{4}ftyp(?!avif|hei|mif1)|\0.{3}(?:moov|mdat|wide|free)[\0-\x1f]"),
        ("Matroska", rb"\x1aE\xdf\xa3"),
        ("MPEG-TS", rb"(?:G.{187}){2}G|.{4}(?:G.{191}){2}G"),
        ("AVI", rb"RIFF.{4}AVI "),
        ("WAV", rb"RIFF.{4}WAVE"),
        ("FLV", rb"FLV\x01"),
        ("ASF", rb"0&\xb2u\x8ef\xcf\x11"),
        ("Ogg", rb"OggS"),
        ("FLAC", rb"fLaC"),
        ("MP3", rb"ID3[\x02-\x04]|\xff[\xfb\xf3\xf2][^\xff]"),
        ("MPEG", rb"\0\0\x01\xb3"),
        ("YUV4MPEG2", rb"YUV4MPEG2 "),
        ("H.264", rb"\0{2,3}\x01(?:\x09[\x10-\xf0]|[\x27\x47\x67][\x42-\xf4])"),
        ("H.265", rb"\0{2,3}\x01[\x40\x46]\x01"),
        ("IVF", rb"DKIF\0\0"),
        ("NUT", rb"nut/multimedia container\0"),
        ("WTV", rb"\xb7\xd8\0 7I\xda\x11\xa6N\0\x07\xe9\x5e\xad\x8d"),
    ),
    "bad_request.file_bitmaps": (
        ("VobSub", rb"# VobSub index file|\0\0\x01\xba"),
        ("PGS", rb"PG.{8}[\x14-\x17\x80]"),
    ),
    "bad_request.file_document": (
        ("Office", rb"PK\x03\x04.{26,512}?(?:word|xl|ppt)/|\xd0\xcf\x11\xe0\xa1\xb1"),
        ("OpenDocument", rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis"),
        ("PDF", rb"%PDF-"),
        ("RTF", rb"\{\\rtf"),
    ),
    "bad_request.file_archive": (
        ("ZIP", rb"PK[\x03\x05]"),
        ("gzip", rb"\x1f\x8b"),
        ("RAR", rb"Rar!\x1a\x07"),
        ("7z", rb"7z\xbc\xaf"),
        ("bzip2", rb"BZh[1-9]1AY"),
        ("xz", rb"\xfd7zXZ\0"),
        ("Zstandard", rb"\x28\xb5\x2f\xfd"),
        ("tar", rb".{257}ustar"),
    ),
    "bad_request.file_picture": (
        ("PNG", rb"\x89PNG\r\n"),
        ("JPEG", rb"\xff\xd8\xff"),
        ("GIF", rb"GIF8[79]a"),
        ("WebP", rb"RIFF.{4}WEBP"),
        ("BMP", rb"BM.{4}\0\0\0\0"),
        ("TIFF", rb"II\*\0|MM\0\*"),
        ("HEIF", rb".{4}ftyp"),
    ),
    "bad_request.file_page": (
        ("HTML", rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body)[\s>]"),
    ),
    "bad_request.file_binary": (
        ("SQLite", rb"SQLite format 3\0"),
        ("ELF", rb"\x7fELF"),
        ("EXE", rb"MZ.{58}.\0\0\0"),
    ),
}


# Films without a container, or in one that is not read.
_UNREAD_FILMS = frozenset({"MPEG", "YUV4MPEG2", "H.264", "H.265", "IVF", "NUT", "WTV"})

# Texts of which no cue is read; the last ones may be anything in their format.
_UNREAD = (
    ("SAMI", r"<SAMI\b"),
    ("USF", r"(?:<\?xml[^>]{0,200}>\s{0,9})?<USFSubtitles\b"),
    ("SCC", r"Scenarist_SCC\b"),
    ("EBU STL", r".{3}STL\d\d\."),
    ("Spruce STL", r"(?://[^\n]{0,200}\n\s{0,9}|\$\w+\s{0,9}=[^\n]{0,200}\n\s{0,9})+\d\d:\d\d:"),
    ("QRC", r"\[\d+,\d+\]"),
    ("MPL2", r"\[\d+\]\[\d+\]"),
    ("HLS", r"#EXTM3U\b"),
    ("JSON", r"\{\s{0,9}\"|\[\s{0,9}[{\[\"]"),
    ("XML", r"<\?xml\b|<svg\b|<rss\b"),
)


def refuse_unread(text: str) -> None:
    """Raise InvalidInput, with what *text* is, where no kind that is read is found in it."""
    head = text[:_HEAD_BYTES].lstrip("\ufeff \t\n")
    if not head:
        raise InvalidInput("bad_request.subtitles_nothing")
    for name, pattern in _UNREAD:
        if re.match(pattern, head, re.IGNORECASE):
            raise InvalidInput("bad_request.file_unread", details=None, name=name)


def refuse_foreign(data: bytes) -> None:
    """Raise InvalidInput, with what the file is, if its signature is none of subtitles."""
    for key, name in _matching(data):
        raise InvalidInput(key, details=None, name=name)


def name_of_no_video(data: bytes) -> str | None:
    """Return what a file is that begins with *data*, if that is known and it is no film for us.

    "PNG" or "PDF", for example, or a film in a form that is not read, as "YUV4MPEG2"; None where it
    may be one that is.
    """
    key, name = next(_matching(data), ("", ""))
    may_be_read = key in ("", "bad_request.file_video") and name not in _UNREAD_FILMS
    return None if may_be_read else name


def _matching(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the message and the name of each format that a file may be in, by its first bytes."""
    head = data[:_HEAD_BYTES]
    for key, formats in _SIGNATURES.items():
        for name, pattern in formats:
            if re.match(pattern, head, re.DOTALL):
                yield key, name


def refuse_binary(data: bytes) -> None:
    """Raise InvalidInput where so many bytes are control characters that it is no text."""
    head = data[:_BINARY_HEAD_BYTES]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls * 50 > len(head):
        raise InvalidInput("bad_request.file_unknown")
