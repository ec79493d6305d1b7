"""Which subtitles to take of those a site offers, and how they become WebVTT. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from media_jobs.notices import Notice
from media_jobs.subtitles.kinds import WEBVTT
from media_jobs.subtitles.reader import read_subtitles
from media_jobs.subtitles.webvtt import written

_FORMATS = ("vtt", "srt", "json3", "srv3", "srv1", "ttml", "dfxp", "ass", "ssa", "sbv", "lrc")
# Words keep their times in WebVTT, and that captions are unrolled is what a download promises.
_AS_PROMISED = frozenset({"captions_unrolled", "timed_words_shown_together"})
_SPOKEN_SUFFIX = "-orig"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedTrack:
    """One language's subtitles; *source* is yt-dlp's description of the file."""

    language: str
    automatic: bool
    source: Mapping[str, object]


def chosen(
    info: Mapping[str, object], *, kind: str, languages: Sequence[str] = ()
) -> OfferedTrack | None:
    """Return the best track of *kind* (manual, automatic, any) in the first language there is.

    What people wrote comes before what a machine heard. Without *languages*, the video's own, then
    the one that was heard rather than translated, then any.
    """
    wanted = list(languages)
    if not wanted and isinstance(info.get("language"), str):
        wanted = [str(info["language"])]
    tables = {"manual": ["subtitles"], "automatic": ["automatic_captions"]}
    for name in tables.get(kind, ["subtitles", "automatic_captions"]):
        table = info.get(name)
        if not isinstance(table, Mapping):
            continue
        automatic = name == "automatic_captions"
        for language in _by_preference(list(table), wanted, take_any=not languages):
            source = _readable(table[language])
            if source is not None:
                return OfferedTrack(language=language, automatic=automatic, source=source)
    return None


def several(
    info: Mapping[str, object], *, kind: str, languages: Sequence[str], count_max: int
) -> list[OfferedTrack]:
    """Return up to *count_max* tracks: the best of each of the *languages*, in their order.

    Of one track, and without *languages*, as `chosen`.
    """
    wishes: list[Sequence[str]] = []
    if count_max > 1:
        wishes = [[language] for language in languages]
    found = [chosen(info, kind=kind, languages=wish) for wish in wishes or [languages]]
    # A language may stand for another's regional form, too.
    tracks = {track.language: track for track in found if track is not None}
    return list(tracks.values())[:count_max]


def _by_preference(
    offered: Sequence[str], wanted: Sequence[str], *, take_any: bool
) -> Iterator[str]:
    for language in wanted:
        yield from (name for name in offered if name.lower() == language.lower())
        yield from (name for name in offered if name.lower().startswith(f"{language.lower()}-"))
    if take_any:
        yield from (name for name in offered if name.endswith(_SPOKEN_SUFFIX))
        yield from (name for name in offered if name != "live_chat")


def _readable(formats: object) -> Mapping[str, object] | None:
    if not isinstance(formats, Sequence):
        return None
    described = [item for item in formats if isinstance(item, Mapping)]
    for extension in _FORMATS:
        found = [item for item in described if item.get("ext") == extension]
        if found:
            return found[-1]  # yt-dlp sorts from worst to best.
    return None


def to_webvtt(text: str) -> tuple[str, tuple[Notice, ...]]:
    """Return subtitles of any kind as WebVTT, and what was changed or left out on the way.

    WebVTT stays as it is, but for captions that roll: these come out as one cue per line. Raises
    InvalidInput when there is no cue.
    """
    file = read_subtitles(text)
    is_unrolled = any(notice.code == "captions_unrolled" for notice in file.notices)
    if file.kind is WEBVTT and not is_unrolled:
        return file.text.rstrip("\n") + "\n", ()
    return written(file.timed), tuple(
        notice for notice in file.notices if notice.code not in _AS_PROMISED
    )
