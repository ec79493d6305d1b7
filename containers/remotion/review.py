"""Looks at the finished video before it is handed over: its streams, and cards in its frames.

A card stands in its place from the end of its transition to the end of its time. In the middle of
that, its frame is compared with the painted card; half a dozen cards tell whether a layer is there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine_kit.colours import BT709
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.probe import ProbeResult
from PIL import Image, ImageChops

from remotion.composition import Composition
from remotion.layers import Scene
from remotion.timing import Schedule

CARDS_MAX, CARDS_MIN = 6, 2
SECONDS_PER_CARD = 5
SEEN_SHARE_MIN = 0.6
"""So much of a card's letters and pictures has to be in the video."""
TOLERANCE = 40
"""How far an encoder may bring thin strokes from their luma."""
CONTRAST_MIN = 48
_LUMA = (*(share * 219 / 255 for share in (0.2126, 0.7152, 0.0722)), 16.0)
"""From RGB to the luma of BT.709, 16 to 235."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLook:
    """A card, and the number of a frame in which it stands still."""

    card: int
    frame: int


def looks_of(schedule: Schedule) -> tuple[CardLook, ...]:
    """Return which cards to look at, and when: the first, the last, and others spread between.

    Those that stand still in a key frame, so that no more of these come: they are seen. Of a video
    without such a card, the first one.
    """
    found = list(_in_key_frames(schedule))
    if not found:
        rests = _rests(schedule, 0)
        return (CardLook(card=0, frame=rests[len(rests) // 2]),) if rests else ()
    most = min(max(int(schedule.total_s / SECONDS_PER_CARD), CARDS_MIN), CARDS_MAX, len(found))
    chosen = {(len(found) - 1) * n // max(most - 1, 1) for n in range(most)}
    return tuple(found[at] for at in sorted(chosen))


def _in_key_frames(schedule: Schedule) -> Iterator[CardLook]:
    every = schedule.key_frames
    for card in range(len(schedule.spans)):
        rests = _rests(schedule, card)
        if rests:
            nearest = round(rests[len(rests) // 2] / every) * every
            if nearest in rests:
                yield CardLook(card=card, frame=nearest)


def _rests(schedule: Schedule, card: int) -> range:
    """Return the frames in which a card stands still."""
    span, arrives = schedule.spans[card], round(schedule.transition_s * schedule.fps)
    return range(span.start_frame + arrives + 1, span.start_frame + span.frames - 1)


def check_streams(made: ProbeResult, scene: Scene, *, has_sound: bool) -> None:
    """Raise EngineFailure(output_invalid) unless the video is what was planned.

    FFmpeg that was ended early leaves a valid file.
    """
    schedule, place = scene.schedule, scene.layout
    if len(made.videos) != 1 or len(made.audios) != int(has_sound):
        raise EngineFailure(FailureCode.OUTPUT_INVALID, "The video lacks a stream.")
    video = made.videos[0]
    if video.duration_s is None or abs(video.duration_s - schedule.total_s) > 1.5 / schedule.fps:
        message = f"The video is {video.duration_s} s long instead of {schedule.total_s:.3f} s."
        raise EngineFailure(FailureCode.OUTPUT_INVALID, message)
    if video.shown_size != (place.width, place.height):
        raise EngineFailure(FailureCode.OUTPUT_INVALID, "The video has another size.")
    said = (video.color_range, video.color_space, video.color_primaries, video.color_transfer)
    wanted = ("tv", BT709.matrix, BT709.primaries, BT709.transfer)
    if said != wanted or video.pixel_format != "yuv420p":
        message = f"The video names other colours than it has: {', '.join(said)}."
        raise EngineFailure(FailureCode.OUTPUT_INVALID, message)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaintedCard:
    """What is to be seen of a card: *file* is a picture of its luma, opaque where letters and
    pictures are, at *x* and *y* of the frame of this number.
    """

    card: int
    frame: int
    file: str
    x: int
    y: int


def paint_looks(
    composition: Composition, looks: Sequence[CardLook], folder: Path
) -> tuple[PaintedCard, ...]:
    """Write into *folder* what is to be seen in each of *looks*; their cards are kept painted."""
    return tuple(_painted(composition, look, folder) for look in looks)


def _painted(composition: Composition, look: CardLook, folder: Path) -> PaintedCard:
    scene, made = composition.scene, composition.cards[look.card]
    whole = composition.kept[look.card] = composition.card(look.card)
    margin = made.margin
    body = whole.crop((margin, margin, margin + made.width, margin + made.height))
    place, feed = scene.feed.places[look.card], scene.layout.feed
    along = place.start - scene.feed.stops[look.card]
    x, y = (
        (along, feed.y + place.across) if scene.layout.vertical else (feed.x + place.across, along)
    )
    wanted = body.convert("RGB").convert("L", _LUMA)
    ground = Image.new("RGB", body.size, composition.renderer.theme.card).convert("L", _LUMA)
    ink = _from(ImageChops.difference(wanted, ground), CONTRAST_MIN)
    # The rim is a line of another colour, and round corners show the film.
    inner = Image.new("L", body.size)
    rim = composition.renderer.layout.px(8)
    inner.paste(255, (rim, rim, body.width - rim, body.height - rim))
    file = f"look-{look.card}.tif"
    Image.merge("LA", (wanted, ImageChops.multiply(ink, inner))).save(folder / file, "TIFF")
    return PaintedCard(card=look.card, frame=look.frame, file=file, x=x, y=y)


def check_cards(painted: Sequence[PaintedCard], folder: Path, frames: Mapping[int, Path]) -> None:
    """Compare cards, whose pictures are in *folder*, with *frames*, pictures of luma by number.

    Raises EngineFailure(output_invalid) when one is not there.
    """
    for one in painted:
        share = 0.0
        if one.frame in frames:
            with Image.open(frames[one.frame]) as frame:
                share = _seen_share(one, folder, frame)
        if share < SEEN_SHARE_MIN:
            raise EngineFailure(
                FailureCode.OUTPUT_INVALID, f"Comment {one.card + 1} is not seen in the video."
            )


def _seen_share(one: PaintedCard, folder: Path, frame: Image.Image) -> float:
    """Return how much of what is on a card is seen in its place in *frame*, 0 to 1."""
    with Image.open(folder / one.file) as opened:
        wanted, ink = opened.split()
    count = ink.histogram()[255]
    if not count:
        return 1.0
    got = frame.crop((one.x, one.y, one.x + wanted.width, one.y + wanted.height))
    wrong = _from(ImageChops.difference(wanted, got), TOLERANCE + 1)
    return 1 - ImageChops.multiply(ink, wrong).histogram()[255] / count


def _from(picture: Image.Image, least: int) -> Image.Image:
    """Return 255 where *picture* has *least* or more, else 0."""
    return picture.point([255 if value >= least else 0 for value in range(256)])
