"""The text of comments: what of it can be seen, and what sites write as HTML."""

import html
import re
import unicodedata

from media_jobs.characters import is_invisible

__all__ = ["decoded", "is_visible"]

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:a|b|i|u|s|em|strong|span|p|div)(?:\s[^<>]*)?/?>", re.IGNORECASE)


def is_visible(text: str) -> bool:
    """Whether anything of *text* leaves a mark: not spaces, controls, joiners and blanks alone.

    Nor combining marks without a letter, and what is in C because no font of ours has it.
    """
    return any(unicodedata.category(c)[0] not in "ZCM" and not is_invisible(c) for c in text)


def decoded(text: str) -> str:
    """Return *text* without HTML: `&amp;` and the like as characters, `<br>` as a new line.

    Sites' interfaces hand comments out so. Other angle brackets stay: `a < b` is what was meant.
    """
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", text))
    return html.unescape(text) if "&" in text else text
