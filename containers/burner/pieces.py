"""A burn in pieces: frames from key frame to key frame, burned side by side and joined as they are.

Pure: figures in, arguments out. Times stay those of the film, so that text, segments and overlays
are drawn as in one burn, and each piece has its frames where the film has them. Sound is never cut.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from engine_kit.colours import decoder_arguments, deinterlacing
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.probe import INPUT_LIMITS
from engine_kit.timeline import Timeline

from burner import plan
from burner.plan import Burn, video_of
from burner.stills import Stills, poster_filters, sheet_filters

LIST = "pieces.ffconcat"
_INDEXED = ("mov", "matroska")
"""Containers in which ffmpeg finds a key frame by its time."""
_NEARLY_S = 0.001
_HALF_FRAME_S = 0.02
_ONLY_WHOLE = ("-flags", "-output_corrupt")
"""A key frame that is none but for its flag, as in films that are refreshed bit by bit, gives no
frame until all of it is there: the piece lacks frames then, and is read from before.
"""
_REFERS_BACK = re.compile(r"reference|conceal", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Frames of a film, by their numbers: from *first* until before *end*.

    *since_s*, *until_s*: between its first frame and the one before, its last and the one after;
    None at the ends of the film. Reading begins at *seek_s*: at the piece's own key frame, or at
    the one before, *before_s*, where deinterlacing or frames that are shown before their key frame
    refer to that.
    """

    number: int
    first: int
    end: int
    since_s: float | None
    until_s: float | None
    seek_s: float | None
    before_s: float | None

    @property
    def is_read_from_own_key(self) -> bool:
        """Whether nothing before its own key frame is read."""
        return self.seek_s != self.before_s

    def read_from_before(self) -> "Piece":
        """Return the piece to be read from the key frame before its own."""
        return replace(self, seek_s=self.before_s)

    @property
    def file(self) -> str:
        """The name of what is made of it."""
        return f"piece-{self.number:03}.mp4"


def pieces_of(burn: Burn, at_once: int, seconds_min: float) -> tuple[Piece, ...]:
    """Return the pieces of a film for *at_once* processes, none shorter than *seconds_min*.

    None where one process does better, or where pieces would not be what one burn makes: slides
    whose frames are added, films that begin late, hardware, containers without an index.
    """
    line = burn.timeline
    cuttable = not (burn.added_s or burn.hardware or line.begins_late)
    if not cuttable or not burn.source.format_name.startswith(_INDEXED):
        return ()
    count = min(at_once, int(line.end_s / seconds_min))
    return cut(burn, _cuts(line, count)) if count > 1 else ()


def _cuts(line: Timeline, count: int) -> list[int]:
    """Return the numbers of the key frames that are nearest to equal parts."""
    keys = [bisect_left(line.frames_s, key_s) for key_s in line.keys_s]
    # The first can't be one, and before each there is another.
    later = [number for number in keys if number > 0][0 if keys[:1] == [0] else 1 :]
    wanted = [len(line.frames_s) * part // count for part in range(1, count)]
    nearest = (min(later, key=lambda key: abs(key - want)) for want in wanted if later)
    return sorted(set(nearest))


def cut(burn: Burn, cuts: Sequence[int]) -> tuple[Piece, ...]:
    """Return the pieces between *cuts*, numbers of key frames in order; none without any."""
    line, frames = burn.timeline, burn.timeline.frames_s
    edges = [0, *cuts, len(frames)]
    clean = set() if deinterlacing(video_of(burn.source)) else set(line.clean_keys_s)

    def between(number: int) -> float | None:
        inside = 0 < number < len(frames)
        return (frames[number - 1] + frames[number]) / 2 if inside else None

    def before(number: int) -> float | None:
        key = bisect_left(line.keys_s, frames[number]) - 1
        return max(line.keys_s[key] - _NEARLY_S, 0.0) if number and key >= 0 else None

    def seek(number: int) -> float | None:
        own_s = frames[number]
        return own_s + _NEARLY_S if number and own_s in clean else before(number)

    if not cuts:
        return ()
    return tuple(
        Piece(
            number=number,
            first=first,
            end=end,
            since_s=between(first),
            until_s=between(end),
            seek_s=seek(first),
            before_s=before(first),
        )
        for number, (first, end) in enumerate(pairwise(edges))
    )


def with_stills(burn: Burn) -> Burn:
    """Return *burn* with key frames where its stills are, which are taken from the joined film."""
    if burn.poster is None and burn.sheet is None:
        return burn
    frames = burn.timeline.frames_s
    taken = {still_s for one in (burn.poster, burn.sheet) if one for still_s in _times(one)}
    shown = {frames[min(bisect_left(frames, at_s), len(frames) - 1)] for at_s in taken}
    return replace(burn, looked_at_s=tuple(sorted({*burn.looked_at_s, *shown})))


def _times(stills: Stills) -> tuple[float, ...]:
    return (stills.poster_s, *stills.sheet_s)


def piece_argv(burn: Burn, piece: Piece) -> list[str]:
    """Return ffmpeg's arguments that burn *piece*: its picture, without sound and stills."""
    frames = burn.timeline.frames_s
    since_s, until_s = frames[piece.first], frames[piece.end - 1]
    looked_at = tuple(at_s for at_s in burn.looked_at_s if since_s < at_s <= until_s)
    part = replace(burn, poster=None, sheet=None, looked_at_s=looked_at)
    video = video_of(burn.source)
    edges = [("start", piece.since_s), ("end", piece.until_s)]
    bounds = ":".join(f"{name}={at_s:.6f}" for name, at_s in edges if at_s is not None)
    seek = [] if piece.seek_s is None else ["-noaccurate_seek", "-ss", f"{piece.seek_s:.6f}"]
    return [
        *decoder_arguments(video),
        *(_ONLY_WHOLE if piece.is_read_from_own_key else ()),
        *INPUT_LIMITS,
        *(*seek, "-copyts", "-start_at_zero", "-i", plan.INPUT),
        *plan.further_inputs(part),
        *(*plan.pictures(part, video, [f"trim={bounds}"]), "-an"),
        *_joinable(plan.encoder(part, video)),
        *plan.forced_key_frames(part),
        *plan.timestamps(part, video),
        *("-map_chapters", "-1", "-write_tmcd", "0", "-f", "mp4", piece.file),
    ]


def _joinable(encoder: list[str]) -> list[str]:
    """Have x264 write the same head for each piece, whatever is in it."""
    return [*encoder, "-x264-params", "stitchable=1"] if "libx264" in encoder else encoder


def list_text(pieces: Sequence[Piece]) -> str:
    """Return LIST: the pieces one after the other, each with the times that it has."""
    lines = ["ffconcat version 1.0"]
    for piece in pieces:
        since_s = piece.since_s or 0.0
        lines += [f"file {piece.file}", f"inpoint {since_s:.6f}"]
        if piece.until_s is not None:
            lines.append(f"duration {round(piece.until_s, 6) - round(since_s, 6):.6f}")
    return "\n".join([*lines, ""])


def join_argv(burn: Burn) -> list[str]:
    """Return ffmpeg's arguments that make OUTPUT of the pieces in LIST and the film's sound."""
    hevc = ["-tag:v", "hvc1"] if "hvc1" in plan.encoder(burn, video_of(burn.source)) else []
    return [
        "-copyts",
        *("-protocol_whitelist", "file", "-format_whitelist", "concat,mov"),
        *("-f", "concat", "-i", LIST),
        # Where the film begins, as when it is burned.
        *(*INPUT_LIMITS, "-itsoffset", f"{-burn.source.start_s:.6f}", "-i", plan.INPUT),
        *("-map", "0:v:0", "-c:v", "copy", *hevc, *plan.sound(burn, 1)),
        *("-map_chapters", "-1", "-write_tmcd", "0", "-max_muxing_queue_size", "4096"),
        *("-movflags", "+faststart", "-f", "mp4", plan.OUTPUT),
    ]


def stills_argv(burn: Burn) -> list[str]:
    """Return ffmpeg's arguments that take the stills from OUTPUT, where they are key frames."""
    picture = plan.picture_of(video_of(burn.source))
    wanted = []
    if burn.poster:
        poster = poster_filters(_a_little_before(burn, burn.poster), picture, burn.colours)
        wanted.append(("poster", poster, plan.POSTER))
    if burn.sheet:
        sheet = sheet_filters(_a_little_before(burn, burn.sheet), picture, burn.colours)
        wanted.append(("sheet", sheet, plan.SHEET))
    names = "".join(f"[{name}-source]" for name, _, _ in wanted)
    graph = [f"[0:v]split={len(wanted)}{names}"]
    graph += [f"[{name}-source]{','.join(filters)}[{name}]" for name, filters, _ in wanted]
    return [
        *("-skip_frame", "nokey", "-i", plan.OUTPUT, "-filter_complex", ";".join(graph)),
        *(part for name, _, file in wanted for part in plan.still_output(name, file)),
    ]


def _a_little_before(burn: Burn, stills: Stills) -> Stills:
    """Return the times of the frames that are meant, less what an encoder rounds them by."""
    frames, shown = burn.timeline.frames_s, burn.shown.frames_s
    early_s = min(burn.timeline.frame_s / 2, _HALF_FRAME_S)

    def of(at_s: float) -> float:
        return max(shown[min(bisect_left(frames, at_s), len(frames) - 1)] - early_s, 0.0)

    return Stills(poster_s=of(stills.poster_s), sheet_s=tuple(map(of, stills.sheet_s)))


def check_reading(piece: Piece, errors: str) -> None:
    """Raise EngineFailure(output_invalid) when ffmpeg's *errors* tell that frames of a piece which
    is read from its own key frame refer to others.
    """
    if piece.is_read_from_own_key and _REFERS_BACK.search(errors):
        raise EngineFailure(FailureCode.OUTPUT_INVALID, "A key frame is none.", tool_tail=errors)


def check_piece(piece: Piece, made: Timeline, head: str) -> None:
    """Raise EngineFailure(output_invalid) unless *made* has the piece's frames, each of them once,
    and can follow pieces with this *head*.
    """
    wanted = piece.end - piece.first
    if len(made.frames_s) != wanted:
        raise EngineFailure(
            FailureCode.OUTPUT_INVALID, f"A piece has {len(made.frames_s)} of {wanted} frames."
        )
    if head not in ("", made.head):
        raise EngineFailure(FailureCode.OUTPUT_INVALID, "The pieces can't be joined.")
