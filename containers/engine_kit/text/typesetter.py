"""Set text: divide it into runs, measure them, break lines, and say where everything stands.

The one layout of all that is drawn, whoever draws it: libass for subtitles, Pillow for cards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from engine_kit.text.block import Block, SetLine, Style
from engine_kit.text.emoji import EmojiPictures
from engine_kit.text.faces import BOLD, REGULAR, Cut, Families, Family
from engine_kit.text.paragraph import Filling, Paragraph
from media_jobs.subtitles.text import Span

__all__ = ["Typesetter"]


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
    _paragraphs: dict[tuple[tuple[Span, ...], int | None], Paragraph] = field(default_factory=dict)

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

    def line_count(
        self, paragraphs: Iterable[Sequence[Span]], *, em: float, width_max: float
    ) -> int:
        """Return how many lines `block` would make of *paragraphs*, for little work."""
        return sum(
            len(self._paragraph(tuple(spans), None).broken(width_max / em, "full"))
            for spans in paragraphs
        )

    def cut(self, family: Family, style: Style) -> Cut:
        """Return the face that draws *style* in *family*."""
        cut = family.cut(bold=style.bold, italic=style.italic)
        return replace(cut, weight=self.weights[style.bold]) if cut.variable else cut

    def _paragraph(self, spans: tuple[Span, ...], base: int | None) -> Paragraph:
        known = self._paragraphs.get((spans, base))
        if known is None:
            known = Paragraph.of(
                spans,
                families=self.families,
                emoji=self.emoji,
                language=self.language,
                cut=self.cut,
                base=base,
            )
            self._paragraphs[spans, base] = known
            self.missing |= known.missing
        return known
