"""Set text: divide it into runs, measure them, break lines, and say where everything stands.

The one layout of all that is drawn, whoever draws it: libass for subtitles, Pillow for cards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from engine_kit.text import bidi
from engine_kit.text.block import Block, Run, SetLine, Style
from engine_kit.text.breaks import Quality, breaks, forced_breaks
from engine_kit.text.characters import SOFT_HYPHEN, cleaned, is_unseen
from engine_kit.text.emoji import ABOVE_BASELINE, ADVANCE, SIDE, EmojiPictures
from engine_kit.text.faces import BOLD, REGULAR, Cut, Families, Family
from engine_kit.text.items import Item, Unit, han_language, items_of, units_of
from engine_kit.text.lines import Measure, balanced, first_fit
from engine_kit.text.shaping import Ink, Shaped, shape
from media_jobs.subtitles.text import Span

__all__ = ["Filling", "Typesetter"]

Filling = Literal["balanced", "full"]
"""Lines of about one length, or each as full as it can be."""


@dataclass(slots=True)
class Typesetter:
    """Sets text in *families*. *language*: of Han that no kana or Hangul is near.

    *emoji*: colour pictures that stand in the text; without them emoji are letters of a font.
    *weights*: regular and bold on the weight axes that faces have. *missing* grows: the characters
    that no family has a glyph for.
    """

    families: Families
    emoji: EmojiPictures | None = None
    language: str = "zh"
    weights: tuple[int, int] = (REGULAR, BOLD)
    missing: set[str] = field(default_factory=set)
    _paragraphs: dict[tuple[tuple[Span, ...], int | None], "_Paragraph"] = field(
        default_factory=dict
    )

    def block(
        self,
        paragraphs: Iterable[Sequence[Span]],
        *,
        em: float,
        width_max: float,
        filling: Filling = "balanced",
        base: int | None = None,
    ) -> Block:
        """Return *paragraphs* as lines of at most *width_max* pixels at a size of *em* pixels.

        A single letter may be wider than that. An empty paragraph is a line without ink.
        *base*: 1 where all run from right to left, 0 where none does; else each says it itself.
        """
        lines: list[SetLine] = []
        missing: set[str] = set()
        for number, spans in enumerate(paragraphs):
            paragraph = self._paragraph(tuple(spans), base)
            missing |= paragraph.missing
            for start, end in paragraph.broken(width_max / em, filling):
                lines.append(paragraph.line(start, end, em, number))
        return Block(lines=tuple(lines), em=em, missing=frozenset(missing))

    def cut(self, family: Family, style: Style) -> Cut:
        """Return the face that draws *style* in *family*."""
        cut = family.cut(bold=style.bold, italic=style.italic)
        return replace(cut, weight=self.weights[style.bold]) if cut.variable else cut

    def _paragraph(self, spans: tuple[Span, ...], base: int | None) -> "_Paragraph":
        known = self._paragraphs.get((spans, base))
        if known is None:
            known = _Paragraph.of(spans, self, base)
            self._paragraphs[spans, base] = known
            self.missing |= known.missing
        return known


@dataclass(slots=True, kw_only=True)
class _Paragraph:
    """A paragraph, measured in ems."""

    setter: Typesetter
    text: str
    base: int
    levels: list[int]
    style_of: list[int]
    styles: tuple[Style, ...]
    units: list[Unit]
    places: dict[int, Quality]
    measure: Measure
    missing: frozenset[str]

    @classmethod
    def of(cls, spans: Sequence[Span], setter: Typesetter, base: int | None) -> "_Paragraph":
        """Divide and measure a paragraph."""
        text = cleaned("".join(span.text for span in spans))
        styles, style_of = _styles(spans)
        language = han_language(text, setter.language)
        if base is None:
            base = bidi.base_level(text)
        levels = bidi.levels(text, base=base)
        bold = [styles[number].bold for number in style_of]
        units = units_of(text, setter.families, setter.emoji, language=language, bold=bold)
        missing = {text[u.start : u.end].strip() for u in units if u.missing}
        stops, hyphen = _stops(setter, text, items_of(units, levels, style_of), styles)
        ends = {unit.end for unit in units}
        places = {at: quality for at, quality in breaks(text, language).items() if at in ends}
        return cls(
            setter=setter,
            text=text,
            base=base,
            levels=levels,
            style_of=style_of,
            styles=styles,
            units=units,
            places=places,
            measure=Measure(stops=stops, visible_end=_visible_ends(text), extra=hyphen),
            missing=frozenset(missing),
        )

    def broken(self, width_max: float, filling: Filling) -> list[tuple[int, int]]:
        """Return each line's beginning and end in the text; *width_max* in ems."""
        places = {**self.places, **self._forced(width_max)}
        choose = balanced if filling == "balanced" else first_fit
        ends = choose(self.measure, places, len(self.text), width_max)
        return list(zip([0, *ends[:-1]], ends, strict=True))

    def _forced(self, width_max: float) -> dict[int, Quality]:
        """Return places within words that are longer than a line."""
        ends = [unit.end for unit in self.units]
        found: dict[int, Quality] = {}
        start = 0
        for end in [*sorted(self.places), len(self.text)]:
            if self.measure.width(start, end) > width_max:
                within = forced_breaks(self.text, ends, start, end)
                found.update(dict.fromkeys(within, Quality.FORCED))
            start = end
        return found

    def line(self, start: int, end: int, em: float, number: int) -> SetLine:
        """Return text[start:end] with everything in its place."""
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
            shaped = _shaped(self.setter, item, drawn, self.styles[item.style])
            if shaped.ink is not None:
                ink = shaped.ink.moved(x).scaled(em).around(ink)
            runs.append(
                Run(
                    text=drawn,
                    family=item.family,
                    cut=self.setter.cut(item.family, self.styles[item.style]),
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
            paragraph=number,
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


def _shaped(setter: Typesetter, item: Item, text: str, style: Style) -> Shaped:
    if item.picture is not None:
        left = (ADVANCE - SIDE) / 2
        ink = Ink(left, -ABOVE_BASELINE, left + SIDE, SIDE - ABOVE_BASELINE)
        return Shaped(ADVANCE, (ADVANCE, *[0.0] * (len(text) - 1)), ink)
    cut = setter.cut(item.family, style)
    slanted = style.italic and not cut.italic
    return shape(text, cut, item.script, rtl=item.level % 2 == 1, slanted=slanted)


def _drawn(text: str) -> str:
    return text if text.isascii() else "".join(c for c in text if not is_unseen(c))


def _stops(
    setter: Typesetter, text: str, items: Iterable[Item], styles: Sequence[Style]
) -> tuple[list[float], dict[int, float]]:
    """Return where each character begins, in ems, and the hyphen's width after soft hyphens."""
    advances = [0.0] * len(text)
    hyphens: dict[int, float] = {}
    for item in items:
        part = text[item.start : item.end]
        seen = [at for at, character in enumerate(part) if not is_unseen(character)]
        drawn = "".join(part[at] for at in seen)
        shaped = _shaped(setter, item, drawn, styles[item.style])
        for at, advance in zip(seen, shaped.advances, strict=True):
            advances[item.start + at] = advance
        if SOFT_HYPHEN in part:
            width = _shaped(setter, item, "-", styles[item.style]).width
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
