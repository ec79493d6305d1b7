"""What a person's edit of a translation teaches. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.text import text_lines
from media_jobs.translation.document import TranslatedCue
from media_jobs.translation.memory import TEXT_CHARS_MAX, TranslationPair, source_key

__all__ = ["lessons"]


@dataclass(frozen=True, slots=True)
class _Said:
    """What an edit says in a cue, and whether a person has changed that."""

    source: str
    target: str
    is_changed: bool


def lessons(cues: Sequence[TranslatedCue], edited: Iterable[TimedText]) -> list[TranslationPair]:
    """Return the texts of *cues* whose translation the *edited* track says otherwise, each once.

    Cues are paired by their times, and those of the same times in their order; what has other
    times, more or fewer cues at a time, no text any more, or over `TEXT_CHARS_MAX` characters
    teaches nothing. A text that stands in several cues teaches what most of them say in the end,
    of equally many the last: a person who changes one of five has not changed their mind on four.
    """
    said = defaultdict[str, list[_Said]](list)
    for cue, text in _paired(cues, edited):
        is_changed = _differs(text, cue.target)
        target = _plain(text) if is_changed else cue.target
        said[source_key(cue.source)].append(_Said(cue.source, target, is_changed))
    changed = (ones for ones in said.values() if any(one.is_changed for one in ones))
    return [pair for ones in changed if (pair := _lesson(ones)) is not None]


def _paired(
    cues: Sequence[TranslatedCue], edited: Iterable[TimedText]
) -> Iterator[tuple[TranslatedCue, str]]:
    texts = defaultdict[tuple[int, int], list[str]](list)
    for one in edited:
        texts[one.start_ms, one.end_ms].append(one.text)
    counts = Counter((cue.start_ms, cue.end_ms) for cue in cues)
    alike = {times: iter(found) for times, found in texts.items() if len(found) == counts[times]}
    for cue in cues:
        if (following := alike.get((cue.start_ms, cue.end_ms))) is not None:
            yield cue, next(following)


def _lesson(ones: Sequence[_Said]) -> TranslationPair | None:
    counts = Counter(one.target for one in ones)
    most = max(counts.values())
    chosen = [one for one in ones if counts[one.target] == most][-1].target
    is_taught = any(one.is_changed and one.target == chosen for one in ones)
    source = ones[-1].source.strip()
    fits = all(0 < len(text) <= TEXT_CHARS_MAX for text in (source, chosen))
    if not is_taught or not fits:
        return None
    return TranslationPair(source=source, target=chosen)


def _differs(text: str, target: str) -> bool:
    """Whether a cue's *text*, with tags, says something else than *target*; white space aside."""
    # The first question answers nearly all, at a small part of the cost.
    return text != target and source_key(_plain(text)) != source_key(target)


def _plain(text: str) -> str:
    lines = ("".join(span.text for span in line).strip() for line in text_lines(text))
    return "\n".join(line for line in lines if line)
