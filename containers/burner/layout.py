"""What is drawn for a job: a caption for each cue, the overlays, the styles they need, and what had
to give way.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from engine_kit.text.block import PITCH
from engine_kit.text.typesetter import Typesetter

from burner import safe_area
from burner.ass import Shown, ass_script
from burner.ass_text import Plain
from burner.captions import Caption, captions_of
from burner.lanes import in_one_box, on_seam, stacked, whole
from burner.languages import languages
from burner.overlays import HINT, WATERMARK, overlays, watermark_style
from burner.placement import LEAST_LINES_WIDE, Edges, Placement, placement_of
from burner.signs import Sign, Tint, signs_of
from burner.standing import Standing
from burner.styles import EM_MIN, Frame, Look, box_style, look_of, number, text_style
from burner.texts import Anchor, Fitted, Text, divided, fit, gap_between, gap_of, wanted_height
from burner.tracks import Pair, TrackCue, groups, of_both, told_of
from burner.words import Stress, cue_by_words, has_words, with_openers, with_own_times
from media_jobs.engines.burner.options import BurnOptions, HintText, SubtitleStyle
from media_jobs.notices import Notice
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.text import Line

SIDE_SHARE = 0.05
LINES_MAX = 2
LINES_KEPT_EM = 2.6
"""A margin leaves room for two lines, whatever it asks for."""
PRIMARY, SECONDARY = "Primary", "Secondary"
_ROWS = {"bottom": 0, "center": 1, "top": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The script of a job, what is on it, and what was not drawn as asked.

    *emoji*: those that the script leaves room for.
    """

    script: str
    shown: tuple[Shown, ...]
    emoji: tuple[Sign, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondTrack:
    """Cues of another language, drawn with the first in the secondary style, and what sets them.

    They are in order of their start; events count them after those of the first track. *names*: of
    both tracks in notices, which count the cues of each from 1.
    """

    cues: tuple[Cue, ...]
    setter: Typesetter
    names: tuple[str, str] = ("1", "2")


@dataclass(slots=True)
class _Given:
    """The numbers of the cues that were made to fit."""

    smaller: list[int] = field(default_factory=list)
    parted: list[int] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)
    one_script: list[int] = field(default_factory=list)
    covering: list[int] = field(default_factory=list)

    def take(self, number: int, made: Fitted) -> None:
        """Note what was done to a cue."""
        if made.smaller:
            self.smaller.append(number)
        if len(made.pages) > 1:
            self.parted.append(number)
        if made.cut:
            self.cut.append(number)

    def notices(self) -> Iterator[Notice]:
        """Yield one for each kind."""
        for code, cues in (
            ("cues_smaller", self.smaller),
            ("cues_in_parts", self.parted),
            ("cues_cut", self.cut),
            ("cues_of_one_script", self.one_script),
            ("cues_cover_others", self.covering),
        ):
            if cues:
                yield Notice(code=code, cues=tuple(cues))

    def of_track(self, pair: Pair, *, is_second: bool) -> "_Given":
        """Return what is of one of two tracks."""

        def own(numbers: Iterable[int]) -> list[int]:
            return [pair.own(one) for one in numbers if pair.is_second(one) is is_second]

        return _Given(
            smaller=own(self.smaller),
            parted=own(self.parted),
            cut=own(self.cut),
            covering=own(self.covering),
        )


def drawing_of(
    cues: Sequence[Cue],
    options: BurnOptions,
    picture: Frame,
    setter: Typesetter,
    second: SecondTrack | None = None,
) -> Drawing:
    """Lay out *cues*, those of a *second* track and overlays, and write the script."""
    over = list(overlays(options, picture, setter))
    page = _Page(options, picture, setter, second)
    page.keep_clear(overlay.caption for overlay, _ in over)
    captions = page.captions(cues) if second is None else page.of_two(cues, second.cues)
    shown = [Shown(caption=caption) for caption in captions]
    notices = list(page.notices(len(cues)))
    for overlay, made in over:
        shown.append(overlay)
        if made.cut:
            notices.append(Notice(code="overlay_cut"))
    styles, plain = _styles(options, picture, setter, has_two=second is not None)
    return Drawing(
        script=ass_script(shown, styles, plain, picture),
        shown=tuple(shown),
        emoji=tuple(signs_of(shown, picture, _tints(options))),
        notices=tuple(notices),
    )


def _styles(
    options: BurnOptions, picture: Frame, setter: Typesetter, *, has_two: bool
) -> tuple[list[str], dict[str, Plain]]:
    family = setter.families.main
    wanted: list[tuple[str, SubtitleStyle | HintText, float]] = [(PRIMARY, options.style, 1.0)]
    if options.bilingual or has_two:
        wanted.append((SECONDARY, options.secondary_style, 1.0))
    if options.hint is not None:
        wanted.append((HINT, options.hint, 1.0))
    if options.watermark is not None:
        mark = options.watermark
        wanted.append((WATERMARK, watermark_style(mark), mark.opacity))
    lines: list[str] = []
    plain: dict[str, Plain] = {}
    for name, style, opacity in wanted:
        look = look_of(style, picture)
        lines.append(text_style(name, style, look, family, opacity=opacity))
        if look.box is not None:
            ground = style.background_color, style.background_opacity
            lines.append(box_style(f"{name}Box", *ground, family))
        plain[name] = Plain(
            family=family.name,
            size=number(look.em * family.line_per_em),
            bold=style.bold,
            italic=style.italic,
            stress=_stress_of(style),
        )
        if isinstance(style, SubtitleStyle) and style.highlight == "box":
            lines.append(box_style(f"{name}Word", style.highlight_color, 1.0, family))
    return lines, plain


def _stress_of(style: SubtitleStyle | HintText) -> Stress | None:
    """Return how words of a style stand out while they are said, None where they don't."""
    if not isinstance(style, SubtitleStyle):
        return None
    manner = style.highlight
    if manner == "none" or manner == "single":
        return None
    return Stress(
        manner=manner,
        colour=style.highlight_color,
        ink=style.text_color,
        outline=style.outline_color,
    )


def _tints(options: BurnOptions) -> dict[str, Tint]:
    """Return the colour of the text of each style."""
    tints = {
        PRIMARY: Tint(colour=options.style.text_color),
        SECONDARY: Tint(colour=options.secondary_style.text_color),
    }
    if options.hint is not None:
        tints[HINT] = Tint(colour=options.hint.text_color)
    if (mark := options.watermark) is not None:
        tints[WATERMARK] = Tint(colour=mark.text_color, opacity=mark.opacity)
    return tints


class _Page:
    """The picture, with what stands on it while the cues go by."""

    def __init__(
        self,
        options: BurnOptions,
        picture: Frame,
        setter: Typesetter,
        second: SecondTrack | None,
    ) -> None:
        self._options, self._picture, self._second = options, picture, second
        self._setters = {
            PRIMARY: setter,
            SECONDARY: setter if second is None else second.setter,
        }
        self._looks = {
            PRIMARY: look_of(options.style, picture),
            SECONDARY: look_of(options.secondary_style, picture),
        }
        self._standing = Standing()
        self._timed: set[str] = set()
        self._given = _Given()

    def keep_clear(self, overlays_: Iterable[Caption]) -> None:
        """Have cues stand beside *overlays_*."""
        for one in overlays_:
            self._standing.keep(one)

    def notices(self, firsts: int) -> Iterator[Notice]:
        """Yield what had to give way; *firsts*: how many cues the first track has."""
        self._given.covering = sorted(self._standing.covering)
        if self._second is None:
            yield from self._given.notices()
            second = [(SECONDARY, self._options.secondary_style)] if self._options.bilingual else []
            yield from self._without_words((PRIMARY, self._options.style), *second)
            return
        pair = Pair(firsts=firsts, names=self._second.names)
        for is_second, name in zip((False, True), pair.names, strict=True):
            given = self._given.of_track(pair, is_second=is_second)
            yield from told_of(name, given.notices())
        for name, one in zip(
            pair.names,
            ((PRIMARY, self._options.style), (SECONDARY, self._options.secondary_style)),
            strict=True,
        ):
            yield from told_of(name, self._without_words(one))

    def _without_words(self, *styles: tuple[str, SubtitleStyle]) -> Iterator[Notice]:
        """Yield a notice where words of *styles* are to stand out and none has a time."""
        wanted = {name for name, style in styles if style.highlight != "none"}
        if wanted and not wanted & self._timed:
            yield Notice(code="words_without_times")

    def captions(self, cues: Iterable[Cue]) -> Iterator[Caption]:
        """Yield what is shown of *cues*, which are in order of their start."""
        for number_of_cue, cue in enumerate(cues, start=1):
            group = self._divided(cue, number_of_cue)
            if len(group) > 1 and not any(self._is_word_by_word(one) for one in group):
                for texts, style in self._texts(group):
                    yield from self._of(cue, number_of_cue, texts, style)
            elif len(group) == 1 or self._has_place(group[0]):
                for one in reversed(group):
                    yield from self._alone(one)
            else:
                yield from self._linked(group)

    def of_two(self, first: Sequence[Cue], second: Sequence[Cue]) -> Iterator[Caption]:
        """Yield what is shown of two tracks, each in order of start, of one language each."""
        flowing, placed = list[TrackCue](), list[TrackCue]()
        for one in of_both(first, second):
            (placed if self._has_place(one) else flowing).append(one)
        together = [*groups(flowing), *((one,) for one in placed)]
        for group in sorted(together, key=lambda group: group[0].cue.start_ms):
            if not self._has_place(group[0]):
                yield from self._linked(group)
                continue
            yield from self._alone(group[0])

    def _style_of(self, one: TrackCue) -> tuple[str, SubtitleStyle]:
        if one.is_second:
            return SECONDARY, self._options.secondary_style
        return PRIMARY, self._options.style

    def _has_place(self, one: TrackCue) -> bool:
        name, style = self._style_of(one)
        look = self._looks[name]
        return self._place(one.cue, style, look, look.em * PITCH).alignment is not None

    def _parts(self, cue: Cue, name: str, style: SubtitleStyle) -> Iterable[Cue]:
        """Return *cue*, or its words where they are shown one by one."""
        if not has_words(cue):
            return (cue,)
        self._timed.add(name)
        return cue_by_words(cue) if style.highlight == "single" else (cue,)

    def _linked(self, group: Sequence[TrackCue]) -> Iterator[Caption]:
        """Yield what a group shows: a line stays where it is while the other language changes."""
        options = self._options
        lanes = [[one for one in group if one.is_second is side] for side in (False, True)]
        if all(lanes) and _share_a_place(options):
            anchor = self._anchor(options.style, Placement(), self._looks[PRIMARY])
            rooms = self._rooms(lanes, anchor)
            above, below = (
                list(self._lane(lane, anchor.within(room)))
                for lane, room in zip(lanes, rooms, strict=True)
            )
            em = min(line.em for one in (*above, *below) for line in one.lines)
            boxed = any(look.box is not None for look in self._looks.values())
            captions = on_seam(above, below, gap_of(em, boxed=boxed), anchor)
            if _share_a_box(options):
                captions = in_one_box(captions)
            yield from self._apart(captions, anchor)
            return
        # What is lower is placed first: the other one makes room for it.
        for lane in reversed(lanes) if options.style.position == "bottom" else lanes:
            if lane:
                name, style = self._style_of(lane[0])
                anchor = self._anchor(style, Placement(), self._looks[name])
                captions = stacked(self._lane(lane, anchor), upwards=anchor.row == 0)
                yield from self._apart(captions, anchor)

    def _rooms(self, lanes: Sequence[Sequence[TrackCue]], anchor: Anchor) -> list[float]:
        """Divide the room between two languages by the highest text of each."""
        texts = [
            [self._text(one.cue.lines, *self._style_of(one)) for one in lane] for lane in lanes
        ]
        wanted = [
            max(wanted_height(self._setters[text.style], text, anchor) for text in lane)
            for lane in texts
        ]
        return divided(wanted, anchor.room - gap_between(texts[0][0], texts[1][0]))

    def _lane(self, lane: Iterable[TrackCue], anchor: Anchor) -> Iterator[Caption]:
        for one in lane:
            name, style = self._style_of(one)
            for part in self._parts(one.cue, name, style):
                made = self._fitted(part, (self._text(part.lines, name, style),), anchor)
                self._given.take(one.number, made)
                yield from captions_of(
                    made, anchor, number=one.number, start_ms=part.start_ms, end_ms=part.end_ms
                )

    def _apart(self, captions: Sequence[Caption], anchor: Anchor) -> Iterator[Caption]:
        """Yield *captions* as one block beside what stands there already."""
        block = whole(captions)
        down = self._standing.beside(block, anchor).top - block.top
        yield from (one.moved(down) for one in captions)

    def _divided(self, cue: Cue, number_of_cue: int) -> list[TrackCue]:
        """Return the languages of a cue, the upper one first."""
        first, second = cue.lines, tuple[Line, ...]()
        if self._options.bilingual:
            first, second = languages(cue.lines)
            if len(cue.lines) > 1 and not second:
                self._given.one_script.append(number_of_cue)
        found = [TrackCue(number=number_of_cue, cue=replace(cue, lines=first), is_second=False)]
        if second:
            below = replace(cue, lines=with_own_times(first, second))
            found.append(TrackCue(number=number_of_cue, cue=below, is_second=True))
        self._timed |= {self._style_of(one)[0] for one in found if has_words(one.cue)}
        return found

    def _is_word_by_word(self, one: TrackCue) -> bool:
        return self._style_of(one)[1].highlight == "single" and has_words(one.cue)

    def _alone(self, one: TrackCue) -> Iterator[Caption]:
        """Yield one language of a cue at a place of its own."""
        name, style = self._style_of(one)
        for part in self._parts(one.cue, name, style):
            yield from self._of(part, one.number, (self._text(part.lines, name, style),), style)

    def _texts(self, group: Sequence[TrackCue]) -> Iterator[tuple[tuple[Text, ...], SubtitleStyle]]:
        """Yield the texts of two languages that stand together, with the style that places them."""
        options = self._options
        above, below = (self._text(one.cue.lines, *self._style_of(one)) for one in group)
        if _share_a_place(options):
            yield (above, below), options.style
            return
        # At one place, what is lower is placed first: the other one makes room for it.
        both = [((above,), options.style), ((below,), options.secondary_style)]
        yield from reversed(both) if options.style.position == "bottom" else both

    def _text(self, lines: Sequence[Line], name: str, style: SubtitleStyle) -> Text:
        return Text(
            lines=with_openers(lines),
            style=name,
            look=self._looks[name],
            bold=style.bold,
            italic=style.italic,
        )

    def _of(
        self, cue: Cue, number_of_cue: int, texts: tuple[Text, ...], style: SubtitleStyle
    ) -> Iterator[Caption]:
        look = texts[0].look
        place = self._place(cue, style, look, look.em * PITCH)
        made = self._fitted(cue, texts, self._anchor(style, place, look))
        if place.alignment is not None:
            # A place by percent is that of a block of known height.
            height = sum(text.height for text in made.pages[0])
            place = self._place(cue, style, look, height)
        anchor = self._anchor(style, place, look)
        self._given.take(number_of_cue, made)
        for caption in captions_of(
            made,
            anchor,
            number=number_of_cue,
            start_ms=cue.start_ms,
            end_ms=cue.end_ms,
            shares_box=_share_a_box(self._options),
        ):
            yield self._standing.beside(caption, anchor)

    def _fitted(self, cue: Cue, texts: tuple[Text, ...], anchor: Anchor) -> Fitted:
        return fit(
            self._setters[texts[0].style],
            texts,
            anchor,
            lines_max=LINES_MAX,
            floor=min(EM_MIN, texts[0].look.em),
            duration_ms=cue.end_ms - cue.start_ms,
        )

    def _place(self, cue: Cue, style: SubtitleStyle, look: Look, height: float) -> Placement:
        if not cue.sign and (self._options.cue_settings != "follow" or not cue.has_place):
            return Placement()
        return placement_of(
            cue,
            self._picture,
            line_height=look.em * PITCH,
            block_height=height,
            edges=self._edges(cue, style),
            row=(1, 4, 7)[_ROWS[style.position]],
        )

    def _edges(self, cue: Cue, style: SubtitleStyle) -> Edges:
        """Return how near to the sides of the picture *cue* may be placed."""
        picture, options = self._picture, self._options
        # The style's own distance keeps a placed cue as far from the edges as any other.
        edge = round(min(style.margin_v, 60) * picture.scale)
        if cue.sign or not safe_area.has_controls(picture, options):
            return Edges(top=edge, bottom=edge, side=edge)
        return Edges(
            top=round(safe_area.edge_of(safe_area.TOP, edge, picture, options)),
            bottom=round(safe_area.edge_of(safe_area.BOTTOM, edge, picture, options)),
            side=round(max(edge, safe_area.SIDE_SHARE * picture.shown_width)),
        )

    def _anchor(self, style: SubtitleStyle, place: Placement, look: Look) -> Anchor:
        picture = self._picture
        row, column = _ROWS[style.position], 1
        if place.alignment is not None:
            row, column = divmod(place.alignment - 1, 3)
        width, height = picture.shown_width, picture.height
        side = self._side(style, look)
        edge = float(place.vertical) or self._edge(style, row)
        far = min(style.margin_v, 60) * picture.scale
        spare = max(height - LINES_KEPT_EM * look.em, 0.0)
        edge = min(edge, spare)
        return Anchor(
            row=row,
            column=column,
            left=place.left or side,
            right=width - (place.right or side),
            measure=picture.measure,
            edge=edge,
            far=min(far, spare - edge),
            height=height,
        )

    def _side(self, style: SubtitleStyle, look: Look) -> float:
        picture, width = self._picture, self._picture.shown_width
        if style.margin_h is None:
            under_controls = safe_area.has_controls(picture, self._options)
            return width * (safe_area.SIDE_SHARE if under_controls else SIDE_SHARE)
        spare = (width - LEAST_LINES_WIDE * look.em * PITCH) / 2
        return min(style.margin_h * picture.scale, max(spare, width * SIDE_SHARE))

    def _edge(self, style: SubtitleStyle, row: int) -> float:
        margin = style.margin_v * self._picture.scale
        return safe_area.edge_of(row, margin, self._picture, self._options)


def _share_a_place(options: BurnOptions) -> bool:
    """Whether both languages stand at one place."""
    one, two = options.style, options.secondary_style
    return (one.position, one.margin_v, one.margin_h) == (two.position, two.margin_v, two.margin_h)


def _share_a_box(options: BurnOptions) -> bool:
    """Whether both languages can stand in one box: at one place, on the same background."""
    one, two = options.style, options.secondary_style
    return (
        _share_a_place(options)
        and one.box == two.box == "block"
        and one.background_color == two.background_color
        and one.background_opacity == two.background_opacity
    )
