"""Writes captions as an ASS script for libass: each line at its place, each box as a drawing.

PlayRes is the picture's size in square pixels, so a script pixel is a picture pixel, or what a
player shows as one. libass breaks no line, chooses no font and moves nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from burner.ass_text import Plain, written_line
from burner.boxes import PlacedBox, drawing
from burner.captions import Caption
from burner.styles import STYLE_FIELDS, Frame, number
from burner.words import said_of, word_boxes
from media_jobs.subtitles.ass_escape import ass_time, shown_ms

_EVENT_FIELDS = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"

MOVE_MS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far something is from its place, in script pixels, and how opaque, 0 to 1."""

    across: float
    down: float
    opacity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """How a caption comes and goes: from *across* and *down* of its place, and fading."""

    across: float = 0.0
    down: float = 0.0
    fade_in_ms: int = 0
    fade_out_ms: int = 0

    def tags(self, x: float, y: float) -> str:
        """Return the tags of what stands at a place."""
        to = f"{number(x)},{number(y)}"
        if self.across or self.down:
            begin = f"{number(x + self.across)},{number(y + self.down)}"
            written = f"\\move({begin},{to},0,{MOVE_MS})"
        else:
            written = f"\\pos({to})"
        if self.fade_in_ms or self.fade_out_ms:
            written += f"\\fad({self.fade_in_ms},{self.fade_out_ms})"
        return f"{{{written}}}"

    @property
    def coming_ms(self) -> int:
        """How long it comes."""
        return max(self.fade_in_ms, MOVE_MS if self.across or self.down else 0)

    def state(self, since_ms: int, left_ms: int) -> "State":
        """Return how what the tags are written for stands, as libass reads them.

        *since_ms*: after it began; *left_ms*: before it ends.
        """
        away = max(0.0, 1 - since_ms / MOVE_MS)
        opacity = 1.0
        if self.fade_out_ms and left_ms < self.fade_out_ms:
            opacity = left_ms / self.fade_out_ms
        if self.fade_in_ms and since_ms < self.fade_in_ms:
            opacity = since_ms / self.fade_in_ms
        return State(across=away * self.across, down=away * self.down, opacity=opacity)


STILL = Motion()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A caption, the layer of its box, below that of its text, and its motion."""

    caption: Caption
    layer: int = 0
    motion: Motion = STILL


def ass_script(
    shown: Iterable[Shown], styles: Iterable[str], plain: Mapping[str, Plain], picture: Frame
) -> str:
    """Return the whole script. *styles*: `Style:` lines; *plain*: what each style of text is."""
    return "\n".join(
        [
            "[Script Info]",
            "ScriptType: v4.00+",
            f"PlayResX: {picture.shown_width}",
            f"PlayResY: {picture.height}",
            # Pixels that are not square: text is drawn for the shape the picture is shown in.
            f"LayoutResX: {picture.shown_width}",
            f"LayoutResY: {picture.height}",
            "WrapStyle: 2",
            # As HarfBuzz sets letters where nothing is said, and as they were measured.
            "Kerning: yes",
            "ScaledBorderAndShadow: yes",
            "YCbCr Matrix: None",
            "",
            "[V4+ Styles]",
            f"Format: {STYLE_FIELDS}",
            *styles,
            "",
            "[Events]",
            f"Format: {_EVENT_FIELDS}",
            *(event for one in shown for event in _events(one, plain)),
            "",
        ]
    )


def _events(shown: Shown, plain: Mapping[str, Plain]) -> Iterator[str]:
    caption, motion = shown.caption, shown.motion
    for box in caption.boxes:
        yield _event(shown.layer, caption, box.style, "", _drawn(box, motion))
    said = {style: said_of(caption, style) for style in {line.style for line in caption.lines}}
    for placed in caption.lines:
        stress = plain[placed.style].stress
        if stress is not None and stress.manner == "box":
            for word in word_boxes(caption, placed, said[placed.style]):
                for box in word.boxes:
                    yield _event(shown.layer, word, box.style, "", _drawn(box, motion))
    # The name is the number of the cue: by it the judge of the burn knows whose event it is.
    name = "" if caption.number is None else str(caption.number)
    for placed in caption.lines:
        line = written_line(placed, plain[placed.style], said[placed.style])
        text = motion.tags(line.x, line.y) + line.text
        yield _event(shown.layer + 1, caption, placed.style, name, text)


def _drawn(box: PlacedBox, motion: Motion) -> str:
    return f"{motion.tags(round(box.x), round(box.y))}{{\\p1}}{drawing(box)}{{\\p0}}"


def _event(layer: int, caption: Caption, style: str, name: str, text: str) -> str:
    start_ms, end_ms = shown_ms(caption.start_ms, caption.end_ms)
    times = f"{ass_time(start_ms)},{ass_time(end_ms)}"
    return f"Dialogue: {layer},{times},{style},{name},0,0,0,,{text}"
