r"""Which angle brackets and braces of a SubRip text are tags, in the shapes people have them.

Programs that translate put blanks within tags, change their capitals, and write them in full width.
What stands in angle brackets and is no tag of SubRip, HTML or WebVTT is a text, as some players
have it: `<PHONE RINGING>`, `x<y and z>w`. What is a tag by its form, of no known name, is left out.
"""

import re

__all__ = ["OF_SUBRIP", "has_unknown_tags", "usual_tags"]

OF_SUBRIP = re.compile(
    r"[{｛]\s?[\\＼]|＜\s?[/／]?\s?[biu]\s?＞|</\s+(?:[biu]|font)\s?>|<\s+/?\s?(?:[biu]\s?>|font\s)",
    re.IGNORECASE,
)
"""What begins a tag that a WebVTT file has only where it was SubRip, or was spoilt."""

_ANGLE = re.compile(
    r"(?:[<＜]|(?<!<)[<＜](?P<blank>\s))(?P<end>[/／]\s?)?(?P<name>[A-Za-z][A-Za-z0-9]*)(?P<more>[^<>＜＞]*?)"
    r"(?P<single>[/／]\s?)?[>＞]",
)
_TAG = re.compile(r"<(?P<end>/)?(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?:[.\s][^<>]*)?/?>")
_STYLES = frozenset({"b", "i", "u", "s", "em", "strong", "strike", "font", "br", "c", "ruby", "rt"})
_NAMING = frozenset({"v", "lang"})
# Tags of pages that captions have, and that say nothing of how they look here.
_OF_PAGES = frozenset(
    {"body", "big", "blink", "center", "cite", "code", "del", "div", "html", "ins", "p", "pre"}
    | {"rb", "rp", "samp", "small", "span", "sub", "sup", "tt"}
)
_WITH_ADDRESS = "a"
_CLASSES = re.compile(r"(?:\.[\w-]+)+\s?")
_ATTRIBUTES = re.compile(r"\s*=|\s+[\w:-]+\s*=")
_SPOILT = str.maketrans("＃＝＂“”″＇‘’：；", '#=""""\'\'\'::')
_HASH = re.compile(r"#[#\s]*")

_BRACES = re.compile(
    r"[{｛]\s?(?:[\\＼]|/(?=\s?an\s?[1-9]\s?[}｝]))([^{}｛｝\n]*)[}｝]", re.IGNORECASE
)
_AROUND_AND = re.compile(r"\s*&\s*")
_CAPITAL = re.compile(r"\\\s?(an|[biu])(?=\s?[0-9])", re.IGNORECASE)


def usual_tags(text: str) -> tuple[str, bool]:
    r"""Return *text* with its tags in their usual form, and whether unknown ones were left out.

    A `<` that is no tag, and that a reader of WebVTT would take for one, becomes a reference.
    """
    if "{" in text or "｛" in text:
        text = _BRACES.sub(_usual_braces, text)
    ends = {tag["name"].lower() for tag in _ANGLE.finditer(text) if tag["end"]}
    left_out = False

    def usual(tag: re.Match[str]) -> str:
        nonlocal left_out
        if tag["blank"] and not (tag["end"] or tag["more"].strip() or tag["name"].lower() in ends):
            # As in `a < b > c`.
            return tag[0]
        if _is_known(tag):
            return _usual(tag)
        if tag["end"] or tag["name"].lower() in ends or _ATTRIBUTES.match(tag["more"]):
            left_out = True
            return ""
        return f"&lt;{tag[0][1:]}" if tag[0][0] == "<" else tag[0]

    return _ANGLE.sub(usual, text), left_out


def has_unknown_tags(text: str) -> bool:
    """Whether *text*, which is WebVTT, has tags of no known name, which it leaves out."""
    known = _STYLES | _NAMING | _OF_PAGES | {_WITH_ADDRESS}
    return "<" in text and any(tag["name"].lower() not in known for tag in _TAG.finditer(text))


def _is_known(tag: re.Match[str]) -> bool:
    name, more = tag["name"].lower(), tag["more"]
    if name == "font":
        return not more[:1].isalnum()
    if name in _NAMING and not tag["end"] and more.strip():
        # `u<v and w>x` says something else.
        before = tag.string[: tag.start()][-1:]
        return more[0] in " \t." and not before.isalnum()
    if name not in _STYLES | _NAMING | _OF_PAGES and name != _WITH_ADDRESS:
        return False
    if _ATTRIBUTES.match(more):
        return True
    is_bare = not more.strip() or _CLASSES.fullmatch(more) is not None
    return is_bare and (name != _WITH_ADDRESS or tag["end"] is not None)


def _usual(tag: re.Match[str]) -> str:
    more = tag["more"].rstrip()
    if tag["name"].lower() == "font":
        more = _HASH.sub("#", more.translate(_SPOILT))
    end, single = tag["end"] and "/", tag["single"] and "/"
    return f"<{end or ''}{tag['name']}{more}{single or ''}>"


def _usual_braces(braces: re.Match[str]) -> str:
    inside = _AROUND_AND.sub("&", braces[1].replace("＼", "\\").strip())
    return "{" + _CAPITAL.sub(lambda tag: "\\" + tag[1].lower(), f"\\{inside}") + "}"
