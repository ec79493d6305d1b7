"""A film in pieces: where it is cut, and that its frames are those of one burn."""

import asyncio
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest
from burner import plan
from burner.pieces import (
    LIST,
    Piece,
    check_piece,
    check_reading,
    cut,
    join_argv,
    list_text,
    piece_argv,
    pieces_of,
    stills_argv,
    with_stills,
)
from burner.stills import Stills
from engine_kit.failures import EngineFailure
from engine_kit.ffmpeg import find_ffmpeg
from engine_kit.hardware import HardwareEncoder
from engine_kit.probe import find_ffprobe, probe
from engine_kit.timeline import Tracks, read_timeline, tracks_of

from media_jobs.engines.burner.options import BurnOptions
from tests.engine_kit.streams import SLIDES, SOURCE, steady

KEYS = [0.0, 2.0, 4.5, 5.0, 7.0, 9.0]
LINE = replace(steady(30), keys_s=[steady(30).frames_s[round(key_s * 30)] for key_s in KEYS])
BURN = plan.Burn(source=SOURCE, timeline=LINE, options=BurnOptions())


def edges(parts: Sequence[Piece]) -> list[tuple[int, int]]:
    """Return the numbers of each piece's frames."""
    return [(piece.first, piece.end) for piece in parts]


def test_a_film_is_cut_at_the_key_frames_nearest_to_equal_parts() -> None:
    assert edges(pieces_of(BURN, 2, 1)) == [(0, 150), (150, 300)]
    assert edges(pieces_of(BURN, 3, 1)) == [(0, 135), (135, 210), (210, 300)]
    assert edges(pieces_of(BURN, 9, 4)) == [(0, 150), (150, 300)]


def test_reading_begins_at_the_key_frame_before_the_pieces_own() -> None:
    first, second = pieces_of(BURN, 2, 1)

    assert (first.seek_s, first.since_s) == (None, None)
    assert second.seek_s == pytest.approx(4.499)
    assert second.since_s == first.until_s == pytest.approx(149.5 / 30)
    assert second.until_s is None


def test_where_no_frame_is_shown_before_its_key_frame_reading_begins_at_that() -> None:
    clean = replace(BURN, timeline=replace(LINE, clean_keys_s=[5.0]))
    interlaced = replace(SOURCE, videos=(replace(SOURCE.videos[0], interlaced=True),))

    _, second = pieces_of(clean, 2, 1)
    _, as_fields = pieces_of(replace(clean, source=interlaced), 2, 1)

    assert second.seek_s == pytest.approx(5.001)
    assert second.before_s == pytest.approx(4.499)
    assert second.read_from_before() == pieces_of(BURN, 2, 1)[1] == as_fields


@pytest.mark.parametrize(
    "burn",
    [
        replace(BURN, timeline=replace(LINE, keys_s=[0.0])),
        replace(BURN, timeline=replace(LINE, frames_s=[0.2, *LINE.frames_s[1:]])),
        replace(BURN, timeline=SLIDES, added_s=(1.5,)),
        replace(BURN, hardware=HardwareEncoder(name="h264_nvenc")),
        replace(BURN, source=replace(SOURCE, format_name="mpegts")),
    ],
)
def test_what_pieces_would_change_is_burned_as_one(burn: plan.Burn) -> None:
    assert pieces_of(burn, 4, 1) == ()


def test_one_process_burns_a_film_as_one_and_so_is_a_short_one() -> None:
    assert pieces_of(BURN, 1, 1) == pieces_of(BURN, 4, 60) == ()


def test_a_piece_with_a_frame_lost_or_doubled_or_another_head_is_refused() -> None:
    piece = cut(BURN, [150])[0]
    made = replace(LINE, frames_s=LINE.frames_s[:150], head="head")

    check_piece(piece, made, "head")
    for wrong in (149, 151):
        with pytest.raises(EngineFailure, match=f"{wrong} of 150 frames"):
            check_piece(piece, replace(made, frames_s=LINE.frames_s[:wrong]), "head")
    with pytest.raises(EngineFailure, match="can't be joined"):
        check_piece(piece, made, "another")


ASS = r"""[Script Info]
PlayResX: 160
PlayResY: 96
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BorderStyle, Outline, Alignment
Style: Default,DejaVu Sans,16,&H00FFFFFF,&H00000000,1,1,2
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.20,0:00:03.00,Default,,0,0,0,,{\fad(300,300)}{\k90}Ham{\k90}burg
Dialogue: 0,0:00:03.00,0:00:05.90,Default,,0,0,0,,{\move(20,40,140,60)}Frankfurt
"""
"""Text that fades, is sung and moves over every cut."""
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=6", "-c:a", "aac")
X264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-bf", "3", "-g", "20")
FILMS = {
    "b-frames.mp4": ("30", *X264),
    "open.mkv": ("30000/1001", *X264, "-x264-params", "open-gop=1"),
    "varying.mkv": (
        "30",
        *("-vf", "select='lt(n,30)+mod(n,7)'", "-fps_mode", "vfr", "-enc_time_base", "1/1000"),
        *X264,
    ),
    "interlaced.mkv": (
        "50",
        *("-vf", "tinterlace=interleave_top,setfield=tff", "-flags", "+ilme+ildct"),
        *(*X264, "-x264-params", "tff=1"),
    ),
    "sound-first.mkv": ("25", "-vf", "setpts=PTS+0.06/TB", *X264),
    "refreshed.mp4": ("30", *X264, "-bf", "0", "-x264-params", "intra-refresh=1"),
    "late.mkv": ("25", *X264, "-output_ts_offset", "2.2"),
}


@dataclass(frozen=True, slots=True)
class Cutting:
    """A film in its folder, and its pieces."""

    folder: Path
    burn: plan.Burn
    parts: tuple[Piece, ...]

    def run(self, *argv: object) -> str:
        """Run ffmpeg in the folder; return its standard output."""
        quiet = [find_ffmpeg(), "-nostdin", "-v", "error", "-y"]
        ended = subprocess.run(
            [*quiet, *map(str, argv)], cwd=self.folder, capture_output=True, text=True
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def frames(self, argv: list[str]) -> list[tuple[str, str]]:
        """Return the time and the MD5 of each frame that the command gives to its encoder."""
        picture = argv[: argv.index("-map", argv.index("-i")) + 4]
        if "-vf" not in picture:
            picture = argv[: argv.index("-map", argv.index("-filter_complex")) + 2]
        times = argv[argv.index("-fps_mode") : argv.index("-map_chapters")]
        raw = ("-an", "-c:v", "rawvideo", "-f", "framemd5", "-")
        rows = self.run(*picture, *times, *raw).splitlines()
        split = [row.split(",") for row in rows if not row.startswith("#")]
        return [(row[2].strip(), row[5].strip()) for row in split]

    def packets(self, file: str) -> dict[str, list[tuple[Fraction, str]]]:
        """Return the time and the sum of each packet, by stream."""
        rows = self.run("-copyts", "-i", file, "-map", "0", "-c", "copy", "-f", "framecrc", "-")
        units: dict[str, Fraction] = {}
        found: dict[str, list[tuple[Fraction, str]]] = {}
        for row in rows.splitlines():
            if row.startswith("#tb "):
                units[row[4]] = Fraction(row.partition(": ")[2])
            elif not row.startswith("#"):
                stream, _, shown, _, _, crc = row.split(",")[:6]
                found.setdefault(stream, []).append((int(shown) * units[stream], crc.strip()))
        return found


def cutting(folder: Path, name: str, count: int = 3) -> Cutting:
    """Make a film, and cut it."""
    rate, *made = FILMS[name]
    picture = ("-f", "lavfi", "-i", f"testsrc2=s=160x96:r={rate}:d=6")
    argv = [find_ffmpeg(), "-nostdin", "-v", "error", *picture, *SOUND, *made, plan.INPUT]
    if name.endswith("mkv"):
        argv[-1:] = ["-f", "matroska", plan.INPUT]
    else:
        argv[-1:] = ["-f", "mp4", plan.INPUT]
    subprocess.run(argv, cwd=folder, check=True)
    (folder / plan.SCRIPT).write_text(ASS, encoding="utf-8")
    ffmpeg = find_ffmpeg()
    source = asyncio.run(probe(folder / plan.INPUT, ffprobe=find_ffprobe(ffmpeg)))
    line = asyncio.run(read_timeline(folder / plan.INPUT, tracks_of(source), ffmpeg=ffmpeg))
    burn = plan.Burn(
        source=source,
        timeline=line,
        options=BurnOptions(),
        looked_at_s=(line.frames_s[5], line.frames_s[len(line.frames_s) // 2]),
        poster=Stills(poster_s=1.01, sheet_s=()),
    )
    parts = pieces_of(burn, count, 1)
    assert len(parts) == count
    return Cutting(folder, burn, parts)


def assert_pieces_are_the_whole(film: Cutting) -> None:
    """Compare the frames before the encoder, and the joined film with one burn's."""
    plain = replace(film.burn, poster=None)
    whole = film.frames(plan.burn_argv(plain))
    assert whole == [row for piece in film.parts for row in film.frames(piece_argv(plain, piece))]

    film.run(*plan.burn_argv(plain))
    (film.folder / plan.OUTPUT).rename(film.folder / "whole.mp4")
    burn = with_stills(film.burn)
    for piece in film.parts:
        film.run(*piece_argv(burn, piece))
    (film.folder / LIST).write_text(list_text(film.parts), encoding="ascii")
    film.run(*join_argv(burn))
    one, joined = film.packets("whole.mp4"), film.packets(plan.OUTPUT)
    assert one["1"] == joined["1"]  # The sound, packet for packet.
    shown, again = (sorted(at_s for at_s, _ in rows["0"]) for rows in (one, joined))
    assert len(shown) == len(again)
    # To 0.01 ms: what is between sound and picture is what it is in one burn.
    assert max(abs(a - b) for a, b in zip(shown, again, strict=True)) < Fraction(1, 100_000)
    assert film.run("-i", plan.OUTPUT, "-f", "null", "-") == ""

    film.run(*stills_argv(burn))
    assert (film.folder / plan.POSTER).stat().st_size > 0


@pytest.mark.heavy
def test_pieces_are_frame_for_frame_what_one_burn_makes(tmp_path: Path) -> None:
    """B-frames, and text that fades, is sung and moves over every cut."""
    film = cutting(tmp_path, "b-frames.mp4")
    assert all(piece.is_read_from_own_key for piece in film.parts[1:])
    assert_pieces_are_the_whole(film)


@pytest.mark.heavy
def test_a_key_frame_that_is_none_is_found_and_the_piece_read_from_the_one_before(
    tmp_path: Path,
) -> None:
    """A film that is refreshed bit by bit is whole one round after each of its key frames."""
    film = cutting(tmp_path, "refreshed.mp4")
    piece = film.parts[1]
    assert piece.is_read_from_own_key
    whole = film.frames(plan.burn_argv(replace(film.burn, poster=None)))

    film.run(*piece_argv(film.burn, piece))
    made = asyncio.run(
        read_timeline(tmp_path / piece.file, Tracks(video=0, audio=None), ffmpeg=find_ffmpeg())
    )
    with pytest.raises(EngineFailure, match="of 60 frames"):
        check_piece(piece, made, "")
    again = film.frames(piece_argv(film.burn, piece.read_from_before()))

    assert again == whole[piece.first : piece.end]


def test_words_of_the_decoder_about_frames_that_it_has_not_are_believed() -> None:
    clean = replace(BURN, timeline=replace(LINE, clean_keys_s=[5.0]))
    piece = pieces_of(clean, 2, 1)[1]

    with pytest.raises(EngineFailure, match="A key frame is none"):
        check_reading(piece, "[h264 @ 0x1] reference picture missing during reorder")
    check_reading(piece, "[mp4 @ 0x1] Timestamps are unset in a packet")
    check_reading(piece.read_from_before(), "[h264 @ 0x1] reference picture missing")


@pytest.mark.long
@pytest.mark.parametrize(
    "name", [name for name in FILMS if name not in ("b-frames.mp4", "refreshed.mp4")]
)
def test_so_are_those_of_other_films(tmp_path: Path, name: str) -> None:
    film = cutting(tmp_path, name)
    refers_back = name in ("open.mkv", "interlaced.mkv")
    assert any(piece.is_read_from_own_key for piece in film.parts) is not refers_back
    assert_pieces_are_the_whole(film)


@pytest.mark.long
def test_segments_and_a_watermark_over_the_cuts_are_those_of_one_burn(tmp_path: Path) -> None:
    film = cutting(tmp_path, "b-frames.mp4")
    film.run("-f", "lavfi", "-i", "color=red@0.5:s=20x20", "-frames:v", "1", plan.WATERMARK)
    segments = [
        {"startS": 1.5, "endS": 3.5, "effect": "blur"},
        {"startS": 3.7, "endS": 4.3, "effect": "black"},
        {"startS": 1.0, "endS": 5.0, "effect": "mute"},
    ]
    options = BurnOptions.model_validate({"segments": segments})
    burn = replace(film.burn, options=options, watermark=True)

    assert_pieces_are_the_whole(replace(film, burn=burn))
