r"""Cues as an ASS script that any player shows: one style, word times as karaoke."""

from collections.abc import Sequence
from itertools import pairwise

from media_jobs.subtitles.ass_escape import ass_text, ass_time, shown_ms
from media_jobs.subtitles.cue_markup import is_timed
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.text import Span

__all__ = ["ass_body", "ass_script"]

_HEAD = """\
[Script Info]
ScriptType: v4.00+
PlayResX: 1920
PlayResY: 1080
WrapStyle: 0
ScaledBorderAndShadow: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, \
Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,64,&H00FFFFFF,&H00FFFFFF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,\
96,96,54,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def ass_script(cues: Sequence[Cue]) -> str:
    """Return a script of *cues*; times are cut to hundredths of a second."""
    return _HEAD + "".join(map(_event, cues))


def _event(cue: Cue) -> str:
    start_ms, end_ms = shown_ms(cue.start_ms, cue.end_ms)
    place = "" if cue.keypad in (None, 2) else f"{{\\an{cue.keypad}}}"
    times = f"{ass_time(start_ms)},{ass_time(end_ms)}"
    return f"Dialogue: 0,{times},Default,,0,0,0,,{place}{ass_body(cue)}\n"


def ass_body(cue: Cue) -> str:
    """Return the text of an event that shows *cue*, without its place."""
    parts: list[str] = []
    syllables = iter(_syllables(cue))
    before = Span(text="")
    for number, line in enumerate(cue.lines):
        if number:
            parts.append("\\N")
        for span in line:
            tags = next(syllables, "") + _styles(before, span)
            parts.append(f"{{{tags}}}" if tags else "")
            parts.append(ass_text(span.text))
            before = span
    return "".join(parts)


def _syllables(cue: Cue) -> list[str]:
    """Return for each span how long it is said, in hundredths; nothing if words have no times.

    A span without a time belongs to the word before it. Before the first word, an empty syllable
    stands until it is said.
    """
    if not is_timed(cue.lines):
        return []
    spans = [span for line in cue.lines for span in line]
    starts: list[int | None] = []
    latest_ms = cue.start_ms
    for number, span in enumerate(spans):
        at_ms = span.at_ms
        if at_ms is not None:
            at_ms = min(max(at_ms, latest_ms), cue.end_ms)
        elif number == 0:
            at_ms = cue.start_ms
        is_new = at_ms is not None and (number == 0 or span.at_ms != spans[number - 1].at_ms)
        starts.append(at_ms if is_new else None)
        latest_ms = at_ms if at_ms is not None else latest_ms
    known = [(number, at) for number, at in enumerate(starts) if at is not None]
    tags = [""] * len(spans)
    for (number, at_ms), (_, next_ms) in pairwise([*known, (len(spans), cue.end_ms)]):
        tags[number] = f"\\k{next_ms // 10 - at_ms // 10}"
    first_ms = known[0][1]
    if first_ms > cue.start_ms:
        tags[0] = f"\\k{first_ms // 10 - cue.start_ms // 10}}}{{{tags[0]}"
    return tags


def _styles(before: Span, span: Span) -> str:
    tags = [
        f"\\{tag}{int(now)}"
        for tag, was, now in (
            ("b", before.bold, span.bold),
            ("i", before.italic, span.italic),
            ("u", before.underline, span.underline),
        )
        if was != now
    ]
    if span.colour != before.colour:
        tags.append("\\c" if span.colour is None else f"\\c{_bgr(span.colour)}")
    return "".join(tags)


def _bgr(colour: str) -> str:
    return f"&H{colour[5:7]}{colour[3:5]}{colour[1:3]}&".upper()
