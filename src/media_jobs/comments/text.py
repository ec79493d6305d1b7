"""The text of comments: what of it can be seen, and what sites write as HTML."""

import html
import re
import unicodedata

__all__ = ["decoded", "is_visible"]

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:a|b|i|u|s|em|strong|span|p|div)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and signs that are drawn as nothing, though Unicode calls them letters and signs."""


def is_visible(text: str) -> bool:
    """Whether anything of *text* leaves a mark: not spaces, controls, joiners and blanks alone."""
    return any(unicodedata.category(c)[0] not in "ZCM" and c not in _BLANK for c in text)


def decoded(text: str) -> str:
    """Return *text* without HTML: `&amp;` and the like as characters, `<br>` as a new line.

    Sites' interfaces hand comments out so. Other angle brackets stay: `a < b` is what was meant.
    """
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", text))
    return html.unescape(text) if "&" in text else text
