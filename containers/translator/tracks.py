"""A track of subtitles: its texts to be translated, and the same cues with the translations."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine_kit.failures import EngineFailure, FailureCode

from media_jobs.errors import InvalidInput
from media_jobs.notices import Notice
from media_jobs.said import said_by
from media_jobs.subtitles.cue_layout import DASH
from media_jobs.subtitles.cue_markup import is_timed
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.decoding import decode
from media_jobs.subtitles.exports import FORMATS, exported
from media_jobs.subtitles.reader import read_subtitles
from media_jobs.subtitles.text import Line
from media_jobs.subtitles.words import PLAIN
from media_jobs.translation.document import CueOrigin, TranslatedCue, TranslationDocument
from media_jobs.translation.memory import TEXT_CHARS_MAX
from translator.glossary import Glossary
from translator.layout import chars_max, fits, lines, rules_of
from translator.marking import Turn, plain, turns_of, unmarked
from translator.port import Languages
from translator.recall import Recall

__all__ = ["MadeTrack", "Track", "read_track"]

_VOICE = re.compile(r"<v[.\s][^<>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """A cue: *settled* by the memory, or its *turns*, each with the number of its text if it has
    something to translate.
    """

    cue: Cue
    settled: str | None
    turns: tuple[Turn, ...] = ()
    numbers: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeTrack:
    """A translated track as WebVTT and as a document. *counts*: cues by where they are from."""

    vtt: str
    document: TranslationDocument
    counts: Mapping[CueOrigin, int]
    notices: tuple[Notice, ...]


class Track:
    """The cues of a file, in order of their start. Their texts are added to *sources*, the texts
    of the job, whose places there are their numbers.
    """

    def __init__(
        self,
        cues: Sequence[Cue],
        notices: Sequence[Notice],
        recall: Recall,
        sources: list[str],
        *,
        with_marks: bool,
    ) -> None:
        self._sources = sources
        self._told = tuple(notices)
        self._tasks = [self._task(cue, recall, with_marks=with_marks) for cue in cues]

    def _task(self, cue: Cue, recall: Recall, *, with_marks: bool) -> _Task:
        settled = recall.target(cue.text) if len(cue.text) <= TEXT_CHARS_MAX else None
        if settled is not None:
            return _Task(cue=cue, settled=settled)
        turns = turns_of(cue, with_marks=with_marks)
        return _Task(
            cue=cue, settled=None, turns=turns, numbers=tuple(self._number(one) for one in turns)
        )

    def _number(self, turn: Turn) -> int | None:
        # Music notes, dashes and points are the same in every language.
        if not any(character.isalnum() for character in plain(turn.text)):
            return None
        self._sources.append(turn.text)
        return len(self._sources) - 1

    def too_long(
        self, targets: Mapping[int, str], language: str, line_chars_max: int | None
    ) -> Mapping[int, int]:
        """Return the texts that don't fit in their cues, with the characters that do."""
        found = {}
        for task in self._tasks:
            said = [(n, t) for n, t in zip(task.numbers, task.turns, strict=True) if n in targets]
            rules = rules_of(
                " ".join(targets[n] for n, _ in said if n is not None), language, line_chars_max
            )
            for number, turn in said:
                assert number is not None
                segments, _ = unmarked(targets[number], turn)
                if not fits(segments, rules, language, turns=len(task.turns)):
                    found[number] = chars_max(rules, len(task.turns))
        return found

    def made(
        self,
        targets: Mapping[int, str],
        languages: Languages,
        glossary: Glossary,
        line_chars_max: int | None,
    ) -> MadeTrack:
        """Return the track with *targets*, the translations by number.

        What has none keeps its source, and is named.
        """
        found = _Found()
        made: list[Cue] = []
        documents: list[TranslatedCue] = []
        for number, task in enumerate(self._tasks, 1):
            lines, origin, notices = _made(task, targets, languages, line_chars_max, number)
            cue = replace(task.cue, lines=lines)
            if origin == "model":
                terms = glossary.missing(task.cue.text, cue.text)
                if terms:
                    what = tuple(term.source for term in terms)
                    notices += (Notice(code="glossary_not_followed", cues=(number,), what=what),)
            found.add(notices)
            made.append(cue)
            documents.append(
                TranslatedCue(
                    id=number,
                    start_ms=cue.start_ms,
                    end_ms=cue.end_ms,
                    source=task.cue.text,
                    target=cue.text,
                    origin=origin,
                    notices=tuple(one.document for one in notices),
                )
            )
        document = TranslationDocument(
            source_language=languages.source,
            target_language=languages.target,
            cues=tuple(documents),
        )
        counts: dict[CueOrigin, int] = {"memory": 0, "model": 0, "source": 0}
        for one in documents:
            counts[one.origin] += 1
        return MadeTrack(
            vtt=exported(made, FORMATS["vtt"]).text,
            document=document,
            counts=counts,
            notices=(*self._told, *found.notices()),
        )


class _Found:
    """Notices of single cues, as one for each code, and length, that names them all."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, object], list[Notice]] = {}

    def add(self, notices: Iterable[Notice]) -> None:
        for notice in notices:
            self._found.setdefault((notice.code, notice.facts.get("most")), []).append(notice)

    def notices(self) -> Iterator[Notice]:
        for (code, _), found in self._found.items():
            what = dict.fromkeys(name for one in found for name in one.what)
            yield Notice(
                code=code,
                cues=tuple(cue for one in found for cue in one.cues),
                what=tuple(what),
                facts=found[0].facts,
            )


def _made(
    task: _Task,
    targets: Mapping[int, str],
    languages: Languages,
    line_chars_max: int | None,
    number: int,
) -> tuple[tuple[Line, ...], CueOrigin, tuple[Notice, ...]]:
    """Return the lines of one cue, where they are from, and what there is to tell."""
    language = languages.target
    if task.settled is not None:
        return _settled(task), "memory", ()
    said = [targets.get(one) for one in task.numbers if one is not None]
    if not said:
        return task.cue.lines, "source", ()
    if any(text is None for text in said):
        # Half a dialogue in another language helps nobody.
        return task.cue.lines, "source", (Notice(code="cues_untranslated", cues=(number,)),)
    rules = rules_of(" ".join(text for text in said if text), language, line_chars_max)
    made: list[Line] = []
    codes: dict[str, Mapping[str, int]] = {}
    for turn, text_number in zip(task.turns, task.numbers, strict=True):
        text = turn.text if text_number is None else targets[text_number]
        segments, is_bare = unmarked(text, turn)
        if is_bare:
            codes["marks_left_out"] = {}
        if not fits(segments, rules, language, turns=len(task.turns)):
            codes["too_long_translations"] = {"most": rules.line_chars_max}
        spoken = lines(segments, rules, language, turns=len(task.turns))
        made += _dashed(spoken) if turn.dash else spoken
    notices = tuple(Notice(code=code, cues=(number,), facts=facts) for code, facts in codes.items())
    return tuple(made), "model", notices


def _dashed(spoken: list[Line]) -> list[Line]:
    first = spoken[0]
    return [(replace(first[0], text=DASH + first[0].text), *first[1:]), *spoken[1:]]


def _settled(task: _Task) -> tuple[Line, ...]:
    """Return the memory's text with its own lines, in the style that all of the cue has."""
    assert task.settled is not None
    looks = {replace(span, text="", at_ms=None) for line in task.cue.lines for span in line}
    look = looks.pop() if len(looks) == 1 else PLAIN
    rows = [row.strip() for row in task.settled.split("\n") if row.strip()]
    return tuple((replace(look, text=row),) for row in rows)


def read_track(
    data: bytes, language: str | None, recall: Recall, sources: list[str], *, with_marks: bool
) -> Track:
    """Read a file of subtitles; see `Track`. Raises EngineFailure (subtitles_invalid)."""
    try:
        decoded = decode(data, hint=language)
        file = read_subtitles(decoded.text)
    except InvalidInput as refused:
        raise EngineFailure(FailureCode.SUBTITLES_INVALID, said_by(refused)) from None
    cues = file.cues()
    notices = [
        one for one in (*decoded.notices, *file.notices) if one.code != "timed_words_shown_together"
    ]
    if any(is_timed(cue.lines) for cue in cues):
        notices.append(Notice(code="word_times_left_out"))
    if any(_VOICE.search(one.text) for one in file.timed):
        notices.append(Notice(code="voices_left_out"))
    return Track(cues, notices, recall, sources, with_marks=with_marks)
