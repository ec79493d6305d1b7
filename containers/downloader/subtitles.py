"""Which subtitles to take of those a site offers, and how they become WebVTT. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_FORMATS = ("vtt", "srt", "json3")
_SPOKEN_SUFFIX = "-orig"
_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMING = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(.*)$")
_TAG = re.compile(r"<[^<>]*>")
# A cue that only holds the picture between two lines of rolling captions.
_FLASH_MS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One language's subtitles; *source* is yt-dlp's description of the file."""

    language: str
    automatic: bool
    source: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cue:
    start_ms: int
    end_ms: int
    lines: tuple[str, ...]


def chosen(info: Mapping[str, object], *, kind: str, languages: Sequence[str] = ()) -> Track | None:
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
                return Track(language=language, automatic=automatic, source=source)
    return None


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


def to_webvtt(text: str, extension: str, *, automatic: bool = False) -> str:
    """Return *text* (vtt, srt or json3) as WebVTT.

    Automatic captions roll: each cue repeats the line before and marks every word's time. They come
    out as one cue per line. Raises ValueError when there is no cue.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if extension == "vtt" and not automatic:
        if not text.startswith("WEBVTT") or not any(_cues(text)):
            raise ValueError("no cues")
        return text.rstrip("\n") + "\n"
    cues = list(_events(text)) if extension == "json3" else list(_cues(text))
    if automatic:
        cues = _unrolled(cues)
    if not cues:
        raise ValueError("no cues")
    return "WEBVTT\n\n" + "\n".join(_written(cue) for cue in cues)


def _cues(text: str) -> Iterator[_Cue]:
    for block in re.split(r"\n{2,}", text):
        lines = block.split("\n")
        for at, line in enumerate(lines):
            timing = _TIMING.match(line)
            if timing:
                said = tuple(line for line in lines[at + 1 :] if line.strip())
                start_ms, end_ms = _ms(timing.groups()[:4]), _ms(timing.groups()[4:8])
                if said and end_ms > start_ms:
                    yield _Cue(start_ms=start_ms, end_ms=end_ms, lines=said)
                break


def _ms(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds, fraction = parts
    whole_s = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole_s * 1000 + int((fraction or "").ljust(3, "0"))


def _events(text: str) -> Iterator[_Cue]:
    """Read YouTube's own JSON: events with a start, a length and pieces of text."""
    document = json.loads(text)
    events = document.get("events") if isinstance(document, dict) else None
    for event in events if isinstance(events, list) else []:
        start_ms, length_ms = event.get("tStartMs"), event.get("dDurationMs")
        said = "".join(str(piece.get("utf8", "")) for piece in event.get("segs") or ())
        lines = tuple(_escaped(line) for line in said.split("\n") if line.strip())
        if lines and isinstance(start_ms, int) and isinstance(length_ms, int) and length_ms > 0:
            yield _Cue(start_ms=start_ms, end_ms=start_ms + length_ms, lines=lines)


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _unrolled(cues: Sequence[_Cue]) -> list[_Cue]:
    shown: tuple[str, ...] = ()
    found: list[_Cue] = []
    for cue in cues:
        lines = tuple(
            plain for line in cue.lines if (plain := " ".join(_TAG.sub("", line).split()))
        )
        fresh = tuple(line for line in lines if line not in shown)
        shown = lines
        if found and cue.start_ms < found[-1].end_ms:
            found[-1] = _Cue(
                start_ms=found[-1].start_ms, end_ms=cue.start_ms, lines=found[-1].lines
            )
        if fresh:
            found.append(_Cue(start_ms=cue.start_ms, end_ms=cue.end_ms, lines=fresh))
        elif found and cue.end_ms - cue.start_ms > _FLASH_MS:
            found[-1] = _Cue(start_ms=found[-1].start_ms, end_ms=cue.end_ms, lines=found[-1].lines)
    return [cue for cue in found if cue.end_ms > cue.start_ms]


def _written(cue: _Cue) -> str:
    said = "\n".join(cue.lines)
    return f"{_clock(cue.start_ms)} --> {_clock(cue.end_ms)}\n{said}\n"


def _clock(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"
