"""Words and times as ASS writes them, so that nothing of a user's becomes markup.

Braces are escaped, and a backslash is followed by an invisible word joiner, because ASS has no
escape for it.
"""

import re

__all__ = ["ass_text", "ass_time", "shown_ms"]

_WORD_JOINER = "\u2060"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def ass_time(time_ms: int) -> str:
    """Return h:mm:ss.cc of a time in milliseconds, cut down to its centisecond.

    Cut, not rounded: a cue written for a frame's time must not begin after that frame, and 1996 ms
    must not become 100 centiseconds of second 1.
    """
    hours, rest = divmod(time_ms // 10, 360_000)
    minutes, rest = divmod(rest, 6_000)
    seconds, centis = divmod(rest, 100)
    return f"{hours}:{minutes:02}:{seconds:02}.{centis:02}"


def shown_ms(start_ms: int, end_ms: int) -> tuple[int, int]:
    """Return when a script that was told these times shows something, and until when.

    Something shorter than a centisecond is still shown.
    """
    start_ms = start_ms // 10 * 10
    return start_ms, max(end_ms // 10 * 10, start_ms + 10)


def ass_text(text: str) -> str:
    """Return *text* so that libass draws it and interprets none of it."""
    text = _CONTROLS.sub(" ", text)
    text = text.replace("\\", "\\" + _WORD_JOINER)
    return text.replace("{", "\\{").replace("}", "\\}")
