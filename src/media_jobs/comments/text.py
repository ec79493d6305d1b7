"""The text of comments: what of it can be seen, and what sites write as HTML."""

import html
import re
import unicodedata

from media_jobs.characters import is_invisible

__all__ = ["decoded", "is_visible"]

# A paragraph or a line of a list ends where the next begins; the spaces between are no text.
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li)>\s*(?=<(?:p|div|li)[\s>])", re.IGNORECASE)
# Emoji of Weibo, Mastodon and others.
_PICTURE = re.compile(
    r"""<img\s[^<>]{0,2000}?\balt=(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]*))[^<>]*>""", re.I
)
_TAG = re.compile(
    r"</?(?:a|b|i|u|s|em|strong|span|p|div|ul|ol|li|img)(?:\s[^<>]*)?/?>", re.IGNORECASE
)


def is_visible(text: str) -> bool:
    """Whether anything of *text* leaves a mark: not spaces, controls, joiners and blanks alone.

    Nor combining marks without a letter, and what is in C because no font of ours has it.
    """
    return any(unicodedata.category(c)[0] not in "ZCM" and not is_invisible(c) for c in text)


def decoded(text: str) -> str:
    """Return *text* without HTML: `&amp;` and the like as characters, `<br>` and the end of a
    paragraph as a new line, pictures as what stands for them.

    Sites' interfaces hand comments out so. Other angle brackets stay: `a < b` is what was meant.
    """
    if "<" in text:
        text = _PICTURE.sub(lambda found: found[1] or found[2] or found[3] or "", text)
        text = _TAG.sub("", _BREAK.sub("\n", text))
    return html.unescape(text) if "&" in text else text
