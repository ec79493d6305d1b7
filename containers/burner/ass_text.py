"""A set line as the text of an ASS event, each run in its own family: nothing is left to guess."""

from dataclasses import dataclass

from engine_kit.contrast import hex_of, parse_colour, readable_on
from engine_kit.text.block import Run
from engine_kit.text.shaping import shape

from burner.captions import PlacedLine
from burner.styles import colour, number
from burner.words import Said, Stress
from media_jobs.subtitles.ass_escape import ass_text

_NEVER: Said = {}
_LRM, _RLO, _PDF, _NBSP = "\u200e", "\u202e", "\u202c", "\u00a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """What the style of an event is, so that only differences are written."""

    family: str
    size: str
    bold: bool
    italic: bool
    underline: bool = False
    colour: str | None = None
    stress: Stress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLine:
    """An event's text, and where the upper left corner of its line stands."""

    text: str
    x: float
    y: float


def written_line(placed: PlacedLine, plain: Plain, said: Said = _NEVER) -> WrittenLine:
    """Return what a line is drawn with. *said*: when its words are."""
    runs = placed.line.runs
    if not any(run.text.strip() for run in runs):
        # Nothing to see, but an event: the cue is shown at its time.
        return WrittenLine(text="", x=placed.x, y=placed.y)
    ascent = max(run.family.ascent_per_em for run in runs) * placed.em
    mixed = any(run.level for run in runs)
    written, state = [], plain
    for at, run in enumerate(runs):
        tags, state = _tags(run, placed.em, state)
        if plain.stress is not None and run.style.at_ms in said:
            tags += _stress(plain.stress, run, said[run.style.at_ms])
        text = _gap(run, placed.em) if run.picture is not None else ass_text(run.text)
        if at == 0:
            # libass leaves spaces at a line's begin away.
            text = text.replace(" ", _NBSP, len(text) - len(text.lstrip(" ")))
        if run.rtl and run.picture is None:
            # Runs are written in the order in which they are drawn. Each that runs from right to
            # left is turned around by itself, not together with its neighbours.
            text = f"{_LRM}{_RLO}{text}{_PDF}{_LRM}"
        elif mixed:
            text = f"{_LRM}{text}{_LRM}"
        written.append(tags + text)
    # A baseline on a whole pixel: the feet of the letters are sharp.
    return WrittenLine(text="".join(written), x=placed.x, y=round(placed.y) - ascent)


def _gap(run: Run, em: float) -> str:
    """Return a space as wide as a picture."""
    space = shape(_NBSP, run.cut, "Zyyy", rtl=False).width * em
    return f"{{\\fscx{number(run.width / space * 100)}}}{_NBSP}{{\\fscx100}}"


def _tags(run: Run, em: float, state: Plain) -> tuple[str, Plain]:
    """Return the tags that lead from *state* to the run's look, and the state after them."""
    wanted = Plain(
        family=run.family.name,
        size=number(em * run.family.line_per_em),
        bold=run.style.bold,
        italic=run.style.italic,
        underline=run.style.underline,
        colour=run.style.colour,
        stress=state.stress,
    )
    tags = ""
    if wanted.family != state.family:
        tags += f"\\fn{wanted.family}"
    if wanted.size != state.size:
        tags += f"\\fs{wanted.size}"
    for tag, on, before in (
        ("b", wanted.bold, state.bold),
        ("i", wanted.italic, state.italic),
        ("u", wanted.underline, state.underline),
    ):
        if on is not before:
            tags += f"\\{tag}{int(on)}"
    if wanted.colour != state.colour:
        # Without a value the colour is the style's again.
        tags += "\\c" if wanted.colour is None else _ink(wanted.colour)
    return (f"{{{tags}}}" if tags else ""), wanted


def _stress(stress: Stress, run: Run, said: tuple[int, int]) -> str:
    """Return the tags that change a run's colours while it is said, or from then on."""
    from_ms, to_ms = said
    own = run.style.colour or stress.ink
    ink, stressed = _ink(own), _ink(stress.colour)
    if stress.manner == "box":
        on_box = hex_of(readable_on(parse_colour(stress.colour), parse_colour(own)))
        ink += _rim(stress.outline)
        # An outline in the colour of the box is none: around other letters it would be a blot.
        kept = on_box == own.upper()
        stressed = _ink(on_box) + _rim(stress.outline if kept else stress.colour)
    if stress.manner != "fill" and to_ms <= from_ms:
        return f"{{{ink}}}"
    # Transforms go on into the runs behind: each begins with a colour of its own. One at 0 would
    # be taken for one over the whole event.
    tags = f"{ink}\\t({from_ms},{from_ms},{stressed})" if from_ms else stressed
    if stress.manner != "fill":
        tags += f"\\t({to_ms},{to_ms},{ink})"
    return f"{{{tags}}}"


def _ink(rgb: str) -> str:
    return f"\\c&H{colour(rgb)[4:]}&"


def _rim(rgb: str) -> str:
    return f"\\3c&H{colour(rgb)[4:]}&"
