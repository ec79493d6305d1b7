"""WebVTT, read as its standard's parser does (https://www.w3.org/TR/webvtt1/, section 6).

A cue that the parser drops is dropped, with a notice. Beyond it, hours have at most six digits, and
a cue without a duration, which the standard keeps and never shows, is also left out with a notice.
Of files that were SubRip, tags of ASS are followed, and where no line is empty between two cues
that are numbered, the second one's number is no text of the first; nor is the head of a file that
was joined to another.
"""

import re
from collections.abc import Collection, Iterable, Iterator

from media_jobs.notices import Findings
from media_jobs.subtitles.blocks import TEXT_CHARS_MAX, Block, arrow_blocks
from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.markup import clock
from media_jobs.subtitles.settings import NO_SETTINGS, cue_settings, written_settings
from media_jobs.subtitles.subrip_tags import OF_SUBRIP, has_unknown_tags
from media_jobs.subtitles.subrip_text import cue_text

__all__ = ["place_of", "timed_texts", "written"]

_TIME = r"(?:0*([0-9]{1,6}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
# Nothing need stand between the second time and the settings, but for a digit more.
_TIMING = re.compile(rf"[ \t\f]*{_TIME}[ \t\f]*-->[ \t\f]*{_TIME}(?![0-9])(.*)")
_FILLED = re.compile(r"[^\n]")
_NAMED = re.compile(r"(NOTE(?=[ \t\n]|$)|(?:REGION|STYLE)(?=[ \t\f]*(?:\n|$)))")
_BLANK = re.compile(r"[ \t\f\n]+")
# The heads of pieces of a stream (https://www.rfc-editor.org/rfc/rfc8216#section-3.5).
_JOINED = re.compile(r"^WEBVTT[ \t]*$", re.MULTILINE)
_TIMESTAMP_MAP = re.compile(r"^X-TIMESTAMP-MAP=", re.MULTILINE)
_JOINED_MAP = re.compile(r"^WEBVTT[ \t]*\nX-TIMESTAMP-MAP=", re.MULTILINE)


def timed_texts(text: str, found: Findings) -> Iterator[TimedText]:
    """Yield the cues in the file's order."""
    signature_end = len(text.partition("\n")[0])
    between = _Between(text, found)
    end = min(_paragraph_end(text, 0, len(text)), _first_arrow_line(text, signature_end))
    if _TIMESTAMP_MAP.search(text, 0, end) or _JOINED_MAP.search(text, end):
        found.add("timestamp_map_not_applied")
    for block in arrow_blocks(text, signature_end):
        between.read(end, block.start)
        end = block.end
        times = _TIMING.fullmatch(block.line)
        if times is None:
            found.add("cue_times_unreadable", block.number)
            continue
        between.regions_end = True
        start_ms, end_ms = _milliseconds(times, 1), _milliseconds(times, 5)
        if end_ms <= start_ms:
            found.add("cue_ends_too_early", block.number)
            continue
        said = block.text
        if _ends_with_next_name(text, block):
            found.add("empty_lines_missing", block.number)
            said = said.rpartition("\n")[0]
        elif (joined := _JOINED.search(said)) is not None:
            found.add("empty_lines_missing", block.number)
            said = said[: joined.start()]
        # Behind the times stand settings alone.
        if not said.strip() and any(":" not in word for word in times[9].split()):
            found.add("text_outside_cues", block.number)
        if len(said) > TEXT_CHARS_MAX:
            found.add("cue_text_cut", block.number)
        if has_unknown_tags(said):
            found.add("unknown_tags_left_out", block.number)
        yield _cue(said[:TEXT_CHARS_MAX], start_ms, end_ms, times[9], block.number, between.regions)
    between.read(end, len(text))


def _cue(
    text: str, start_ms: int, end_ms: int, settings: str, line: int, regions: Collection[str]
) -> TimedText:
    place = cue_settings(settings, regions)
    keypad = None
    if OF_SUBRIP.search(text) is not None:
        read = cue_text(text)
        text, keypad = read.text, read.keypad if place == NO_SETTINGS else None
    return TimedText(
        start_ms=start_ms, end_ms=end_ms, text=text, settings=place, keypad=keypad, line=line
    )


def _ends_with_next_name(text: str, block: Block) -> bool:
    """Whether the last line of a cue is the next one's number: they count, and no line is empty."""
    above = text.rfind("\n", 0, max(block.start - 1, 0)) + 1
    name, last = text[above : block.start].strip(), block.text.rpartition("\n")[2].strip()
    if not (name.isdecimal() and last.isdecimal() and len(name) < 8 and len(last) < 8):
        return False
    next_line = text[block.end : block.end + 80].partition("\n")[0]
    return int(last) == int(name) + 1 and "-->" in next_line


def _first_arrow_line(text: str, position: int) -> int:
    arrow = text.find("-->", position)
    return len(text) if arrow < 0 else text.rfind("\n", 0, arrow) + 1


def _paragraph_end(text: str, start: int, end: int) -> int:
    """Return where the paragraph that begins at *start* ends: behind its last line."""
    found = text.find("\n\n", start, end)
    return end if found < 0 else found + 1


def _milliseconds(times: re.Match[str], first: int) -> int:
    hours, minutes, seconds, ms = (int(times[first + i] or 0) for i in range(4))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms


class _Between:
    """What stands between cues: regions, comments, names of cues, and text that is nobody's."""

    def __init__(self, text: str, found: Findings) -> None:
        self.regions: set[str] = set()
        self.regions_end = False
        self._text = text
        self._found = found
        self._line, self._counted = 1, 0

    def read(self, start: int, end: int) -> None:
        """Read the paragraphs of a stretch of the file; a cue begins at *end*, or nothing."""
        while (first := _FILLED.search(self._text, start, end)) is not None:
            start = _paragraph_end(self._text, first.start(), end)
            body = self._text[first.start() : start]
            named = _NAMED.match(body)
            is_name = start == end < len(self._text) and body.count("\n") == 1
            if (named is not None and named[1] == "NOTE") or is_name:
                continue
            if named is None:
                if body.strip() and _JOINED.match(body) is None:
                    self._found.add("text_outside_cues", self._number(first.start()))
            elif not self.regions_end and "\n" in body.rstrip("\n"):
                # A name alone means nothing, nor does one behind a cue.
                self._define(named[1], body)

    def _define(self, name: str, body: str) -> None:
        if name == "STYLE":
            self._found.add("styles_not_drawn")
            return
        self._found.add("regions_not_drawn")
        named = [word[3:] for word in _BLANK.split(body) if word.startswith("id:")]
        self.regions.update(word for word in named[-1:] if word)

    def _number(self, position: int) -> int:
        self._line += self._text.count("\n", self._counted, position)
        self._counted = position
        return self._line


def written(cues: Iterable[TimedText]) -> str:
    """Return a file of those of *cues* that have a text, with their places."""
    return "WEBVTT\n\n" + "\n".join(_written(cue) for cue in cues if cue.text.strip())


def place_of(cue: TimedText) -> str:
    """Return where a cue stands, as WebVTT's settings."""
    if cue.keypad is not None and cue.keypad >= 7:
        return "line:0"
    return written_settings(cue.settings)


def _written(cue: TimedText) -> str:
    place = place_of(cue)
    # An arrow would begin another cue, and an empty line end this one.
    lines = [line for line in cue.text.replace("-->", "--&gt;").split("\n") if line]
    # Our reader, which is lenient, would take it for the head of another file.
    text = _JOINED.sub("WEBVTT\u2060", "\n".join(lines))
    return f"{clock(cue.start_ms)} --> {clock(cue.end_ms)}{place and ' '}{place}\n{text}\n"
