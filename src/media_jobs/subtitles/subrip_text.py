r"""The text of a SubRip cue: HTML's tags, and those that it borrows from ASS and MicroDVD.

Bold, italic, underline and colours are kept, `{\an8}` and the older `{\a6}` are places, `<br>`,
`\N` and `\n` are line breaks, other tags in braces are left out. What is no tag stays as typed:
see `subrip_tags`.
"""

import re
from dataclasses import dataclass

from media_jobs.subtitles.ass_tags import ASS_TAG, keypad_of
from media_jobs.subtitles.colours import ass_colour, font_colour
from media_jobs.subtitles.markup import Markup
from media_jobs.subtitles.subrip_tags import usual_tags

__all__ = ["CueText", "cue_text"]

_TOKEN = re.compile(
    r"(?P<break><br\s*/?\s*>|\[br\]|(?<!:)\\n)"
    r"|\{(?P<ass>\\[^{}]*|an[1-9])\}"
    r"|^(?P<bare>\\an[1-9])\}?\s?"
    r"|\{(?P<open>(?:\\(?:an?[0-9]{1,2}|[biu][01]))+)(?![^{}]*\})\s?"
    r"|\{(?P<key>[yYfFsScCoOpPhH]):(?P<value>[^{}\n]*)\}"
    r"|<(?P<end>/)?(?P<name>b|i|u|font|span|strong|em|s|strike)(?P<more>\s[^<>]*)?>"
    r"|(?P<space>\\h)|(?P<line>\n)",
    re.IGNORECASE | re.MULTILINE,
)
_ESCAPED_TAG = re.compile(
    r"&lt;(/?(?:[biu]|font\s(?:[^<>&]|&quot;){0,99}|/?font|br\s?/?))&gt;", re.IGNORECASE
)
_UNENDED = re.compile(r"&([A-Za-z][A-Za-z0-9]*)(?![A-Za-z0-9;])(=?)")
_COLOUR_TAGS = frozenset({"c", "1c"})
_POSITIONS = frozenset({"pos", "move"})
_SAME = {"strong": "b", "em": "i", "span": "font"}
_LEFT_OUT = frozenset({"s", "strike"})


@dataclass(frozen=True, slots=True)
class CueText:
    """A text in WebVTT's tags. *keypad*: its place; *has_position*: it names one in pixels.

    *has_unknown*: it had tags of no known name, which are left out.
    """

    text: str
    keypad: int | None = None
    has_position: bool = False
    has_unknown: bool = False


def cue_text(text: str) -> CueText:
    """Return what *text* says as WebVTT writes it, and where it wants to stand."""
    text = _ESCAPED_TAG.sub(_unescaped_tag, text)
    if "&" in text:
        text = _UNENDED.sub(_as_typed, text)
    if not any(sign in text for sign in "<{\\[＜｛"):
        return CueText(text)
    text, has_unknown = usual_tags(text)
    reader = _Reader()
    position = 0
    for token in _TOKEN.finditer(text):
        reader.append(text[position : token.start()])
        reader.follow(token)
        position = token.end()
    reader.append(text[position:])
    return CueText(reader.markup.text(), reader.keypad, reader.has_position, has_unknown)


def _unescaped_tag(tag: re.Match[str]) -> str:
    return f"<{tag[1]}>".replace("&quot;", '"')


def _as_typed(sign: re.Match[str]) -> str:
    """Return what `&` begins so that it is read as HTML reads it in the value of an attribute.

    There `&section=2` and `&ethics` hold no reference without its semicolon
    (https://html.spec.whatwg.org/#named-character-reference-state).
    """
    # Here, because the table of names would make every start of the app slower.
    from html import unescape

    read = unescape(f"&{sign[1]}")
    is_whole = not (read[-1].isascii() and read[-1].isalnum()) and not sign[2]
    is_none = read.startswith(f"&{sign[1]}")
    return sign[0] if is_whole or is_none else f"&amp;{sign[0][1:]}"


class _Reader:
    def __init__(self) -> None:
        self.markup = Markup()
        self.keypad: int | None = None
        self.has_position = False
        self._drawing = False
        self._of_line: list[str] = []

    def append(self, text: str) -> None:
        if text and not self._drawing:
            self.markup.append(text)

    def follow(self, token: re.Match[str]) -> None:
        """Take in what a tag says."""
        if token["break"] or token["line"]:
            self.append("\n")
            self.markup.off(*self._of_line)
            self._of_line.clear()
        elif token["space"]:
            self.append("\u00a0")
        elif tags := token["ass"] or token["open"] or token["bare"]:
            # Some have lost a brace, or the sign before their name.
            for name, value in ASS_TAG.findall(tags if tags.startswith("\\") else f"\\{tags}"):
                self._ass(name, value)
        elif token["key"]:
            self._microdvd(token["key"], token["value"])
        else:
            self._html(token)

    def _ass(self, name: str, value: str) -> None:
        if name in ("b", "i", "u"):
            (self.markup.on if value not in ("", "0") else self.markup.off)(name)
        elif name in _COLOUR_TAGS:
            self._colour(ass_colour(value) if value else None)
        elif name == "r":
            self.markup.off("b", "i", "u", "font")
        elif name == "p":
            self._drawing = value not in ("", "0")
        elif name in _POSITIONS:
            self.has_position = True
        else:
            self.keypad = self.keypad or keypad_of(name, value)

    def _microdvd(self, key: str, value: str) -> None:
        """Follow a control code; one in small letters is for its line alone."""
        opened = []
        if key in "yY":
            opened = [letter for letter in value.lower() if letter in "biu"]
            for letter in opened:
                self.markup.on(letter)
        elif key in "cC":
            # Blue, green, red, as in ASS.
            self._colour(ass_colour(value.strip().removeprefix("$")))
            opened = ["font"]
        if key.islower():
            self._of_line += opened

    def _html(self, tag: re.Match[str]) -> None:
        name = _SAME.get(tag["name"].lower(), tag["name"].lower())
        if name in _LEFT_OUT:
            return
        if tag["end"]:
            self.markup.off(name)
        elif name != "font":
            self.markup.push(name)
        else:
            self.markup.push("font", _font(tag["more"] or ""))

    def _colour(self, colour: str | None) -> None:
        self.markup.off("font")
        if colour is not None:
            self.markup.push("font", f'<font color="{colour}">')


def _font(attributes: str) -> str:
    colour = font_colour(attributes)
    return "<font>" if colour is None else f'<font color="{colour}">'
