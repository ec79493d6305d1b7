"""Files that lost their line ends on the way, through a form or a mail: several cues on a line."""

import re

from media_jobs.notices import Findings

__all__ = ["divided"]

_TIME = r"(?:[0-9]{1,3}:)?[0-9]{1,2}:[0-9]{2}[.,][0-9]{1,3}"
_TIMES = rf"{_TIME}[ \t]*--?>[ \t]*{_TIME}"
_TWICE = re.compile(rf"{_TIMES}[^\n]*?[^\n]{_TIMES}")
_HEAD = re.compile(rf"(?<![ \t])[ \t]*(?<!\S)()({_TIMES})[ \t]*")
_NUMBERED_HEAD = re.compile(rf"(?<![ \t])[ \t]*(?<!\S)([0-9]{{1,6}}[.):]?)[ \t]+({_TIMES})[ \t]*")

_FIRST_NUMBERED = re.compile(rf"(?:(?!{_TIMES})[^\n])*?(?<!\S)[0-9]{{1,6}}[.):]?[ \t]+{_TIMES}")


def divided(text: str, found: Findings) -> str:
    """Return *text*, whose lines end with `\\n`, with the times of each cue on a line.

    Another text comes back as it is.
    """
    if _TWICE.search(text) is None:
        return text
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if _TWICE.search(line) is not None:
            found.add("empty_lines_missing", number)
            head = _NUMBERED_HEAD if _FIRST_NUMBERED.match(line) is not None else _HEAD
            lines[number - 1] = head.sub(r"\n\n\1\n\2\n", line).lstrip("\n")
    return "\n".join(lines)
