"""What a job's subtitles and options say is drawn, and the fonts that it is drawn with."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine_kit import fonts
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.glyphs import missing_notice
from engine_kit.text.emoji import emoji_pictures
from engine_kit.text.faces import families_in
from engine_kit.text.items import document_language
from engine_kit.text.typesetter import Typesetter

from burner.glyphs import folded, lettered, outline_notices, places_of
from burner.layout import SecondTrack
from burner.subtitles import JobSubtitles, at_frame_rate, job_subtitles, with_a_frame_each
from burner.tracks import Pair, snapped, told_of, track_names
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.notices import Notice
from media_jobs.said import said
from media_jobs.subtitles.cues import Cue


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFonts:
    """The font files of a text, and the family that its Han letters are drawn in."""

    files: tuple[Path, ...]
    han: str

    def write(self, folder: Path, cache_dir: Path) -> Mapping[str, str]:
        """Write what makes libass find them into *folder*; return the environment that names it."""
        return fonts.write_font_config(folder, cache_dir, han=self.han, files=self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackFile:
    """A file of subtitles, and its language (BCP 47) where that is known."""

    data: bytes
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobText:
    """What is to be drawn, and with what. *missing*: characters that no font has.

    *tracks*: one, or two of a language each; *languages*: those that each is set in.
    """

    tracks: tuple[JobSubtitles, ...]
    languages: tuple[str, ...]
    fonts: TextFonts
    missing: tuple[str, ...]

    @property
    def cues(self) -> tuple[Cue, ...]:
        """The cues of all tracks, one track after the other."""
        return tuple(cue for track in self.tracks for cue in track.cues)

    def setter(self, number: int = 0) -> Typesetter:
        """Return what sets the track *number*, from 0."""
        return Typesetter(
            families_in(self.fonts.files),
            emoji=emoji_pictures(),
            language=self.languages[number],
        )

    @property
    def second(self) -> SecondTrack | None:
        """The second track as it is laid out."""
        if self.pair is None:
            return None
        return SecondTrack(cues=self.tracks[1].cues, setter=self.setter(1), names=self.pair.names)

    @property
    def pair(self) -> Pair | None:
        """How the cues of two tracks are told apart."""
        if len(self.tracks) == 1:
            return None
        names = track_names([track.language for track in self.tracks])
        return Pair(firsts=len(self.tracks[0].cues), names=names)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is not drawn as the files have it, with the track where there are two."""
        return tuple(self.of_each(lambda track: track.notices))

    def of_each(self, told: Callable[[JobSubtitles], Iterable[Notice]]) -> Iterator[Notice]:
        """Yield what is *told* of each track, with its name where there are two."""
        pair = self.pair
        if pair is None:
            yield from told(self.tracks[0])
            return
        for name, track in zip(pair.names, self.tracks, strict=True):
            yield from told_of(name, told(track))

    def timed(self, frame_rate: float | None) -> "JobText":
        """Return the same for a video of this rate, and with both tracks joined by time."""
        tracks = [
            with_a_frame_each(at_frame_rate(track, frame_rate), frame_rate) for track in self.tracks
        ]
        if len(tracks) == 2:
            near = snapped(tracks[0].cues, tracks[1].cues)
            told = (*tracks[1].notices, *near.notices())
            tracks[1] = replace(tracks[1], cues=near.cues, notices=told)
        return replace(self, tracks=tuple(tracks))


def read_text(files: Sequence[TrackFile], options: BurnOptions) -> JobText:
    """Read one file of subtitles, or two tracks.

    Raises EngineFailure as `job_subtitles`, which names the track of two, and glyphs_missing.
    """
    tracks = list(_tracks(files, options))
    over = [mark.text for mark in (options.hint, options.watermark) if mark is not None]
    font_files = fonts.fonts_for(_shown(tracks, over))
    tracks = [
        replace(
            track,
            cues=folded(track.cues, font_files),
            notices=(*track.notices, *outline_notices(track)),
        )
        for track in tracks
    ]
    shown = _shown(tracks, over)
    missing = fonts.missing_glyphs(shown, font_files)
    if missing and options.missing_glyphs == "fail":
        cues = [cue for track in tracks for cue in track.cues]
        told = missing_notice(missing, places_of(missing, cues, options))
        raise EngineFailure(FailureCode.GLYPHS_MISSING, said(told.key, **told.values))
    return JobText(
        tracks=tuple(_with_missing(tracks, missing, over, options)),
        languages=tuple(
            document_language(lettered(track, over), track.language) for track in tracks
        ),
        fonts=TextFonts(files=font_files, han=fonts.han_family(shown)),
        missing=missing,
    )


def _tracks(files: Sequence[TrackFile], options: BurnOptions) -> Iterator[JobSubtitles]:
    for number, file in enumerate(files):
        is_second = number == 1
        try:
            track = job_subtitles(file.data, options, language=file.language, is_second=is_second)
            if track.kept is not None and len(files) > 1:
                told = said("failure.kept_in_two_tracks")
                raise EngineFailure(FailureCode.SUBTITLES_INVALID, told)
        except EngineFailure as failure:
            if len(files) == 1:
                raise
            name = track_names([one.language for one in files])[number]
            why = failure.said
            told = said("notice_about.track", track=name, said=why.key or why.text, **why.values)
            raise EngineFailure(failure.code, told) from None
        yield track


def _shown(tracks: Sequence[JobSubtitles], over: Sequence[str]) -> str:
    """Return all that is drawn with letters: the tracks, and what stands over them."""
    return "\n".join([lettered(tracks[0], over), *(lettered(track, ()) for track in tracks[1:])])


def _with_missing(
    tracks: Sequence[JobSubtitles],
    missing: Sequence[str],
    over: Sequence[str],
    options: BurnOptions,
) -> Iterator[JobSubtitles]:
    """Yield *tracks* with notices on their characters without a glyph; overlays are the first's."""
    bare = options.model_copy(update={"hint": None, "watermark": None})
    for number, track in enumerate(tracks):
        own = lettered(track, () if number else over)
        lacking = [character for character in missing if character in own]
        if lacking:
            places = places_of(lacking, track.cues, bare if number else options)
            track = replace(track, notices=(*track.notices, missing_notice(lacking, places)))
        yield track
