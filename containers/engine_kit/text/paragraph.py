"""A paragraph of text, divided and measured, and its lines with everything in its place."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from engine_kit.text import bidi
from engine_kit.text.block import Run, SetLine, Style
from engine_kit.text.breaks import breaks, forced_breaks
from engine_kit.text.characters import SOFT_HYPHEN, cleaned, is_unseen
from engine_kit.text.emoji import ABOVE_BASELINE, ADVANCE, SIDE, EmojiPictures
from engine_kit.text.faces import Cut, Families, Family
from engine_kit.text.items import Item, Unit, han_language, items_of, units_of
from engine_kit.text.lines import Measure, balanced, first_fit
from engine_kit.text.shaping import Ink, Shaped, shape
from media_jobs.subtitles.breaks import Quality
from media_jobs.subtitles.text import Span

__all__ = ["Filling", "Paragraph"]

Filling = Literal["balanced", "full"]
"""Lines of about one length, or each as full as it can be."""

UNDERLINE = 0.16
"""How far a line below letters reaches, in ems."""

FaceOf = Callable[[Family, Style], Cut]


@dataclass(slots=True, kw_only=True)
class Paragraph:
    """A paragraph, measured in ems. *places*: where lines may end; *stretch*: the widest that has
    none within. *cut*: returns the face of a family in a style.
    """

    cut: FaceOf
    text: str
    base: int
    levels: list[int]
    style_of: list[int]
    styles: tuple[Style, ...]
    units: list[Unit]
    places: dict[int, Quality]
    measure: Measure
    missing: frozenset[str]
    stretch: float
    _broken: dict[tuple[float, Filling], list[tuple[int, int]]] = field(default_factory=dict)
    _lines: dict[tuple[int, int, float], SetLine] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        spans: Sequence[Span],
        *,
        families: Families,
        emoji: EmojiPictures | None,
        language: str,
        cut: FaceOf,
        base: int | None,
    ) -> "Paragraph":
        """Divide and measure a paragraph. *language*: of Han that no kana or Hangul is near."""
        text = cleaned("".join(span.text for span in spans))
        styles, style_of = _styles(spans)
        language = han_language(text, language)
        if base is None:
            base = bidi.base_level(text)
        levels = bidi.levels(text, base=base)
        bold = [styles[number].bold for number in style_of]
        units = units_of(text, families, emoji, language=language, bold=bold)
        missing = {text[u.start : u.end].strip() for u in units if u.missing}
        stops, hyphen = _stops(cut, text, items_of(units, levels, style_of), styles)
        ends = {unit.end for unit in units}
        places = {at: quality for at, quality in breaks(text, language).items() if at in ends}
        # An emoji is said with the words before it.
        places |= {u.start: Quality.TIED for u in units if u.picture and u.start in places}
        measure = Measure(stops=stops, visible_end=_visible_ends(text), extra=hyphen)
        stretches = pairwise([0, *sorted(places), len(text)])
        return cls(
            cut=cut,
            text=text,
            base=base,
            levels=levels,
            style_of=style_of,
            styles=styles,
            units=units,
            places=places,
            measure=measure,
            missing=frozenset(missing),
            stretch=max(measure.width(start, end) for start, end in stretches),
        )

    def broken(self, width_max: float, filling: Filling) -> list[tuple[int, int]]:
        """Return each line's beginning and end in the text; *width_max* in ems."""
        asked = (width_max, filling)
        if asked not in self._broken:
            places = self.places
            if self.stretch > width_max:
                places = {**places, **self._forced(width_max)}
            choose = balanced if filling == "balanced" else first_fit
            ends = choose(self.measure, places, len(self.text), width_max)
            self._broken[asked] = list(pairwise([0, *ends]))
        return self._broken[asked]

    def _forced(self, width_max: float) -> dict[int, Quality]:
        """Return places within words that are longer than a line.

        Where these leave a stretch that is too long, as a row of exclamation marks, each unit's end
        is one.
        """
        ends = [unit.end for unit in self.units]
        found: dict[int, Quality] = {}
        for start, end in pairwise([0, *sorted(self.places), len(self.text)]):
            if self.measure.width(start, end) <= width_max:
                continue
            within = forced_breaks(self.text, ends, start, end)
            for left, right in pairwise([start, *within, end]):
                if self.measure.width(left, right) > width_max:
                    more = (place for place in ends if left < place < right)
                    within |= dict.fromkeys(more, Quality.FORCED)
            found.update(within)
        return found

    def line(self, start: int, end: int, em: float, number: int) -> SetLine:
        """Return text[start:end] with everything in its place; *number*: of the paragraph."""
        asked = (start, end, em)
        if asked not in self._lines:
            self._lines[asked] = self._set(start, end, em)
        return replace(self._lines[asked], paragraph=number)

    def _set(self, start: int, end: int, em: float) -> SetLine:
        hyphenated = end < len(self.text) and self.text[end - 1] == SOFT_HYPHEN
        end = max(self.measure.visible_end[end], start)
        text = self.text[start:end]
        levels = bidi.line_levels(text, self.levels[start:end], base=self.base)
        whole = [*self.levels[:start], *levels]
        units = [unit for unit in self.units if start <= unit.start and unit.end <= end]
        items = items_of(units, whole, self.style_of)
        runs: list[Run] = []
        ink: Ink | None = None
        x = 0.0
        for _, item in bidi.in_visual_order([(item.level, item) for item in items]):
            drawn = _drawn(self.text[item.start : item.end])
            if hyphenated and item.end == end:
                drawn += "-"
            if not drawn and item.picture is None:
                continue
            shaped = _shaped(self.cut, item, drawn, self.styles[item.style])
            if shaped.ink is not None:
                ink = shaped.ink.moved(x).scaled(em).around(ink)
            if self.styles[item.style].underline:
                ink = Ink(x, 0.0, x + shaped.width, UNDERLINE).scaled(em).around(ink)
            runs.append(
                Run(
                    text=drawn,
                    family=item.family,
                    cut=self.cut(item.family, self.styles[item.style]),
                    script=item.script,
                    level=item.level,
                    style=self.styles[item.style],
                    x=x * em,
                    width=shaped.width * em,
                    picture=item.picture,
                )
            )
            x += shaped.width
        return SetLine(
            runs=tuple(runs),
            text=_drawn(text) + ("-" if hyphenated else ""),
            width=x * em,
            ink=ink,
            base=self.base,
            paragraph=0,
        )


def _styles(spans: Sequence[Span]) -> tuple[tuple[Style, ...], list[int]]:
    """Return the styles of *spans*, and for each character which of them is its."""
    styles: dict[Style, int] = {}
    style_of: list[int] = []
    for span in spans:
        style = Style(span.bold, span.italic, span.underline, span.colour, span.at_ms)
        number = styles.setdefault(style, len(styles))
        style_of += [number] * len(span.text)
    return tuple(styles), style_of


def _shaped(face_of: FaceOf, item: Item, text: str, style: Style) -> Shaped:
    if item.picture is not None:
        left = (ADVANCE - SIDE) / 2
        ink = Ink(left, -ABOVE_BASELINE, left + SIDE, SIDE - ABOVE_BASELINE)
        return Shaped(ADVANCE, (ADVANCE, *[0.0] * (len(text) - 1)), ink)
    cut = face_of(item.family, style)
    slanted = style.italic and not cut.italic
    return shape(text, cut, item.script, rtl=item.level % 2 == 1, slanted=slanted)


def _drawn(text: str) -> str:
    return text if text.isascii() else "".join(c for c in text if not is_unseen(c))


def _stops(
    face_of: FaceOf, text: str, items: Iterable[Item], styles: Sequence[Style]
) -> tuple[list[float], dict[int, float]]:
    """Return where each character begins, in ems, and the hyphen's width after soft hyphens."""
    advances = [0.0] * len(text)
    hyphens: dict[int, float] = {}
    for item in items:
        part = text[item.start : item.end]
        seen = [at for at, character in enumerate(part) if not is_unseen(character)]
        drawn = "".join(part[at] for at in seen)
        shaped = _shaped(face_of, item, drawn, styles[item.style])
        for at, advance in zip(seen, shaped.advances, strict=True):
            advances[item.start + at] = advance
        if SOFT_HYPHEN in part:
            width = _shaped(face_of, item, "-", styles[item.style]).width
            hyphens |= {item.start + at + 1: width for at, c in enumerate(part) if c == SOFT_HYPHEN}
    stops = [0.0]
    for advance in advances:
        stops.append(stops[-1] + advance)
    return stops, hyphens


def _visible_ends(text: str) -> list[int]:
    """Return for each place where the last character before it ends that is drawn."""
    ends, last = [0], 0
    for at, character in enumerate(text, 1):
        if not character.isspace() and not is_unseen(character):
            last = at
        ends.append(last)
    return ends
