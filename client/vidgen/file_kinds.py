"""What a file is by its first bytes, before a byte of it is uploaded.

Only what is surely another thing is refused: whether a video can be read, its engine knows.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from vidgen.errors import FileRefused

__all__ = ["check_comments", "check_subtitles", "check_video", "kind_of"]

HEAD_BYTES: Final = 4096
_MEDIA: Final[tuple[tuple[str, bytes], ...]] = (
    ("a Matroska or WebM video", rb"\x1aE\xdf\xa3"),
    ("an AVI video", rb"RIFF....AVI "),
    ("a WAV sound", rb"RIFF....WAVE"),
    ("a Windows Media video", rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
    ("a Flash video", rb"FLV\x01"),
    ("an Ogg file", rb"OggS"),
    ("an MPEG video", rb"\x00\x00\x01[\xba\xb3]|G.{187}G.{187}G"),
    ("an MP4 or QuickTime video", rb".{4}(ftyp|moov|mdat|free|wide|skip)"),
    ("an MP3 sound", rb"ID3[\x02-\x04]"),
    ("a FLAC sound", rb"fLaC"),
)
_OTHERS: Final[tuple[tuple[str, bytes], ...]] = (
    ("a JPEG picture", rb"\xff\xd8\xff"),
    ("a PNG picture", rb"\x89PNG"),
    ("a PDF", rb"%PDF-"),
    ("a ZIP archive", rb"PK\x03\x04"),
    ("a gzip archive", rb"\x1f\x8b\x08"),
)
_TIME = r"\d{1,2}:\d{2}(:\d{2})?[.,]\d{1,3}\s*-->"
_SUBTITLES: Final[tuple[tuple[str, str], ...]] = (
    ("WebVTT subtitles", r"\s*WEBVTT"),
    ("ASS subtitles", r"\s*\[Script Info\]"),
    ("TTML subtitles", r"(?s)\s*(<\?xml.{0,200}?\?>\s*)?(<!--.*?-->\s*)*<(tt:)?tt[\s>]"),
    ("SubRip subtitles", rf"(?s).{{0,400}}?{_TIME}"),
)


def kind_of(path: Path) -> tuple[str, str] | None:
    """Return the family (`media`, `subtitles`, `document`, `other`) and the name of what it is.

    None for what is not known. Raises OSError.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        return "other", "empty"
    for family, kinds in (("media", _MEDIA), ("other", _OTHERS)):
        for name, start in kinds:
            if re.match(start, head, re.DOTALL):
                return family, name
    text = _text(head)
    for name, pattern in _SUBTITLES:
        if re.match(pattern, text):
            return "subtitles", name
    if re.match(r"(?i)\s*<(!doctype html|html)", text):
        return "other", "a web page"
    if re.match(r"\s*[\[{]\s*[\"\[{\]}]", text):
        return "document", "a JSON document"
    return None


def _text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace").lstrip("\ufeff")
    for pattern, encoding in ((rb"(?s)[^\0]\0[^\0]\0", "utf-16-le"), (rb"\0[^\0]\0", "utf-16-be")):
        if re.match(pattern, head):
            return head.decode(encoding, "replace")
    return head.decode("utf-8-sig", "replace")


def check_video(path: Path) -> None:
    """Refuse what is no video and no sound; raises FileRefused, OSError."""
    _refuse(path, "video", "media", {"subtitles": "Are both files in the right order?"})


def check_subtitles(path: Path) -> None:
    """Refuse what holds no subtitles; raises FileRefused, OSError."""
    _refuse(path, "file of subtitles", "subtitles", {"media": "Are both in the right order?"})


def check_comments(path: Path) -> None:
    """Refuse what is no JSON; raises FileRefused, OSError."""
    _refuse(path, "comments document (JSON)", "document", {})
    try:
        json.loads(path.read_bytes())
    except ValueError as error:
        raise FileRefused(
            f"{path} is no comments document: it is not valid JSON, {error}"
        ) from None


def _refuse(path: Path, wanted: str, family: str, hints: dict[str, str]) -> None:
    found = kind_of(path)
    if found is None or found[0] == family:
        return
    hint = hints.get(found[0], "")
    raise FileRefused(f"{path} is {found[1]}, not a {wanted}.{' ' if hint else ''}{hint}")
