"""What comes of a transcript: subtitles, words, plain text, and what there is to know of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from engine_kit.cues import cut_words

from media_jobs.cue_limits import CueLimits
from media_jobs.notices import Notice, NoticeDocument, listed
from media_jobs.strict import Strict
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.exports import FORMATS, exported
from media_jobs.subtitles.markup import clock
from media_jobs.subtitles.word_document import WordsDocument
from media_jobs.subtitles.words import Word
from transcriber.repeats import without_repeats
from transcriber.transcript import Transcript


class SubtitleFacts(Strict):
    """*language*: BCP 47; None where it is a guess, so that nothing is made of it."""

    language: str | None


class TranscriptMetadata(Strict):
    """The `metadata` output.

    *recogniser*: who heard, `faster-whisper` or `server`. *device* and *compute_type*: of a model
    in the container. *language*, *language_probability*: what was asked for or detected; a server
    says no probability. *speech_ms*: how long somebody speaks. *confidence*: of the words, on the
    average. *resumed_ms*: how much was taken over from an attempt before; *helped_ms*: how much
    other hosts have heard. *real_time_factor*: seconds of hearing for a second of the rest.
    """

    recogniser: str
    model: str
    device: str | None
    compute_type: str | None
    language: str | None
    language_probability: float | None
    subtitles: SubtitleFacts | None
    duration_ms: int
    speech_ms: int
    words: int
    cues: int
    confidence: float | None
    real_time_factor: float | None
    resumed_ms: int
    helped_ms: int
    notices: tuple[NoticeDocument, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The texts of a transcript, and what there is to know; *vtt* and *text* may be empty."""

    vtt: str
    words_json: str
    text: str
    words: tuple[Word, ...]
    cues: int
    notices: tuple[Notice, ...]


def heard_of(transcript: Transcript, *, word_times: bool, limits: CueLimits | None = None) -> Heard:
    """Return what comes of *transcript*; *limits*: of its cues, by default their script's."""
    words, left_out = without_repeats([word.word() for word in transcript.words])
    made = cut_words(words, transcript.language, limits or CueLimits())
    notices = (*_notices(transcript, words, left_out), *made.notices)
    timed = made.cues if word_times else tuple(map(_plain, made.cues))
    document = WordsDocument.of(words, transcript.language)
    return Heard(
        vtt=exported(timed, FORMATS["vtt"]).text if timed else "",
        words_json=document.model_dump_json(by_alias=True, exclude_none=True),
        text=exported(timed, FORMATS["txt"]).text if timed else "",
        words=tuple(words),
        cues=len(made.cues),
        notices=notices,
    )


def _notices(
    transcript: Transcript, words: Sequence[Word], left_out: Sequence[Word]
) -> Iterator[Notice]:
    if not words:
        yield Notice(code="no_speech")
    elif transcript.language is not None and not transcript.is_sure:
        percent = round((transcript.probability or 0) * 100)
        facts: dict[str, str | int] = {"language": transcript.language, "percent": percent}
        yield Notice(code="language_uncertain", facts=facts)
    if left_out:
        times = [clock(word.start_ms) for word in left_out]
        yield Notice(code="repeats_left_out", facts={"times": listed(times)})
    if transcript.unsure_ms:
        times = [clock(ms) for ms in transcript.unsure_ms]
        yield Notice(code="sounds_left_out", facts={"times": listed(times)})
    if words and transcript.estimated:
        yield Notice(code="word_times_estimated")


def _plain(cue: Cue) -> Cue:
    """Return *cue* without the times of its words."""
    return replace(
        cue, lines=tuple(tuple(replace(span, at_ms=None) for span in line) for line in cue.lines)
    )


def confidence_of(words: Sequence[Word]) -> float | None:
    """Return the average confidence of those words that have one."""
    known = [word.confidence for word in words if word.confidence is not None]
    return round(sum(known) / len(known), 3) if known else None
