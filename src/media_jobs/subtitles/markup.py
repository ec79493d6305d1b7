"""Writes a cue's text in WebVTT's tags, whatever order its source opens and closes styles in."""

import re

__all__ = ["TIME_TAG", "Markup", "clock", "escaped", "time_tag"]

TIME_TAG = re.compile(r"<[0-9]+:[0-9]{2}(?::[0-9]{2})?\.[0-9]{3}>")
"""What stands before words that are said later than their cue begins."""

_SIGNS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SIGN = re.compile("[&<>]")
# Nobody nests styles deeper; each one that is open may have to be closed and opened at each end.
_DEPTH_MAX = 16


def escaped(text: str) -> str:
    """Return *text* so that WebVTT reads none of it as a tag or a reference."""
    return _SIGN.sub(lambda sign: _SIGNS[sign[0]], text)


def time_tag(ms: int) -> str:
    """Return the tag before what is said from *ms* on."""
    return f"<{clock(ms)}>"


def clock(ms: int) -> str:
    """Return hh:mm:ss.mmm of a time in milliseconds."""
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"


class Markup:
    """Text with styles, each of which may be turned on and off at any place.

    A style is a tag's name (`b`, `i`, `u`, `font`) with its whole start tag. WebVTT's end tags
    close the innermost tag alone, so what is open above one that ends is closed and opened again.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[tuple[str, str]] = []

    def append(self, text: str) -> None:
        """Add *text*, which is WebVTT's already."""
        self._parts.append(text)

    def on(self, name: str, start_tag: str | None = None) -> None:
        """Open a style; one of that name which is open ends."""
        if self._open and self._open[-1] == (name, start_tag or f"<{name}>"):
            return
        self.off(name)
        self.push(name, start_tag)

    def push(self, name: str, start_tag: str | None = None) -> None:
        """Open a style within those that are open, also of its own name."""
        if len(self._open) >= _DEPTH_MAX:
            return
        tag = start_tag or f"<{name}>"
        self._open.append((name, tag))
        self._parts.append(tag)

    def off(self, *names: str) -> None:
        """Close the innermost style of each of these names, where one is open."""
        for name in names:
            at = max((i for i, one in enumerate(self._open) if one[0] == name), default=None)
            if at is None:
                continue
            above = self._open[at + 1 :]
            self._parts += [f"</{one}>" for one, _ in reversed(self._open[at:])]
            self._parts += [tag for _, tag in above]
            self._open[at:] = above

    def text(self) -> str:
        """Return what was written, with all that is open closed."""
        return "".join([*self._parts, *(f"</{name}>" for name, _ in reversed(self._open))])
